//! Hooks: one after another, each written down before and after, none run twice (Helm's
//! `pkg/action/hooks.go`).

use ledger::{
    Class, Event, Expected, Facts, HookFinished, HookOutcome, HookPoint, HookRun, HookStarted,
    ObjectRef, OperationLocks, Store, Uid,
};
use render::{DeletePolicy, Hook, LogPolicy};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Execution, Failure, Stop};
use crate::{
    cluster::{
        Address, Cluster, ClusterError, Conflicts, Depth, Discovery, Kind, LogQuery, Query,
        Resource, Run,
    },
    content,
    error::Error,
    object,
    plan::{Act, Point, Step, Wanted},
    readiness::Rules,
    request::Rerun,
    wait::{self, Awaited, Goal},
    world::Progress,
};

/// When a hook ran, for Helm's record.
pub(crate) struct HookTimes {
    /// The hook of the revision, from 0.
    pub(crate) hook: usize,
    pub(crate) started_ns: i64,
    pub(crate) completed_ns: i64,
    pub(crate) outcome: HookOutcome,
}

/// A hook in hand.
struct InHand<'a> {
    step: &'a Step,
    hook: &'a Hook,
    point: HookPoint,
    object: Value,
    resource: Resource,
    uid: Option<String>,
}

impl InHand<'_> {
    fn reference(&self) -> ObjectRef {
        object::reference(&self.object)
    }

    fn has(&self, policy: &DeletePolicy) -> bool {
        let policies = &self.hook.delete_policies;
        let is_default = policies.is_empty() && *policy == DeletePolicy::BeforeCreation;
        is_default || policies.contains(policy)
    }

    /// Custom resources go with their definition: Helm deletes none of these.
    fn is_definition(&self) -> bool {
        self.resource.kind.kind == "CustomResourceDefinition"
    }
}

impl<C: Cluster, S: Store + OperationLocks> Execution<'_, '_, C, S> {
    /// Runs the hooks of a point, in their order.
    pub(super) async fn run_hooks(&mut self, steps: &[Step]) -> Result<(), Stop> {
        let mut done = Vec::new();
        for step in steps {
            let mut hook = self.in_hand(step)?;
            let ran = self.run_hook(&mut hook).await;
            let Err(stop) = ran else {
                done.push(hook);
                continue;
            };
            let Stop::Failed(failure) = stop else { return Err(stop) };
            if hook.has(&DeletePolicy::Failed) {
                self.delete_hook_and_wait(&hook).await?;
            }
            self.delete_succeeded(&done).await?;
            let text = told(hook.point, &failure.text);
            return Err(Stop::Failed(Failure { text, ..failure }));
        }
        self.delete_succeeded(&done).await
    }

    fn in_hand<'s>(&self, step: &'s Step) -> Result<InHand<'s>, Stop>
    where
        Self: 's,
    {
        let Act::Hook(Point(point)) = step.act else {
            unreachable!("only hooks are handed in here")
        };
        let number = match step.wanted {
            Some(Wanted::Hook(number)) => number,
            _ => usize::MAX,
        };
        let work = self.work;
        let missing = || Error::Stored("the revision does not hold the hook of a step".to_owned());
        let hook = work.hooks.get(number).ok_or_else(missing)?;
        let (object, resource) = self.wanted(step).map_err(|error| {
            let text = format!("unable to build kubernetes object for {}: {error}", point.as_str());
            Stop::Failed(Failure::of(text, &error))
        })?;
        Ok(InHand { step, hook, point, object, resource, uid: None })
    }

    /// Runs one hook, or goes on with a run that was interrupted.
    async fn run_hook(&mut self, hook: &mut InHand<'_>) -> Result<(), Stop> {
        let before = self.earlier_run(hook.step.number);
        if let Some(run) = &before
            && let Some(outcome) = run.outcome
        {
            hook.uid = run.uid.as_ref().map(|it| it.0.clone());
            return match outcome {
                HookOutcome::Succeeded => Ok(()),
                HookOutcome::Failed | HookOutcome::Unknown => self.told_failure(run).await,
            };
        }
        let started_ns = (self.world.clock)();
        let reference = hook.reference();
        self.world.observer.progress(&Progress::Hook { object: &reference, point: hook.point });
        let there = match &before {
            Some(run) => self.find_run(hook, run).await?,
            None => None,
        };
        let made = match there {
            Some(there) => Ok(there),
            None => self.start_hook(hook, before.as_ref()).await?,
        };
        let ended = match made {
            Ok(object) => {
                hook.uid = object::uid(&object).map(str::to_owned);
                object::set_name(&mut hook.object, object::name(&object));
                self.note_start(hook).await?;
                self.await_hook(hook, &object).await
            }
            Err(error) => Err(Failure::of(
                format!("server-side apply failed for hook {reference}: {error}"),
                &error,
            )),
        };
        self.note_end(hook, started_ns, ended).await
    }

    /// Returns what an earlier run of this operation wrote down of a step.
    fn earlier_run(&self, step: u32) -> Option<HookRun> {
        let (_, operation) = self.world.ledger.state().operation(self.work.started)?;
        operation.hooks.iter().rev().find(|it| it.step == step).cloned()
    }

    /// Finds the object of a run that was interrupted: by its UID where that was written down,
    /// else whatever is there that was not there before.
    async fn find_run(&self, hook: &InHand<'_>, run: &HookRun) -> Result<Option<Value>, Stop> {
        if object::name(&hook.object).is_empty() {
            // Looked for by its mark where it is made.
            return Ok(None);
        }
        let live = self.read_hook(hook).await?;
        let uid = live.as_ref().and_then(|it| object::uid(it)).map(str::to_owned);
        if let Some(known) = &run.uid {
            if uid.as_deref() == Some(known.0.as_str()) {
                return Ok(live);
            }
            if self.work.orders.rerun == Rerun::Allow {
                return Ok(None);
            }
            return Err(Error::HookUnknown { object: hook.reference() }.into());
        }
        let is_older = uid.is_some_and(|uid| self.older_uids(hook).contains(&uid));
        Ok(live.filter(|_| !is_older))
    }

    /// Returns the UIDs that objects of the hook's name had before this step.
    fn older_uids(&self, hook: &InHand<'_>) -> Vec<String> {
        let reference = hook.reference();
        let state = self.world.ledger.state();
        let runs = state.operation(self.work.started).map(|(_, it)| it.hooks.as_slice());
        let runs = runs.unwrap_or_default().iter();
        let earlier = runs.filter(|it| it.object == reference && it.step != hook.step.number);
        let uids = earlier.map(|it| it.uid.as_ref().map(|uid| uid.0.clone()));
        uids.chain([hook.step.uid.clone()]).flatten().collect()
    }

    async fn read_hook(&self, hook: &InHand<'_>) -> Result<Option<Value>, Stop> {
        let address = Address {
            resource: &hook.resource,
            namespace: object::namespace(&hook.object),
            name: object::name(&hook.object),
        };
        match self.world.cluster.get(&address, Depth::Whole).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() || error.is_forbidden() => Ok(None),
            Err(error) => Err(Stop::Failed(Failure::of(error.to_string(), &error))),
        }
    }

    /// Writes the start down, clears the place, makes the object.
    async fn start_hook(
        &mut self,
        hook: &InHand<'_>,
        before: Option<&HookRun>,
    ) -> Result<Result<Value, ClusterError>, Stop> {
        if before.is_none() {
            self.note_start(hook).await?;
        }
        let is_named = !object::name(&hook.object).is_empty();
        let is_cleared =
            is_named && hook.has(&DeletePolicy::BeforeCreation) && !hook.is_definition();
        if is_cleared && let Some(old) = self.read_hook(hook).await? {
            self.delete_and_wait(hook, object::uid(&old).map(str::to_owned)).await?;
        }
        let made = if is_named {
            self.send(&hook.resource, &hook.object, Conflicts::Refuse).await
        } else {
            self.create_named(hook.step, hook.object.clone(), &hook.resource).await
        };
        Ok(made.map(|answer| answer.object))
    }

    async fn note_start(&mut self, hook: &InHand<'_>) -> Result<(), Error> {
        let event = Event::HookStarted(HookStarted {
            operation: self.work.started,
            step: hook.step.number,
            point: hook.point,
            object: hook.reference(),
            uid: hook.uid.clone().map(Uid),
            facts: Facts::NONE,
        });
        self.world.append(event, Expected::Any).await.map(|_| ())
    }

    async fn await_hook(&self, hook: &InHand<'_>, made: &Value) -> Result<(), Failure> {
        let awaited = [Awaited { uid: hook.uid.clone(), ..wait::awaited(&hook.resource, made) }];
        let deadline = Instant::now() + self.work.orders.waiting.timeout;
        let goal = Goal::Ready(Rules::Hook);
        let waited =
            wait::until(self.world.cluster, (&awaited, goal), deadline, self.world.observer);
        let ended = waited.await;
        let is_wanted = |policy: &LogPolicy| hook.hook.log_policies.contains(policy);
        let shows = match &ended {
            Ok(()) => is_wanted(&LogPolicy::Succeeded),
            Err(_) => is_wanted(&LogPolicy::Failed),
        };
        if shows {
            self.show_output(hook).await;
        }
        match ended {
            Ok(()) => Ok(()),
            Err(unready) => Err(self.unready_failure(&unready).await),
        }
    }

    async fn note_end(
        &mut self,
        hook: &InHand<'_>,
        started_ns: i64,
        ended: Result<(), Failure>,
    ) -> Result<(), Stop> {
        let outcome = if ended.is_ok() { HookOutcome::Succeeded } else { HookOutcome::Failed };
        let evidence = match &ended {
            Ok(()) => None,
            Err(failure) => {
                let evidence = json!({"text": failure.text, "evidence": failure.evidence});
                let bytes = content::json_bytes(&evidence)?;
                Some(self.world.ledger.put(Class::Private, bytes).await?)
            }
        };
        let event = Event::HookFinished(HookFinished {
            operation: self.work.started,
            step: hook.step.number,
            outcome,
            evidence,
            facts: Facts::NONE,
        });
        self.world.append(event, Expected::Any).await?;
        if let Some(Wanted::Hook(number)) = hook.step.wanted {
            let completed_ns = (self.world.clock)();
            self.times.push(HookTimes { hook: number, started_ns, completed_ns, outcome });
        }
        ended.map_err(Stop::Failed)
    }

    /// Fails as an earlier run failed.
    async fn told_failure(&self, run: &HookRun) -> Result<(), Stop> {
        let told: Value = match run.evidence {
            Some(id) => content::parse(&self.world.ledger.get(id).await?)?,
            None => Value::Null,
        };
        let text = told.get("text").and_then(Value::as_str).unwrap_or("the hook failed");
        Err(Stop::Failed(Failure {
            text: text.to_owned(),
            evidence: told.get("evidence").cloned().unwrap_or_default(),
            hint: None,
            denied: None,
        }))
    }

    async fn delete_succeeded(&self, done: &[InHand<'_>]) -> Result<(), Stop> {
        for hook in done.iter().rev().filter(|it| it.has(&DeletePolicy::Succeeded)) {
            self.delete_hook_and_wait(hook).await?;
        }
        Ok(())
    }

    async fn delete_hook_and_wait(&self, hook: &InHand<'_>) -> Result<(), Stop> {
        if hook.is_definition() || object::name(&hook.object).is_empty() {
            return Ok(());
        }
        self.delete_and_wait(hook, hook.uid.clone()).await
    }

    async fn delete_and_wait(&self, hook: &InHand<'_>, uid: Option<String>) -> Result<(), Stop> {
        let deleted = self.delete_hook((&hook.resource, &hook.object), uid.as_deref()).await;
        deleted.map_err(|error| {
            let text = format!("failed to delete hook {}: {error}", hook.reference());
            Stop::Failed(Failure::of(text, &error))
        })?;
        let awaited = [Awaited {
            object: hook.reference(),
            resource: hook.resource.clone(),
            uid,
            first: None,
        }];
        let deadline = Instant::now() + self.work.orders.waiting.timeout;
        let waited = wait::until(self.world.cluster, (&awaited, Goal::Gone), deadline, &());
        match waited.await {
            Ok(()) => Ok(()),
            Err(unready) => Err(self.unready(&unready).await),
        }
    }

    /// Shows what the hook's pods wrote (`helm.sh/hook-output-log-policy`).
    async fn show_output(&self, hook: &InHand<'_>) {
        for pod in pods(self.world.cluster, &self.discovery, hook).await {
            let containers = pod.pointer("/spec/containers").and_then(Value::as_array);
            for container in containers.into_iter().flatten() {
                self.show_container(&pod, container).await;
            }
        }
    }

    async fn show_container(&self, pod: &Value, container: &Value) {
        let name = container.get("name").and_then(Value::as_str).unwrap_or_default();
        let query = LogQuery {
            namespace: object::namespace(pod).unwrap_or_default(),
            pod: object::name(pod),
            container: Some(name),
            tail_lines: None,
            run: Run::Current,
        };
        if let Ok(lines) = self.world.cluster.logs(&query).await {
            let pod = object::name(pod);
            let progress = Progress::Output { pod, container: name, lines: &lines };
            self.world.observer.progress(&progress);
        }
    }
}

/// Returns Helm's sentence for a failed hook: each verb has its own.
fn told(point: HookPoint, text: &str) -> String {
    let word = point.as_str();
    match point {
        HookPoint::PreInstall | HookPoint::PostInstall => format!("failed {word}: {text}"),
        HookPoint::PreUpgrade | HookPoint::PostUpgrade => format!("{word} hooks failed: {text}"),
        HookPoint::PreRollback
        | HookPoint::PostRollback
        | HookPoint::PreDelete
        | HookPoint::PostDelete
        | HookPoint::Test => text.to_owned(),
    }
}

/// Returns the pods that a hook runs.
async fn pods<C: Cluster>(cluster: &C, discovery: &Discovery, hook: &InHand<'_>) -> Vec<Value> {
    let Some(resource) = discovery.find(&Kind::new("v1", "Pod")) else { return Vec::new() };
    let (labels, fields) = match hook.resource.kind.kind.as_str() {
        "Job" => (format!("job-name={}", object::name(&hook.object)), String::new()),
        "Pod" => (String::new(), format!("metadata.name={}", object::name(&hook.object))),
        _ => return Vec::new(),
    };
    let query = Query {
        labels: &labels,
        fields: &fields,
        ..Query::all(resource, object::namespace(&hook.object))
    };
    cluster.list(&query).await.map(|listed| listed.items).unwrap_or_default()
}
