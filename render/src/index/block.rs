//! One piece of YAML in the block style, quickly.
//!
//! Mappings, sequences, plain and quoted scalars and literal blocks, as emitters
//! write them. For everything else the answer is nothing, and the reader for any
//! YAML is asked: what this returns is what that one would.

use serde_json::{Map, Value as Json};

use crate::yaml;

use scalars::Written;

mod scalars;

/// How deep a piece may nest.
const DEEPEST: usize = 16;

/// The longest key, in bytes; YAML allows 1024 characters.
const LONGEST_KEY: usize = 512;

/// Reads a piece, if it is of the known kind.
pub(super) fn read(text: &str) -> Option<Json> {
    let (mut reader, column) = Reader::of(text)?;
    let value = reader.node(column, None)?;
    reader.is_done().then_some(value)
}

/// Returns whether there are no tabs, no control characters and none of the line
/// breaks that only YAML knows.
fn is_ordinary(bytes: &[u8]) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    // Chunks without a way out in their middle are looked at many bytes at a time.
    let is_plain_chunk = |chunk: &[u8]| chunk.iter().fold(true, |all, byte| all & is_plain(byte));
    if bytes.chunks(256).all(is_plain_chunk) {
        return true;
    }
    bytes.iter().all(|byte| *byte >= 0x80 || is_plain(byte))
        && !bytes.windows(3).any(|three| {
            matches!(
                three,
                [0xC2, 0x80..=0x9F, _]
                    | [0xE2, 0x80, 0xA8 | 0xA9]
                    | [0xEF, 0xBB, 0xBF]
                    | [0xEF, 0xBF, 0xBE | 0xBF]
            )
        })
}

/// Reads a piece from its beginning to its end.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The line from here on, without its end.
    line: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// Returns a reader that stands at the first node, and the column of that.
    pub(super) fn of(text: &'a str) -> Option<(Self, usize)> {
        if !text.ends_with('\n') || !is_ordinary(text.as_bytes()) {
            return None;
        }
        let mut reader = Self { text, at: 0, line: "", depth: 0 };
        reader.go_to(0);
        let column = reader.next_line()?;
        reader.skip(column);
        Some((reader, column))
    }

    /// Returns whether nothing follows; stands at the beginning of a line.
    pub(super) fn is_done(&mut self) -> bool {
        self.next_line().is_none()
    }

    fn go_to(&mut self, at: usize) {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.at = at;
        self.line = rest.get(..end).unwrap_or_default();
    }

    /// Goes on within the line.
    fn skip(&mut self, length: usize) {
        self.at += length;
        self.line = self.line.get(length..).unwrap_or_default();
    }

    fn end_line(&mut self) {
        self.go_to(self.at + self.line.len() + 1);
    }

    fn skip_spaces(&mut self) -> usize {
        let count = spaces(self.line);
        self.skip(count);
        count
    }

    /// Goes to the beginning of the next line that says something; returns how far
    /// that is indented. Stands at the beginning of a line before.
    fn next_line(&mut self) -> Option<usize> {
        loop {
            let indent = spaces(self.line);
            if !matches!(self.line.as_bytes().get(indent), None | Some(b'#')) {
                return Some(indent);
            }
            if self.at + self.line.len() + 1 >= self.text.len() {
                self.at = self.text.len();
                self.line = "";
                return None;
            }
            self.end_line();
        }
    }

    /// Reads the node that begins here, at `column`; a scalar has a `parent`.
    fn node(&mut self, column: usize, parent: Option<usize>) -> Option<Json> {
        self.deeper(|reader| {
            if reader.is_item() {
                reader.list(column)
            } else if key_of(reader.line).is_some() {
                reader.map(column)
            } else {
                reader.scalar(parent?)
            }
        })
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let done = inner(self);
        self.depth -= 1;
        done
    }

    fn is_item(&self) -> bool {
        self.line.starts_with("- ") || self.line == "-"
    }

    fn dash_at(&self, indent: usize) -> bool {
        self.line.get(indent..).is_some_and(|line| line.starts_with("- "))
    }

    fn list(&mut self, column: usize) -> Option<Json> {
        let mut items = Vec::new();
        self.items(column, &mut |reader, inner| {
            items.push(reader.node(inner, Some(column))?);
            Some(())
        })?;
        Some(items.into())
    }

    fn map(&mut self, column: usize) -> Option<Json> {
        let mut map = Map::new();
        self.fields(column, &mut |reader, key| {
            let value = reader.value(column)?;
            map.insert(key.to_owned(), value).is_none().then_some(())
        })?;
        Some(Json::Object(map))
    }

    /// Goes through the items of a sequence whose dashes stand at `column`; `take`
    /// reads one, and is told its column.
    pub(super) fn items(
        &mut self,
        column: usize,
        take: &mut dyn FnMut(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        loop {
            if !self.is_item() {
                return None;
            }
            self.skip(1);
            let spaces = self.skip_spaces();
            if self.line.is_empty() {
                return None;
            }
            take(self, column + 1 + spaces)?;
            match self.next_line() {
                Some(indent) if indent == column && self.dash_at(indent) => self.skip(indent),
                Some(indent) if indent > column => return None,
                _ => return Some(()),
            }
        }
    }

    /// Goes through the fields of a mapping whose keys stand at `column`; `take` is
    /// given a key, and reads what is behind it.
    pub(super) fn fields(
        &mut self,
        column: usize,
        take: &mut dyn FnMut(&mut Self, &'a str) -> Option<()>,
    ) -> Option<()> {
        loop {
            let key = key_of(self.line)?;
            self.skip(key.len() + 1);
            if self.skip_spaces() == 0 && !self.line.is_empty() {
                return None;
            }
            take(self, key)?;
            match self.next_line() {
                Some(indent) if indent == column && !self.dash_at(indent) => self.skip(indent),
                Some(indent) if indent > column => return None,
                _ => return Some(()),
            }
        }
    }

    /// Reads what stands behind a key at `column`.
    fn value(&mut self, column: usize) -> Option<Json> {
        match self.behind_key(column) {
            Behind::Here => self.scalar(column),
            Behind::Below(indent) => self.node(indent, Some(column)),
            Behind::ListBeside => self.deeper(|reader| reader.list(column)),
            Behind::Nothing => Some(Json::Null),
        }
    }

    /// Finds out where the value is of a key at `column`, and goes there.
    pub(super) fn behind_key(&mut self, column: usize) -> Behind {
        if !self.line.is_empty() {
            return Behind::Here;
        }
        self.end_line();
        match self.next_line() {
            Some(indent) if indent > column => {
                self.skip(indent);
                Behind::Below(indent)
            }
            // A list may be indented as far as its key.
            Some(indent) if indent == column && self.dash_at(indent) => {
                self.skip(indent);
                Behind::ListBeside
            }
            _ => Behind::Nothing,
        }
    }

    /// Reads a scalar below a collection at `parent`, to the beginning of the line
    /// after it.
    pub(super) fn scalar(&mut self, parent: usize) -> Option<Json> {
        if let Some(empty) = self.empty() {
            return Some(match empty {
                Empty::List => Json::Array(Vec::new()),
                Empty::Map => Json::Object(Map::new()),
            });
        }
        match self.written(parent)? {
            Written::Plain(text) => yaml::plain(text),
            Written::Text(text) => Some(Json::String(text)),
        }
    }

    /// Reads a scalar, if it is a text.
    pub(super) fn text(&mut self, parent: usize) -> Option<String> {
        match self.written(parent)? {
            Written::Plain(text) => yaml::is_plain_text(text).then(|| text.to_owned()),
            Written::Text(text) => Some(text),
        }
    }

    /// Reads a flag, if it is written as one is in JSON.
    pub(super) fn flag(&mut self) -> Option<bool> {
        let flag = match self.line {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        self.end_line();
        Some(flag)
    }

    /// Reads an empty list or mapping, if one is here.
    pub(super) fn empty(&mut self) -> Option<Empty> {
        let empty = match self.line.trim_end_matches(' ') {
            "[]" => Empty::List,
            "{}" => Empty::Map,
            _ => return None,
        };
        self.end_line();
        Some(empty)
    }
}

/// Where the value of a key is.
pub(super) enum Behind {
    /// In the key's line: a scalar, or an empty collection.
    Here,
    /// In the next line, further to the right: at this column.
    Below(usize),
    /// In the next line, under the key: a list.
    ListBeside,
    /// Nowhere.
    Nothing,
}

/// A collection without anything in it.
pub(super) enum Empty {
    List,
    Map,
}

/// Returns the key that begins a line, if a plain one does that is a text.
fn key_of(line: &str) -> Option<&str> {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let length = line.bytes().take_while(|byte| is_plain(*byte)).count();
    let key = line.get(..length)?;
    let is_key = key.starts_with(|first: char| first.is_ascii_alphabetic())
        && length <= LONGEST_KEY
        && matches!(line.as_bytes().get(length..), Some([b':'] | [b':', b' ', ..]))
        && yaml::is_plain_text(key);
    is_key.then_some(key)
}

/// Returns how many spaces begin a line.
fn spaces(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}
