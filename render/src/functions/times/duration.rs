//! Go's `time.Duration`, and what Helm's functions take for one.

use std::rc::Rc;

use rutter_gotmpl::{Fault, Int, Object, Type, Value, quote};

use super::parse;
use crate::functions::{
    cast::{float_to_int, parse_float},
    print::float,
};

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A duration in nanoseconds.
#[derive(Debug)]
pub(super) struct DurationObject(i64);

impl DurationObject {
    pub(super) fn value(nanos: i64) -> Value {
        Value::Object(Rc::new(Self(nanos)))
    }
}

/// Returns the nanoseconds of a duration.
pub(super) fn of(value: &Value) -> Option<i64> {
    let Value::Object(object) = value else { return None };
    object.as_any()?.downcast_ref::<DurationObject>().map(|duration| duration.0)
}

const NOTHING: &[Type] = &[];
const DURATION: &[Type] = &[Type::Object("time.Duration")];

impl Object for DurationObject {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        match name {
            "Round" | "Truncate" => Some((DURATION, None)),
            "Seconds" | "Minutes" | "Hours" | "Milliseconds" | "Microseconds" | "Nanoseconds"
            | "String" | "Abs" => Some((NOTHING, None)),
            _ => None,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        let nanos = self.0;
        Some(Ok(match name {
            "Seconds" => Value::Float(seconds(nanos)),
            "Minutes" => Value::Float(minutes(nanos)),
            "Hours" => Value::Float(hours(nanos)),
            "Milliseconds" => Value::int64(nanos / 1_000_000),
            "Microseconds" => Value::int64(nanos / 1000),
            "Nanoseconds" => Value::int64(nanos),
            "String" => Value::from(print(nanos)),
            "Abs" => Self::value(nanos.saturating_abs()),
            "Round" => Self::value(round(nanos, of(arguments.first()?)?)),
            "Truncate" => Self::value(truncate(nanos, of(arguments.first()?)?)),
            _ => return None,
        }))
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::int64(self.0))
    }

    fn over(&self, underlying: Value) -> Value {
        match underlying {
            Value::Int(nanos, _) => Self::value(nanos),
            other => other,
        }
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn print(&self) -> String {
        print(self.0)
    }
}

/// Whole units and the rest apart, as Go does it: fewer bits are lost.
#[allow(clippy::cast_precision_loss, reason = "Go converts likewise")]
fn in_units(nanos: i64, unit: i64) -> f64 {
    (nanos / unit) as f64 + (nanos % unit) as f64 / unit as f64
}

pub(super) fn seconds(nanos: i64) -> f64 {
    in_units(nanos, SECOND)
}

pub(super) fn minutes(nanos: i64) -> f64 {
    in_units(nanos, MINUTE)
}

pub(super) fn hours(nanos: i64) -> f64 {
    in_units(nanos, HOUR)
}

/// Toward zero, to a multiple of `unit`.
pub(super) fn truncate(nanos: i64, unit: i64) -> i64 {
    if unit <= 0 { nanos } else { nanos - nanos % unit }
}

/// To the nearest multiple of `unit`, halves away from zero.
pub(super) fn round(nanos: i64, unit: i64) -> i64 {
    if unit <= 0 {
        return nanos;
    }
    let rest = nanos % unit;
    let far = rest.unsigned_abs() * 2 >= unit.unsigned_abs();
    match (far, nanos < 0) {
        (false, _) => nanos - rest,
        (true, false) => nanos.saturating_add(unit - rest),
        (true, true) => nanos.saturating_sub(unit + rest),
    }
}

/// Go's `Duration.String`: `1h2m3.5s`, `1.5ms`, `0s`.
pub(super) fn print(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let size = nanos.unsigned_abs();
    let fraction = |whole: u64, rest: u64, digits: usize| {
        let rest = format!("{rest:0digits$}");
        match rest.trim_end_matches('0') {
            "" => whole.to_string(),
            rest => format!("{whole}.{rest}"),
        }
    };
    match size {
        0 => return "0s".to_owned(),
        1..1000 => return format!("{sign}{size}ns"),
        1000..1_000_000 => return format!("{sign}{}µs", fraction(size / 1000, size % 1000, 3)),
        1_000_000..1_000_000_000 => {
            return format!("{sign}{}ms", fraction(size / 1_000_000, size % 1_000_000, 6));
        }
        _ => {}
    }
    let second = SECOND.unsigned_abs();
    let whole = size / second;
    let text = fraction(whole % 60, size % second, 9);
    match (whole / 3600, whole / 60 % 60) {
        (0, 0) => format!("{sign}{text}s"),
        (0, minutes) => format!("{sign}{minutes}m{text}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{text}s"),
    }
}

/// Go's `time.ParseDuration`.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", parse::quote(text.as_bytes()));
    let negative = text.starts_with('-');
    let mut left = text.strip_prefix(['-', '+']).unwrap_or(text);
    if left == "0" {
        return Ok(0);
    }
    if left.is_empty() {
        return Err(invalid());
    }
    let mut sum = 0_u64;
    while !left.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = left.split_at(digits(left));
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(digits(rest)),
            None => ("", rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let end = rest.find(|char: char| char == '.' || char.is_ascii_digit());
        let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
        if name.is_empty() {
            return Err(format!(
                "time: missing unit in duration {}",
                parse::quote(text.as_bytes())
            ));
        }
        let Some(unit) = unit(name) else {
            let (name, text) = (parse::quote(name.as_bytes()), parse::quote(text.as_bytes()));
            return Err(format!("time: unknown unit {name} in duration {text}"));
        };
        let part = part(whole, fraction, unit).ok_or_else(invalid)?;
        sum = sum.checked_add(part).filter(|sum| *sum <= 1 << 63).ok_or_else(invalid)?;
        left = rest;
    }
    match (negative, i64::try_from(sum)) {
        (false, Ok(sum)) => Ok(sum),
        (true, Ok(sum)) => Ok(-sum),
        (true, Err(_)) => Ok(i64::MIN),
        (false, Err(_)) => Err(invalid()),
    }
}

#[allow(clippy::cast_precision_loss, reason = "Go computes the fraction as a float")]
fn part(whole: &str, fraction: &str, unit: u64) -> Option<u64> {
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanos = whole.checked_mul(unit)?;
    // Digits beyond what a number holds are dropped.
    let fraction = fraction.get(..fraction.len().min(18))?;
    if let Ok(digits) = fraction.parse::<u64>() {
        let scale = 10f64.powi(i32::try_from(fraction.len()).ok()?);
        let more = float_to_int(digits as f64 * (unit as f64 / scale));
        nanos = nanos.checked_add(more.unsigned_abs())?;
    }
    Some(nanos)
}

fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "µs" | "μs" => 1000,
        "ms" => 1_000_000,
        "s" => SECOND.unsigned_abs(),
        "m" => MINUTE.unsigned_abs(),
        "h" => HOUR.unsigned_abs(),
        _ => return None,
    })
}

/// Helm's `asDuration`: durations, their texts, and numbers of seconds.
pub(super) fn from_value(value: &Value) -> Result<i64, String> {
    if let Some(nanos) = of(value) {
        return Ok(nanos);
    }
    match value {
        Value::Nil => Err("invalid duration".to_owned()),
        Value::String(text) => {
            let trimmed = text.trim();
            if trimmed.is_empty() {
                return Err("empty duration".to_owned());
            }
            if let Ok(nanos) = parse(trimmed) {
                return Ok(nanos);
            }
            match parse_float(trimmed) {
                Some(number) => from_seconds(number),
                None => Err(format!("could not parse duration {}", quote(text.as_bytes()))),
            }
        }
        // What is no UTF-8 is no number either.
        Value::RawString(bytes) => Err(format!("could not parse duration {}", quote(bytes))),
        Value::Int(number, Int::Uint64) if *number < 0 => {
            Err(format!("duration seconds overflow: {}", number.cast_unsigned()))
        }
        Value::Int(number, _) => {
            number.checked_mul(SECOND).ok_or_else(|| format!("duration seconds overflow: {number}"))
        }
        Value::Float(number) => from_seconds(*number),
        Value::Object(object) => match object.underlying() {
            Some(number @ (Value::Int(..) | Value::Float(_))) => from_value(&number),
            _ => Err(format!("unsupported duration type {}", object.type_name())),
        },
        other => Err(format!("unsupported duration type {}", other.type_name())),
    }
}

fn from_seconds(number: f64) -> Result<i64, String> {
    if !number.is_finite() {
        return Err(format!("invalid duration seconds: {}", float(number)));
    }
    if number.abs() > 9_223_372_036.854_776 {
        return Err(format!("duration seconds overflow: {}", float(number)));
    }
    Ok(float_to_int(number * 1e9))
}
