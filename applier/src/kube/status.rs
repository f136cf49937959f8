//! What the API server's answer means: its `Status` objects and `Warning` headers, taken apart.
//!
//! Pure: it is given a status code and a body.

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use crate::cluster::{Cause, ClusterError, Denied, FieldConflict, Kind};

/// Returns the error that an answer of 400 and above stands for.
pub(super) fn error_of(
    code: u16,
    body: &[u8],
    headers: &HeaderMap,
    kind: Option<&Kind>,
) -> ClusterError {
    let status: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let is_status = status.get("kind").and_then(Value::as_str) == Some("Status");
    let message = if is_status { text(&status, "message").to_owned() } else { plain(code, body) };
    match code {
        401 => ClusterError::Unauthorized { message: or_word(message, "Unauthorized") },
        403 => forbidden(message),
        404 => not_found(&status, message, kind),
        409 => conflict(&status, message),
        410 => ClusterError::Expired { message },
        400 | 422 if !is_denial(&message) => {
            ClusterError::Invalid { causes: causes(&status), message }
        }
        429 | 503 => ClusterError::Retryable { after: after(&status, headers), message },
        502 | 504 => ClusterError::Unknown { message },
        500 => internal(message),
        code => ClusterError::Refused { code, message },
    }
}

/// Returns what the server warns of (RFC 7234 §5.5, code 299).
pub(super) fn warnings(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all("warning")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter_map(quoted)
        .collect()
}

/// Returns the first quoted string, its backslashes undone.
fn quoted(header: &str) -> Option<String> {
    let (_, rest) = header.split_once('"')?;
    let mut text = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn or_word(message: String, word: &str) -> String {
    if message.is_empty() { word.to_owned() } else { message }
}

/// Returns what an answer that is no `Status` says: a proxy's page, or the server's short text.
fn plain(code: u16, body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let line = body.lines().next().unwrap_or_default().trim();
    if line.is_empty() || line.starts_with('<') {
        format!("the server answered with status {code}")
    } else {
        line.chars().take(300).collect()
    }
}

fn is_denial(message: &str) -> bool {
    message.contains("admission webhook") && message.contains("denied the request")
}

fn not_found(status: &Value, message: String, kind: Option<&Kind>) -> ClusterError {
    let names_object = status.pointer("/details/name").and_then(Value::as_str).is_some();
    match kind {
        Some(kind) if !names_object => ClusterError::Unserved { kind: kind.clone() },
        _ => ClusterError::NotFound { message },
    }
}

fn conflict(status: &Value, message: String) -> ClusterError {
    if text(status, "reason") == "AlreadyExists" {
        return ClusterError::AlreadyExists { message };
    }
    // Two writes met at a quota's counter: neither the object nor its fields are in conflict.
    if text(status, "reason") == "Conflict" && message.contains("on resourcequotas ") {
        return ClusterError::Retryable { message, after: None };
    }
    let fields = causes(status)
        .into_iter()
        .filter(|cause| cause.reason == "FieldManagerConflict")
        .map(|cause| FieldConflict {
            manager: quoted(&cause.message).unwrap_or_default(),
            field: cause.field,
            message: cause.message,
        })
        .collect();
    ClusterError::Conflict { message, fields }
}

fn causes(status: &Value) -> Vec<Cause> {
    let causes = status.pointer("/details/causes").and_then(Value::as_array);
    causes
        .into_iter()
        .flatten()
        .map(|cause| Cause {
            field: text(cause, "field").to_owned(),
            reason: text(cause, "reason").to_owned(),
            message: text(cause, "message").to_owned(),
        })
        .collect()
}

/// Takes apart the sentence of the server's authorizer (apiserver's `responsewriters.Forbidden`).
/// Quotas and admission plugins answer 403 too, with other sentences.
fn forbidden(message: String) -> ClusterError {
    match denied(&message) {
        Some(denied) => ClusterError::Forbidden { message, denied: Box::new(denied) },
        None => ClusterError::Refused { code: 403, message },
    }
}

fn denied(message: &str) -> Option<Denied> {
    let (_, rest) = message.split_once("User \"")?;
    let (user, rest) = rest.split_once("\" cannot ")?;
    let (verb, rest) = rest.split_once(' ')?;
    let (_, rest) = rest.split_once('"')?;
    let (name, rest) = rest.split_once('"')?;
    let group = within(rest, "API group \"").unwrap_or_default();
    let resource = if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") };
    Some(Denied {
        user: user.to_owned(),
        verb: verb.to_owned(),
        resource,
        namespace: within(rest, "in the namespace \"").map(str::to_owned),
    })
}

/// Returns what stands between an opening and the next quote.
fn within<'a>(text: &'a str, opening: &str) -> Option<&'a str> {
    Some(text.split_once(opening)?.1.split_once('"')?.0)
}

/// Sorts out 500s: what a webhook did not answer was not done, what etcd did not answer may have
/// been.
fn internal(message: String) -> ClusterError {
    let webhook =
        ["failed calling webhook", "failed calling admission webhook", "conversion webhook for"];
    if webhook.iter().any(|sign| message.contains(sign)) {
        return ClusterError::Retryable { message, after: None };
    }
    if message.contains("etcdserver:") || message.contains("raft proposal dropped") {
        return ClusterError::Unknown { message };
    }
    ClusterError::Refused { code: 500, message }
}

fn after(status: &Value, headers: &HeaderMap) -> Option<Duration> {
    let header = headers.get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|text| text.trim().parse().ok());
    let seconds =
        seconds.or_else(|| status.pointer("/details/retryAfterSeconds").and_then(Value::as_u64));
    seconds.map(|seconds| Duration::from_secs(seconds.min(60)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(code: u16, status: &Value) -> ClusterError {
        let kind = Kind::new("apps/v1", "Deployment");
        error_of(code, status.to_string().as_bytes(), &HeaderMap::new(), Some(&kind))
    }

    // The sentences below were copied from a kube-apiserver v1.37.2.

    #[test]
    fn a_denied_user_is_told_who_what_and_where() {
        let status = json!({"kind": "Status", "reason": "Forbidden", "code": 403, "message":
            "deployments.apps is forbidden: User \"bob\" cannot create resource \"deployments\" \
             in API group \"apps\" in the namespace \"prod\""});
        let ClusterError::Forbidden { denied, .. } = error(403, &status) else { panic!() };
        assert_eq!(denied.user, "bob");
        assert_eq!(denied.verb, "create");
        assert_eq!(denied.resource, "deployments.apps");
        assert_eq!(denied.namespace.as_deref(), Some("prod"));
    }

    #[test]
    fn an_exceeded_quota_is_not_a_missing_right() {
        let status = json!({"kind": "Status", "reason": "Forbidden", "code": 403,
            "message": "pods \"x\" is forbidden: exceeded quota: q, requested: pods=1"});
        assert!(matches!(error(403, &status), ClusterError::Refused { code: 403, .. }));
    }

    #[test]
    fn a_conflict_names_each_field_and_its_manager() {
        let status = json!({"kind": "Status", "reason": "Conflict", "code": 409,
            "message": "Apply failed with 1 conflict: conflict with \"kube-controller-manager\" \
                        with subresource \"scale\" using apps/v1: .spec.replicas",
            "details": {"causes": [{"reason": "FieldManagerConflict", "field": ".spec.replicas",
                "message": "conflict with \"kube-controller-manager\" with subresource \"scale\" using apps/v1"}]}});
        let ClusterError::Conflict { fields, .. } = error(409, &status) else { panic!() };
        assert_eq!(fields[0].manager, "kube-controller-manager");
        assert_eq!(fields[0].field, ".spec.replicas");
    }

    #[test]
    fn a_path_that_is_not_served_is_told_from_a_missing_object() {
        let unserved = json!({"kind": "Status", "reason": "NotFound", "code": 404,
            "message": "the server could not find the requested resource", "details": {}});
        let missing = json!({"kind": "Status", "reason": "NotFound", "code": 404,
            "message": "deployments.apps \"web\" not found",
            "details": {"name": "web", "group": "apps", "kind": "deployments"}});
        assert!(matches!(error(404, &unserved), ClusterError::Unserved { .. }));
        assert!(error(404, &missing).is_not_found());
    }

    #[test]
    fn a_webhook_that_is_not_up_yet_is_worth_another_try() {
        let status = json!({"kind": "Status", "code": 500, "reason": "InternalError", "message":
            "Internal error occurred: failed calling webhook \"x.example\": dial tcp: refused"});
        assert!(matches!(error(500, &status), ClusterError::Retryable { .. }));
    }

    #[test]
    fn a_lost_leader_leaves_open_whether_it_was_done() {
        let status =
            json!({"kind": "Status", "code": 500, "message": "etcdserver: leader changed"});
        assert!(matches!(error(500, &status), ClusterError::Unknown { .. }));
    }

    #[test]
    fn the_page_of_a_proxy_is_not_repeated() {
        let error = error_of(502, b"<html>bad gateway", &HeaderMap::new(), None);
        assert_eq!(error.to_string(), "the server answered with status 502");
    }

    #[test]
    fn warnings_lose_code_agent_and_quotes() {
        let mut headers = HeaderMap::new();
        headers.append("warning", "299 - \"unknown field \\\"spec.x\\\"\"".parse().unwrap());
        headers.append("warning", "299 - \"second\"".parse().unwrap());
        assert_eq!(warnings(&headers), ["unknown field \"spec.x\"", "second"]);
    }
}
