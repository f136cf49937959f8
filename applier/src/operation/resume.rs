//! Going on with an operation that was interrupted, and giving one up.
//!
//! What was written down as done is not done again. What was begun is read from the cluster: an
//! apply is harmless twice, a delete names a UID, a hook is found by its UID, and an object whose
//! name the server made by the mark of its step.

use ledger::{
    Abandoned, Event, EventId, Expected, Facts, Operation, OperationLocks, Release, ReleaseKey,
    Resumed, Status, Store, Verb,
};

use super::{
    Done, finish,
    spine::{self, Begun},
};
use crate::{
    begin, claim,
    cluster::Cluster,
    content::{self, Content},
    error::{Error, Holder},
    execute::{self, Orders, Work},
    object,
    record::Record,
    request::{Abandon, Asker, Resume},
    situation::Situation,
    view,
    world::World,
};

pub(crate) async fn run<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Resume,
) -> Result<Done, Error> {
    let key = key(situation)?;
    let operation = interrupted(world, situation)?;
    refuse_overtaken(situation, &operation)?;
    let lock = world.ledger.begin_operation(operation.id())?;
    let provenance = begin::provenance(world, (&request.asker, situation)).await?;
    let event = Resumed { operation: operation.event, provenance, facts: Facts::NONE };
    let expected = Expected::from(world.ledger.state().last_event(&key));
    world.append(Event::Resumed(event), expected).await?;
    let (content, record) = rebuild(world, (situation, &key), &operation).await?;
    let started = &operation.started;
    let intent = spine::intent(world.ledger, started).await?;
    let discovery = spine::discovery(world).await?;
    let plan = started.recipes.plan.ok_or_else(|| stored("the operation has no plan"))?;
    let previous = spine::previous(world, situation).await?;
    let work = Work {
        target: situation.target.clone(),
        verb: started.verb,
        operation: operation.id(),
        started: operation.event,
        plan: content::parse(&world.ledger.get(plan).await?)?,
        previous: execute::by_key(&previous, &situation.target, &discovery),
        documents: content.documents,
        hooks: content.hooks,
        orders: Orders {
            waiting: request.manner.waiting,
            conflicts: intent.conflicts,
            propagation: intent.propagation,
            rerun: request.rerun,
        },
    };
    let begun = Begun {
        verb: started.verb,
        revision: started.revision,
        operation: operation.id(),
        started: operation.event,
        started_ns: operation.at_ns,
        work,
        record,
        intent,
        back: started.rollback_revision,
        _lock: lock,
    };
    spine::proceed(world, situation, begun).await
}

/// Returns the operation that was interrupted.
pub(crate) fn interrupted<C, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
) -> Result<Operation, Error> {
    let name = situation.target.name.to_string();
    let release = world.ledger.state().release(&key(situation)?);
    let Some(operation) = release.and_then(Release::in_flight) else {
        return Err(Error::NothingInterrupted { name });
    };
    if world.ledger.is_alive(operation.id())? {
        let holder = Holder {
            by: format!("another process on this machine, operation {}", operation.id()),
            record: situation.target.name.to_string(),
            since: claim::time(operation.at_ns).to_string(),
            until: String::new(),
        };
        return Err(Error::InProgress { holder });
    }
    Ok(operation.clone())
}

/// Refuses to go on where others have since: a newer revision, or a claimed record that is gone.
fn refuse_overtaken(situation: &Situation, operation: &Operation) -> Result<(), Error> {
    let overtaken = |how: String| {
        let name = situation.target.name.to_string();
        Err(Error::Overtaken { name, how })
    };
    let revision = operation.started.revision.0;
    let labels = situation.seen.records.iter().filter_map(view::labels);
    if let Some(newer) = labels.map(|it| it.revision).find(|it| *it > revision) {
        return overtaken(format!("there is a revision {newer}"));
    }
    let id = operation.id().to_string();
    let is_ours = |it: &serde_json::Value| object::annotation(it, claim::OPERATION) == Some(&id);
    let was_claimed = operation.claimed.is_some() && operation.started.verb != Verb::Uninstall;
    if was_claimed && !situation.seen.records.iter().any(is_ours) {
        return overtaken(format!("the record of revision {revision} is gone, or another's"));
    }
    Ok(())
}

fn key(situation: &Situation) -> Result<ReleaseKey, Error> {
    let name = situation.target.name.to_string();
    situation.key.clone().ok_or(Error::NothingInterrupted { name })
}

/// Puts content and record of the operation's revision together from the ledger.
async fn rebuild<C, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    (situation, key): (&Situation, &ReleaseKey),
    operation: &Operation,
) -> Result<(Content, Record), Error> {
    let started = &operation.started;
    let release = world.ledger.state().release(key).ok_or_else(|| stored("no such release"))?;
    if started.verb == Verb::Uninstall {
        let life = release.lives.get(&started.release.life);
        let found = life.and_then(|it| Some((it, it.revisions.get(&started.revision)?)));
        let (life, entry) = found.ok_or_else(|| stored("the revision is not in the ledger"))?;
        let mut record = view::record(world.ledger, (release, life), entry).await?;
        // The last record that the cluster has says it better.
        if let Some(latest) = &situation.latest {
            record = latest.clone();
        }
        return Ok((Content::load(world.ledger, release, entry).await?, record));
    }
    let content = Content::of_started(world.ledger, started).await?;
    let mut record = content.to_record();
    let about = (started.verb, started.revision, started.rollback_revision);
    finish::pending(&mut record, situation, about, operation.at_ns);
    Ok((content, record))
}

fn stored(text: &str) -> Error {
    Error::Stored(text.to_owned())
}

pub(crate) async fn abandon<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Abandon,
) -> Result<EventId, Error> {
    let operation = interrupted(world, situation)?;
    give_up(world, (situation, &operation), &request.asker).await
}

/// Gives an interrupted operation up: its record becomes `failed`, and what it did stays.
pub(crate) async fn give_up<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (situation, operation): (&Situation, &Operation),
    asker: &Asker,
) -> Result<EventId, Error> {
    let _lock = world.ledger.begin_operation(operation.id())?;
    let provenance = begin::provenance(world, (asker, situation)).await?;
    let id = operation.id().to_string();
    let is_ours = |it: &&serde_json::Value| object::annotation(it, claim::OPERATION) == Some(&id);
    let mut record = None;
    if let Some(secret) = situation.seen.records.iter().find(is_ours) {
        let change = |record: &mut Record| {
            if operation.started.verb != Verb::Uninstall {
                Status::Failed.as_str().clone_into(&mut record.info.status);
                "Abandoned".clone_into(&mut record.info.description);
            }
        };
        let place = (object::name(secret), situation.target.namespace.as_str());
        claim::set_status(world.cluster, place, &change, (world.clock)()).await?;
        record = Some(claim::reference(secret));
    }
    let event = Abandoned { operation: operation.event, provenance, record, facts: Facts::NONE };
    world.append(Event::Abandoned(event), Expected::Any).await
}
