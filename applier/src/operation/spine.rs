//! The spine that all verbs share: what is meant becomes durable, the revision is claimed, the plan
//! is carried out, the end is written down.

use std::rc::Rc;

use ledger::{
    Class, Event, EventId, Expected, Facts, LifeNumber, ObjectRef, Operation, OperationId,
    OperationLock, OperationLocks, Recipes, Records, Release, ReleaseKey, ReleaseRef, Revision,
    RevisionClaimed, Started, Store, Verb,
};
use render::Document;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Done, course::Course, finish};
use crate::{
    begin,
    claim::{self, Claim, Claimant, Refused},
    cluster::{Cluster, Conflicts, Discovery, Freshness, Propagation},
    content::{self, Content},
    error::Error,
    execute::{self, Execution, Orders, Stop, Work},
    plan::{Plan, Wanted},
    record::Record,
    request::{Asker, Cleanup, Manner, Rerun, Waiting},
    situation::Situation,
    world::World,
};

/// The fact of `Started` that names the object with what was meant beside the plan.
const INTENT: u16 = 2;

/// What was meant beside the plan, so that a resumed operation ends as it was meant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// The user's description.
    pub(crate) description: Option<String>,
    /// What happens to other managers' fields.
    pub(crate) conflicts: Conflicts,
    /// What becomes of what deleted objects own.
    pub(crate) propagation: Propagation,
    /// What becomes of the records of an uninstalled release.
    pub(crate) records: Keeping,
    /// What becomes on failure of what was created.
    pub(crate) created: Keeping,
    /// How many records are kept.
    pub(crate) history_max: u32,
}

/// What becomes of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Keeping {
    /// It stays.
    Keep,
    /// It is deleted.
    Drop,
}

impl Intent {
    pub(crate) fn of(manner: &Manner) -> Self {
        Self {
            description: manner.description.clone(),
            conflicts: manner.conflicts,
            propagation: Propagation::Background,
            records: Keeping::Drop,
            created: match manner.cleanup {
                Cleanup::Keep => Keeping::Keep,
                Cleanup::DeleteCreated => Keeping::Drop,
            },
            history_max: manner.history_max,
        }
    }

    pub(crate) fn records(&self) -> Records {
        match self.records {
            Keeping::Keep => Records::Kept,
            Keeping::Drop => Records::Deleted,
        }
    }
}

/// Returns the life that an operation belongs to which opens none.
pub(crate) fn life(release: Option<&Release>) -> LifeNumber {
    release.and_then(Release::latest_life).map_or(LifeNumber::FIRST, |it| it.number)
}

/// An operation that is ready to begin.
pub(crate) struct Order {
    pub(crate) verb: Verb,
    pub(crate) key: ReleaseKey,
    pub(crate) life: LifeNumber,
    pub(crate) revision: Revision,
    pub(crate) content: Content,
    pub(crate) course: Course,
    /// For a rollback: the event and the revision that it goes back to.
    pub(crate) back: Option<(Option<EventId>, Revision)>,
    pub(crate) intent: Intent,
    pub(crate) waiting: Waiting,
}

/// An operation whose intent is durable.
pub(crate) struct Begun {
    pub(crate) verb: Verb,
    pub(crate) revision: Revision,
    pub(crate) operation: OperationId,
    pub(crate) started: EventId,
    pub(crate) started_ns: i64,
    pub(crate) work: Work,
    pub(crate) record: Record,
    pub(crate) intent: Intent,
    pub(crate) back: Option<Revision>,
    pub(crate) _lock: OperationLock,
}

/// Makes the intent durable.
pub(crate) async fn begin<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    order: Order,
    asker: &Asker,
) -> Result<Begun, Error> {
    let release = world.ledger.state().release(&order.key);
    let before = begin::recipes_before(release);
    let (mut recipes, chart, mut facts) = if order.verb == Verb::Uninstall {
        (Recipes::default(), None, Facts::NONE)
    } else {
        let saved = order.content.save(world.ledger, &before).await?;
        (saved.recipes, Some(saved.chart), saved.facts)
    };
    let plan = content::json_bytes(&order.course.plan)?;
    recipes.plan = Some(world.ledger.put(Class::Plain, plan).await?);
    let intent = content::json_bytes(&order.intent)?;
    let intent = world.ledger.put(Class::Private, intent).await?;
    facts.0.insert(INTENT, intent.0.0.to_vec());
    let provenance = begin::provenance(world, (asker, situation)).await?;
    let server = begin::server(world, situation).await?;
    let operation = OperationId::random()?;
    let lock = world.ledger.begin_operation(operation)?;
    let event = Started {
        operation,
        verb: order.verb,
        release: ReleaseRef {
            cluster: order.key.cluster,
            namespace: order.key.namespace.clone(),
            name: order.key.name.clone(),
            life: order.life,
        },
        revision: order.revision,
        chart,
        recipes,
        provenance,
        rolls_back_to: order.back.and_then(|(event, _)| event),
        rollback_revision: order.back.map(|(_, revision)| revision),
        server,
        apply: ledger::ApplyMethod::ServerSide,
        facts,
    };
    let expected = Expected::from(world.ledger.state().last_event(&order.key));
    let started = world.append(Event::Started(Rc::new(event)), expected).await?;
    let at_ns = world.ledger.events().last().map_or(0, |it| it.at_ns);
    let discovery = discovery(world).await?;
    Ok(put_together(situation, order, (operation, started, at_ns, lock), &discovery))
}

fn put_together(
    situation: &Situation,
    order: Order,
    (operation, started, started_ns, lock): (OperationId, EventId, i64, OperationLock),
    discovery: &Discovery,
) -> Begun {
    let back = order.back.map(|(_, revision)| revision);
    let mut record = order.content.to_record();
    if order.verb == Verb::Uninstall {
        record = situation.latest.clone().unwrap_or(record);
    } else {
        finish::pending(&mut record, situation, (order.verb, order.revision, back), started_ns);
    }
    let orders = Orders {
        waiting: order.waiting,
        conflicts: order.intent.conflicts,
        propagation: order.intent.propagation,
        rerun: Rerun::Never,
    };
    let work = Work {
        target: situation.target.clone(),
        verb: order.verb,
        operation,
        started,
        plan: order.course.plan,
        previous: execute::by_key(&order.course.previous, &situation.target, discovery),
        documents: order.content.documents,
        hooks: order.content.hooks,
        orders,
    };
    Begun {
        verb: order.verb,
        revision: order.revision,
        operation,
        started,
        started_ns,
        work,
        record,
        intent: order.intent,
        back,
        _lock: lock,
    }
}

/// Claims the revision, carries the plan out, writes the end down.
pub(crate) async fn proceed<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    begun: Begun,
) -> Result<Done, Error> {
    world.cluster.set_operation(&begun.operation.to_string());
    let discovery = discovery(world).await?;
    // The record needs its namespace.
    let made = Execution::new(world, &begun.work, Rc::clone(&discovery)).make_namespace().await;
    let claim = match made {
        Ok(()) => claim(world, situation, &begun).await,
        Err(Stop::Failed(failure)) => return finish::unclaimed(world, &begun, failure).await,
        Err(Stop::Broken(error)) => return Err(*error),
    };
    let claim = match claim {
        Ok(claim) => claim,
        Err(refused) => return finish::refused(world, &begun, refused).await,
    };
    note_claim(world, &begun, &claim).await?;
    let (cluster, clock) = (world.cluster, world.clock);
    let (ran, times) = {
        let mut execution = Execution::new(world, &begun.work, discovery);
        let name = claim.record.secret_name();
        let namespace = claim.record.namespace.clone();
        let ran = tokio::select! {
            ran = execution.run() => ran,
            lost = Claim::keep(cluster, (name, namespace), begun.operation, clock) => {
                let name = claim.record.name.clone();
                let how = format!("its claim is lost: {lost}");
                Err(Error::Overtaken { name, how }.into())
            }
        };
        if ran.is_err() && begun.intent.created == Keeping::Drop {
            execution.clean_up().await;
        }
        (ran, std::mem::take(&mut execution.times))
    };
    finish::end(world, (situation, &begun), claim, (ran, times)).await
}

async fn claim<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    begun: &Begun,
) -> Result<Claim, Refused> {
    let head = begun.started;
    let claimant = Claimant { ledger: head.ledger, operation: begun.operation, head };
    let now_ns = (world.clock)();
    if begun.verb != Verb::Uninstall {
        return Claim::make(world.cluster, begun.record.clone(), claimant, now_ns).await;
    }
    let mut record = begun.record.clone();
    ledger::Status::Uninstalling.as_str().clone_into(&mut record.info.status);
    "Deletion in progress (or silently failed)".clone_into(&mut record.info.description);
    record.info.deleted = Some(claim::time(begun.started_ns));
    let there = situation.seen.records.last().cloned().unwrap_or(Value::Null);
    Claim::take(world.cluster, (record, there), claimant, now_ns).await
}

/// Writes the claim down, unless that was done before.
async fn note_claim<C, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    begun: &Begun,
    claim: &Claim,
) -> Result<(), Error> {
    let state = world.ledger.state();
    if state.operation(begun.started).is_some_and(|(_, it)| it.claimed.is_some()) {
        return Ok(());
    }
    let event = RevisionClaimed {
        operation: begun.started,
        revision: begun.revision,
        record: claim.reference(),
        facts: Facts::NONE,
    };
    world.append(Event::RevisionClaimed(event), Expected::Any).await?;
    Ok(())
}

/// Reads what was meant beside the plan.
pub(crate) async fn intent<S: Store>(
    ledger: &ledger::Ledger<S>,
    started: &Started,
) -> Result<Intent, Error> {
    let bytes =
        started.facts.0.get(&INTENT).and_then(|it| <[u8; 32]>::try_from(it.as_slice()).ok());
    let missing = || Error::Stored("the operation does not say what was meant".to_owned());
    let id = ledger::ObjectId(ledger::Digest(bytes.ok_or_else(missing)?));
    content::parse(&ledger.get(id).await?)
}

/// Returns what the server serves, as it was last asked.
pub(crate) async fn discovery<C: Cluster, S>(
    world: &World<'_, C, S>,
) -> Result<Rc<Discovery>, Error> {
    world.cluster.discover(Freshness::Cached).await.map_err(Error::Unreachable)
}

/// Returns the documents of the revisions that what is there now was made by, oldest first; also
/// of objects whose names the server made, as far as the ledger knows them.
pub(crate) async fn previous<C, S: Store>(
    world: &World<'_, C, S>,
    situation: &Situation,
) -> Result<Vec<Document>, Error> {
    let mut all: Vec<Document> = situation.records.values().flat_map(Record::documents).collect();
    let release = situation.key.as_ref().and_then(|key| world.ledger.state().release(key));
    let life = release.and_then(Release::latest_life).map(|it| it.number);
    let operations = release.into_iter().flat_map(|it| &it.operations);
    for operation in operations.filter(|it| Some(it.started.release.life) == life) {
        let is_current = situation.records.contains_key(&operation.started.revision.0);
        if is_current && operation.started.verb != Verb::Uninstall {
            all.extend(named_by_server(world.ledger, operation).await?);
        }
    }
    Ok(all)
}

/// Returns the objects of an operation whose names the server made, by those names.
async fn named_by_server<S: Store>(
    ledger: &ledger::Ledger<S>,
    operation: &Operation,
) -> Result<Vec<Document>, Error> {
    let Some(plan) = operation.started.recipes.plan else { return Ok(Vec::new()) };
    let plan: Plan = content::parse(&ledger.get(plan).await?)?;
    let nameless: Vec<u32> = plan
        .steps
        .iter()
        .filter(|it| {
            it.object.name.is_empty() && matches!(it.wanted, Some(Wanted::Document { .. }))
        })
        .map(|it| it.number)
        .collect();
    if nameless.is_empty() {
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for applied in &operation.applied {
        let results = ledger::decode_results(&ledger.get(applied.results).await?);
        let results = results.unwrap_or_default().into_iter();
        let named = results.filter(|it| nameless.contains(&it.step) && !it.object.name.is_empty());
        made.extend(named.map(|it| reference_document(&it.object)));
    }
    Ok(made)
}

/// Returns a document that says no more than which object it is.
fn reference_document(object: &ObjectRef) -> Document {
    let ObjectRef { api_version, kind, namespace, name } = object.clone();
    let metadata = json!({"name": name, "namespace": namespace});
    Document {
        source: String::new(),
        text: String::new(),
        read: json!({"apiVersion": api_version, "kind": kind, "metadata": metadata}).into(),
        api_version,
        kind,
        name,
        namespace,
    }
}
