//! The beginning that all operations share: the cluster is named, records of others are written
//! down, who asks and how is kept, and nobody else is at it.

use ledger::{
    Class, ClusterIdentified, Description, Event, Expected, Facts, Imported, ImportedFacts,
    LifeNumber, ObjectId, OperationId, OperationLocks, Origin, Provenance, Recipes, Release,
    ReleaseKey, ReleaseRef, Revision, Server, Status, Store,
};
use serde_json::{Value, json};

use crate::{
    claim::{self, holder},
    content::{self, Content},
    error::{Error, Holder},
    look, object,
    record::Record,
    request::Asker,
    situation::Situation,
    view,
    world::World,
};

/// What a verb does about an operation that is in the way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum InTheWay {
    /// It refuses: the operation has to be ended first.
    Refuse,
    /// It gives it up and goes on: a rollback and an uninstall are cures.
    GiveUp,
}

/// Writes records of others down, but for those that were only repaired.
pub(crate) async fn import_all<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (situation, key): (&Situation, &ReleaseKey),
    repaired: &[String],
) -> Result<(), Error> {
    for secret in &situation.seen.foreign {
        let uid = object::uid(secret);
        if !repaired.iter().any(|it| Some(it.as_str()) == uid) {
            import(world, key, secret).await?;
        }
    }
    Ok(())
}

/// Names the cluster, in the ledger too where something of its identity is new.
pub(crate) async fn identify<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
) -> Result<ReleaseKey, Error> {
    let ledger = world.ledger.create().await?;
    let mut evidence = situation.seen.evidence.clone();
    evidence.server = Some(ledger::Digest::of_server(ledger, &situation.seen.url));
    let cluster = if let Some(known) = world.ledger.state().cluster_known(&evidence) {
        known
    } else {
        let details = json!({"server": situation.seen.url});
        let details = world.ledger.put(Class::Private, content::json_bytes(&details)?).await?;
        let event = ClusterIdentified { evidence, details: Some(details), facts: Facts::NONE };
        let met = world.append(Event::ClusterIdentified(event), Expected::Any).await?;
        world.ledger.state().cluster(ledger::ClusterId(met))
    };
    Ok(look::key_in(cluster, &situation.target))
}

/// Writes a record of somebody else down.
async fn import<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    key: &ReleaseKey,
    secret: &Value,
) -> Result<(), Error> {
    let Some(label) = view::labels(secret) else { return Ok(()) };
    let raw = world.ledger.put(Class::Private, content::json_bytes(secret)?).await?;
    let decoded = match Record::from_secret(secret) {
        Ok(record) => Some(facts(world, &record).await?),
        Err(_) => None,
    };
    let life = life_of(world.ledger.state().release(key), secret, label.revision);
    let event = Imported {
        release: ReleaseRef {
            cluster: key.cluster,
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            life,
        },
        revision: Revision(label.revision),
        record: claim::reference(secret),
        raw,
        decoded,
        facts: Facts::NONE,
    };
    world.append(Event::Imported(Box::new(event)), Expected::Any).await?;
    Ok(())
}

async fn facts<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    record: &Record,
) -> Result<ImportedFacts, Error> {
    let saved = Content::of_record(record).save(world.ledger, &Recipes::default()).await?;
    let ns = |time: Option<jiff::Timestamp>| time.map(view::nanoseconds);
    Ok(ImportedFacts {
        status: record.status(),
        chart: Some(saved.chart),
        description: sentence(world, &record.info.description).await?,
        first_deployed_ns: ns(record.info.first_deployed).unwrap_or(0),
        last_deployed_ns: ns(record.info.last_deployed).unwrap_or(0),
        deleted_ns: ns(record.info.deleted),
        recipes: saved.recipes,
    })
}

/// Returns a sentence as events hold it: a fixed one, or a private object.
pub(crate) async fn sentence<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    text: &str,
) -> Result<Description, Error> {
    let fixed = [
        Description::InstallUnderway,
        Description::InstallComplete,
        Description::UpgradeUnderway,
        Description::UpgradeComplete,
        Description::DeletionUnderway,
        Description::UninstallComplete,
    ];
    if let Some(found) = fixed.into_iter().find(|it| it.fixed().as_deref() == Some(text)) {
        return Ok(found);
    }
    let revision = text.strip_prefix("Rollback to ").and_then(|it| it.parse().ok());
    if let Some(revision) = revision {
        return Ok(Description::RollbackTo(Revision(revision)));
    }
    let id = world.ledger.put(Class::Private, text.as_bytes().to_vec()).await?;
    Ok(Description::Text(id))
}

/// Returns the life that a record of somebody else belongs to: that of the same record, or of the
/// records before it; the next one where its number was used by another record.
fn life_of(release: Option<&Release>, secret: &Value, revision: u32) -> LifeNumber {
    let Some(release) = release else { return LifeNumber::FIRST };
    if let Some((life, _)) = look::entry_of(release, secret) {
        return life.number;
    }
    let Some(life) = release.latest_life() else { return LifeNumber::FIRST };
    let uid = object::uid(secret);
    let is_taken = life.revisions.get(&Revision(revision)).is_some_and(|entry| {
        entry.record.as_ref().is_some_and(|it| Some(it.uid.0.as_str()) != uid)
    });
    let is_over = life.ended.is_some_and(|it| it.records == ledger::Records::Deleted);
    if is_taken || is_over { life.number.next() } else { life.number }
}

/// Keeps who asks, how and why.
pub(crate) async fn provenance<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    (asker, situation): (&Asker, &Situation),
) -> Result<Provenance, Error> {
    let mut actor = asker.actor.clone();
    let subject = &situation.seen.subject;
    if !subject.user.is_empty() {
        let kubernetes = json!({"user": subject.user, "groups": subject.groups});
        actor.insert("kubernetes".to_owned(), kubernetes);
    }
    let previous = world
        .ledger
        .state()
        .releases()
        .flat_map(|it| &it.operations)
        .max_by_key(|it| it.event.sequence)
        .map(|it| it.started.provenance.actor);
    let actor = world.ledger.put_like(previous, content::json_bytes(&actor)?).await?;
    let command = if asker.command.is_empty() {
        None
    } else {
        Some(put_private(world, content::json_bytes(&asker.command)?).await?)
    };
    let mut words: [Option<ObjectId>; 2] = [None, None];
    for (slot, text) in words.iter_mut().zip([&asker.reason, &asker.ticket]) {
        if let Some(text) = text {
            *slot = Some(put_private(world, text.clone().into_bytes()).await?);
        }
    }
    let [reason, ticket] = words;
    Ok(Provenance { actor, command, reason, ticket })
}

async fn put_private<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    bytes: Vec<u8>,
) -> Result<ObjectId, Error> {
    Ok(world.ledger.put(Class::Private, bytes).await?)
}

/// Keeps what is known of the server.
pub(crate) async fn server<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
) -> Result<Server, Error> {
    let bytes = content::json_bytes(&situation.capabilities.api_versions)?;
    let capabilities = world.ledger.put(Class::Plain, bytes).await?;
    let version = situation.server.git_version.clone();
    Ok(Server { version, capabilities: Some(capabilities) })
}

/// Makes sure that nobody else is at work on the release.
///
/// # Errors
///
/// [`Error::InProgress`] while somebody is; [`Error::Interrupted`] where somebody was and the verb
/// does not give that up.
pub(crate) fn alone<C, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    (situation, key): (&Situation, &ReleaseKey),
    way: InTheWay,
) -> Result<Option<OperationId>, Error> {
    let name = key.name.as_str().to_owned();
    let in_flight = world.ledger.state().release(key).and_then(Release::in_flight);
    if let Some(operation) = in_flight {
        if world.ledger.is_alive(operation.id())? {
            let by = format!("another process on this machine, operation {}", operation.id());
            let holder = Holder {
                by,
                record: format!("{}/{}", key.namespace, key.name),
                since: claim::time(operation.at_ns).to_string(),
                until: String::new(),
            };
            return Err(Error::InProgress { holder });
        }
        return match way {
            InTheWay::Refuse => Err(Error::Interrupted { name }),
            InTheWay::GiveUp => Ok(Some(operation.id())),
        };
    }
    alone_in_cluster(world, situation, way)
}

/// Makes sure that nobody whom the ledger does not know is at work on the release.
pub(crate) fn alone_in_cluster<C, S>(
    world: &World<'_, C, S>,
    situation: &Situation,
    way: InTheWay,
) -> Result<Option<OperationId>, Error> {
    let Some(last) = situation.seen.records.last() else { return Ok(None) };
    let is_pending = view::labels(last)
        .is_some_and(|label| label.status.is_pending() || label.status == Status::Uninstalling);
    if !is_pending {
        return Ok(None);
    }
    match claim::is_held(last, (world.clock)()) {
        // The claim of a rutter whose ledger is elsewhere or lost, and that nobody renews.
        Some(false) => Ok(None),
        None if way == InTheWay::GiveUp || is_uninstalling(last) => Ok(None),
        Some(true) | None => Err(Error::InProgress { holder: holder(last) }),
    }
}

fn is_uninstalling(secret: &Value) -> bool {
    view::labels(secret).is_some_and(|label| label.status == Status::Uninstalling)
}

/// Returns where the ledger has a revision from.
pub(crate) fn event_of(entry: &ledger::RevisionEntry) -> ledger::EventId {
    match entry.origin {
        Origin::Own { started, .. } => started,
        Origin::Imported { event } => event,
    }
}

/// Returns what earlier revisions keep, so that it is kept once.
pub(crate) fn recipes_before(release: Option<&Release>) -> Recipes {
    let latest = release.and_then(Release::latest_life).and_then(ledger::Life::latest);
    latest.map(|it| it.recipes.clone()).unwrap_or_default()
}
