//! What an uninstall has of its own: everything goes, in Helm's order, but what is kept.

use ledger::{HookPoint, OperationLocks, Records, Revision, Status, Store, Verb};

use super::{
    Done,
    course::{self, Course, Wish},
    spine::{self, Intent, Keeping, Order},
    upgrade::not_found,
};
use crate::{
    begin::InTheWay,
    claim,
    cluster::{Cluster, Conflicts},
    content::Content,
    error::Error,
    look::Hidden,
    object,
    plan::{self, Detail},
    record::Record,
    request::{Ownership, Uninstall},
    situation::Situation,
    world::World,
};

pub(crate) async fn run<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Uninstall,
) -> Result<Done, Error> {
    let latest = situation.latest.as_ref().ok_or_else(|| not_found(world, situation))?;
    if latest.status() == Status::Uninstalled {
        return purge(world, (situation, latest), request).await;
    }
    let course = plan(world, situation, (request, latest), Hidden::Refuse).await?;
    let key = super::settle(world, situation, InTheWay::GiveUp, &request.asker).await?;
    let life = spine::life(world.ledger.state().release(&key));
    let order = Order {
        verb: Verb::Uninstall,
        key,
        life,
        revision: Revision(latest.version),
        content: Content::of_record(latest),
        course,
        back: None,
        intent: Intent {
            description: request.description.clone(),
            conflicts: Conflicts::Refuse,
            propagation: request.propagation,
            records: match request.records {
                Records::Kept => Keeping::Keep,
                Records::Deleted => Keeping::Drop,
            },
            created: Keeping::Keep,
            history_max: 0,
        },
        waiting: request.waiting,
    };
    let begun = spine::begin(world, situation, order, &request.asker).await?;
    spine::proceed(world, situation, begun).await
}

pub(crate) async fn plan<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    (request, latest): (&Uninstall, &Record),
    hidden: Hidden,
) -> Result<Course, Error> {
    let hooks = latest.rendered_hooks();
    let wish = Wish {
        verb: "uninstall",
        wanted: &[],
        hooks: (&hooks, request.hooks),
        points: [HookPoint::PreDelete, HookPoint::PostDelete],
        first: &[],
        detail: Detail::Marks,
        ownership: Ownership::Check,
        wait: request.waiting.strategy,
    };
    course::course(world, situation, wish, hidden, |inputs| Ok(plan::build_uninstall(inputs))).await
}

/// Deletes the records that an uninstall kept.
async fn purge<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (situation, latest): (&Situation, &Record),
    request: &Uninstall,
) -> Result<Done, Error> {
    if request.records == Records::Kept {
        let name = &situation.target.name;
        let text = format!("the release named \"{name}\" is already deleted");
        return Err(Error::NoRevision(text));
    }
    super::settle(world, situation, InTheWay::GiveUp, &request.asker).await?;
    for secret in &situation.seen.records {
        let place = (object::name(secret), latest.namespace.as_str());
        let gone = claim::delete(world.cluster, place, object::uid(secret)).await;
        gone.map_err(|source| Error::Cluster {
            doing: "uninstall: Failed to purge the release".to_owned(),
            source,
        })?;
    }
    let event = world.ledger.head().ok_or_else(|| not_found(world, situation))?;
    Ok(Done { record: latest.clone(), event, kept: Vec::new() })
}
