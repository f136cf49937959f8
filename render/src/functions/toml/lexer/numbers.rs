//! Values: what kind one is by its first characters; numbers, dates and truth.

use super::State;
use super::{Kind, Lexer, Problem, Step, quoted, strings};

const NO_DIGIT: &str = "floats must start with a digit, not '.'";

impl<'a> Lexer<'a> {
    pub(super) fn value(&mut self) -> Step<'a> {
        let first = self.next()?;
        match first {
            Some(' ' | '\t') => {
                self.ignore();
                Ok(None)
            }
            Some('0'..='9') => self.number_or_date(first),
            Some('[') => {
                self.ignore();
                self.state = State::Array;
                Ok(Some(self.emit(Kind::Array)))
            }
            Some('{') => {
                self.ignore();
                self.state = State::Inline;
                Ok(Some(self.emit(Kind::Inline)))
            }
            Some(quote @ ('"' | '\'')) => self.quotes(quote),
            Some('.') => Err(self.wrong(NO_DIGIT)),
            Some('-' | '+') => self.signed(),
            Some('i' | 'n') if self.is_inf_or_nan()? => Ok(Some(self.done(Kind::Float))),
            Some(char) if rutter_gotmpl::is_letter(char) => {
                self.back();
                self.word()
            }
            None => Err(self.wrong("unexpected EOF; expected value")),
            Some(_) => {
                let message = format!("expected value but found {} instead", quoted(first));
                Err(match first {
                    Some('\n') => self.wrong_before(message),
                    _ => self.wrong(message),
                })
            }
        }
    }

    fn quotes(&mut self, quote: char) -> Step<'a> {
        let mut quotes = 1;
        if self.accept(quote)? {
            if self.accept(quote)? {
                quotes = 3;
            } else {
                self.back();
            }
        }
        self.ignore();
        Ok(self.go(strings::state(quote, quotes)))
    }

    /// Reads the rest of `inf` and `nan`; the library takes `nnf` and `ian` for one, too, and what
    /// it has read of something else stays read.
    fn is_inf_or_nan(&mut self) -> Result<bool, Problem> {
        Ok(self.accept('n')? && self.accept('f')? || self.accept('a')? && self.accept('n')?)
    }

    /// `true` or `false`, or what somebody meant to be a word.
    fn word(&mut self) -> Step<'a> {
        let from = self.at;
        while self.next()?.is_some_and(rutter_gotmpl::is_letter) {}
        self.back();
        let word = self.input.get(from..self.at).unwrap_or_default();
        if matches!(word, "true" | "false") {
            return Ok(Some(self.done(Kind::Bool)));
        }
        let word = rutter_gotmpl::quote(word.as_bytes());
        Err(self.wrong(format!("expected value but found {word} instead")))
    }

    /// Reads as long as the characters are such, and makes an item of them.
    fn run(&mut self, kind: Kind, is_such: impl Fn(char) -> bool) -> Step<'a> {
        while self.next()?.is_some_and(&is_such) {}
        self.back();
        Ok(Some(self.done(kind)))
    }

    fn number_or_date(&mut self, first: Option<char>) -> Step<'a> {
        if first == Some('0') {
            match self.next()? {
                Some('0'..='9') => {}
                Some('_') => return self.decimal(),
                Some('.' | 'e' | 'E') => return self.float(),
                Some(base @ ('b' | 'o' | 'x')) => return self.based(base),
                _ => {
                    self.back();
                    return Ok(Some(self.done(Kind::Integer)));
                }
            }
        }
        loop {
            match self.next()? {
                Some('0'..='9') => {}
                Some('-' | ':') => return self.datetime(),
                Some('_') => return self.decimal(),
                Some('.' | 'e' | 'E') => return self.float(),
                _ => {
                    self.back();
                    return Ok(Some(self.done(Kind::Integer)));
                }
            }
        }
    }

    fn datetime(&mut self) -> Step<'a> {
        let is_such =
            |char| matches!(char, '0'..='9' | '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+');
        let item = self.run(Kind::Datetime, is_such)?;
        Ok(item.map(|item| super::Item { text: item.text.trim_matches(' '), ..item }))
    }

    fn decimal(&mut self) -> Step<'a> {
        loop {
            match self.next()? {
                Some('0'..='9' | '_') => {}
                Some('.' | 'e' | 'E') => return self.float(),
                _ => {
                    self.back();
                    return Ok(Some(self.done(Kind::Integer)));
                }
            }
        }
    }

    fn float(&mut self) -> Step<'a> {
        self.run(Kind::Float, |char| matches!(char, '0'..='9' | '_' | '.' | '-' | '+' | 'e' | 'E'))
    }

    /// After `0b`, `0o` or `0x`.
    fn based(&mut self, base: char) -> Step<'a> {
        let (radix, name) = match base {
            'b' => (2, "a binary"),
            'o' => (8, "an octal"),
            _ => (16, "a hexadecimal"),
        };
        let next = self.peek()?;
        if !next.is_some_and(|char| char.is_digit(radix)) {
            let (current, next) = (self.current(), next.unwrap_or('\0'));
            return Err(self.wrong(format!("not {name} number: '{current}{next}'")));
        }
        self.run(Kind::Integer, |char| char == '_' || char.is_digit(radix))
    }

    /// After a sign.
    fn signed(&mut self) -> Step<'a> {
        let first = self.next()?;
        match first {
            Some('i') => self.name("nf"),
            Some('n') => self.name("an"),
            Some('.') => Err(self.wrong(NO_DIGIT)),
            Some('0'..='9') => {
                if first == Some('0')
                    && let Some(base @ ('b' | 'o' | 'x')) = self.peek()?
                {
                    let current = self.current();
                    return Err(self.wrong(format!(
                        "cannot use sign with non-decimal numbers: '{current}{base}'"
                    )));
                }
                self.decimal()
            }
            other => Err(self.wrong(format!("expected a digit but got {}", quoted(other)))),
        }
    }

    /// The rest of `inf` or `nan` after a sign.
    fn name(&mut self, rest: &str) -> Step<'a> {
        for char in rest.chars() {
            if !self.accept(char)? {
                return Err(self.wrong(format!("invalid float: '{}'", self.current())));
            }
        }
        Ok(Some(self.done(Kind::Float)))
    }
}
