//! Times as Go's `time.Time` reads and writes them in JSON: RFC 3339.

/// What Go writes for a time that was never set.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// Returns a time as Go writes it again: without the zeros that end a fraction,
/// `Z` for an offset of zero. What Go does not read is nothing.
pub(super) fn normal(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let two = |at: usize| -> Option<u32> {
        let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(10);
        Some(digit(at)? * 10 + digit(at + 1)?)
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| bytes.get(*at) != Some(mark)) {
        return None;
    }
    let year = two(0)? * 100 + two(2)?;
    let (month, day) = (two(5)?, two(8)?);
    let in_range = (1..=12).contains(&month)
        && (1..=days(year, month)).contains(&day)
        && two(11)? < 24
        && two(14)? < 60
        && two(17)? < 60;
    if !in_range {
        return None;
    }
    let (whole, rest) = text.split_at_checked(19)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(rest) => {
            let end = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?
        }
    };
    // Nanoseconds are the finest that Go keeps.
    let fraction = fraction.get(..9).unwrap_or(fraction).trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let zone = if zone == "Z" { zone } else { offset(zone)? };
    Some(format!("{whole}{point}{fraction}{zone}"))
}

/// Says in Go's words that a text is no time.
pub(super) fn complaint(text: &str) -> String {
    const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";
    // Go names what is left at the first place that does not fit.
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| {
        bytes.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let parts = [
        (0, 4, "2006"),
        (4, 5, "-"),
        (5, 7, "01"),
        (7, 8, "-"),
        (8, 10, "02"),
        (10, 11, "T"),
        (11, 13, "15"),
        (13, 14, ":"),
        (14, 16, "04"),
        (16, 17, ":"),
        (17, 19, "05"),
    ];
    let fits = |&(from, to, part): &(usize, usize, &str)| {
        if part.len() == 1 {
            bytes.get(from..to) == Some(part.as_bytes())
        } else {
            digits(from, to)
        }
    };
    let wrong = parts.iter().find(|part| !fits(part));
    let (at, part) = wrong.map_or((19, "Z07:00"), |&(from, _, part)| (from, part));
    let rest = text.get(at..).unwrap_or_default();
    format!("parsing time {text:?} as {LAYOUT:?}: cannot parse {rest:?} as {part:?}")
}

/// Returns an offset `+hh:mm` as Go writes it.
fn offset(zone: &str) -> Option<&str> {
    let [sign, h1, h2, b':', m1, m2] = zone.as_bytes() else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(10);
    let hours = digit(h1)? * 10 + digit(h2)?;
    let minutes = digit(m1)? * 10 + digit(m2)?;
    if !matches!(sign, b'+' | b'-') || hours > 24 || minutes >= 60 {
        return None;
    }
    Some(if hours == 0 && minutes == 0 { "Z" } else { zone })
}

const fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: Go's `time.Time` through `encoding/json`.
    #[test]
    fn a_time_is_written_again_as_go_writes_it() {
        let same = "2020-02-29T23:59:59.123456789+02:00";
        assert_eq!(normal(same).as_deref(), Some(same));
        assert_eq!(normal("2020-01-01T00:00:00.100Z").as_deref(), Some("2020-01-01T00:00:00.1Z"));
        assert_eq!(normal("2020-01-01T00:00:00+00:00").as_deref(), Some("2020-01-01T00:00:00Z"));
        for wrong in ["2020-01-01", "2021-02-29T00:00:00Z", "2020-01-01 00:00:00Z", "yesterday"] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }
}
