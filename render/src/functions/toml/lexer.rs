//! The items of a text, one by one, with the lines on which they end.
//!
//! What is no TOML is an error at the place where the library notices it, which may be a character
//! after the place where a reader would see it.

mod numbers;
mod strings;
mod structure;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    /// A bare key, or what a comment says.
    Text,
    /// `"…"`
    String,
    /// The same with escapes in it.
    Escaped,
    Raw,
    Multiline,
    RawMultiline,
    Bool,
    Integer,
    Float,
    Datetime,
    Array,
    ArrayEnd,
    /// `[`, and after the parts of its name `]`
    Table,
    TableEnd,
    /// `[[`, and after the parts of its name `]]`
    Tables,
    TablesEnd,
    /// What comes before the parts of a key, and the `=` after them.
    Key,
    KeyEnd,
    /// What comes before the text of a comment.
    Comment,
    Inline,
    InlineEnd,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// The line on which it ends.
    pub(super) line: usize,
}

/// Why a text is no TOML.
#[derive(Debug)]
pub(super) struct Problem {
    /// From 1; the library says 0 where it means the line before the first.
    pub(super) line: usize,
    pub(super) message: String,
}

/// What is read next.
#[derive(Clone, Copy, Debug)]
enum State {
    Top,
    TopEnd,
    TableStart,
    TableEnd,
    TablesEnd,
    TableName,
    TableNameEnd,
    BareName,
    QuotedName,
    KeyStart,
    KeyName,
    KeyEnd,
    Value,
    Array,
    ArrayEnd,
    Inline,
    InlineEnd,
    String,
    Raw,
    Multiline,
    RawMultiline,
    Comment,
}

/// An item, if the step found one.
type Step<'a> = Result<Option<Item<'a>>, Problem>;

/// Reads a text from its beginning.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    /// The text up to the first byte that is no UTF-8.
    input: &'a str,
    bad: Option<u8>,
    /// Where the item begins, and what comes next.
    start: usize,
    at: usize,
    line: usize,
    /// Whether the end was seen, and not stepped back from.
    is_at_end: bool,
    state: State,
    /// What to read after what is being read.
    then: Vec<State>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        let (input, bad) = match std::str::from_utf8(input) {
            Ok(text) => (text, None),
            Err(error) => {
                let (good, rest) = input.split_at(error.valid_up_to());
                (std::str::from_utf8(good).unwrap_or_default(), rest.first().copied())
            }
        };
        Self {
            input,
            bad,
            start: 0,
            at: 0,
            line: 1,
            is_at_end: false,
            state: State::Top,
            then: Vec::new(),
        }
    }

    /// Returns the next item; after the last one, the same again.
    pub(super) fn item(&mut self) -> Result<Item<'a>, Problem> {
        loop {
            if let Some(item) = self.step()? {
                return Ok(item);
            }
        }
    }

    fn step(&mut self) -> Step<'a> {
        match self.state {
            State::Top => self.top(),
            State::TopEnd => self.top_end(),
            State::TableStart => self.table_start(),
            State::TableEnd => Ok(Some(self.table_end())),
            State::TablesEnd => self.tables_end(),
            State::TableName => self.table_name(),
            State::TableNameEnd => self.table_name_end(),
            State::BareName => self.bare_name(),
            State::QuotedName => self.quoted_name(),
            State::KeyStart => self.key_start(),
            State::KeyName => self.key_name(),
            State::KeyEnd => self.key_end(),
            State::Value => self.value(),
            State::Array => self.array(),
            State::ArrayEnd => self.array_end(),
            State::Inline => self.inline(),
            State::InlineEnd => self.inline_end(),
            State::String => self.string(),
            State::Raw => self.raw(),
            State::Multiline => self.multiline(),
            State::RawMultiline => self.raw_multiline(),
            State::Comment => self.comment(),
        }
    }

    /// Goes on to another state, without an item.
    fn go(&mut self, to: State) -> Option<Item<'a>> {
        self.state = to;
        None
    }

    /// Goes on with what was to be read after this.
    fn go_on(&mut self) {
        self.state = self.then.pop().unwrap_or(State::Top);
    }

    fn rest(&self) -> &'a str {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// What was read of the item.
    fn current(&self) -> &'a str {
        self.input.get(self.start..self.at).unwrap_or_default()
    }

    /// Reads a character; none is the end.
    fn next(&mut self) -> Result<Option<char>, Problem> {
        let rest = self.rest();
        let Some(char) = rest.chars().next() else {
            let Some(bad) = self.bad else {
                self.is_at_end = true;
                return Ok(None);
            };
            return Err(self.here(format!("invalid UTF-8 byte: 0x{bad:02x}")));
        };
        match char {
            '\n' => self.line += 1,
            '\t' => {}
            '\r' if rest.starts_with("\r\n") => {}
            '\0'..='\x1f' | '\x7f' => {
                let code = u32::from(char);
                let message =
                    format!("TOML files cannot contain control characters: '0x{code:02x}'");
                return Err(self.here(message));
            }
            _ => {}
        }
        self.at += char.len_utf8();
        Ok(Some(char))
    }

    /// Steps back by a character, or from the end.
    fn back(&mut self) {
        if std::mem::take(&mut self.is_at_end) {
            return;
        }
        let before = self.input.get(..self.at).unwrap_or_default();
        let Some(char) = before.chars().next_back() else { return };
        self.at -= char.len_utf8();
        if char == '\n' {
            self.line -= 1;
        }
    }

    fn peek(&mut self) -> Result<Option<char>, Problem> {
        let char = self.next()?;
        self.back();
        Ok(char)
    }

    /// Reads that character, if it is the next.
    fn accept(&mut self, wanted: char) -> Result<bool, Problem> {
        let is_wanted = self.next()? == Some(wanted);
        if !is_wanted {
            self.back();
        }
        Ok(is_wanted)
    }

    /// Leaves out what was read so far.
    fn ignore(&mut self) {
        self.start = self.at;
    }

    fn skip_space(&mut self) -> Result<(), Problem> {
        while let Some(' ' | '\t') = self.next()? {}
        self.back();
        self.ignore();
        Ok(())
    }

    /// Makes an item of what was read.
    fn emit(&mut self, kind: Kind) -> Item<'a> {
        let item = Item { kind, text: self.current(), line: self.line };
        self.ignore();
        item
    }

    /// The same, and goes on.
    fn done(&mut self, kind: Kind) -> Item<'a> {
        let item = self.emit(kind);
        self.go_on();
        item
    }

    fn here(&self, message: String) -> Problem {
        Problem { line: self.line, message }
    }

    /// At the end of a text that ends with a line's end, it is the line before that.
    fn wrong(&self, message: impl Into<String>) -> Problem {
        let before = self.input.get(..self.at).unwrap_or_default();
        let is_after_line = self.is_at_end && before.ends_with('\n');
        Problem { line: self.line - usize::from(is_after_line), message: message.into() }
    }

    /// On the line before.
    fn wrong_before(&self, message: impl Into<String>) -> Problem {
        Problem { line: self.line.saturating_sub(1), message: message.into() }
    }
}

/// Go's `%q` of a character; the end is a zero.
fn quoted(char: Option<char>) -> String {
    rutter_gotmpl::quote_rune(char.unwrap_or('\0'))
}
