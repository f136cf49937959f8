//! The objects of a release as they are in the cluster: what the server shows of them, and how each
//! stands. Reads only.
//!
//! One list for each kind and namespace, and one more for the pods of workloads; objects one by one
//! only where the user may not list.

mod pods;
mod read;
mod watch;

use ledger::ObjectRef;
use serde_json::Value;

use crate::{
    cluster::{Cluster, Kind, Table},
    error::Error,
    readiness::{Readiness, Rules, State, readiness},
    reasons::{self, Unready},
};

use self::{
    pods::Selector,
    read::{Batch, Found},
    watch::Watched,
};
pub use self::{read::Form, watch::changed};

/// The objects of a release as they are in the cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resources {
    /// What is shown of them, in the order of the manifest; the pods of workloads come last.
    pub groups: Vec<Group>,
    /// How each object of the manifest stands, in its order.
    pub objects: Vec<Standing>,
    /// Where what is not ready can be watched, and the pods.
    watched: Vec<Watched>,
}

/// Objects that stand under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The heading, as Helm writes it: `v1/Deployment`, `v1/Pod(related)`.
    pub title: String,
    /// The kind of its objects.
    pub kind: Kind,
    /// A table for each namespace and API group that has such objects. Of objects that were asked
    /// for whole the cells are empty.
    pub tables: Vec<Table>,
}

/// How an object of the manifest stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which object.
    pub object: ObjectRef,
    /// How it stands, by kstatus' rules.
    pub readiness: Readiness,
    /// Why it is not ready, in one line, where something was found out.
    pub reason: Option<String>,
}

impl Standing {
    /// Returns whether the object is as wanted, or may not be looked at.
    pub fn is_ready(&self) -> bool {
        self.readiness.state == State::Ready
    }

    /// Returns what there is to say of it: the reason, else kstatus' sentence.
    pub fn text(&self) -> &str {
        self.reason.as_deref().unwrap_or(&self.readiness.message)
    }
}

impl Resources {
    /// Returns the objects that are not as wanted.
    pub fn unready(&self) -> impl Iterator<Item = &Standing> {
        self.objects.iter().filter(|it| !it.is_ready())
    }
}

/// The heading of pods that no manifest names (Helm's `getSelectRelationPod`).
pub const RELATED_PODS: &str = "v1/Pod(related)";

/// Reads the objects of a manifest, those without a namespace in `namespace`, and the pods of
/// workloads among them.
///
/// # Errors
///
/// [`Error::Unreachable`] where nobody answers, [`Error::Cluster`] for whatever a list is refused
/// with but for "you may not": such objects are told of in [`Resources::objects`].
pub async fn read<C: Cluster>(
    cluster: &C,
    (manifest, namespace): (&str, &str),
    form: Form,
) -> Result<Resources, Error> {
    let places = read::places(cluster, manifest, namespace).await?;
    let batches = read::batches(&places);
    let found = read::all(cluster, &batches, form).await?;
    let selectors: Vec<(usize, Selector)> = workloads(&found);
    let pods = pods::read(cluster, &selectors, form).await?;
    let mut objects: Vec<Standing> = places.iter().map(|it| it.standing(&found)).collect();
    explain(cluster, (&mut objects, &found), &pods).await;
    let unready: Vec<_> = objects.iter().filter(|it| !it.is_ready()).map(|it| &it.object).collect();
    let watched = batches.iter().zip(&found).filter_map(|(it, found)| found.watched(it, &unready));
    let watched = watched.chain(pods.watched).collect();
    let mut groups = groups(batches, found);
    if !pods.table.rows.is_empty() {
        let title = RELATED_PODS.to_owned();
        groups.push(Group { title, kind: Kind::new("v1", "Pod"), tables: vec![pods.table] });
    }
    Ok(Resources { groups, objects, watched })
}

/// Returns how an object stands that is there.
fn standing(object: &Value) -> Readiness {
    readiness(object, Rules::Kstatus)
}

/// Returns the selectors of workloads, each with the number of its object among all found.
fn workloads(found: &[Found]) -> Vec<(usize, Selector)> {
    let objects = found.iter().flat_map(|it| &it.table.rows).map(|it| &it.object).enumerate();
    objects.filter_map(|(number, object)| Some((number, Selector::of(object)?))).collect()
}

/// Finds out why objects are not ready.
async fn explain<C: Cluster>(
    cluster: &C,
    (standings, found): (&mut [Standing], &[Found]),
    pods: &pods::Pods,
) {
    let objects: Vec<&Value> =
        found.iter().flat_map(|it| &it.table.rows).map(|it| &it.object).collect();
    let mut asked = Vec::new();
    let mut unready = Vec::new();
    for standing in standings.iter_mut().filter(|it| !it.is_ready() && it.reason.is_none()) {
        let same = |it: &&Value| crate::object::reference(it) == standing.object;
        let Some(number) = objects.iter().position(same) else { continue };
        let Some(object) = objects.get(number) else { continue };
        unready.push(Unready { object, pods: pods.of(number) });
        asked.push(standing);
    }
    let reasons = reasons::explain(cluster, &unready).await;
    for (standing, reason) in asked.into_iter().zip(reasons) {
        standing.reason = reason;
    }
}

/// Returns for each of these objects, which are not ready, why, where it can be found out.
pub(crate) async fn explain_objects<C: Cluster>(
    cluster: &C,
    objects: &[&Value],
) -> Vec<Option<String>> {
    let numbered = objects.iter().enumerate();
    let selectors: Vec<(usize, Selector)> =
        numbered.filter_map(|(number, it)| Some((number, Selector::of(it)?))).collect();
    let pods = pods::read(cluster, &selectors, Form::Whole).await.unwrap_or_default();
    let unready = objects.iter().enumerate();
    let unready: Vec<Unready<'_>> =
        unready.map(|(number, object)| Unready { object, pods: pods.of(number) }).collect();
    reasons::explain(cluster, &unready).await
}

/// Puts tables under headings, in the order of their first object.
fn groups(batches: Vec<Batch>, found: Vec<Found>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (batch, found) in batches.into_iter().zip(found) {
        if found.table.rows.is_empty() {
            continue;
        }
        let kind = batch.resource.kind;
        let title = format!("{}/{}", kind.version(), kind.kind);
        match groups.iter_mut().find(|it| it.title == title) {
            Some(group) => group.tables.push(found.table),
            None => groups.push(Group { title, kind, tables: vec![found.table] }),
        }
    }
    groups
}
