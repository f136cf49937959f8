//! Lines of YAML, laid out as go-yaml's emitter does.

use std::borrow::Cow;

use super::{
    order::Version,
    style::{Shape, Style, is_break, is_printable},
};

/// What differs between go-yaml's versions when they write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// The column after which a line is broken at a space.
    pub(super) width: usize,
    pub(super) version: Version,
}

/// What a scalar is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Value,
    /// A key on one line with its colon.
    Key,
}

/// What was written last, as far as the next thing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// This line has nothing but indentation, so that no space is needed.
    Indentation,
    /// This line has indentation and dashes.
    Dash,
    Text,
}

/// Writes indentation, indicators and scalars.
pub(super) struct Emitter {
    out: String,
    rules: Rules,
    column: usize,
    /// The indentation of the innermost collection; -1 outside of all.
    pub(super) indent: isize,
    last: Last,
}

impl Emitter {
    pub(super) fn new(rules: Rules) -> Self {
        Self { out: String::new(), rules, column: 0, indent: -1, last: Last::Indentation }
    }

    /// Ends the document and returns it.
    pub(super) fn finish(mut self) -> String {
        self.indent = -1;
        self.start_line();
        self.out
    }

    /// Goes one level deeper; the old level is returned.
    pub(super) fn deepen(&mut self) -> isize {
        let before = self.indent;
        self.indent = if before < 0 { 0 } else { before + 2 };
        before
    }

    /// Goes to where the items of a list stand, which in version 2 is the column
    /// of the key that they belong to; the old level is returned.
    pub(super) fn deepen_list(&mut self, is_value_of_key: IsValue) -> isize {
        let is_outdented = self.rules.version == Version::Two
            && is_value_of_key == IsValue::Yes
            && self.last == Last::Text;
        if is_outdented && self.indent >= 0 { self.indent } else { self.deepen() }
    }

    /// Goes to the indentation, on a new line if this one is in use.
    pub(super) fn start_line(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        let is_used = match self.last {
            Last::Text => true,
            Last::Dash => self.column >= indent,
            Last::Indentation => self.column > indent,
        };
        if is_used {
            self.line_break();
        }
        if self.column < indent {
            self.out.extend(std::iter::repeat_n(' ', indent - self.column));
            self.column = indent;
        }
        self.last = Last::Indentation;
    }

    /// Writes `-`, or `?` or `:` of a key that needs a line of its own.
    pub(super) fn block_indicator(&mut self, indicator: &str) {
        self.space();
        self.write(indicator);
        self.last = Last::Dash;
    }

    /// Writes the `:` after a key.
    pub(super) fn colon(&mut self) {
        self.write(":");
        self.last = Last::Text;
    }

    /// Writes a word that is not quoted: a number, `null`, `{}`.
    pub(super) fn word(&mut self, word: &str) {
        self.space();
        self.write(word);
        self.last = Last::Text;
    }

    /// Writes a string as the version's rules want it.
    pub(super) fn string(&mut self, text: &str, shape: Shape, role: Role) {
        let style = match role {
            Role::Value => shape.style(text, self.rules.version),
            Role::Key => shape.key_style(text, self.rules.version),
        };
        let before = self.indent;
        self.indent = before.max(0) + 2;
        match style {
            Style::Plain => self.plain(text, role),
            Style::Single => self.single_quoted(text, role),
            Style::Double => self.double_quoted(text, role),
            Style::Literal => self.literal(text),
        }
        self.indent = before;
    }

    fn space(&mut self) {
        if self.last != Last::Indentation {
            self.write(" ");
        }
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    fn write_char(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// Writes a break character; only a line feed is one to `line_break`.
    fn write_break(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
    }

    fn must_not_fold(&self, text: &str, role: Role) -> bool {
        role == Role::Key || self.column + text.len() <= self.rules.width
    }

    fn plain(&mut self, text: &str, role: Role) {
        self.space();
        if self.must_not_fold(text, role) {
            self.write(text);
        } else {
            self.plain_lines(text);
        }
        self.last = Last::Text;
    }

    fn plain_lines(&mut self, text: &str) {
        let mut after_space = false;
        let mut rest = text;
        while let Some((word, after)) = rest.split_once(' ') {
            self.write(word);
            after_space &= word.is_empty();
            if !after_space && self.column > self.rules.width && !after.starts_with(' ') {
                self.start_line();
            } else {
                self.write(" ");
            }
            after_space = true;
            rest = after;
        }
        self.write(rest);
    }

    fn single_quoted(&mut self, text: &str, role: Role) {
        self.word("'");
        if self.must_not_fold(text, role) && !text.contains(is_break) {
            let doubled: Cow<'_, str> =
                if text.contains('\'') { text.replace('\'', "''").into() } else { text.into() };
            self.write(&doubled);
        } else {
            self.single_quoted_lines(text, role);
        }
        self.write("'");
        self.last = Last::Text;
    }

    fn single_quoted_lines(&mut self, text: &str, role: Role) {
        let mut before = Before::Start;
        for (at, character) in text.char_indices() {
            let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
            let may_fold = role == Role::Value
                && before == Before::Text
                && !rest.is_empty()
                && !rest.starts_with(' ')
                && self.column > self.rules.width;
            before = match character {
                ' ' if may_fold => self.folded(),
                ' ' => self.quoted(" ", Before::Space),
                '\n' if before != Before::Break => self.quoted("\n\n", Before::Break),
                _ if is_break(character) => {
                    self.quoted(character.encode_utf8(&mut [0; 4]), Before::Break)
                }
                _ => self.quoted_text(character, before),
            };
        }
    }

    fn folded(&mut self) -> Before {
        self.start_line();
        Before::Space
    }

    fn quoted(&mut self, text: &str, kind: Before) -> Before {
        self.write(text);
        if kind == Before::Break {
            self.column = 0;
            self.last = Last::Dash;
        }
        kind
    }

    fn quoted_text(&mut self, character: char, before: Before) -> Before {
        if before == Before::Break {
            self.start_line();
        }
        self.write(if character == '\'' { "'" } else { "" });
        self.write_char(character);
        self.last = Last::Text;
        Before::Text
    }

    fn double_quoted(&mut self, text: &str, role: Role) {
        self.word("\"");
        // go-yaml looks for a byte order mark at the start of the text when it
        // means this character, and then escapes all of them.
        let escapes_all = text.starts_with('\u{FEFF}');
        let mut after_space = false;
        for (at, character) in text.char_indices() {
            let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
            let is_escaped = !is_printable(character)
                || is_break(character)
                || matches!(character, '"' | '\\')
                || escapes_all;
            let may_fold = role == Role::Value && !after_space && at > 0 && !rest.is_empty();
            after_space = character == ' ' && !is_escaped;
            if is_escaped {
                self.escape(character);
            } else if after_space && may_fold && self.column > self.rules.width {
                self.start_line();
                // A space after the break would be lost if it were not escaped.
                self.write(rest.get(..1).filter(|next| *next == " ").map_or("", |_| "\\"));
            } else {
                self.write_char(character);
            }
        }
        self.write("\"");
        self.last = Last::Text;
    }

    fn escape(&mut self, character: char) {
        let short = match character {
            '\0' => "\\0",
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\x0B' => "\\v",
            '\x0C' => "\\f",
            '\r' => "\\r",
            '\x1B' => "\\e",
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{85}' => "\\N",
            '\u{A0}' => "\\_",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            _ => {
                let code = u32::from(character);
                let escape = match code {
                    ..=0xFF => format!("\\x{code:02X}"),
                    0x100..=0xFFFF => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                };
                return self.write(&escape);
            }
        };
        self.write(short);
    }

    fn literal(&mut self, text: &str) {
        self.word("|");
        if text.starts_with(|first: char| first == ' ' || is_break(first)) {
            self.write("2");
        }
        let mut from_end = text.chars().rev();
        match (from_end.next().is_some_and(is_break), from_end.next()) {
            (false, _) => self.write("-"),
            (true, before) if before.is_none_or(is_break) => self.write("+"),
            (true, _) => {}
        }
        self.line_break();
        self.last = Last::Indentation;
        for line in text.split_inclusive(is_break) {
            let content = line.trim_end_matches(is_break);
            if !content.is_empty() {
                self.start_line();
                self.write(content);
                self.last = Last::Text;
            }
            if let Some(character) = line.chars().next_back().filter(|&last| is_break(last)) {
                self.write_break(character);
                self.last = Last::Indentation;
            }
        }
    }
}

/// What stands before a character of a text between single quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Start,
    Text,
    Space,
    Break,
}

/// Whether a list is the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IsValue {
    Yes,
    No,
}
