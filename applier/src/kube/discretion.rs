//! What a server says of a Secret, without what is in it: it quotes what it cannot use.

use serde_json::Value;

use super::request::Ask;
use crate::cluster::{ClusterError, Kind};

/// What stands where a value stood.
const HIDDEN: &str = "[hidden]";

/// Shorter values are words such as `true`, and in every message.
const SHORTEST: usize = 4;

/// Returns the error to a request without the values of the Secret that was sent, if one was.
pub(super) fn discreet(error: ClusterError, ask: &Ask) -> ClusterError {
    if ask.body.is_empty() || ask.kind.as_ref() != Some(&Kind::new("v1", "Secret")) {
        return error;
    }
    let sent: Value = serde_json::from_slice(&ask.body).unwrap_or_default();
    let mut values = Vec::new();
    for field in ["data", "stringData"] {
        collect(sent.get(field).unwrap_or(&Value::Null), &mut values);
    }
    // One value may be a part of another.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    without(error, &|text| {
        let text = values.iter().fold(text.to_owned(), |text, it| text.replace(it, HIDDEN));
        text.lines().map(unquoted).collect::<Vec<_>>().join("\n")
    })
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|it| collect(it, into)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, into)),
        Value::Null => {}
        Value::String(text) => {
            let quoted = value.to_string();
            let quoted = quoted.trim_matches('"');
            let spellings = [text.as_str(), quoted].into_iter();
            into.extend(spellings.filter(|it| is_long(it)).map(str::to_owned));
        }
        Value::Bool(_) | Value::Number(_) => {
            into.extend(Some(value.to_string()).filter(|it| is_long(it)));
        }
    }
}

fn is_long(text: &str) -> bool {
    text.len() >= SHORTEST
}

/// Cuts what structured-merge-diff prints of a value of the wrong type, in whatever form.
fn unquoted(line: &str) -> String {
    match line.split_once(", got &") {
        Some((start, _)) => format!("{start}, got {HIDDEN}"),
        None => line.to_owned(),
    }
}

fn without(mut error: ClusterError, hide: &dyn Fn(&str) -> String) -> ClusterError {
    match &mut error {
        ClusterError::Invalid { message, causes } => {
            *message = hide(message);
            for cause in causes {
                cause.message = hide(&cause.message);
            }
        }
        ClusterError::NotFound { message }
        | ClusterError::AlreadyExists { message }
        | ClusterError::Conflict { message, .. }
        | ClusterError::Forbidden { message, .. }
        | ClusterError::Unauthorized { message }
        | ClusterError::Expired { message }
        | ClusterError::Refused { message, .. }
        | ClusterError::Retryable { message, .. }
        | ClusterError::Unknown { message }
        | ClusterError::Unreachable { message } => *message = hide(message),
        ClusterError::Unserved { .. } => {}
    }
    error
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;

    fn said(kind: &str, object: &Value, message: &str) -> String {
        let ask = Ask::write(Method::PATCH, "/".to_owned(), &Kind::new("v1", kind), object);
        let error = ClusterError::Refused { code: 500, message: message.to_owned() };
        discreet(error, &ask).to_string()
    }

    /// The messages are those of kube-apiserver 1.37.
    #[test]
    fn values_of_a_secret_are_not_repeated() {
        let object = json!({"stringData": {"password": 987_654_321}});
        let message = ".stringData.password: expected string, got \
                       &value.valueUnstructured{Value:987654321}";
        assert_eq!(
            said("Secret", &object, message),
            ".stringData.password: expected string, got [hidden]"
        );
        assert_eq!(said("ConfigMap", &object, message), message);
        let object = json!({"data": {"a": "hunter2", "b": "hunter2hunter"}, "stringData": "tell"});
        assert_eq!(
            said("Secret", &object, "no hunter2, no hunter2hunter, no tell"),
            "no [hidden], no [hidden], no [hidden]"
        );
    }
}
