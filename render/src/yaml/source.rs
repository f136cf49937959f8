//! What can be written: the values of templates, JSON, and what YAML holds.

use std::{borrow::Cow, rc::Rc};

use rutter_gotmpl::{Int, Value};

use super::{number, resolve::Resolved, typed::Typed};

/// A value, looked at from outside.
pub(super) enum View<'v, S> {
    Null,
    Bool(bool),
    /// A number that is written as it is.
    Number(String),
    Float(f64),
    String(Cow<'v, str>),
    /// Bytes that are no text; only go-yaml v3 sees them as such.
    Binary(Rc<[u8]>),
    List(Vec<S>),
    Map(Vec<(Name<'v>, S)>),
    /// The fields of a Go struct, which keep their order.
    Fields(Vec<(Name<'v>, S)>),
    /// What `encoding/json` refuses, and what it says then.
    Unsupported(String),
}

/// The text of a key.
#[derive(Clone)]
pub(super) enum Name<'v> {
    Shared(Rc<str>),
    Text(Cow<'v, str>),
}

impl AsRef<str> for Name<'_> {
    fn as_ref(&self) -> &str {
        match self {
            Self::Shared(text) => text,
            Self::Text(text) => text,
        }
    }
}

/// Something with a [`View`], which does not outlive `'v`.
pub(super) trait Source<'v>: Sized {
    /// What `encoding/json` sees.
    fn view(&self) -> View<'v, Self>;

    /// What go-yaml v3 sees, which is not handed JSON.
    fn view_directly(&self) -> View<'v, Self> {
        self.view()
    }
}

impl Source<'static> for Value {
    fn view(&self) -> View<'static, Self> {
        match self {
            Self::RawString(bytes) => View::String(replaced(bytes).into()),
            Self::Bytes(bytes) => View::String(base64(bytes).into()),
            Self::List(list) if list.nil => View::Null,
            Self::Object(object) => match (object.refusal(), object.marshal()) {
                (Some(refusal), _) => View::Unsupported(refusal),
                (None, Some(value)) => value.view(),
                (None, None) => View::Map(Vec::new()),
            },
            other => other.view_directly(),
        }
    }

    fn view_directly(&self) -> View<'static, Self> {
        match self {
            Self::Nil => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Int(number, Int::Uint64) => View::Number(number.cast_unsigned().to_string()),
            Self::Int(number, _) => View::Number(number.to_string()),
            Self::Float(number) => View::Float(*number),
            Self::String(text) => View::String(text.as_ref().to_owned().into()),
            Self::RawString(bytes) => View::Binary(Rc::clone(bytes)),
            Self::Bytes(bytes) => {
                let octet = |&byte: &u8| Self::Int(byte.into(), Int::Uint8);
                View::List(bytes.iter().map(octet).collect())
            }
            Self::List(list) => View::List(list.items.to_vec()),
            Self::Map(map) => View::Map(
                map.entries
                    .borrow()
                    .iter()
                    .map(|(key, value)| (Name::Shared(Rc::clone(key)), value.clone()))
                    .collect(),
            ),
            // go-yaml v3 knows these two types.
            Self::Object(object) if object.type_name() == "time.Duration" => {
                View::Number(object.print())
            }
            Self::Object(object) => match (object.members(), object.marshal()) {
                (None, Some(Self::String(time))) if object.type_name() == "time.Time" => {
                    View::Number(time.as_ref().to_owned())
                }
                (Some(members), _) => {
                    let field = |(name, value)| (Name::Text(v3_name(name).into()), value);
                    View::Fields(members.into_iter().map(field).collect())
                }
                (None, Some(Self::Nil)) => match object.underlying() {
                    Some(value) => value.view_directly(),
                    None => View::Null,
                },
                (None, Some(value)) => value.view_directly(),
                (None, None) if object.type_name() == "complex128" => {
                    View::Unsupported(object.type_name().to_owned())
                }
                (None, None) => View::Map(Vec::new()),
            },
        }
    }
}

/// What go-yaml v3 calls a field whose name in JSON this is: the Go name in small letters.
fn v3_name(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

impl<'v> Source<'v> for &'v serde_json::Value {
    fn view(&self) -> View<'v, Self> {
        match self {
            serde_json::Value::Null => View::Null,
            serde_json::Value::Bool(value) => View::Bool(*value),
            serde_json::Value::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() => View::Float(float),
                _ => View::Number(number.to_string()),
            },
            serde_json::Value::String(text) => View::String(text.into()),
            serde_json::Value::Array(items) => View::List(items.iter().collect()),
            serde_json::Value::Object(entries) => View::Map(
                entries.iter().map(|(key, value)| (Name::Text(key.into()), value)).collect(),
            ),
        }
    }
}

impl<'v> Source<'v> for &'v Typed {
    fn view(&self) -> View<'v, Self> {
        match self {
            Typed::Scalar(resolved, text) => match *resolved {
                Resolved::Null => View::Null,
                Resolved::Bool(value) => View::Bool(value),
                Resolved::Int(number) => View::Number(number.to_string()),
                Resolved::Unsigned(number) => View::Number(number.to_string()),
                Resolved::Float(number) => View::Number(number::general(number)),
                Resolved::Timestamp | Resolved::String => View::String(text.into()),
            },
            Typed::List(items) => View::List(items.iter().collect()),
            Typed::Map(entries) => View::Map(
                entries.iter().map(|(key, value)| (Name::Text(key.text()), value)).collect(),
            ),
        }
    }
}

/// Bytes as `encoding/json` writes them: what is not UTF-8 becomes U+FFFD.
fn replaced(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
    text
}

/// Base64 with padding, on one line.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * at) & 0x3F).unwrap_or_default();
            let is_padding = at > u32::try_from(chunk.len()).unwrap_or_default();
            let digit = DIGITS.get(digit).copied().unwrap_or_default();
            text.push(if is_padding { '=' } else { char::from(digit) });
        }
    }
    text
}
