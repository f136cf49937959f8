//! What our reader and emitter do with a text, beside what Go's do with it.

use render::yaml;
use rutter_gotmpl::Value;

/// Reads a text, writes it again, and returns what Go does otherwise.
pub(crate) fn text_differences(text: &str, answer: &serde_json::Value) -> Vec<String> {
    let mut failures = Vec::new();
    let expected = answer["error"].as_str().unwrap_or_default();
    match yaml::read(text) {
        Err(error) => {
            if error.to_string() != expected {
                failures.push(format!("error: {error}\n   Go: {expected}"));
            }
        }
        Ok(value) => {
            if expected.is_empty() {
                compare_read(text, &value, answer, &mut failures);
            } else {
                failures.push(format!("read: {value:?}\n   Go: {expected}"));
            }
        }
    }
    if let Some(expected) = answer["strict_error"].as_str() {
        let error = yaml::read_strict(text).err().map(|error| error.to_string());
        if error.as_deref() != Some(expected) {
            failures.push(format!("strict: {error:?}\n   Go: {expected}"));
        }
    } else if expected.is_empty() && answer["raw"].is_string() && yaml::read_strict(text).is_err() {
        failures.push("strict: an error where Go has none".to_owned());
    }
    failures
}

fn compare_read(text: &str, value: &Value, answer: &serde_json::Value, failures: &mut Vec<String>) {
    let read = to_json(value);
    let expected = &answer["json"];
    if !is_same(&read, expected) {
        failures.push(format!("read: {read}\n  Go: {expected}"));
        return;
    }
    compare_written(value, answer, failures);
    if let Some(raw) = answer["raw"].as_str() {
        let json = yaml::read_json(text).map_err(|error| error.to_string());
        let expected = serde_json::from_str::<serde_json::Value>(raw).map(as_kubernetes);
        if json.as_ref().ok() != expected.as_ref().ok() {
            failures.push(format!("json: {json:?}\n  Go: {expected:?}"));
        }
    }
}

fn compare_written(value: &Value, answer: &serde_json::Value, failures: &mut Vec<String>) {
    let expected = answer["yaml"].as_str().unwrap_or_default();
    let expected_error = answer["yaml_error"].as_str().unwrap_or_default();
    match yaml::write(value) {
        Ok(written) if written == expected => {}
        Err(error) if error.to_string() == expected_error => {}
        written => {
            failures.push(format!("written: {written:?}\n     Go: {expected:?} {expected_error}"));
        }
    }
    if let Some(expected) = answer["pretty"].as_str() {
        let written = yaml::write_pretty(value);
        if written.as_deref().ok() != Some(expected) {
            failures.push(format!("pretty: {written:?}\n    Go: {expected:?}"));
        }
    }
}

/// Writes a value and returns what Go writes otherwise.
pub(crate) fn value_differences(
    json: &serde_json::Value,
    answer: &serde_json::Value,
) -> Vec<String> {
    let mut failures = Vec::new();
    compare_written(&from_json(json), answer, &mut failures);
    failures
}

/// Numbers as apimachinery reads JSON.
fn as_kubernetes(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) if number.as_i64().is_none() => {
            match number.as_f64() {
                // `-0` is an integer to Go.
                Some(0.0) => 0.into(),
                number => number.into(),
            }
        }
        serde_json::Value::Array(items) => items.into_iter().map(as_kubernetes).collect(),
        serde_json::Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, as_kubernetes(value))).collect()
        }
        other => other,
    }
}

fn is_same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((ka, a), (kb, b))| ka == kb && is_same(a, b))
        }
        (a, b) => a == b,
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_ref().into(),
        Value::List(list) => list.items.iter().map(to_json).collect(),
        Value::Map(map) => {
            let entries = map.entries.borrow();
            entries.iter().map(|(key, value)| (key.to_string(), to_json(value))).collect()
        }
        _ => serde_json::Value::Null,
    }
}

fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => {
            Value::map(entries.iter().map(|(key, value)| (key.as_str(), from_json(value))))
        }
    }
}
