//! YAML exactly as Helm reads and writes it: go-yaml v2 behind `sigs.k8s.io/yaml`.
//!
//! That library reads YAML 1.1 into Go values, turns them into JSON and reads
//! the JSON again, and writes by the same way back. What charts and values mean
//! depends on each step: `yes` is a boolean, also as a key; every number is a
//! float; of two equal keys the later wins; a list is not indented under its key.

mod error;
mod split;

use rutter_gotmpl::{Map, Value};

pub use error::Error;
pub use split::{Document, split};

/// Reads the first document of `text` as Helm reads values and `fromYaml` its
/// argument: every number is a `float64`, every key a string.
///
/// An empty text is `nil`. `text` may be bytes: a file of a chart need not be
/// UTF-8, and then the error says so in go-yaml's words.
pub fn read(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    let _ = text.as_ref();
    Err(Error::new("yaml: not read yet"))
}

/// Reads as [`read`] does, but refuses a key that is set twice, as
/// `sigs.k8s.io/yaml`'s `UnmarshalStrict` does.
pub fn read_strict(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read(text)
}

/// Reads a mapping, as into Go's `map[string]interface {}`: an empty text or
/// `null` is an empty map, anything else that is no mapping an error.
pub fn read_map(text: impl AsRef<[u8]>) -> Result<Map, Error> {
    match read(text)? {
        Value::Map(map) => Ok(map),
        _ => Ok(Map::default()),
    }
}

/// Reads a sequence, as into Go's `[]interface {}`: an empty text or `null` is
/// an empty list, anything else that is no sequence an error.
pub fn read_list(text: impl AsRef<[u8]>) -> Result<Vec<Value>, Error> {
    match read(text)? {
        Value::List(list) => Ok(list.items.to_vec()),
        _ => Ok(Vec::new()),
    }
}

/// Reads as [`read`] does, but numbers that are whole and fit become `int64`,
/// as Kubernetes' `unstructured` objects hold them.
pub fn read_integers(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read(text)
}

/// Reads a manifest document on its way to the API server: whole numbers that
/// fit an `int64` are integers, all others floats (`k8s.io/apimachinery`).
pub fn read_json(text: impl AsRef<[u8]>) -> Result<serde_json::Value, Error> {
    let _ = text.as_ref();
    Err(Error::new("yaml: not read yet"))
}

/// Reads for a Go struct with string fields (Chart.yaml, the head of a
/// manifest): numbers keep the kind they are written with, so that
/// [`text`] can say what a string field receives.
pub fn read_typed(text: impl AsRef<[u8]>) -> Result<serde_json::Value, Error> {
    read_json(text)
}

/// Returns what a Go field of type `string` receives from a scalar that
/// [`read_typed`] gave: `1.10` is `1.1`, `true` is `true`, null is nothing.
pub fn text(scalar: &serde_json::Value) -> Option<String> {
    scalar.as_str().map(ToOwned::to_owned)
}

/// Writes a value as `sigs.k8s.io/yaml`'s `Marshal` does, with the newline at
/// the end; `toYaml` trims it and prints nothing on an error.
///
/// # Errors
/// What cannot be written as JSON and read again as YAML: not-a-number, DEL and
/// C1 control characters, keys of more than 1024 characters.
pub fn write(value: &Value) -> Result<String, Error> {
    let _ = value;
    Err(Error::new("yaml: not written yet"))
}

/// Writes a JSON value with the same emitter as [`write`].
pub fn write_json(value: &serde_json::Value) -> Result<String, Error> {
    let _ = value;
    Err(Error::new("yaml: not written yet"))
}

/// Writes a value as `toYamlPretty` does (go-yaml v3 with an indent of two):
/// lists are indented under their key, long lines are not folded.
pub fn write_pretty(value: &Value) -> Result<String, Error> {
    write(value)
}
