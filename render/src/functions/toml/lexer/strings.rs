//! Strings: where they end, and whether what is escaped in them may be.

use super::{Item, Kind, Lexer, Problem, State, Step};

impl<'a> Lexer<'a> {
    pub(super) fn string(&mut self) -> Step<'a> {
        let mut kind = Kind::String;
        loop {
            match self.next()? {
                None => return Err(self.wrong("unexpected EOF; expected '\"'")),
                Some('\n' | '\r') => return Err(self.wrong_before(NEWLINE)),
                Some('\\') => {
                    self.escape()?;
                    kind = Kind::Escaped;
                }
                Some('"') => return Ok(Some(self.ended(kind, 1))),
                Some(_) => {}
            }
        }
    }

    pub(super) fn raw(&mut self) -> Step<'a> {
        loop {
            match self.next()? {
                None => return Err(self.wrong("unexpected EOF; expected \"'\"")),
                Some('\n' | '\r') => return Err(self.wrong_before(NEWLINE)),
                Some('\'') => return Ok(Some(self.ended(Kind::Raw, 1))),
                Some(_) => {}
            }
        }
    }

    pub(super) fn multiline(&mut self) -> Step<'a> {
        loop {
            match self.next()? {
                None => return Err(self.wrong("unexpected EOF; expected '\"\"\"'")),
                Some('\\') => self.multiline_escape()?,
                Some('"') if self.is_last('"')? => return Ok(Some(self.ended(Kind::Multiline, 3))),
                Some(_) => {}
            }
        }
    }

    pub(super) fn raw_multiline(&mut self) -> Step<'a> {
        loop {
            match self.next()? {
                None => return Err(self.wrong("unexpected EOF; expected \"'''\"")),
                Some('\'') if self.is_last('\'')? => {
                    return Ok(Some(self.ended(Kind::RawMultiline, 3)));
                }
                Some(_) => {}
            }
        }
    }

    /// Reads the two quotes that end a string after a first one, if they are there; one or two
    /// more may stand before them.
    fn is_last(&mut self, quote: char) -> Result<bool, Problem> {
        if !self.accept(quote)? {
            return Ok(false);
        }
        if !self.accept(quote)? {
            self.back();
            return Ok(false);
        }
        if self.peek()? != Some(quote) {
            return Ok(true);
        }
        let five = quote.to_string().repeat(5);
        let current = self.current();
        let is_escaped = quote == '"' && current.ends_with("\\\"\"\"\"\"");
        if current.ends_with(&five) && !is_escaped {
            let around = if quote == '"' { '\'' } else { '"' };
            return Err(self.wrong(format!("unexpected {around}{five}{quote}{around}")));
        }
        self.back();
        self.back();
        Ok(false)
    }

    /// Makes an item of a string whose closing quotes were read.
    fn ended(&mut self, kind: Kind, quotes: usize) -> Item<'a> {
        self.at -= quotes;
        let item = self.done(kind);
        self.at += quotes;
        self.ignore();
        item
    }

    fn multiline_escape(&mut self) -> Result<(), Problem> {
        if let Some('\n' | '\r') = self.next()? {
            return Ok(());
        }
        self.back();
        self.escape()
    }

    /// What stands after a backslash; spaces may stand before the end of a line, where there may
    /// be one, which is looked at later.
    fn escape(&mut self) -> Result<(), Problem> {
        let (digits, count, letter) = match self.next()? {
            Some('e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\') => return Ok(()),
            Some('x') => (2, "two", 'x'),
            Some('u') => (4, "four", 'u'),
            Some('U') => (8, "eight", 'U'),
            other => {
                let message = format!("invalid escape in string '\\{}'", other.unwrap_or('\0'));
                return Err(match other {
                    None => self.wrong_before(message),
                    Some(_) => self.here(message),
                });
            }
        };
        for _ in 0..digits {
            if !self.next()?.is_some_and(|char| char.is_ascii_hexdigit()) {
                let current = rutter_gotmpl::quote(self.current().as_bytes());
                return Err(self.wrong(format!(
                    "expected {count} hexadecimal digits after '\\{letter}', \
                     but got {current} instead"
                )));
            }
        }
        Ok(())
    }
}

const NEWLINE: &str = "strings cannot contain newlines";

/// Returns the state that reads a string, after its first quotes.
pub(super) fn state(quote: char, quotes: usize) -> State {
    match (quote, quotes) {
        ('"', 3) => State::Multiline,
        ('"', _) => State::String,
        (_, 3) => State::RawMultiline,
        _ => State::Raw,
    }
}
