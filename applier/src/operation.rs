//! The doors: one function for each verb.

use ledger::{EventId, OperationLocks, Store};

use crate::{
    cluster::Cluster,
    error::Error,
    plan::Plan,
    record::Record,
    request::{Abandon, Install, Resume, Rollback, Target, Uninstall, Upgrade},
    situation::Situation,
    world::World,
};

/// What an operation came to.
#[derive(Clone, Debug)]
pub struct Done {
    /// The revision as Helm's record has it now: what `install` and `upgrade` print.
    pub record: Record,
    /// The event that ended the operation.
    pub event: EventId,
}

/// Looks at a release: is the cluster there, what can it do, what is known of the release. Writes
/// nothing. The first thing that a command which changes something does.
pub async fn look<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
) -> Result<Situation, Error> {
    let _ = (world, target);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Installs a release.
pub async fn install<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Install,
) -> Result<Done, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Upgrades a release to its next revision.
pub async fn upgrade<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Upgrade,
) -> Result<Done, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Rolls a release back: a new revision of the objects of an old one, byte for byte.
pub async fn rollback<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Rollback,
) -> Result<Done, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Ends a release.
pub async fn uninstall<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Uninstall,
) -> Result<Done, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Goes on with an operation that was interrupted.
pub async fn resume<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Resume,
) -> Result<Done, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Gives up an operation that was interrupted: what it did stays as it is.
pub async fn abandon<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Abandon,
) -> Result<EventId, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Returns what an install would do. Writes nothing (`--dry-run=server`, `plan`).
pub async fn plan_install<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Install,
) -> Result<Plan, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Returns what an upgrade would do. Writes nothing.
pub async fn plan_upgrade<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Upgrade,
) -> Result<Plan, Error> {
    let _ = (world, situation, request);
    Err(Error::Stored("not built yet".to_owned()))
}
