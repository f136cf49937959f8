//! How Go prints, beyond what the engine does: sprig's `strval`, kinds.

use rutter_gotmpl::{Value, printed};

/// Returns what sprig's `strval` makes of a value: strings and bytes as they
/// are, all else as `%v` prints it.
pub(super) fn strval(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.as_bytes().to_vec(),
        Value::RawString(bytes) | Value::Bytes(bytes) => bytes.to_vec(),
        Value::Object(object) => match object.underlying() {
            Some(Value::Bytes(bytes)) => bytes.to_vec(),
            _ => printed(value),
        },
        other => printed(other),
    }
}

/// Returns a float as `%v` prints it.
pub(super) fn float(number: f64) -> String {
    text_of(&Value::Float(number))
}

/// Returns a value as `%v` prints it, for messages.
pub(super) fn text_of(value: &Value) -> String {
    String::from_utf8_lossy(&printed(value)).into_owned()
}

/// Returns the name of Go's `reflect.Kind`.
pub(super) fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(_, int) => int.name(),
        Value::Float(_) => "float64",
        Value::String(_) | Value::RawString(_) => "string",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(object) if object.type_name().starts_with('*') => "ptr",
        Value::Object(object) if object.type_name() == "complex128" => "complex128",
        Value::Object(object) => {
            object.underlying().map_or("struct", |underlying| kind_name(&underlying))
        }
    }
}
