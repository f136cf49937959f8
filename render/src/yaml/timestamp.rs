//! Which texts go-yaml takes for dates: they are read as strings, but must be
//! quoted when they are written.

/// Returns whether Go's `time.Parse` takes the text with one of go-yaml's four
/// layouts: a date, or a date and a time of day.
pub(super) fn is_timestamp(text: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || !(0..4).all(|at| is_digit(bytes.get(at))) {
        return false;
    }
    date(text).is_some_and(|rest| match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => rest.get(1..).and_then(time).and_then(zone).is_some_and(str::is_empty),
        Some(b' ') => time(rest.trim_start_matches(' ')).is_some_and(str::is_empty),
        Some(_) => false,
    })
}

/// Passes `2006-1-2`.
fn date(text: &str) -> Option<&str> {
    let (year, rest) = (text.get(..4)?.parse::<u32>().ok()?, text.get(4..)?.strip_prefix('-')?);
    let (month, rest) = short_number(rest)?;
    let (day, rest) = short_number(rest.strip_prefix('-')?)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// Passes `15:4:5.999999999`; the fraction may be missing.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = short_number(text)?;
    let (minute, rest) = short_number(rest.strip_prefix(':')?)?;
    let (second, rest) = short_number(rest.strip_prefix(':')?)?;
    if hour >= 24 || minute >= 60 || second >= 60 {
        return None;
    }
    let fraction = rest.strip_prefix(['.', ',']);
    let digits = fraction.map_or(0, |text| text.bytes().take_while(u8::is_ascii_digit).count());
    Some(if digits > 0 { rest.get(1 + digits..)? } else { rest })
}

/// Passes `Z` or `+07:00`. Go allows offsets of 24 hours and 60 minutes.
fn zone(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some(rest);
    }
    let offset = text.strip_prefix(['+', '-'])?;
    let (hour, minute) = (offset.get(..2)?, offset.get(2..5)?.strip_prefix(':')?);
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten()
    };
    (number(hour)? <= 24 && number(minute)? <= 60).then(|| offset.get(5..)).flatten()
}

/// Passes one or two digits, as many as there are.
fn short_number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = (text.get(..length)?, text.get(length..)?);
    Some((digits.parse().ok()?, rest))
}
