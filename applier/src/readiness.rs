//! Whether an object is what it was applied to become: a pure function of the object.
//!
//! The rules are kstatus' as Helm 4 uses them (`fluxcd/cli-utils/pkg/kstatus/status`), Helm's own
//! for Jobs and hooks (`pkg/kube/statuswait.go`), and Helm 3's where they are asked for
//! (`pkg/kube/ready.go`).

mod legacy;
mod others;
mod workloads;

use serde_json::Value;

use crate::cluster::Kind;

/// How an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is as wanted.
    Ready,
    /// It is on its way.
    InProgress,
    /// It will not get there by itself.
    Failed,
    /// It is being deleted.
    Terminating,
}

/// How an object stands, with a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// In a word.
    pub state: State,
    /// In a sentence, as kstatus says it.
    pub message: String,
}

/// By which rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// kstatus: a Job is ready as soon as it runs.
    Kstatus,
    /// kstatus, and Jobs must have succeeded (`--wait-for-jobs`).
    WithJobs,
    /// Hooks: Jobs and Pods must have succeeded, everything else is ready at once.
    Hook,
    /// Helm 3's (`--wait=legacy`).
    Legacy,
    /// Helm 3's, and Jobs must have succeeded.
    LegacyWithJobs,
}

impl Readiness {
    pub(crate) fn ready(message: impl Into<String>) -> Self {
        Self { state: State::Ready, message: message.into() }
    }

    pub(crate) fn waiting(message: impl Into<String>) -> Self {
        Self { state: State::InProgress, message: message.into() }
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { state: State::Failed, message: message.into() }
    }
}

impl State {
    /// Returns kstatus' word, as Helm prints it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "Current",
            Self::InProgress => "InProgress",
            Self::Failed => "Failed",
            Self::Terminating => "Terminating",
        }
    }
}

/// Returns how an object stands.
pub fn readiness(object: &Value, rules: Rules) -> Readiness {
    match rules {
        Rules::WithJobs if is_kind(object, "batch", "Job") => others::job_to_its_end(object),
        Rules::Kstatus | Rules::WithJobs => kstatus(object),
        Rules::Hook => hook(object),
        Rules::Legacy | Rules::LegacyWithJobs => legacy::readiness(object, rules),
    }
}

/// Says whether the state of a kind depends on anything but its being there: only such objects
/// are watched.
pub fn changes_by_itself(kind: &Kind, rules: Rules) -> bool {
    let is_still = matches!(
        (kind.group(), kind.kind.as_str()),
        ("", "ConfigMap" | "Secret" | "ServiceAccount" | "LimitRange" | "ResourceQuota")
            | ("batch", "CronJob")
            | ("networking.k8s.io", "NetworkPolicy" | "IngressClass")
            | ("storage.k8s.io", "StorageClass")
            | ("scheduling.k8s.io", "PriorityClass")
            | ("rbac.authorization.k8s.io" | "admissionregistration.k8s.io", _)
    );
    let is_run = matches!((kind.group(), kind.kind.as_str()), ("batch", "Job") | ("", "Pod"));
    if rules == Rules::Hook { is_run } else { !is_still }
}

fn kstatus(object: &Value) -> Readiness {
    if let Some(decided) = generic(object) {
        return decided;
    }
    let group = Kind::of(object).map_or(String::new(), |kind| kind.group().to_owned());
    match (group.as_str(), text(object, "/kind")) {
        ("apps" | "extensions", "Deployment") => workloads::deployment(object),
        ("apps" | "extensions", "DaemonSet") => workloads::daemon_set(object),
        ("apps" | "extensions", "ReplicaSet") => workloads::replica_set(object),
        ("apps", "StatefulSet") => workloads::stateful_set(object),
        ("batch", "Job") => others::job(object),
        ("", "Pod") => others::pod(object),
        ("", "PersistentVolumeClaim") => others::claim(object),
        ("", "Service") => others::service(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => others::definition(object),
        ("", "Secret" | "ConfigMap") | ("batch", "CronJob") | ("policy", "PodDisruptionBudget") => {
            Readiness::ready("Resource is current")
        }
        _ => others::by_ready_condition(object),
    }
}

/// What holds for every kind (`checkGenericProperties`).
fn generic(object: &Value) -> Option<Readiness> {
    if object.pointer("/metadata/deletionTimestamp").is_some_and(|it| !it.is_null()) {
        let message = "Resource scheduled for deletion".to_owned();
        return Some(Readiness { state: State::Terminating, message });
    }
    let generation = number(object, "/metadata/generation");
    // Some controllers write it as text, which kstatus takes for a fault (helm#32615).
    let observed = object
        .pointer("/status/observedGeneration")
        .and_then(|it| it.as_i64().or_else(|| it.as_str().and_then(|digits| digits.parse().ok())));
    if let (Some(wanted), Some(seen)) = (generation, observed)
        && wanted != seen
    {
        let kind = text(object, "/kind");
        return Some(Readiness::waiting(format!(
            "{kind} generation is {wanted}, but latest observed generation is {seen}"
        )));
    }
    if let Some(condition) = condition(object, "Reconciling").filter(|it| it.is("True")) {
        return Some(Readiness::waiting(condition.message));
    }
    let stalled = condition(object, "Stalled").filter(|it| it.is("True"));
    stalled.map(|condition| Readiness::failed(condition.message))
}

fn hook(object: &Value) -> Readiness {
    if is_kind(object, "batch", "Job") {
        return others::job_to_its_end(object);
    }
    if is_kind(object, "", "Pod") {
        return others::pod_to_its_end(object);
    }
    Readiness::ready("Resource is current")
}

/// A condition of an object's status.
pub(crate) struct Condition<'a> {
    pub(crate) status: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) message: &'a str,
}

impl Condition<'_> {
    pub(crate) fn is(&self, status: &str) -> bool {
        self.status == status
    }
}

pub(crate) fn condition<'a>(object: &'a Value, kind: &str) -> Option<Condition<'a>> {
    let conditions = object.pointer("/status/conditions")?.as_array()?;
    let found = conditions.iter().find(|it| text(it, "/type") == kind)?;
    Some(Condition {
        status: text(found, "/status"),
        reason: text(found, "/reason"),
        message: text(found, "/message"),
    })
}

pub(crate) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// Returns a count; what is not there is none.
pub(crate) fn count(object: &Value, pointer: &str) -> i64 {
    number(object, pointer).unwrap_or(0)
}

fn is_kind(object: &Value, group: &str, name: &str) -> bool {
    Kind::of(object).is_some_and(|kind| kind.group() == group && kind.kind == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(object: &Value) -> State {
        readiness(object, Rules::Kstatus).state
    }

    #[test]
    fn an_object_whose_controller_has_not_looked_yet_is_on_its_way() {
        let object = json!({"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"generation": 2},
            "status": {"observedGeneration": "1"}});
        let found = readiness(&object, Rules::Kstatus);
        assert_eq!(found.state, State::InProgress);
        assert_eq!(found.message, "Thing generation is 2, but latest observed generation is 1");
    }

    #[test]
    fn a_custom_resource_is_what_its_ready_condition_says() {
        let thing = |status: &str| {
            json!({"apiVersion": "x.io/v1", "kind": "Thing",
                "status": {"conditions": [{"type": "Ready", "status": status}]}})
        };
        assert_eq!(state(&thing("True")), State::Ready);
        assert_eq!(state(&thing("False")), State::InProgress);
        assert_eq!(state(&json!({"apiVersion": "x.io/v1", "kind": "Thing"})), State::Ready);
    }

    #[test]
    fn a_deleted_object_is_not_ready() {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}});
        assert_eq!(state(&object), State::Terminating);
    }

    #[test]
    fn a_hook_of_any_other_kind_is_ready_at_once() {
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}});
        assert_eq!(readiness(&object, Rules::Hook).state, State::Ready);
        assert!(!changes_by_itself(&Kind::new("apps/v1", "Deployment"), Rules::Hook));
    }
}
