//! Moving an object from client-side to server-side apply, so that what a release no longer has is
//! removed and what it never had stays.
//!
//! client-go's `csaupgrade` turns all that the client wrote into what we apply, defaults included:
//! the next apply then removes them. Where the manifest that was applied is known, the server tells
//! exactly which fields it has: a dry run of it. `csaupgrade`'s way is the fallback.

use ledger::{OperationLocks, Store};
use serde_json::{Value, json};

use super::Execution;
use crate::{
    cluster::{
        Address, Apply, Cluster, ClusterError, Conflicts, Depth, Effect, FIELD_MANAGER, PatchStep,
        Resource, Validation,
    },
    object,
    plan::prepare::Key,
};

/// So often a migration is tried when somebody else writes at the same time.
const TRIES: u32 = 5;

impl<C: Cluster, S: Store + OperationLocks> Execution<'_, '_, C, S> {
    /// Makes what was applied client-side ours as if it had been applied server-side.
    pub(super) async fn migrate(
        &self,
        wanted: &Value,
        resource: &Resource,
    ) -> Result<(), ClusterError> {
        let address =
            Address { resource, namespace: object::namespace(wanted), name: object::name(wanted) };
        for attempt in 1.. {
            let live = match self.world.cluster.get(&address, Depth::Whole).await {
                Err(error) if error.is_not_found() => return Ok(()),
                other => other?,
            };
            if client_side(&live).is_empty() {
                return Ok(());
            }
            let owned = self.owned_by_manifest(wanted, resource).await;
            let Some(fields) = migrated(&live, owned) else { return Ok(()) };
            let version = object::resource_version(&live).unwrap_or_default();
            let steps = [
                PatchStep::Replace { path: "/metadata/managedFields".into(), value: fields },
                PatchStep::Replace {
                    path: "/metadata/resourceVersion".into(),
                    value: version.into(),
                },
            ];
            match self.world.cluster.patch(&address, &steps).await {
                Err(ClusterError::Conflict { .. } | ClusterError::Unknown { .. })
                    if attempt < TRIES => {}
                Err(error) if error.is_not_found() => return Ok(()),
                other => return other.map(|_| ()),
            }
        }
        Ok(())
    }

    /// Asks the server which fields the manifest that was applied has.
    async fn owned_by_manifest(&self, wanted: &Value, resource: &Resource) -> Option<Value> {
        let previous = self.work.previous.get(&Key::of(&object::reference(wanted)))?;
        let options = Apply {
            manager: FIELD_MANAGER,
            conflicts: Conflicts::Force,
            effect: Effect::DryRun,
            validation: Validation::Ignore,
        };
        let answer = self.world.cluster.apply(resource, previous, &options).await.ok()?;
        entries(&answer.object).find(|it| is_ours(it, "Apply")).cloned()
    }
}

/// Returns the managers whose client-side entries are Helm's: what an upgrade has to migrate.
pub(crate) fn client_side(live: &Value) -> Vec<String> {
    let managers = entries(live).filter(|it| is_ours(it, "Update"));
    managers.map(|it| text(it, "manager").to_owned()).collect()
}

/// Returns the managed fields as they should be, or nothing where there is nothing to do.
fn migrated(live: &Value, owned: Option<Value>) -> Option<Value> {
    let mut kept: Vec<Value> = Vec::new();
    let mut client = Vec::new();
    let mut server = None;
    for entry in entries(live) {
        if is_ours(entry, "Update") {
            client.push(entry.clone());
        } else if is_ours(entry, "Apply") {
            server = Some(entry.clone());
        } else {
            kept.push(entry.clone());
        }
    }
    let newest = client.into_iter().max_by(|a, b| text(a, "time").cmp(text(b, "time")))?;
    let mut ours = owned.or_else(|| union(server.clone(), &newest)).unwrap_or(newest);
    if let Some(map) = ours.as_object_mut() {
        map.insert("operation".to_owned(), json!("Apply"));
    }
    kept.insert(0, ours);
    Some(Value::Array(kept))
}

/// Returns an entry with the fields of two, where they speak of one version of the API.
fn union(server: Option<Value>, client: &Value) -> Option<Value> {
    let mut server = server?;
    if text(&server, "apiVersion") != text(client, "apiVersion") {
        return Some(server);
    }
    if let (Some(into), Some(from)) = (server.get_mut("fieldsV1"), client.get("fieldsV1")) {
        merge(into, from);
    }
    Some(server)
}

fn merge(into: &mut Value, from: &Value) {
    let (Some(into), Some(from)) = (into.as_object_mut(), from.as_object()) else { return };
    for (key, value) in from {
        match into.get_mut(key) {
            Some(known) => merge(known, value),
            None => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

fn entries(object: &Value) -> impl Iterator<Item = &Value> {
    object.pointer("/metadata/managedFields").and_then(Value::as_array).into_iter().flatten()
}

/// Says whether an entry is of Helm's manager, of the object itself.
fn is_ours(entry: &Value, operation: &str) -> bool {
    text(entry, "manager") == FIELD_MANAGER
        && text(entry, "operation") == operation
        && text(entry, "subresource").is_empty()
}

fn text<'a>(entry: &'a Value, member: &str) -> &'a str {
    entry.get(member).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_manifest_did_not_have_is_not_taken_over() {
        let live = json!({"metadata": {"managedFields": [
            {"manager": "helm", "operation": "Update", "apiVersion": "v1",
                "fieldsV1": {"f:data": {"f:a": {}, "f:defaulted": {}}}},
            {"manager": "kubectl", "operation": "Update", "fieldsV1": {}}]}});
        let owned = json!({"manager": "helm", "operation": "Apply", "apiVersion": "v1",
            "fieldsV1": {"f:data": {"f:a": {}}}});
        assert_eq!(
            migrated(&live, Some(owned.clone())).unwrap(),
            json!([owned, {"manager": "kubectl", "operation": "Update", "fieldsV1": {}}])
        );
    }

    #[test]
    fn without_the_manifest_both_entries_are_one() {
        // The rule of client-go's csaupgrade.
        let live = json!({"metadata": {"managedFields": [
            {"manager": "helm", "operation": "Update", "apiVersion": "v1",
                "fieldsV1": {"f:data": {"f:a": {}}}},
            {"manager": "helm", "operation": "Apply", "apiVersion": "v1",
                "fieldsV1": {"f:data": {"f:b": {}}}}]}});
        let fields = migrated(&live, None).unwrap();
        assert_eq!(fields.as_array().unwrap().len(), 1);
        assert_eq!(fields[0]["fieldsV1"], json!({"f:data": {"f:a": {}, "f:b": {}}}));
    }

    #[test]
    fn an_object_of_server_side_apply_is_left_alone() {
        let live = json!({"metadata": {"managedFields": [
            {"manager": "helm", "operation": "Apply", "fieldsV1": {}}]}});
        assert!(client_side(&live).is_empty());
        assert_eq!(migrated(&live, None), None);
    }
}
