//! Times as Helm's records hold them, printed as Go prints them.
//!
//! A record says its time with the offset of the machine that wrote it, and Go prints it with that
//! offset. So the text is kept, and no time zone is guessed.

use std::{env, fs, sync::LazyLock};

use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Deserializer, Serialize};

/// A point in time, or none.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Time(String);

/// What Go prints for a time that was never set.
const ZERO: &str = "0001-01-01T00:00:00Z";

impl Time {
    /// Returns the time that Go writes as `text` (RFC 3339).
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns a point in time as the local clock shows it, which is how Go writes it down.
    pub(crate) fn local(nanoseconds: i64) -> Self {
        match Timestamp::from_nanosecond(nanoseconds.into()) {
            Ok(timestamp) => Self(local_text(timestamp)),
            Err(_) => Self::default(),
        }
    }

    /// Returns the same time as the local clock shows it.
    pub(crate) fn in_local_zone(&self) -> Self {
        if self.is_zero() {
            return Self::default();
        }
        self.0.parse().map_or_else(|_| self.clone(), |timestamp| Self(local_text(timestamp)))
    }

    /// Returns whether there is none.
    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty() || self.0 == ZERO
    }

    /// Returns the text of the record (RFC 3339 with what fraction it has).
    pub(crate) fn text(&self) -> &str {
        if self.0.is_empty() { ZERO } else { &self.0 }
    }

    /// Returns the point in time, for sorting; the beginning of time if there is none.
    pub(crate) fn timestamp(&self) -> Timestamp {
        self.0.parse().unwrap_or(Timestamp::MIN)
    }

    /// Prints as Go's `time.ANSIC`: `Fri Jan  2 03:04:05 2026`.
    pub(crate) fn ansic(&self) -> String {
        self.format("Mon Jan _2 15:04:05 2006")
    }

    /// Prints as Go's `time.RFC3339`, without a fraction.
    pub(crate) fn rfc3339(&self) -> String {
        self.format("2006-01-02T15:04:05Z07:00")
    }

    /// Prints as Go's `Time.String`: `2026-02-02 03:04:05.123456789 +0000 UTC`.
    pub(crate) fn string(&self) -> String {
        self.format("2006-01-02 15:04:05.999999999 -0700 MST")
    }

    /// Prints by a layout of Go's `time` package. A text that is no time is printed as it is.
    pub(crate) fn format(&self, layout: &str) -> String {
        match Moment::of(self.text()) {
            Some(moment) => moment.format(layout),
            None => self.0.clone(),
        }
    }
}

impl<'d> Deserialize<'d> for Time {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        Ok(Self(Option::deserialize(input)?.unwrap_or_default()))
    }
}

/// What is on the clock and the calendar at some offset.
struct Moment {
    at: DateTime,
    offset: Offset,
    zone: String,
}

/// The elements of Go's layouts, longest first where one begins another.
const ELEMENTS: &[&str] = &[
    "January",
    "Jan",
    "Monday",
    "Mon",
    "MST",
    "2006",
    "-07:00:00",
    "-07:00",
    "-070000",
    "-0700",
    "-07",
    "Z07:00:00",
    "Z07:00",
    "Z070000",
    "Z0700",
    "Z07",
    "002",
    "__2",
    "_2",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "15",
    "PM",
    "pm",
    "1",
    "2",
    "3",
    "4",
    "5",
];

impl Moment {
    fn of(text: &str) -> Option<Self> {
        let pieces = Pieces::parse(text).ok()?;
        let at = pieces.date().to_datetime(pieces.time()?);
        let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
        let zone = if text.ends_with(['Z', 'z']) {
            "UTC".to_owned()
        } else {
            local_name(at, offset).unwrap_or_else(|| signed(offset, "", Fields::Minutes))
        };
        Some(Self { at, offset, zone })
    }

    fn format(&self, layout: &str) -> String {
        let mut text = String::new();
        let mut rest = layout;
        while let Some(first) = rest.chars().next() {
            if let Some((fraction, after)) = self.fraction(rest) {
                text.push_str(&fraction);
                rest = after;
                continue;
            }
            let element = ELEMENTS
                .iter()
                .find_map(|element| rest.strip_prefix(*element).map(|after| (*element, after)));
            if let Some((element, after)) = element {
                text.push_str(&self.element(element));
                rest = after;
            } else {
                text.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        text
    }

    /// `.000` prints all digits, `.999` drops zeros at the end; both only after a point or comma.
    fn fraction<'l>(&self, layout: &'l str) -> Option<(String, &'l str)> {
        let point = layout.chars().next().filter(|it| matches!(it, '.' | ','))?;
        let digits = layout.get(1..)?;
        let kind = digits.chars().next().filter(|it| matches!(it, '0' | '9'))?;
        let count = digits.chars().take_while(|it| *it == kind).count();
        let after = digits.get(count..)?;
        if after.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let all = format!("{:09}", self.at.subsec_nanosecond());
        let shown = all.get(..count.min(9))?;
        let shown = if kind == '9' { shown.trim_end_matches('0') } else { shown };
        let text = if shown.is_empty() { String::new() } else { format!("{point}{shown}") };
        Some((text, after))
    }

    fn element(&self, element: &str) -> String {
        let at = self.at;
        let hour12 = match at.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        match element {
            "January" => at.strftime("%B").to_string(),
            "Jan" => at.strftime("%b").to_string(),
            "Monday" => at.strftime("%A").to_string(),
            "Mon" => at.strftime("%a").to_string(),
            "MST" => self.zone.clone(),
            "2006" => format!("{:04}", at.year()),
            "06" => format!("{:02}", at.year().rem_euclid(100)),
            "01" => format!("{:02}", at.month()),
            "1" => at.month().to_string(),
            "02" => format!("{:02}", at.day()),
            "_2" => format!("{:2}", at.day()),
            "2" => at.day().to_string(),
            "002" => format!("{:03}", at.day_of_year()),
            "__2" => format!("{:3}", at.day_of_year()),
            "15" => format!("{:02}", at.hour()),
            "03" => format!("{hour12:02}"),
            "3" => hour12.to_string(),
            "04" => format!("{:02}", at.minute()),
            "4" => at.minute().to_string(),
            "05" => format!("{:02}", at.second()),
            "5" => at.second().to_string(),
            "PM" => at.strftime("%p").to_string(),
            "pm" => at.strftime("%P").to_string(),
            zone => self.zone_element(zone),
        }
    }

    fn zone_element(&self, element: &str) -> String {
        if element.starts_with('Z') && self.offset == Offset::UTC {
            return "Z".to_owned();
        }
        let colon = if element.contains(':') { ":" } else { "" };
        let fields = match element.chars().filter(char::is_ascii_digit).count() {
            2 => Fields::Hours,
            4 => Fields::Minutes,
            _ => Fields::Seconds,
        };
        signed(self.offset, colon, fields)
    }
}

/// How exactly an offset is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fields {
    Hours,
    Minutes,
    Seconds,
}

fn signed(offset: Offset, colon: &str, fields: Fields) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let [hours, minutes, seconds] = [seconds / 3600, seconds / 60 % 60, seconds % 60];
    match fields {
        Fields::Hours => format!("{sign}{hours:02}"),
        Fields::Minutes => format!("{sign}{hours:02}{colon}{minutes:02}"),
        Fields::Seconds => format!("{sign}{hours:02}{colon}{minutes:02}{colon}{seconds:02}"),
    }
}

/// RFC 3339 with the local offset; UTC is `Z`, as Go writes it.
fn local_text(timestamp: Timestamp) -> String {
    let offset = local_zone().to_offset(timestamp);
    if offset == Offset::UTC {
        return timestamp.to_string();
    }
    timestamp.display_with_offset(offset).to_string()
}

/// The name of the local zone, if its offset at that time is this one: Go calls it so then.
fn local_name(at: DateTime, offset: Offset) -> Option<String> {
    let instant = offset.to_timestamp(at).ok()?;
    let info = local_zone().to_offset_info(instant);
    (info.offset() == offset).then(|| info.abbreviation().to_owned())
}

/// The zone of the local clock, found as Go finds it: `TZ`, else `/etc/localtime`, else UTC.
///
/// The file is read as it is: to learn the name of its zone, all of the zone database would have
/// to be walked.
fn local_zone() -> &'static TimeZone {
    static ZONE: LazyLock<TimeZone> = LazyLock::new(|| {
        if env::var_os("TZ").is_some() {
            return TimeZone::try_system().unwrap_or(TimeZone::UTC);
        }
        let rules = fs::read("/etc/localtime").ok();
        rules.and_then(|it| TimeZone::tzif("Local", &it).ok()).unwrap_or(TimeZone::UTC)
    });
    &ZONE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected texts are what Go's `time` prints for the same time and layout.
    #[test]
    fn times_are_printed_as_go_prints_them() {
        let time = Time::new("2026-01-02T03:04:05.120000000Z");
        assert_eq!(time.ansic(), "Fri Jan  2 03:04:05 2026");
        assert_eq!(time.string(), "2026-01-02 03:04:05.12 +0000 UTC");
        assert_eq!(time.rfc3339(), "2026-01-02T03:04:05Z");
        let east = Time::new("2026-11-25T23:04:05.5+05:30");
        assert_eq!(east.ansic(), "Wed Nov 25 23:04:05 2026");
        assert_eq!(east.string(), "2026-11-25 23:04:05.5 +0530 +0530");
        assert_eq!(east.format("3:04PM Jan 2 '06 Z0700 .000"), "11:04PM Nov 25 '26 +0530 .500");
    }

    #[test]
    fn a_time_that_was_never_set_is_none() {
        assert!(Time::default().is_zero());
        assert!(Time::new("0001-01-01T00:00:00Z").is_zero());
        assert!(!Time::new("2026-01-02T03:04:05Z").is_zero());
    }
}
