//! Text to tokens, as the scanner of Go's `text/template/parse` cuts it.

use crate::unicode::{is_print, is_word};

/// What a token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Token {
    /// Something that is no token; the lexer knows why.
    Error,
    /// `true` or `false`.
    Bool,
    /// A character that means nothing by itself, such as a comma.
    Char,
    /// `'x'`.
    CharConstant,
    /// `1+2i`.
    Complex,
    /// `=`.
    Assign,
    /// `:=`.
    Declare,
    /// The end of the text.
    #[default]
    Eof,
    /// `.name`.
    Field,
    /// A name.
    Identifier,
    /// `{{`.
    LeftDelim,
    /// `(`.
    LeftParen,
    /// A number, also an imaginary one.
    Number,
    /// `|`.
    Pipe,
    /// A string in backquotes.
    RawString,
    /// `}}`.
    RightDelim,
    /// `)`.
    RightParen,
    /// A run of spaces between arguments.
    Space,
    /// A string in double quotes.
    String,
    /// What stands outside of actions.
    Text,
    /// `$` or `$name`.
    Variable,
    /// `block`.
    Block,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `.`.
    Dot,
    /// `define`.
    Define,
    /// `else`.
    Else,
    /// `end`.
    End,
    /// `if`.
    If,
    /// `nil`.
    Nil,
    /// `range`.
    Range,
    /// `template`.
    Template,
    /// `with`.
    With,
}

impl Token {
    fn of_word(word: &str) -> Self {
        match word {
            "block" => Self::Block,
            "break" => Self::Break,
            "continue" => Self::Continue,
            "define" => Self::Define,
            "else" => Self::Else,
            "end" => Self::End,
            "if" => Self::If,
            "nil" => Self::Nil,
            "range" => Self::Range,
            "template" => Self::Template,
            "with" => Self::With,
            "true" | "false" => Self::Bool,
            _ => Self::Identifier,
        }
    }

    /// Returns whether Go prints the token in angle brackets.
    pub(crate) fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::Block
                | Self::Break
                | Self::Continue
                | Self::Dot
                | Self::Define
                | Self::Else
                | Self::End
                | Self::If
                | Self::Nil
                | Self::Range
                | Self::Template
                | Self::With
        )
    }
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Item {
    pub(crate) token: Token,
    /// The first byte of it in the text.
    pub(crate) start: usize,
    /// The byte after it.
    pub(crate) end: usize,
    /// The line in which it starts, from 1.
    pub(crate) line: usize,
}

/// The words that a host's functions may have taken from the language.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    pub(crate) break_word: bool,
    pub(crate) continue_word: bool,
}

/// Cuts a text into tokens, one at a time.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    position: usize,
    start: usize,
    at_end: bool,
    parens: usize,
    line: usize,
    start_line: usize,
    inside: bool,
    taken: Taken,
    error: String,
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const LEFT_COMMENT: &str = "/*";
const RIGHT_COMMENT: &str = "*/";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_space(character: char) -> bool {
    SPACES.contains(&character)
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}

fn has_left_marker(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('-') && characters.next().is_some_and(is_space)
}

fn has_right_marker(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_space) && characters.next() == Some('-')
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str, taken: Taken) -> Self {
        Self {
            text,
            position: 0,
            start: 0,
            at_end: false,
            parens: 0,
            line: 1,
            start_line: 1,
            inside: false,
            taken,
            error: String::new(),
        }
    }

    /// Returns why the last token is an error.
    pub(crate) fn error(&self) -> &str {
        &self.error
    }

    /// Returns the next token.
    pub(crate) fn next_item(&mut self) -> Item {
        if self.inside {
            return self.action();
        }
        loop {
            if let Some(item) = self.outside() {
                return item;
            }
        }
    }

    fn rest(&self) -> &'t str {
        self.from(self.position)
    }

    fn from(&self, position: usize) -> &'t str {
        self.text.get(position..).unwrap_or_default()
    }

    fn pending(&self) -> &'t str {
        self.text.get(self.start..self.position).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let Some(character) = self.rest().chars().next() else {
            self.at_end = true;
            return None;
        };
        self.position += character.len_utf8();
        self.line += usize::from(character == '\n');
        Some(character)
    }

    fn back(&mut self) {
        if self.at_end {
            return;
        }
        let before = self.text.get(..self.position).unwrap_or_default();
        if let Some(character) = before.chars().next_back() {
            self.position -= character.len_utf8();
            self.line -= usize::from(character == '\n');
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn emit(&mut self, token: Token) -> Item {
        let item = Item { token, start: self.start, end: self.position, line: self.start_line };
        self.start = self.position;
        self.start_line = self.line;
        item
    }

    fn ignore(&mut self) {
        self.line += newlines(self.pending());
        self.start = self.position;
        self.start_line = self.line;
    }

    fn fail(&mut self, error: impl Into<String>) -> Item {
        let item = Item {
            token: Token::Error,
            start: self.start,
            end: self.position,
            line: self.start_line,
        };
        self.error = error.into();
        self.text = "";
        self.position = 0;
        self.start = 0;
        item
    }

    fn accept(&mut self, valid: &str) -> bool {
        match self.peek() {
            Some(character) if valid.contains(character) => self.next().is_some(),
            _ => false,
        }
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }

    fn outside(&mut self) -> Option<Item> {
        let Some(found) = self.rest().find(LEFT) else {
            self.position = self.text.len();
            self.line += newlines(self.pending());
            let token = if self.position > self.start { Token::Text } else { Token::Eof };
            return Some(self.emit(token));
        };
        if found > 0 {
            self.position += found;
            let trimmed = if has_left_marker(self.from(self.position + LEFT.len())) {
                self.pending().len() - self.pending().trim_end_matches(SPACES).len()
            } else {
                0
            };
            self.position -= trimmed;
            self.line += newlines(self.pending());
            let item = self.emit(Token::Text);
            self.position += trimmed;
            self.ignore();
            if item.end > item.start {
                return Some(item);
            }
        }
        self.left_delim()
    }

    fn left_delim(&mut self) -> Option<Item> {
        self.position += LEFT.len();
        let marker = if has_left_marker(self.rest()) { 2 } else { 0 };
        if self.from(self.position + marker).starts_with(LEFT_COMMENT) {
            self.position += marker;
            self.ignore();
            return self.comment();
        }
        let item = self.emit(Token::LeftDelim);
        self.inside = true;
        self.position += marker;
        self.ignore();
        self.parens = 0;
        Some(item)
    }

    /// Skips a comment; what follows is outside again.
    fn comment(&mut self) -> Option<Item> {
        self.position += LEFT_COMMENT.len();
        let Some(found) = self.rest().find(RIGHT_COMMENT) else {
            return Some(self.fail("unclosed comment"));
        };
        self.position += found + RIGHT_COMMENT.len();
        let Some(marker) = self.right_delim_here() else {
            return Some(self.fail("comment ends before closing delimiter"));
        };
        self.position += marker + RIGHT.len();
        if marker > 0 {
            self.skip_spaces();
        }
        self.ignore();
        None
    }

    /// Returns the length of the trim marker before the right delimiter that
    /// stands here, if one does.
    fn right_delim_here(&self) -> Option<usize> {
        let rest = self.rest();
        if has_right_marker(rest) && self.from(self.position + 2).starts_with(RIGHT) {
            Some(2)
        } else if rest.starts_with(RIGHT) {
            Some(0)
        } else {
            None
        }
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches(SPACES).len();
    }

    fn right_delim(&mut self) -> Item {
        let marker = self.right_delim_here().unwrap_or_default();
        if marker > 0 {
            self.position += marker;
            self.ignore();
        }
        self.position += RIGHT.len();
        let item = self.emit(Token::RightDelim);
        if marker > 0 {
            self.skip_spaces();
            self.ignore();
        }
        self.inside = false;
        item
    }

    fn action(&mut self) -> Item {
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
        while self.peek().is_some_and(is_space) {
            self.next();
            spaces += 1;
        }
        // The last space may belong to a trim marker before the delimiter.
        let last = self.position - 1;
        if has_right_marker(self.from(last)) && self.from(last + 2).starts_with(RIGHT) {
            self.back();
            if spaces == 1 {
                return self.right_delim();
            }
        }
        self.emit(Token::Space)
    }

    fn identifier(&mut self) -> Item {
        while self.peek().is_some_and(is_word) {
            self.next();
        }
        if !self.at_terminator() {
            return self.bad_character();
        }
        match Token::of_word(self.pending()) {
            Token::Break if self.taken.break_word => self.emit(Token::Identifier),
            Token::Continue if self.taken.continue_word => self.emit(Token::Identifier),
            token => self.emit(token),
        }
    }

    fn field_or_variable(&mut self, token: Token) -> Item {
        if self.at_terminator() {
            return self.emit(if token == Token::Variable { token } else { Token::Dot });
        }
        while self.peek().is_some_and(is_word) {
            self.next();
        }
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
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(character) => is_space(character) || self.rest().starts_with(RIGHT),
        }
    }

    fn char_constant(&mut self) -> Item {
        if self.to_closing('\'') {
            self.emit(Token::CharConstant)
        } else {
            self.fail("unterminated character constant")
        }
    }

    fn quote(&mut self) -> Item {
        if self.to_closing('"') {
            self.emit(Token::String)
        } else {
            self.fail("unterminated quoted string")
        }
    }

    fn to_closing(&mut self, quote: char) -> bool {
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
