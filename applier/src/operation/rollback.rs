//! What a rollback has of its own: which revision, and its objects as they were, byte for byte.

use ledger::{
    EventId, HookPoint, Life, OperationLocks, Release, ReleaseKey, Revision, RevisionEntry, Store,
    Verb,
};

use super::{
    Done,
    course::{self, Course, Wish},
    spine::{self, Intent, Order},
    upgrade::not_found,
};
use crate::{
    begin::{self, InTheWay},
    cluster::Cluster,
    content::Content,
    error::Error,
    look::Hidden,
    plan::{self, Detail},
    request::{Back, Rollback},
    situation::Situation,
    world::World,
};

/// What is gone back to.
struct Chosen {
    event: EventId,
    revision: Revision,
    content: Content,
}

pub(crate) async fn run<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Rollback,
) -> Result<Done, Error> {
    // Records of others become entries of the ledger first: all is found there then.
    let key = super::settle(world, situation, InTheWay::GiveUp, &request.asker).await?;
    let chosen = choose(world, (situation, &key), request.back).await?;
    let course = plan(world, situation, (request, &chosen.content), Hidden::Refuse).await?;
    let release = world.ledger.state().release(&key);
    let life = release.and_then(Release::latest_life);
    let last = life.and_then(Life::latest).map(|it| it.number);
    let revision = situation.next_revision().max(last.map_or(Revision::FIRST, Revision::next));
    let order = Order {
        verb: Verb::Rollback,
        life: spine::life(release),
        key,
        revision,
        content: chosen.content,
        course,
        back: Some((Some(chosen.event), chosen.revision)),
        intent: Intent::of(&request.manner),
        waiting: request.manner.waiting,
    };
    let begun = spine::begin(world, situation, order, &request.asker).await?;
    spine::proceed(world, situation, begun).await
}

async fn choose<C, S: Store>(
    world: &World<'_, C, S>,
    (situation, key): (&Situation, &ReleaseKey),
    back: Back,
) -> Result<Chosen, Error> {
    let missing = || not_found(world, situation);
    let release = world.ledger.state().release(key).ok_or_else(missing)?;
    let entry = entry(release, back)?;
    Ok(Chosen {
        event: begin::event_of(entry),
        revision: entry.number,
        content: Content::load(world.ledger, release, entry).await?,
    })
}

fn entry(release: &Release, back: Back) -> Result<&RevisionEntry, Error> {
    let name = &release.key.name;
    let life = release.latest_life();
    let of_life = |revision: Revision| {
        let found = life.and_then(|it| it.revisions.get(&revision));
        found.ok_or_else(|| Error::NoRevision(format!("release has no {revision} version")))
    };
    match back {
        Back::To(revision) => of_life(revision),
        Back::Previous => {
            let last = life.and_then(Life::latest).map_or(0, |it| it.number.0);
            of_life(Revision(last.saturating_sub(1)))
        }
        Back::Event(sequence) => {
            let event = release.events.iter().find(|it| it.id.sequence == sequence);
            let found =
                event.and_then(|it| release.revision_of(it.event.operation().unwrap_or(it.id)));
            let none =
                || Error::NoRevision(format!("event {sequence} is of no revision of `{name}`"));
            found.ok_or_else(none)
        }
    }
}

pub(crate) async fn plan<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    (request, content): (&Rollback, &Content),
    hidden: Hidden,
) -> Result<Course, Error> {
    let wish = Wish {
        verb: "rollback",
        wanted: &content.documents,
        hooks: (&content.hooks, request.manner.hooks),
        points: [HookPoint::PreRollback, HookPoint::PostRollback],
        first: &[],
        detail: Detail::Content,
        ownership: request.manner.ownership,
        wait: request.manner.waiting.strategy,
    };
    course::course(world, situation, wish, hidden, plan::build).await
}
