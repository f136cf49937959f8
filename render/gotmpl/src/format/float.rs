//! Floats to text: `strconv.FormatFloat`, and what `fmt` adds to it.

use super::Printer;

/// More digits than these are zeros: no float64 has them.
const DIGITS: usize = 1100;

impl Printer<'_> {
    pub(super) fn real(&mut self, number: f64, verb: char, default: Option<usize>) {
        let precision = self.flags.precision.or(default);
        let mut text = sign(number).to_string();
        if !number.is_finite() {
            self.unreal(number);
            return;
        }
        text.push_str(&format_float(number.abs(), verb, precision));
        if self.flags.space && text.starts_with('+') && !self.flags.plus {
            text.replace_range(..1, " ");
        }
        if self.flags.sharp && verb != 'b' {
            text = with_point(&text, verb, precision);
        }
        if !self.flags.plus && text.starts_with('+') {
            self.pad(text.get(1..).unwrap_or_default().as_bytes());
            return;
        }
        let width = self.flags.width.unwrap_or(0);
        if self.flags.zero && !self.flags.minus && width > text.len() {
            // The sign comes before the zeros.
            self.out.extend(text.bytes().take(1));
            self.padding(width - text.len());
            self.out.extend(text.bytes().skip(1));
            return;
        }
        self.pad(text.as_bytes());
    }

    fn unreal(&mut self, number: f64) {
        let (plus, space) = (self.flags.plus, self.flags.space);
        let text = match (number.is_nan(), number < 0.0) {
            (true, _) if plus => "+NaN",
            (true, _) if space => " NaN",
            (true, _) => "NaN",
            (false, true) => "-Inf",
            (false, false) if plus => "+Inf",
            (false, false) if space => " Inf",
            // Go drops the sign only where it was not asked for.
            (false, false) => "+Inf",
        };
        self.pad_with_spaces(text.as_bytes());
    }
}

fn sign(number: f64) -> char {
    if number.is_sign_negative() { '-' } else { '+' }
}

/// Returns what `strconv.FormatFloat` does for a number that is not negative;
/// no precision means the fewest digits that read back as the same number.
pub(super) fn format_float(number: f64, verb: char, precision: Option<usize>) -> String {
    match verb {
        'e' => exponential(number, precision, 'e'),
        'E' => exponential(number, precision, 'E'),
        'f' => fixed(number, precision),
        'g' => general(number, precision, 'e'),
        'G' => general(number, precision, 'E'),
        'x' => hexadecimal(number, precision),
        'X' => hexadecimal(number, precision).to_uppercase(),
        _ => binary(number),
    }
}

/// The significant digits of a number (none for zero) and where its point is:
/// 12.5 is `125` with its point after 2.
struct Decimal {
    digits: String,
    point: i64,
}

impl Decimal {
    fn of(number: f64, significant: Option<usize>) -> Self {
        let text = match significant {
            None => format!("{number:e}"),
            Some(count) => format!("{number:.*e}", count.clamp(1, DIGITS) - 1),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            return Self { digits: String::new(), point: 0 };
        }
        Self { digits: digits.to_owned(), point: exponent.parse::<i64>().unwrap_or(0) + 1 }
    }

    /// Returns `d.ddde±dd` with as many digits after the point.
    fn exponential(&self, after: usize, letter: char) -> String {
        let mut digits = self.digits.chars().chain(std::iter::repeat('0'));
        let mut out = String::new();
        out.extend(digits.next());
        if after > 0 {
            out.push('.');
            out.extend(digits.take(after));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out + &format!("{letter}{sign}{:02}", exponent.abs())
    }

    /// Returns `ddd.ddd` with as many digits after the point.
    fn fixed(&self, after: usize) -> String {
        let before = usize::try_from(self.point).unwrap_or(0);
        let leading = usize::try_from(-self.point).unwrap_or(0);
        let mut out: String = self.digits.chars().take(before).collect();
        out.extend(std::iter::repeat_n('0', before - out.len()));
        if out.is_empty() {
            out.push('0');
        }
        if after > 0 {
            out.push('.');
            let fraction = self.digits.chars().skip(before);
            let zeros = std::iter::repeat('0');
            out.extend(zeros.clone().take(leading).chain(fraction).chain(zeros).take(after));
        }
        out
    }
}

fn exponential(number: f64, precision: Option<usize>, letter: char) -> String {
    let decimal = Decimal::of(number, precision.map(|digits| digits.saturating_add(1)));
    let after = precision.unwrap_or_else(|| decimal.digits.len().saturating_sub(1));
    decimal.exponential(after, letter)
}

fn fixed(number: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else {
        let decimal = Decimal::of(number, None);
        let digits = i64::try_from(decimal.digits.len()).unwrap_or(0);
        return decimal.fixed(usize::try_from(digits - decimal.point).unwrap_or(0));
    };
    let kept = precision.min(DIGITS);
    let mut out = format!("{number:.kept$}");
    out.extend(std::iter::repeat_n('0', precision - kept));
    out
}

fn general(number: f64, precision: Option<usize>, letter: char) -> String {
    let asked = precision.map(|digits| digits.max(1));
    let decimal = Decimal::of(number, asked);
    let count = decimal.digits.len();
    let signed = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let precision = asked.unwrap_or(count);
    // From which exponent on the exponent is written.
    let limit = match asked {
        None => 6,
        Some(asked) if asked > count && signed(count) >= decimal.point => signed(count),
        Some(asked) => signed(asked),
    };
    let exponent = decimal.point - 1;
    // Go takes the exponent of zero for -1 here.
    if exponent < -4 || exponent >= limit {
        return decimal.exponential(precision.min(count).saturating_sub(1), letter);
    }
    let precision = if signed(precision) > decimal.point { count } else { precision };
    decimal.fixed(usize::try_from(signed(precision) - decimal.point).unwrap_or(0))
}

/// Returns the mantissa and the exponent of two, unbiased.
fn parts(number: f64) -> (u64, i64) {
    let bits = number.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = i64::try_from(bits >> 52 & 0x7FF).unwrap_or(0);
    if biased == 0 { (fraction, -1022) } else { (fraction | 1 << 52, biased - 1023) }
}

fn binary(number: f64) -> String {
    let (mantissa, exponent) = parts(number);
    format!("{mantissa}p{:+}", exponent - 52)
}

fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(number);
    if mantissa == 0 {
        exponent = 0;
    }
    mantissa <<= 8;
    while mantissa != 0 && mantissa & 1 << 60 == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(digits) = precision.filter(|&digits| digits < 15) {
        let shift = digits * 4;
        let extra = mantissa << shift & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | mantissa & 1 > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & 1 << 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut out = format!("0x{}", mantissa >> 60 & 1);
    mantissa <<= 4;
    let wanted = precision.unwrap_or(usize::MAX);
    if wanted > 0 && (precision.is_some() || mantissa != 0) {
        out.push('.');
    }
    for _ in 0..wanted {
        if precision.is_none() && mantissa == 0 {
            break;
        }
        out.extend(
            u32::try_from(mantissa >> 60 & 15).ok().and_then(|digit| char::from_digit(digit, 16)),
        );
        mantissa <<= 4;
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    out + &format!("p{sign}{:02}", exponent.abs())
}

/// Adds what the flag `#` asks for: a point, and the zeros after it.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let mut missing = match verb {
        'g' | 'G' | 'x' => i64::try_from(precision.unwrap_or(6)).unwrap_or(0),
        _ => 0,
    };
    let hexadecimal = matches!(verb, 'x' | 'X');
    let exponent = |letter: char| match letter {
        'p' | 'P' => true,
        'e' | 'E' => !hexadecimal,
        _ => false,
    };
    let (number, tail) = text.split_at(text.find(exponent).unwrap_or(text.len()));
    let mut has_point = false;
    let mut seen = false;
    for character in number.chars().skip(1) {
        if character == '.' {
            has_point = true;
        } else {
            seen |= character != '0';
            missing -= i64::from(seen);
        }
    }
    let mut out = number.to_owned();
    if !has_point {
        missing -= i64::from(number.get(1..) == Some("0"));
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', usize::try_from(missing).unwrap_or(0)));
    out + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_digits_turn_to_exponents_at_a_million() {
        // Go: strconv.FormatFloat(x, 'g', -1, 64) decides so for exponents < -4 or >= 21;
        // package fmt's %v passes through 'g' with 6.
        for (number, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (12_345_678.0, "1.2345678e+07"),
            (123_456.7, "123456.7"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e100, "1e+100"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(format_float(number, 'g', None), text);
        }
    }

    #[test]
    fn hexadecimal_and_binary_floats_are_as_go_writes_them() {
        assert_eq!(format_float(1.0, 'x', None), "0x1p+00");
        assert_eq!(format_float(0.1, 'x', None), "0x1.999999999999ap-04");
        assert_eq!(format_float(0.1, 'x', Some(2)), "0x1.9ap-04");
        assert_eq!(format_float(1.0, 'b', None), "4503599627370496p-52");
    }
}
