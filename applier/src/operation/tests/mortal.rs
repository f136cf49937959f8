//! A cluster whose caller dies at a write: before it arrives, or after it was carried out.

use std::{cell::Cell, future::pending, rc::Rc};

use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    cluster::{
        Address, Answer, Apply, Cluster, ClusterError, Delete, Depth, Discovery, Effect, Endpoint,
        Freshness, Listed, LogQuery, PatchStep, Query, Resource, ServerVersion, Sought, Subject,
        Table, Watch,
    },
    memory::MemoryCluster,
};

/// When the caller dies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Death {
    write: u32,
    is_carried_out: bool,
}

impl Death {
    pub(super) fn before(write: u32) -> Self {
        Self { write, is_carried_out: false }
    }

    pub(super) fn after(write: u32) -> Self {
        Self { write, is_carried_out: true }
    }
}

pub(super) struct Mortal<'a> {
    cluster: &'a MemoryCluster,
    death: Option<Death>,
    writes: Cell<u32>,
    bell: Notify,
}

impl<'a> Mortal<'a> {
    pub(super) fn new(cluster: &'a MemoryCluster, death: Option<Death>) -> Self {
        Self { cluster, death, writes: Cell::new(0), bell: Notify::new() }
    }

    /// Returns when the caller is to die.
    pub(super) async fn died(&self) {
        self.bell.notified().await;
    }

    async fn write<T>(&self, write: impl Future<Output = T>) -> T {
        self.writes.set(self.writes.get() + 1);
        let death = self.death.filter(|it| it.write == self.writes.get());
        let Some(death) = death else { return write.await };
        if death.is_carried_out {
            write.await;
        }
        self.bell.notify_one();
        pending().await
    }
}

impl Cluster for Mortal<'_> {
    fn endpoint(&self) -> Endpoint {
        self.cluster.endpoint()
    }

    fn set_operation(&self, operation: &str) {
        self.cluster.set_operation(operation);
    }

    async fn server_version(&self) -> Result<ServerVersion, ClusterError> {
        self.cluster.server_version().await
    }

    async fn discover(&self, freshness: Freshness) -> Result<Rc<Discovery>, ClusterError> {
        self.cluster.discover(freshness).await
    }

    async fn whoami(&self) -> Result<Subject, ClusterError> {
        self.cluster.whoami().await
    }

    async fn list(&self, query: &Query<'_>) -> Result<Listed, ClusterError> {
        self.cluster.list(query).await
    }

    async fn table(&self, sought: &Sought<'_>) -> Result<Table, ClusterError> {
        self.cluster.table(sought).await
    }

    async fn get(&self, address: &Address<'_>, depth: Depth) -> Result<Value, ClusterError> {
        self.cluster.get(address, depth).await
    }

    async fn create(
        &self,
        resource: &Resource,
        object: &Value,
        effect: Effect,
    ) -> Result<Answer, ClusterError> {
        self.write(self.cluster.create(resource, object, effect)).await
    }

    async fn apply(
        &self,
        resource: &Resource,
        object: &Value,
        options: &Apply,
    ) -> Result<Answer, ClusterError> {
        self.write(self.cluster.apply(resource, object, options)).await
    }

    async fn replace(&self, resource: &Resource, object: &Value) -> Result<Answer, ClusterError> {
        self.write(self.cluster.replace(resource, object)).await
    }

    async fn patch(
        &self,
        address: &Address<'_>,
        steps: &[PatchStep],
    ) -> Result<Answer, ClusterError> {
        self.write(self.cluster.patch(address, steps)).await
    }

    async fn delete(
        &self,
        address: &Address<'_>,
        options: &Delete<'_>,
    ) -> Result<Option<Value>, ClusterError> {
        self.write(self.cluster.delete(address, options)).await
    }

    async fn watch<'a>(
        &'a self,
        query: &Query<'_>,
        resource_version: &str,
    ) -> Result<Watch<'a>, ClusterError> {
        self.cluster.watch(query, resource_version).await
    }

    async fn logs(&self, query: &LogQuery<'_>) -> Result<String, ClusterError> {
        self.cluster.logs(query).await
    }
}
