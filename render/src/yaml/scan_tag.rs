//! Directives, anchors, aliases and tags.

use std::borrow::Cow;

use super::{
    Error,
    cursor::width,
    scanner::Scanner,
    token::{Kind, TagParts},
};

impl<'a> Scanner<'a> {
    /// Scans `%YAML 1.1` or `%TAG !handle! prefix`, with the rest of the line.
    pub(super) fn scan_directive(&mut self) -> Result<Kind<'a>, Error> {
        self.cursor.skip();
        let name = self.scan_directive_name()?;
        let kind = match name {
            "YAML" => self.scan_version()?,
            "TAG" => self.scan_tag_directive()?,
            _ => return Err(self.error("found unknown directive name")),
        };
        self.skip_blanks()?;
        self.skip_comment()?;
        if !self.cursor.is_break_or_end(0) {
            return Err(self.error("did not find expected comment or line break"));
        }
        if self.cursor.is_break(0) {
            self.cursor.need(2)?;
            self.cursor.skip_line();
        }
        Ok(kind)
    }

    fn scan_word(&mut self) -> Result<&'a str, Error> {
        let start = self.cursor.position();
        self.cursor.need(1)?;
        while self.cursor.is_word(0) {
            self.cursor.skip();
            self.cursor.need(1)?;
        }
        Ok(self.cursor.since(start))
    }

    fn scan_directive_name(&mut self) -> Result<&'a str, Error> {
        let name = self.scan_word()?;
        if name.is_empty() {
            return Err(self.error("could not find expected directive name"));
        }
        if !self.cursor.is_blank_or_end(0) {
            return Err(self.error("found unexpected non-alphabetical character"));
        }
        Ok(name)
    }

    pub(super) fn skip_blanks(&mut self) -> Result<(), Error> {
        self.cursor.need(1)?;
        while self.cursor.is_blank(0) {
            self.cursor.skip();
            self.cursor.need(1)?;
        }
        Ok(())
    }

    fn scan_version(&mut self) -> Result<Kind<'a>, Error> {
        self.skip_blanks()?;
        let major = self.scan_version_number()?;
        if self.cursor.peek(0) != b'.' {
            return Err(self.error("did not find expected digit or '.' character"));
        }
        self.cursor.skip();
        let minor = self.scan_version_number()?;
        Ok(Kind::Version(major, minor))
    }

    fn scan_version_number(&mut self) -> Result<u8, Error> {
        self.cursor.need(1)?;
        let (mut number, mut length) = (0, 0);
        while self.cursor.peek(0).is_ascii_digit() {
            length += 1;
            if length > 2 {
                return Err(self.error("found extremely long version number"));
            }
            number = number * 10 + (self.cursor.peek(0) - b'0');
            self.cursor.skip();
            self.cursor.need(1)?;
        }
        if length == 0 {
            return Err(self.error("did not find expected version number"));
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self) -> Result<Kind<'a>, Error> {
        self.skip_blanks()?;
        let handle = self.scan_tag_handle()?;
        if handle != "!" && !(handle.len() > 1 && handle.ends_with('!')) {
            return Err(self.error("did not find expected '!'"));
        }
        self.cursor.need(1)?;
        if !self.cursor.is_blank(0) {
            return Err(self.error("did not find expected whitespace"));
        }
        self.skip_blanks()?;
        let prefix = self.scan_tag_uri("")?;
        self.cursor.need(1)?;
        if !self.cursor.is_blank_or_end(0) {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        let parts = TagParts { handle: handle.into(), rest: prefix };
        Ok(Kind::TagDirective(Box::new(parts)))
    }

    /// Scans the name after `&` or `*`.
    pub(super) fn scan_anchor(&mut self) -> Result<&'a str, Error> {
        self.cursor.skip();
        let name = self.scan_word()?;
        let is_ended = self.cursor.is_blank_or_end(0)
            || matches!(self.cursor.peek(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !is_ended {
            return Err(self.error("did not find expected alphabetic or numeric character"));
        }
        Ok(name)
    }

    /// Scans a tag into its handle and suffix: `!<suffix>`, `!handle!suffix`,
    /// `!suffix` (handle `!`) or `!` alone (suffix `!`).
    pub(super) fn scan_tag(&mut self) -> Result<TagParts<'a>, Error> {
        self.cursor.need(2)?;
        let (handle, rest) = if self.cursor.peek(1) == b'<' {
            self.cursor.skip();
            self.cursor.skip();
            let suffix = self.scan_tag_uri("")?;
            if self.cursor.peek(0) != b'>' {
                return Err(self.error("did not find the expected '>'"));
            }
            self.cursor.skip();
            (Cow::Borrowed(""), suffix)
        } else {
            let handle = self.scan_tag_handle()?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle.into(), self.scan_tag_uri("")?)
            } else {
                match self.scan_tag_uri(handle)? {
                    suffix if suffix.is_empty() => (Cow::Borrowed(""), Cow::Borrowed("!")),
                    suffix => (Cow::Borrowed("!"), suffix),
                }
            }
        };
        self.cursor.need(1)?;
        if !self.cursor.is_blank_or_end(0) {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        Ok(TagParts { handle, rest })
    }

    fn scan_tag_handle(&mut self) -> Result<&'a str, Error> {
        self.cursor.need(1)?;
        if self.cursor.peek(0) != b'!' {
            return Err(self.error("did not find expected '!'"));
        }
        let start = self.cursor.position();
        self.cursor.skip();
        self.scan_word()?;
        if self.cursor.peek(0) == b'!' {
            self.cursor.skip();
        }
        Ok(self.cursor.since(start))
    }

    /// Scans the characters of a URI after `head`, whose `!` does not count.
    fn scan_tag_uri(&mut self, head: &'a str) -> Result<Cow<'a, str>, Error> {
        let mut start = self.cursor.position();
        let mut uri = Cow::Borrowed(head.get(1..).unwrap_or_default());
        let mut is_found = !head.is_empty();
        self.cursor.need(1)?;
        while self.is_uri_character() {
            if self.cursor.peek(0) == b'%' {
                uri += self.cursor.since(start);
                let bytes = self.scan_uri_escape()?;
                uri.to_mut().push_str(&String::from_utf8_lossy(&bytes));
                start = self.cursor.position();
            } else {
                self.cursor.skip();
            }
            self.cursor.need(1)?;
            is_found = true;
        }
        if !is_found {
            return Err(self.error("did not find expected tag URI"));
        }
        uri += self.cursor.since(start);
        Ok(uri)
    }

    fn is_uri_character(&self) -> bool {
        self.cursor.is_word(0)
            || matches!(
                self.cursor.peek(0),
                b';' | b'/'
                    | b'?'
                    | b':'
                    | b'@'
                    | b'&'
                    | b'='
                    | b'+'
                    | b'$'
                    | b','
                    | b'.'
                    | b'!'
                    | b'~'
                    | b'*'
                    | b'\''
                    | b'('
                    | b')'
                    | b'['
                    | b']'
                    | b'%'
            )
    }

    /// Scans the `%XX` of one character.
    fn scan_uri_escape(&mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut length = 1;
        while bytes.len() < length {
            self.cursor.need(3)?;
            let digit = |ahead| char::from(self.cursor.peek(ahead)).to_digit(16);
            let (b'%', Some(high), Some(low)) = (self.cursor.peek(0), digit(1), digit(2)) else {
                return Err(self.error("did not find URI escaped octet"));
            };
            let byte = u8::try_from(high << 4 | low).unwrap_or_default();
            if bytes.is_empty() {
                length = width(byte);
            } else if byte & 0xC0 != 0x80 {
                return Err(self.error("found an incorrect trailing UTF-8 octet"));
            }
            if length == 0 {
                return Err(self.error("found an incorrect leading UTF-8 octet"));
            }
            bytes.push(byte);
            for _ in 0..3 {
                self.cursor.skip();
            }
        }
        Ok(bytes)
    }
}
