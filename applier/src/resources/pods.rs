//! The pods of workloads: one list for each namespace, by the labels that all selectors have in
//! common; which pod is whose is found here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    read::{self, Form},
    watch::Watched,
};
use crate::{
    cluster::{Cluster, ClusterError, Kind, Query, Resource, Scope, Table},
    error::Error,
    object,
};

/// The labels that a workload's pods have.
pub(super) struct Selector {
    namespace: Option<String>,
    labels: BTreeSet<(String, String)>,
}

impl Selector {
    /// Returns a workload's (Helm's `getSelectorFromObject`); none for other kinds.
    pub(super) fn of(object: &Value) -> Option<Self> {
        let pointer = match object.get("kind")?.as_str()? {
            "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
                "/spec/selector/matchLabels"
            }
            "ReplicationController" => "/spec/selector",
            _ => return None,
        };
        let labels = object.pointer(pointer)?.as_object()?;
        let pair =
            |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
        let labels: BTreeSet<_> = labels.iter().filter_map(pair).collect();
        let namespace = object::namespace(object).map(str::to_owned);
        (!labels.is_empty()).then_some(Self { namespace, labels })
    }

    fn selects(&self, pod: &Value) -> bool {
        object::namespace(pod) == self.namespace.as_deref()
            && self.labels.iter().all(|(key, value)| object::label(pod, key) == Some(value))
    }
}

/// The pods of workloads.
#[derive(Default)]
pub(super) struct Pods {
    pub(super) table: Table,
    /// Where they can be watched.
    pub(super) watched: Vec<Watched>,
    /// By the number of the workload, the numbers of rows.
    owned: BTreeMap<usize, Vec<usize>>,
}

impl Pods {
    /// Returns the pods of the workload of this number.
    pub(super) fn of(&self, workload: usize) -> Vec<&Value> {
        let rows = self.owned.get(&workload).into_iter().flatten();
        rows.filter_map(|row| Some(&self.table.rows.get(*row)?.object)).collect()
    }
}

/// Reads the pods of workloads; none where the user may not list them.
pub(super) async fn read<C: Cluster>(
    cluster: &C,
    workloads: &[(usize, Selector)],
    form: Form,
) -> Result<Pods, Error> {
    let mut pods = Pods::default();
    let namespaces: BTreeSet<_> = workloads.iter().map(|(_, it)| it.namespace.as_deref()).collect();
    for namespace in namespaces {
        let mut here = workloads.iter().map(|(_, it)| it);
        let labels = in_common(here.by_ref().filter(|it| it.namespace.as_deref() == namespace));
        let resource = resource();
        let mut query = Query::all(&resource, namespace);
        query.labels = &labels;
        match read::table(cluster, &query, form).await {
            Ok(found) => {
                pods.table.columns = found.columns;
                pods.table.rows.extend(found.rows);
                pods.watched.push(Watched {
                    resource: resource.clone(),
                    namespace: namespace.map(str::to_owned),
                    labels: labels.clone(),
                    fields: String::new(),
                    version: found.resource_version,
                });
            }
            Err(ClusterError::Forbidden { .. }) => {}
            Err(source) => {
                return Err(Error::Cluster { doing: "could not read pods".to_owned(), source });
            }
        }
    }
    pods.table.rows.retain(|row| workloads.iter().any(|(_, it)| it.selects(&row.object)));
    for (number, selector) in workloads {
        let rows = pods.table.rows.iter().enumerate();
        let own = rows.filter(|(_, row)| selector.selects(&row.object)).map(|(row, _)| row);
        pods.owned.insert(*number, own.collect());
    }
    Ok(pods)
}

/// Returns how pods are served: always so.
pub(crate) fn resource() -> Resource {
    let kind = Kind::new("v1", "Pod");
    Resource { kind, plural: "pods".to_owned(), scope: Scope::Namespaced, verbs: Vec::new() }
}

/// Returns a label selector of what all have in common: what it selects is no less than what any of
/// them does.
fn in_common<'a>(mut selectors: impl Iterator<Item = &'a Selector>) -> String {
    let first = selectors.next().map(|it| it.labels.clone()).unwrap_or_default();
    let common = selectors.fold(first, |common, it| &common & &it.labels);
    let pairs: Vec<String> = common.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pods_are_asked_for_by_the_labels_that_all_workloads_have() {
        let workload = |labels: &Value| {
            Selector::of(
                &json!({"kind": "Deployment", "spec": {"selector": {"matchLabels": labels}}}),
            )
            .unwrap()
        };
        let all = [workload(&json!({"app": "web", "tier": "a"})), workload(&json!({"app": "web"}))];
        assert_eq!(in_common(all.iter()), "app=web");
        let apart = [workload(&json!({"app": "web"})), workload(&json!({"app": "db"}))];
        assert_eq!(in_common(apart.iter()), "");
        let pod = json!({"metadata": {"labels": {"app": "web", "tier": "b"}}});
        assert!(!all[0].selects(&pod) && all[1].selects(&pod));
    }
}
