//! The rights on what a plan's steps do to objects, and on what is waited for.

use ledger::Verb;
use render::{DeletePolicy, Hook, LogPolicy};
use serde_json::Value;

use super::{Need, Operation, Rights, Spot};
use crate::{
    cluster::Resource,
    execute::rules,
    plan::{Act, Step, Wanted, prepare},
    readiness::{Rules, State, changes_by_itself, readiness},
    request::Wait,
};

const ONE_BY_ONE: &str = "objects of one kind are read one by one";
const POLLED: &str = "what is waited for is asked for every 2 seconds";
const EVIDENCE: &str = "a failure is told without what pods and events say";
const CLEARED: &str = "the object of a hook that ran before is not cleared away";

/// Counts what the steps of a plan do.
pub(super) fn count(rights: &mut Rights, operation: &Operation<'_>) {
    for step in &operation.plan.steps {
        if step.act == Act::Wait {
            continue;
        }
        if let (Act::CreateIfMissing, "Namespace") = (step.act, step.object.kind.as_str()) {
            rights.namespace_object = operation.object(step);
            continue;
        }
        let Some(resource) = operation.resource(step) else { continue };
        let namespace = step.object.namespace.as_deref();
        let namespace = namespace.unwrap_or(operation.target.namespace.as_str());
        let place = Place { spot: Spot::of(&resource, Some(namespace)), resource: &resource };
        match step.act {
            Act::Hook(_) => hook(rights, operation, step, place),
            _ => object(rights, operation, step, place),
        }
    }
    if operation.plan.steps.iter().any(|it| it.act == Act::Wait) {
        waited(rights, operation);
    }
}

/// The kind of a step's object, and where it is.
#[derive(Clone, Copy)]
struct Place<'a> {
    spot: Spot<'a>,
    resource: &'a Resource,
}

fn object(rights: &mut Rights, operation: &Operation<'_>, step: &Step, place: Place<'_>) {
    let spot = place.spot;
    let is_planned_for = operation.discovery.find(&place.resource.kind).is_some();
    match step.act {
        Act::CreateIfMissing => definition(rights, operation, step, place),
        _ if step.object.name.is_empty() => rights.add(spot, &["create"], Need::Required),
        Act::Create | Act::Blind => {
            rights.add(spot, &["create", "patch"], Need::Required);
        }
        Act::Update | Act::Adopt => rights.add(spot, &["patch"], Need::Required),
        Act::Delete => {
            rights.add(spot, &["delete"], Need::Required);
            let price = "what is deleted may be somebody else's by now";
            rights.add(spot, &["get"], Need::Optional(price));
        }
        Act::Unchanged | Act::Keep | Act::Gone | Act::Foreign | Act::Hook(_) | Act::Wait => {}
    }
    let is_read = matches!(step.act, Act::Create | Act::Update | Act::Adopt | Act::Unchanged);
    if !step.object.name.is_empty() && is_planned_for {
        if is_read || step.act == Act::Blind {
            rights.add(spot, &["get"], Need::Required);
        }
        if is_one_of_many(operation, step) {
            rights.add(spot, &["list"], Need::Optional(ONE_BY_ONE));
        }
    }
}

/// One object of a kind is read, of several all are listed.
fn is_one_of_many(operation: &Operation<'_>, step: &Step) -> bool {
    let place = |it: &Step| {
        let object = &it.object;
        (object.api_version.clone(), object.kind.clone(), object.namespace.clone())
    };
    operation.plan.steps.iter().filter(|it| place(it) == place(step)).count() > 1
}

/// A definition of `crds/` whose kinds are served is there already.
fn definition(rights: &mut Rights, operation: &Operation<'_>, step: &Step, place: Place<'_>) {
    let Some(object) = operation.object(step) else { return };
    let kinds = prepare::kinds_of_definition(&object);
    if kinds.iter().all(|kind| operation.discovery.find(kind).is_some()) && !kinds.is_empty() {
        return;
    }
    rights.add(place.spot, &["create", "list"], Need::Required);
    rights.add(place.spot, &["watch"], Need::Optional(POLLED));
}

fn hook(rights: &mut Rights, operation: &Operation<'_>, step: &Step, place: Place<'_>) {
    let spot = place.spot;
    let Some(Wanted::Hook(number)) = step.wanted else { return };
    let Some(hook) = operation.hooks.get(number) else { return };
    let is_run = changes_by_itself(&place.resource.kind, Rules::Hook);
    rights.add(spot, &["create"], Need::Required);
    if step.object.name.is_empty() {
        return run(rights, hook, is_run.then_some(place));
    }
    rights.add(spot, &["patch"], Need::Required);
    let clears = has(hook, &DeletePolicy::BeforeCreation) || hook.delete_policies.is_empty();
    let need = if step.uid.is_some() { Need::Required } else { Need::Optional(CLEARED) };
    if clears {
        rights.add(spot, &["get", "delete", "list"], need);
    }
    if has(hook, &DeletePolicy::Succeeded) {
        rights.add(spot, &["delete", "list"], Need::Required);
    }
    if has(hook, &DeletePolicy::Failed) {
        let price = "the object of a hook that failed stays";
        rights.add(spot, &["delete", "list"], Need::Optional(price));
    }
    run(rights, hook, is_run.then_some(place));
}

fn has(hook: &Hook, policy: &DeletePolicy) -> bool {
    hook.delete_policies.contains(policy)
}

/// Counts what it takes to follow a hook to its end.
fn run(rights: &mut Rights, hook: &Hook, place: Option<Place<'_>>) {
    let Some(Place { spot, .. }) = place else { return };
    rights.add(spot, &["list"], Need::Required);
    rights.add(spot, &["watch"], Need::Optional(POLLED));
    let logs = [LogPolicy::Succeeded, LogPolicy::Failed];
    let price = if logs.iter().any(|it| hook.log_policies.contains(it)) {
        "what hooks print is not shown"
    } else {
        EVIDENCE
    };
    evidence(rights, spot.namespace, price);
}

fn evidence(rights: &mut Rights, namespace: Option<&str>, price: &'static str) {
    rights.add(Spot::core(namespace, "pods"), &["list"], Need::Optional(price));
    rights.add(Spot::core(namespace, "pods/log"), &["get"], Need::Optional(price));
    rights.add(Spot::core(namespace, "events"), &["list"], Need::Optional(EVIDENCE));
}

/// Counts what it takes to wait for everything.
fn waited(rights: &mut Rights, operation: &Operation<'_>) {
    for step in &operation.plan.steps {
        let Some(resource) = operation.resource(step) else { continue };
        let namespace = step.object.namespace.as_deref();
        let spot = Spot::of(&resource, namespace);
        let Some(need) = need_to_look(operation, step, &resource) else { continue };
        rights.add(spot, &["list"], need);
        rights.add(spot, &["watch"], Need::Optional(POLLED));
        if need == Need::Required && operation.verb != Verb::Uninstall {
            evidence(rights, namespace, EVIDENCE);
            if resource.kind.kind == "PersistentVolumeClaim" {
                let price = "a claim that waits is told without the volumes that there are";
                let volumes = Spot::core(None, "persistentvolumes");
                rights.add(volumes, &["list"], Need::Optional(price));
                let group = "storage.k8s.io";
                let classes = Spot { namespace: None, group, resource: "storageclasses" };
                rights.add(classes, &["list"], Need::Optional(price));
            }
        }
    }
}

/// Returns whether the object of a step has to be looked at, if it is waited for at all.
fn need_to_look(operation: &Operation<'_>, step: &Step, resource: &Resource) -> Option<Need> {
    let is_uninstall = operation.verb == Verb::Uninstall;
    let is_applied =
        matches!(step.act, Act::Create | Act::Update | Act::Unchanged | Act::Adopt | Act::Blind);
    if is_uninstall {
        return (step.act == Act::Delete).then_some(Need::Required);
    }
    if !is_applied || operation.waiting.strategy == Wait::HookOnly {
        return None;
    }
    let rules = rules(operation.waiting);
    let object = operation.object(step)?;
    let is_paused = object.pointer("/spec/paused") == Some(&Value::Bool(true));
    if is_paused || !changes_by_itself(&resource.kind, rules) {
        return None;
    }
    // What is ready as soon as it is applied, the answer to that has told already.
    let is_ready_at_once =
        step.act != Act::Unchanged && readiness(&object, rules).state == State::Ready;
    let price = "an object that is changed by another meanwhile is not followed";
    Some(if is_ready_at_once { Need::Optional(price) } else { Need::Required })
}
