//! Numbers as Go writes them.

/// Go's `strconv.FormatFloat(number, 'g', -1, 64)`, with YAML's names for what
/// is not finite.
pub(super) fn general(number: f64) -> String {
    general_from(number, &shortest(number))
}

/// Go's `strconv.FormatFloat(number, 'g', -1, 32)`: what `sigs.k8s.io/yaml`
/// makes of a float where it wants a string.
#[allow(clippy::cast_possible_truncation, reason = "Go rounds to 32 bits here")]
pub(super) fn general_32(number: f64) -> String {
    let rounded = number as f32;
    let text = format!("{rounded:e}");
    let text = even(text, f64::from(rounded), |lower| lower.parse() == Ok(rounded));
    general_from(f64::from(rounded), &text)
}

fn general_from(number: f64, scientific: &str) -> String {
    if !number.is_finite() {
        return infinite(number).to_owned();
    }
    let (digits, exponent) = parts(scientific);
    let text = if (-4..6).contains(&exponent) {
        positional(&digits, exponent)
    } else {
        exponential(&digits, exponent)
    };
    signed(number, text)
}

/// A number as Go's `encoding/json` writes it.
pub(super) fn json(number: f64) -> String {
    let (digits, exponent) = parts(&shortest(number));
    if number == 0.0 || (-6..21).contains(&exponent) {
        return signed(number, positional(&digits, exponent));
    }
    let text = exponential(&digits, exponent);
    // Go cleans e-09 up to e-9.
    signed(number, text.replace("e-0", "e-"))
}

fn signed(number: f64, text: String) -> String {
    if number.is_sign_negative() { format!("-{text}") } else { text }
}

/// The fewest digits that read back as this number.
fn shortest(number: f64) -> String {
    let text = format!("{number:e}");
    // Shorter ones are the number itself.
    if text.len() < "1.234567890123456e0".len() {
        return text;
    }
    even(text, number, |lower| lower.parse() == Ok(number))
}

/// Where two texts with the fewest digits are equally near, Go takes the even
/// one, and the standard library the upper: this puts that right.
fn even(text: String, number: f64, reads_back: impl Fn(&str) -> bool) -> String {
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let Some(last) = digits.bytes().next_back().filter(|last| last % 2 == 1) else { return text };
    let exact = format!("{number:.40e}");
    let start = digits.get(..digits.len() - 1).unwrap_or_default();
    let lower = format!("{start}{}", char::from(last - 1));
    let is_between = exact.strip_prefix(&lower).is_some_and(|rest| {
        let rest = rest.split('e').next().unwrap_or_default();
        rest.strip_prefix('5').is_some_and(|rest| rest.bytes().all(|digit| digit == b'0'))
    });
    let lower = format!("{lower}e{exponent}");
    if is_between && reads_back(&lower) { lower } else { text }
}

fn infinite(number: f64) -> &'static str {
    if number.is_nan() {
        ".nan"
    } else if number > 0.0 {
        ".inf"
    } else {
        "-.inf"
    }
}

/// The digits without point, and the exponent of the first.
fn parts(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(char::from).collect();
    (digits, exponent.parse().unwrap_or(0))
}

fn positional(digits: &str, exponent: i32) -> String {
    let mut text = String::new();
    let Ok(exponent) = usize::try_from(exponent) else {
        text.push_str("0.");
        text.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
        text.push_str(digits);
        return text;
    };
    if digits.len() <= exponent + 1 {
        text.push_str(digits);
        text.extend(std::iter::repeat_n('0', exponent + 1 - digits.len()));
    } else {
        let (whole, fraction) = digits.split_at(exponent + 1);
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn exponential(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let point = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs())
}
