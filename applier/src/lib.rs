//! What to do about it, and doing it: the one room that knows the cluster.

mod begin;
mod claim;
mod cluster;
mod content;
mod error;
mod evidence;
mod execute;
mod kube;
mod look;
mod memory;
pub mod object;
mod operation;
pub mod plan;
pub mod readiness;
pub mod reads;
mod reasons;
pub mod record;
mod request;
pub mod resources;
mod rights;
mod situation;
mod view;
mod wait;
mod world;

pub use cluster::{
    Address, Answer, Apply, Cause, Cluster, ClusterError, Column, Conflicts, Delete, Denied, Depth,
    Discovery, Effect, Endpoint, FIELD_MANAGER, FieldConflict, Freshness, Kind, Listed, LogQuery,
    PatchStep, Propagation, Query, Resource, Row, Run, Scope, ServerVersion, Sought, Subject,
    Table, Validation, Watch, WatchEvent,
};
pub use error::{Deleted, Error, Holder};
pub use kube::{Connection, Kube, Patience, Verification};
pub use look::{look, look_overlooking};
pub use memory::MemoryCluster;
#[cfg(feature = "testing")]
pub use memory::Mistake;
pub use operation::{
    Done, abandon, check_name, install, obstacle, plan_install, plan_upgrade, resume,
    rights_to_install, rights_to_roll_back, rights_to_uninstall, rights_to_upgrade, rollback,
    uninstall, upgrade,
};
pub use request::{
    Abandon, Asker, Back, ChartOrigin, Cleanup, Crds, Hooks, Install, Jobs, Manner, NameReuse,
    NamespaceCreation, OnFailure, Ownership, Rerun, Resume, Rollback, Target, Uninstall, Upgrade,
    Wait, Waiting,
};
pub use rights::Rights;
pub use situation::{KnownBy, Situation, Summary};
pub use world::{Observer, Progress, World};
