//! YAML exactly as Helm reads and writes it: go-yaml v2 behind `sigs.k8s.io/yaml`.
//!
//! That library reads YAML 1.1 into Go values, turns them into JSON and reads
//! the JSON again, and writes by the same way back. What charts and values mean
//! depends on each step: `yes` is a boolean, also as a key; every number is a
//! float; of two equal keys the later wins; a list is not indented under its key.

mod compose;
mod cursor;
mod decode;
mod emit;
mod error;
mod json;
mod number;
mod order;
mod parser;
mod resolve;
mod scan_block;
mod scan_scalar;
mod scan_tag;
mod scanner;
mod source;
mod split;
mod style;
mod target;
mod timestamp;
mod token;
mod tree;
mod typed;
mod write;

use std::{borrow::Cow, rc::Rc};

use rutter_gotmpl::{Map, Value};

use decode::Duplicates;
use target::{AsFloats, AsIntegers, AsJson, AsWritten, Target};

pub use error::Error;
pub use split::{Document, split};

/// Reads the first document of `text` as Helm reads values and `fromYaml` its
/// argument: every number is a `float64`, every key a string.
///
/// An empty text is `nil`. `text` may be bytes: a file of a chart need not be
/// UTF-8, and then the error says so in go-yaml's words.
pub fn read(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read_as(text.as_ref(), AsFloats, Duplicates::Replace)
}

/// Reads as [`read`] does, but refuses a key that is set twice, as
/// `sigs.k8s.io/yaml`'s `UnmarshalStrict` does.
pub fn read_strict(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read_as(text.as_ref(), AsFloats, Duplicates::Refuse)
}

/// Reads a mapping, as into Go's `map[string]interface {}`: an empty text or
/// `null` is an empty map, anything else that is no mapping an error.
pub fn read_map(text: impl AsRef<[u8]>) -> Result<Map, Error> {
    match read(text)? {
        Value::Map(map) => Ok(map),
        Value::Nil => Ok(Map::default()),
        other => Err(wrong_type(&other, "map[string]interface {}")),
    }
}

/// Reads a sequence, as into Go's `[]interface {}`: an empty text or `null` is
/// an empty list, anything else that is no sequence an error.
pub fn read_list(text: impl AsRef<[u8]>) -> Result<Vec<Value>, Error> {
    match read(text)? {
        Value::List(list) => Ok(Rc::unwrap_or_clone(list.items)),
        Value::Nil => Ok(Vec::new()),
        other => Err(wrong_type(&other, "[]interface {}")),
    }
}

/// Reads as [`read`] does, but numbers that are whole and fit become `int64`,
/// as Kubernetes' `unstructured` objects hold them.
pub fn read_integers(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read_as(text.as_ref(), AsIntegers, Duplicates::Replace)
}

/// Reads a manifest document on its way to the API server: whole numbers that
/// fit an `int64` are integers, all others floats (`k8s.io/apimachinery`).
pub fn read_json(text: impl AsRef<[u8]>) -> Result<serde_json::Value, Error> {
    read_as(text.as_ref(), AsJson, Duplicates::Replace)
}

/// Reads for a Go struct with string fields (Chart.yaml, the head of a
/// manifest): numbers keep the kind they are written with, so that
/// [`text`] can say what a string field receives.
pub fn read_typed(text: impl AsRef<[u8]>) -> Result<serde_json::Value, Error> {
    read_as(text.as_ref(), AsWritten, Duplicates::Replace)
}

/// Reads as [`read_typed`] does, but refuses a key that is set twice.
pub fn read_typed_strict(text: impl AsRef<[u8]>) -> Result<serde_json::Value, Error> {
    read_as(text.as_ref(), AsWritten, Duplicates::Refuse)
}

/// Returns what a Go field of type `string` receives from a scalar that
/// [`read_typed`] gave: `1.10` is `1.1`, `true` is `true`, null is nothing.
pub fn text(scalar: &serde_json::Value) -> Option<String> {
    match scalar {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        serde_json::Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() => number::general_32(float),
            _ => number.to_string(),
        }),
        _ => None,
    }
}

/// Writes a value as `sigs.k8s.io/yaml`'s `Marshal` does, with the newline at
/// the end; `toYaml` trims it and prints nothing on an error.
///
/// # Errors
/// What cannot be written as JSON and read again as YAML: not-a-number, DEL and
/// C1 control characters, keys of more than 1024 characters.
pub fn write(value: &Value) -> Result<String, Error> {
    write::marshal(value)
}

/// Writes a JSON value with the same emitter as [`write`].
pub fn write_json(value: &serde_json::Value) -> Result<String, Error> {
    write::marshal(&value)
}

/// Writes a value as `toYamlPretty` does (go-yaml v3 with an indent of two):
/// lists are indented under their key, long lines are not folded.
pub fn write_pretty(value: &Value) -> Result<String, Error> {
    write::marshal_pretty(value)
}

fn read_as<T: Target>(bytes: &[u8], target: T, duplicates: Duplicates) -> Result<T::Value, Error> {
    const STEP: &str = "error converting YAML to JSON";
    let decoded = match bytes {
        [0xFF, 0xFE, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
        bytes => Ok(Cow::Borrowed(bytes)),
    };
    let bytes = decoded.map_err(|error| error.during(STEP))?;
    let tree = compose::compose(&bytes).map_err(|error| error.during(STEP))?;
    decode::decode(&tree, target, duplicates).map_err(|error| error.during(STEP))
}

/// UTF-16 after its byte order mark.
fn from_utf16<'a>(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'a, [u8]>, Error> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Error::new("yaml: incomplete UTF-16 character"));
    }
    let text: Result<String, _> = char::decode_utf16(pairs.iter().copied().map(unit)).collect();
    match text {
        Ok(text) => Ok(Cow::Owned(text.into_bytes())),
        Err(error) if error.unpaired_surrogate() >= 0xDC00 => {
            Err(Error::new("yaml: unexpected low surrogate area"))
        }
        Err(_) => Err(Error::new("yaml: expected low surrogate area")),
    }
}

/// `encoding/json`'s words for a value that does not go into a Go type.
fn wrong_type(value: &Value, wanted: &str) -> Error {
    let found = match value {
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    Error::new(format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type {wanted}"
    ))
}
