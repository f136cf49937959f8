//! Scalars: plain, quoted and as blocks, with their folding.

use std::borrow::Cow;

use super::{
    Error,
    scanner::Scanner,
    token::{Kind, Style},
};

/// The white space between two words of a scalar that may span lines.
#[derive(Default)]
struct Gap {
    /// Whether a line break was among it, so that it is folded.
    is_broken: bool,
    first: &'static str,
    others: String,
}

impl Gap {
    /// Notes a line break; only the first is folded into a space.
    fn add(&mut self, line_break: &'static str) {
        if self.is_broken {
            self.others.push_str(line_break);
        } else {
            self.first = line_break;
            self.is_broken = true;
        }
    }

    /// What the line breaks read as.
    fn fold_into(&mut self, text: &mut String) {
        match self.first {
            "\n" if self.others.is_empty() => text.push(' '),
            "\n" => {}
            other => text.push_str(other),
        }
        text.push_str(&self.others);
        self.others.clear();
        self.first = "";
        self.is_broken = false;
    }
}

impl<'a> Scanner<'a> {
    /// Scans a scalar without quotes, up to a comment, an indicator or a line
    /// that is not indented enough.
    pub(super) fn scan_plain(&mut self) -> Result<Kind<'a>, Error> {
        let start = self.cursor.position();
        let indent = usize::try_from(self.indent + 1).unwrap_or(0);
        // What is read so far: the input itself, until something is folded.
        let mut text: Cow<'a, str> = Cow::Borrowed("");
        let mut gap = Gap::default();
        let mut blanks = "";
        loop {
            self.cursor.need(4)?;
            if self.cursor.is_document_indicator() || self.cursor.peek(0) == b'#' {
                break;
            }
            let word_start = self.cursor.position();
            self.scan_plain_word()?;
            let word = self.cursor.since(word_start);
            match &mut text {
                _ if word.is_empty() => {}
                text if gap.is_broken => {
                    gap.fold_into(text.to_mut());
                    text.to_mut().push_str(word);
                }
                Cow::Owned(text) => text.extend([blanks, word]),
                Cow::Borrowed(text) => *text = self.cursor.since(start),
            }
            if !(self.cursor.is_blank(0) || self.cursor.is_break(0)) {
                break;
            }
            blanks = self.scan_plain_gap(&mut gap, indent)?;
            if !self.in_flow() && self.cursor.column() < indent {
                break;
            }
        }
        if gap.is_broken {
            self.key_allowed = true;
        }
        Ok(Kind::Scalar(text, Style::Plain))
    }

    /// Passes what is neither white space nor an indicator that ends it.
    fn scan_plain_word(&mut self) -> Result<(), Error> {
        let in_flow = self.in_flow();
        let is_word = if in_flow { is_flow_word } else { is_block_word };
        let is_quick = self.cursor.is_plain();
        while !self.cursor.is_blank_or_end(0) {
            match self.cursor.peek(0) {
                b':' if self.cursor.is_blank_or_end(1) => break,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if in_flow => break,
                _ => self.cursor.skip(),
            }
            if is_quick {
                self.cursor.skip_run(is_word);
            }
            self.cursor.need(2)?;
        }
        Ok(())
    }

    /// Passes white space; returns it if no line break was among it.
    fn scan_plain_gap(&mut self, gap: &mut Gap, indent: usize) -> Result<&'a str, Error> {
        let start = self.cursor.position();
        self.cursor.need(1)?;
        loop {
            if self.cursor.is_blank(0) {
                self.check_indentation(gap, indent)?;
                self.cursor.skip();
            } else if self.cursor.is_break(0) {
                self.cursor.need(2)?;
                gap.add(self.cursor.read_line());
            } else {
                return Ok(self.cursor.since(start));
            }
            self.cursor.need(1)?;
        }
    }

    /// Refuses a tab where a folded line is indented.
    fn check_indentation(&self, gap: &Gap, indent: usize) -> Result<(), Error> {
        if gap.is_broken && self.cursor.column() < indent && self.cursor.peek(0) == b'\t' {
            return Err(self.error("found a tab character that violates indentation"));
        }
        Ok(())
    }

    /// Scans a scalar between quotes.
    pub(super) fn scan_quoted(&mut self, quote: u8) -> Result<Kind<'a>, Error> {
        self.cursor.skip();
        let start = self.cursor.position();
        let mut text: Cow<'a, str> = Cow::Borrowed("");
        let mut gap = Gap::default();
        loop {
            self.cursor.need(4)?;
            if self.cursor.is_document_indicator() {
                return Err(self.error("found unexpected document indicator"));
            }
            if self.cursor.is_end() {
                return Err(self.error("found unexpected end of stream"));
            }
            let is_continued = self.scan_quoted_word(quote, start, &mut text)?;
            self.cursor.need(1)?;
            if self.cursor.peek(0) == quote {
                break;
            }
            gap.is_broken = is_continued;
            let blanks = self.scan_quoted_gap(&mut gap)?;
            if gap.is_broken {
                gap.fold_into(text.to_mut());
            } else if let Cow::Owned(text) = &mut text {
                text.push_str(blanks);
            } else {
                text = Cow::Borrowed(self.cursor.since(start));
            }
        }
        self.cursor.skip();
        Ok(Kind::Scalar(text, Style::Quoted))
    }

    /// Passes what is neither white space nor the quote at the end. Returns
    /// whether it ended with a line break that is escaped.
    fn scan_quoted_word(
        &mut self,
        quote: u8,
        start: usize,
        text: &mut Cow<'a, str>,
    ) -> Result<bool, Error> {
        while !self.cursor.is_blank_or_end(0) {
            match self.cursor.peek(0) {
                b'"' if quote == b'"' => return Ok(false),
                b'\'' if quote == b'\'' && self.cursor.peek(1) != quote => return Ok(false),
                b'\'' if quote == b'\'' => {
                    text.to_mut().push('\'');
                    self.cursor.skip();
                    self.cursor.skip();
                }
                b'\\' if quote == b'"' && self.cursor.is_break(1) => {
                    text.to_mut();
                    self.cursor.need(3)?;
                    self.cursor.skip();
                    self.cursor.skip_line();
                    return Ok(true);
                }
                b'\\' if quote == b'"' => {
                    let character = self.scan_escape()?;
                    text.to_mut().push(character);
                }
                _ => self.skip_quoted_run(start, text),
            }
            self.cursor.need(2)?;
        }
        Ok(false)
    }

    /// Passes characters that mean themselves; the first does in any case.
    fn skip_quoted_run(&mut self, start: usize, text: &mut Cow<'a, str>) {
        let run = self.cursor.position();
        self.cursor.skip();
        if self.cursor.is_plain() {
            self.cursor.skip_run(is_quoted_word);
        }
        match text {
            Cow::Borrowed(text) => *text = self.cursor.since(start),
            Cow::Owned(text) => text.push_str(self.cursor.since(run)),
        }
    }

    /// Passes white space; returns it, for the case that nothing is folded.
    fn scan_quoted_gap(&mut self, gap: &mut Gap) -> Result<&'a str, Error> {
        let start = self.cursor.position();
        // After an escaped line break the first one counts like any other.
        loop {
            if self.cursor.is_blank(0) {
                self.cursor.skip();
            } else if self.cursor.is_break(0) {
                self.cursor.need(2)?;
                gap.add(self.cursor.read_line());
            } else {
                return Ok(self.cursor.since(start));
            }
            self.cursor.need(1)?;
        }
    }

    /// Scans `\n`, `\x41`, `\u00e9` and the like.
    fn scan_escape(&mut self) -> Result<char, Error> {
        let (character, digits) = match self.cursor.peek(1) {
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\x0B', 0),
            b'f' => ('\x0C', 0),
            b'r' => ('\r', 0),
            b'e' => ('\x1B', 0),
            b' ' => (' ', 0),
            b'"' => ('"', 0),
            b'\'' => ('\'', 0),
            b'\\' => ('\\', 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{A0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => (' ', 2),
            b'u' => (' ', 4),
            b'U' => (' ', 8),
            _ => return Err(self.error("found unknown escape character")),
        };
        self.cursor.skip();
        self.cursor.skip();
        if digits == 0 { Ok(character) } else { self.scan_code(digits) }
    }

    fn scan_code(&mut self, digits: usize) -> Result<char, Error> {
        self.cursor.need(digits)?;
        let mut code: u64 = 0;
        for ahead in 0..digits {
            let Some(digit) = char::from(self.cursor.peek(ahead)).to_digit(16) else {
                return Err(self.error("did not find expected hexdecimal number"));
            };
            code = code << 4 | u64::from(digit);
        }
        let character = u32::try_from(code).ok().and_then(char::from_u32);
        let Some(character) = character else {
            return Err(self.error("found invalid Unicode character escape code"));
        };
        for _ in 0..digits {
            self.cursor.skip();
        }
        Ok(character)
    }
}

/// Bytes that a plain scalar in a block has wherever it likes.
fn is_block_word(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b':' | 0xC2 | 0xE2)
}

/// Bytes that a plain scalar in a flow collection has wherever it likes.
fn is_flow_word(byte: u8) -> bool {
    is_block_word(byte) && !matches!(byte, b',' | b'?' | b'[' | b']' | b'{' | b'}')
}

/// Bytes that a quoted scalar has wherever it likes.
fn is_quoted_word(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b'\\' | b'\'' | b'"' | 0xC2 | 0xE2)
}
