//! The objects of a sandbox cluster: what a write makes of them.
//!
//! Pure: no clock, no file. Each write is handed the time and fresh names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::cluster::{
    Apply, ClusterError, Conflicts, Effect, FIELD_MANAGER, PatchStep, Resource, Scope, WatchEvent,
};

use super::{
    merge,
    owners::{ApplyRefusal, Author, Owners, Types},
    refusals,
    schema::Schema,
};

/// How many changes are kept for watches to go on from.
const REMEMBERED: usize = 256;

/// Kinds whose objects count the changes of their specification.
const COUNTED: &[&str] = &[
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "Pod",
    "PodDisruptionBudget",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Where an object is: `group/plural`, its namespace (or nothing) and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    /// `deployments.apps`, or `pods` in the core group.
    pub(crate) resource: String,
    /// Empty for what belongs to the whole cluster.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
}

/// One change, for those who watch.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Change {
    version: u64,
    place: Place,
    /// Whether the object is gone.
    gone: bool,
    object: Value,
}

/// What a write needs and cannot make by itself.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    /// The time, RFC 3339 in whole seconds.
    pub(crate) time: String,
    /// An identifier that no object has yet.
    pub(crate) uid: String,
    /// Five letters for a generated name.
    pub(crate) suffix: String,
}

/// Everything that a sandbox cluster holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Objects {
    version: u64,
    #[serde(with = "pairs")]
    by_place: BTreeMap<Place, Value>,
    changes: Vec<Change>,
}

/// A map whose keys are no strings, kept as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize as _, Deserializer, Serializer};
    use serde_json::Value;

    use super::Place;

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<Place, Value>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Place, Value>, D::Error> {
        Ok(Vec::<(Place, Value)>::deserialize(from)?.into_iter().collect())
    }
}

/// Returns `plural.group`, or the plural alone in the core group.
pub(crate) fn resource_name(resource: &Resource) -> String {
    match resource.kind.group() {
        "" => resource.plural.clone(),
        group => format!("{}.{group}", resource.plural),
    }
}

impl Place {
    /// Returns where `object` is, or goes.
    pub(crate) fn of(resource: &Resource, object: &Value) -> Self {
        let text = |pointer| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let namespace = match resource.scope {
            Scope::Cluster => "",
            Scope::Namespaced => text("/metadata/namespace"),
        };
        Self {
            resource: resource_name(resource),
            namespace: namespace.to_owned(),
            name: text("/metadata/name").to_owned(),
        }
    }
}

impl Objects {
    /// Returns the version of the last change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Returns the object at `place`.
    pub(crate) fn get(&self, place: &Place) -> Option<&Value> {
        self.by_place.get(place)
    }

    /// Returns the objects of `resource`, in one namespace or all.
    pub(crate) fn list<'a>(
        &'a self,
        resource: &'a str,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Place, &'a Value)> {
        self.by_place.iter().filter(move |(place, _)| {
            place.resource == resource
                && namespace.is_none_or(|namespace| place.namespace == namespace)
        })
    }

    /// Returns what changed among the objects of `resource` after `version`; `None` where that is
    /// no longer known.
    pub(crate) fn changes_after(
        &self,
        version: u64,
        resource: &str,
        namespace: Option<&str>,
    ) -> Option<Vec<WatchEvent>> {
        let oldest = self.changes.first().map_or(self.version, |change| change.version - 1);
        if version < oldest {
            return None;
        }
        let new = self.changes.iter().filter(|change| {
            change.version > version
                && change.place.resource == resource
                && namespace.is_none_or(|namespace| change.place.namespace == namespace)
        });
        let event = |change: &Change| {
            if change.gone {
                WatchEvent::Gone(change.object.clone())
            } else {
                WatchEvent::Changed(change.object.clone())
            }
        };
        Some(new.map(event).collect())
    }

    /// Creates an object.
    pub(crate) fn create(
        &mut self,
        resource: &Resource,
        object: &Value,
        effect: Effect,
        fresh: &Fresh,
    ) -> Result<Value, ClusterError> {
        let mut object = object.clone();
        generate_name(&mut object, fresh);
        let place = Place::of(resource, &object);
        self.admit(resource, &place)?;
        if self.by_place.contains_key(&place) {
            return Err(refusals::already_exists(resource, &place));
        }
        let (types, author) = (types_of(resource), author(resource, FIELD_MANAGER, fresh));
        drop_unwritable(&mut object, None);
        let mut owners = Owners::default();
        owners
            .update(types, &json!({}), &object, &author)
            .map_err(|why: merge::Refusal| refusals::invalid(resource, &place, &why))?;
        Ok(self.store(resource, (object, &owners), effect, fresh))
    }

    /// Applies a configuration.
    pub(crate) fn apply(
        &mut self,
        resource: &Resource,
        wanted: &Value,
        options: &Apply,
        fresh: &Fresh,
    ) -> Result<Value, ClusterError> {
        let place = Place::of(resource, wanted);
        self.admit(resource, &place)?;
        let mut wanted = wanted.clone();
        let live = self.by_place.get(&place).cloned();
        check_preconditions(resource, &place, live.as_ref(), &wanted)?;
        drop_identity(&mut wanted);
        let (types, author) = (types_of(resource), author(resource, options.manager, fresh));
        let invalid = |why: merge::Refusal| refusals::invalid(resource, &place, &why);
        let mut owners = live.as_ref().map(Owners::of).unwrap_or_default();
        if let (Some(live), true) = (&live, owners.is_empty()) {
            owners = Owners::before_first_apply(types, live, &author).map_err(invalid)?;
        }
        let base = live.clone().unwrap_or_else(|| json!({}));
        let conflicts = if live.is_some() { options.conflicts } else { Conflicts::Force };
        let new = owners.apply(types, (&base, &wanted), &author, conflicts);
        let mut new = new.map_err(|refusal| match refusal {
            ApplyRefusal::Conflict(message, fields) => ClusterError::Conflict { message, fields },
            ApplyRefusal::Invalid(why) => invalid(why),
        })?;
        drop_unwritable(&mut new, live.as_ref());
        Ok(self.store(resource, (new, &owners), options.effect, fresh))
    }

    /// Replaces an object.
    pub(crate) fn replace(
        &mut self,
        resource: &Resource,
        object: &Value,
        fresh: &Fresh,
    ) -> Result<Value, ClusterError> {
        let place = Place::of(resource, object);
        let Some(live) = self.by_place.get(&place).cloned() else {
            return Err(refusals::not_found(resource, &place));
        };
        check_preconditions(resource, &place, Some(&live), object)?;
        let mut new = object.clone();
        let given = Owners::of(&new);
        let mut owners = if given.is_empty() { Owners::of(&live) } else { given };
        drop_unwritable(&mut new, Some(&live));
        let author = author(resource, FIELD_MANAGER, fresh);
        owners
            .update(types_of(resource), &live, &new, &author)
            .map_err(|why: merge::Refusal| refusals::invalid(resource, &place, &why))?;
        Ok(self.store(resource, (new, &owners), Effect::Persist, fresh))
    }

    /// Changes an object by a JSON patch.
    pub(crate) fn patch(
        &mut self,
        resource: &Resource,
        place: &Place,
        steps: &[PatchStep],
        fresh: &Fresh,
    ) -> Result<Value, ClusterError> {
        let Some(live) = self.by_place.get(place) else {
            return Err(refusals::not_found(resource, place));
        };
        let steps = serde_json::to_value(steps).map_err(|why| refusals::bad_patch(&why))?;
        let patch: json_patch::Patch =
            serde_json::from_value(steps).map_err(|why| refusals::bad_patch(&why))?;
        let mut object = live.clone();
        json_patch::patch(&mut object, &patch).map_err(|why| refusals::bad_patch(&why))?;
        self.replace(resource, &object, fresh)
    }

    /// Sets the status of an object, as a controller would.
    pub(crate) fn set_status(&mut self, place: &Place, status: Value) {
        let Some(object) = self.by_place.get(place).cloned() else { return };
        let mut new = object.clone();
        if let Some(entries) = new.as_object_mut() {
            entries.insert("status".to_owned(), status);
        }
        if new != object {
            self.put(place.clone(), new);
        }
    }

    /// Deletes an object and what lives in it (a namespace) or is owned by it.
    pub(crate) fn delete(&mut self, place: &Place, fresh: &Fresh) -> Option<Value> {
        let object = self.by_place.get(place)?.clone();
        let finalizers = object.pointer("/metadata/finalizers").and_then(Value::as_array);
        if finalizers.is_some_and(|finalizers| !finalizers.is_empty()) {
            return Some(self.begin_deletion(place, object, fresh));
        }
        self.remove(place, object.clone());
        let uid = object.pointer("/metadata/uid").cloned().unwrap_or_default();
        let below: Vec<Place> = self
            .by_place
            .iter()
            .filter(|(other, object)| {
                (place.resource == "namespaces" && other.namespace == place.name)
                    || is_owned_by(object, &uid)
            })
            .map(|(place, _)| place.clone())
            .collect();
        for place in below {
            self.delete(&place, fresh);
        }
        None
    }

    /// Marks an object that finalizers hold as being deleted.
    fn begin_deletion(&mut self, place: &Place, mut object: Value, fresh: &Fresh) -> Value {
        if object.pointer("/metadata/deletionTimestamp").is_some() {
            return object;
        }
        set(&mut object, "deletionTimestamp", json!(fresh.time));
        if let Some(generation) = object.pointer("/metadata/generation").and_then(Value::as_u64) {
            set(&mut object, "generation", json!(generation + 1));
        }
        self.put(place.clone(), object)
    }

    /// Refuses what has no name, or no namespace to live in.
    fn admit(&self, resource: &Resource, place: &Place) -> Result<(), ClusterError> {
        if place.name.is_empty() {
            return Err(refusals::nameless(resource));
        }
        let namespace = Place {
            resource: "namespaces".to_owned(),
            namespace: String::new(),
            name: place.namespace.clone(),
        };
        match resource.scope {
            Scope::Namespaced if !self.by_place.contains_key(&namespace) => {
                Err(refusals::no_namespace(&place.namespace))
            }
            _ => Ok(()),
        }
    }

    /// Finishes an object and, unless it is what is stored already, stores it.
    fn store(
        &mut self,
        resource: &Resource,
        (mut object, owners): (Value, &Owners),
        effect: Effect,
        fresh: &Fresh,
    ) -> Value {
        let place = Place::of(resource, &object);
        let live = self.by_place.get(&place);
        if !owners.is_empty() {
            set(&mut object, "managedFields", owners.to_json());
        }
        finish(resource, &mut object, live, fresh);
        if live == Some(&object) || effect == Effect::DryRun {
            return object;
        }
        let deleted = object.pointer("/metadata/deletionTimestamp").is_some();
        let held = object.pointer("/metadata/finalizers").is_some();
        if deleted && !held {
            self.remove(&place, object.clone());
            return object;
        }
        self.put(place, object)
    }

    fn put(&mut self, place: Place, mut object: Value) -> Value {
        self.version += 1;
        set(&mut object, "resourceVersion", json!(self.version.to_string()));
        self.by_place.insert(place.clone(), object.clone());
        self.note(Change { version: self.version, place, gone: false, object: object.clone() });
        object
    }

    fn remove(&mut self, place: &Place, object: Value) {
        self.version += 1;
        self.by_place.remove(place);
        let place = place.clone();
        self.note(Change { version: self.version, place, gone: true, object });
    }

    fn note(&mut self, change: Change) {
        self.changes.push(change);
        let surplus = self.changes.len().saturating_sub(REMEMBERED);
        self.changes.drain(..surplus);
    }
}

fn types_of(resource: &Resource) -> Types<'static> {
    let schema = Schema::built_in();
    Types { schema, shape: schema.of(&resource.kind.api_version, &resource.kind.kind) }
}

fn author<'a>(resource: &'a Resource, manager: &'a str, fresh: &'a Fresh) -> Author<'a> {
    Author { manager, api_version: &resource.kind.api_version, time: &fresh.time }
}

/// Sets a field of an object's metadata.
fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(metadata) = metadata(object) {
        metadata.insert(name.to_owned(), value);
    }
}

fn metadata(object: &mut Value) -> Option<&mut Map<String, Value>> {
    let entries = object.as_object_mut()?;
    entries.entry("metadata").or_insert_with(|| json!({})).as_object_mut()
}

fn generate_name(object: &mut Value, fresh: &Fresh) {
    let Some(metadata) = metadata(object) else { return };
    let named = metadata.get("name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    if let (false, Some(prefix)) = (named, metadata.get("generateName").and_then(Value::as_str)) {
        let name = json!(format!("{prefix}{}", fresh.suffix));
        metadata.insert("name".to_owned(), name);
    }
}

/// Takes away what only the server writes; a status stays as it is stored.
fn drop_unwritable(object: &mut Value, live: Option<&Value>) {
    if let Some(entries) = object.as_object_mut() {
        entries.remove("status");
        if let Some(status) = live.and_then(|live| live.get("status")) {
            entries.insert("status".to_owned(), status.clone());
        }
    }
    if let Some(metadata) = metadata(object) {
        metadata.remove("managedFields");
        for name in ["uid", "creationTimestamp", "generation", "resourceVersion", "selfLink"] {
            metadata.remove(name);
            if let Some(value) = live.and_then(|live| live.pointer(&format!("/metadata/{name}"))) {
                metadata.insert(name.to_owned(), value.clone());
            }
        }
    }
}

/// Takes away the preconditions of an apply, which are no part of the configuration.
fn drop_identity(object: &mut Value) {
    if let Some(metadata) = metadata(object) {
        metadata.remove("uid");
        metadata.remove("resourceVersion");
    }
}

fn check_preconditions(
    resource: &Resource,
    place: &Place,
    live: Option<&Value>,
    wanted: &Value,
) -> Result<(), ClusterError> {
    for name in ["uid", "resourceVersion"] {
        let pointer = format!("/metadata/{name}");
        let Some(wanted) = wanted.pointer(&pointer).and_then(Value::as_str) else { continue };
        let live = live.and_then(|live| live.pointer(&pointer)).and_then(Value::as_str);
        if wanted != live.unwrap_or_default() && !wanted.is_empty() {
            return Err(refusals::precondition(resource, place, name, (wanted, live)));
        }
    }
    Ok(())
}

/// Gives a new object its identity, and counts the changes of a specification.
fn finish(resource: &Resource, object: &mut Value, live: Option<&Value>, fresh: &Fresh) {
    let counted = COUNTED.contains(&resource.kind.kind.as_str())
        || !Schema::built_in().has(&resource.kind.api_version, &resource.kind.kind);
    match live {
        None => {
            set(object, "uid", json!(fresh.uid));
            set(object, "creationTimestamp", json!(fresh.time));
            if counted {
                set(object, "generation", json!(1));
            }
        }
        Some(live) if counted && object.get("spec") != live.get("spec") => {
            let generation = live.pointer("/metadata/generation").and_then(Value::as_u64);
            set(object, "generation", json!(generation.unwrap_or_default() + 1));
        }
        Some(_) => {}
    }
    if let Some(entries) = object.as_object_mut() {
        entries.insert("apiVersion".to_owned(), json!(resource.kind.api_version));
        entries.insert("kind".to_owned(), json!(resource.kind.kind));
    }
}

fn is_owned_by(object: &Value, uid: &Value) -> bool {
    let owners = object.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    owners.into_iter().flatten().any(|owner| owner.get("uid") == Some(uid))
}

/// Returns the fields of `wanted` that its type does not have, as the server writes them.
pub(crate) fn unknown_fields(resource: &Resource, wanted: &Value) -> Vec<String> {
    let Types { schema, shape } = types_of(resource);
    merge::unknown(schema, shape, wanted)
}
