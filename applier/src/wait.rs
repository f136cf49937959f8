//! Waiting until objects are ready, or gone: one list-and-watch for each kind and namespace, and
//! polling where the user may not watch.
//!
//! What "ready" means is [`crate::readiness`]'s business.

mod board;

use std::{collections::BTreeMap, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use ledger::ObjectRef;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

pub(crate) use self::board::{Awaited, Goal, Unready, Why};
use self::board::{Board, Verdict};
use crate::{
    cluster::{Cluster, ClusterError, Kind, Listed, Query, Resource, Watch, WatchEvent},
    object,
    world::Observer,
};

/// Where the user may not watch, the list is asked for so often.
const POLL: Duration = Duration::from_secs(2);
/// After the first failure the others have so long to come to rest.
const SETTLE: Duration = Duration::from_secs(10);
/// A list or watch that fails is tried again after this.
const PAUSE: Duration = Duration::from_millis(500);

/// What is not ready is asked for its reasons after this, then after twice as long, and so on.
const FIRST_REASONS: Duration = Duration::from_secs(2);
/// Reasons are asked for at least so often.
const REASONS: Duration = Duration::from_secs(10);

/// What is followed together.
struct Group<'a> {
    resource: &'a Resource,
    namespace: Option<String>,
    /// `metadata.name=NAME` where there is but one.
    fields: String,
}

impl Group<'_> {
    fn query(&self) -> Query<'_> {
        let mut query = Query::all(self.resource, self.namespace.as_deref());
        query.fields = &self.fields;
        query
    }
}

/// Waits until every object is what it should become, or one cannot, or the time is up.
pub(crate) async fn until<C: Cluster>(
    cluster: &C,
    (awaited, goal): (&[Awaited], Goal),
    deadline: Instant,
    observer: &dyn Observer,
) -> Result<(), Unready> {
    let board = Board::new(awaited, goal, observer);
    let groups = groups(awaited, &board);
    let mut followers: FuturesUnordered<_> =
        groups.iter().map(|group| follow(cluster, group, &board).boxed_local()).collect();
    if goal != Goal::Gone {
        followers.push(tell_reasons(cluster, &board).boxed_local());
    }
    let mut end = deadline;
    while board.verdict() != Verdict::Reached {
        // Several followers run inside this one future; each change wakes the verdict.
        let woken = async {
            tokio::select! {
                broken = followers.next(), if !followers.is_empty() => broken,
                () = board.changed() => None,
            }
        };
        match timeout_at(end, woken).await {
            Ok(Some(error)) => return Err(board.unready(Why::Blind(error))),
            Ok(None) => {}
            Err(_) if end == deadline => return Err(board.unready(Why::Timeout)),
            Err(_) => return Err(board.unready(Why::Failed)),
        }
        if board.verdict() == Verdict::Failed {
            end = end.min(Instant::now() + SETTLE);
        }
        if board.verdict() == Verdict::Settled {
            return Err(board.unready(Why::Failed));
        }
    }
    Ok(())
}

fn groups<'a>(awaited: &'a [Awaited], board: &Board<'_>) -> Vec<Group<'a>> {
    let mut all: BTreeMap<(Kind, Option<String>), Vec<&'a Awaited>> = BTreeMap::new();
    for one in awaited.iter().filter(|it| !board.is_reached(&it.object)) {
        let place = (one.resource.kind.clone(), one.object.namespace.clone());
        all.entry(place).or_default().push(one);
    }
    all.into_iter()
        .filter_map(|((_, namespace), members)| {
            let fields = match members.as_slice() {
                [one] => format!("metadata.name={}", one.object.name),
                _ => String::new(),
            };
            Some(Group { resource: &members.first()?.resource, namespace, fields })
        })
        .collect()
}

/// Keeps the board up to date on a group; returns only when the user may not even list.
async fn follow<C: Cluster>(cluster: &C, group: &Group<'_>, board: &Board<'_>) -> ClusterError {
    loop {
        let query = group.query();
        let listed = match cluster.list(&query).await {
            Ok(listed) => listed,
            Err(error) if is_final(&error) => return error,
            Err(_) => {
                sleep(PAUSE).await;
                continue;
            }
        };
        let version = listed.resource_version.clone();
        take_list(group, board, &listed);
        match cluster.watch(&query, &version).await {
            Ok(watch) => take_watch(watch, board).await,
            // Who may list and not watch looks again and again.
            Err(error) if error.is_forbidden() => sleep(POLL).await,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Finds out again and again why objects are not ready, and tells what is new; never returns.
async fn tell_reasons<C: Cluster>(cluster: &C, board: &Board<'_>) -> ClusterError {
    let mut pause = FIRST_REASONS;
    loop {
        sleep(pause).await;
        pause = (pause * 2).min(REASONS);
        let waiting = board.waiting();
        let reasons = explained(cluster, waiting.iter().map(|(_, object)| object)).await;
        for ((name, _), reason) in waiting.iter().zip(reasons) {
            if let Some(reason) = reason {
                board.explain(name, reason);
            }
        }
    }
}

/// Returns why objects are not ready, a line for each of which something can be found out.
pub(crate) async fn reasons<C: Cluster>(cluster: &C, unready: &Unready) -> Vec<String> {
    let seen: Vec<(&ObjectRef, &Value)> = unready
        .objects
        .iter()
        .filter_map(|(object, _, last)| Some((object, last.as_ref()?)))
        .collect();
    let reasons = explained(cluster, seen.iter().map(|(_, last)| *last)).await;
    let told = seen.iter().zip(reasons).filter_map(|((object, _), reason)| {
        Some(format!("{}/{}: {}", object.kind, object.name, reason?))
    });
    told.collect()
}

async fn explained<'v, C: Cluster>(
    cluster: &C,
    objects: impl Iterator<Item = &'v Value>,
) -> Vec<Option<String>> {
    let objects: Vec<&Value> = objects.collect();
    let patience = timeout(REASONS, crate::resources::explain_objects(cluster, &objects));
    // Reasons are not worth a longer wait.
    patience.await.unwrap_or_else(|_| vec![None; objects.len()])
}

/// Says whether asking again cannot help.
fn is_final(error: &ClusterError) -> bool {
    matches!(
        error,
        ClusterError::Forbidden { .. }
            | ClusterError::Unauthorized { .. }
            | ClusterError::Unserved { .. }
    )
}

fn take_list(group: &Group<'_>, board: &Board<'_>, listed: &Listed) {
    for item in &listed.items {
        board.saw(item);
    }
    let names: Vec<&str> = listed.items.iter().map(object::name).collect();
    board.missed(&group.resource.kind, group.namespace.as_deref(), &names);
}

/// Takes events until the watch ends.
async fn take_watch(mut watch: Watch<'_>, board: &Board<'_>) {
    while let Some(event) = watch.next().await {
        match event {
            Ok(WatchEvent::Changed(object)) => board.saw(&object),
            Ok(WatchEvent::Gone(object)) => board.lost(&object),
            Err(_) => return,
        }
    }
}

/// Waits until a kind is served: a definition is Established some moments before (applier's own
/// patience: 30 s).
pub(crate) async fn until_served<C: Cluster>(
    cluster: &C,
    kinds: &[Kind],
) -> Result<std::rc::Rc<crate::cluster::Discovery>, ClusterError> {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let discovery = cluster.discover(crate::cluster::Freshness::Now).await?;
        let missing = kinds.iter().find(|kind| discovery.find(kind).is_none());
        match missing {
            None => return Ok(discovery),
            Some(kind) if Instant::now() > end => {
                return Err(ClusterError::Unserved { kind: kind.clone() });
            }
            Some(_) => sleep_until(Instant::now() + Duration::from_millis(200)).await,
        }
    }
}

/// Returns an object that is waited for, with its state as the last write answered it.
pub(crate) fn awaited(resource: &Resource, answer: &Value) -> Awaited {
    Awaited {
        object: object::reference(answer),
        resource: resource.clone(),
        uid: object::uid(answer).map(str::to_owned),
        first: Some(answer.clone()),
    }
}
