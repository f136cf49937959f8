//! The rights that it takes to give rights: the server lets nobody make a role that says more than
//! he may do himself, nor bind one (`escalation_check` in kube-apiserver's RBAC registry).

use serde_json::Value;

use super::{Need, Operation, Rights, Spot};
use crate::{
    object,
    plan::{Act, prepare},
    readiness::text,
};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Counts what roles and bindings of a plan take.
pub(super) fn count(rights: &mut Rights, operation: &Operation<'_>) {
    let written = operation.plan.steps.iter().filter(|it| {
        matches!(it.act, Act::Create | Act::Update | Act::Adopt | Act::Blind | Act::Hook(_))
    });
    let objects: Vec<(Option<String>, Value)> = written
        .filter_map(|it| Some((it.object.namespace.clone(), operation.object(it)?)))
        .filter(|(_, it)| text(it, "/apiVersion").starts_with(GROUP))
        .collect();
    for (namespace, object) in &objects {
        match text(object, "/kind") {
            "Role" | "ClusterRole" => {
                let rules = object.get("rules").and_then(Value::as_array);
                let rules = rules.into_iter().flatten();
                rights.granted.extend(rules.map(|it| (namespace.clone(), it.clone())));
            }
            "RoleBinding" | "ClusterRoleBinding" => {
                bind(rights, (namespace.as_deref(), object), operation);
            }
            _ => {}
        }
    }
}

/// A role of the release is bound by whoever has all that it says; any other by whoever may bind
/// it.
fn bind(
    rights: &mut Rights,
    (namespace, binding): (Option<&str>, &Value),
    operation: &Operation<'_>,
) {
    let [kind, name] = ["/roleRef/kind", "/roleRef/name"].map(|it| text(binding, it));
    let documents = operation.documents.iter().flat_map(|it| prepare::items(it.object()));
    let mut own = documents.filter(|it| text(it, "/kind") == kind && object::name(it) == name);
    if own.next().is_some() {
        return;
    }
    let resource = if kind == "Role" { "roles" } else { "clusterroles" };
    let spot = Spot { namespace, group: GROUP, resource };
    rights.add_one(spot, ("bind", Some(name)), Need::Required);
}
