//! What a plain scalar means: go-yaml's reading of YAML 1.1.
//!
//! It differs from the specification where its authors wanted it to: `y` and
//! `n` are booleans, `0o17` is octal too, sexagesimal numbers are strings.

use super::{Error, timestamp, tree::Tag};

/// A scalar's meaning; a string's text is the scalar's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    Unsigned(u64),
    Float(f64),
    Timestamp,
    String,
}

impl Resolved {
    fn tag(self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) | Self::Unsigned(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Timestamp => Tag::Timestamp,
            Self::String => Tag::String,
        }
    }
}

/// Resolves a scalar that is plain or has a tag.
pub(super) fn resolve(tag: Tag, text: &str) -> Result<Resolved, Error> {
    let resolved = match tag {
        Tag::String | Tag::Binary | Tag::Merge | Tag::Other => return Ok(Resolved::String),
        Tag::None => return Ok(guess(text, Tag::None)),
        _ => guess(text, tag),
    };
    if resolved.tag() == tag {
        return Ok(resolved);
    }
    if let (Tag::Float, Resolved::Int(number)) = (tag, resolved) {
        return Ok(Resolved::Float(as_float(number)));
    }
    let (found, wanted) = (resolved.tag().name(), tag.name());
    Err(Error::new(format!("yaml: cannot decode {found} `{text}` as a {wanted}")))
}

/// Says what a text without tag means.
pub(super) fn guess(text: &str, tag: Tag) -> Resolved {
    let Some(&first) = text.as_bytes().first() else { return Resolved::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => {
            if text.len() <= 5 && first != b'0' {
                // `.inf` with a sign has a table entry, as words have.
                if let Some(infinity) = signed_infinity(text) {
                    return Resolved::Float(infinity);
                }
            }
            number(text, tag)
        }
        b'.' => dotted(text),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        _ => Resolved::String,
    }
}

fn word(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Resolved::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Resolved::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        _ => Resolved::String,
    }
}

fn signed_infinity(text: &str) -> Option<f64> {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn dotted(text: &str) -> Resolved {
    match text {
        ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" => Resolved::Float(f64::INFINITY),
        _ => dotted_float(text).map_or(Resolved::String, Resolved::Float),
    }
}

/// Go's `ParseFloat`, which takes underscores between digits.
fn dotted_float(text: &str) -> Option<f64> {
    if !text.contains('_') {
        return float(text);
    }
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let mut groups = bytes.windows(2).filter(|pair| pair.contains(&b'_'));
    let is_between = groups.all(|pair| is_digit(pair.first()) || is_digit(pair.last()));
    (is_between && !text.ends_with('_')).then(|| float(&text.replace('_', ""))).flatten()
}

/// A number or date. Underscores may stand anywhere in a number.
fn number(text: &str, tag: Tag) -> Resolved {
    if matches!(tag, Tag::None | Tag::Timestamp) && timestamp::is_timestamp(text) {
        return Resolved::Timestamp;
    }
    if text.contains('_') { plain_number(&text.replace('_', "")) } else { plain_number(text) }
}

fn plain_number(text: &str) -> Resolved {
    if let Some(resolved) = integer(text) {
        return resolved;
    }
    if let Some(number) = float(text) {
        return Resolved::Float(number);
    }
    // Go's `ParseInt` with base 2 takes a sign, so `0b-1` is a number too.
    text.strip_prefix("0b").and_then(|digits| signed(digits, 2)).unwrap_or(Resolved::String)
}

/// Go's `ParseInt` with base 0, and `ParseUint` where that is too small.
fn integer(text: &str) -> Option<Resolved> {
    let (is_signed, is_negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, true, text.get(1..)?),
        Some(b'+') => (true, false, text.get(1..)?),
        _ => (false, false, text),
    };
    let number = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => magnitude(digits.get(2..)?, 16)?,
        [b'0', b'b' | b'B', ..] => magnitude(digits.get(2..)?, 2)?,
        [b'0', b'o' | b'O', ..] => magnitude(digits.get(2..)?, 8)?,
        [b'0', _, ..] => magnitude(digits.get(1..)?, 8)?,
        _ => magnitude(digits, 10)?,
    };
    if is_negative {
        return negative(number).map(Resolved::Int);
    }
    match i64::try_from(number) {
        Ok(number) => Some(Resolved::Int(number)),
        Err(_) if is_signed => None,
        Err(_) => Some(Resolved::Unsigned(number)),
    }
}

/// Go's `ParseInt` with a base, and `ParseUint` where that is too small.
fn signed(text: &str, base: u32) -> Option<Resolved> {
    match text.as_bytes().first()? {
        b'-' => negative(magnitude(text.get(1..)?, base)?).map(Resolved::Int),
        b'+' => i64::try_from(magnitude(text.get(1..)?, base)?).ok().map(Resolved::Int),
        _ => {
            let number = magnitude(text, base)?;
            Some(i64::try_from(number).map_or(Resolved::Unsigned(number), Resolved::Int))
        }
    }
}

fn magnitude(digits: &str, base: u32) -> Option<u64> {
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, base).ok()
}

fn negative(magnitude: u64) -> Option<i64> {
    0_i64.checked_sub_unsigned(magnitude)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, if it is finite.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(unsigned);
    let mut rest = unsigned.get(whole..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if whole == 0 && length == 0 {
            return None;
        }
        rest = fraction.get(length..)?;
    } else if whole == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if exponent.is_empty() || digits(exponent) < exponent.len() {
            return None;
        }
    } else if !rest.is_empty() {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The nearest float, as Go converts.
#[allow(clippy::cast_precision_loss, reason = "Go's float64(number) rounds the same way")]
pub(super) fn as_float(number: i64) -> f64 {
    number as f64
}

/// The nearest float, as Go converts.
#[allow(clippy::cast_precision_loss, reason = "Go's float64(number) rounds the same way")]
pub(super) fn unsigned_as_float(number: u64) -> f64 {
    number as f64
}
