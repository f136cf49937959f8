//! Making a plan: a pure function of what is wanted, what was, and what is there.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{HookPoint, ObjectRef};
use render::{Document, Hook, HookEvent, uninstall_rank};
use serde_json::Value;

use super::{
    Act, Live, Plan, Point, Sighting, Step, Wanted,
    prepare::{self, Key, Marks, Prepared},
};
use crate::{
    cluster::{Discovery, FIELD_MANAGER, Kind},
    error::Error,
    execute::client_side,
    object,
    request::{Hooks, Ownership, Target, Wait},
};

/// What a plan is made from.
pub(crate) struct Inputs<'a> {
    /// Whose.
    pub(crate) target: &'a Target,
    /// `install` or `update`: Helm's word in its refusals.
    pub(crate) verb: &'static str,
    /// The documents that are wanted.
    pub(crate) wanted: &'a [Document],
    /// The hooks of the revision, and whether they run.
    pub(crate) hooks: (&'a [Hook], Hooks),
    /// Before and after.
    pub(crate) points: [HookPoint; 2],
    /// What earlier revisions made and may still be there.
    pub(crate) previous: &'a [Document],
    /// What is made first if it is not there: the namespace, `crds/`.
    pub(crate) first: &'a [Value],
    /// What is there.
    pub(crate) live: &'a Live,
    /// What the server serves.
    pub(crate) discovery: &'a Discovery,
    /// What happens to objects of others.
    pub(crate) ownership: Ownership,
    /// Whether all objects are waited for.
    pub(crate) wait: Wait,
}

/// Puts steps into barriers.
#[derive(Default)]
struct Builder {
    plan: Plan,
    barrier: u32,
    /// What the current barrier holds: objects of one kind, each once.
    holds: Option<(String, BTreeSet<Key>)>,
}

impl Builder {
    /// Adds a step to the current barrier if that is of this word and does not hold the object yet,
    /// else to a new one. Steps without a word get a barrier each.
    fn push(&mut self, word: Option<&str>, mut step: Step) {
        let key = Key::of(&ObjectRef::from(&step.object));
        let fits = match (&self.holds, word) {
            (Some((held, keys)), Some(word)) => held == word && !keys.contains(&key),
            _ => false,
        };
        if !fits {
            if !self.plan.steps.is_empty() {
                self.barrier += 1;
            }
            self.holds = word.map(|word| (word.to_owned(), BTreeSet::new()));
        }
        // Objects whose names the server makes are never the same.
        if let (Some((_, keys)), false) = (&mut self.holds, step.object.name.is_empty()) {
            keys.insert(key);
        }
        step.number = u32::try_from(self.plan.steps.len()).unwrap_or(u32::MAX);
        step.barrier = self.barrier;
        self.plan.steps.push(step);
    }
}

/// Makes the plan of an install, an upgrade or a rollback.
///
/// # Errors
///
/// [`Error::Unserved`] and [`Error::Foreign`]: then nothing was written and nothing will be.
pub(crate) fn build(inputs: &Inputs<'_>) -> Result<Plan, Error> {
    let prepared = prepare::documents(inputs.wanted, inputs.target, inputs.discovery)?;
    let brought =
        prepare::kinds_brought(inputs.first.iter().chain(prepared.iter().map(|it| &it.object)));
    refuse_unserved(&prepared, &brought)?;
    let previous = previous(inputs);
    refuse_hidden(inputs, &prepared)?;
    refuse_foreign(inputs, &prepared, &previous)?;

    let mut builder = Builder::default();
    for object in inputs.first {
        let reference = object::reference(object);
        let mut step = step(Act::CreateIfMissing, reference.clone());
        step.wanted = Some(Wanted::Here(object.clone()));
        builder.push(Some(&format!("first {}", reference.kind)), step);
    }
    hooks(&mut builder, inputs, inputs.points[0]);
    for object in &prepared {
        let was = previous.get(&Key::of(&object.reference));
        let step = apply_step(inputs, object, was.map(|(_, object)| object));
        builder.push(Some(&format!("apply {}", object.reference.kind)), step);
    }
    prune(&mut builder, inputs, &prepared, &previous);
    if inputs.wait != Wait::HookOnly {
        builder.push(None, step(Act::Wait, nothing()));
    }
    hooks(&mut builder, inputs, inputs.points[1]);
    Ok(builder.plan)
}

/// Makes the plan of an uninstall.
pub(crate) fn build_uninstall(inputs: &Inputs<'_>) -> Plan {
    let mut builder = Builder::default();
    hooks(&mut builder, inputs, inputs.points[0]);
    let previous = previous(inputs);
    prune(&mut builder, inputs, &[], &previous);
    if inputs.wait != Wait::HookOnly {
        builder.push(None, step(Act::Wait, nothing()));
    }
    hooks(&mut builder, inputs, inputs.points[1]);
    builder.plan
}

/// Objects of earlier revisions by key, each as it was wanted last.
type Previous = BTreeMap<Key, (ObjectRef, Value)>;

fn previous(inputs: &Inputs<'_>) -> Previous {
    let mut all = Previous::new();
    let objects = inputs.previous.iter().flat_map(|it| prepare::items(it.object()));
    for object in objects {
        let kind = Kind::of(object).unwrap_or_else(|| Kind::new("", ""));
        let scope = inputs.discovery.find_any_version(&kind).map(|it| it.scope);
        let mut object = object.clone();
        object::strip(&mut object);
        prepare::set_namespace(&mut object, scope, inputs.target);
        object::mark(&mut object, inputs.target);
        let reference = object::reference(&object);
        if !reference.name.is_empty() {
            all.insert(Key::of(&reference), (reference, object));
        }
    }
    all
}

fn refuse_unserved(prepared: &[Prepared], brought: &BTreeSet<Kind>) -> Result<(), Error> {
    let unserved: Vec<ObjectRef> = prepared
        .iter()
        .filter(|it| it.resource.is_none())
        .filter(|it| Kind::of(&it.object).is_none_or(|kind| !brought.contains(&kind)))
        .map(|it| it.reference.clone())
        .collect();
    if unserved.is_empty() { Ok(()) } else { Err(Error::Unserved(unserved)) }
}

/// Refuses objects that the user may not see: Helm reads each before it writes it, and gives up
/// where it cannot.
fn refuse_hidden(inputs: &Inputs<'_>, prepared: &[Prepared]) -> Result<(), Error> {
    for object in prepared {
        let Sighting::Unknown(error) = inputs.live.sight(&object.reference) else { continue };
        let ObjectRef { kind, name, namespace, .. } = &object.reference;
        let namespace = namespace.as_deref().unwrap_or_default();
        let doing = format!(
            "unable to continue with {}: could not get information about the resource {kind} \
             \"{name}\" in namespace \"{namespace}\"",
            inputs.verb
        );
        return Err(Error::Cluster { doing, source: error.clone() });
    }
    Ok(())
}

/// Refuses objects that are there and not this release's (Helm's `existingResourceConflict`), and
/// that it did not make before.
fn refuse_foreign(
    inputs: &Inputs<'_>,
    prepared: &[Prepared],
    previous: &Previous,
) -> Result<(), Error> {
    if inputs.ownership == Ownership::Take {
        return Ok(());
    }
    for object in prepared.iter().filter(|it| !previous.contains_key(&Key::of(&it.reference))) {
        let Sighting::There(live) = inputs.live.sight(&object.reference) else { continue };
        let Some(fault) = object::foreign(live, inputs.target) else { continue };
        let ObjectRef { kind, name, namespace, .. } = &object.reference;
        let namespace = namespace.as_deref().unwrap_or_default();
        return Err(Error::Foreign {
            verb: inputs.verb,
            text: format!(
                "{kind} \"{name}\" in namespace \"{namespace}\" exists and cannot be imported into \
                 the current release: invalid ownership metadata; {fault}"
            ),
        });
    }
    Ok(())
}

fn apply_step(inputs: &Inputs<'_>, prepared: &Prepared, was: Option<&Value>) -> Step {
    let mut step = step(Act::Create, prepared.reference.clone());
    step.wanted = Some(prepared.wanted.clone());
    if prepared.resource.is_none() {
        step.act = Act::Blind;
        return step;
    }
    match inputs.live.sight(&prepared.reference) {
        Sighting::Unknown(_) => step.act = Act::Blind,
        Sighting::Missing => {}
        Sighting::There(live) => {
            step.uid = object::uid(live).map(str::to_owned);
            step.resource_version = object::resource_version(live).map(str::to_owned);
            step.managers = client_side(live);
            step.act = if object::foreign(live, inputs.target).is_some() {
                Act::Adopt
            } else if was == Some(&prepared.object) && is_as_wanted(live, &prepared.object) {
                Act::Unchanged
            } else {
                Act::Update
            };
        }
    }
    step
}

/// Says whether an object that was applied before needs no apply: all that is wanted is there, and
/// our manager owns fields of it.
fn is_as_wanted(live: &Value, wanted: &Value) -> bool {
    let managers = live.pointer("/metadata/managedFields").and_then(Value::as_array);
    let is_ours = managers.into_iter().flatten().any(|entry| {
        entry.get("manager").and_then(Value::as_str) == Some(FIELD_MANAGER)
            && entry.get("operation").and_then(Value::as_str) == Some("Apply")
    });
    is_ours && holds(live, wanted)
}

/// Says whether a value holds all of another; the server adds fields, and items to no list that we
/// know to be ours alone.
fn holds(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => wanted.iter().all(|(key, wanted)| {
            live.get(key).map_or_else(|| is_empty(wanted), |live| holds(live, wanted))
        }),
        (Value::Array(live), Value::Array(wanted)) => {
            live.len() == wanted.len() && live.iter().zip(wanted).all(|(a, b)| holds(a, b))
        }
        (live, wanted) => live == wanted,
    }
}

/// The server drops what is empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Adds what is let go, the last to be installed first.
fn prune(builder: &mut Builder, inputs: &Inputs<'_>, kept: &[Prepared], previous: &Previous) {
    let wanted: BTreeSet<Key> = kept.iter().map(|it| Key::of(&it.reference)).collect();
    let mut gone: Vec<&(ObjectRef, Value)> =
        previous.iter().filter(|(key, _)| !wanted.contains(key)).map(|(_, it)| it).collect();
    gone.sort_by_key(|(reference, _)| (uninstall_rank(&reference.kind), reference.kind.clone()));
    for (reference, object) in gone {
        let step = prune_step(inputs, reference, object);
        builder.push(Some(&format!("delete {}", reference.kind)), step);
    }
}

fn prune_step(inputs: &Inputs<'_>, reference: &ObjectRef, manifest: &Value) -> Step {
    let kind = Kind::new(reference.api_version.as_str(), reference.kind.as_str());
    let Some(resource) = inputs.discovery.find_any_version(&kind) else {
        let mut step = step(Act::Gone, reference.clone());
        step.notes.push(format!("{} in {} is no longer served", kind.kind, kind.api_version));
        return step;
    };
    let served = resource.kind.api_version.clone();
    let mut step = step(Act::Gone, ObjectRef { api_version: served, ..reference.clone() });
    match inputs.live.sight(reference) {
        Sighting::Missing => {}
        Sighting::Unknown(_) if object::is_kept(manifest) => step.act = Act::Keep,
        Sighting::Unknown(_) => step.act = Act::Delete,
        Sighting::There(live) => {
            step.uid = object::uid(live).map(str::to_owned);
            step.act = if object::is_kept(manifest) || object::is_kept(live) {
                Act::Keep
            } else if let Some(fault) = object::foreign(live, inputs.target) {
                step.notes.push(fault);
                Act::Foreign
            } else {
                Act::Delete
            };
        }
    }
    step
}

/// Adds the hooks of a point, by weight, then by name (Helm's `hookByWeight`).
fn hooks(builder: &mut Builder, inputs: &Inputs<'_>, point: HookPoint) {
    let (hooks, Hooks::Run) = inputs.hooks else { return };
    let mut chosen: Vec<(usize, &Hook)> =
        hooks.iter().enumerate().filter(|(_, it)| it.events.contains(&event(point))).collect();
    chosen
        .sort_by(|(_, a), (_, b)| (a.weight, &a.document.name).cmp(&(b.weight, &b.document.name)));
    for (number, hook) in chosen {
        let target = (inputs.target, Marks::Leave);
        let wanted = Wanted::Hook(number);
        let prepared =
            prepare::one(hook.document.object().clone(), wanted, target, inputs.discovery);
        let mut step = step(Act::Hook(Point(point)), prepared.reference.clone());
        if let Sighting::There(live) = inputs.live.sight(&prepared.reference) {
            step.uid = object::uid(live).map(str::to_owned);
        }
        step.wanted = Some(prepared.wanted);
        builder.push(None, step);
    }
}

fn step(act: Act, object: ObjectRef) -> Step {
    Step {
        number: 0,
        barrier: 0,
        act,
        object: object.into(),
        uid: None,
        resource_version: None,
        wanted: None,
        managers: Vec::new(),
        notes: Vec::new(),
    }
}

fn nothing() -> ObjectRef {
    ObjectRef {
        api_version: String::new(),
        kind: String::new(),
        namespace: None,
        name: String::new(),
    }
}

/// Returns the annotation's word for a point.
pub(crate) fn event(point: HookPoint) -> HookEvent {
    match point {
        HookPoint::PreInstall => HookEvent::PreInstall,
        HookPoint::PostInstall => HookEvent::PostInstall,
        HookPoint::PreDelete => HookEvent::PreDelete,
        HookPoint::PostDelete => HookEvent::PostDelete,
        HookPoint::PreUpgrade => HookEvent::PreUpgrade,
        HookPoint::PostUpgrade => HookEvent::PostUpgrade,
        HookPoint::PreRollback => HookEvent::PreRollback,
        HookPoint::PostRollback => HookEvent::PostRollback,
        HookPoint::Test => HookEvent::Test,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::{Resource, Scope};

    fn target() -> Target {
        Target { namespace: "prod".parse().unwrap(), name: "web".parse().unwrap() }
    }

    fn discovery() -> Discovery {
        let resource = |api_version: &str, kind: &str, plural: &str| Resource {
            kind: Kind::new(api_version, kind),
            plural: plural.into(),
            scope: Scope::Namespaced,
            verbs: Vec::new(),
        };
        let all = [
            resource("v1", "ConfigMap", "configmaps"),
            resource("v1", "Service", "services"),
            resource("apps/v1", "Deployment", "deployments"),
        ];
        Discovery::new(all, Vec::new())
    }

    fn document(api_version: &str, kind: &str, name: &str) -> Document {
        let object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}});
        Document {
            source: "t.yaml".into(),
            text: String::new(),
            api_version: api_version.into(),
            kind: kind.into(),
            name: name.into(),
            namespace: None,
            read: object.into(),
        }
    }

    fn live(documents: &[Document]) -> Live {
        let mut live = Live::default();
        for document in documents {
            let mut object = document.object().clone();
            object["metadata"]["namespace"] = json!("prod");
            object["metadata"]["uid"] = json!(format!("uid of {}", document.name));
            live.put(object);
        }
        live
    }

    fn acts(plan: &Plan) -> Vec<(Act, &str, u32)> {
        plan.steps.iter().map(|it| (it.act, it.object.name.as_str(), it.barrier)).collect()
    }

    struct Case<'a> {
        wanted: &'a [Document],
        previous: &'a [Document],
        live: &'a Live,
    }

    fn plan(case: &Case<'_>) -> Result<Plan, Error> {
        build(&Inputs {
            target: &target(),
            verb: "install",
            wanted: case.wanted,
            hooks: (&[], Hooks::Run),
            points: [HookPoint::PreInstall, HookPoint::PostInstall],
            previous: case.previous,
            first: &[],
            live: case.live,
            discovery: &discovery(),
            ownership: Ownership::Check,
            wait: Wait::HookOnly,
        })
    }

    #[test]
    fn each_kind_is_a_barrier() {
        let wanted = ["a", "b"].map(|name| document("v1", "ConfigMap", name));
        let wanted = [wanted.as_slice(), &[document("v1", "Service", "s")]].concat();
        let plan = plan(&Case { wanted: &wanted, previous: &[], live: &Live::default() }).unwrap();
        let expected = [(Act::Create, "a", 0), (Act::Create, "b", 0), (Act::Create, "s", 1)];
        assert_eq!(acts(&plan), expected);
    }

    #[test]
    fn a_kind_that_is_not_served_is_refused_in_helms_words() {
        let wanted = [document("extensions/v1beta1", "Deployment", "my-mysql")];
        let refused = plan(&Case { wanted: &wanted, previous: &[], live: &Live::default() });
        // helm 4.3.1 install my mysql-0.3.0.
        assert_eq!(
            refused.unwrap_err().to_string(),
            "unable to build kubernetes objects from release manifest: resource mapping not found \
             for name: \"my-mysql\" namespace: \"\" from \"\": no matches for kind \"Deployment\" \
             in version \"extensions/v1beta1\"\nensure CRDs are installed first"
        );
    }

    #[test]
    fn an_object_of_somebody_else_is_refused() {
        let wanted = [document("v1", "ConfigMap", "a")];
        let refused = plan(&Case { wanted: &wanted, previous: &[], live: &live(&wanted) });
        let text = refused.unwrap_err().to_string();
        let start = "unable to continue with install: ConfigMap \"a\" in namespace \"prod\" exists \
                     and cannot be imported into the current release: invalid ownership metadata; ";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn what_is_no_longer_wanted_is_deleted_by_uid_and_not_if_it_is_someone_elses() {
        let mut own = document("v1", "ConfigMap", "own");
        object::mark(own.read.get_mut().unwrap(), &target());
        let previous = [own, document("v1", "ConfigMap", "taken"), document("v1", "Service", "s")];
        let live = live(&previous[..2]);
        let plan = plan(&Case { wanted: &[], previous: &previous, live: &live }).unwrap();
        let expected = [(Act::Gone, "s", 0), (Act::Delete, "own", 1), (Act::Foreign, "taken", 1)];
        assert_eq!(acts(&plan), expected);
        assert_eq!(plan.steps[1].uid.as_deref(), Some("uid of own"));
    }

    #[test]
    fn what_has_the_policy_keep_stays() {
        let mut kept = document("v1", "ConfigMap", "kept");
        let object = kept.read.get_mut().unwrap();
        object::mark(object, &target());
        object::set_meta(object, "annotations", object::RESOURCE_POLICY, "keep");
        let previous = [kept];
        let plan =
            plan(&Case { wanted: &[], previous: &previous, live: &live(&previous) }).unwrap();
        assert_eq!(acts(&plan), [(Act::Keep, "kept", 0)]);
    }

    #[test]
    fn a_kind_that_a_definition_of_the_chart_brings_is_applied_blind() {
        let crd = json!({"apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition", "metadata": {"name": "things.x.io"},
            "spec": {"group": "x.io", "names": {"kind": "Thing"},
                "versions": [{"name": "v1", "served": true}]}});
        let wanted = [document("x.io/v1", "Thing", "t")];
        let plan = build(&Inputs {
            target: &target(),
            verb: "install",
            wanted: &wanted,
            hooks: (&[], Hooks::Run),
            points: [HookPoint::PreInstall, HookPoint::PostInstall],
            previous: &[],
            first: &[crd],
            live: &Live::default(),
            discovery: &discovery(),
            ownership: Ownership::Check,
            wait: Wait::HookOnly,
        })
        .unwrap();
        let expected = [(Act::CreateIfMissing, "things.x.io", 0), (Act::Blind, "t", 1)];
        assert_eq!(acts(&plan), expected);
    }

    #[test]
    fn an_object_that_is_as_it_was_wanted_needs_no_apply() {
        let wanted = [document("v1", "ConfigMap", "a")];
        let mut there = live(&[]);
        let mut object = wanted[0].object().clone();
        object["metadata"]["namespace"] = json!("prod");
        object::mark(&mut object, &target());
        object["metadata"]["managedFields"] = json!([{"manager": "helm", "operation": "Apply"}]);
        there.put(object.clone());
        let case = Case { wanted: &wanted, previous: &wanted, live: &there };
        assert_eq!(plan(&case).unwrap().steps[0].act, Act::Unchanged);
        object["metadata"]["labels"] = json!({});
        there.put(object);
        let case = Case { wanted: &wanted, previous: &wanted, live: &there };
        assert_eq!(plan(&case).unwrap().steps[0].act, Act::Adopt);
    }
}
