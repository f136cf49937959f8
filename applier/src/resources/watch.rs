//! Waiting until live objects are no longer as they were seen.

use std::time::Duration;

use futures_util::{
    StreamExt as _,
    future::join_all,
    stream::{LocalBoxStream, select_all},
};
use tokio::time::{sleep, timeout};

use super::Resources;
use crate::cluster::{Cluster, Query, Resource};

/// Reasons change without the objects: they are asked for anew after this.
const LONGEST: Duration = Duration::from_secs(5);
/// Where the user may not watch, after this.
const POLL: Duration = Duration::from_secs(2);
/// What changes together is taken together.
const TOGETHER: Duration = Duration::from_millis(200);

/// Where objects can be watched that are not ready, or pods.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watched {
    pub(super) resource: Resource,
    pub(super) namespace: Option<String>,
    pub(super) labels: String,
    pub(super) fields: String,
    pub(super) version: String,
}

/// Returns once an object that is not ready has changed, or a pod, or some seconds have passed.
pub async fn changed<C: Cluster>(cluster: &C, seen: &Resources) {
    let opened = join_all(seen.watched.iter().map(async |it| {
        let query = Query {
            labels: &it.labels,
            fields: &it.fields,
            ..Query::all(&it.resource, it.namespace.as_deref())
        };
        cluster.watch(&query, &it.version).await
    }));
    let watches: Vec<LocalBoxStream<'_, _>> = opened.await.into_iter().flatten().collect();
    let patience = if watches.len() < seen.watched.len() { POLL } else { LONGEST };
    let mut changes = select_all(watches);
    let first = async {
        if changes.next().await.is_none() {
            // There is nothing to watch, or no watch holds.
            sleep(LONGEST).await;
        }
    };
    if timeout(patience, first).await.is_ok() {
        sleep(TOGETHER).await;
    }
}
