//! From documents to objects that can be applied: lists taken apart, namespaces filled in, marks
//! put on, and each kind looked up.

use std::collections::BTreeSet;

use ledger::ObjectRef;
use render::Document;
use serde_json::{Value, json};

use super::Wanted;
use crate::{
    cluster::{Discovery, Kind, Resource, Scope},
    error::Error,
    object,
    request::Target,
};

/// What tells one object from another; the version of its API does not (helm#31768).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    group: String,
    kind: String,
    namespace: Option<String>,
    name: String,
}

impl Key {
    pub(crate) fn of(object: &ObjectRef) -> Self {
        let kind = Kind::new(object.api_version.as_str(), "");
        Self {
            group: kind.group().to_owned(),
            kind: object.kind.clone(),
            namespace: object.namespace.clone(),
            name: object.name.clone(),
        }
    }
}

/// An object as it will be sent.
#[derive(Clone)]
pub(crate) struct Prepared {
    /// The object: namespaced, marked, stripped.
    pub(crate) object: Value,
    /// Which one it is; without a name where the server is to make one.
    pub(crate) reference: ObjectRef,
    /// How its kind is served; none where that is not known yet.
    pub(crate) resource: Option<Resource>,
    /// Where it was taken from.
    pub(crate) wanted: Wanted,
}

/// Marks or leaves: hooks carry no marks in Helm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    Put,
    Leave,
}

/// Prepares the documents of a manifest.
pub(crate) fn documents(
    documents: &[Document],
    target: &Target,
    discovery: &Discovery,
) -> Result<Vec<Prepared>, Error> {
    let mut all = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        for (item, object) in items(document.object()).into_iter().enumerate() {
            check(object, document)?;
            let wanted = Wanted::Document { document: number, item };
            all.push(one(object.clone(), wanted, (target, Marks::Put), discovery));
        }
    }
    Ok(all)
}

/// Prepares one object.
pub(crate) fn one(
    mut object: Value,
    wanted: Wanted,
    (target, marks): (&Target, Marks),
    discovery: &Discovery,
) -> Prepared {
    object::strip(&mut object);
    let kind = Kind::of(&object).unwrap_or_else(|| Kind::new("", ""));
    let resource = discovery.find(&kind).cloned();
    let scope = resource.as_ref().map(|it| it.scope);
    set_namespace(&mut object, scope, target);
    if marks == Marks::Put {
        object::mark(&mut object, target);
    }
    Prepared { reference: object::reference(&object), object, resource, wanted }
}

/// Puts an object where it belongs. Of a kind that is not served yet nothing is known: it is put
/// right when it is.
pub(crate) fn set_namespace(object: &mut Value, scope: Option<Scope>, target: &Target) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    match scope {
        Some(Scope::Namespaced) => {
            let named = metadata.get("namespace").and_then(Value::as_str).unwrap_or_default();
            if named.is_empty() {
                metadata.insert("namespace".to_owned(), target.namespace.as_str().into());
            }
        }
        Some(Scope::Cluster) => {
            metadata.remove("namespace");
        }
        None => {}
    }
}

/// Returns the objects of a document: those of a `List` (cli-runtime's `Flatten`), or itself.
pub(crate) fn items(object: &Value) -> Vec<&Value> {
    let is_list = object.get("kind").and_then(Value::as_str).is_some_and(|it| it.ends_with("List"));
    match object.get("items").and_then(Value::as_array) {
        Some(items) if is_list => items.iter().flat_map(items_of).collect(),
        _ if object.is_null() => Vec::new(),
        _ => vec![object],
    }
}

fn items_of(object: &Value) -> Vec<&Value> {
    items(object)
}

fn check(object: &Value, document: &Document) -> Result<(), Error> {
    let refuse = |what: &str| {
        Err(Error::Document(format!(
            "unable to build kubernetes objects from release manifest: error validating \"\": error \
             validating data: {what} not set (in {})",
            document.source
        )))
    };
    if object.get("apiVersion").and_then(Value::as_str).is_none_or(str::is_empty) {
        return refuse("apiVersion");
    }
    if object.get("kind").and_then(Value::as_str).is_none_or(str::is_empty) {
        return refuse("kind");
    }
    let is_named =
        !object::name(object).is_empty() || object::meta(object, "generateName").is_some();
    if is_named { Ok(()) } else { refuse("metadata.name") }
}

/// Returns the kinds that CRDs among these objects will bring.
pub(crate) fn kinds_brought<'a>(objects: impl Iterator<Item = &'a Value>) -> BTreeSet<Kind> {
    objects.flat_map(kinds_of_definition).collect()
}

/// Returns the kinds that a CRD defines.
pub(crate) fn kinds_of_definition(object: &Value) -> Vec<Kind> {
    let is_definition = Kind::of(object).is_some_and(|kind| {
        kind.group() == "apiextensions.k8s.io" && kind.kind == "CustomResourceDefinition"
    });
    if !is_definition {
        return Vec::new();
    }
    let text = |pointer: &str| {
        object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let [group, kind] = [text("/spec/group"), text("/spec/names/kind")];
    let versions = object.pointer("/spec/versions").and_then(Value::as_array);
    versions
        .into_iter()
        .flatten()
        .filter(|it| it.get("served") == Some(&Value::Bool(true)))
        .filter_map(|it| it.get("name")?.as_str())
        .map(|version| Kind::new(format!("{group}/{version}"), kind.clone()))
        .collect()
}

/// Returns the namespace object that `--create-namespace` makes (Helm's `install.go`).
pub(crate) fn namespace_object(target: &Target) -> Value {
    let name = target.namespace.as_str();
    json!({"apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name, "labels": {"name": name}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_taken_apart_however_deep() {
        let object = json!({"kind": "List", "items": [{"kind": "A"},
            {"kind": "ConfigMapList", "items": [{"kind": "B"}]}]});
        let kinds: Vec<_> = items(&object).iter().map(|it| it["kind"].clone()).collect();
        assert_eq!(kinds, ["A", "B"]);
    }

    #[test]
    fn a_definition_brings_the_versions_that_it_serves() {
        let object = json!({"apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition", "spec": {"group": "x.io",
            "names": {"kind": "Thing"}, "versions": [{"name": "v1", "served": true},
                {"name": "v1alpha1", "served": false}]}});
        assert_eq!(kinds_of_definition(&object), [Kind::new("x.io/v1", "Thing")]);
    }
}
