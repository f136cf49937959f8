//! The directives of a format string: `printf`.

use super::{Flags, Printer};
use crate::{unicode::first, value::Value};

/// Greater widths and precisions are refused, as Go does.
const LARGEST: i64 = 1_000_000;

/// Writes the values into the format, as `fmt.Printf` does. Nothing fails:
/// what does not fit is marked in the text.
pub(crate) fn printf(out: &mut Vec<u8>, format: &[u8], values: &[Value]) {
    let mut state =
        State { format, at: 0, values, next: 0, reordered: false, valid: true, after_index: false };
    while state.text(out) {
        if !state.directive(out) {
            break;
        }
    }
    let extra = values.get(state.next..).unwrap_or_default();
    if state.reordered || extra.is_empty() {
        return;
    }
    out.extend_from_slice(b"%!(EXTRA ");
    for (index, value) in extra.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        if matches!(value, Value::Nil) {
            out.extend_from_slice(b"<nil>");
        } else {
            out.extend_from_slice(value.type_name().as_bytes());
            out.push(b'=');
            super::print_one(out, value);
        }
    }
    out.push(b')');
}

/// How far a format has been read.
#[expect(clippy::struct_excessive_bools, reason = "Go's printf keeps just these")]
struct State<'v> {
    format: &'v [u8],
    at: usize,
    values: &'v [Value],
    /// The value that is next.
    next: usize,
    /// There was an index such as `[3]`.
    reordered: bool,
    /// The index of this directive is one.
    valid: bool,
    /// What was read last is an index.
    after_index: bool,
}

impl State<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Writes up to the next directive; returns whether there is one.
    fn text(&mut self, out: &mut Vec<u8>) -> bool {
        let rest = self.format.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len());
        out.extend_from_slice(rest.get(..length).unwrap_or_default());
        self.at += length + 1;
        length < rest.len()
    }

    /// Writes one directive, whose `%` has been read; returns whether the
    /// format can go on.
    fn directive(&mut self, out: &mut Vec<u8>) -> bool {
        self.valid = true;
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                b'a'..=b'z' if self.next < self.values.len() => {
                    self.at += 1;
                    self.show(out, flags, char::from(byte));
                    return true;
                }
                _ => break,
            }
            self.at += 1;
        }
        self.after_index = self.index();
        self.width(out, &mut flags);
        self.precision(out, &mut flags);
        if !self.after_index {
            self.index();
        }
        let rest = self.format.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            out.extend_from_slice(b"%!(NOVERB)");
            return false;
        }
        let (verb, length) = first(rest);
        let verb = verb.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.at += length;
        if verb == '%' {
            out.push(b'%');
        } else if !self.valid {
            complain(out, verb, b"(BADINDEX)");
        } else if self.next >= self.values.len() {
            complain(out, verb, b"(MISSING)");
        } else {
            self.show(out, flags, verb);
        }
        true
    }

    fn show(&mut self, out: &mut Vec<u8>, mut flags: Flags, verb: char) {
        if verb == 'v' || verb == 'w' {
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        if let Some(value) = self.values.get(self.next) {
            Printer { out, flags, depth: 0 }.argument(value, verb);
        }
        self.next += 1;
    }

    /// Reads `[n]`; returns whether it was there and could be read.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let Some(close) = rest.iter().position(|&byte| byte == b']').filter(|_| rest.len() >= 3)
        else {
            self.valid = false;
            self.at += 1;
            return false;
        };
        let inside = rest.get(1..close).unwrap_or_default();
        self.at += close + 1;
        let number = number_at(inside);
        let Some(number) = number.filter(|number| number.length == inside.len()) else {
            self.valid = false;
            return false;
        };
        match usize::try_from(number.value - 1) {
            Ok(index) if index < self.values.len() => self.next = index,
            _ => self.valid = false,
        }
        true
    }

    fn width(&mut self, out: &mut Vec<u8>, flags: &mut Flags) {
        if self.peek() != Some(b'*') {
            flags.width = self.number();
            self.valid &= !(self.after_index && flags.width.is_some());
            return;
        }
        self.at += 1;
        self.after_index = false;
        let Some(width) = self.take_number() else {
            out.extend_from_slice(b"%!(BADWIDTH)");
            return;
        };
        flags.width = usize::try_from(width.abs()).ok();
        if width < 0 {
            flags.minus = true;
            flags.zero = false;
        }
    }

    fn precision(&mut self, out: &mut Vec<u8>, flags: &mut Flags) {
        if self.peek() != Some(b'.') || self.at + 1 >= self.format.len() {
            return;
        }
        self.at += 1;
        self.valid &= !self.after_index;
        self.after_index = self.index();
        if self.peek() != Some(b'*') {
            flags.precision = Some(self.number().unwrap_or(0));
            return;
        }
        self.at += 1;
        self.after_index = false;
        flags.precision = self.take_number().and_then(|number| usize::try_from(number).ok());
        if flags.precision.is_none() {
            out.extend_from_slice(b"%!(BADPREC)");
        }
    }

    /// Takes a number out of the values, for `*`.
    fn take_number(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        match value {
            Value::Int(number, kind) if !kind.is_unsigned() || *number >= 0 => {
                Some(*number).filter(|number| (-LARGEST..=LARGEST).contains(number))
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<usize> {
        let rest = self.format.get(self.at..).unwrap_or_default();
        if !rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let Some(number) = number_at(rest) else {
            // Too large: Go gives up on the whole format.
            self.at = self.format.len();
            return None;
        };
        self.at += number.length;
        usize::try_from(number.value).ok()
    }
}

/// A number at the start of a text, and its length.
struct Found {
    value: i64,
    length: usize,
}

fn number_at(text: &[u8]) -> Option<Found> {
    let mut value: i64 = 0;
    let mut length = 0;
    for byte in text.iter().take_while(|byte| byte.is_ascii_digit()) {
        if value > LARGEST {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
        length += 1;
    }
    (length > 0).then_some(Found { value, length })
}

fn complain(out: &mut Vec<u8>, verb: char, what: &[u8]) {
    out.extend_from_slice(b"%!");
    out.extend_from_slice(verb.encode_utf8(&mut [0; 4]).as_bytes());
    out.extend_from_slice(what);
}
