//! Numbers: which of those that look like one are one.

use rutter_gotmpl::{Value, quote};

/// Reads an integer.
///
/// # Errors
/// The library's message.
pub(super) fn integer(text: &str) -> Result<Value, String> {
    let quoted = || quote(text.as_bytes());
    if !has_good_underscores(text) {
        return Err(format!("Invalid integer {}: {UNDERSCORES}", quoted()));
    }
    if has_leading_zero(text) {
        return Err(format!("Invalid integer {}: {ZEROES}", quoted()));
    }
    let digits = text.replace('_', "");
    let (digits, radix) = match digits.get(..2) {
        Some("0b") => (digits.get(2..).unwrap_or_default(), 2),
        Some("0o") => (digits.get(2..).unwrap_or_default(), 8),
        Some("0x") => (digits.get(2..).unwrap_or_default(), 16),
        _ => (digits.as_str(), 10),
    };
    let number = i64::from_str_radix(digits, radix);
    number.map(Value::int64).map_err(|_| format!("{text} is out of range for int64"))
}

/// Reads a float.
///
/// # Errors
/// The library's message.
pub(super) fn float(text: &str) -> Result<Value, String> {
    let quoted = || quote(text.as_bytes());
    let mut parts = text.split(['.', 'e', 'E']).filter(|part| !part.is_empty());
    if !parts.clone().all(has_good_underscores) {
        return Err(format!("Invalid float {}: {UNDERSCORES}", quoted()));
    }
    if parts.next().is_some_and(has_leading_zero) {
        return Err(format!("Invalid float {}: {ZEROES}", quoted()));
    }
    let has_bare_point =
        text.split('.').skip(1).any(|after| !after.starts_with(|char: char| char.is_ascii_digit()));
    if has_bare_point {
        return Err(format!(
            "Invalid float {}: '.' must be followed by one or more digits",
            quoted()
        ));
    }
    let number = match text {
        "inf" | "+inf" => f64::INFINITY,
        "-inf" => f64::NEG_INFINITY,
        "nan" | "+nan" => f64::NAN,
        "-nan" => -f64::NAN,
        // `infinity` and the like are no floats, but Rust reads some of them.
        _ if text.contains(['i', 'n']) => {
            return Err(format!("Invalid float value: {}", quoted()));
        }
        _ => {
            let number: f64 = text
                .replace('_', "")
                .parse()
                .map_err(|_| format!("Invalid float value: {}", quoted()))?;
            if number.is_infinite() {
                return Err(format!("{text} is out of range for float64"));
            }
            number
        }
    };
    Ok(Value::Float(number))
}

const UNDERSCORES: &str = "underscores must be surrounded by digits";
const ZEROES: &str = "cannot have leading zeroes";

/// Returns whether the number begins with a zero, after its sign, where it must not.
fn has_leading_zero(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', second, ..] => !matches!(second, b'b' | b'o' | b'x'),
        [b'-' | b'+', b'0', _, ..] => true,
        _ => false,
    }
}

/// Returns whether each underscore has a digit before it and no other underscore, and a digit is
/// the last character.
fn has_good_underscores(text: &str) -> bool {
    if matches!(text, "nan" | "+nan" | "-nan" | "inf" | "-inf" | "+inf") {
        return true;
    }
    let mut is_after_digit = false;
    for char in text.chars() {
        if char == '_' && !is_after_digit {
            return false;
        }
        is_after_digit = char.is_ascii_hexdigit();
    }
    is_after_digit
}
