//! Who owns which field: `metadata.managedFields`, and how a write changes it.
//!
//! Source: structured-merge-diff v6, `merge/update.go`; apimachinery,
//! `pkg/util/managedfields` (identifiers, what is stripped, the order of entries).
//! One version a kind, so nothing is ever converted.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cluster::{Conflicts, FieldConflict};

use super::{
    fields::{Fields, field},
    merge::{self, Refusal},
    mistakes::Mistake,
    schema::{Schema, Shape},
};

/// How a manager came to own its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Means {
    /// By server-side apply.
    Apply,
    /// By any other write.
    Update,
}

/// A manager, as the API server tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Manager {
    means: Means,
    name: String,
    /// Empty for appliers, which stay one manager across versions.
    api_version: String,
    subresource: String,
}

/// What one manager owns.
#[derive(Clone, Debug, PartialEq)]
struct Owned {
    fields: Fields,
    api_version: String,
    time: Value,
}

/// All managers of one object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Owners {
    managers: BTreeMap<Manager, Owned>,
}

/// A write in the making: by whom, on what, when.
pub(crate) struct Author<'a> {
    /// The field manager's name.
    pub(crate) manager: &'a str,
    /// The object's `apiVersion`.
    pub(crate) api_version: &'a str,
    /// The time, as RFC 3339 in whole seconds.
    pub(crate) time: &'a str,
}

/// The types against which a write is merged.
#[derive(Clone, Copy)]
pub(crate) struct Types<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) shape: &'a Shape,
}

/// Why an apply was refused.
#[derive(Debug)]
pub(crate) enum ApplyRefusal {
    /// Others own fields; their sentence and each field.
    Conflict(String, Vec<FieldConflict>),
    /// The lists cannot be merged.
    Invalid(Refusal),
}

impl From<Refusal> for ApplyRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::Invalid(refusal)
    }
}

impl Author<'_> {
    fn as_manager(&self, means: Means) -> Manager {
        let api_version = match means {
            Means::Apply => String::new(),
            Means::Update => self.api_version.to_owned(),
        };
        let (name, subresource) = (self.manager.to_owned(), String::new());
        Manager { means, name, api_version, subresource }
    }

    fn owns(&self, fields: Fields, before: Option<&Owned>) -> Owned {
        let same = before.filter(|before| before.fields == fields);
        let time = same.map_or_else(|| json!(self.time), |before| before.time.clone());
        Owned { fields, api_version: self.api_version.to_owned(), time }
    }
}

impl Manager {
    /// Returns the manager as a conflict names it.
    fn printed(&self) -> String {
        let mut text = format!("{:?}", self.name);
        if !self.subresource.is_empty() {
            text = format!("{text} with subresource {:?}", self.subresource);
        }
        match self.means {
            Means::Apply => text,
            Means::Update => format!("{text} using {}", self.api_version),
        }
    }
}

impl Owners {
    /// Reads the owners from an object's metadata.
    pub(crate) fn of(object: &Value) -> Self {
        let entries = object.pointer("/metadata/managedFields").and_then(Value::as_array);
        Self { managers: entries.into_iter().flatten().map(read_entry).collect() }
    }

    /// Returns `metadata.managedFields`: appliers first, then by time and name.
    pub(crate) fn to_json(&self) -> Value {
        let mut entries: Vec<_> = self.managers.iter().collect();
        entries.sort_by_key(|(manager, owned)| (manager.means, owned.time.to_string()));
        entries.into_iter().map(|(manager, owned)| write_entry(manager, owned)).collect()
    }

    /// Returns whether nobody owns anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.managers.is_empty()
    }

    /// Notes that a manager of the time before the first apply owns all of `live`.
    pub(crate) fn before_first_apply(
        types: Types<'_>,
        live: &Value,
        author: &Author<'_>,
    ) -> Result<Self, Refusal> {
        let author = Author { manager: "before-first-apply", ..*author };
        let mut owners = Self::default();
        owners.update(types, &json!({}), live, &author)?;
        Ok(owners)
    }

    /// Carries an apply of `wanted` out on `live`: returns the new object.
    pub(crate) fn apply(
        &mut self,
        types: Types<'_>,
        (live, wanted): (&Value, &Value),
        author: &Author<'_>,
        conflicts: Conflicts,
    ) -> Result<Value, ApplyRefusal> {
        let Types { schema, shape } = types;
        let me = author.as_manager(Means::Apply);
        let named = merge::named(schema, shape, wanted)?;
        let merged = merge::merged(schema, shape, Some(live), Some(wanted))?.unwrap_or(json!({}));
        let before = self.managers.remove(&me);
        // Until the fields are pruned the name counts too: it keeps `metadata` in the object.
        self.managers.insert(me.clone(), author.owns(named.clone(), None));
        let last = before.as_ref().map(|before| before.fields.clone());
        let last = last.filter(|last| !last.is_empty() && !Mistake::KeepsRemoved.is_made());
        let new = match last {
            Some(last) => self.pruned(types, &merged, &last)?,
            None => merged,
        };
        self.lose(types, (live, &new), &me, conflicts)?;
        let mine = author.owns(owned_fields(&named), before.as_ref());
        self.managers.insert(me, mine);
        self.managers.retain(|_, owned| !owned.fields.is_empty());
        Ok(new)
    }

    /// Notes that `author` made `new` out of `live` by a write that is no apply.
    pub(crate) fn update(
        &mut self,
        types: Types<'_>,
        live: &Value,
        new: &Value,
        author: &Author<'_>,
    ) -> Result<(), Refusal> {
        let me = author.as_manager(Means::Update);
        let difference = match self.lose(types, (live, new), &me, Conflicts::Force) {
            Ok(difference) => difference,
            Err(ApplyRefusal::Invalid(refusal)) => return Err(refusal),
            Err(ApplyRefusal::Conflict(..)) => unreachable!("a forced write has no conflicts"),
        };
        let before = self.managers.remove(&me);
        let mine = before.as_ref().map(|before| before.fields.clone()).unwrap_or_default();
        let mine = mine
            .difference(&difference.removed)
            .union(&difference.modified)
            .union(&difference.added);
        let mine = owned_fields(&mine);
        if !mine.is_empty() && !Mistake::ForgetsUpdates.is_made() {
            self.managers.insert(me, author.owns(mine, before.as_ref()));
        }
        Ok(())
    }

    /// Takes from all others what changes between `live` and `new`.
    fn lose(
        &mut self,
        Types { schema, shape }: Types<'_>,
        (live, new): (&Value, &Value),
        me: &Manager,
        conflicts: Conflicts,
    ) -> Result<merge::Difference, ApplyRefusal> {
        let mut difference = merge::compared(schema, shape, live, new)?;
        for fields in [&mut difference.removed, &mut difference.modified, &mut difference.added] {
            *fields = owned_fields(fields);
        }
        let changed = difference.modified.union(&difference.added);
        if conflicts == Conflicts::Refuse && !Mistake::IgnoresConflicts.is_made() {
            refuse_conflicts(self.managers.iter().filter(|(who, _)| *who != me), &changed)?;
        }
        for (who, owned) in &mut self.managers {
            if who != me {
                owned.fields = owned.fields.difference(&changed).difference(&difference.removed);
            }
        }
        self.managers.retain(|_, owned| !owned.fields.is_empty());
        Ok(difference)
    }

    /// Removes what an applier owned until now, and nobody owns any more.
    fn pruned(
        &self,
        Types { schema, shape }: Types<'_>,
        merged: &Value,
        last: &Fields,
    ) -> Result<Value, Refusal> {
        let named = |fields: &Fields| fields.with_named_fields(schema, shape);
        let fields_of = |value: &Value| merge::named(schema, shape, value).map(|it| named(&it));
        let without =
            |fields: &Fields| merge::without(schema, shape, merged, fields).unwrap_or(json!({}));
        let last = named(last);
        let all = fields_of(merged)?;
        // Back comes what others, or the new configuration, own …
        let left = fields_of(&without(&last))?;
        let mut owned = Fields::default();
        for owner in self.managers.values().filter(|_| !Mistake::RemovesShared.is_made()) {
            owned = owned.union(&owner.fields);
        }
        let pruned = without(&all.difference(&left.union(&named(&owned))));
        // … and what the applier had never owned.
        let left = fields_of(&pruned)?;
        let gone = all.difference(&left).intersection(&last);
        Ok(merge::without(schema, shape, merged, &gone).unwrap_or(json!({})))
    }
}

fn refuse_conflicts<'a>(
    others: impl Iterator<Item = (&'a Manager, &'a Owned)>,
    changed: &Fields,
) -> Result<(), ApplyRefusal> {
    let mut conflicts = Vec::new();
    let mut by_manager = Vec::new();
    for (manager, owned) in others {
        let paths = owned.fields.intersection(changed).paths();
        if paths.is_empty() {
            continue;
        }
        conflicts.extend(paths.iter().map(|path| FieldConflict {
            manager: manager.name.clone(),
            field: path.clone(),
            message: format!("conflict with {}", manager.printed()),
        }));
        by_manager.push((manager.printed(), paths));
    }
    let message = match (conflicts.as_slice(), by_manager.as_slice()) {
        ([], _) => return Ok(()),
        ([only], _) => format!("Apply failed with 1 conflict: {}: {}", only.message, only.field),
        (all, managers) => {
            let sections: Vec<_> =
                managers.iter().map(|(who, paths)| section(who, paths)).collect();
            format!("Apply failed with {} conflicts: {}", all.len(), sections.join("\n"))
        }
    };
    Err(ApplyRefusal::Conflict(message, conflicts))
}

fn section(manager: &str, paths: &[String]) -> String {
    format!("conflicts with {manager}:\n- {}", paths.join("\n- "))
}

/// Leaves out what nobody owns: identity and what the server itself writes.
fn owned_fields(fields: &Fields) -> Fields {
    let mut unowned = Fields::default();
    for name in ["apiVersion", "kind", "metadata"] {
        unowned.insert(&[field(name)]);
    }
    for name in [
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "clusterName",
        "generation",
        "managedFields",
        "resourceVersion",
    ] {
        unowned.insert(&[field("metadata"), field(name)]);
    }
    let mut status = Fields::default();
    status.insert(&[field("status")]);
    fields.difference(&unowned).without_trees(&status)
}

fn read_entry(entry: &Value) -> (Manager, Owned) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let means = if text("operation") == "Apply" { Means::Apply } else { Means::Update };
    let api_version = text("apiVersion");
    let manager = Manager {
        means,
        name: text("manager"),
        api_version: if means == Means::Apply { String::new() } else { api_version.clone() },
        subresource: text("subresource"),
    };
    let fields = entry.get("fieldsV1").map(Fields::from_json).unwrap_or_default();
    (manager, Owned { fields, api_version, time: entry.get("time").cloned().unwrap_or_default() })
}

fn write_entry(manager: &Manager, owned: &Owned) -> Value {
    let mut entry = Map::new();
    entry.insert("manager".to_owned(), json!(manager.name));
    let operation = if manager.means == Means::Apply { "Apply" } else { "Update" };
    entry.insert("operation".to_owned(), json!(operation));
    entry.insert("apiVersion".to_owned(), json!(owned.api_version));
    entry.insert("time".to_owned(), owned.time.clone());
    entry.insert("fieldsType".to_owned(), json!("FieldsV1"));
    entry.insert("fieldsV1".to_owned(), owned.fields.to_json());
    if !manager.subresource.is_empty() {
        entry.insert("subresource".to_owned(), json!(manager.subresource));
    }
    Value::Object(entry)
}
