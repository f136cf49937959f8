//! Readiness by Helm 3's rules (`pkg/kube/ready.go`), for `--wait=legacy`.
//!
//! One rule differs: Helm looks at a Deployment's newest `ReplicaSet`; we look at the Deployment's
//! own counts of updated replicas, which are that `ReplicaSet`'s.

use serde_json::Value;

use super::{Readiness, Rules, condition, count, number, others, text};

pub(super) fn readiness(object: &Value, rules: Rules) -> Readiness {
    match text(object, "/kind") {
        "Pod" => match condition(object, "Ready") {
            Some(it) if it.is("True") => Readiness::ready("Pod is ready"),
            _ => Readiness::waiting("Pod is not ready"),
        },
        "Job" if rules == Rules::LegacyWithJobs => job(object),
        "Deployment" => deployment(object),
        "PersistentVolumeClaim" => others::claim(object),
        "Service" => service(object),
        "DaemonSet" => daemon_set(object),
        "StatefulSet" => stateful_set(object),
        "ReplicaSet" | "ReplicationController" => replicas(object),
        "CustomResourceDefinition" => definition(object),
        _ => Readiness::ready("Resource is there"),
    }
}

fn job(object: &Value) -> Readiness {
    let failed = count(object, "/status/failed");
    if failed > number(object, "/spec/backoffLimit").unwrap_or(6) {
        return Readiness::failed("job is failed");
    }
    let wanted = number(object, "/spec/completions").unwrap_or(1);
    let succeeded = count(object, "/status/succeeded");
    counted("Job is not completed", succeeded, wanted)
}

fn deployment(object: &Value) -> Readiness {
    if object.pointer("/spec/paused") == Some(&Value::Bool(true)) {
        return Readiness::ready("Deployment is paused");
    }
    if !is_observed(object) {
        return Readiness::waiting("Deployment was not observed yet");
    }
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let missing = if text(object, "/spec/strategy/type") == "Recreate" {
        0
    } else {
        share(object.pointer("/spec/strategy/rollingUpdate/maxUnavailable"), wanted)
    };
    let updated = count(object, "/status/updatedReplicas");
    let ready = count(object, "/status/readyReplicas").min(updated);
    counted("Deployment is not ready", ready, wanted - missing)
}

fn service(object: &Value) -> Readiness {
    let kind = text(object, "/spec/type");
    if kind == "ExternalName" {
        return Readiness::ready("Service is external");
    }
    if text(object, "/spec/clusterIP").is_empty() {
        return Readiness::waiting("Service does not have cluster IP address");
    }
    let has = |pointer: &str| {
        object.pointer(pointer).and_then(Value::as_array).is_some_and(|it| !it.is_empty())
    };
    if kind == "LoadBalancer" && !has("/spec/externalIPs") && !has("/status/loadBalancer/ingress") {
        return Readiness::waiting("Service does not have load balancer ingress IP address");
    }
    Readiness::ready("Service is ready")
}

fn daemon_set(object: &Value) -> Readiness {
    if !is_observed(object) {
        return Readiness::waiting("DaemonSet was not observed yet");
    }
    if text(object, "/spec/updateStrategy/type") != "RollingUpdate" {
        return Readiness::ready("DaemonSet does not roll");
    }
    let wanted = count(object, "/status/desiredNumberScheduled");
    let updated = count(object, "/status/updatedNumberScheduled");
    if updated != wanted {
        return counted("DaemonSet is not ready: updated", updated, wanted);
    }
    let missing =
        share(object.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable"), wanted);
    counted("DaemonSet is not ready", count(object, "/status/numberReady"), wanted - missing)
}

fn stateful_set(object: &Value) -> Readiness {
    if !is_observed(object) {
        return Readiness::waiting("StatefulSet was not observed yet");
    }
    if text(object, "/spec/updateStrategy/type") != "RollingUpdate" {
        return Readiness::ready("StatefulSet does not roll");
    }
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let partition = count(object, "/spec/updateStrategy/rollingUpdate/partition");
    let updated = count(object, "/status/updatedReplicas");
    if updated < wanted - partition {
        return counted("StatefulSet is not ready: updated", updated, wanted - partition);
    }
    let ready = count(object, "/status/readyReplicas");
    if ready != wanted {
        return counted("StatefulSet is not ready", ready, wanted);
    }
    let is_moved =
        text(object, "/status/currentRevision") == text(object, "/status/updateRevision");
    if partition == 0 && !is_moved {
        return Readiness::waiting("StatefulSet is not ready: its revision is not current");
    }
    Readiness::ready("StatefulSet is ready")
}

fn replicas(object: &Value) -> Readiness {
    if !is_observed(object) {
        return Readiness::waiting("not observed yet");
    }
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    counted("not ready", count(object, "/status/readyReplicas"), wanted)
}

fn definition(object: &Value) -> Readiness {
    let is_established = condition(object, "Established").is_some_and(|it| it.is("True"));
    let is_refused = condition(object, "NamesAccepted").is_some_and(|it| it.is("False"));
    if is_established || is_refused {
        return Readiness::ready("CRD is there");
    }
    Readiness::waiting("CRD is not established")
}

fn is_observed(object: &Value) -> bool {
    let generation = count(object, "/metadata/generation");
    number(object, "/status/observedGeneration").is_none_or(|seen| seen >= generation)
}

fn counted(message: &str, reached: i64, wanted: i64) -> Readiness {
    if reached >= wanted {
        return Readiness::ready("ready");
    }
    Readiness::waiting(format!("{message}: {reached} out of {wanted} expected"))
}

/// Returns how many may be missing: a number or a percentage, rounded down as the controller does,
/// 25 % where nothing is said.
fn share(value: Option<&Value>, of: i64) -> i64 {
    let percent = |text: &str| text.strip_suffix('%').and_then(|digits| digits.parse::<i64>().ok());
    match value {
        Some(Value::Number(number)) => number.as_i64().unwrap_or(0),
        Some(Value::String(text)) => percent(text).map_or(0, |percent| of * percent / 100),
        _ => of / 4,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::readiness::State;

    #[test]
    fn a_load_balancer_waits_for_its_address() {
        let mut object = json!({"kind": "Service",
            "spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}});
        assert_eq!(readiness(&object, Rules::Legacy).state, State::InProgress);
        object["status"] = json!({"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}});
        assert_eq!(readiness(&object, Rules::Legacy).state, State::Ready);
    }

    #[test]
    fn a_quarter_of_a_deployment_may_be_missing() {
        let mut object = json!({"kind": "Deployment", "spec": {"replicas": 4},
            "status": {"updatedReplicas": 4, "readyReplicas": 3}});
        assert_eq!(readiness(&object, Rules::Legacy).state, State::Ready);
        object["status"]["readyReplicas"] = json!(2);
        assert_eq!(readiness(&object, Rules::Legacy).state, State::InProgress);
    }
}
