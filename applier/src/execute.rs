//! Carrying out a plan: barrier by barrier, each written down once it is done.
//!
//! Knows how; what and why was decided by the plan. The claim is held by whoever calls.

mod apply;
mod hook;
mod migrate;

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use futures_util::{StreamExt as _, stream};
use ledger::{
    Action, Class, Event, EventId, Expected, Facts, ObjectRef, ObjectsApplied, OperationId,
    OperationLocks, StepResult, Store, Verb, encode_results,
};
use render::{Document, Hook};
use serde_json::Value;
use tokio::time::Instant;

pub(crate) use self::{hook::HookTimes, migrate::client_side};
use crate::{
    cluster::{Cluster, ClusterError, Conflicts, Denied, Discovery, Kind, Propagation},
    error::{Error, cluster_hint},
    evidence, object,
    plan::{Act, Plan, Step, prepare, prepare::Key},
    readiness::{Rules, changes_by_itself},
    request::{Jobs, Rerun, Target, Wait, Waiting},
    wait::{self, Awaited, Goal, Unready},
    world::{Progress, World},
};

/// So many steps of a barrier are under way at the same time.
const AT_ONCE: usize = 16;

/// How a plan is carried out.
#[derive(Clone, Copy)]
pub(crate) struct Orders {
    pub(crate) waiting: Waiting,
    pub(crate) conflicts: Conflicts,
    pub(crate) propagation: Propagation,
    pub(crate) rerun: Rerun,
}

/// What a plan is carried out on.
pub(crate) struct Work {
    pub(crate) target: Target,
    pub(crate) verb: Verb,
    pub(crate) operation: OperationId,
    pub(crate) started: EventId,
    pub(crate) plan: Plan,
    pub(crate) documents: Vec<Document>,
    pub(crate) hooks: Vec<Hook>,
    /// What earlier revisions applied, to migrate the ownership of what was applied client-side.
    pub(crate) previous: BTreeMap<Key, Value>,
    pub(crate) orders: Orders,
}

/// Why a plan was not carried out to its end.
pub(crate) enum Stop {
    /// The cluster refused, or what was waited for did not come: the operation has failed.
    Failed(Failure),
    /// The ledger cannot be written, or an end is not known: the operation is interrupted.
    Broken(Box<Error>),
}

/// What is known of a failure.
pub(crate) struct Failure {
    /// Helm's text.
    pub(crate) text: String,
    /// Why, for a private object.
    pub(crate) evidence: Value,
    /// What the user can do about it, where the server's answer tells.
    pub(crate) hint: Option<String>,
    /// What was refused to the user, where it failed on that.
    pub(crate) denied: Option<Box<Denied>>,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl From<ledger::Error> for Stop {
    fn from(error: ledger::Error) -> Self {
        Self::Broken(Box::new(error.into()))
    }
}

impl Failure {
    /// Takes what the server said about an object.
    pub(crate) fn of(text: String, error: &ClusterError) -> Self {
        let hint = cluster_hint(error);
        let denied = error.denied().cloned().map(Box::new);
        Self { evidence: serde_json::json!({"server": error.to_string()}), text, hint, denied }
    }
}

/// A plan that is being carried out.
pub(crate) struct Execution<'r, 'w, C, S> {
    pub(crate) world: &'r mut World<'w, C, S>,
    work: &'r Work,
    discovery: Rc<Discovery>,
    /// Hooks that ran, for Helm's record.
    pub(crate) times: Vec<HookTimes>,
    /// Objects that this operation made, for `--cleanup-on-fail`.
    pub(crate) created: Vec<StepResult>,
    awaited: Vec<Awaited>,
    leaving: Vec<Awaited>,
    failures: Vec<Failure>,
}

/// What a step came to.
struct Outcome {
    result: StepResult,
    /// The object as the server has it now, where it answered with one.
    answer: Option<Value>,
    warnings: Vec<String>,
    failure: Option<Failure>,
}

impl<'r, 'w, C: Cluster, S: Store + OperationLocks> Execution<'r, 'w, C, S> {
    pub(crate) fn new(
        world: &'r mut World<'w, C, S>,
        work: &'r Work,
        discovery: Rc<Discovery>,
    ) -> Self {
        Self {
            world,
            work,
            discovery,
            times: Vec::new(),
            created: Vec::new(),
            awaited: Vec::new(),
            leaving: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Makes the release's namespace, where the plan begins with that: the record needs it.
    pub(crate) async fn make_namespace(&mut self) -> Result<(), Stop> {
        let is_namespace =
            |step: &&Step| step.act == Act::CreateIfMissing && step.object.kind == "Namespace";
        let count = self.work.plan.steps.iter().take_while(is_namespace).count();
        match self.work.plan.steps.get(..count) {
            Some(steps) if count > 0 => self.run_barrier(steps).await,
            _ => Ok(()),
        }
    }

    /// Carries the plan out. Barriers that are written down as done are not carried out again;
    /// steps of a barrier that is not are read from the cluster first, or are harmless twice.
    pub(crate) async fn run(&mut self) -> Result<(), Stop> {
        let work = self.work;
        let is_hook = |step: &Step| matches!(step.act, Act::Hook(_));
        let mut rest = work.plan.steps.as_slice();
        while let Some(first) = rest.first() {
            let same = |step: &&Step| match (first.act, step.act) {
                (Act::Hook(a), Act::Hook(b)) => a == b,
                (_, act) => !matches!(act, Act::Hook(_)) && step.barrier == first.barrier,
            };
            let length = rest.iter().take_while(same).count();
            let (chunk, after) = rest.split_at(length);
            rest = after;
            if is_hook(first) {
                self.run_hooks(chunk).await?;
            } else if first.act == Act::Wait {
                self.fail_if_failed()?;
                self.wait().await?;
            } else {
                self.run_barrier(chunk).await?;
            }
        }
        self.fail_if_failed()
    }

    /// Fails where objects could not be deleted (Helm's `uninstall.go`).
    fn fail_if_failed(&mut self) -> Result<(), Stop> {
        let mut failures = std::mem::take(&mut self.failures).into_iter();
        let Some(mut first) = failures.next() else { return Ok(()) };
        for other in failures {
            first.text = format!("{}; {}", first.text, other.text);
        }
        first.text = format!("uninstallation completed with 1 or more error(s): {}", first.text);
        Err(Stop::Failed(first))
    }

    /// Carries out the steps of a barrier at the same time, and writes down what came of them.
    async fn run_barrier(&mut self, steps: &[Step]) -> Result<(), Stop> {
        if let Some(done) = self.done_before(steps).await? {
            self.take_up(steps, &done);
            return self.after_definitions(steps).await;
        }
        let this: &Self = self;
        let mut outcomes: Vec<Outcome> = stream::iter(steps)
            .map(|step| this.step(step))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        outcomes.sort_by_key(|it| it.result.step);
        let mut results = Vec::new();
        for outcome in &mut outcomes {
            for warning in &outcome.warnings {
                self.world.warn(warning);
            }
            if let Some(failure) = &outcome.failure {
                let text = failure.text.clone().into_bytes();
                let message = self.world.ledger.put(Class::Private, text).await?;
                outcome.result.message = Some(message);
            }
            let object = &outcome.result.object;
            self.world.observer.progress(&Progress::Step { object, action: outcome.result.action });
            results.push(outcome.result.clone());
        }
        self.record(steps, &results).await?;
        self.remember(steps, &outcomes);
        let failure = outcomes.into_iter().find_map(|it| it.failure);
        match failure {
            // An uninstall goes on: what can be deleted is.
            Some(failure) if self.work.verb == Verb::Uninstall => self.failures.push(failure),
            Some(failure) => return Err(Stop::Failed(failure)),
            None => {}
        }
        self.after_definitions(steps).await
    }

    /// Appends what a barrier came to.
    async fn record(&mut self, steps: &[Step], results: &[StepResult]) -> Result<(), Error> {
        let list = self.world.ledger.put(Class::Plain, encode_results(results)).await?;
        let event = Event::ObjectsApplied(ObjectsApplied {
            operation: self.work.started,
            barrier: steps.first().map_or(0, |it| it.barrier),
            count: u32::try_from(results.len()).unwrap_or(u32::MAX),
            results: list,
            facts: Facts::NONE,
        });
        self.world.append(event, Expected::Any).await?;
        Ok(())
    }

    /// Returns what an earlier run wrote down of a barrier, if all of it went well.
    async fn done_before(&self, steps: &[Step]) -> Result<Option<Vec<StepResult>>, Error> {
        let barrier = steps.first().map(|it| it.barrier);
        let Some((_, operation)) = self.world.ledger.state().operation(self.work.started) else {
            return Ok(None);
        };
        let found = operation.applied.iter().rev().find(|it| Some(it.barrier) == barrier);
        let Some(applied) = found else { return Ok(None) };
        let list = self.world.ledger.get(applied.results).await?;
        let results = ledger::decode_results(&list)
            .ok_or_else(|| Error::Stored("the results of a barrier are not readable".into()))?;
        let is_good = results.iter().all(|it| it.action != Action::Failed);
        Ok(is_good.then_some(results))
    }

    /// Goes on from what an earlier run did: its objects are waited for too.
    fn take_up(&mut self, steps: &[Step], done: &[StepResult]) {
        for result in done {
            let Some(step) = steps.iter().find(|it| it.number == result.step) else { continue };
            if result.action == Action::Created {
                self.created.push(result.clone());
            }
            self.expect(step, &result.object, (result.uid.as_ref().map(|it| it.0.clone()), None));
        }
    }

    fn remember(&mut self, steps: &[Step], outcomes: &[Outcome]) {
        for outcome in outcomes.iter().filter(|it| it.failure.is_none()) {
            let result = &outcome.result;
            let Some(step) = steps.iter().find(|it| it.number == result.step) else { continue };
            if result.action == Action::Created {
                self.created.push(result.clone());
            }
            let uid = result.uid.as_ref().map(|it| it.0.clone());
            self.expect(step, &result.object, (uid, outcome.answer.clone()));
        }
    }

    /// Notes an object that the wait will wait for.
    fn expect(
        &mut self,
        step: &Step,
        object: &ObjectRef,
        (uid, first): (Option<String>, Option<Value>),
    ) {
        let kind = Kind::new(object.api_version.as_str(), object.kind.as_str());
        let Some(resource) = self.discovery.find_any_version(&kind).cloned() else { return };
        // What is what it is as soon as it is there is not worth a list and a watch.
        let is_still = !changes_by_itself(&kind, rules(self.work.orders.waiting));
        let is_paused =
            first.as_ref().is_some_and(|it| it.pointer("/spec/paused") == Some(&Value::Bool(true)));
        let awaited = Awaited { object: object.clone(), resource, uid, first };
        match step.act {
            Act::Create | Act::Update | Act::Unchanged | Act::Adopt | Act::Blind
                if !is_paused && !is_still =>
            {
                self.awaited.push(awaited);
            }
            // An upgrade does not wait for what it lets go; Helm's does not either.
            Act::Delete if self.work.verb == Verb::Uninstall => self.leaving.push(awaited),
            _ => {}
        }
    }

    /// After definitions: waits until they are established, and asks anew what is served.
    async fn after_definitions(&mut self, steps: &[Step]) -> Result<(), Stop> {
        let definitions: Vec<Value> = steps
            .iter()
            .filter(|it| it.object.kind == "CustomResourceDefinition")
            .filter(|it| it.act != Act::Delete && it.act != Act::Keep)
            .filter_map(|it| self.raw(it))
            .collect();
        let kinds: Vec<Kind> = definitions.iter().flat_map(prepare::kinds_of_definition).collect();
        if kinds.iter().all(|kind| self.discovery.find(kind).is_some()) {
            return Ok(());
        }
        let definition = Kind::new("apiextensions.k8s.io/v1", "CustomResourceDefinition");
        if let Some(resource) = self.discovery.find(&definition) {
            let awaited: Vec<Awaited> =
                definitions.iter().map(|it| wait::awaited(resource, it)).collect();
            let deadline = Instant::now() + Duration::from_secs(60);
            let goal = Goal::Ready(Rules::Kstatus);
            let waited =
                wait::until(self.world.cluster, (&awaited, goal), deadline, self.world.observer);
            if let Err(unready) = waited.await {
                return Err(self.unready(&unready).await);
            }
        }
        let served = wait::until_served(self.world.cluster, &kinds).await;
        self.discovery =
            served.map_err(|error| Stop::Failed(Failure::of(error.to_string(), &error)))?;
        Ok(())
    }

    /// Waits for everything that was applied or deleted.
    async fn wait(&mut self) -> Result<(), Stop> {
        let deadline = Instant::now() + self.work.orders.waiting.timeout;
        let rules = rules(self.work.orders.waiting);
        let goals = [(&self.leaving, Goal::Gone), (&self.awaited, Goal::Ready(rules))];
        let mut failed = None;
        for (awaited, goal) in goals {
            let watched = (awaited.as_slice(), goal);
            let waited = wait::until(self.world.cluster, watched, deadline, self.world.observer);
            if let Err(unready) = waited.await {
                failed = Some(unready);
                break;
            }
        }
        match failed {
            Some(unready) => Err(self.unready(&unready).await),
            None => Ok(()),
        }
    }

    /// Finds out why objects are not what they should be.
    async fn unready(&self, unready: &Unready) -> Stop {
        Stop::Failed(self.unready_failure(unready).await)
    }

    /// Says what was waited for in vain, and why that did not come.
    async fn unready_failure(&self, unready: &Unready) -> Failure {
        let evidence = evidence::gather(self.world.cluster, &self.discovery, unready).await;
        let reasons = wait::reasons(self.world.cluster, unready).await;
        let hint = Some(reasons.join("\n")).filter(|it| !it.is_empty());
        let denied = unready.denied().cloned().map(Box::new);
        Failure { text: unready.text(), evidence, hint, denied }
    }

    /// Deletes what this operation made (`--cleanup-on-fail`). What fails is warned of.
    pub(crate) async fn clean_up(&mut self) {
        for made in std::mem::take(&mut self.created).iter().rev() {
            if let Err(error) = self.delete_object(&made.object, made.uid.as_ref()).await {
                self.world.warn(&format!("could not delete {}: {error}", made.object));
            }
        }
    }

    /// Returns the object of a step as it was written.
    fn raw(&self, step: &Step) -> Option<Value> {
        use crate::plan::Wanted;
        match step.wanted.as_ref()? {
            Wanted::Document { document, item } => {
                let document = self.work.documents.get(*document)?;
                prepare::items(document.object()).get(*item).map(|it| (*it).clone())
            }
            Wanted::Hook(number) => Some(self.work.hooks.get(*number)?.document.object().clone()),
            Wanted::Here(object) => Some(object.clone()),
        }
    }
}

/// Returns by which rules objects are waited for.
pub(crate) fn rules(waiting: Waiting) -> Rules {
    match (waiting.strategy, waiting.jobs) {
        (Wait::Legacy, Jobs::Await) => Rules::LegacyWithJobs,
        (Wait::Legacy, Jobs::Ignore) => Rules::Legacy,
        (_, Jobs::Await) => Rules::WithJobs,
        (_, Jobs::Ignore) => Rules::Kstatus,
    }
}

/// Returns what earlier revisions applied, by key.
pub(crate) fn by_key(
    documents: &[Document],
    target: &Target,
    discovery: &Discovery,
) -> BTreeMap<Key, Value> {
    let prepared = prepare::documents(documents, target, discovery).unwrap_or_default();
    prepared.into_iter().map(|it| (Key::of(&object::reference(&it.object)), it.object)).collect()
}
