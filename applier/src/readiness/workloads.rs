//! Readiness of what runs pods: `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`
//! (kstatus' `core.go`; the first rule that fits decides).

use serde_json::Value;

use super::{Readiness, condition, count, number, text};

/// A rollout that may take for ever has this deadline.
const NO_DEADLINE: i64 = i32::MAX as i64;

pub(super) fn deployment(object: &Value) -> Readiness {
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let at = |member: &str| count(object, &format!("/status/{member}"));
    let progressing = condition(object, "Progressing");
    if progressing.as_ref().is_some_and(|it| it.reason == "ProgressDeadlineExceeded") {
        return Readiness::failed("Progress deadline exceeded");
    }
    let deadline = number(object, "/spec/progressDeadlineSeconds").unwrap_or(NO_DEADLINE);
    let has_rolled_out =
        progressing.is_some_and(|it| it.is("True") && it.reason == "NewReplicaSetAvailable");
    let [replicas, updated] = [at("replicas"), at("updatedReplicas")];
    let [available, ready] = [at("availableReplicas"), at("readyReplicas")];
    let is_available = condition(object, "Available").is_some_and(|it| it.is("True"));
    let waiting = if wanted > replicas {
        format!("Replicas: {replicas}/{wanted}")
    } else if wanted > updated {
        format!("Updated: {updated}/{wanted}")
    } else if replicas > wanted {
        format!("Pending termination: {}", replicas - wanted)
    } else if updated > available {
        format!("Available: {available}/{updated}")
    } else if wanted > ready {
        format!("Ready: {ready}/{wanted}")
    } else if deadline != NO_DEADLINE && !has_rolled_out {
        "ReplicaSet not Available".to_owned()
    } else if !is_available {
        "Deployment not Available".to_owned()
    } else {
        return Readiness::ready(format!("Deployment is available. Replicas: {replicas}"));
    };
    Readiness::waiting(waiting)
}

pub(super) fn stateful_set(object: &Value) -> Readiness {
    if text(object, "/spec/updateStrategy/type") == "OnDelete" {
        return Readiness::ready("StatefulSet is using the ondelete update strategy");
    }
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let at = |member: &str| count(object, &format!("/status/{member}"));
    let [replicas, ready] = [at("replicas"), at("readyReplicas")];
    let [current, updated] = [at("currentReplicas"), at("updatedReplicas")];
    if wanted > replicas {
        return Readiness::waiting(format!("Replicas: {replicas}/{wanted}"));
    }
    if wanted > ready {
        return Readiness::waiting(format!("Ready: {ready}/{wanted}"));
    }
    if replicas > wanted {
        return Readiness::waiting(format!("Pending termination: {}", replicas - wanted));
    }
    if let Some(partition) = number(object, "/spec/updateStrategy/rollingUpdate/partition") {
        return if updated < wanted - partition {
            Readiness::waiting(format!("updated: {updated}/{}", wanted - partition))
        } else {
            Readiness::ready(format!("Partition rollout complete. updated: {updated}"))
        };
    }
    if wanted > current {
        return Readiness::waiting(format!("current: {current}/{wanted}"));
    }
    if text(object, "/status/currentRevision") != text(object, "/status/updateRevision") {
        return Readiness::waiting("Waiting for updated revision to match current");
    }
    Readiness::ready(format!("All replicas scheduled as expected. Replicas: {replicas}"))
}

pub(super) fn daemon_set(object: &Value) -> Readiness {
    let is_observed = number(object, "/metadata/generation").is_some()
        && object.pointer("/status/observedGeneration").is_some();
    if !is_observed {
        return Readiness::waiting("Missing .metadata.generation or .status.observedGeneration");
    }
    let Some(wanted) = number(object, "/status/desiredNumberScheduled") else {
        return Readiness::waiting("Missing .status.desiredNumberScheduled");
    };
    let at = |member: &str| count(object, &format!("/status/{member}"));
    let rules = [
        ("Current", at("currentNumberScheduled")),
        ("Updated", at("updatedNumberScheduled")),
        ("Available", at("numberAvailable")),
        ("Ready", at("numberReady")),
    ];
    match rules.into_iter().find(|(_, reached)| wanted > *reached) {
        Some((word, reached)) => Readiness::waiting(format!("{word}: {reached}/{wanted}")),
        None => Readiness::ready(format!("All replicas scheduled as expected. Replicas: {wanted}")),
    }
}

pub(super) fn replica_set(object: &Value) -> Readiness {
    if condition(object, "ReplicaFailure").is_some_and(|it| it.is("True")) {
        return Readiness::waiting("Replica Failure condition. Check Pods");
    }
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let at = |member: &str| count(object, &format!("/status/{member}"));
    let replicas = at("replicas");
    let rules = [
        ("Labelled", at("fullyLabeledReplicas")),
        ("Available", at("availableReplicas")),
        ("Ready", at("readyReplicas")),
    ];
    if let Some((word, reached)) = rules.into_iter().find(|(_, reached)| wanted > *reached) {
        return Readiness::waiting(format!("{word}: {reached}/{wanted}"));
    }
    if replicas > wanted {
        return Readiness::waiting(format!("Pending termination: {}", replicas - wanted));
    }
    Readiness::ready(format!("ReplicaSet is available. Replicas: {replicas}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::readiness::State;

    fn deployed(status: &Value) -> Readiness {
        deployment(&json!({"spec": {"replicas": 2, "progressDeadlineSeconds": 600},
            "status": status}))
    }

    #[test]
    fn a_deployment_is_ready_when_all_replicas_are_new_and_available() {
        let mut status = json!({"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2,
            "readyReplicas": 2, "conditions": [
                {"type": "Available", "status": "True"},
                {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]});
        assert_eq!(deployed(&status).state, State::Ready);
        status["availableReplicas"] = json!(1);
        assert_eq!(deployed(&status).message, "Available: 1/2");
        status["replicas"] = json!(3);
        assert_eq!(deployed(&status).message, "Pending termination: 1");
    }

    #[test]
    fn a_rollout_past_its_deadline_has_failed() {
        let status = json!({"conditions": [{"type": "Progressing", "status": "False",
            "reason": "ProgressDeadlineExceeded"}]});
        assert_eq!(deployed(&status).state, State::Failed);
    }

    #[test]
    fn a_partition_is_complete_when_the_rest_is_updated() {
        let mut set = json!({"spec": {"replicas": 3,
                "updateStrategy": {"rollingUpdate": {"partition": 2}}},
            "status": {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 0}});
        assert_eq!(stateful_set(&set).message, "updated: 0/1");
        set["status"]["updatedReplicas"] = json!(1);
        assert_eq!(stateful_set(&set).state, State::Ready);
    }

    #[test]
    fn a_daemon_set_that_nobody_has_looked_at_is_on_its_way() {
        assert_eq!(daemon_set(&json!({"metadata": {"generation": 1}})).state, State::InProgress);
        let set = json!({"metadata": {"generation": 1}, "status": {"observedGeneration": 1,
            "desiredNumberScheduled": 0}});
        assert_eq!(daemon_set(&set).state, State::Ready);
    }
}
