//! The doors: one function for each verb, and what they share.

mod course;
mod finish;
mod install;
mod needs;
mod resume;
mod rollback;
mod spine;
mod uninstall;
mod upgrade;

#[cfg(test)]
mod tests;

use ledger::{EventId, ObjectRef, OperationLocks, Records, ReleaseKey, Store};

pub use self::{
    install::check_name,
    needs::{rights_to_install, rights_to_roll_back, rights_to_uninstall, rights_to_upgrade},
};
use crate::{
    begin::{self, InTheWay},
    cluster::{Cluster, Propagation},
    error::Error,
    look::{Hidden, look},
    plan::Plan,
    record::Record,
    request::{Abandon, Asker, Back, Install, OnFailure, Resume, Rollback, Uninstall, Upgrade},
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
    /// Objects that are no longer wanted and stay, as their policy says.
    pub kept: Vec<ObjectRef>,
}

/// Installs a release.
///
/// # Errors
///
/// [`Error::NameInUse`], [`Error::Unserved`], [`Error::Foreign`], [`Error::InProgress`] and
/// [`Error::Interrupted`] before anything is written; [`Error::Lost`] when somebody else was faster;
/// [`Error::Failed`] when it failed on the way.
pub async fn install<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Install,
) -> Result<Done, Error> {
    let ran = Box::pin(install::run(world, &situation, &request)).await;
    let Err(error @ Error::Failed { .. }) = ran else { return ran };
    if request.manner.on_failure == OnFailure::Undo {
        undo_install(world, &request).await?;
    }
    Err(error)
}

async fn undo_install<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    request: &Install,
) -> Result<(), Error> {
    let situation = look(world, &request.target).await?;
    let uninstall = Uninstall {
        target: request.target.clone(),
        records: Records::Deleted,
        propagation: Propagation::Background,
        hooks: request.manner.hooks,
        waiting: request.manner.waiting,
        description: None,
        asker: request.asker.clone(),
    };
    Box::pin(uninstall::run(world, &situation, &uninstall)).await.map(|_| ())
}

/// Upgrades a release to its next revision.
///
/// # Errors
///
/// As [`install`], and [`Error::NotFound`] and [`Error::NoDeployed`] where there is nothing to
/// upgrade.
pub async fn upgrade<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Upgrade,
) -> Result<Done, Error> {
    let ran = Box::pin(upgrade::run(world, &situation, &request)).await;
    let Err(error @ Error::Failed { .. }) = ran else { return ran };
    if request.manner.on_failure == OnFailure::Undo {
        undo_upgrade(world, &situation, &request).await?;
    }
    Err(error)
}

async fn undo_upgrade<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    before: &Situation,
    request: &Upgrade,
) -> Result<(), Error> {
    let good = before.deployed.as_ref().or(before.latest.as_ref());
    let Some(good) = good else { return Ok(()) };
    let situation = look(world, &request.target).await?;
    let rollback = Rollback {
        target: request.target.clone(),
        back: Back::To(ledger::Revision(good.version)),
        manner: request.manner.clone(),
        asker: request.asker.clone(),
    };
    Box::pin(rollback::run(world, &situation, &rollback)).await.map(|_| ())
}

/// Rolls a release back: a new revision of the objects of an old one, byte for byte.
///
/// # Errors
///
/// As [`install`], and [`Error::NoRevision`] where there is nothing to go back to.
pub async fn rollback<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Rollback,
) -> Result<Done, Error> {
    Box::pin(rollback::run(world, &situation, &request)).await
}

/// Ends a release.
pub async fn uninstall<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Uninstall,
) -> Result<Done, Error> {
    Box::pin(uninstall::run(world, &situation, &request)).await
}

/// Goes on with an operation that was interrupted.
///
/// # Errors
///
/// [`Error::NothingInterrupted`]; [`Error::HookUnknown`] where a hook's object is gone and nobody
/// knows how it ended; what the operation itself can come to.
pub async fn resume<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Resume,
) -> Result<Done, Error> {
    Box::pin(resume::run(world, &situation, &request)).await
}

/// Gives up an operation that was interrupted: what it did stays as it is.
pub async fn abandon<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: Situation,
    request: Abandon,
) -> Result<EventId, Error> {
    resume::abandon(world, &situation, &request).await
}

/// Returns what an install would do. Writes nothing (`--dry-run=server`, `plan`).
pub async fn plan_install<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Install,
) -> Result<Plan, Error> {
    Ok(install::plan(world, situation, request, Hidden::Refuse).await?.plan)
}

/// Returns what an upgrade would do. Writes nothing.
pub async fn plan_upgrade<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Upgrade,
) -> Result<Plan, Error> {
    Ok(upgrade::plan(world, situation, request, Hidden::Refuse).await?.plan)
}

/// Returns what keeps operations on a release from beginning, if something does: somebody is at
/// work on it ([`Error::InProgress`]) or was interrupted ([`Error::Interrupted`]).
pub fn obstacle<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
) -> Option<Error> {
    let way = InTheWay::Refuse;
    let free = match &situation.key {
        Some(key) => begin::alone(world, (situation, key), way),
        None => begin::alone_in_cluster(world, situation, way),
    };
    free.err()
}

/// Makes sure that nobody else is at it, and brings the ledger up to what the cluster says.
async fn settle<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    way: InTheWay,
    asker: &Asker,
) -> Result<ReleaseKey, Error> {
    let in_the_way = match &situation.key {
        Some(key) => begin::alone(world, (situation, key), way)?,
        None => begin::alone_in_cluster(world, situation, way)?,
    };
    let key = begin::identify(world, situation).await?;
    if in_the_way.is_some() {
        let operation = resume::interrupted(world, situation)?;
        resume::give_up(world, (situation, &operation), asker).await?;
    }
    let repaired = finish::repair(world, situation, &key).await?;
    begin::import_all(world, (situation, &key), &repaired).await?;
    Ok(key)
}
