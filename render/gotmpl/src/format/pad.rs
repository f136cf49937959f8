//! A directive's flags, and what they do to width and integers.

use std::fmt::Write as _;

use super::{Base, Digits, Printer, Whole};
use crate::unicode::count;

/// The flags, width and precision of one directive.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "Go's flags go together in every way")]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%#v`: Go syntax.
    pub(super) sharp_v: bool,
    /// `%+v`: with the names of fields.
    pub(super) plus_v: bool,
}

impl Printer<'_> {
    /// Fills up to the width.
    pub(super) fn padding(&mut self, length: usize) {
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        let filled = self.out.len() + length;
        self.out.resize(filled, byte);
    }

    pub(super) fn pad(&mut self, text: &[u8]) {
        let missing = self.flags.width.unwrap_or(0);
        if missing == 0 {
            self.out.extend_from_slice(text);
            return;
        }
        let missing = missing.saturating_sub(count(text));
        if self.flags.minus {
            self.out.extend_from_slice(text);
            self.padding(missing);
        } else {
            self.padding(missing);
            self.out.extend_from_slice(text);
        }
    }

    /// Fills with spaces even where zeros are asked for.
    pub(super) fn pad_with_spaces(&mut self, text: &[u8]) {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.pad(text);
        self.flags.zero = zero;
    }

    pub(super) fn whole(&mut self, number: Whole, base: Base) {
        let flags = self.flags;
        let signed = number.negative || flags.plus || flags.space;
        let least = match (flags.precision, flags.width) {
            (Some(0), _) if number.size == 0 => {
                // Nothing is shown of a zero in no digits, but its width is.
                self.pad_with_spaces(b"");
                return;
            }
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => {
                width.saturating_sub(usize::from(signed))
            }
            _ => 0,
        };
        if least == 0 && base == Base::Decimal && !signed && flags.width.is_none() {
            push_decimal(self.out, number.size);
            return;
        }
        let digits = match base {
            Base::Binary => format!("{:b}", number.size),
            Base::Octal | Base::OctalPrefixed => format!("{:o}", number.size),
            Base::Decimal => number.size.to_string(),
            Base::Hex(Digits::Lower) => format!("{:x}", number.size),
            Base::Hex(Digits::Upper) => format!("{:X}", number.size),
        };
        let mut text = String::new();
        if number.negative {
            text.push('-');
        } else if flags.plus {
            text.push('+');
        } else if flags.space {
            text.push(' ');
        }
        let zeros = least.saturating_sub(digits.len());
        text.push_str(match base {
            Base::OctalPrefixed if flags.sharp && zeros == 0 && !digits.starts_with('0') => "0o0",
            Base::OctalPrefixed => "0o",
            Base::Binary if flags.sharp => "0b",
            Base::Octal if flags.sharp && zeros == 0 && !digits.starts_with('0') => "0",
            Base::Hex(Digits::Lower) if flags.sharp => "0x",
            Base::Hex(Digits::Upper) if flags.sharp => "0X",
            _ => "",
        });
        text.extend(std::iter::repeat_n('0', zeros));
        text.push_str(&digits);
        self.pad_with_spaces(text.as_bytes());
    }

    /// Writes each byte in two digits.
    pub(super) fn hex(&mut self, text: &[u8], digits: Digits) {
        let flags = self.flags;
        let text = flags.precision.and_then(|length| text.get(..length)).unwrap_or(text);
        if text.is_empty() {
            self.padding(flags.width.unwrap_or(0));
            return;
        }
        let prefix = if digits == Digits::Upper { "0X" } else { "0x" };
        let mut out = String::with_capacity(text.len() * 2 + 2);
        for (index, byte) in text.iter().enumerate() {
            if flags.space && index > 0 {
                out.push(' ');
            }
            if flags.sharp && (flags.space || index == 0) {
                out.push_str(prefix);
            }
            // Writing to a string does not fail.
            let _ = match digits {
                Digits::Lower => write!(out, "{byte:02x}"),
                Digits::Upper => write!(out, "{byte:02X}"),
            };
        }
        self.pad(out.as_bytes());
    }
}

/// Writes the digits of a number without a detour.
fn push_decimal(out: &mut Vec<u8>, mut number: u64) {
    let start = out.len();
    loop {
        let digit = number % 10;
        out.push(b'0' + digit.to_le_bytes()[0]);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}
