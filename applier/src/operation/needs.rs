//! What each verb needs to be allowed, found out as far as the user may look; nothing is written.

use ledger::{OperationLocks, Records, Revision, Store, Verb};
use render::{Document, Hook};

use super::{course::Course, install, rollback, spine, uninstall, upgrade, upgrade::not_found};
use crate::{
    cluster::Cluster,
    content::Content,
    error::Error,
    look::Hidden,
    plan::Plan,
    reads::{self, Look, Scope, Sight},
    request::{Back, Install, Manner, OnFailure, Rollback, Uninstall, Upgrade, Waiting},
    rights::{self, Operation, Rights, Undo},
    situation::Situation,
    world::World,
};

/// Returns what an install needs.
///
/// # Errors
///
/// What keeps an install from being planned, but for what the user may not see.
pub async fn rights_to_install<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Install,
) -> Result<Rights, Error> {
    let course = install::plan(world, situation, request, Hidden::Overlook).await?;
    let content = (request.rendered.documents.as_slice(), request.rendered.hooks.as_slice());
    let records = records(situation, &request.manner);
    let order = (Verb::Install, request.manner.waiting, records);
    count(world, situation, (order, &course, content)).await
}

/// Returns what an upgrade needs.
///
/// # Errors
///
/// What keeps an upgrade from being planned, but for objects that the user may not see.
pub async fn rights_to_upgrade<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Upgrade,
) -> Result<Rights, Error> {
    let course = upgrade::plan(world, situation, request, Hidden::Overlook).await?;
    let content = (request.rendered.documents.as_slice(), request.rendered.hooks.as_slice());
    let records = records(situation, &request.manner);
    let order = (Verb::Upgrade, request.manner.waiting, records);
    count(world, situation, (order, &course, content)).await
}

/// Returns what a rollback needs.
///
/// # Errors
///
/// [`Error::NotFound`] where there is nothing to go back to.
pub async fn rights_to_roll_back<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Rollback,
) -> Result<Rights, Error> {
    let last = situation.last().map_or(0, |it| it.revision.0);
    let revision = match request.back {
        Back::To(revision) => revision,
        Back::Previous | Back::Event(_) => Revision(last.saturating_sub(1)),
    };
    if situation.is_hidden() {
        return hidden(world, situation, Verb::Rollback).await;
    }
    let look = Look { sight: Sight::Online, scope: Scope::Deleted };
    let record = reads::get(world, &request.target, (Some(revision), look)).await?;
    let content = Content::of_record(&record);
    let course = rollback::plan(world, situation, (request, &content), Hidden::Overlook).await?;
    let parts = (content.documents.as_slice(), content.hooks.as_slice());
    let order = (Verb::Rollback, request.manner.waiting, records(situation, &request.manner));
    count(world, situation, (order, &course, parts)).await
}

/// Returns what an uninstall needs.
///
/// # Errors
///
/// [`Error::NotFound`] where there is nothing to uninstall.
pub async fn rights_to_uninstall<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Uninstall,
) -> Result<Rights, Error> {
    if situation.is_hidden() {
        return hidden(world, situation, Verb::Uninstall).await;
    }
    let latest = situation.latest.as_ref().ok_or_else(|| not_found(world, situation))?;
    let course = uninstall::plan(world, situation, (request, latest), Hidden::Overlook).await?;
    let hooks = latest.rendered_hooks();
    let mut records = records(situation, &Manner::default());
    records.limit = if request.records == Records::Deleted { records.count } else { 0 };
    let order = (Verb::Uninstall, request.waiting, records);
    count(world, situation, (order, &course, (&[], &hooks))).await
}

fn records(situation: &Situation, manner: &Manner) -> rights::Records {
    rights::Records {
        count: situation.seen.records.len(),
        unknown: situation.seen.foreign.len(),
        limit: usize::try_from(manner.history_max).unwrap_or(usize::MAX),
        undo: match manner.on_failure {
            OnFailure::Leave => Undo::Never,
            OnFailure::Undo => Undo::OnFailure,
        },
    }
}

/// Returns what it takes to see the release at all, where that is all that can be said.
async fn hidden<C: Cluster, S>(
    world: &World<'_, C, S>,
    situation: &Situation,
    verb: Verb,
) -> Result<Rights, Error> {
    let nothing = Course { plan: Plan::default(), previous: Vec::new() };
    // Whose records these are the user cannot tell either.
    let records = rights::Records { count: 1, unknown: 1, limit: 1, undo: Undo::Never };
    let order = (verb, Waiting::default(), records);
    count(world, situation, (order, &nothing, (&[], &[]))).await
}

/// A verb with what it waits for, its course, and what it brings.
type Counted<'a> = ((Verb, Waiting, rights::Records), &'a Course, (&'a [Document], &'a [Hook]));

async fn count<C: Cluster, S>(
    world: &World<'_, C, S>,
    situation: &Situation,
    ((verb, waiting, records), course, (documents, hooks)): Counted<'_>,
) -> Result<Rights, Error> {
    let discovery = spine::discovery(world).await?;
    let target = &situation.target;
    let plan = &course.plan;
    let discovery = &*discovery;
    Ok(rights::count(&Operation {
        verb,
        target,
        plan,
        documents,
        hooks,
        discovery,
        waiting,
        records,
    }))
}
