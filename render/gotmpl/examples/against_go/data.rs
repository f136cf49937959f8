//! The data of the questions: JSON in which `{"$int": 3}` and the like are
//! values of Go types that JSON does not have.

use rutter_gotmpl::{Elem, Int, List, Map, Value};
use serde_json::Value as Json;

const DOCUMENT: &str = r#"{
        "s": "hello", "empty": "", "num": "12", "html": "<a href=\"x\">&'é\u0000=</a>",
        "uni": "héllo ✓ 😀\u200b", "multi": "a\nb\tc\\", "quo": "say \"hi\" `x`",
        "n": 42, "zero": 0, "neg": -7.5, "f": 3.14159, "big": 12345678, "huge": 1e21,
        "tiny": 1e-7, "mil": 1e6, "yes": true, "no": false, "nil": null,
        "i": {"$int": 3}, "i64": {"$int64": -5}, "i32": {"$int32": 7}, "u8": {"$uint8": 200},
        "u32": {"$uint32": 9}, "u64": {"$uint64": "300"}, "nan": {"$float64": "NaN"},
        "inf": {"$float64": "-Inf"}, "by": {"$bytes": "by\tes<é"},
        "l": ["a", 1, null, {"x": "y", "z": [1, 2]}], "el": [], "ln": [1, 2.5],
        "ls": {"$strings": ["x", "y"]}, "li": {"$ints": [3, 1, 2, 0]},
        "l64": {"$int64s": [1]}, "lm": {"$maps": [{"a": 1}, {"b": null}]},
        "sm": {"$string_map": {"k": "v", "a": "b"}}, "im": {"$int_map": {"one": 1}},
        "m": {"a": {"b": {"c": "deep", "n": null}}, "list": [1, 2], "nil": null, "x": "mx"},
        "em": {}, "é": "accent"
}"#;

/// Returns the data that most questions are asked about.
pub(crate) fn document() -> Json {
    serde_json::from_str(DOCUMENT).unwrap_or_default()
}

/// Returns the value that a template sees.
pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(value).collect()),
        Json::Object(entries) => match entries.iter().next() {
            Some((key, inner)) if entries.len() == 1 && key.starts_with('$') => named(key, inner),
            _ => Value::map(entries.iter().map(|(key, inner)| (key.as_str(), value(inner)))),
        },
    }
}

fn named(kind: &str, inner: &Json) -> Value {
    let text = inner.as_str().map_or_else(|| inner.to_string(), str::to_owned);
    let int = |kind| {
        Value::Int(
            text.parse::<u64>().map_or_else(|_| text.parse().unwrap_or(0), u64::cast_signed),
            kind,
        )
    };
    match kind {
        "$int" => int(Int::Int),
        "$int64" => int(Int::Int64),
        "$int32" => int(Int::Int32),
        "$uint8" => int(Int::Uint8),
        "$uint32" => int(Int::Uint32),
        "$uint64" => int(Int::Uint64),
        "$float64" => Value::Float(text.parse().unwrap_or_default()),
        "$bytes" => Value::Bytes(text.as_bytes().into()),
        "$strings" => list(Elem::String, inner, value),
        "$ints" => list(Elem::Int, inner, |item| Value::int(item.as_i64().unwrap_or(0))),
        "$int64s" => list(Elem::Int64, inner, |item| Value::int64(item.as_i64().unwrap_or(0))),
        "$maps" => list(Elem::Map, inner, value),
        "$string_map" => map(Elem::String, inner, value),
        _ => map(Elem::Int, inner, |item| Value::int(item.as_i64().unwrap_or(0))),
    }
}

fn list(elem: Elem, json: &Json, item: impl Fn(&Json) -> Value) -> Value {
    let items: Vec<_> = json.as_array().into_iter().flatten().map(item).collect();
    Value::List(List { elem, items: items.into(), nil: false })
}

fn map(elem: Elem, json: &Json, item: impl Fn(&Json) -> Value) -> Value {
    let entries = json.as_object().into_iter().flatten();
    let entries = entries.map(|(key, inner)| (key.as_str().into(), item(inner))).collect();
    Value::Map(Map { elem, entries: std::rc::Rc::new(std::cell::RefCell::new(entries)) })
}
