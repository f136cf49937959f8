//! Values with their Go types, for errors that print them.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    Error, number,
    resolve::Resolved,
    target::{Key, Target},
};

/// A value as go-yaml holds it before `sigs.k8s.io/yaml` makes JSON of it.
#[derive(Debug)]
pub(super) enum Typed {
    Scalar(Resolved, String),
    List(Vec<Self>),
    Map(BTreeMap<Key, Self>),
}

/// Decodes into [`Typed`].
pub(super) struct AsTyped;

impl Target for AsTyped {
    type Value = Typed;
    type Key = Key;

    const IS_JSON: bool = false;

    fn scalar(&mut self, resolved: Resolved, text: &str) -> Typed {
        Typed::Scalar(resolved, text.to_owned())
    }

    fn list(&mut self, items: Vec<Typed>) -> Typed {
        Typed::List(items)
    }

    fn map(&mut self, entries: Vec<(Key, Typed)>) -> Typed {
        Typed::Map(entries.into_iter().collect())
    }

    fn key(&mut self, resolved: Resolved, text: &str) -> Key {
        Key::new(resolved, text)
    }
}

/// Checks that a value can be written as JSON: its keys first, as
/// `sigs.k8s.io/yaml` does, then its numbers, in the order of the keys.
pub(super) fn check(value: &Typed) -> Result<(), Error> {
    check_keys(value)?;
    check_numbers(value)
}

fn check_keys(value: &Typed) -> Result<(), Error> {
    match value {
        Typed::Scalar(..) => Ok(()),
        Typed::List(items) => items.iter().try_for_each(check_keys),
        Typed::Map(entries) => entries.iter().try_for_each(|(key, value)| {
            let kind = match key {
                Key::Null => "%!s(<nil>)",
                Key::Unsigned(_) => "uint64",
                _ => return check_keys(value),
            };
            let key = key_syntax(key);
            Err(Error::new(format!(
                "unsupported map key of type: {kind}, key: {key}, value: {}",
                syntax(value)
            )))
        }),
    }
}

fn check_numbers(value: &Typed) -> Result<(), Error> {
    match value {
        Typed::Scalar(Resolved::Float(number), _) if !number.is_finite() => {
            let name = if number.is_nan() {
                "NaN"
            } else if *number > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            Err(Error::new(format!("json: unsupported value: {name}")))
        }
        Typed::Scalar(..) => Ok(()),
        Typed::List(items) => items.iter().try_for_each(check_numbers),
        Typed::Map(entries) => {
            let sorted: BTreeMap<_, &Typed> =
                entries.iter().map(|(key, value)| (key.text(), value)).collect();
            sorted.values().try_for_each(|value| check_numbers(value))
        }
    }
}

/// Go's `%#v` of a value.
pub(super) fn syntax(value: &Typed) -> String {
    let mut text = String::new();
    match value {
        Typed::Scalar(Resolved::Null, _) => text.push_str("<nil>"),
        _ => write_value(&mut text, value),
    }
    text
}

/// Go's `%#v` of a key that stands alone.
pub(super) fn key_syntax(key: &Key) -> String {
    let mut text = String::new();
    match key {
        Key::Null => text.push_str("<nil>"),
        key => write_key(&mut text, key),
    }
    text
}

fn write_value(text: &mut String, value: &Typed) {
    match value {
        Typed::Scalar(resolved, scalar) => write_key(text, &Key::new(*resolved, scalar)),
        Typed::List(items) => {
            text.push_str("[]interface {}{");
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write_value(text, item);
            }
            text.push('}');
        }
        Typed::Map(entries) => {
            text.push_str("map[interface {}]interface {}{");
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write_key(text, key);
                text.push(':');
                write_value(text, value);
            }
            text.push('}');
        }
    }
}

fn write_key(text: &mut String, key: &Key) {
    match key {
        Key::Null => text.push_str("interface {}(nil)"),
        Key::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Key::Int(number) => text.push_str(&number.to_string()),
        Key::Unsigned(number) => {
            let _ = write!(text, "{number:#x}");
        }
        Key::Float(number) => text.push_str(&match number.get() {
            number if number.is_nan() => "NaN".to_owned(),
            number if number.is_infinite() => if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
            number => number::general(number),
        }),
        Key::String(string) => quote(text, string),
    }
}

/// Go's `strconv.Quote`.
fn quote(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\x07' => text.push_str("\\a"),
            '\x08' => text.push_str("\\b"),
            '\x0C' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\x0B' => text.push_str("\\v"),
            ' '..='~' => text.push(character),
            '\0'..='\x7F' => {
                let _ = write!(text, "\\x{:02x}", u32::from(character));
            }
            _ if is_printable(character) => text.push(character),
            '\0'..='\u{FFFF}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            _ => {
                let _ = write!(text, "\\U{:08x}", u32::from(character));
            }
        }
    }
    text.push('"');
}

/// Go's `strconv.IsPrint`, as near as the standard library knows.
fn is_printable(character: char) -> bool {
    let mut escaped = character.escape_debug();
    escaped.next() == Some(character) || character.is_alphanumeric()
}
