//! Where commands act: an API server, the sandbox, or nowhere.

use std::rc::Rc;

use applier::{
    Address, Answer, Apply, Cluster, ClusterError, Delete, Depth, Discovery, Effect, Endpoint,
    Freshness, Kube, Listed, LogQuery, MemoryCluster, PatchStep, Query, Resource, ServerVersion,
    Sought, Subject, Table, Watch,
};
use serde_json::Value;

/// A cluster, or the lack of one.
pub(crate) enum Place {
    /// A real one.
    Server(Box<Kube>),
    /// The toy in a file.
    Sandbox(MemoryCluster),
    /// None is asked (`--offline`); this is the one that would have been.
    Nowhere(Endpoint),
}

/// Hands a question on to the cluster; nowhere, it cannot be asked.
macro_rules! ask {
    ($place:expr, $cluster:ident => $question:expr) => {
        match $place {
            Place::Server($cluster) => $question.await,
            Place::Sandbox($cluster) => {
                // It answers at once: without a pause nobody would notice a signal.
                tokio::task::yield_now().await;
                $question.await
            }
            Place::Nowhere(_) => Err(nobody()),
        }
    };
}

fn nobody() -> ClusterError {
    ClusterError::Unreachable { message: "--offline asks no cluster".to_owned() }
}

impl Cluster for Place {
    fn endpoint(&self) -> Endpoint {
        match self {
            Self::Server(cluster) => cluster.endpoint(),
            Self::Sandbox(cluster) => cluster.endpoint(),
            Self::Nowhere(endpoint) => endpoint.clone(),
        }
    }

    fn set_operation(&self, operation: &str) {
        match self {
            Self::Server(cluster) => cluster.set_operation(operation),
            Self::Sandbox(cluster) => cluster.set_operation(operation),
            Self::Nowhere(_) => {}
        }
    }

    async fn server_version(&self) -> Result<ServerVersion, ClusterError> {
        ask!(self, cluster => cluster.server_version())
    }

    async fn discover(&self, freshness: Freshness) -> Result<Rc<Discovery>, ClusterError> {
        ask!(self, cluster => cluster.discover(freshness))
    }

    async fn whoami(&self) -> Result<Subject, ClusterError> {
        ask!(self, cluster => cluster.whoami())
    }

    async fn list(&self, query: &Query<'_>) -> Result<Listed, ClusterError> {
        ask!(self, cluster => cluster.list(query))
    }

    async fn table(&self, sought: &Sought<'_>) -> Result<Table, ClusterError> {
        ask!(self, cluster => cluster.table(sought))
    }

    async fn get(&self, address: &Address<'_>, depth: Depth) -> Result<Value, ClusterError> {
        ask!(self, cluster => cluster.get(address, depth))
    }

    async fn create(
        &self,
        resource: &Resource,
        object: &Value,
        effect: Effect,
    ) -> Result<Answer, ClusterError> {
        ask!(self, cluster => cluster.create(resource, object, effect))
    }

    async fn apply(
        &self,
        resource: &Resource,
        object: &Value,
        options: &Apply,
    ) -> Result<Answer, ClusterError> {
        ask!(self, cluster => cluster.apply(resource, object, options))
    }

    async fn replace(&self, resource: &Resource, object: &Value) -> Result<Answer, ClusterError> {
        ask!(self, cluster => cluster.replace(resource, object))
    }

    async fn patch(
        &self,
        address: &Address<'_>,
        steps: &[PatchStep],
    ) -> Result<Answer, ClusterError> {
        ask!(self, cluster => cluster.patch(address, steps))
    }

    async fn delete(
        &self,
        address: &Address<'_>,
        options: &Delete<'_>,
    ) -> Result<Option<Value>, ClusterError> {
        ask!(self, cluster => cluster.delete(address, options))
    }

    async fn watch<'a>(
        &'a self,
        query: &Query<'_>,
        resource_version: &str,
    ) -> Result<Watch<'a>, ClusterError> {
        ask!(self, cluster => cluster.watch(query, resource_version))
    }

    async fn logs(&self, query: &LogQuery<'_>) -> Result<String, ClusterError> {
        ask!(self, cluster => cluster.logs(query))
    }
}
