//! Go's layouts: times written and read after the pattern of a reference time,
//! `Mon Jan 2 15:04:05 MST 2006`.

use std::fmt::Write;

use super::{
    civil::{MONTHS, WEEKDAYS},
    value::Time,
};

/// What a piece of a layout stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    LongMonth,
    Month,
    /// With a least number of digits.
    NumMonth(usize),
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12(usize),
    Minute(usize),
    Second(usize),
    LongYear,
    Year,
    UpperHalf,
    LowerHalf,
    ZoneName,
    Offset(Offset),
    /// Fraction of a second, with its point or comma: that many digits.
    Fraction(char, usize),
    /// The same without zeros at the end.
    TrimmedFraction(char, usize),
}

/// How an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// `Z` for none.
    pub(super) z: bool,
    pub(super) digits: Digits,
}

/// What of an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// `07`
    Hours,
    /// `0700`
    Minutes,
    /// `07:00`
    ColonMinutes,
    /// `070000`
    Seconds,
    /// `07:00:00`
    ColonSeconds,
}

impl Digits {
    pub(super) fn has_colon(self) -> bool {
        matches!(self, Self::ColonMinutes | Self::ColonSeconds)
    }

    pub(super) fn has_minutes(self) -> bool {
        self != Self::Hours
    }

    pub(super) fn has_seconds(self) -> bool {
        matches!(self, Self::Seconds | Self::ColonSeconds)
    }
}

/// The fixed texts, the longer before its beginnings.
const PIECES: [(&str, Piece); 33] = [
    ("January", Piece::LongMonth),
    ("Jan", Piece::Month),
    ("Monday", Piece::LongWeekday),
    ("Mon", Piece::Weekday),
    ("MST", Piece::ZoneName),
    ("01", Piece::NumMonth(2)),
    ("02", Piece::ZeroDay),
    ("03", Piece::Hour12(2)),
    ("04", Piece::Minute(2)),
    ("05", Piece::Second(2)),
    ("06", Piece::Year),
    ("002", Piece::ZeroYearDay),
    ("15", Piece::Hour),
    ("1", Piece::NumMonth(1)),
    ("2006", Piece::LongYear),
    ("2", Piece::Day),
    ("__2", Piece::UnderYearDay),
    ("_2", Piece::UnderDay),
    ("3", Piece::Hour12(1)),
    ("4", Piece::Minute(1)),
    ("5", Piece::Second(1)),
    ("PM", Piece::UpperHalf),
    ("pm", Piece::LowerHalf),
    ("-070000", offset('-', Digits::Seconds)),
    ("-07:00:00", offset('-', Digits::ColonSeconds)),
    ("-0700", offset('-', Digits::Minutes)),
    ("-07:00", offset('-', Digits::ColonMinutes)),
    ("-07", offset('-', Digits::Hours)),
    ("Z070000", offset('Z', Digits::Seconds)),
    ("Z07:00:00", offset('Z', Digits::ColonSeconds)),
    ("Z0700", offset('Z', Digits::Minutes)),
    ("Z07:00", offset('Z', Digits::ColonMinutes)),
    ("Z07", offset('Z', Digits::Hours)),
];

const fn offset(first: char, digits: Digits) -> Piece {
    Piece::Offset(Offset { z: first == 'Z', digits })
}

/// Cuts a layout at its first piece: what stands before it, the piece with its
/// own text, and the rest.
pub(super) fn next(layout: &str) -> (&str, Option<(Piece, &str)>, &str) {
    for (at, _) in layout.char_indices() {
        let Some((piece, length)) = layout.get(at..).and_then(|rest| piece_at(layout, at, rest))
        else {
            continue;
        };
        // `_2006` is an underscore and a year.
        let at =
            if piece == Piece::LongYear && layout.get(at..=at) == Some("_") { at + 1 } else { at };
        let (before, rest) = layout.split_at(at);
        let (text, rest) = rest.split_at(length);
        return (before, Some((piece, text)), rest);
    }
    (layout, None, "")
}

fn piece_at(layout: &str, at: usize, rest: &str) -> Option<(Piece, usize)> {
    if rest.starts_with("_2006") {
        return Some((Piece::LongYear, 4));
    }
    if let Some(mark @ ('.' | ',')) = rest.chars().next() {
        return fraction(mark, rest);
    }
    let (text, piece) = PIECES.iter().find(|(text, _)| rest.starts_with(text))?;
    let after = layout.get(at + text.len()..).unwrap_or_default();
    let is_short = matches!(piece, Piece::Month | Piece::Weekday);
    if is_short && after.starts_with(|char: char| char.is_ascii_lowercase()) {
        return None;
    }
    Some((*piece, text.len()))
}

fn fraction(mark: char, rest: &str) -> Option<(Piece, usize)> {
    let digit = rest.chars().nth(1).filter(|digit| matches!(digit, '0' | '9'))?;
    let digits = rest.chars().skip(1).take_while(|char| *char == digit).count();
    let after = rest.get(1 + digits..)?;
    if after.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    let piece = if digit == '0' {
        Piece::Fraction(mark, digits)
    } else {
        Piece::TrimmedFraction(mark, digits)
    };
    Some((piece, 1 + digits))
}

/// Writes a time after a layout.
pub(super) fn format(time: &Time, layout: &str) -> String {
    let mut out = String::new();
    let mut left = layout;
    loop {
        let (before, piece, rest) = next(left);
        out.push_str(before);
        let Some((piece, _)) = piece else { return out };
        push(&mut out, time, piece);
        left = rest;
    }
}

fn push(out: &mut String, time: &Time, piece: Piece) {
    let civil = time.civil();
    let name = |names: &[&'static str], at: i64| {
        usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
    };
    let month = name(&MONTHS, civil.month - 1);
    let weekday = name(&WEEKDAYS, civil.weekday());
    let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    let half = if civil.hour >= 12 { "PM" } else { "AM" };
    match piece {
        Piece::LongMonth => out.push_str(month),
        Piece::Month => out.push_str(month.get(..3).unwrap_or(month)),
        Piece::NumMonth(width) => number(out, civil.month, width),
        Piece::LongWeekday => out.push_str(weekday),
        Piece::Weekday => out.push_str(weekday.get(..3).unwrap_or(weekday)),
        Piece::Day => number(out, civil.day, 1),
        Piece::UnderDay => {
            let _ = write!(out, "{:2}", civil.day);
        }
        Piece::ZeroDay => number(out, civil.day, 2),
        Piece::UnderYearDay => {
            let _ = write!(out, "{:3}", civil.day_of_year());
        }
        Piece::ZeroYearDay => number(out, civil.day_of_year(), 3),
        Piece::Hour => number(out, civil.hour, 2),
        Piece::Hour12(width) => number(out, hour12, width),
        Piece::Minute(width) => number(out, civil.minute, width),
        Piece::Second(width) => number(out, civil.second, width),
        Piece::LongYear => number(out, civil.year, 4),
        Piece::Year => number(out, civil.year.abs() % 100, 2),
        Piece::UpperHalf => out.push_str(half),
        Piece::LowerHalf => out.push_str(&half.to_ascii_lowercase()),
        Piece::ZoneName | Piece::Offset(_) => push_zone(out, time, piece),
        Piece::Fraction(mark, digits) | Piece::TrimmedFraction(mark, digits) => {
            let text = format!("{:09}", time.nanos);
            let text = text.get(..digits.min(9)).unwrap_or(&text);
            let trim = matches!(piece, Piece::TrimmedFraction(..));
            let text = if trim { text.trim_end_matches('0') } else { text };
            if !(trim && text.is_empty()) {
                out.push(mark);
                out.push_str(text);
            }
        }
    }
}

fn push_zone(out: &mut String, time: &Time, piece: Piece) {
    let (seconds, name) = time.zone.at(time.seconds);
    let offset = match piece {
        Piece::Offset(offset) if offset.z && seconds == 0 => return out.push('Z'),
        Piece::Offset(offset) => offset,
        _ if !name.is_empty() => return out.push_str(&name),
        _ => Offset { z: false, digits: Digits::Minutes },
    };
    out.push(if seconds < 0 { '-' } else { '+' });
    let size = seconds.abs();
    let colon = if offset.digits.has_colon() { ":" } else { "" };
    number(out, size / 3600, 2);
    if offset.digits.has_minutes() {
        out.push_str(colon);
        number(out, size / 60 % 60, 2);
    }
    if offset.digits.has_seconds() {
        out.push_str(colon);
        number(out, size % 60, 2);
    }
}

/// Writes a number with a least number of digits; the sign does not count.
fn number(out: &mut String, number: i64, width: usize) {
    let sign = if number < 0 { "-" } else { "" };
    let _ = write!(out, "{sign}{:0width$}", number.unsigned_abs());
}
