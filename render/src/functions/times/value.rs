//! Go's `time.Time` and its kin as objects that templates can hold.

use std::rc::Rc;

use rutter_gotmpl::{Fault, Object, Type, Value};

use super::{
    civil::{Civil, MONTHS, WEEKDAYS},
    duration::{self, DurationObject},
    layout,
    zone::Zone,
};

/// A time and the zone in which it is shown.
#[derive(Clone, Debug)]
pub(in crate::functions) struct Time {
    /// Seconds since 1970.
    pub(super) seconds: i64,
    pub(super) nanos: i64,
    pub(super) zone: Zone,
}

/// Go's zero time: the first day of the year 1.
const ZERO: i64 = -62_135_596_800;

const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

impl Time {
    pub(super) fn zero() -> Self {
        Self { seconds: ZERO, nanos: 0, zone: Zone::utc() }
    }

    pub(super) fn of_nanos(nanos: i128, zone: Zone) -> Self {
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).unwrap_or_default();
        let nanos = i64::try_from(nanos.rem_euclid(NANOS)).unwrap_or_default();
        Self { seconds, nanos, zone }
    }

    pub(super) fn nanos_since_1970(&self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanos)
    }

    pub(super) fn civil(&self) -> Civil {
        Civil::of(self.seconds + self.zone.at(self.seconds).0)
    }

    pub(super) fn add(&self, nanos: i64) -> Self {
        Self::of_nanos(self.nanos_since_1970() + i128::from(nanos), self.zone.clone())
    }

    pub(super) fn format(&self, layout: &str) -> String {
        layout::format(self, layout)
    }

    pub(in crate::functions) fn rfc3339(&self) -> String {
        self.format(RFC3339_NANO)
    }

    /// Returns the time in an object, if there is one.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let Value::Object(object) = value else { return None };
        object.as_any()?.downcast_ref::<Self>().cloned()
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }

    /// Go's `Sub`: what does not fit is the longest duration.
    pub(super) fn since(&self, other: &Self) -> i64 {
        let nanos = self.nanos_since_1970() - other.nanos_since_1970();
        i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
    }

    /// Cuts to a multiple of a duration since the year 1.
    fn remainder(&self, nanos: i64) -> i64 {
        let since_zero = self.nanos_since_1970() - i128::from(ZERO) * NANOS;
        i64::try_from(since_zero.rem_euclid(i128::from(nanos))).unwrap_or_default()
    }

    /// Adds a duration, or cuts or rounds to a multiple of it.
    fn moved(&self, how: &str, by: i64) -> Self {
        if how == "Add" {
            return self.add(by);
        }
        if by <= 0 {
            return self.clone();
        }
        let rest = self.remainder(by);
        let up = how == "Round" && rest + rest >= by;
        self.add(if up { by - rest } else { -rest })
    }

    fn in_zone(&self, zone: Zone) -> Value {
        Self { zone, ..self.clone() }.into_value()
    }

    fn add_date(&self, years: i64, months: i64, days: i64) -> Value {
        let civil = self.civil();
        let moved = Civil {
            year: civil.year + years,
            month: civil.month + months,
            day: civil.day + days,
            ..civil
        };
        Self { seconds: self.zone.to_utc(moved.seconds()), ..self.clone() }.into_value()
    }

    fn part(&self, name: &str) -> Option<Value> {
        let civil = self.civil();
        Some(match name {
            "Year" => Value::int(civil.year),
            "Month" => named("time.Month", civil.month, &MONTHS, civil.month - 1),
            "Day" => Value::int(civil.day),
            "Hour" => Value::int(civil.hour),
            "Minute" => Value::int(civil.minute),
            "Second" => Value::int(civil.second),
            "Nanosecond" => Value::int(self.nanos),
            "Weekday" => named("time.Weekday", civil.weekday(), &WEEKDAYS, civil.weekday()),
            "YearDay" => Value::int(civil.day_of_year()),
            "Unix" => Value::int64(self.seconds),
            "UnixMilli" => Value::int64(self.seconds * 1000 + self.nanos / 1_000_000),
            "UnixMicro" => Value::int64(self.seconds * 1_000_000 + self.nanos / 1000),
            "UnixNano" => Value::int64(i64::try_from(self.nanos_since_1970()).ok()?),
            "IsZero" => Value::Bool(self.seconds == ZERO && self.nanos == 0),
            "UTC" => self.in_zone(Zone::utc()),
            "Local" => self.in_zone(self.zone.clone()),
            "String" => Value::from(self.print()),
            "Location" => Value::from(self.zone.at(self.seconds).1),
            _ => return None,
        })
    }

    fn compared(&self, name: &str, other: &Self) -> Option<Value> {
        let order = self.nanos_since_1970().cmp(&other.nanos_since_1970());
        Some(match name {
            "Before" => Value::Bool(order.is_lt()),
            "After" => Value::Bool(order.is_gt()),
            "Equal" => Value::Bool(order.is_eq()),
            "Compare" => Value::int(order as i64),
            "Sub" => DurationObject::value(self.since(other)),
            _ => return None,
        })
    }
}

const NANOS: i128 = 1_000_000_000;
const NOTHING: &[Type] = &[];
const TEXT: &[Type] = &[Type::String];
const TIME: &[Type] = &[Type::Object("time.Time")];
const DURATION: &[Type] = &[Type::Object("time.Duration")];
const DATE: &[Type] = &[Type::Int, Type::Int, Type::Int];

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        let parameters = match name {
            "Format" => TEXT,
            "Before" | "After" | "Equal" | "Compare" | "Sub" => TIME,
            "Add" | "Round" | "Truncate" => DURATION,
            "AddDate" => DATE,
            _ => {
                self.part(name)?;
                NOTHING
            }
        };
        Some((parameters, None))
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        if let Some(part) = self.part(name) {
            return Some(Ok(part));
        }
        let int = |at: usize| match arguments.get(at) {
            Some(Value::Int(number, _)) => *number,
            _ => 0,
        };
        let first = arguments.first();
        let value = match (name, first) {
            ("Format", Some(Value::String(layout))) => Value::from(self.format(layout)),
            ("AddDate", _) => self.add_date(int(0), int(1), int(2)),
            ("Add" | "Round" | "Truncate", Some(by)) => {
                self.moved(name, duration::of(by)?).into_value()
            }
            (_, Some(other)) => self.compared(name, &Self::of(other)?)?,
            _ => return None,
        };
        Some(Ok(value))
    }

    fn marshal(&self) -> Option<Value> {
        Some(Value::from(self.rfc3339()))
    }

    /// RFC 3339 has four digits for the year and two for the hours of the offset.
    fn refusal(&self) -> Option<String> {
        let what = if !(0..=9999).contains(&self.civil().year) {
            "year outside of range [0,9999]"
        } else if self.zone.at(self.seconds).0.abs() >= 24 * 3600 {
            "timezone hour outside of range [0,23]"
        } else {
            return None;
        };
        Some(format!("json: error calling MarshalJSON for type *time.Time: {what}"))
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn print(&self) -> String {
        self.format("2006-01-02 15:04:05.999999999 -0700 MST")
    }
}

/// Go's `time.Month` and `time.Weekday`: numbers that print as names.
#[derive(Debug)]
struct Named {
    type_name: &'static str,
    number: i64,
    text: &'static str,
}

fn named(type_name: &'static str, number: i64, names: &[&'static str], at: i64) -> Value {
    let at = usize::try_from(at).unwrap_or_default();
    let text = names.get(at).copied().unwrap_or_default();
    Value::Object(Rc::new(Named { type_name, number, text }))
}

impl Object for Named {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn call(&self, name: &str, _: &[Value]) -> Option<Result<Value, Fault>> {
        (name == "String").then(|| Ok(Value::from(self.text)))
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::int(self.number))
    }

    fn print(&self) -> String {
        self.text.to_owned()
    }
}
