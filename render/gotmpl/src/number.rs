//! Numbers as Go's literals write them, read as `strconv` reads them.

/// What a number literal can be taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    /// The real and the imaginary part.
    pub(crate) complex: Option<(f64, f64)>,
}

/// Why a number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Syntax,
    Range,
}

impl Number {
    /// Returns the number of a character.
    pub(crate) fn of_char(code: u32) -> Self {
        Self {
            int: Some(i64::from(code)),
            uint: Some(u64::from(code)),
            float: Some(f64::from(code)),
            complex: None,
        }
    }

    /// Reads a literal, or returns Go's message.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(part) = text.strip_suffix('i')
            && let Ok(imaginary) = parse_float(part)
        {
            return Ok(Self::of_complex(0.0, imaginary));
        }
        let uint = parse_uint(text).ok();
        let int = parse_int(text).ok();
        let quoted = || crate::quote::quote(text.as_bytes());
        match (int, uint) {
            (Some(0), _) => Ok(Self { int, uint: Some(0), float: Some(0.0), complex: None }),
            (Some(number), _) => {
                Ok(Self { int, uint, float: Some(to_float(number)), complex: None })
            }
            (None, Some(number)) => {
                Ok(Self { int, uint, float: Some(to_float_unsigned(number)), complex: None })
            }
            (None, None) => {
                let Ok(float) = parse_float(text) else {
                    return Err(format!("illegal number syntax: {}", quoted()));
                };
                if !text.contains(['.', 'e', 'E', 'p', 'P']) {
                    return Err(format!("integer overflow: {}", quoted()));
                }
                Ok(Self::of_float(float))
            }
        }
    }

    /// Reads a literal of two parts, `1+2i`, or returns Go's message.
    pub(crate) fn parse_complex(text: &str) -> Result<Self, String> {
        const UNREADABLE: &str = "syntax error scanning complex number";
        let body = text.strip_suffix('i').ok_or(UNREADABLE)?;
        let split = body
            .char_indices()
            .skip(1)
            .filter(|&(_, sign)| sign == '+' || sign == '-')
            .find(|&(at, _)| {
                let before = body.get(..at).unwrap_or_default();
                let hex = before.contains(['x', 'X']);
                !before.ends_with(if hex { ['p', 'P'] } else { ['e', 'E'] })
            })
            .map(|(at, _)| at)
            .ok_or(UNREADABLE)?;
        let (real, imaginary) = body.split_at_checked(split).ok_or(UNREADABLE)?;
        if imaginary.len() == 1 {
            // Go takes the `i` that follows for the start of "Inf".
            return Err(UNREADABLE.to_owned());
        }
        Ok(Self::of_complex(scan_float(real)?, scan_float(imaginary)?))
    }

    fn of_float(float: f64) -> Self {
        Self { int: whole(float), uint: whole_unsigned(float), float: Some(float), complex: None }
    }

    fn of_complex(real: f64, imaginary: f64) -> Self {
        let simple = if imaginary == 0.0 { Self::of_float(real) } else { Self::default() };
        Self { complex: Some((real, imaginary)), ..simple }
    }
}

/// Returns the integer that the float is, if it is one.
fn whole(float: f64) -> Option<i64> {
    // Go converts and compares; out of range x86-64 gives the least int64.
    #[expect(clippy::cast_possible_truncation, reason = "what is cut off is compared next")]
    let number = if (-TWO_63..TWO_63).contains(&float) { float as i64 } else { i64::MIN };
    #[expect(clippy::float_cmp, reason = "equal is what is asked")]
    let same = to_float(number) == float;
    same.then_some(number)
}

fn whole_unsigned(float: f64) -> Option<u64> {
    if !(0.0..TWO_64).contains(&float) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range, and what is cut off is compared next"
    )]
    let number = float as u64;
    #[expect(clippy::float_cmp, reason = "equal is what is asked")]
    let same = to_float_unsigned(number) == float;
    same.then_some(number)
}

const TWO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_64: f64 = 18_446_744_073_709_551_616.0;

/// Returns the nearest float, as Go's conversion does.
#[expect(clippy::cast_precision_loss, reason = "Go's float64(int) rounds in the same way")]
pub(crate) fn to_float(number: i64) -> f64 {
    number as f64
}

/// Returns the nearest float, as Go's conversion does.
#[expect(clippy::cast_precision_loss, reason = "Go's float64(uint) rounds in the same way")]
pub(crate) fn to_float_unsigned(number: u64) -> f64 {
    number as f64
}

fn parse_int(text: &str) -> Result<i64, Refused> {
    let (digits, negative) = match text.as_bytes().first() {
        Some(b'+') => (text.get(1..).unwrap_or_default(), false),
        Some(b'-') => (text.get(1..).unwrap_or_default(), true),
        _ => (text, false),
    };
    let number = i128::from(parse_uint(digits)?);
    i64::try_from(if negative { -number } else { number }).map_err(|_| Refused::Range)
}

fn parse_uint(text: &str) -> Result<u64, Refused> {
    let lower = |at: usize| text.as_bytes().get(at).map(u8::to_ascii_lowercase);
    let (radix, skip) = match (lower(0), lower(1), text.len()) {
        (Some(b'0'), Some(b'b'), 3..) => (2, 2),
        (Some(b'0'), Some(b'o'), 3..) => (8, 2),
        (Some(b'0'), Some(b'x'), 3..) => (16, 2),
        (Some(b'0'), _, _) => (8, 1),
        (Some(_), _, _) => (10, 0),
        (None, _, _) => return Err(Refused::Syntax),
    };
    let mut number: u64 = 0;
    for digit in text.chars().skip(skip) {
        if digit == '_' {
            continue;
        }
        let digit = digit.to_digit(radix).ok_or(Refused::Syntax)?;
        number = number
            .checked_mul(u64::from(radix))
            .and_then(|number| number.checked_add(u64::from(digit)))
            .ok_or(Refused::Range)?;
    }
    if text.contains('_') && !underscores_fit(text) {
        return Err(Refused::Syntax);
    }
    Ok(number)
}

/// Returns whether each underscore stands between digits or after a prefix.
fn underscores_fit(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = text.to_ascii_lowercase();
    let (prefix, hex) = match lower.get(..2) {
        Some("0b" | "0o") => (2, false),
        Some("0x") => (2, true),
        _ => (0, false),
    };
    let mut saw = if prefix == 2 { '0' } else { '^' };
    for character in lower.chars().skip(prefix) {
        if character.is_ascii_digit() || hex && character.is_ascii_hexdigit() {
            saw = '0';
        } else if character == '_' {
            if saw != '0' {
                return false;
            }
            saw = '_';
        } else if saw == '_' {
            return false;
        } else {
            saw = '!';
        }
    }
    saw != '_'
}

fn parse_float(text: &str) -> Result<f64, Refused> {
    if text.contains('_') && !underscores_fit(text) {
        return Err(Refused::Syntax);
    }
    let plain: String = text.chars().filter(|&character| character != '_').collect();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    if unsigned.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("0x")) {
        let float = parse_hex_float(unsigned.get(2..).unwrap_or_default())?;
        return Ok(if plain.starts_with('-') { -float } else { float });
    }
    // Rust reads words too ("inf"), Go's lexer lets none through.
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return Err(Refused::Syntax);
    }
    let float: f64 = plain.parse().map_err(|_| Refused::Syntax)?;
    if float.is_infinite() { Err(Refused::Range) } else { Ok(float) }
}

/// Reads one part of a complex number, or returns Go's message.
fn scan_float(text: &str) -> Result<f64, String> {
    parse_float(text).map_err(|refused| {
        let text = crate::quote::quote(text.as_bytes());
        let why = match refused {
            Refused::Syntax => "invalid syntax",
            Refused::Range => "value out of range",
        };
        format!("strconv.ParseFloat: parsing {text}: {why}")
    })
}

/// Reads `1.8p3`: the digits are hexadecimal, the exponent is one of two.
fn parse_hex_float(text: &str) -> Result<f64, Refused> {
    let (digits, exponent) = text.split_once(['p', 'P']).ok_or(Refused::Syntax)?;
    let (sign, number) = match exponent.as_bytes().first() {
        Some(b'-') => (-1, exponent.get(1..).unwrap_or_default()),
        Some(b'+') => (1, exponent.get(1..).unwrap_or_default()),
        _ => (1, exponent),
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::Syntax);
    }
    let mut scale = sign * number.parse::<i64>().unwrap_or(100_000).min(100_000);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(Refused::Syntax);
    }
    let mut mantissa: u64 = 0;
    let mut rest = 0;
    for (at, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16).ok_or(Refused::Syntax)?);
        let after_point = i64::from(at >= whole.len());
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
            scale -= 4 * after_point;
        } else {
            rest |= digit;
            scale += 4 * (1 - after_point);
        }
    }
    round(mantissa, scale, rest)
}

/// Returns `mantissa` times two to the power of `scale`, rounded to even;
/// `rest` is what came below, of which only counts whether there was anything.
fn round(mantissa: u64, scale: i64, rest: u64) -> Result<f64, Refused> {
    if mantissa == 0 {
        return Ok(0.0);
    }
    let shift = i64::from(mantissa.leading_zeros());
    let mantissa = u128::from(mantissa << shift) << 1 | u128::from(rest != 0);
    // The value is now mantissa times two to the power of `exponent`; its top
    // bit is bit 64.
    let exponent = scale - shift - 1;
    let least = (-1074_i64).max(exponent + 12);
    let drop = least - exponent;
    if drop > 66 {
        return Ok(0.0);
    }
    let kept = mantissa >> drop;
    let half = 1_u128 << (drop - 1);
    let below = mantissa & ((1_u128 << drop) - 1);
    let up = below > half || below == half && kept & 1 == 1;
    let kept = u64::try_from(kept).unwrap_or(u64::MAX) + u64::from(up);
    if least > 971 || least == 971 && kept >> 53 != 0 {
        return Err(Refused::Range);
    }
    // Both factors are exact, and so is the product: no more than 53 bits.
    let (first, second) = (least / 2, least - least / 2);
    let power = |by: i64| 2_f64.powi(i32::try_from(by).unwrap_or(0));
    Ok(to_float_unsigned(kept) * power(first) * power(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Option<i64> {
        Number::parse(text).unwrap().int
    }

    #[test]
    fn integers_have_every_base_and_underscores_between_digits() {
        assert_eq!(int("0x1F"), Some(31));
        assert_eq!(int("0b101"), Some(5));
        assert_eq!(int("0o17"), Some(15));
        assert_eq!(int("017"), Some(15));
        assert_eq!(int("1_000"), Some(1000));
        assert_eq!(int("0x_1"), Some(1));
        assert_eq!(int("-0"), Some(0));
        assert_eq!(int("1e3"), Some(1000));
        assert!(Number::parse("1__0").is_err());
        assert!(Number::parse("1_").is_err());
    }

    #[test]
    fn what_is_no_number_is_refused_in_words_of_go() {
        let refused = |text| Number::parse(text).unwrap_err();
        assert_eq!(refused("089"), "integer overflow: \"089\"");
        assert_eq!(refused("18446744073709551616"), "integer overflow: \"18446744073709551616\"");
        assert_eq!(refused("1e400"), "illegal number syntax: \"1e400\"");
        assert_eq!(refused("0x0.2"), "illegal number syntax: \"0x0.2\"");
        assert_eq!(refused("."), "illegal number syntax: \".\"");
    }

    #[test]
    fn hexadecimal_floats_are_exact_and_round_to_even() {
        let float = |text| Number::parse(text).unwrap().float.unwrap();
        assert_eq!(float("0x1p-2").to_bits(), 0.25_f64.to_bits());
        assert_eq!(float("0x1.8p1").to_bits(), 3.0_f64.to_bits());
        assert_eq!(float("0x1.fffffffffffff8p0").to_bits(), 2.0_f64.to_bits());
        assert_eq!(float("0x1p-1074").to_bits(), 5e-324_f64.to_bits());
        assert_eq!(float("0x1p-1075").to_bits(), 0.0_f64.to_bits());
        assert_eq!(float("0x1.fffffffffffffp1023").to_bits(), f64::MAX.to_bits());
        assert!(Number::parse("0x1p1024").is_err());
    }

    #[test]
    fn complex_numbers_without_an_imaginary_part_are_plain_too() {
        assert_eq!(Number::parse("2i").unwrap().complex, Some((0.0, 2.0)));
        let number = Number::parse_complex("1e+1+0i").unwrap();
        assert_eq!((number.complex, number.int), (Some((10.0, 0.0)), Some(10)));
    }
}
