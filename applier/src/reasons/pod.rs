//! What a pod's status says about why it is not ready: a phrase that follows its name.

use serde_json::Value;

use crate::readiness::{condition, count, number, text};

/// Returns why a pod is not ready; nothing where it is on its way like any other.
pub(super) fn reason(pod: &Value) -> Option<String> {
    let unscheduled = condition(pod, "PodScheduled").filter(|it| it.is("False"));
    if let Some(unscheduled) = unscheduled {
        return Some(format!("cannot be scheduled: {}", unscheduled.message));
    }
    let statuses = ["/status/initContainerStatuses", "/status/containerStatuses"];
    let statuses = statuses.iter().filter_map(|it| pod.pointer(it)?.as_array());
    if let Some(told) = statuses.flatten().find_map(container) {
        return Some(told);
    }
    if text(pod, "/status/phase") == "Failed" {
        let words = [text(pod, "/status/reason"), text(pod, "/status/message")];
        let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
        return Some(format!("failed: {}", words.join(": ")));
    }
    None
}

/// Returns what keeps a container from being ready.
fn container(status: &Value) -> Option<String> {
    let name = text(status, "/name");
    if let Some(waiting) = status.pointer("/state/waiting") {
        let [reason, message] = [text(waiting, "/reason"), text(waiting, "/message")];
        return match reason {
            "" | "ContainerCreating" | "PodInitializing" => None,
            "CrashLoopBackOff" => Some(crash(status)),
            _ if message.is_empty() => Some(format!("cannot start container `{name}`: {reason}")),
            _ => Some(format!("cannot start container `{name}`: {reason}: {message}")),
        };
    }
    let ended = status.pointer("/state/terminated")?;
    let code = number(ended, "/exitCode").filter(|it| *it != 0)?;
    Some(format!("has failed: container `{name}` ended with exit code {code}{}", why(ended)))
}

fn crash(status: &Value) -> String {
    let name = text(status, "/name");
    let restarts = count(status, "/restartCount");
    let times = if restarts == 1 { "once".to_owned() } else { format!("{restarts} times") };
    let ended = status.pointer("/lastState/terminated").unwrap_or(&Value::Null);
    let code = count(ended, "/exitCode");
    format!(
        "is crashing (CrashLoopBackOff): container `{name}` was restarted {times} and ended with \
         exit code {code}{}",
        why(ended)
    )
}

/// `Error` says no more than the code.
fn why(terminated: &Value) -> String {
    match text(terminated, "/reason") {
        "" | "Error" => String::new(),
        reason => format!(" ({reason})"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pod_tells_what_it_waits_for() {
        let with = |status: &Value| reason(&json!({"status": status}));
        let states = |state: &Value| {
            with(&json!({"containerStatuses": [{"name": "a", "state": state, "restartCount": 2,
                "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}))
        };
        assert_eq!(
            with(&json!({"conditions": [{"type": "PodScheduled", "status": "False",
                "reason": "Unschedulable", "message": "0/1 nodes are available"}]})),
            Some("cannot be scheduled: 0/1 nodes are available".to_owned())
        );
        assert_eq!(
            states(&json!({"waiting": {"reason": "ImagePullBackOff", "message": "not found"}})),
            Some("cannot start container `a`: ImagePullBackOff: not found".to_owned())
        );
        assert_eq!(
            states(&json!({"waiting": {"reason": "CrashLoopBackOff"}})),
            Some(
                "is crashing (CrashLoopBackOff): container `a` was restarted 2 times and ended \
                 with exit code 137 (OOMKilled)"
                    .to_owned()
            )
        );
        assert_eq!(states(&json!({"waiting": {"reason": "ContainerCreating"}})), None);
        assert_eq!(states(&json!({"running": {}})), None);
    }
}
