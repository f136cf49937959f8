//! Kubernetes objects as JSON: their names, and the marks by which a release knows its own.
//!
//! Pure.

use ledger::ObjectRef;
use serde_json::{Map, Value};

use crate::{cluster::Kind, request::Target};

/// The label that says who manages an object (Helm's `validate.go`).
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The annotation with the release's name.
pub const RELEASE_NAME: &str = "meta.helm.sh/release-name";
/// The annotation with the release's namespace.
pub const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";
/// The annotation that keeps an object when its release lets it go.
pub const RESOURCE_POLICY: &str = "helm.sh/resource-policy";
/// The annotation by which an object whose name the server made is found again.
pub const STEP: &str = "rutter/step";

/// Returns a member of `metadata` as text.
pub fn meta<'a>(object: &'a Value, member: &str) -> Option<&'a str> {
    object.get("metadata")?.get(member)?.as_str()
}

/// Returns the object's name; empty where it has none yet.
pub fn name(object: &Value) -> &str {
    meta(object, "name").unwrap_or_default()
}

/// Returns the object's namespace.
pub fn namespace(object: &Value) -> Option<&str> {
    meta(object, "namespace").filter(|it| !it.is_empty())
}

/// Returns the object's UID.
pub fn uid(object: &Value) -> Option<&str> {
    meta(object, "uid")
}

/// Returns the object's resource version.
pub fn resource_version(object: &Value) -> Option<&str> {
    meta(object, "resourceVersion")
}

/// Returns an annotation.
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("annotations")?.get(key)?.as_str()
}

/// Returns a label.
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("labels")?.get(key)?.as_str()
}

/// Returns which object this is.
pub fn reference(object: &Value) -> ObjectRef {
    let kind = Kind::of(object).unwrap_or_else(|| Kind::new("", ""));
    ObjectRef {
        api_version: kind.api_version,
        kind: kind.kind,
        namespace: namespace(object).map(str::to_owned),
        name: name(object).to_owned(),
    }
}

/// Sets a label or an annotation, making the map where there is none.
pub fn set_meta(object: &mut Value, map: &str, key: &str, value: &str) {
    let Some(object) = object.as_object_mut() else { return };
    let metadata = child(object, "metadata");
    child(metadata, map).insert(key.to_owned(), value.into());
}

/// Gives an object its name.
pub fn set_name(object: &mut Value, name: &str) {
    let Some(object) = object.as_object_mut() else { return };
    child(object, "metadata").insert("name".to_owned(), name.into());
}

/// Returns the map under a key, putting an empty one in the place of anything else.
fn child<'a>(map: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    let slot = map.entry(key.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    slot.as_object_mut().unwrap_or_else(|| unreachable!("an object was just put there"))
}

/// Puts the release's marks on an object (Helm's `setMetadataVisitor`).
pub fn mark(object: &mut Value, target: &Target) {
    set_meta(object, "labels", MANAGED_BY, "Helm");
    set_meta(object, "annotations", RELEASE_NAME, target.name.as_str());
    set_meta(object, "annotations", RELEASE_NAMESPACE, target.namespace.as_str());
}

/// Says what in an object's marks keeps it from being this release's, in Helm's words
/// (`checkOwnership` in `validate.go`); `None` where it is.
pub fn foreign(object: &Value, target: &Target) -> Option<String> {
    let wanted = [
        ("label", label(object, MANAGED_BY), MANAGED_BY, "Helm"),
        ("annotation", annotation(object, RELEASE_NAME), RELEASE_NAME, target.name.as_str()),
        (
            "annotation",
            annotation(object, RELEASE_NAMESPACE),
            RELEASE_NAMESPACE,
            target.namespace.as_str(),
        ),
    ];
    let faults: Vec<String> = wanted
        .into_iter()
        .filter_map(|(what, found, key, wanted)| match found {
            Some(found) if found == wanted => None,
            Some(found) => Some(format!(
                "{what} validation error: key \"{key}\" must equal \"{wanted}\": current value is \
                 \"{found}\""
            )),
            None => Some(format!(
                "{what} validation error: missing key \"{key}\": must be set to \"{wanted}\""
            )),
        })
        .collect();
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// Says whether an object stays when its release lets it go.
pub fn is_kept(object: &Value) -> bool {
    annotation(object, RESOURCE_POLICY).is_some_and(|it| it.trim().eq_ignore_ascii_case("keep"))
}

/// Takes away what a manifest may hold and an apply may not: what the server alone writes, and
/// `null`s, which would be owned as such.
pub fn strip(object: &mut Value) {
    if let Some(map) = object.as_object_mut() {
        map.remove("status");
        if let Some(metadata) = map.get_mut("metadata").and_then(Value::as_object_mut) {
            let server =
                ["managedFields", "creationTimestamp", "resourceVersion", "uid", "generation"];
            for member in server {
                metadata.remove(member);
            }
        }
    }
    drop_nulls(object);
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, member| !member.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn target() -> Target {
        Target { namespace: "prod".parse().unwrap(), name: "web".parse().unwrap() }
    }

    #[test]
    fn a_marked_object_is_the_releases_own() {
        let mut object = json!({"kind": "ConfigMap", "metadata": {"name": "a", "labels": null}});
        mark(&mut object, &target());
        assert_eq!(foreign(&object, &target()), None);
    }

    #[test]
    fn what_is_missing_is_said_in_helms_words() {
        // helm 4.3.1 install web ./web, over a ConfigMap made by kubectl.
        assert_eq!(
            foreign(&json!({"metadata": {}}), &target()).unwrap(),
            "label validation error: missing key \"app.kubernetes.io/managed-by\": must be set to \
             \"Helm\"; annotation validation error: missing key \"meta.helm.sh/release-name\": \
             must be set to \"web\"; annotation validation error: missing key \
             \"meta.helm.sh/release-namespace\": must be set to \"prod\""
        );
    }

    #[test]
    fn what_the_server_writes_and_nulls_are_not_applied() {
        let mut object = json!({"metadata": {"name": "a", "creationTimestamp": null, "uid": "u"},
            "spec": {"x": null, "list": [{"y": null, "z": 1}]}, "status": {}});
        strip(&mut object);
        assert_eq!(object, json!({"metadata": {"name": "a"}, "spec": {"list": [{"z": 1}]}}));
    }
}
