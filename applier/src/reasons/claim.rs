//! Why a claim has no volume: what it asks for, which volumes there are, which classes.
//!
//! The rules are those of the controller that binds them (`pkg/controller/volume/persistentvolume`,
//! `FindMatchingVolume`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{every, served};
use crate::{
    cluster::{Cluster, Scope},
    object,
    readiness::text,
};

/// The volumes and classes of a cluster, as far as the user may see them.
#[derive(Default)]
pub(super) struct Storage {
    volumes: Option<Vec<Value>>,
    classes: Option<Vec<Value>>,
}

impl Storage {
    /// Reads both.
    pub(super) async fn read<C: Cluster>(cluster: &C) -> Self {
        let volumes = served("v1", "PersistentVolume", "persistentvolumes", Scope::Cluster);
        let kind = "StorageClass";
        let classes = served("storage.k8s.io/v1", kind, "storageclasses", Scope::Cluster);
        let (volumes, classes) =
            futures_util::future::join(every(cluster, &volumes), every(cluster, &classes)).await;
        Self { volumes, classes }
    }
}

/// Returns why a claim is not bound. What was warned of is said where the volumes may not be seen.
pub(super) fn reason(claim: &Value, storage: &Storage, warned: Option<&str>) -> Option<String> {
    if text(claim, "/status/phase") == "Lost" {
        let volume = text(claim, "/spec/volumeName");
        return Some(format!("its PersistentVolume `{volume}` is gone"));
    }
    let by_volume = storage.volumes.as_ref().and_then(|it| by_volumes(claim, it));
    let by_class = || by_class(claim, storage);
    by_volume.or_else(by_class).or_else(|| warned.map(str::to_owned))
}

/// Returns what is wrong with the volume that comes nearest.
fn by_volumes(claim: &Value, volumes: &[Value]) -> Option<String> {
    let wanted = class(claim);
    let named = text(claim, "/spec/volumeName");
    if !named.is_empty() {
        let Some(volume) = volumes.iter().find(|it| object::name(it) == named) else {
            return Some(format!("it asks for PersistentVolume `{named}`, which is not there"));
        };
        return Some(match misfit(claim, volume) {
            _ if class(volume) != wanted => other_class(volume, wanted),
            Some(misfit) => format!("PersistentVolume `{named}` does not fit: {misfit}"),
            None => format!("PersistentVolume `{named}` is {}", text(volume, "/status/phase")),
        });
    }
    let free: Vec<&Value> = volumes.iter().filter(|it| is_free(it, claim)).collect();
    let same: Vec<&&Value> = free.iter().filter(|it| class(it) == wanted).collect();
    if let Some(volume) = same.iter().find(|it| misfit(claim, it).is_none()) {
        return Some(format!(
            "PersistentVolume `{}` fits and is about to be bound",
            object::name(volume)
        ));
    }
    let near = free.iter().find(|it| class(it) != wanted && misfit(claim, it).is_none());
    if let Some(volume) = near {
        return Some(other_class(volume, wanted));
    }
    let volume = same.first()?;
    let misfit = misfit(claim, volume)?;
    Some(format!("PersistentVolume `{}` does not fit: {misfit}", object::name(volume)))
}

fn other_class(volume: &Value, wanted: &str) -> String {
    format!(
        "PersistentVolume `{}` has the storage class {}, the claim asks for {}",
        object::name(volume),
        quoted(class(volume)),
        quoted(wanted)
    )
}

/// Returns what the claim's class has to say.
fn by_class(claim: &Value, storage: &Storage) -> Option<String> {
    let wanted = class(claim);
    let none_free = storage.volumes.as_ref().map(|_| {
        format!("it waits for a PersistentVolume of the storage class {}", quoted(wanted))
    });
    let classes = storage.classes.as_ref()?;
    if wanted.is_empty() {
        return none_free
            .or_else(|| Some("it waits for a PersistentVolume without a class".into()));
    }
    let Some(known) = classes.iter().find(|it| object::name(it) == wanted) else {
        let none = format!("there is no StorageClass `{wanted}` that could make one");
        return Some(match none_free {
            Some(text) => format!("{text}: none is free, and {none}"),
            None => none,
        });
    };
    if text(known, "/volumeBindingMode") == "WaitForFirstConsumer" {
        return Some(format!(
            "it waits for a pod that uses it: the storage class `{wanted}` binds at the first use"
        ));
    }
    match text(known, "/provisioner") {
        "kubernetes.io/no-provisioner" => none_free.map(|text| format!("{text}: none is free")),
        maker => Some(format!("it waits for `{maker}` to make a volume of the class `{wanted}`")),
    }
}

fn class(object: &Value) -> &str {
    text(object, "/spec/storageClassName")
}

fn quoted(class: &str) -> String {
    if class.is_empty() { "none".to_owned() } else { format!("`{class}`") }
}

/// Says whether a volume is nobody's, or kept for this claim.
fn is_free(volume: &Value, claim: &Value) -> bool {
    let phase = text(volume, "/status/phase");
    let Some(kept) = volume.pointer("/spec/claimRef") else {
        return matches!(phase, "" | "Available" | "Pending");
    };
    let [name, namespace] = [text(kept, "/name"), text(kept, "/namespace")];
    name == object::name(claim) && Some(namespace) == object::namespace(claim)
}

/// Returns what of a volume is not as the claim asks, its class aside.
fn misfit(claim: &Value, volume: &Value) -> Option<String> {
    let [has, asks] =
        [text(volume, "/spec/capacity/storage"), text(claim, "/spec/resources/requests/storage")];
    if bytes(has).zip(bytes(asks)).is_some_and(|(has, asks)| has < asks) {
        return Some(format!("it has {has}, the claim asks for {asks}"));
    }
    let [offers, wants] = [volume, claim].map(modes);
    if !wants.is_subset(&offers) {
        let words = |modes: BTreeSet<&str>| modes.into_iter().collect::<Vec<_>>().join(", ");
        return Some(format!("it offers {}, the claim asks for {}", words(offers), words(wants)));
    }
    let mode = |object| match text(object, "/spec/volumeMode") {
        "" => "Filesystem",
        mode => mode,
    };
    if mode(volume) != mode(claim) {
        return Some(format!("it is a {}, the claim asks for a {}", mode(volume), mode(claim)));
    }
    let labels = claim.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
    let mut lacking = labels
        .into_iter()
        .flatten()
        .filter(|(key, value)| object::label(volume, key) != value.as_str());
    lacking.next().map(|(key, value)| {
        format!("the claim asks for the label {key}={}", value.as_str().unwrap_or_default())
    })
}

fn modes(object: &Value) -> BTreeSet<&str> {
    let modes = object.pointer("/spec/accessModes").and_then(Value::as_array);
    modes.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the bytes of a quantity (apimachinery's `resource.Quantity`), as near as a float comes.
fn bytes(quantity: &str) -> Option<f64> {
    let end = quantity.find(|letter: char| letter.is_ascii_alphabetic() && letter != 'e');
    let (number, unit) = quantity.split_at(end.unwrap_or(quantity.len()));
    let factor = match unit {
        "" => 1.0,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        "Ei" => 1_152_921_504_606_846_976.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claim() -> Value {
        json!({"metadata": {"name": "data", "namespace": "prod"}, "spec": {
            "storageClassName": "slow", "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}}, "status": {"phase": "Pending"}})
    }

    fn volume(name: &str, class: &str, size: &str) -> Value {
        json!({"metadata": {"name": name}, "status": {"phase": "Available"}, "spec": {
            "storageClassName": class, "capacity": {"storage": size},
            "accessModes": ["ReadWriteOnce"]}})
    }

    fn told(volumes: Vec<Value>, classes: Vec<Value>) -> String {
        let storage = Storage { volumes: Some(volumes), classes: Some(classes) };
        reason(&claim(), &storage, None).unwrap()
    }

    #[test]
    fn a_volume_of_another_class_is_named_with_both_classes() {
        assert_eq!(
            told(vec![volume("pv0", "manual", "2Gi")], Vec::new()),
            "PersistentVolume `pv0` has the storage class `manual`, the claim asks for `slow`"
        );
    }

    #[test]
    fn a_volume_that_is_too_small_is_named_with_both_sizes() {
        assert_eq!(
            told(vec![volume("pv0", "slow", "500Mi")], Vec::new()),
            "PersistentVolume `pv0` does not fit: it has 500Mi, the claim asks for 1Gi"
        );
    }

    #[test]
    fn where_no_volume_is_free_the_class_tells() {
        assert_eq!(
            told(Vec::new(), Vec::new()),
            "it waits for a PersistentVolume of the storage class `slow`: none is free, and there \
             is no StorageClass `slow` that could make one"
        );
        let class = json!({"metadata": {"name": "slow"}, "provisioner": "x.io/disk",
            "volumeBindingMode": "WaitForFirstConsumer"});
        assert!(told(Vec::new(), vec![class]).starts_with("it waits for a pod that uses it"));
    }

    #[test]
    fn who_may_not_see_volumes_is_told_what_was_warned_of() {
        let told = reason(&claim(), &Storage::default(), Some("ProvisioningFailed: no"));
        assert_eq!(told.unwrap(), "ProvisioningFailed: no");
    }

    #[test]
    fn quantities_are_read_in_both_kinds_of_units() {
        assert_eq!(bytes("1Gi"), Some(1_073_741_824.0));
        assert_eq!(bytes("1.5k"), Some(1500.0));
        assert_eq!(bytes("1e3"), Some(1000.0));
        assert_eq!(bytes("a lot"), None);
    }
}
