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
mod find;
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
pub(crate) use find::find;
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

/// Returns what a plain scalar is in [`read_typed`]; infinities and not-a-number,
/// which JSON cannot hold, are nothing.
pub(crate) fn plain(text: &str) -> Option<serde_json::Value> {
    let resolved = resolve::guess(text, tree::Tag::None);
    let is_json = !matches!(resolved, resolve::Resolved::Float(number) if !number.is_finite());
    is_json.then(|| AsWritten.scalar(resolved, text))
}

/// Returns whether a plain scalar is a text in [`read_typed`].
pub(crate) fn is_plain_text(text: &str) -> bool {
    use resolve::Resolved;
    matches!(resolve::guess(text, tree::Tag::None), Resolved::String | Resolved::Timestamp)
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
    read_tree(bytes, |tree| decode::decode(tree, target, duplicates))
}

/// Reads a manifest document as [`read_json`] does, and returns of its mapping only what
/// these keys have (of other documents everything).
pub(crate) fn read_some(
    text: impl AsRef<[u8]>,
    wanted: &[&str],
) -> Result<serde_json::Value, Error> {
    read_tree(text.as_ref(), |tree| decode::decode_some(tree, wanted))
}

fn read_tree<R>(
    bytes: &[u8],
    decode: impl FnOnce(&tree::Tree<'_>) -> Result<R, Error>,
) -> Result<R, Error> {
    const STEP: &str = "error converting YAML to JSON";
    let decoded = match bytes {
        [0xFF, 0xFE, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
        bytes => Ok(Cow::Borrowed(bytes)),
    };
    let bytes = decoded.map_err(|error| error.during(STEP))?;
    let tree = compose::compose(&bytes).map_err(|error| error.during(STEP))?;
    decode(&tree).map_err(|error| error.during(STEP))
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;

    fn error(text: impl AsRef<[u8]>) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn whole_numbers_stay_whole_on_their_way_to_the_api() {
        let read = read_json("a: 3\nb: 3.0\nc: 1e3\nd: 1.5\ne: 18446744073709551615\n").unwrap();
        let expected =
            json!({ "a": 3, "b": 3, "c": 1000, "d": 1.5, "e": 18_446_744_073_709_551_615.0 });
        assert_eq!(read, expected);
        assert!(read["e"].is_f64());
    }

    #[test]
    fn values_hold_floats_and_unstructured_objects_integers() {
        let text = "x: 3\n";
        let number = |value: Value| match value {
            Value::Map(map) => map.entries.borrow()["x"].clone(),
            other => other,
        };
        assert!(matches!(number(read(text).unwrap()), Value::Float(3.0)));
        let integer = number(read_integers(text).unwrap());
        assert!(matches!(integer, Value::Int(3, rutter_gotmpl::Int::Int64)));
    }

    #[test]
    fn a_string_field_receives_what_go_formats() {
        let read =
            read_typed("[1.10, 1e6, 0x10, yes, 5e10, x, null, 1234567.0, 200101.129]").unwrap();
        let texts: Vec<_> = read.as_array().unwrap().iter().map(text).collect();
        let expected =
            ["1.1", "1e+06", "16", "true", "5e+10", "x"].map(|text| Some(text.to_owned()));
        assert_eq!(texts[..6], expected);
        assert_eq!(
            texts[6..],
            [None, Some("1.234567e+06".to_owned()), Some("200101.12".to_owned())]
        );
    }

    #[test]
    fn a_map_or_list_is_wanted_in_the_words_of_encoding_json() {
        let step = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
        assert_eq!(
            read_map("- a").unwrap_err().to_string(),
            format!("{step} array into Go value of type map[string]interface {{}}")
        );
        assert_eq!(
            read_list("a: 1").unwrap_err().to_string(),
            format!("{step} object into Go value of type []interface {{}}")
        );
        assert!(read_map("").unwrap().entries.borrow().is_empty());
        assert!(read_list("null").unwrap().is_empty());
    }

    #[test]
    fn an_error_knows_its_true_place_and_go_yamls_words() {
        // A parser error in the third line, which go-yaml counts as the second.
        let error = read("a: 1\nb: 2\n- c\n").unwrap_err();
        assert_eq!(error.problem(), "yaml: line 2: did not find expected key");
        assert_eq!((error.line(), error.column()), (Some(3), Some(1)));
        // A scanner error, of which go-yaml names the line as it is.
        let error = read("a: 1\nb: c: d\n").unwrap_err();
        assert_eq!(error.problem(), "yaml: line 2: mapping values are not allowed in this context");
        assert_eq!((error.line(), error.column()), (Some(2), Some(5)));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_in_go_yamls_words() {
        let step = "error converting YAML to JSON: yaml:";
        assert_eq!(error(b"a: \xFF"), format!("{step} invalid leading UTF-8 octet"));
        assert_eq!(error(b"a: \xC3("), format!("{step} invalid trailing UTF-8 octet"));
        assert_eq!(error(b"a: \xC3"), format!("{step} incomplete UTF-8 octet sequence"));
        assert_eq!(error(b"a: \xC0\x80"), format!("{step} invalid length of a UTF-8 sequence"));
        assert_eq!(error(b"a: \xED\xA0\x80"), format!("{step} invalid Unicode character"));
        assert_eq!(error("a: \u{7F}"), format!("{step} control characters are not allowed"));
    }

    #[test]
    fn of_two_errors_the_one_in_the_earlier_piece_is_reported() {
        // go-yaml decodes 512 bytes at a time, before it looks at any of them.
        let near = format!("a: b: c\n{}\u{1}", "#".repeat(100));
        assert!(error(near).ends_with("control characters are not allowed"));
        let far = format!("a: b: c\n{}\u{1}", "#".repeat(600));
        assert!(error(far).ends_with("mapping values are not allowed in this context"));
    }

    #[test]
    fn utf_16_is_read_by_its_byte_order_mark() {
        let units: Vec<u8> = "a: é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let text = [&[0xFF, 0xFE], units.as_slice()].concat();
        assert_eq!(read_json(text).unwrap(), json!({ "a": "é" }));
    }

    #[test]
    fn hostile_texts_end_soon_with_an_error() {
        let start = Instant::now();
        let deep = "[".repeat(200_000);
        assert!(error(&deep).ends_with("exceeded max depth of 10000"));
        let deep = "- ".repeat(200_000);
        assert!(error(&deep).ends_with("exceeded max depth of 10000"));
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(error(&deep).ends_with("exceeded max depth of 1000"));
        let deep = format!("{}1", "{a: ".repeat(9_000));
        assert!(error(&deep).ends_with("did not find expected ',' or '}'"));
        let wide = format!("{}{}]", "[".repeat(9_000), "a, ".repeat(300_000));
        assert!(error(&wide).ends_with("did not find expected ',' or ']'"));
        let bomb: Vec<_> = (1..12)
            .map(|level| {
                format!("- &a{level} [{}]", vec![format!("*a{}", level - 1); 10].join(", "))
            })
            .collect();
        let bomb = format!("- &a0 [x, x, x, x, x, x, x, x]\n{}\n", bomb.join("\n"));
        assert!(error(&bomb).ends_with("document contains excessive aliasing"));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(500));
        assert!(error(&long).ends_with("document contains excessive aliasing"));
        assert!(read("a: b\n\n".repeat(100_000)).is_ok());
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    }

    #[test]
    fn what_json_cannot_hold_is_not_written() {
        let message = |value| write(&value).unwrap_err().to_string();
        assert_eq!(
            message(Value::list(vec![Value::Float(f64::NAN)])),
            "error marshaling into JSON: json: unsupported value: NaN"
        );
        assert_eq!(message(Value::from("\u{7F}")), "yaml: control characters are not allowed");
    }

    #[test]
    fn integers_bytes_and_nil_slices_are_written_as_encoding_json_sees_them() {
        let nil = rutter_gotmpl::List { nil: true, ..Default::default() };
        let value = Value::map([
            ("bytes", Value::Bytes(Rc::from(*b"hello"))),
            ("int", Value::int(1_000_000)),
            ("nil", Value::List(nil)),
        ]);
        assert_eq!(write(&value).unwrap(), "bytes: aGVsbG8=\nint: 1000000\nnil: null\n");
    }

    #[test]
    fn a_deep_value_is_written_without_overflow() {
        let mut value = Value::Nil;
        for _ in 0..900 {
            value = Value::map([("a", Value::list(vec![value]))]);
        }
        let written = write(&value).unwrap();
        assert_eq!(written.lines().count(), 900 + 1);
    }
}
