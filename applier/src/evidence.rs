//! Why objects did not become ready: waiting reasons of their pods, last log lines, warning events.
//!
//! Gathered as far as the user may read it, and within a few seconds: it must not hold up the end
//! of an operation that has failed already.

use std::time::Duration;

use futures_util::future::join_all;
use ledger::ObjectRef;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    cluster::{Cluster, Discovery, Kind, LogQuery, Query, Run},
    object,
    wait::Unready,
};

/// So long it may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// So many pods are looked into.
const PODS: usize = 10;
/// So many lines of each log are kept.
const LINES: u32 = 20;
/// A line is cut after so many characters.
const WIDTH: usize = 500;

/// Returns what can be found out about objects that are not ready, as JSON for a private object.
pub(crate) async fn gather<C: Cluster>(
    cluster: &C,
    discovery: &Discovery,
    unready: &Unready,
) -> Value {
    let found = async {
        let each = unready.objects.iter().map(|(reference, readiness, last)| async move {
            let pods = pods(cluster, discovery, reference, last.as_ref()).await;
            let events = events(cluster, discovery, reference, &pods).await;
            let looks = pods.iter().take(PODS).map(|pod| look_into(cluster, pod));
            json!({
                "object": reference,
                "status": readiness.state.word(),
                "message": readiness.message,
                "conditions": last.as_ref().and_then(|it| it.pointer("/status/conditions")),
                "pods": join_all(looks).await,
                "events": events,
            })
        });
        json!({"objects": join_all(each).await})
    };
    timeout(PATIENCE, found).await.unwrap_or_else(|_| {
        let each = unready.objects.iter().map(|(reference, readiness, _)| {
            json!({"object": reference, "status": readiness.state.word(),
                "message": readiness.message})
        });
        json!({"objects": each.collect::<Vec<_>>()})
    })
}

/// Returns the pods that an object runs: itself, or those that its selector finds.
async fn pods<C: Cluster>(
    cluster: &C,
    discovery: &Discovery,
    reference: &ObjectRef,
    last: Option<&Value>,
) -> Vec<Value> {
    let Some(last) = last else { return Vec::new() };
    if reference.kind == "Pod" {
        return vec![last.clone()];
    }
    let labels = last.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
    let selector: Vec<String> = labels
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)))
        .collect();
    let Some(resource) = discovery.find(&Kind::new("v1", "Pod")) else { return Vec::new() };
    if selector.is_empty() {
        return Vec::new();
    }
    let selector = selector.join(",");
    let mut query = Query::all(resource, reference.namespace.as_deref());
    query.labels = &selector;
    cluster.list(&query).await.map(|listed| listed.items).unwrap_or_default()
}

/// Returns what a pod's containers say.
async fn look_into<C: Cluster>(cluster: &C, pod: &Value) -> Value {
    let statuses = ["initContainerStatuses", "containerStatuses"].map(|member| {
        let pointer = format!("/status/{member}");
        pod.pointer(&pointer).and_then(Value::as_array).cloned().unwrap_or_default()
    });
    let containers = statuses.concat();
    let restless = containers.iter().filter(|it| it.get("ready") != Some(&Value::Bool(true)));
    let looks = restless.map(|status| container(cluster, pod, status));
    json!({
        "name": object::name(pod),
        "phase": pod.pointer("/status/phase"),
        "reason": pod.pointer("/status/reason"),
        "message": pod.pointer("/status/message"),
        "containers": join_all(looks).await,
    })
}

async fn container<C: Cluster>(cluster: &C, pod: &Value, status: &Value) -> Value {
    let name = status.get("name").and_then(Value::as_str).unwrap_or_default();
    let restarts = status.get("restartCount").and_then(Value::as_i64).unwrap_or(0);
    let is_waiting = status.pointer("/state/waiting").is_some();
    let has_run = restarts > 0 || status.pointer("/state/waiting").is_none();
    let run = if restarts > 0 && is_waiting { Run::Previous } else { Run::Current };
    let mut log = String::new();
    if has_run {
        let query = LogQuery {
            namespace: object::namespace(pod).unwrap_or_default(),
            pod: object::name(pod),
            container: Some(name),
            tail_lines: Some(LINES),
            run,
        };
        log = cluster.logs(&query).await.unwrap_or_default();
    }
    let lines: Vec<String> = log.lines().map(|line| line.chars().take(WIDTH).collect()).collect();
    json!({"name": name, "restarts": restarts, "state": status.get("state"),
        "lastState": status.get("lastState"), "log": lines})
}

/// Returns the warnings about an object and its pods.
async fn events<C: Cluster>(
    cluster: &C,
    discovery: &Discovery,
    reference: &ObjectRef,
    pods: &[Value],
) -> Vec<Value> {
    let Some(resource) = discovery.find(&Kind::new("v1", "Event")) else { return Vec::new() };
    let query = Query::all(resource, reference.namespace.as_deref());
    let listed = cluster.list(&query).await.map(|listed| listed.items).unwrap_or_default();
    let is_about = |event: &Value| {
        let about = event.pointer("/involvedObject/name").and_then(Value::as_str);
        about.is_some_and(|about| {
            let is_own =
                about == reference.name || about.starts_with(&format!("{}-", reference.name));
            is_own || pods.iter().any(|pod| object::name(pod) == about)
        })
    };
    listed
        .iter()
        .filter(|it| it.get("type").and_then(Value::as_str) == Some("Warning"))
        .filter(|it| is_about(it))
        .map(|it| {
            json!({"object": it.pointer("/involvedObject/name"), "reason": it.get("reason"),
                "message": it.get("message"), "count": it.get("count"),
                "last": it.get("lastTimestamp")})
        })
        .collect()
}
