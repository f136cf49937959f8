//! From anything to a number, as `spf13/cast` 1.7 does for sprig: what is no
//! number is 0.

use rutter_gotmpl::{Int, Value};

/// Returns `int64`: floats are cut, strings are read as Go's literals.
pub(super) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Int(number, _) => *number,
        Value::Float(number) => float_to_int(*number),
        Value::Bool(flag) => i64::from(*flag),
        Value::String(text) => parse_int(without_zero_decimals(text)).unwrap_or_default(),
        Value::Object(object) => match (object.type_name(), object.underlying()) {
            // A month or weekday, but no duration.
            ("time.Month" | "time.Weekday", Some(number)) => to_int(&number),
            _ => 0,
        },
        _ => 0,
    }
}

/// Returns `float64`.
pub(super) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        Value::Int(number, Int::Uint64) => int_to_float(i128::from(number.cast_unsigned())),
        Value::Int(number, _) => int_to_float(i128::from(*number)),
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::String(text) => parse_float(text).unwrap_or_default(),
        Value::Object(object) => match (object.type_name(), object.underlying()) {
            ("time.Month" | "time.Weekday", Some(number)) => to_float(&number),
            _ => 0.0,
        },
        _ => 0.0,
    }
}

#[allow(clippy::cast_precision_loss, reason = "Go's float64(x) rounds likewise")]
fn int_to_float(number: i128) -> f64 {
    number as f64
}

/// Go's `int64(x)` on amd64: what does not fit is the smallest number.
#[allow(clippy::cast_possible_truncation, reason = "checked before; the rest is Go's cut")]
pub(super) fn float_to_int(number: f64) -> i64 {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number);
    if fits { number as i64 } else { i64::MIN }
}

/// `1.00` is `1`, but `1.5` stays as it is.
fn without_zero_decimals(text: &str) -> &str {
    let cut = text.trim_end_matches('0');
    match cut.strip_suffix('.') {
        Some(whole) if cut.len() < text.len() => whole,
        _ => text,
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`: with prefixes `0x`, `0o`, `0b`, a
/// leading 0 for octal, and single underscores between digits.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    let prefixed = digits.len() < lower.len();
    let digits = match digits.strip_prefix('_') {
        Some(rest) if prefixed => rest,
        Some(_) => return None,
        None => digits,
    };
    if digits.is_empty() || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    if digits.starts_with(['+', '-', '_']) {
        return None;
    }
    let magnitude = u64::from_str_radix(&digits.replace('_', ""), base).ok()?;
    let number = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
    i64::try_from(number).ok()
}

/// Go's `strconv.ParseFloat`, also of hexadecimal floats; out of range is no
/// number.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.trim_start_matches(['+', '-']);
    if text.len() > unsigned.len() + 1 {
        return None;
    }
    let lower = unsigned.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" | "nan" => return text.parse().ok(),
        _ if lower.starts_with("0x") => return hex_float(text, lower.get(2..)?),
        _ => {}
    }
    if !lower.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let number: f64 = without_underscores(text)?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// Underscores stand between digits only.
fn without_underscores(text: &str) -> Option<String> {
    let between = text.split('_').collect::<Vec<_>>();
    let fits = between.windows(2).all(|pair| {
        let [before, after] = pair else { return false };
        before.ends_with(|char: char| char.is_ascii_digit())
            && after.starts_with(|char: char| char.is_ascii_digit())
    });
    fits.then(|| between.concat())
}

/// `0x1.8p3`: Go insists on the exponent.
fn hex_float(text: &str, digits: &str) -> Option<f64> {
    let (mantissa, exponent) = digits.split_once('p')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 || whole.len() + fraction.len() > 13 {
        return None;
    }
    let bits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).ok()?;
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?;
    let number = int_to_float(i128::from(bits)) * 2f64.powi(shift);
    let number = if text.starts_with('-') { -number } else { number };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_go_reads_literals() {
        for (text, number) in [
            ("017", 15),
            ("0x1F", 31),
            ("1_000", 1000),
            ("12abc", 0),
            ("", 0),
            ("3.00", 3),
            ("3.50", 0),
            ("1e3", 0),
            ("08", 0),
            ("0_7", 7),
            ("_7", 0),
            ("-0b11", -3),
            ("9223372036854775808", 0),
        ] {
            assert_eq!(to_int(&Value::from(text)), number, "{text}");
        }
    }
}
