//! Placeholder.
use rutter_gotmpl::Value;
pub(super) fn rfc3339(_: &Value) -> Option<String> {
    None
}
pub(super) fn from_rfc3339(text: &str) -> Value {
    Value::from(text)
}
