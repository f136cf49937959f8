//! Values between the two engines.

use ::tera::value::{Key, ValueKind};
use rutter_gotmpl::Value;

/// Returns a value as Tera has it: a whole `float64` is an integer there, as it is in YAML; an
/// object of Go's is its fields, by names in Tera's manner.
pub(super) fn to_tera(value: &Value) -> ::tera::Value {
    match value {
        Value::RawString(bytes) | Value::Bytes(bytes) => ::tera::Value::bytes(bytes.to_vec()),
        Value::Object(object) => match (object.members(), object.underlying()) {
            (Some(members), _) => map(members.iter().map(|(name, value)| (snake(name), value))),
            (None, Some(inner)) => to_tera(&inner),
            (None, None) => match object.marshal() {
                Some(Value::Map(fields)) => {
                    let fields = fields.entries.borrow();
                    map(fields.iter().map(|(name, value)| (snake(name), value)))
                }
                _ => ::tera::Value::none(),
            },
        },
        Value::Map(entries) => {
            let entries = entries.entries.borrow();
            map(entries.iter().map(|(key, value)| (key.to_string(), value)))
        }
        Value::List(list) => list.items.iter().map(to_tera).collect::<Vec<_>>().into(),
        other => ::tera::Value::from_serializable(&crate::values::json(other)),
    }
}

/// Returns a map, with its keys in the order that they are given in.
pub(super) fn map<'v>(entries: impl Iterator<Item = (String, &'v Value)>) -> ::tera::Value {
    let entries = entries.map(|(key, value)| (Key::String(key.into()), to_tera(value)));
    entries.collect::<::tera::Map>().into()
}

/// Returns a value of Tera's as Go's templates have it; what is not defined is nil.
pub(super) fn from_tera(value: &::tera::Value) -> Value {
    match value.kind() {
        ValueKind::Bool => Value::Bool(value.as_bool().unwrap_or_default()),
        ValueKind::String => Value::from(value.as_str().unwrap_or_default()),
        ValueKind::Bytes => Value::string_of_bytes(value.as_bytes().unwrap_or_default().to_vec()),
        ValueKind::Array => {
            Value::list(value.as_array().unwrap_or_default().iter().map(from_tera).collect())
        }
        ValueKind::Map => {
            let entries = value.as_map().into_iter().flatten();
            Value::map(entries.map(|(key, value)| (key.to_string(), from_tera(value))))
        }
        ValueKind::Undefined | ValueKind::None => Value::Nil,
        _ => match value.as_i64() {
            Some(number) if !value.is_f64() => Value::int64(number),
            _ => Value::Float(value.as_f64().unwrap_or_default()),
        },
    }
}

/// Returns a name of Go's in Tera's manner: `APIVersion` is `api_version`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let is_lower = |at: usize| letters.get(at).is_some_and(char::is_ascii_lowercase);
        let begins = at > 0 && (is_lower(at - 1) || is_lower(at + 1));
        if letter.is_ascii_uppercase() && begins {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_lower_case() {
        let names = ["Name", "AppVersion", "APIVersion", "KubeVersion", "URL", "IsRoot"];
        let snakes = ["name", "app_version", "api_version", "kube_version", "url", "is_root"];
        assert_eq!(names.map(snake), snakes);
    }

    #[test]
    fn a_value_comes_back_as_it_was() {
        let value = crate::yaml::read("a: [1, 1.5, true, null, x]\nb: {c: 10000000}\n").unwrap();
        let back = from_tera(&to_tera(&value));
        let text = |value| crate::yaml::write(value).unwrap();
        assert_eq!(text(&back), text(&value));
    }
}
