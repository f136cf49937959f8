//! The documents of a values file, as Helm takes them apart.

use crate::Error;

/// Splits a file where apimachinery's `YAMLReader` does.
pub(super) struct Documents<'a> {
    rest: &'a [u8],
    /// How many lines were read.
    line: usize,
}

/// A document, and how many lines of the file come before it.
pub(super) struct Piece {
    pub(super) text: Vec<u8>,
    pub(super) before: usize,
}

impl<'a> Documents<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, line: 0 }
    }

    /// Reads up to a line that starts with `---` and has nothing but a comment after it. Such a
    /// line belongs to the document if it is its first.
    fn read(&mut self) -> Result<Option<Piece>, Error> {
        // What is read grows no further than to the next separator.
        let next = memchr::memmem::find(self.rest, b"\n---");
        let text = Vec::with_capacity(next.unwrap_or(self.rest.len()) + 1);
        let mut piece = Piece { text, before: self.line };
        while let Some(line) = self.line() {
            let separator = line.strip_prefix(b"---");
            separator.map_or(Ok(()), |after| self.check_separator(after))?;
            if separator.is_some() && !piece.text.is_empty() {
                return Ok(Some(piece));
            }
            piece.text.extend_from_slice(line);
            piece.text.push(b'\n');
        }
        Ok(Some(piece).filter(|piece| !piece.text.is_empty()))
    }

    /// Takes a line off, without its end.
    fn line(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let line = self.rest.get(..end)?;
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        self.line += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn check_separator(&self, after: &[u8]) -> Result<(), Error> {
        let after = String::from_utf8_lossy(after);
        let after = after.trim();
        if after.is_empty() || after.starts_with('#') {
            return Ok(());
        }
        let text = format!("error reading yaml document: invalid Yaml document separator: {after}");
        Err(Error::Yaml { text, at: Some((self.line, 1)), excerpt: None })
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Piece, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
