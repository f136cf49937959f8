//! One piece of YAML in the block style, quickly.
//!
//! Mappings, sequences, plain and quoted scalars and literal blocks, as emitters
//! write them. For everything else the answer is nothing, and the reader for any
//! YAML is asked: what this returns is what that one would.

use serde_json::{Map, Value as Json};

use crate::yaml;

/// How deep a piece may nest.
const DEEPEST: usize = 16;

/// The longest key, in bytes; YAML allows 1024 characters.
const LONGEST_KEY: usize = 512;

/// Reads a piece, if it is of the known kind.
pub(super) fn read(text: &str) -> Option<Json> {
    if !text.ends_with('\n') || !is_ordinary(text.as_bytes()) {
        return None;
    }
    let mut reader = Reader { text, at: 0, depth: 0 };
    let column = reader.next_line()?;
    reader.at += column;
    let value = reader.node(column, None)?;
    reader.next_line().is_none().then_some(value)
}

/// Returns whether there are no tabs, no control characters and none of the line
/// breaks that only YAML knows.
fn is_ordinary(bytes: &[u8]) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    if bytes.iter().all(is_plain) {
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

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The rest of the line, without its end.
    fn line(&self) -> &'a str {
        let rest = self.rest();
        rest.split_once('\n').map_or(rest, |(line, _)| line)
    }

    fn skip_spaces(&mut self) -> usize {
        let count = self.rest().bytes().take_while(|byte| *byte == b' ').count();
        self.at += count;
        count
    }

    /// Goes to the beginning of the next line that says something; returns how far
    /// that is indented. Stands at the beginning of a line before.
    fn next_line(&mut self) -> Option<usize> {
        loop {
            let line = self.line();
            let indent = line.bytes().take_while(|byte| *byte == b' ').count();
            if !matches!(line.as_bytes().get(indent), None | Some(b'#')) {
                return Some(indent);
            }
            self.at += line.len() + 1;
            if self.at >= self.text.len() {
                return None;
            }
        }
    }

    /// Reads the node that begins here, at `column`; a scalar has a `parent`.
    fn node(&mut self, column: usize, parent: Option<usize>) -> Option<Json> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let line = self.line();
        let node = if line.starts_with("- ") || line == "-" {
            self.sequence(column)
        } else if key_length(line).is_some() {
            self.mapping(column)
        } else {
            self.scalar(parent?)
        };
        self.depth -= 1;
        node
    }

    fn sequence(&mut self, column: usize) -> Option<Json> {
        let mut items = Vec::new();
        loop {
            // At the dash.
            self.at += 1;
            let spaces = self.skip_spaces();
            if self.line().is_empty() {
                return None;
            }
            items.push(self.node(column + 1 + spaces, Some(column))?);
            match self.next_line() {
                Some(indent) if indent == column && self.dash_at(indent) => self.at += indent,
                Some(indent) if indent > column => return None,
                _ => return Some(items.into()),
            }
        }
    }

    fn dash_at(&self, indent: usize) -> bool {
        self.line().get(indent..).is_some_and(|line| line.starts_with("- "))
    }

    fn mapping(&mut self, column: usize) -> Option<Json> {
        let mut map = Map::new();
        loop {
            let line = self.line();
            let key = line.get(..key_length(line)?)?;
            self.at += key.len() + 1;
            if self.skip_spaces() == 0 && !self.line().is_empty() {
                return None;
            }
            let value = self.value(column)?;
            if map.insert(key.to_owned(), value).is_some() {
                return None;
            }
            match self.next_line() {
                Some(indent) if indent == column && !self.dash_at(indent) => self.at += indent,
                Some(indent) if indent > column => return None,
                _ => return Some(Json::Object(map)),
            }
        }
    }

    /// Reads what stands behind a key.
    fn value(&mut self, column: usize) -> Option<Json> {
        if !self.line().is_empty() {
            return self.scalar(column);
        }
        self.at += 1;
        match self.next_line() {
            Some(indent) if indent > column => {
                self.at += indent;
                self.node(indent, Some(column))
            }
            // A list may be indented as far as its key.
            Some(indent) if indent == column && self.dash_at(indent) => {
                self.at += indent;
                self.depth += 1;
                let list = if self.depth > DEEPEST { None } else { self.sequence(column) };
                self.depth -= 1;
                list
            }
            _ => Some(Json::Null),
        }
    }

    /// Reads a scalar below a collection at `parent`, to the beginning of the line
    /// after it.
    fn scalar(&mut self, parent: usize) -> Option<Json> {
        let line = self.line();
        match line.as_bytes().first()? {
            b'"' => self.double_quoted().map(Json::String),
            b'\'' => self.single_quoted().map(Json::String),
            b'|' => self.literal(parent).map(Json::String),
            b'[' if line.trim_end_matches(' ') == "[]" => Some(self.ended(Json::Array(Vec::new()))),
            b'{' if line.trim_end_matches(' ') == "{}" => {
                Some(self.ended(Json::Object(Map::new())))
            }
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b'>' | b'[' | b'{' | b']' | b'}' | b','
            | b'#' => None,
            b'-' | b'?' | b':' if matches!(line.as_bytes().get(1), None | Some(b' ')) => None,
            _ => self.plain(parent),
        }
    }

    fn ended(&mut self, value: Json) -> Json {
        self.at += self.line().len() + 1;
        value
    }

    /// Whether a blank line ends a text: inside of one it means something else. Stays at the line.
    fn is_end(&mut self, parent: usize) -> bool {
        let here = self.at;
        let next = self.next_line();
        self.at = here;
        next.is_none_or(|indent| indent <= parent)
    }

    fn plain(&mut self, parent: usize) -> Option<Json> {
        let first = plain_line(self.line())?;
        self.at += self.line().len() + 1;
        let mut folded: Option<String> = None;
        loop {
            let line = self.line();
            let indent = line.bytes().take_while(|byte| *byte == b' ').count();
            let content = line.get(indent..).unwrap_or_default();
            if content.is_empty() {
                self.is_end(parent).then_some(())?;
                break;
            }
            if indent <= parent {
                break;
            }
            if content.starts_with(['#', '-', '?', ':']) {
                return None;
            }
            let text = folded.get_or_insert_with(|| first.to_owned());
            text.push(' ');
            text.push_str(plain_line(content)?);
            self.at += line.len() + 1;
        }
        match folded {
            Some(text) => Some(Json::String(text)),
            None => yaml::plain(first),
        }
    }

    fn single_quoted(&mut self) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let end = rest.find(['\'', '\n'])?;
            text.push_str(rest.get(..end)?);
            self.at += end;
            if rest.get(end..)?.starts_with("''") {
                text.push('\'');
                self.at += 2;
            } else if rest.get(end..)?.starts_with('\'') {
                self.at += 1;
                return self.end_of_quoted(text);
            } else {
                let kept = text.trim_end_matches(' ').len();
                text.truncate(kept);
                self.fold()?;
                text.push(' ');
            }
        }
    }

    fn double_quoted(&mut self) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        // Spaces that an escape wrote stay at the end of a line.
        let mut kept = 0;
        loop {
            let rest = self.rest();
            let end = rest.find(['"', '\\', '\n'])?;
            text.push_str(rest.get(..end)?);
            self.at += end;
            match rest.as_bytes().get(end)? {
                b'"' => {
                    self.at += 1;
                    return self.end_of_quoted(text);
                }
                b'\\' => {
                    self.escape(&mut text)?;
                    kept = text.len();
                }
                _ => {
                    let end = text.trim_end_matches(' ').len();
                    text.truncate(end.max(kept));
                    self.fold()?;
                    text.push(' ');
                    kept = text.len();
                }
            }
        }
    }

    /// Goes over the end of a line within quotes and the spaces that begin the next.
    fn fold(&mut self) -> Option<()> {
        self.at += 1;
        self.skip_spaces();
        (!self.line().is_empty()).then_some(())
    }

    fn escape(&mut self, text: &mut String) -> Option<()> {
        let escaped = self.rest().as_bytes().get(1)?;
        self.at += 2;
        let digits = match escaped {
            b'"' | b'\\' => {
                text.push(char::from(*escaped));
                return Some(());
            }
            b'n' => {
                text.push('\n');
                return Some(());
            }
            b't' => {
                text.push('\t');
                return Some(());
            }
            b'r' => {
                text.push('\r');
                return Some(());
            }
            b'\n' => {
                self.skip_spaces();
                return (!self.line().is_empty()).then_some(());
            }
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => return None,
        };
        let code = self.rest().get(..digits)?;
        if !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        self.at += digits;
        Some(())
    }

    fn end_of_quoted(&mut self, text: String) -> Option<String> {
        let line = self.line();
        self.at += line.len() + 1;
        line.bytes().all(|byte| byte == b' ').then_some(text)
    }

    /// Reads `|` or `|-` and the lines under it.
    fn literal(&mut self, parent: usize) -> Option<String> {
        let keeps_end = match self.line() {
            "|" => true,
            "|-" => false,
            _ => return None,
        };
        self.at += self.line().len() + 1;
        let indent = self.line().bytes().take_while(|byte| *byte == b' ').count();
        if indent <= parent || self.line().len() == indent {
            return None;
        }
        let mut text = String::new();
        while self.at < self.text.len() {
            let line = self.line();
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            if spaces < indent && spaces < line.len() {
                (spaces <= parent).then_some(())?;
                break;
            }
            text.push_str(line.get(indent..).unwrap_or_default());
            text.push('\n');
            self.at += line.len() + 1;
        }
        let kept = text.trim_end_matches('\n').len();
        text.truncate(kept);
        if keeps_end && kept > 0 {
            text.push('\n');
        }
        Some(text)
    }
}

/// Returns how long the key is that begins a line, if a plain one does that is a
/// text.
fn key_length(line: &str) -> Option<usize> {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let length = line.bytes().take_while(|byte| is_plain(*byte)).count();
    let key = line.get(..length)?;
    let is_key = key.starts_with(|first: char| first.is_ascii_alphabetic())
        && length <= LONGEST_KEY
        && matches!(line.as_bytes().get(length..), Some([b':'] | [b':', b' ', ..]))
        && matches!(yaml::plain(key), Some(Json::String(_)));
    is_key.then_some(length)
}

/// Returns a line of a plain scalar, unless something else may begin in it.
fn plain_line(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(' ');
    let is_plain = !line.contains(": ") && !line.ends_with(':') && !line.contains(" #");
    is_plain.then_some(line)
}
