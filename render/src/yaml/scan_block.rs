//! Block scalars: `|` keeps its lines, `>` folds them.

use super::{
    Error,
    scanner::Scanner,
    token::{Kind, Style},
};

/// What becomes of the line breaks within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockStyle {
    /// `|`: they are kept.
    Literal,
    /// `>`: single ones become spaces.
    Folded,
}

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: none is kept.
    Strip,
    /// One is kept.
    Clip,
    /// `+`: all are kept.
    Keep,
}

impl<'a> Scanner<'a> {
    /// Scans a block scalar from its `|` or `>` to the first line that is not
    /// indented enough.
    pub(super) fn scan_block_scalar(&mut self, style: BlockStyle) -> Result<Kind<'a>, Error> {
        self.cursor.skip();
        let (chomping, increment) = self.scan_block_header()?;
        self.skip_blanks()?;
        self.skip_comment()?;
        if !self.cursor.is_break_or_end(0) {
            return Err(self.error("did not find expected comment or line break"));
        }
        if self.cursor.is_break(0) {
            self.cursor.need(2)?;
            self.cursor.skip_line();
        }
        let mut indent = match increment {
            0 => 0,
            increment => usize::try_from(self.indent).unwrap_or(0) + increment,
        };
        let mut text = String::new();
        let mut trailing = String::new();
        self.scan_block_breaks(&mut indent, &mut trailing)?;
        self.cursor.need(1)?;
        let mut last_break = "";
        let mut after_blank = false;
        while self.cursor.column() == indent && !self.cursor.is_end() {
            let is_blank = self.cursor.is_blank(0);
            let is_folded = style == BlockStyle::Folded && !after_blank && !is_blank;
            text.push_str(match last_break {
                "\n" if is_folded && trailing.is_empty() => " ",
                "\n" if is_folded => "",
                other => other,
            });
            text.push_str(&trailing);
            trailing.clear();
            after_blank = is_blank;
            text.push_str(self.scan_block_line()?);
            self.cursor.need(2)?;
            last_break = self.cursor.read_line();
            self.scan_block_breaks(&mut indent, &mut trailing)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(last_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&trailing);
        }
        Ok(Kind::Scalar(text.into(), Style::Quoted))
    }

    /// Scans what may follow the indicator: `+` or `-` and a digit, in any order.
    fn scan_block_header(&mut self) -> Result<(Chomping, usize), Error> {
        self.cursor.need(1)?;
        let mut chomping = self.scan_chomping();
        if chomping.is_some() {
            self.cursor.need(1)?;
        }
        let mut increment = 0;
        if self.cursor.peek(0).is_ascii_digit() {
            if self.cursor.peek(0) == b'0' {
                return Err(self.error("found an indentation indicator equal to 0"));
            }
            increment = usize::from(self.cursor.peek(0) - b'0');
            self.cursor.skip();
            if chomping.is_none() {
                self.cursor.need(1)?;
                chomping = self.scan_chomping();
            }
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.cursor.peek(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.cursor.skip();
        Some(chomping)
    }

    fn scan_block_line(&mut self) -> Result<&'a str, Error> {
        let start = self.cursor.position();
        let is_quick = self.cursor.is_plain();
        while !self.cursor.is_break_or_end(0) {
            self.cursor.skip();
            if is_quick {
                self.cursor.skip_run(|byte| !matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2));
            }
            self.cursor.need(1)?;
        }
        Ok(self.cursor.since(start))
    }

    /// Passes indentation and empty lines. If the indentation is not yet known
    /// (zero), that of the first line with text decides.
    fn scan_block_breaks(&mut self, indent: &mut usize, breaks: &mut String) -> Result<(), Error> {
        let mut deepest = 0;
        loop {
            self.cursor.need(1)?;
            while (*indent == 0 || self.cursor.column() < *indent) && self.cursor.peek(0) == b' ' {
                self.cursor.skip();
                self.cursor.need(1)?;
            }
            deepest = deepest.max(self.cursor.column());
            if (*indent == 0 || self.cursor.column() < *indent) && self.cursor.peek(0) == b'\t' {
                return Err(
                    self.error("found a tab character where an indentation space is expected")
                );
            }
            if !self.cursor.is_break(0) {
                break;
            }
            self.cursor.need(2)?;
            breaks.push_str(self.cursor.read_line());
        }
        if *indent == 0 {
            *indent = deepest.max(usize::try_from(self.indent + 1).unwrap_or(0)).max(1);
        }
        Ok(())
    }
}
