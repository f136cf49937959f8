//! Why an object is not ready, in one line: what its pods say, what the cluster has warned of, what
//! a claim asks for and which volumes there are.
//!
//! Asks only for what it needs, and does without what the user may not read.

mod claim;
mod pod;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::claim::Storage;
use crate::{
    cluster::{Cluster, Depth, Kind, Query, Resource, Scope},
    object,
    readiness::{condition, text},
};

/// An object that is not ready, and the pods that it runs.
pub(crate) struct Unready<'a> {
    pub(crate) object: &'a Value,
    pub(crate) pods: Vec<&'a Value>,
}

/// Returns for each object why it is not ready, where something can be found out.
pub(crate) async fn explain<C: Cluster>(
    cluster: &C,
    unready: &[Unready<'_>],
) -> Vec<Option<String>> {
    if unready.is_empty() {
        return Vec::new();
    }
    let is_claim = |it: &Unready<'_>| text(it.object, "/kind") == "PersistentVolumeClaim";
    let storage = if unready.iter().any(is_claim) {
        Storage::read(cluster).await
    } else {
        Storage::default()
    };
    let silent = unready.iter().filter(|it| is_claim(it) || without_events(it).is_none());
    let namespaces: BTreeSet<Option<&str>> =
        silent.map(|it| object::namespace(it.object)).collect();
    let mut warnings = Warnings::default();
    for namespace in namespaces {
        warnings.read(cluster, namespace).await;
    }
    let reason = |it: &Unready<'_>| match text(it.object, "/kind") {
        "PersistentVolumeClaim" => claim::reason(it.object, &storage, warnings.about(it.object)),
        _ => without_events(it).or_else(|| with_events(it, &warnings)),
    };
    unready.iter().map(|it| reason(it).map(|text| one_line(&text))).collect()
}

/// Returns what the object and its pods say by themselves.
fn without_events(unready: &Unready<'_>) -> Option<String> {
    if text(unready.object, "/kind") == "Pod" {
        return pod::reason(unready.object);
    }
    let mut told = unready.pods.iter().filter_map(|it| Some((object::name(it), pod::reason(it)?)));
    if let Some((name, reason)) = told.next() {
        return Some(match told.count() {
            0 => format!("Pod/{name} {reason}"),
            more => format!("Pod/{name} {reason} (and {more} more)"),
        });
    }
    let failure = condition(unready.object, "ReplicaFailure").filter(|it| it.is("True"))?;
    Some(format!("no pods can be made: {}", failure.message))
}

/// Returns the last warning about the object or one of its pods.
fn with_events(unready: &Unready<'_>, warnings: &Warnings) -> Option<String> {
    if let Some(told) = warnings.about(unready.object) {
        return Some(told.to_owned());
    }
    let of_pod =
        |pod: &&Value| Some(format!("Pod/{}: {}", object::name(pod), warnings.about(pod)?));
    unready.pods.iter().find_map(of_pod)
}

/// The last warning about each object.
#[derive(Default)]
struct Warnings(BTreeMap<(String, String, String), (String, String)>);

impl Warnings {
    async fn read<C: Cluster>(&mut self, cluster: &C, namespace: Option<&str>) {
        let events = served("v1", "Event", "events", Scope::Namespaced);
        let mut query = Query::all(&events, namespace);
        query.fields = "type!=Normal";
        let Ok(listed) = cluster.list(&query).await else { return };
        for event in &listed.items {
            let about = |member| text(event, &format!("/involvedObject/{member}")).to_owned();
            let key = (about("kind"), about("namespace"), about("name"));
            let told = format!("{}: {}", text(event, "/reason"), text(event, "/message"));
            let time = moment(event).to_owned();
            let last = self.0.entry(key).or_default();
            if time >= last.0 {
                *last = (time, told);
            }
        }
    }

    fn about(&self, object: &Value) -> Option<&str> {
        let namespace = object::namespace(object).unwrap_or_default().to_owned();
        let key = (text(object, "/kind").to_owned(), namespace, object::name(object).to_owned());
        self.0.get(&key).map(|(_, told)| told.as_str())
    }
}

/// When an event was seen last; RFC 3339, so that later is larger.
fn moment(event: &Value) -> &str {
    let times = ["/series/lastObservedTime", "/lastTimestamp", "/eventTime"];
    let found = times.into_iter().map(|it| text(event, it)).find(|it| !it.is_empty());
    found.unwrap_or_else(|| text(event, "/metadata/creationTimestamp"))
}

fn served(api_version: &str, kind: &str, plural: &str, scope: Scope) -> Resource {
    let kind = Kind::new(api_version, kind);
    Resource { kind, plural: plural.to_owned(), scope, verbs: Vec::new() }
}

/// Reads all objects of a kind of the whole cluster; none where the user may not.
async fn every<C: Cluster>(cluster: &C, resource: &Resource) -> Option<Vec<Value>> {
    let query = Query { depth: Depth::Whole, ..Query::all(resource, None) };
    cluster.list(&query).await.ok().map(|it| it.items)
}

/// Messages of controllers may have several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
