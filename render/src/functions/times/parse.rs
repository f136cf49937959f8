//! Reads times after a layout, with the errors of Go's `time.Parse`.

use super::{
    civil::{Civil, MONTHS, WEEKDAYS, days_in},
    layout::{Offset, Piece, next},
    value::Time,
    zone::Zone,
};

/// Reads a time; without an offset of its own it is one of `local`.
pub(super) fn parse(layout: &str, text: &str, local: &Zone) -> Result<Time, String> {
    let whole = |detail: &str| format!("parsing time {}{detail}", quote(text.as_bytes()));
    let mut reader = Reader { left: text, found: Found::default() };
    let mut rest = layout;
    loop {
        let (before, piece, after) = next(rest);
        reader.skip(before).map_err(|left| whole(&as_element(layout, left, before)))?;
        let Some((piece, element)) = piece else { break };
        rest = after;
        let hold = reader.left;
        match reader.piece(piece, rest) {
            Ok(()) => {}
            Err(Problem::Bad) => return Err(whole(&as_element(layout, hold, element))),
            Err(Problem::Range(what)) => return Err(whole(&format!(": {what} out of range"))),
        }
    }
    if !reader.left.is_empty() {
        let extra = quote(reader.left.as_bytes());
        return Err(whole(&format!(": extra text: {extra}")));
    }
    reader.found.time(local).map_err(|what| whole(&format!(": {what}")))
}

/// Go's package `time` has a way of its own to quote: bytes, of all that is not plain ASCII.
pub(super) fn quote(text: &[u8]) -> String {
    let mut out = "\"".to_owned();
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'\x7f' => out.push(char::from(*byte)),
            _ => out.extend(["\\x".to_owned(), format!("{byte:02x}")]),
        }
    }
    out + "\""
}

fn as_element(layout: &str, value: &str, element: &str) -> String {
    let (layout, value) = (quote(layout.as_bytes()), quote(value.as_bytes()));
    format!(" as {layout}: cannot parse {value} as {}", quote(element.as_bytes()))
}

/// What is wrong with a piece.
enum Problem {
    /// It does not look like one.
    Bad,
    /// It is too large or too small.
    Range(&'static str),
}

#[derive(Default)]
struct Found {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    /// Whether the half of the day was given, and which.
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    zone_name: Option<String>,
}

struct Reader<'a> {
    left: &'a str,
    found: Found,
}

type Step = Result<(), Problem>;

impl<'a> Reader<'a> {
    /// Skips the text between pieces; a space there is any number of spaces.
    fn skip(&mut self, before: &str) -> Result<(), &'a str> {
        let mut wanted = before;
        while let Some(char) = wanted.chars().next() {
            if char == ' ' {
                // Nothing more is as good as a space.
                let is_space = self.left.is_empty() || self.left.starts_with(' ');
                is_space.then_some(()).ok_or(self.left)?;
                wanted = wanted.trim_start_matches(' ');
                self.left = self.left.trim_start_matches(' ');
                continue;
            }
            self.left = self.left.strip_prefix(char).ok_or(self.left)?;
            wanted = wanted.get(char.len_utf8()..).unwrap_or_default();
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<&'a str, Problem> {
        let taken = self.left.get(..length).ok_or(Problem::Bad)?;
        self.left = self.left.get(length..).unwrap_or_default();
        Ok(taken)
    }

    /// Reads up to `most` digits, at least `least`.
    fn digits(&mut self, least: usize, most: usize) -> Result<i64, Problem> {
        let count = self.left.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return Err(Problem::Bad);
        }
        self.take(count)?.parse().map_err(|_| Problem::Bad)
    }

    fn in_range(&mut self, least: usize, limit: i64, what: &'static str) -> Result<i64, Problem> {
        let number = self.digits(least, 2)?;
        if number < limit { Ok(number) } else { Err(Problem::Range(what)) }
    }

    /// Reads one of the names, or of their first three letters.
    fn name(&mut self, names: &[&str], length: Option<usize>) -> Result<i64, Problem> {
        let found = names.iter().enumerate().find_map(|(at, name)| {
            let name = name.get(..length.unwrap_or(name.len()))?;
            let start = self.left.get(..name.len())?;
            start.eq_ignore_ascii_case(name).then_some((at, name.len()))
        });
        let (at, length) = found.ok_or(Problem::Bad)?;
        self.take(length)?;
        i64::try_from(at).map_err(|_| Problem::Bad)
    }

    fn piece(&mut self, piece: Piece, rest: &str) -> Step {
        match piece {
            Piece::LongMonth => self.found.month = Some(1 + self.name(&MONTHS, None)?),
            Piece::Month => self.found.month = Some(1 + self.name(&MONTHS, Some(3))?),
            Piece::NumMonth(width) => {
                let month = self.digits(width, 2)?;
                if !(1..=12).contains(&month) {
                    return Err(Problem::Range("month"));
                }
                self.found.month = Some(month);
            }
            Piece::LongWeekday => drop(self.name(&WEEKDAYS, None)?),
            Piece::Weekday => drop(self.name(&WEEKDAYS, Some(3))?),
            Piece::Day => self.found.day = Some(self.digits(1, 2)?),
            Piece::UnderDay => {
                self.left = self.left.strip_prefix(' ').unwrap_or(self.left);
                self.found.day = Some(self.digits(1, 2)?);
            }
            Piece::ZeroDay => self.found.day = Some(self.digits(2, 2)?),
            Piece::UnderYearDay => {
                for _ in 0..2 {
                    self.left = self.left.strip_prefix(' ').unwrap_or(self.left);
                }
                self.found.year_day = Some(self.digits(1, 3)?);
            }
            Piece::ZeroYearDay => self.found.year_day = Some(self.digits(3, 3)?),
            Piece::LongYear => self.found.year = self.digits(4, 4)?,
            Piece::Year => {
                let year = self.digits(2, 2)?;
                self.found.year = if year >= 69 { 1900 } else { 2000 } + year;
            }
            Piece::ZoneName => self.zone_name()?,
            Piece::Offset(offset) => self.offset(offset)?,
            _ => self.clock(piece, rest)?,
        }
        Ok(())
    }

    fn clock(&mut self, piece: Piece, rest: &str) -> Step {
        match piece {
            Piece::Hour => self.found.hour = self.in_range(1, 24, "hour")?,
            Piece::Hour12(width) => self.found.hour = self.in_range(width, 13, "hour")?,
            Piece::Minute(width) => self.found.minute = self.in_range(width, 60, "minute")?,
            Piece::Second(width) => {
                self.found.second = self.in_range(width, 60, "second")?;
                let (_, next, _) = next(rest);
                let is_fraction =
                    |piece| matches!(piece, Piece::Fraction(..) | Piece::TrimmedFraction(..));
                if !next.is_some_and(|(piece, _)| is_fraction(piece)) {
                    self.fraction(None)?;
                }
            }
            Piece::UpperHalf | Piece::LowerHalf => {
                let half = self.take(2)?;
                let names = if piece == Piece::UpperHalf { ["AM", "PM"] } else { ["am", "pm"] };
                self.found.afternoon = Some(match names.iter().position(|name| *name == half) {
                    Some(at) => at == 1,
                    None => return Err(Problem::Bad),
                });
            }
            Piece::Fraction(_, digits) => self.fraction(Some(digits))?,
            _ => self.fraction(None)?,
        }
        Ok(())
    }

    /// Reads a fraction with exactly that many digits, or any or none at all.
    fn fraction(&mut self, exactly: Option<usize>) -> Step {
        let digits = self.left.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let marked = self.left.starts_with(['.', ',']);
        let count = match exactly {
            Some(count) if marked && digits >= count => count,
            Some(_) => return Err(Problem::Bad),
            None if marked && digits > 0 => digits,
            None => return Ok(()),
        };
        let text = self.take(1 + count)?;
        let text = text.get(1..text.len().min(10)).unwrap_or_default();
        self.found.nanos = format!("{text:0<9}").parse().map_err(|_| Problem::Bad)?;
        Ok(())
    }

    fn offset(&mut self, offset: Offset) -> Step {
        if offset.z && self.left.starts_with('Z') {
            self.take(1)?;
            self.found.utc = true;
            return Ok(());
        }
        let negative = match self.take(1)? {
            "+" => false,
            "-" => true,
            _ => return Err(Problem::Bad),
        };
        let mut seconds = 3600 * self.offset_part(24, "time zone offset hour")?;
        if offset.digits.has_minutes() {
            self.colon(offset)?;
            seconds += 60 * self.offset_part(60, "time zone offset minute")?;
        }
        if offset.digits.has_seconds() {
            self.colon(offset)?;
            seconds += self.offset_part(60, "time zone offset second")?;
        }
        self.found.offset = Some(if negative { -seconds } else { seconds });
        Ok(())
    }

    fn offset_part(&mut self, limit: i64, what: &'static str) -> Result<i64, Problem> {
        let number = self.digits(2, 2)?;
        if number <= limit { Ok(number) } else { Err(Problem::Range(what)) }
    }

    fn colon(&mut self, offset: Offset) -> Step {
        if offset.digits.has_colon() && self.take(1)? != ":" { Err(Problem::Bad) } else { Ok(()) }
    }

    /// Three to five capital letters, `GMT+3`, or a signed number of hours.
    fn zone_name(&mut self) -> Step {
        if self.left.starts_with("UTC") {
            self.take(3)?;
            self.found.utc = true;
            return Ok(());
        }
        let signed = |text: &str| {
            let digits = text.bytes().skip(1).take_while(u8::is_ascii_digit).count();
            let hours: i64 =
                text.get(1..=digits).and_then(|hours| hours.parse().ok()).unwrap_or(99);
            if text.starts_with(['+', '-']) && hours <= 23 { 1 + digits } else { 0 }
        };
        let letters = self.left.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
        let length = if self.left.starts_with("GMT") {
            3 + signed(self.left.get(3..).unwrap_or_default())
        } else if self.left.starts_with(['+', '-']) {
            signed(self.left)
        } else {
            match letters {
                3 => 3,
                4 if self.left.get(..4).is_some_and(|n| n.ends_with('T') || n == "WITA") => 4,
                5 if self.left.get(4..5) == Some("T") => 5,
                _ => 0,
            }
        };
        if length == 0 {
            return Err(Problem::Bad);
        }
        self.found.zone_name = Some(self.take(length)?.to_owned());
        Ok(())
    }
}

impl Found {
    fn time(mut self, local: &Zone) -> Result<Time, &'static str> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        self.resolve_year_day()?;
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in(self.year, month) {
            return Err("day out of range");
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
        };
        let nanos = self.nanos;
        let (seconds, zone) = self.place(civil.seconds(), local);
        Ok(Time { seconds, nanos, zone })
    }

    fn resolve_year_day(&mut self) -> Result<(), &'static str> {
        let Some(year_day) = self.year_day else { return Ok(()) };
        let length: i64 = (1..=12).map(|month| days_in(self.year, month)).sum();
        if year_day < 1 || year_day > length {
            return Err("day-of-year out of range");
        }
        let (mut month, mut day) = (1, year_day);
        while day > days_in(self.year, month) {
            day -= days_in(self.year, month);
            month += 1;
        }
        if self.month.is_some_and(|given| given != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|given| given != day) {
            return Err("day-of-year does not match day");
        }
        (self.month, self.day) = (Some(month), Some(day));
        Ok(())
    }

    /// Returns the seconds since 1970, and the zone to show it in.
    fn place(self, shown: i64, local: &Zone) -> (i64, Zone) {
        if self.utc {
            return (shown, Zone::utc());
        }
        let name = self.zone_name.unwrap_or_default();
        if let Some(offset) = self.offset {
            let seconds = shown - offset;
            let (local_offset, local_name) = local.at(seconds);
            let is_local = local_offset == offset && (name.is_empty() || name == local_name);
            let zone = if is_local { local.clone() } else { Zone::Fixed(name, offset) };
            return (seconds, zone);
        }
        if name.is_empty() {
            return (local.to_utc(shown), local.clone());
        }
        if let Some(offset) = local.offset_of(&name, shown) {
            return (shown - offset, local.clone());
        }
        // A name that nobody here knows has no offset, but for `GMT+3`.
        let hours: i64 = name.strip_prefix("GMT").and_then(|h| h.parse().ok()).unwrap_or_default();
        (shown, Zone::Fixed(name, hours * 3600))
    }
}
