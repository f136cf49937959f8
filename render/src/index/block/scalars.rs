//! Scalars in the block style: plain, quoted and literal.

use super::{Reader, spaces};

/// A scalar as it is written.
pub(super) enum Written<'a> {
    /// Plain, in one line: what it means is to be found out.
    Plain(&'a str),
    /// A text for sure.
    Text(String),
}

impl<'a> Reader<'a> {
    pub(super) fn written(&mut self, parent: usize) -> Option<Written<'a>> {
        let bytes = self.line.as_bytes();
        match bytes.first()? {
            b'"' => self.double_quoted().map(Written::Text),
            b'\'' => self.single_quoted().map(Written::Text),
            b'|' => self.literal(parent).map(Written::Text),
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b'>' | b'[' | b'{' | b']' | b'}' | b','
            | b'#' => None,
            b'-' | b'?' | b':' if matches!(bytes.get(1), None | Some(b' ')) => None,
            _ => self.plain(parent),
        }
    }

    /// Whether a blank line ends a text: inside of one it means something else. Stays at the line.
    fn is_end(&mut self, parent: usize) -> bool {
        let here = self.at;
        let next = self.next_line();
        self.go_to(here);
        next.is_none_or(|indent| indent <= parent)
    }

    fn plain(&mut self, parent: usize) -> Option<Written<'a>> {
        let first = plain_line(self.line)?;
        self.end_line();
        let mut folded: Option<String> = None;
        loop {
            let indent = spaces(self.line);
            let content = self.line.get(indent..).unwrap_or_default();
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
            self.end_line();
        }
        Some(folded.map_or(Written::Plain(first), Written::Text))
    }

    fn single_quoted(&mut self) -> Option<String> {
        self.skip(1);
        let mut text = String::new();
        loop {
            let line = self.line;
            let end = line.find('\'').unwrap_or(line.len());
            text.push_str(line.get(..end)?);
            self.skip(end);
            if self.line.starts_with("''") {
                text.push('\'');
                self.skip(2);
            } else if self.line.starts_with('\'') {
                self.skip(1);
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
        self.skip(1);
        let mut text = String::new();
        // Spaces that an escape wrote stay at the end of a line.
        let mut kept = 0;
        loop {
            let line = self.line;
            let end = memchr::memchr2(b'"', b'\\', line.as_bytes()).unwrap_or(line.len());
            text.push_str(line.get(..end)?);
            self.skip(end);
            match self.line.as_bytes().first() {
                Some(b'"') => {
                    self.skip(1);
                    return self.end_of_quoted(text);
                }
                Some(b'\\') => {
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
        self.end_line();
        self.skip_spaces();
        (!self.line.is_empty()).then_some(())
    }

    fn escape(&mut self, text: &mut String) -> Option<()> {
        let Some(escaped) = self.line.as_bytes().get(1) else {
            // The line goes on in the next.
            return self.fold();
        };
        self.skip(2);
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
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => return None,
        };
        let code = self.line.get(..digits)?;
        if !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        self.skip(digits);
        Some(())
    }

    fn end_of_quoted(&mut self, text: String) -> Option<String> {
        let rest = self.line;
        self.end_line();
        rest.bytes().all(|byte| byte == b' ').then_some(text)
    }

    /// Reads `|` or `|-` and the lines under it.
    fn literal(&mut self, parent: usize) -> Option<String> {
        let keeps_end = match self.line {
            "|" => true,
            "|-" => false,
            _ => return None,
        };
        self.end_line();
        let indent = spaces(self.line);
        if indent <= parent || self.line.len() == indent {
            return None;
        }
        let mut text = String::new();
        while self.at < self.text.len() {
            let line = self.line;
            let spaces = spaces(line);
            if spaces < indent && spaces < line.len() {
                (spaces <= parent).then_some(())?;
                break;
            }
            text.push_str(line.get(indent..).unwrap_or_default());
            text.push('\n');
            self.end_line();
        }
        let kept = text.trim_end_matches('\n').len();
        text.truncate(kept);
        if keeps_end && kept > 0 {
            text.push('\n');
        }
        Some(text)
    }
}

/// Returns a line of a plain scalar, unless something else may begin in it.
fn plain_line(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(' ');
    let bytes = line.as_bytes();
    // Where a key would end, or a comment begin.
    let is_mark = |at: usize| match bytes.get(at) {
        Some(b':') => matches!(bytes.get(at + 1), None | Some(b' ')),
        _ => at > 0 && bytes.get(at - 1) == Some(&b' '),
    };
    let is_plain = !memchr::memchr2_iter(b':', b'#', bytes).any(is_mark);
    is_plain.then_some(line)
}
