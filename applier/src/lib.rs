//! What to do about it, and doing it: the one room that knows the cluster.

mod cluster;
mod kube;
mod memory;

pub use cluster::{
    Address, Answer, Apply, Cause, Cluster, ClusterError, Conflicts, Delete, Denied, Depth,
    Discovery, Effect, Endpoint, FIELD_MANAGER, FieldConflict, Freshness, Kind, Listed, LogQuery,
    PatchStep, Propagation, Query, Resource, Run, Scope, ServerVersion, Subject, Validation, Watch,
    WatchEvent,
};
pub use kube::{Connection, Kube, Patience, Verification};
pub use memory::MemoryCluster;
