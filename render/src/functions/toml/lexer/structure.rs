//! Lines, keys, tables, arrays and comments.

use super::{Item, Kind, Lexer, State, Step, quoted};

impl<'a> Lexer<'a> {
    pub(super) fn top(&mut self) -> Step<'a> {
        match self.next()? {
            Some(' ' | '\t' | '\n' | '\r') => {
                self.ignore();
                Ok(None)
            }
            Some('#') => Ok(Some(self.comment_start(State::Top))),
            Some('[') => Ok(self.go(State::TableStart)),
            None => Ok(Some(self.emit(Kind::End))),
            Some(_) => {
                self.back();
                self.then.push(State::TopEnd);
                Ok(self.go(State::KeyStart))
            }
        }
    }

    /// After a key with its value, or the name of a table.
    pub(super) fn top_end(&mut self) -> Step<'a> {
        match self.next()? {
            Some('#') => Ok(Some(self.comment_start(State::Top))),
            Some(' ' | '\t') => Ok(None),
            Some('\n' | '\r') => {
                self.ignore();
                Ok(self.go(State::Top))
            }
            None => Ok(Some(self.emit(Kind::End))),
            other => Err(self.wrong(format!(
                "expected a top-level item to end with a newline, comment, or EOF, \
                 but got {} instead",
                quoted(other)
            ))),
        }
    }

    /// After `[`.
    pub(super) fn table_start(&mut self) -> Step<'a> {
        self.state = State::TableName;
        if self.accept('[')? {
            self.then.push(State::TablesEnd);
            return Ok(Some(self.emit(Kind::Tables)));
        }
        self.then.push(State::TableEnd);
        Ok(Some(self.emit(Kind::Table)))
    }

    pub(super) fn table_end(&mut self) -> Item<'a> {
        self.state = State::TopEnd;
        self.emit(Kind::TableEnd)
    }

    pub(super) fn tables_end(&mut self) -> Step<'a> {
        let char = self.next()?;
        if char != Some(']') {
            return Err(self.wrong(format!(
                "expected end of table array name delimiter ']', but got {} instead",
                quoted(char)
            )));
        }
        self.state = State::TopEnd;
        Ok(Some(self.emit(Kind::TablesEnd)))
    }

    pub(super) fn table_name(&mut self) -> Step<'a> {
        self.skip_space()?;
        match self.peek()? {
            Some(']') | None => {
                Err(self.wrong("unexpected end of table name (table names cannot be empty)"))
            }
            Some('.') => {
                Err(self.wrong("unexpected table separator (table names cannot be empty)"))
            }
            Some(char) => {
                self.then.push(State::TableNameEnd);
                Ok(self.go(name_state(char)))
            }
        }
    }

    pub(super) fn table_name_end(&mut self) -> Step<'a> {
        self.skip_space()?;
        match self.next()? {
            Some('.') => {
                self.ignore();
                Ok(self.go(State::TableName))
            }
            Some(']') => {
                self.go_on();
                Ok(None)
            }
            other => Err(self.wrong(format!(
                "expected '.' or ']' to end table name, but got {} instead",
                quoted(other)
            ))),
        }
    }

    /// A part without quotes; it may be empty, and what follows is then wrong.
    pub(super) fn bare_name(&mut self) -> Step<'a> {
        while let Some('A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-') = self.next()? {}
        self.back();
        Ok(Some(self.done(Kind::Text)))
    }

    pub(super) fn quoted_name(&mut self) -> Step<'a> {
        let is_raw = self.next()? == Some('\'');
        self.ignore();
        Ok(self.go(if is_raw { State::Raw } else { State::String }))
    }

    pub(super) fn key_start(&mut self) -> Step<'a> {
        self.skip_space()?;
        match self.peek()? {
            Some('=') | None => Err(self.wrong("unexpected '=': key name appears blank")),
            Some('.') => Err(self.wrong("unexpected '.': keys cannot start with a '.'")),
            Some(_) => {
                self.state = State::KeyName;
                Ok(Some(self.emit(Kind::Key)))
            }
        }
    }

    pub(super) fn key_name(&mut self) -> Step<'a> {
        self.skip_space()?;
        match self.peek()? {
            Some('=') | None => Err(self.wrong("unexpected '='")),
            Some('.') => Err(self.wrong("unexpected '.'")),
            Some(char) => {
                self.then.push(State::KeyEnd);
                Ok(self.go(name_state(char)))
            }
        }
    }

    pub(super) fn key_end(&mut self) -> Step<'a> {
        self.skip_space()?;
        match self.next()? {
            None => Err(self.wrong("unexpected EOF; expected key separator '='")),
            Some('.') => {
                self.ignore();
                Ok(self.go(State::KeyName))
            }
            Some('=') => {
                self.state = State::Value;
                Ok(Some(self.emit(Kind::KeyEnd)))
            }
            other => {
                let message = format!("expected '.' or '=', but got {} instead", quoted(other));
                Err(match other {
                    Some('\n') => self.wrong_before(message),
                    _ => self.wrong(message),
                })
            }
        }
    }

    /// After `[` or a comma.
    pub(super) fn array(&mut self) -> Step<'a> {
        match self.next()? {
            Some(' ' | '\t' | '\n' | '\r') => {
                self.ignore();
                Ok(None)
            }
            Some('#') => Ok(Some(self.comment_start(State::Array))),
            Some(',') => Err(self.wrong("unexpected comma")),
            Some(']') => Ok(Some(self.closed(Kind::ArrayEnd))),
            _ => {
                self.back();
                self.then.push(State::ArrayEnd);
                Ok(self.go(State::Value))
            }
        }
    }

    /// After a value in an array.
    pub(super) fn array_end(&mut self) -> Step<'a> {
        match self.next()? {
            Some(' ' | '\t' | '\n' | '\r') => {
                self.ignore();
                Ok(None)
            }
            Some('#') => Ok(Some(self.comment_start(State::ArrayEnd))),
            Some(',') => {
                self.ignore();
                Ok(self.go(State::Array))
            }
            Some(']') => Ok(Some(self.closed(Kind::ArrayEnd))),
            other => Err(self.wrong(format!(
                "expected a comma (',') or array terminator (']'), but got {}",
                shown(other)
            ))),
        }
    }

    /// After `{` or a comma.
    pub(super) fn inline(&mut self) -> Step<'a> {
        match self.next()? {
            Some(' ' | '\t' | '\n' | '\r') => {
                self.ignore();
                Ok(None)
            }
            Some('#') => Ok(Some(self.comment_start(State::Inline))),
            Some(',') => Err(self.wrong("unexpected comma")),
            Some('}') => Ok(Some(self.closed(Kind::InlineEnd))),
            _ => {
                self.back();
                self.then.push(State::InlineEnd);
                Ok(self.go(State::KeyStart))
            }
        }
    }

    /// After a value in an inline table.
    pub(super) fn inline_end(&mut self) -> Step<'a> {
        match self.next()? {
            Some(' ' | '\t' | '\n' | '\r') => {
                self.ignore();
                Ok(None)
            }
            Some('#') => Ok(Some(self.comment_start(State::InlineEnd))),
            Some(',') => {
                self.ignore();
                self.skip_space()?;
                let is_last = self.peek()? == Some('}');
                Ok(self.go(if is_last { State::InlineEnd } else { State::Inline }))
            }
            Some('}') => Ok(Some(self.closed(Kind::InlineEnd))),
            other => Err(self.wrong(format!(
                "expected a comma or an inline table terminator '}}', but got {} instead",
                shown(other)
            ))),
        }
    }

    fn closed(&mut self, kind: Kind) -> Item<'a> {
        self.ignore();
        self.done(kind)
    }

    fn comment_start(&mut self, then: State) -> Item<'a> {
        self.then.push(then);
        self.ignore();
        self.state = State::Comment;
        self.emit(Kind::Comment)
    }

    pub(super) fn comment(&mut self) -> Step<'a> {
        while !matches!(self.next()?, Some('\n' | '\r') | None) {}
        self.back();
        Ok(Some(self.done(Kind::Text)))
    }
}

fn name_state(first: char) -> State {
    if matches!(first, '"' | '\'') { State::QuotedName } else { State::BareName }
}

/// A character as it is, between quotes.
fn shown(char: Option<char>) -> String {
    char.map_or_else(|| "end of file".to_owned(), |char| format!("'{char}'"))
}
