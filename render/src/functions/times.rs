//! Dates and durations (sprig's `date.go`, Helm's duration functions).

use std::rc::Rc;

use rutter_gotmpl::{Call, Fault, Function, Functions, Int, Type, Value};
use serde_json::json;

use self::{duration::DurationObject, value::Time, zone::Zone};
use super::{
    FunctionContext,
    drawn::draw,
    signature::{Define, Parameter, Text, argument},
};
use crate::tape::Kind;

mod civil;
mod duration;
mod layout;
mod parse;
mod value;
mod zone;

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    add_clocked(functions, context);
    add_dates(functions, context);
    add_durations(functions);
    add_conversions(functions);
}

impl Parameter for Time {
    const TYPE: Type = Type::Object("time.Time");

    fn take(value: &Value) -> Self {
        Self::of(value).unwrap_or_else(Self::zero)
    }
}

/// A function that may look at the clock.
pub(super) fn clocked(
    context: &Rc<FunctionContext>,
    types: &[Type],
    body: impl Fn(&mut Clock<'_>, &[Value]) -> Result<Value, Fault> + 'static,
) -> Function {
    let context = context.clone();
    Function::new(types, move |call, arguments| {
        body(&mut Clock { context: &context, call }, arguments)
    })
}

/// The clock as a running function sees it.
pub(super) struct Clock<'a> {
    context: &'a FunctionContext,
    call: &'a mut dyn Call,
}

impl Clock<'_> {
    fn now(&mut self) -> Result<Time, Fault> {
        let question = (Kind::Clock, "now".to_owned());
        let nanos = draw(self.context, self.call, question, |source| Ok(json!(source.now())))?;
        let nanos = nanos.as_i64().unwrap_or_default();
        Ok(Time::of_nanos(i128::from(nanos), self.local()))
    }

    fn local(&self) -> Zone {
        local(self.context)
    }

    /// Unix seconds or a time; anything else is now.
    fn time(&mut self, value: &Value) -> Result<Time, Fault> {
        match (Time::of(value), value) {
            (Some(time), _) => Ok(time),
            (None, Value::Int(seconds, Int::Int | Int::Int64 | Int::Int32)) => {
                Ok(Time { seconds: *seconds, nanos: 0, zone: self.local() })
            }
            _ => self.now(),
        }
    }

    /// Returns how far the local time is from UTC now, in seconds.
    fn offset(&mut self) -> Result<i64, Fault> {
        let local = self.local();
        let now = if matches!(local, Zone::Fixed(..)) { 0 } else { self.now()?.seconds };
        Ok(local.at(now).0)
    }

    /// Reads a date or time of TOML. One without an offset gets that of now, whatever its date,
    /// and the name of its kind for a zone (`BurntSushi/toml`, `internal/tz.go`).
    ///
    /// # Errors
    /// None, where it is no date; a fault, where the clock has no answer.
    pub(super) fn toml(&mut self, text: &str) -> Result<Option<Value>, Fault> {
        let local = self.local();
        for (layout, zone) in TOML {
            let Ok(time) = parse::parse(layout, text, &local) else { continue };
            if lacks_zero(text, layout) {
                return Ok(None);
            }
            let Some(name) = zone else { return Ok(Some(time.into_value())) };
            let time = parse::parse(layout, text, &Zone::Fixed(name.to_owned(), self.offset()?));
            return Ok(time.ok().map(Time::into_value));
        }
        Ok(None)
    }

    /// Writes a value as a time of a zone; a zone that nobody knows is UTC.
    fn date(&mut self, layout: &str, value: &Value, zone: &str) -> Result<Value, Fault> {
        let time = self.time(value)?;
        let zone = match zone {
            "Local" => self.local(),
            name => Zone::named(name).unwrap_or_else(Zone::utc),
        };
        Ok(Value::from(Time { zone, ..time }.format(layout)))
    }
}

/// Layouts of dates in TOML, in the order in which they are tried, and the zone of those that have
/// none. Go leaves a time without a date in the year 0.
const TOML: [(&str, Option<&str>); 7] = [
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some(DATETIME)),
    ("2006-01-02", Some(DATE)),
    ("15:04:05.999999999", Some(TIME)),
    ("2006-01-02T15:04Z07:00", None),
    ("2006-01-02T15:04", Some(DATETIME)),
    ("15:04", Some(TIME)),
];

const DATETIME: &str = "datetime-local";
const DATE: &str = "date-local";
const TIME: &str = "time-local";

/// Returns whether a number has a digit less than in the layout: where that has a mark, up to the
/// fraction or the offset, so has the text.
fn lacks_zero(text: &str, layout: &str) -> bool {
    let marks = layout.bytes().zip(text.bytes()).take_while(|(mark, _)| !b".Z".contains(mark));
    marks.into_iter().any(|(mark, byte)| !mark.is_ascii_digit() && mark != byte)
}

fn local(context: &FunctionContext) -> Zone {
    Zone::named(&context.tape_mut().zone()).unwrap_or_else(Zone::utc)
}

const HTML: &str = "2006-01-02";

fn text(arguments: &[Value], at: usize) -> String {
    argument::<Text>(arguments, at).text().into_owned()
}

fn add_clocked(functions: &mut Functions, context: &Rc<FunctionContext>) {
    functions.insert("now", clocked(context, &[], |clock, _| Ok(clock.now()?.into_value())));
    let two = [Type::String, Type::Any];
    functions.insert(
        "date",
        clocked(context, &two, |clock, arguments| {
            clock.date(&text(arguments, 0), &argument(arguments, 1), "Local")
        }),
    );
    functions.insert(
        "dateInZone",
        clocked(context, &[Type::String, Type::Any, Type::String], |clock, arguments| {
            clock.date(&text(arguments, 0), &argument(arguments, 1), &text(arguments, 2))
        }),
    );
    functions.insert(
        "htmlDate",
        clocked(context, &[Type::Any], |clock, arguments| {
            clock.date(HTML, &argument(arguments, 0), "Local")
        }),
    );
    functions.insert(
        "htmlDateInZone",
        clocked(context, &[Type::Any, Type::String], |clock, arguments| {
            clock.date(HTML, &argument(arguments, 0), &text(arguments, 1))
        }),
    );
    functions.insert(
        "ago",
        clocked(context, &[Type::Any], |clock, arguments| {
            let time = clock.time(&argument(arguments, 0))?;
            let nanos = clock.now()?.since(&time);
            Ok(Value::from(duration::print(duration::round(nanos, 1_000_000_000))))
        }),
    );
    functions.insert(
        "durationRound",
        clocked(context, &[Type::Any], |clock, arguments| {
            let value = argument(arguments, 0);
            let nanos = match (&value, Time::of(&value)) {
                (_, Some(time)) => clock.now()?.since(&time),
                (Value::String(text), _) => duration::parse(text).unwrap_or_default(),
                (Value::Int(nanos, Int::Int64), _) => *nanos,
                _ => 0,
            };
            Ok(Value::from(round_largest(nanos.unsigned_abs())))
        }),
    );
    functions.alias("date_in_zone", "dateInZone");
}

/// The largest unit of which there is more than one whole.
fn round_largest(nanos: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    const DAY: u64 = 86400 * SECOND;
    let units = [
        (365 * DAY, "y"),
        (30 * DAY, "mo"),
        (DAY, "d"),
        (3600 * SECOND, "h"),
        (60 * SECOND, "m"),
        (SECOND, "s"),
    ];
    let unit = units.into_iter().find(|(unit, _)| nanos > *unit);
    unit.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", nanos / unit))
}

fn add_dates(functions: &mut Functions, context: &Rc<FunctionContext>) {
    let shared = context.clone();
    functions.two("toDate", move |layout: Text, text: Text| {
        let time = parse::parse(&layout.text(), &text.text(), &local(&shared));
        time.unwrap_or_else(|_| Time::zero()).into_value()
    });
    let shared = context.clone();
    functions.two("mustToDate", move |layout: Text, text: Text| {
        let time = parse::parse(&layout.text(), &text.text(), &local(&shared));
        time.map(Time::into_value).map_err(Fault::new)
    });
    functions.two("dateModify", |by: Text, time: Time| {
        time.add(duration::parse(&by.text()).unwrap_or_default()).into_value()
    });
    functions.two("mustDateModify", |by: Text, time: Time| {
        let by = duration::parse(&by.text()).map_err(Fault::new)?;
        Ok::<_, Fault>(time.add(by).into_value())
    });
    functions.one("unixEpoch", |time: Time| time.seconds.to_string());
    functions.alias("date_modify", "dateModify");
    functions.alias("must_date_modify", "mustDateModify");
}

fn add_durations(functions: &mut Functions) {
    functions.one("duration", |value: Value| {
        let seconds: i64 = match value {
            Value::String(text) => text.parse().unwrap_or_default(),
            Value::Int(seconds, Int::Int64) => seconds,
            _ => 0,
        };
        duration::print(seconds.wrapping_mul(1_000_000_000))
    });
    functions.one("mustToDuration", |value: Value| {
        duration::from_value(&value).map(DurationObject::value).map_err(Fault::new)
    });
    functions.two("durationRoundTo", |value: Value, unit: Value| {
        in_multiples(&value, &unit, duration::round)
    });
    functions.two("durationTruncateTo", |value: Value, unit: Value| {
        in_multiples(&value, &unit, duration::truncate)
    });
}

/// A value that is no duration is 0; a unit that is none changes nothing.
fn in_multiples(value: &Value, unit: &Value, fit: fn(i64, i64) -> i64) -> Value {
    let nanos = duration::from_value(value).unwrap_or_default();
    DurationObject::value(match duration::from_value(unit) {
        Ok(unit) => fit(nanos, unit),
        Err(_) => nanos,
    })
}

/// From nanoseconds to another unit.
type Convert = fn(i64) -> f64;

fn add_conversions(functions: &mut Functions) {
    let floats: [(&str, Convert); 5] = [
        ("durationSeconds", duration::seconds),
        ("durationMinutes", duration::minutes),
        ("durationHours", duration::hours),
        ("durationDays", |nanos| duration::hours(nanos) / 24.0),
        ("durationWeeks", |nanos| duration::hours(nanos) / 24.0 / 7.0),
    ];
    for (name, convert) in floats {
        functions.one(name, move |value: Value| duration::from_value(&value).map_or(0.0, convert));
    }
    let wholes = [
        ("durationMilliseconds", 1_000_000),
        ("durationMicroseconds", 1000),
        ("durationNanoseconds", 1),
    ];
    for (name, unit) in wholes {
        functions.one(name, move |value: Value| {
            Value::int64(duration::from_value(&value).unwrap_or_default() / unit)
        });
    }
}

/// Returns a time as RFC 3339, if the value is one.
pub(super) fn rfc3339(value: &Value) -> Option<String> {
    Time::of(value).map(|time| time.rfc3339())
}

/// Returns a time as TOML, if the value is one. One that was read without an offset has none, and
/// is that of UTC.
pub(super) fn to_toml(value: &Value) -> Option<String> {
    let time = Time::of(value)?;
    let kind = match &time.zone {
        Zone::Fixed(name, _) => TOML.iter().find(|(_, zone)| *zone == Some(&**name)),
        Zone::Named(_) => None,
    };
    Some(match kind {
        Some((layout, _)) => Time { zone: Zone::utc(), ..time }.format(layout),
        None => time.rfc3339(),
    })
}

/// Returns the time of a certificate: `20060102150405Z`, in UTC.
pub(super) fn certificate_time(seconds: i64) -> String {
    Time { seconds, nanos: 0, zone: Zone::utc() }.format("20060102150405Z")
}
