//! What an upgrade has of its own: there must be something to upgrade, and labels go over.

use std::collections::BTreeMap;

use ledger::{HookPoint, OperationLocks, Status, Store, Verb};

use super::{
    Done,
    course::{self, Course, Wish},
    spine::{self, Intent, Order},
};
use crate::{
    begin::InTheWay,
    cluster::Cluster,
    content::Content,
    error::{Deleted, Error},
    look::Hidden,
    plan::{self, Detail},
    record::Record,
    request::Upgrade,
    situation::Situation,
    world::World,
};

pub(crate) async fn run<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Upgrade,
) -> Result<Done, Error> {
    let current = current(situation)?;
    let labels = labels(current, request);
    let course = plan(world, situation, request, Hidden::Refuse).await?;
    let key = super::settle(world, situation, InTheWay::Refuse, &request.asker).await?;
    let life = spine::life(world.ledger.state().release(&key));
    let order = Order {
        verb: Verb::Upgrade,
        key,
        life,
        revision: situation.next_revision(),
        content: Content::of(&request.rendered, request.origin.clone(), labels)?,
        course,
        back: None,
        intent: Intent::of(&request.manner),
        waiting: request.manner.waiting,
    };
    let begun = spine::begin(world, situation, order, &request.asker).await?;
    spine::proceed(world, situation, begun).await
}

/// Returns what an upgrade would do.
pub(crate) async fn plan<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    request: &Upgrade,
    hidden: Hidden,
) -> Result<Course, Error> {
    current(situation)?;
    let wish = Wish {
        verb: "update",
        wanted: &request.rendered.documents,
        hooks: (&request.rendered.hooks, request.manner.hooks),
        points: [HookPoint::PreUpgrade, HookPoint::PostUpgrade],
        first: &[],
        detail: Detail::Content,
        ownership: request.manner.ownership,
        wait: request.manner.waiting.strategy,
    };
    course::course(world, situation, wish, hidden, plan::build).await
}

/// Returns what is upgraded: the deployed revision, else the last if it failed or was superseded
/// (Helm's `prepareUpgrade`). What an operation left half done that nobody renews counts as failed.
fn current(situation: &Situation) -> Result<&Record, Error> {
    let name = situation.target.name.to_string();
    let Some(latest) = &situation.latest else { return Err(Error::NoDeployed { name }) };
    if let Some(deployed) = &situation.deployed {
        return Ok(deployed);
    }
    match latest.status() {
        Status::Uninstalled => Err(Error::NoDeployed { name }),
        _ => Ok(latest),
    }
}

/// Returns Helm's error for what is not there, and whether the ledger knows it from before.
pub(crate) fn not_found<C, S: Store>(world: &World<'_, C, S>, situation: &Situation) -> Error {
    let release = situation.key.as_ref().and_then(|key| world.ledger.state().release(key));
    let is_known = release
        .and_then(ledger::Release::latest_life)
        .is_some_and(|life| !life.revisions.is_empty());
    Error::NotFound {
        name: situation.target.name.to_string(),
        deleted: if is_known { Deleted::Known } else { Deleted::Never },
    }
}

/// Returns the labels of the last revision with what is set and taken away (Helm's `mergeCustomLabels`).
fn labels(current: &Record, request: &Upgrade) -> BTreeMap<String, String> {
    let mut labels = current.labels.clone();
    for (key, value) in &request.labels {
        match value {
            Some(value) => labels.insert(key.clone(), value.clone()),
            None => labels.remove(key),
        };
    }
    labels
}
