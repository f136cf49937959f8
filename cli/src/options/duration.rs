//! A length of time in Go's notation: `300ms`, `1h30m`, `2.5s`. A bare number is seconds, as Helm 2
//! had it: Go refuses one, so it can mean nothing else.

use std::str::FromStr;

/// A length of time that a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duration(pub(crate) std::time::Duration);

/// The units of Go's `time.ParseDuration`, longest spelling first, in nanoseconds.
const UNITS: &[(&str, f64)] = &[
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

impl FromStr for Duration {
    type Err = NotDuration;

    /// Reads what Go's `time.ParseDuration` reads; a negative length is none for us: it counts as
    /// zero, which is what Helm makes of it when it waits.
    fn from_str(text: &str) -> Result<Self, NotDuration> {
        let refused = |why| NotDuration { why, text: text.to_owned() };
        let (negative, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        if !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit()) {
            let seconds = if negative { Ok(0) } else { rest.parse() };
            let seconds = seconds.map_err(|_| refused(Why::Invalid))?;
            return Ok(Self(std::time::Duration::from_secs(seconds)));
        }
        if rest.is_empty() {
            return Err(refused(Why::Invalid));
        }
        let mut nanoseconds = 0.0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, after) = rest.split_at(digits);
            let number: f64 = number.parse().map_err(|_| refused(Why::Invalid))?;
            let letters =
                after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            if unit.is_empty() {
                return Err(refused(Why::MissingUnit));
            }
            let (_, size) = UNITS
                .iter()
                .find(|(name, _)| *name == unit)
                .ok_or_else(|| refused(Why::UnknownUnit(unit.to_owned())))?;
            nanoseconds += number * size;
            rest = after;
        }
        let seconds = if negative { 0.0 } else { nanoseconds / 1e9 };
        std::time::Duration::try_from_secs_f64(seconds).map(Self).map_err(|_| refused(Why::Invalid))
    }
}

/// A word that is no length of time, with Go's message.
#[derive(Debug, thiserror::Error)]
#[error("time: {why} duration {text:?}")]
pub(crate) struct NotDuration {
    why: Why,
    text: String,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("invalid")]
    Invalid,
    #[error("missing unit in")]
    MissingUnit,
    #[error("unknown unit {0:?} in")]
    UnknownUnit(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Helm 2's `--timeout` was a number of seconds.
    #[test]
    fn a_bare_number_is_seconds() {
        assert_eq!("300".parse::<Duration>().unwrap(), "5m0s".parse::<Duration>().unwrap());
        assert!("99999999999999999999".parse::<Duration>().is_err());
    }

    #[test]
    fn lengths_of_time_are_read_as_go_reads_them() {
        let read = |text: &str| text.parse::<Duration>().unwrap().0.as_millis();
        assert_eq!(read("5m0s"), 300_000);
        assert_eq!(read("1h1.5s"), 3_601_500);
        assert_eq!(read("0"), 0);
        let refused = |text: &str| text.parse::<Duration>().unwrap_err().to_string();
        assert_eq!(refused("1.5"), r#"time: missing unit in duration "1.5""#);
        assert_eq!(refused("1m5"), r#"time: missing unit in duration "1m5""#);
        assert_eq!(refused("5x"), r#"time: unknown unit "x" in duration "5x""#);
        assert_eq!(refused("x"), r#"time: invalid duration "x""#);
    }
}
