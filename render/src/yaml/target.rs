//! What documents are decoded into.

use std::{borrow::Cow, rc::Rc};

use rutter_gotmpl::{Int, Str, Value};

use super::{
    number,
    resolve::{Resolved, as_float, unsigned_as_float},
};

/// A way to hold what YAML says.
pub(super) trait Target {
    type Value;
    type Key;

    /// Whether the way leads through JSON, so that what that cannot hold is an
    /// error.
    const IS_JSON: bool = true;

    fn scalar(&mut self, resolved: Resolved, text: &str) -> Self::Value;
    fn list(&mut self, items: Vec<Self::Value>) -> Self::Value;
    /// Of equal keys, the last counts.
    fn map(&mut self, entries: Vec<(Self::Key, Self::Value)>) -> Self::Value;
    fn key(&mut self, resolved: Resolved, text: &str) -> Self::Key;
}

/// A key with its Go type.
///
/// Keys of different types stand in the order in which Helm's binary prints
/// them, which is that of their types' addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Null,
    String(Box<str>),
    Unsigned(u64),
    Int(i64),
    Float(Ordered),
    Bool(bool),
}

/// A `float64` as an integer that sorts as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ordered(i64);

impl Ordered {
    fn new(number: f64) -> Self {
        Self::flip(number.to_bits().cast_signed())
    }

    pub(super) fn get(self) -> f64 {
        f64::from_bits(Self::flip(self.0).0.cast_unsigned())
    }

    /// Turns the order of the negative numbers around, or back.
    fn flip(bits: i64) -> Self {
        if bits < 0 { Self(bits ^ i64::MAX) } else { Self(bits) }
    }
}

impl Key {
    pub(super) fn new(resolved: Resolved, text: &str) -> Self {
        match resolved {
            Resolved::Null => Self::Null,
            Resolved::Bool(value) => Self::Bool(value),
            Resolved::Int(number) => Self::Int(number),
            Resolved::Unsigned(number) => Self::Unsigned(number),
            Resolved::Float(number) => Self::Float(Ordered::new(number)),
            Resolved::Timestamp | Resolved::String => Self::String(text.into()),
        }
    }

    /// The key of the JSON object.
    pub(super) fn text(&self) -> Cow<'_, str> {
        let resolved = match self {
            Self::String(text) => return Cow::Borrowed(text),
            Self::Null => Resolved::Null,
            Self::Unsigned(number) => Resolved::Unsigned(*number),
            Self::Int(number) => Resolved::Int(*number),
            Self::Float(number) => Resolved::Float(number.get()),
            Self::Bool(value) => Resolved::Bool(*value),
        };
        Cow::Owned(key_text(resolved, "").into_owned())
    }
}

/// The key of the JSON object. Null and unsigned numbers are refused before
/// anyone sees theirs.
fn key_text(resolved: Resolved, text: &str) -> Cow<'_, str> {
    match resolved {
        Resolved::Timestamp | Resolved::String => Cow::Borrowed(text),
        Resolved::Null => Cow::Borrowed("null"),
        Resolved::Bool(true) => Cow::Borrowed("true"),
        Resolved::Bool(false) => Cow::Borrowed("false"),
        Resolved::Int(number) => Cow::Owned(number.to_string()),
        Resolved::Unsigned(number) => Cow::Owned(number.to_string()),
        Resolved::Float(number) => Cow::Owned(number::general_32(number)),
    }
}

/// The values of templates, every number a `float64`.
pub(super) struct AsFloats;

impl Target for AsFloats {
    type Value = Value;
    type Key = Str;

    fn scalar(&mut self, resolved: Resolved, text: &str) -> Value {
        match resolved {
            Resolved::Null => Value::Nil,
            Resolved::Bool(value) => Value::Bool(value),
            Resolved::Int(number) => Value::Float(as_float(number)),
            Resolved::Unsigned(number) => Value::Float(unsigned_as_float(number)),
            Resolved::Float(number) => Value::Float(number),
            Resolved::Timestamp | Resolved::String => Value::String(Rc::from(text)),
        }
    }

    fn list(&mut self, items: Vec<Value>) -> Value {
        Value::list(items)
    }

    fn map(&mut self, entries: Vec<(Str, Value)>) -> Value {
        Value::map(entries)
    }

    fn key(&mut self, resolved: Resolved, text: &str) -> Str {
        Str::from(&*key_text(resolved, text))
    }
}

/// The values of templates, whole numbers `int64` where they fit.
pub(super) struct AsIntegers;

impl Target for AsIntegers {
    type Value = Value;
    type Key = Str;

    fn scalar(&mut self, resolved: Resolved, text: &str) -> Value {
        match resolved {
            Resolved::Int(number) => Value::Int(number, Int::Int64),
            Resolved::Float(number) => match whole(number) {
                Some(number) => Value::Int(number, Int::Int64),
                None => Value::Float(number),
            },
            other => AsFloats.scalar(other, text),
        }
    }

    fn list(&mut self, items: Vec<Value>) -> Value {
        Value::list(items)
    }

    fn map(&mut self, entries: Vec<(Str, Value)>) -> Value {
        Value::map(entries)
    }

    fn key(&mut self, resolved: Resolved, text: &str) -> Str {
        AsFloats.key(resolved, text)
    }
}

/// JSON whose numbers are as Kubernetes reads them.
pub(super) struct AsJson;

/// JSON whose numbers keep the kind that YAML gave them.
pub(super) struct AsWritten;

/// Nothing: whether a text can be read is all that is asked.
pub(super) struct AsNothing;

impl Target for AsNothing {
    type Value = ();
    type Key = ();

    fn scalar(&mut self, _: Resolved, _: &str) {}
    fn list(&mut self, _: Vec<()>) {}
    fn map(&mut self, _: Vec<((), ())>) {}
    fn key(&mut self, _: Resolved, _: &str) {}
}

impl Target for AsJson {
    type Value = serde_json::Value;
    type Key = String;

    fn scalar(&mut self, resolved: Resolved, text: &str) -> serde_json::Value {
        match resolved {
            Resolved::Unsigned(number) => unsigned_as_float(number).into(),
            Resolved::Float(number) => match whole(number) {
                Some(number) => number.into(),
                None => number.into(),
            },
            other => AsWritten.scalar(other, text),
        }
    }

    fn list(&mut self, items: Vec<serde_json::Value>) -> serde_json::Value {
        items.into()
    }

    fn map(&mut self, entries: Vec<(String, serde_json::Value)>) -> serde_json::Value {
        serde_json::Value::Object(entries.into_iter().collect())
    }

    fn key(&mut self, resolved: Resolved, text: &str) -> String {
        key_text(resolved, text).into_owned()
    }
}

impl Target for AsWritten {
    type Value = serde_json::Value;
    type Key = String;

    fn scalar(&mut self, resolved: Resolved, text: &str) -> serde_json::Value {
        match resolved {
            Resolved::Null => serde_json::Value::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(number) => number.into(),
            Resolved::Unsigned(number) => number.into(),
            Resolved::Float(number) => number.into(),
            Resolved::Timestamp | Resolved::String => text.into(),
        }
    }

    fn list(&mut self, items: Vec<serde_json::Value>) -> serde_json::Value {
        items.into()
    }

    fn map(&mut self, entries: Vec<(String, serde_json::Value)>) -> serde_json::Value {
        serde_json::Value::Object(entries.into_iter().collect())
    }

    fn key(&mut self, resolved: Resolved, text: &str) -> String {
        key_text(resolved, text).into_owned()
    }
}

/// The integer that JSON's text of this number is, if it is one: Go writes
/// whole numbers below 1e21 without exponent, and reads those as `int64`.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked, and it is whole")]
fn whole(number: f64) -> Option<i64> {
    // Up to here, every whole number is its own text.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || number.abs() >= 1e21 {
        return None;
    }
    if number.abs() <= EXACT { Some(number as i64) } else { number::json(number).parse().ok() }
}
