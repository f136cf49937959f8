//! Go's string and character literals, written and read as `strconv` does.

use std::fmt::Write as _;

use crate::unicode::{first, is_print};

/// Which characters stay as they are between the quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All that can be printed.
    Printable,
    /// ASCII only (`%+q`).
    Ascii,
}

/// A literal that is not one: Go says `invalid syntax`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Returns `text` in double quotes, as `strconv.Quote` does.
pub fn quote(text: &[u8]) -> String {
    quote_keeping(text, Keep::Printable)
}

/// Returns the character in single quotes, as `strconv.QuoteRune` does.
pub fn quote_rune(character: char) -> String {
    quote_char(character, Keep::Printable)
}

/// Returns `text` in double quotes.
pub(crate) fn quote_keeping(text: &[u8], keep: Keep) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut rest = text;
    while let Some(&byte) = rest.first() {
        let (character, length) = first(rest);
        match character {
            Some(character) => escape(&mut quoted, character, '"', keep),
            None => hexadecimal(&mut quoted, 'x', 2, u32::from(byte)),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    quoted.push('"');
    quoted
}

/// Returns the character in single quotes.
pub(crate) fn quote_char(character: char, keep: Keep) -> String {
    let mut quoted = String::from("'");
    escape(&mut quoted, character, '\'', keep);
    quoted.push('\'');
    quoted
}

fn escape(out: &mut String, character: char, quote: char, keep: Keep) {
    if character == quote || character == '\\' {
        out.push('\\');
        out.push(character);
        return;
    }
    if is_print(character) && (keep == Keep::Printable || character.is_ascii()) {
        out.push(character);
        return;
    }
    let short = match character {
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\x0C' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\x0B' => "\\v",
        _ => "",
    };
    let number = u32::from(character);
    if !short.is_empty() {
        out.push_str(short);
    } else if number < 0x20 || number == 0x7F {
        hexadecimal(out, 'x', 2, number);
    } else if number < 0x1_0000 {
        hexadecimal(out, 'u', 4, number);
    } else {
        hexadecimal(out, 'U', 8, number);
    }
}

/// Writes an escape with as many digits.
fn hexadecimal(out: &mut String, letter: char, digits: usize, number: u32) {
    // Writing to a string does not fail.
    let _ = write!(out, "\\{letter}{number:0digits$x}");
}

/// Returns whether the text can stand in backquotes (`strconv.CanBackquote`).
pub(crate) fn can_backquote(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    // A replacement character that is really there is three bytes, hence fine.
    text.chars().all(|character| match character {
        '\u{FEFF}' | '`' | '\x7F' => false,
        '\t' => true,
        _ => character >= ' ',
    })
}

/// Returns what a literal in double quotes or backquotes says.
///
/// The bytes need not be UTF-8: `"\xff"` is one byte.
pub(crate) fn unquote(literal: &str) -> Result<Vec<u8>, Malformed> {
    let mut inner = literal.chars();
    let quote = inner.next().ok_or(Malformed)?;
    if literal.len() < 2 || inner.next_back() != Some(quote) {
        return Err(Malformed);
    }
    let inner = inner.as_str();
    if quote == '`' {
        return Ok(inner.bytes().filter(|&byte| byte != b'\r').collect());
    }
    if !inner.contains(['\\', quote, '\n']) {
        return Ok(inner.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        if rest.starts_with('\n') {
            return Err(Malformed);
        }
        let (decoded, tail) = unquote_char(rest, quote)?;
        match decoded {
            Decoded::Byte(byte) => out.push(byte),
            Decoded::Char(character) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = tail;
    }
    Ok(out)
}

/// What a piece of a literal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    Byte(u8),
    Char(char),
}

impl Decoded {
    /// Returns the number of it.
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::Byte(byte) => u32::from(byte),
            Self::Char(character) => u32::from(character),
        }
    }
}

/// Returns the first character of a literal's inside and what follows it.
pub(crate) fn unquote_char(text: &str, quote: char) -> Result<(Decoded, &str), Malformed> {
    let mut rest = text.chars();
    let character = rest.next().ok_or(Malformed)?;
    if character == quote {
        return Err(Malformed);
    }
    if character != '\\' {
        return Ok((Decoded::Char(character), rest.as_str()));
    }
    let escaped = rest.next().ok_or(Malformed)?;
    let rest = rest.as_str();
    let plain = match escaped {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0C',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0B',
        '\\' => '\\',
        '\'' | '"' if escaped == quote => quote,
        'x' => {
            let (code, rest) = digits(rest, 2, 16)?;
            return Ok((Decoded::Byte(code.to_le_bytes()[0]), rest));
        }
        'u' | 'U' => {
            let (code, rest) = digits(rest, if escaped == 'u' { 4 } else { 8 }, 16)?;
            let character = char::from_u32(code).ok_or(Malformed)?;
            return Ok((Decoded::Char(character), rest));
        }
        '0'..='7' => {
            let (code, rest) = digits(text.get(1..).ok_or(Malformed)?, 3, 8)?;
            let byte = u8::try_from(code).map_err(|_| Malformed)?;
            return Ok((Decoded::Byte(byte), rest));
        }
        _ => return Err(Malformed),
    };
    Ok((Decoded::Char(plain), rest))
}

fn digits(text: &str, count: usize, radix: u32) -> Result<(u32, &str), Malformed> {
    let (number, rest) = text.split_at_checked(count).ok_or(Malformed)?;
    if !number.chars().all(|digit| digit.is_digit(radix)) {
        return Err(Malformed);
    }
    Ok((u32::from_str_radix(number, radix).map_err(|_| Malformed)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_escapes_what_cannot_be_printed() {
        // Go: strconv.Quote("a\"\\\a\n\x00\u200b\U0001F600\xff é")
        let text = b"a\"\\\x07\n\x00\xe2\x80\x8b\xf0\x9f\x98\x80\xff \xc3\xa9";
        assert_eq!(quote(text), r#""a\"\\\a\n\x00\u200b😀\xff é""#);
        assert_eq!(quote_keeping("é😀".as_bytes(), Keep::Ascii), r#""\u00e9\U0001f600""#);
        assert_eq!(quote_char('\'', Keep::Printable), r"'\''");
    }

    #[test]
    fn unquoting_reads_every_escape() {
        assert_eq!(unquote(r#""\x41\u00e9\101\n\\\"""#), Ok("Aé\x41\n\\\"".as_bytes().to_vec()));
        assert_eq!(unquote(r#""\xff""#), Ok(vec![0xFF]));
        assert_eq!(unquote("`a\r\nb\\`"), Ok(b"a\nb\\".to_vec()));
        for bad in [r#""\'""#, r#""\400""#, r#""\ud800""#, r#""\x4""#, r#""\q""#, "\""] {
            assert_eq!(unquote(bad), Err(Malformed), "{bad}");
        }
    }
}
