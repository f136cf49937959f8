//! Readiness of Jobs, Pods, claims, Services, definitions, and of everything with conditions
//! (kstatus' `core.go`; for Jobs and Pods that must run to their end, Helm's `statuswait.go`).

use serde_json::Value;

use super::{Readiness, condition, count, number, text};

/// A Job as kstatus sees it: ready while it runs.
pub(super) fn job(object: &Value) -> Readiness {
    if let Some(ended) = job_end(object) {
        return ended;
    }
    if text(object, "/status/startTime").is_empty() {
        return Readiness::waiting("Job not started");
    }
    let [active, failed] = ["active", "failed"].map(|it| count(object, &format!("/status/{it}")));
    let succeeded = count(object, "/status/succeeded");
    Readiness::ready(format!(
        "Job in progress. success:{succeeded}, active: {active}, failed: {failed}"
    ))
}

/// A Job that must succeed.
pub(super) fn job_to_its_end(object: &Value) -> Readiness {
    job_end(object).unwrap_or_else(|| match text(object, "/status/startTime") {
        "" => Readiness::waiting("Job not started"),
        _ => Readiness::waiting("Job in progress"),
    })
}

fn job_end(object: &Value) -> Option<Readiness> {
    if condition(object, "Complete").is_some_and(|it| it.is("True")) {
        let wanted = number(object, "/spec/completions").unwrap_or(1);
        let succeeded = count(object, "/status/succeeded");
        return Some(Readiness::ready(format!("Job Completed. succeeded: {succeeded}/{wanted}")));
    }
    condition(object, "Failed").filter(|it| it.is("True"))?;
    let runs = count(object, "/status/failed");
    let wanted = number(object, "/spec/completions").unwrap_or(1);
    Some(Readiness::failed(format!("Job Failed. failed: {runs}/{wanted}")))
}

/// A Pod as kstatus sees it.
pub(super) fn pod(object: &Value) -> Readiness {
    match text(object, "/status/phase") {
        "Succeeded" => Readiness::ready("Pod has completed successfully"),
        "Failed" => Readiness::ready("Pod has completed, but not successfully"),
        "Running" => running(object),
        "Pending" => match condition(object, "PodScheduled") {
            Some(it) if it.is("False") && it.reason == "Unschedulable" => {
                Readiness::waiting(format!("Pod could not be scheduled: {}", it.message))
            }
            _ => Readiness::waiting("Pod is in the Pending phase"),
        },
        _ => Readiness::waiting("Pod phase not available"),
    }
}

fn running(object: &Value) -> Readiness {
    if condition(object, "Ready").is_some_and(|it| it.is("True")) {
        return Readiness::ready("Pod is Ready");
    }
    let containers = object.pointer("/status/containerStatuses").and_then(Value::as_array);
    let crashing: Vec<&str> = containers
        .into_iter()
        .flatten()
        .filter(|it| text(it, "/state/waiting/reason") == "CrashLoopBackOff")
        .map(|it| text(it, "/name"))
        .collect();
    if crashing.is_empty() {
        return Readiness::waiting("Pod is running but is not Ready");
    }
    Readiness::failed(format!("Containers in CrashLoop state: {}", crashing.join(",")))
}

/// A Pod that must run to its end.
pub(super) fn pod_to_its_end(object: &Value) -> Readiness {
    match text(object, "/status/phase") {
        "Succeeded" => Readiness::ready("Pod succeeded"),
        "Failed" => {
            let message = text(object, "/status/message");
            Readiness::failed(format!("Pod failed {message}").trim_end())
        }
        _ => Readiness::waiting("Pod in progress"),
    }
}

pub(super) fn claim(object: &Value) -> Readiness {
    match text(object, "/status/phase") {
        "Bound" => Readiness::ready("PVC is Bound"),
        phase => Readiness::waiting(format!("PVC is not Bound. phase: {phase}")),
    }
}

pub(super) fn service(object: &Value) -> Readiness {
    let kind = text(object, "/spec/type");
    if kind == "LoadBalancer" && text(object, "/spec/clusterIP").is_empty() {
        return Readiness::waiting("ClusterIP not set. Service type: LoadBalancer");
    }
    Readiness::ready("Service is ready")
}

pub(super) fn definition(object: &Value) -> Readiness {
    if let Some(names) = condition(object, "NamesAccepted").filter(|it| it.is("False")) {
        return Readiness::failed(names.message);
    }
    match condition(object, "Established") {
        Some(it) if it.is("True") => Readiness::ready("CRD is established"),
        Some(it) if it.is("False") && it.reason != "Installing" => Readiness::failed(it.message),
        _ => Readiness::waiting("Install in progress"),
    }
}

/// Any other kind: its condition `Ready`, where it has one.
pub(super) fn by_ready_condition(object: &Value) -> Readiness {
    match condition(object, "Ready") {
        None => Readiness::ready("Resource is current"),
        Some(it) if it.is("True") => Readiness::ready("Resource is Ready"),
        Some(it) if it.message.is_empty() => Readiness::waiting(it.reason),
        Some(it) => Readiness::waiting(it.message),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::readiness::State;

    #[test]
    fn a_running_job_is_ready_unless_its_end_is_wanted() {
        let object = json!({"status": {"startTime": "2026-01-01T00:00:00Z", "active": 1}});
        assert_eq!(job(&object).state, State::Ready);
        assert_eq!(job_to_its_end(&object).state, State::InProgress);
    }

    #[test]
    fn a_failed_job_is_told_in_kstatus_words() {
        let object = json!({"spec": {"completions": 1}, "status": {"failed": 1, "conditions":
            [{"type": "Failed", "status": "True", "message": "backoff limit"}]}});
        let found = job_to_its_end(&object);
        assert_eq!(found.state, State::Failed);
        // helm 4.3.1 upgrade with a pre-upgrade Job that exits 3.
        assert_eq!(found.message, "Job Failed. failed: 1/1");
    }

    #[test]
    fn a_pod_in_a_crash_loop_has_failed() {
        let object = json!({"status": {"phase": "Running", "containerStatuses": [
            {"name": "web", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}});
        assert_eq!(pod(&object).message, "Containers in CrashLoop state: web");
    }

    #[test]
    fn a_load_balancer_is_ready_without_an_address_from_outside() {
        let mut object = json!({"spec": {"type": "LoadBalancer"}});
        assert_eq!(service(&object).state, State::InProgress);
        object["spec"]["clusterIP"] = json!("10.0.0.1");
        assert_eq!(service(&object).state, State::Ready);
    }
}
