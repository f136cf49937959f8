//! What is there: one list for each kind and namespace, or a read of one object where that is less.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use ledger::ObjectRef;
use serde_json::Value;

use super::prepare::Key;
use crate::{
    cluster::{Address, Cluster, ClusterError, Depth, Discovery, Kind, Query, Resource, Scope},
    error::Error,
    object,
};

/// So many objects of one kind and namespace are read one by one; more are listed.
const FEW: usize = 1;
/// So many reads are asked for at the same time.
const AT_ONCE: usize = 16;

/// What is there, as far as the user may see it.
#[derive(Debug, Default)]
pub(crate) struct Live {
    objects: BTreeMap<Key, Value>,
    hidden: BTreeMap<Key, ClusterError>,
}

/// What is known of one object.
pub(crate) enum Sighting<'a> {
    /// It is there.
    There(&'a Value),
    /// It is not.
    Missing,
    /// The user may not see it: what the server says of that.
    Unknown(&'a ClusterError),
}

/// How much of each object a plan needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Whose it is: for an install.
    Marks,
    /// What is in it, but for Secrets: among them are Helm's records, and those are large.
    Content,
}

/// What is read with one request, or with few.
struct Batch<'a> {
    resource: &'a Resource,
    namespace: Option<String>,
    names: BTreeSet<String>,
}

impl Live {
    /// Reads the objects named.
    ///
    /// # Errors
    ///
    /// Whatever the server says but for "no such object" and "you may not".
    pub(crate) async fn read<C: Cluster>(
        cluster: &C,
        discovery: &Discovery,
        (wanted, detail): (&[ObjectRef], Detail),
    ) -> Result<Self, Error> {
        let batches = batches(discovery, wanted);
        let mut answers = stream::iter(&batches)
            .map(|batch| async move { (batch, read_batch(cluster, batch, detail).await) })
            .buffer_unordered(AT_ONCE);
        let mut live = Self::default();
        while let Some((batch, answer)) = answers.next().await {
            match answer {
                Ok(objects) => objects.into_iter().for_each(|object| live.put(object)),
                Err(error) if error.is_forbidden() => {
                    live.hidden.extend(batch.keys().map(|key| (key, error.clone())));
                }
                // The kind went away since it was discovered, and its objects with it.
                Err(ClusterError::Unserved { .. }) => {}
                Err(source) => {
                    let doing = format!("could not read {}", batch.resource.plural);
                    return Err(Error::Cluster { doing, source });
                }
            }
        }
        Ok(live)
    }

    /// Takes what the user may not see for not there.
    pub(crate) fn overlook(mut self) -> Self {
        self.hidden.clear();
        self
    }

    /// Takes an object that was seen.
    pub(crate) fn put(&mut self, object: Value) {
        self.objects.insert(Key::of(&object::reference(&object)), object);
    }

    /// Returns what is known of an object.
    pub(crate) fn sight(&self, reference: &ObjectRef) -> Sighting<'_> {
        let key = Key::of(reference);
        match (self.objects.get(&key), self.hidden.get(&key)) {
            (Some(object), _) => Sighting::There(object),
            (None, Some(error)) => Sighting::Unknown(error),
            (None, None) => Sighting::Missing,
        }
    }
}

impl Batch<'_> {
    fn keys(&self) -> impl Iterator<Item = Key> {
        self.names.iter().map(|name| {
            Key::of(&ObjectRef {
                api_version: self.resource.kind.api_version.clone(),
                kind: self.resource.kind.kind.clone(),
                namespace: self.namespace.clone(),
                name: name.clone(),
            })
        })
    }
}

fn batches<'a>(discovery: &'a Discovery, wanted: &[ObjectRef]) -> Vec<Batch<'a>> {
    let mut all: BTreeMap<(Kind, Option<String>), Batch<'a>> = BTreeMap::new();
    for reference in wanted.iter().filter(|it| !it.name.is_empty()) {
        let kind = Kind::new(reference.api_version.as_str(), reference.kind.as_str());
        let Some(resource) = discovery.find_any_version(&kind) else { continue };
        let namespace = match resource.scope {
            Scope::Cluster => None,
            Scope::Namespaced => reference.namespace.clone(),
        };
        let batch = all
            .entry((resource.kind.clone(), namespace.clone()))
            .or_insert_with(|| Batch { resource, namespace, names: BTreeSet::new() });
        batch.names.insert(reference.name.clone());
    }
    all.into_values().collect()
}

async fn read_batch<C: Cluster>(
    cluster: &C,
    batch: &Batch<'_>,
    detail: Detail,
) -> Result<Vec<Value>, ClusterError> {
    let is_secret = batch.resource.kind == Kind::new("v1", "Secret");
    let depth = if detail == Detail::Marks || is_secret { Depth::Metadata } else { Depth::Whole };
    if batch.names.len() > FEW {
        let mut query = Query::all(batch.resource, batch.namespace.as_deref());
        query.depth = depth;
        match cluster.list(&query).await {
            Ok(listed) => return Ok(batch.of(listed.items)),
            Err(error) if error.is_forbidden() => {}
            Err(error) => return Err(error),
        }
    }
    let mut found = Vec::new();
    let mut reads = stream::iter(&batch.names)
        .map(|name| {
            let namespace = batch.namespace.as_deref();
            let address = Address { resource: batch.resource, namespace, name };
            async move { cluster.get(&address, depth).await }
        })
        .buffer_unordered(AT_ONCE);
    while let Some(answer) = reads.next().await {
        match answer {
            Ok(object) => found.push(object),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

impl Batch<'_> {
    /// Returns those that were asked for.
    fn of(&self, items: Vec<Value>) -> Vec<Value> {
        items.into_iter().filter(|it| self.names.contains(object::name(it))).collect()
    }
}
