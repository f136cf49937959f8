//! Text to tokens, as the scanner of Go's `text/template/parse` cuts it.

mod inside;

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

/// Where the lexer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Text,
    Action,
}

/// Cuts a text into tokens, one at a time.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    position: usize,
    start: usize,
    parens: usize,
    line: usize,
    start_line: usize,
    place: Place,
    /// The words that a host's functions have taken from the language.
    taken: Vec<Token>,
    error: String,
}

const LEFT: &[u8; 2] = b"{{";
const RIGHT: &[u8; 2] = b"}}";
const LEFT_COMMENT: &[u8; 2] = b"/*";
const RIGHT_COMMENT: &[u8; 2] = b"*/";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_space(character: char) -> bool {
    SPACES.contains(&character)
}

fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn newlines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

/// Returns where the two characters stand first.
fn find(text: &str, pair: [u8; 2]) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(pair[0], bytes).find(|at| bytes.get(at + 1) == Some(&pair[1]))
}

fn has_left_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space_byte(*space))
}

fn has_right_marker(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space_byte(*space))
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str, taken: Vec<Token>) -> Self {
        Self {
            text,
            position: 0,
            start: 0,
            parens: 0,
            line: 1,
            start_line: 1,
            place: Place::Text,
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
        if self.place == Place::Action {
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

    fn bytes_from(&self, position: usize) -> &'t [u8] {
        self.text.as_bytes().get(position..).unwrap_or_default()
    }

    fn pending(&self) -> &'t str {
        self.text.get(self.start..self.position).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.position += character.len_utf8();
        self.line += usize::from(character == '\n');
        Some(character)
    }

    /// Goes back to before the character that was read last.
    fn back(&mut self) {
        let before = self.text.get(..self.position).unwrap_or_default();
        if let Some(character) = before.chars().next_back() {
            self.position -= character.len_utf8();
            self.line -= usize::from(character == '\n');
        }
    }

    fn peek(&self) -> Option<char> {
        match self.peek_byte() {
            Some(byte) if byte.is_ascii() => Some(char::from(byte)),
            _ => self.rest().chars().next(),
        }
    }

    fn peek_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
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
        let Some(found) = find(self.rest(), *LEFT) else {
            self.position = self.text.len();
            self.line += newlines(self.pending());
            let token = if self.position > self.start { Token::Text } else { Token::Eof };
            return Some(self.emit(token));
        };
        if found > 0 {
            self.position += found;
            let trimmed = if has_left_marker(self.bytes_from(self.position + LEFT.len())) {
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
        let marker = if has_left_marker(self.bytes_from(self.position)) { 2 } else { 0 };
        if self.bytes_from(self.position + marker).starts_with(LEFT_COMMENT) {
            self.position += marker;
            self.ignore();
            return self.comment();
        }
        let item = self.emit(Token::LeftDelim);
        self.place = Place::Action;
        self.position += marker;
        self.ignore();
        self.parens = 0;
        Some(item)
    }

    /// Skips a comment; what follows is outside again.
    fn comment(&mut self) -> Option<Item> {
        self.position += LEFT_COMMENT.len();
        let Some(found) = find(self.rest(), *RIGHT_COMMENT) else {
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
        let rest = self.bytes_from(self.position);
        if rest.starts_with(RIGHT) {
            Some(0)
        } else if has_right_marker(rest) && self.bytes_from(self.position + 2).starts_with(RIGHT) {
            Some(2)
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
        self.place = Place::Text;
        item
    }
}
