//! The tokens of an action.

use super::{Item, Lexer, RIGHT, Token, has_right_marker, is_space, is_space_byte};
use crate::unicode::{is_print, is_word};

impl Lexer<'_> {
    pub(super) fn action(&mut self) -> Item {
        if self.right_delim_here().is_some() {
            if self.parens == 0 {
                return self.right_delim();
            }
            return self.fail("unclosed left paren");
        }
        let Some(character) = self.next() else { return self.fail("unclosed action") };
        match character {
            _ if is_space(character) => {
                self.back();
                self.space()
            }
            '=' => self.emit(Token::Assign),
            ':' if self.next() == Some('=') => self.emit(Token::Declare),
            ':' => self.fail("expected :="),
            '|' => self.emit(Token::Pipe),
            '"' => self.quote(),
            '`' => self.raw_quote(),
            '$' if self.at_terminator() => self.emit(Token::Variable),
            '$' => self.field_or_variable(Token::Variable),
            '\'' => self.char_constant(),
            '.' if self.peek().is_some_and(|next| !next.is_ascii_digit()) => {
                self.field_or_variable(Token::Field)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.back();
                self.number()
            }
            _ if is_word(character) => {
                self.back();
                self.identifier()
            }
            _ => self.sign(character),
        }
    }

    fn sign(&mut self, character: char) -> Item {
        match character {
            '(' => {
                self.parens += 1;
                self.emit(Token::LeftParen)
            }
            ')' if self.parens == 0 => self.fail("unexpected right paren"),
            ')' => {
                self.parens -= 1;
                self.emit(Token::RightParen)
            }
            _ if character.is_ascii() && is_print(character) => self.emit(Token::Char),
            _ => self.fail(format!("unrecognized character in action: {}", unicode(character))),
        }
    }

    fn space(&mut self) -> Item {
        let mut spaces = 0;
        while let Some(byte) = self.peek_byte().filter(|byte| is_space_byte(*byte)) {
            self.position += 1;
            self.line += usize::from(byte == b'\n');
            spaces += 1;
        }
        // The last space may belong to a trim marker before the delimiter.
        let last = self.position - 1;
        if has_right_marker(self.bytes_from(last)) && self.bytes_from(last + 2).starts_with(RIGHT) {
            self.back();
            if spaces == 1 {
                return self.right_delim();
            }
        }
        self.emit(Token::Space)
    }

    fn skip_word(&mut self) {
        while let Some(byte) = self.peek_byte() {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                self.position += 1;
            } else if byte.is_ascii() || !self.peek().is_some_and(is_word) {
                break;
            } else {
                self.next();
            }
        }
    }

    fn identifier(&mut self) -> Item {
        self.skip_word();
        if !self.at_terminator() {
            return self.bad_character();
        }
        match Token::of_word(self.pending()) {
            token if self.taken.contains(&token) => self.emit(Token::Identifier),
            token => self.emit(token),
        }
    }

    fn field_or_variable(&mut self, token: Token) -> Item {
        if self.at_terminator() {
            return self.emit(if token == Token::Variable { token } else { Token::Dot });
        }
        self.skip_word();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.emit(token)
    }

    fn bad_character(&mut self) -> Item {
        let character = self.peek().map(unicode).unwrap_or_default();
        self.fail(format!("bad character {character}"))
    }

    fn at_terminator(&self) -> bool {
        match self.peek_byte() {
            None | Some(b'.' | b',' | b'|' | b':' | b')' | b'(') => true,
            Some(b'}') => self.bytes_from(self.position).starts_with(RIGHT),
            Some(byte) => is_space_byte(byte),
        }
    }

    fn char_constant(&mut self) -> Item {
        if self.skip_to_closing('\'') {
            self.emit(Token::CharConstant)
        } else {
            self.fail("unterminated character constant")
        }
    }

    fn quote(&mut self) -> Item {
        if self.skip_to_closing('"') {
            self.emit(Token::String)
        } else {
            self.fail("unterminated quoted string")
        }
    }

    fn skip_to_closing(&mut self, quote: char) -> bool {
        loop {
            match self.next() {
                Some('\\') if matches!(self.next(), None | Some('\n')) => return false,
                None | Some('\n') => return false,
                Some(character) if character == quote => return true,
                _ => {}
            }
        }
    }

    fn raw_quote(&mut self) -> Item {
        loop {
            match self.next() {
                None => return self.fail("unterminated raw quoted string"),
                Some('`') => return self.emit(Token::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Item {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || !self.pending().ends_with('i') {
                return self.bad_number();
            }
            return self.emit(Token::Complex);
        }
        self.emit(Token::Number)
    }

    fn bad_number(&mut self) -> Item {
        let quoted = crate::quote::quote(self.pending().as_bytes());
        self.fail(format!("bad number syntax: {quoted}"))
    }

    /// Skips a number; not all that it takes for one is one.
    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_word) {
            self.next();
            return false;
        }
        true
    }
}

/// Returns Go's `%#U`: the code point, and the character if it can be seen.
fn unicode(character: char) -> String {
    let number = u32::from(character);
    if is_print(character) {
        format!("U+{number:04X} '{character}'")
    } else {
        format!("U+{number:04X}")
    }
}
