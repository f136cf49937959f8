//! The end of an operation: Helm's record first, then `Finished`.

use std::fmt::Write as _;

use ledger::{
    Class, Description, Event, EventId, Expected, Facts, Finished, HookOutcome, ObjectId,
    OperationLocks, Outcome, RecordRef, Revision, Status, Store, Verb,
};
use serde_json::{Value, json};

use super::{Done, spine::Begun};
use crate::{
    begin,
    claim::{self, Claim, Refused},
    cluster::Cluster,
    content,
    error::Error,
    execute::{Failure, HookTimes, Stop},
    object,
    plan::Act,
    record::Record,
    situation::Situation,
    view,
    world::World,
};

/// Writes into a record what is true of a revision that is about to be made.
pub(crate) fn pending(
    record: &mut Record,
    situation: &Situation,
    (verb, revision, back): (Verb, Revision, Option<Revision>),
    started_ns: i64,
) {
    situation.target.name.as_str().clone_into(&mut record.name);
    situation.target.namespace.as_str().clone_into(&mut record.namespace);
    record.version = revision.0;
    let (status, description) = match verb {
        Verb::Install => (Status::PendingInstall, Description::InstallUnderway),
        Verb::Upgrade => (Status::PendingUpgrade, Description::UpgradeUnderway),
        Verb::Rollback => {
            (Status::PendingRollback, Description::RollbackTo(back.unwrap_or(Revision(0))))
        }
        Verb::Uninstall => (Status::Uninstalling, Description::DeletionUnderway),
    };
    let now = claim::time(started_ns);
    let first = situation.latest.as_ref().and_then(|it| it.info.first_deployed);
    let info = &mut record.info;
    info.first_deployed = if verb == Verb::Install { Some(now) } else { first.or(Some(now)) };
    info.last_deployed = Some(now);
    info.deleted = None;
    status.as_str().clone_into(&mut info.status);
    info.description = description.fixed().unwrap_or_default();
    info.rollback_revision = back.map(|it| it.0);
}

/// Writes down that a revision was not ours to make: nothing was written to the cluster.
pub(crate) async fn refused<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    begun: &Begun,
    refused: Refused,
) -> Result<Done, Error> {
    let name = begun.record.secret_name();
    let (outcome, text, error) = match refused {
        Refused::Taken(holder) => {
            let who = holder.to_string();
            let id = world.ledger.put(Class::Private, who.into_bytes()).await?;
            let error =
                Error::Lost { name: begun.record.name.clone(), revision: begun.revision.0, holder };
            (Outcome::Lost { holder: Some(id) }, error.to_string(), error)
        }
        Refused::Cluster(source) => {
            let doing = "create: failed to create".to_owned();
            let text = format!("{doing}: {source}");
            (Outcome::Failed, text, Error::Cluster { doing, source })
        }
        Refused::Record(source) => {
            let error = Error::Record { name, source };
            (Outcome::Failed, error.to_string(), error)
        }
    };
    let description = begin::sentence(world, &text).await?;
    let end = End { outcome, description, evidence: None, record: None };
    append(world, begun, end).await?;
    Err(error)
}

/// Writes down that what comes before the claim failed.
pub(crate) async fn unclaimed<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    begun: &Begun,
    failure: Failure,
) -> Result<Done, Error> {
    let description = begin::sentence(world, &failure.text).await?;
    let end = End { outcome: Outcome::Failed, description, evidence: None, record: None };
    let event = append(world, begun, end).await?;
    let Failure { text: description, hint, denied, .. } = failure;
    let hint = hint.map(Into::into);
    Err(Error::Failed { description, event, hint, denied })
}

struct End {
    outcome: Outcome,
    description: Description,
    evidence: Option<ObjectId>,
    record: Option<RecordRef>,
}

async fn append<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    begun: &Begun,
    end: End,
) -> Result<EventId, Error> {
    let duration = (world.clock)().saturating_sub(begun.started_ns);
    let event = Finished {
        operation: begun.started,
        outcome: end.outcome,
        description: end.description,
        evidence: end.evidence,
        record: end.record,
        duration_ns: u64::try_from(duration).unwrap_or(0),
        facts: Facts::NONE,
    };
    world.append(Event::Finished(event), Expected::Any).await
}

/// Writes the end down: the record in the cluster, then `Finished`.
pub(crate) async fn end<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (situation, begun): (&Situation, &Begun),
    mut claim: Claim,
    (ran, times): (Result<(), Stop>, Vec<HookTimes>),
) -> Result<Done, Error> {
    note_hooks(&mut claim.record, &times);
    match ran {
        Ok(()) if begun.verb == Verb::Uninstall => {
            uninstalled(world, (situation, begun), claim).await
        }
        Ok(()) => deployed(world, (situation, begun), claim).await,
        Err(Stop::Failed(failure)) => failed(world, begun, claim, failure).await,
        // Nothing can be said of the end: `resume` finds it out.
        Err(Stop::Broken(error)) => Err(*error),
    }
}

async fn deployed<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (situation, begun): (&Situation, &Begun),
    mut claim: Claim,
) -> Result<Done, Error> {
    let complete = match begun.verb {
        Verb::Install => "Install complete".to_owned(),
        Verb::Upgrade => "Upgrade complete".to_owned(),
        _ => format!("Rollback to {}", begun.back.map_or(0, |it| it.0)),
    };
    let text = begun.intent.description.clone().unwrap_or(complete);
    claim.record.info.description.clone_from(&text);
    Status::Deployed.as_str().clone_into(&mut claim.record.info.status);
    supersede(world, situation, &claim.record).await;
    let record = settle(world, &claim).await;
    prune(world, situation, begun.intent.history_max).await;
    let description = begin::sentence(world, &text).await?;
    let end = End { outcome: Outcome::Deployed, description, evidence: None, record };
    let event = append(world, begun, end).await?;
    Ok(Done { record: claim.record, event, kept: kept(begun) })
}

async fn uninstalled<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (situation, begun): (&Situation, &Begun),
    mut claim: Claim,
) -> Result<Done, Error> {
    let records = begun.intent.records();
    let complete = "Uninstallation complete".to_owned();
    let text = begun.intent.description.clone().unwrap_or(complete);
    claim.record.info.description.clone_from(&text);
    Status::Uninstalled.as_str().clone_into(&mut claim.record.info.status);
    let mut record = None;
    if records == ledger::Records::Kept {
        record = settle(world, &claim).await;
    } else {
        // The claimed one, the last, goes last: as long as it is there, others see that somebody
        // is at it.
        for secret in &situation.seen.records {
            let place = (object::name(secret), claim.record.namespace.as_str());
            let gone = claim::delete(world.cluster, place, object::uid(secret)).await;
            if let Err(source) = gone {
                let doing = format!("uninstall: Failed to purge the release: {}", place.0);
                return Err(Error::Cluster { doing, source });
            }
        }
    }
    let description = begin::sentence(world, &text).await?;
    let outcome = Outcome::Uninstalled { records };
    let event = append(world, begun, End { outcome, description, evidence: None, record }).await?;
    Ok(Done { record: claim.record, event, kept: kept(begun) })
}

async fn failed<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    begun: &Begun,
    mut claim: Claim,
    failure: Failure,
) -> Result<Done, Error> {
    let what = match begun.verb {
        Verb::Install => "Release",
        Verb::Upgrade => "Upgrade",
        Verb::Rollback => "Rollback",
        Verb::Uninstall => "Uninstallation",
    };
    let text = format!("{what} \"{}\" failed: {}", claim.record.name, failure.text);
    claim.record.info.description.clone_from(&text);
    // Helm leaves a release whose uninstall failed as it is: `uninstalling`.
    if begun.verb != Verb::Uninstall {
        Status::Failed.as_str().clone_into(&mut claim.record.info.status);
    }
    let record = settle(world, &claim).await;
    let description = begin::sentence(world, &text).await?;
    let evidence = json!({"text": failure.text, "evidence": failure.evidence});
    let evidence = world.ledger.put(Class::Private, content::json_bytes(&evidence)?).await?;
    let outcome = Outcome::Failed;
    let end = End { outcome, description, evidence: Some(evidence), record };
    let event = append(world, begun, end).await?;
    let Failure { text: description, evidence, mut hint, denied } = failure;
    // What was waited for has more to it than a line.
    if let Some(hint) = hint.as_mut().filter(|_| evidence.get("objects").is_some()) {
        let sequence = event.sequence;
        let _ = write!(hint, "\n`rutter ledger show {sequence}` has all that is known of it");
    }
    let hint = hint.map(Into::into);
    Err(Error::Failed { description, event, hint, denied })
}

/// Writes the record's end. Where that cannot be, what happened is recorded all the same, and the
/// next command repairs the record.
async fn settle<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    claim: &Claim,
) -> Option<RecordRef> {
    let why = match claim.settle(world.cluster, (world.clock)()).await {
        Ok(reference) => return Some(reference),
        Err(Refused::Taken(holder)) => format!("it is held {holder}"),
        Err(Refused::Cluster(error)) => error.to_string(),
        Err(Refused::Record(error)) => error.to_string(),
    };
    let name = claim.record.secret_name();
    world.warn(&format!(
        "the record {name} could not be brought to its end ({why}): the next command on this \
         release does that"
    ));
    None
}

/// Makes other deployed revisions superseded, as Helm does before it calls the new one deployed, and
/// those failed that somebody left half done: no claim that holds is older than ours.
async fn supersede<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    record: &Record,
) {
    for secret in &situation.seen.records {
        let Some(label) = view::labels(secret) else { continue };
        let is_left = label.status.is_pending() && label.revision < record.version;
        if label.revision == record.version || !(is_left || label.status == Status::Deployed) {
            continue;
        }
        let change = |record: &mut Record| {
            if is_left {
                Status::Failed.as_str().clone_into(&mut record.info.status);
                "Abandoned".clone_into(&mut record.info.description);
            } else {
                Status::Superseded.as_str().clone_into(&mut record.info.status);
            }
        };
        let place = (object::name(secret), record.namespace.as_str());
        let now_ns = (world.clock)();
        if let Err(error) = claim::set_status(world.cluster, place, &change, now_ns).await {
            world.warn(&format!(
                "revision {} is still called {}: {error}",
                label.revision, label.status
            ));
        }
    }
}

/// Deletes the oldest records beyond the limit, never a deployed one (Helm's `removeLeastRecent`).
async fn prune<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    history_max: u32,
) {
    // With the one that was just made.
    let count = situation.seen.records.len() + 1;
    let most = usize::try_from(history_max).unwrap_or(usize::MAX);
    if history_max == 0 || count <= most {
        return;
    }
    for secret in situation.seen.records.iter().take(count - most) {
        let namespace = situation.target.namespace.as_str();
        let place = (object::name(secret), namespace);
        if let Err(error) = claim::delete(world.cluster, place, object::uid(secret)).await {
            world.warn(&format!("the old record {} stays: {error}", place.0));
        }
    }
}

/// Writes into the record when its hooks ran.
fn note_hooks(record: &mut Record, times: &[HookTimes]) {
    for time in times {
        let Some(hook) = record.hooks.get_mut(time.hook) else { continue };
        hook.last_run.started_at = Some(claim::time(time.started_ns));
        hook.last_run.completed_at = Some(claim::time(time.completed_ns));
        let phase = match time.outcome {
            HookOutcome::Succeeded => "Succeeded",
            HookOutcome::Failed => "Failed",
            HookOutcome::Unknown => "Unknown",
        };
        phase.clone_into(&mut hook.last_run.phase);
    }
}

/// Returns the objects that stay by their policy.
fn kept(begun: &Begun) -> Vec<ledger::ObjectRef> {
    let steps = begun.work.plan.steps.iter().filter(|it| it.act == Act::Keep);
    steps.map(|it| ledger::ObjectRef::from(&it.object)).collect()
}

/// Brings records to their end whose operation ended without that (the last write was lost).
/// Returns the UIDs of those.
pub(crate) async fn repair<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    key: &ledger::ReleaseKey,
) -> Result<Vec<String>, Error> {
    let Some(release) = world.ledger.state().release(key) else { return Ok(Vec::new()) };
    let mut repaired = Vec::new();
    for secret in &situation.seen.records {
        let Some((status, text)) = unsettled(release, secret) else { continue };
        let text = view::description(world.ledger, text).await?;
        let change = |record: &mut Record| {
            status.as_str().clone_into(&mut record.info.status);
            record.info.description.clone_from(&text);
        };
        let place = (object::name(secret), key.namespace.as_str());
        claim::set_status(world.cluster, place, &change, (world.clock)()).await?;
        repaired.extend(object::uid(secret).map(str::to_owned));
    }
    Ok(repaired)
}

/// Returns how a revision ended, where its record says that it is still being made.
fn unsettled(release: &ledger::Release, secret: &Value) -> Option<(Status, Description)> {
    let label = view::labels(secret).filter(|it| it.status.is_pending())?;
    let operation = object::annotation(secret, claim::OPERATION)?;
    let ours = release.operations.iter().find(|it| it.id().to_string() == operation)?;
    ours.end?;
    let life = release.lives.get(&ours.started.release.life)?;
    let entry = life.revisions.get(&Revision(label.revision))?;
    Some((entry.status, entry.description))
}
