//! A place in a text, and what go-yaml's reader can see from it.
//!
//! go-yaml decodes its input in pieces of 512 bytes. Which of two errors in a
//! text is reported, and what a byte order mark inside it does, depends on how
//! far it has decoded; [`Cursor::need`] keeps account of that where it matters.

use super::Error;

/// How many bytes go-yaml decodes at a time.
const PIECE: usize = 512;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Line and column, both from zero, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Why the input cannot be decoded at some place.
struct Refusal {
    problem: &'static str,
    /// The last place from which the piece with the fault is not yet needed.
    fence: usize,
    place: Mark,
}

/// The text and the place in it.
pub(super) struct Cursor<'a> {
    text: &'a str,
    position: usize,
    mark: Mark,
    refusal: Option<Refusal>,
    /// Where go-yaml's buffer starts, if a byte order mark may matter.
    buffer: Option<Buffer>,
}

/// What go-yaml has in its buffer.
struct Buffer {
    start: usize,
    decoded: usize,
    ends: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let skipped = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let (length, fault) = match fault(bytes, skipped) {
            Some(fault) => (fault.at, Some(fault)),
            None => (bytes.len(), None),
        };
        let readable = bytes.get(..length).unwrap_or_default();
        let text = str::from_utf8(readable).unwrap_or_default();
        let marked = readable.get(skipped..).is_some_and(|rest| {
            rest.contains(&0xEF) && rest.windows(3).any(|window| window == BYTE_ORDER_MARK)
        });
        let first = floor(text, PIECE);
        Self {
            text,
            position: skipped,
            mark: Mark::default(),
            refusal: fault.map(|fault| Refusal::new(text, skipped, &fault)),
            buffer: marked.then_some(Buffer {
                start: skipped,
                decoded: first.max(skipped),
                ends: 0,
            }),
        }
    }

    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    pub(super) fn column(&self) -> usize {
        self.mark.column
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The text from an earlier position to this one.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    /// The byte so many bytes ahead; zero after the end, and only there.
    #[inline]
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.position + ahead).copied().unwrap_or(0)
    }

    /// Says that so many characters from here on will be looked at.
    #[inline]
    pub(super) fn need(&mut self, characters: usize) -> Result<(), Error> {
        if self.refusal.is_none() && self.buffer.is_none() {
            return Ok(());
        }
        self.fill(characters)
    }

    fn fill(&mut self, characters: usize) -> Result<(), Error> {
        if let Some(refusal) = &self.refusal {
            let decoded = self.text.get(self.position..refusal.fence).unwrap_or_default();
            if decoded.chars().take(characters).count() < characters {
                let place = refusal.place;
                let message = format!("yaml: {}", refusal.problem);
                return Err(Error::new(message).at(place.line + 1, place.column + 1));
            }
        }
        if let Some(buffer) = &mut self.buffer {
            buffer.fill(self.text, self.position, characters);
        }
        Ok(())
    }

    /// Returns whether nothing has to be asked before a look ahead.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.refusal.is_none() && self.buffer.is_none()
    }

    /// go-yaml looks for a byte order mark at the start of its buffer, not here.
    pub(super) fn is_byte_order_mark(&self) -> bool {
        self.buffer.as_ref().is_some_and(|buffer| {
            self.text
                .as_bytes()
                .get(buffer.start..)
                .is_some_and(|rest| rest.starts_with(BYTE_ORDER_MARK))
        })
    }

    #[inline]
    pub(super) fn is_end(&self) -> bool {
        self.position >= self.text.len()
    }

    #[inline]
    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\t')
    }

    /// Line feed, carriage return, NEL, LS or PS.
    #[inline]
    pub(super) fn is_break(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            b'\n' | b'\r' => true,
            0xC2 => self.peek(ahead + 1) == 0x85,
            0xE2 => self.peek(ahead + 1) == 0x80 && matches!(self.peek(ahead + 2), 0xA8 | 0xA9),
            _ => false,
        }
    }

    #[inline]
    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.peek(ahead) == 0 || self.is_break(ahead)
    }

    #[inline]
    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// Letters, digits, `_` and `-`.
    pub(super) fn is_word(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-')
    }

    /// Returns whether a line `---` or `...` starts here.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.mark.column == 0 && (self.is_indicator(b'-') || self.is_indicator(b'.'))
    }

    /// Returns whether the byte stands here three times, followed by a blank.
    pub(super) fn is_indicator(&self, byte: u8) -> bool {
        self.peek(0) == byte
            && self.peek(1) == byte
            && self.peek(2) == byte
            && self.is_blank_or_end(3)
    }

    /// Passes a character that is no line break.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.position += width(self.peek(0));
        self.mark.column += 1;
    }

    /// Passes characters for as long as their bytes are in `table`'s class,
    /// one at a time where a look ahead has to be asked for.
    #[inline]
    pub(super) fn skip_run(&mut self, is_ordinary: impl Fn(u8) -> bool) {
        let bytes = self.text.as_bytes();
        let mut position = self.position;
        let mut continued = 0;
        while let Some(&byte) = bytes.get(position) {
            if !is_ordinary(byte) {
                break;
            }
            continued += usize::from(byte & 0xC0 == 0x80);
            position += 1;
        }
        self.mark.column += position - self.position - continued;
        self.position = position;
    }

    /// Passes what is left of the line, if it is ASCII; stays where it is not, and
    /// where a look ahead has to be asked for.
    pub(super) fn skip_ascii_line(&mut self) {
        let rest = self.text.as_bytes().get(self.position..).unwrap_or_default();
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        if self.is_plain() && rest.get(..length).is_some_and(<[u8]>::is_ascii) {
            self.position += length;
            self.mark.column += length;
        }
    }

    /// Passes a line break, if one stands here.
    pub(super) fn skip_line(&mut self) {
        let passed = match self.peek(0) {
            b'\r' if self.peek(1) == b'\n' => 2,
            _ if self.is_break(0) => width(self.peek(0)),
            _ => return,
        };
        self.position += passed;
        self.new_line();
    }

    /// Passes a line break and returns what it reads as.
    pub(super) fn read_line(&mut self) -> &'static str {
        let read = match (self.peek(0), self.peek(2)) {
            (0xE2, 0xA8) => "\u{2028}",
            (0xE2, _) => "\u{2029}",
            _ => "\n",
        };
        if !self.is_break(0) {
            return "";
        }
        self.skip_line();
        read
    }

    /// Goes to the start of a new line, as go-yaml does at the end of a text.
    pub(super) fn new_line(&mut self) {
        self.mark.line += 1;
        self.mark.column = 0;
    }
}

impl Refusal {
    fn new(text: &str, skipped: usize, fault: &Fault) -> Self {
        let mut fence = skipped;
        let mut next = PIECE;
        while fault.at != fence && next < fault.at + fault.width {
            fence = floor(text, next).max(fence);
            next = fence + PIECE;
        }
        Self {
            problem: fault.problem,
            fence,
            place: place_after(text.get(skipped..).unwrap_or_default()),
        }
    }
}

impl Buffer {
    /// go-yaml's `yaml_parser_update_buffer`: moves what is unread to the start
    /// and decodes pieces until there are enough characters.
    fn fill(&mut self, text: &str, position: usize, characters: usize) {
        let unread = text.get(position..self.decoded).unwrap_or_default();
        let mut count = unread.chars().take(characters).count() + self.ends;
        if count >= characters {
            return;
        }
        self.start = position;
        while count < characters {
            if self.decoded >= text.len() {
                self.ends += 1;
                break;
            }
            let next = floor(text, self.decoded + PIECE);
            count += text.get(self.decoded..next).unwrap_or_default().chars().count();
            self.decoded = next;
        }
    }
}

/// What is wrong with the input, where, and how many bytes show it.
struct Fault {
    at: usize,
    width: usize,
    problem: &'static str,
}

/// Finds the first character that YAML does not allow, or bytes that are none.
fn fault(bytes: &[u8], skipped: usize) -> Option<Fault> {
    let valid = match str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let text = bytes.get(skipped..valid).unwrap_or_default();
    if let Some(at) = control(text) {
        let at = skipped + at;
        let width = width(bytes.get(at).copied().unwrap_or(0));
        return Some(Fault { at, width, problem: "control characters are not allowed" });
    }
    (valid < bytes.len()).then(|| encoding_fault(bytes, valid))
}

/// Finds the first control character other than tab, line breaks and NEL.
fn control(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(rest) = text.get(from..) {
        let found = first_suspect(rest)?;
        let at = from + found;
        let following = |ahead: usize| text.get(at + ahead).copied().unwrap_or(0);
        let is_control = match following(0) {
            0xC2 => following(1) < 0xA0 && following(1) != 0x85,
            0xEF => following(1) == 0xBF && following(2) >= 0xBE,
            _ => true,
        };
        if is_control {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn first_suspect(text: &[u8]) -> Option<usize> {
    const CHUNK: usize = 64;
    // Chunks without a way out in their middle are looked at many bytes at a time.
    let is_any = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | is_suspect(*byte));
    let from = text.chunks(CHUNK).position(is_any)? * CHUNK;
    let found = text.get(from..)?.iter().position(|byte| is_suspect(*byte))?;
    Some(from + found)
}

/// Returns whether a byte is a control character or may start one.
fn is_suspect(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || matches!(byte, 0x7F | 0xC2 | 0xEF)
}

/// go-yaml's words for bytes that are not UTF-8.
fn encoding_fault(bytes: &[u8], at: usize) -> Fault {
    let following = bytes.get(at..).unwrap_or_default();
    let width = width(following.first().copied().unwrap_or(0));
    let trailing = following.get(1..width).unwrap_or_default();
    let (problem, width) = if width == 0 {
        ("invalid leading UTF-8 octet", 1)
    } else if following.len() < width {
        // Seen only after everything before it has been decoded.
        ("incomplete UTF-8 octet sequence", usize::MAX - at)
    } else if trailing.iter().any(|byte| byte & 0xC0 != 0x80) {
        ("invalid trailing UTF-8 octet", width)
    } else {
        let value = trailing.iter().fold(
            u32::from(following.first().copied().unwrap_or(0)) & (0x7F >> width),
            |value, byte| value << 6 | u32::from(byte & 0x3F),
        );
        let least = [0, 0, 0x80, 0x800, 0x1_0000].get(width).copied().unwrap_or(0);
        if value < least {
            ("invalid length of a UTF-8 sequence", width)
        } else {
            ("invalid Unicode character", width)
        }
    };
    Fault { at, width, problem }
}

/// The number of bytes of a character, from its first; zero if it starts none.
#[inline]
pub(super) fn width(byte: u8) -> usize {
    match byte {
        0..=0x7F => 1,
        0x80..=0xBF | 0xF8.. => 0,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
    }
}

/// The last place at or before `at` that does not cut a character.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn place_after(text: &str) -> Mark {
    let line = text.matches('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default();
    Mark { line, column: last.chars().count() }
}
