//! What stands in for controllers and a kubelet in the sandbox: every workload
//! is at once what it would be after a good start.

use serde_json::{Value, json};

use super::objects::{Objects, Place};

/// Gives the object at `place` the status that it would soon have on a healthy cluster.
pub(crate) fn settle(objects: &mut Objects, place: &Place, time: &str) {
    let Some(object) = objects.get(place).cloned() else { return };
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    if let Some(status) = settled(kind, &object, time) {
        objects.set_status(place, status);
    }
}

fn settled(kind: &str, object: &Value, time: &str) -> Option<Value> {
    let generation = object.pointer("/metadata/generation").cloned().unwrap_or(json!(1));
    let replicas = object.pointer("/spec/replicas").cloned().unwrap_or(json!(1));
    let condition = |name: &str, reason: &str| json!({"type": name, "status": "True", "reason": reason, "lastTransitionTime": time});
    Some(match kind {
        "Deployment" => json!({
            "observedGeneration": generation, "replicas": replicas,
            "updatedReplicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas,
            "conditions": [
                condition("Available", "MinimumReplicasAvailable"),
                condition("Progressing", "NewReplicaSetAvailable"),
            ],
        }),
        "StatefulSet" => json!({
            "observedGeneration": generation, "replicas": replicas, "currentReplicas": replicas,
            "updatedReplicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas,
            "currentRevision": "sandbox", "updateRevision": "sandbox",
        }),
        "ReplicaSet" => json!({
            "observedGeneration": generation, "replicas": replicas,
            "fullyLabeledReplicas": replicas, "readyReplicas": replicas,
            "availableReplicas": replicas,
        }),
        "DaemonSet" => json!({
            "observedGeneration": generation, "currentNumberScheduled": 1,
            "desiredNumberScheduled": 1, "numberReady": 1, "updatedNumberScheduled": 1,
            "numberAvailable": 1, "numberMisscheduled": 0,
        }),
        "Job" => json!({
            "startTime": time, "completionTime": time, "succeeded": 1, "ready": 0,
            "conditions": [condition("SuccessCriteriaMet", "CompletionsReached"), condition("Complete", "CompletionsReached")],
        }),
        "Pod" => settled_pod(object, &condition("Ready", ""), time),
        "PersistentVolumeClaim" => json!({
            "phase": "Bound",
            "accessModes": object.pointer("/spec/accessModes"),
            "capacity": object.pointer("/spec/resources/requests"),
        }),
        "PersistentVolume" => json!({"phase": "Available"}),
        "Namespace" => json!({"phase": "Active"}),
        "CustomResourceDefinition" => json!({
            "conditions": [condition("NamesAccepted", "NoConflicts"), condition("Established", "InitialNamesAccepted")],
            "acceptedNames": object.pointer("/spec/names"),
        }),
        _ => return None,
    })
}

fn settled_pod(object: &Value, ready: &Value, time: &str) -> Value {
    let always = object
        .pointer("/spec/restartPolicy")
        .and_then(Value::as_str)
        .is_none_or(|policy| policy == "Always");
    if always {
        json!({"phase": "Running", "startTime": time, "conditions": [ready]})
    } else {
        json!({"phase": "Succeeded", "startTime": time})
    }
}
