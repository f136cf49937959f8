//! One step of a plan on one object.

use ledger::{Action, ObjectRef, OperationLocks, StepResult, Store, Uid};
use serde_json::Value;

use super::{Execution, Failure, Outcome};
use crate::{
    cluster::{
        Address, Answer, Apply, Cluster, ClusterError, Conflicts, Delete, Depth, Effect,
        FIELD_MANAGER, Kind, Propagation, Query, Resource, Validation,
    },
    object,
    plan::{
        Act, Step, Wanted,
        prepare::{self, Marks},
    },
};

impl<C: Cluster, S: Store + OperationLocks> Execution<'_, '_, C, S> {
    /// Carries out one step.
    pub(super) async fn step(&self, step: &Step) -> Outcome {
        let object = ObjectRef::from(&step.object);
        let done = match step.act {
            Act::Create => self.apply(step, Action::Created).await,
            Act::Adopt => self.apply(step, Action::Adopted).await,
            Act::Update | Act::Blind => self.apply(step, Action::Updated).await,
            Act::CreateIfMissing => self.create_if_missing(step).await,
            Act::Delete => {
                let uid = step.uid.clone().map(Uid);
                self.delete_object(&object, uid.as_ref()).await.map(|()| (Action::Deleted, None))
            }
            Act::Unchanged => Ok((Action::Unchanged, None)),
            Act::Keep | Act::Foreign => Ok((Action::Kept, None)),
            Act::Gone => Ok((Action::Deleted, None)),
            Act::Hook(_) | Act::Wait => unreachable!("hooks and waits have no step of their own"),
        };
        let mut result = StepResult {
            step: step.number,
            object,
            uid: step.uid.clone().map(Uid),
            resource_version: step.resource_version.clone(),
            action: Action::Failed,
            message: None,
        };
        match done {
            Ok((action, answer)) => {
                result.action = action;
                let (answer, warnings) =
                    answer.map_or((None, Vec::new()), |it| (Some(it.object), it.warnings));
                if let Some(there) = &answer {
                    result.object = object::reference(there);
                    result.uid = object::uid(there).map(|uid| Uid(uid.to_owned()));
                    result.resource_version = object::resource_version(there).map(str::to_owned);
                }
                let warnings = warnings
                    .iter()
                    .map(|it| format!("{}: {it}", result.object))
                    .chain(notes(step))
                    .collect();
                Outcome { result, answer, warnings, failure: None }
            }
            Err(error) => {
                let failure = Failure::of(text(step, &error), &error);
                Outcome { result, answer: None, warnings: Vec::new(), failure: Some(failure) }
            }
        }
    }

    /// Returns the object of a step as it is sent, and how its kind is served.
    pub(super) fn wanted(&self, step: &Step) -> Result<(Value, Resource), ClusterError> {
        let kind = Kind::new(step.object.api_version.as_str(), step.object.kind.as_str());
        let marks = match &step.wanted {
            Some(Wanted::Document { .. }) => Marks::Put,
            _ => Marks::Leave,
        };
        let raw = self.raw(step).ok_or_else(|| ClusterError::NotFound {
            message: "the revision does not hold the object of this step".to_owned(),
        })?;
        let wanted = step.wanted.clone().unwrap_or(Wanted::Hook(0));
        let target = (&self.work.target, marks);
        let prepared = prepare::one(raw, wanted, target, &self.discovery);
        let resource = prepared.resource.ok_or(ClusterError::Unserved { kind })?;
        Ok((prepared.object, resource))
    }

    async fn apply(
        &self,
        step: &Step,
        action: Action,
    ) -> Result<(Action, Option<Answer>), ClusterError> {
        let (object, resource) = self.wanted(step)?;
        if object::name(&object).is_empty() {
            let answer = self.create_named(step, object, &resource).await?;
            return Ok((Action::Created, Some(answer)));
        }
        if !step.managers.is_empty() {
            self.migrate(&object, &resource).await?;
        }
        let answer = self.send(&resource, &object, self.work.orders.conflicts).await?;
        // Of a blind step the generation tells whether the object is new.
        let is_new =
            answer.object.pointer("/metadata/generation").and_then(Value::as_i64) == Some(1);
        let action = if step.act == Act::Blind && is_new { Action::Created } else { action };
        Ok((action, Some(answer)))
    }

    /// Applies an object under Helm's field manager.
    pub(super) async fn send(
        &self,
        resource: &Resource,
        object: &Value,
        conflicts: Conflicts,
    ) -> Result<Answer, ClusterError> {
        let options = Apply {
            manager: FIELD_MANAGER,
            conflicts,
            effect: Effect::Persist,
            validation: Validation::Strict,
        };
        self.world.cluster.apply(resource, object, &options).await
    }

    /// Creates an object whose name the server makes. It carries the step that made it, so that it
    /// is found again where the answer was lost.
    pub(super) async fn create_named(
        &self,
        step: &Step,
        mut object: Value,
        resource: &Resource,
    ) -> Result<Answer, ClusterError> {
        let mark = format!("{}-{}", self.work.operation, step.number);
        object::set_meta(&mut object, "annotations", object::STEP, &mark);
        let namespace = object::namespace(&object).map(str::to_owned);
        let find = async || {
            let query = Query::all(resource, namespace.as_deref());
            let items = self.world.cluster.list(&query).await?.items;
            let found =
                items.into_iter().find(|it| object::annotation(it, object::STEP) == Some(&mark));
            Ok::<_, ClusterError>(found.map(|object| Answer { object, warnings: Vec::new() }))
        };
        if self.is_resumed()
            && let Some(there) = find().await?
        {
            return Ok(there);
        }
        match self.world.cluster.create(resource, &object, Effect::Persist).await {
            Err(ClusterError::Unknown { message }) => {
                find().await?.ok_or(ClusterError::Unknown { message })
            }
            other => other,
        }
    }

    /// Says whether an earlier run of this operation may have done what is not written down.
    pub(super) fn is_resumed(&self) -> bool {
        let state = self.world.ledger.state();
        state.operation(self.work.started).is_some_and(|(_, it)| it.resumed > 0)
    }

    /// Makes an object that is not there; one that is stays as it is. Never by an apply alone,
    /// which would change it (helm-controller#1588).
    async fn create_if_missing(
        &self,
        step: &Step,
    ) -> Result<(Action, Option<Answer>), ClusterError> {
        let (object, resource) = self.wanted(step)?;
        let address = Address {
            resource: &resource,
            namespace: object::namespace(&object),
            name: object::name(&object),
        };
        let seen = self.world.cluster.get(&address, Depth::Metadata).await;
        let is_hidden = seen.as_ref().is_err_and(ClusterError::is_forbidden);
        match seen {
            Ok(there) => {
                return Ok((
                    Action::Unchanged,
                    Some(Answer { object: there, warnings: Vec::new() }),
                ));
            }
            Err(error) if error.is_not_found() || error.is_forbidden() => {}
            Err(error) => return Err(error),
        }
        match self.world.cluster.create(&resource, &object, Effect::Persist).await {
            Ok(answer) => Ok((Action::Created, Some(answer))),
            Err(ClusterError::AlreadyExists { .. }) => Ok((Action::Unchanged, None)),
            // Who may neither see it nor make it may well find it there: what needs it will tell.
            Err(ClusterError::Forbidden { .. }) if is_hidden => Ok((Action::Unchanged, None)),
            Err(ClusterError::Unknown { message }) => {
                let there = self.world.cluster.get(&address, Depth::Metadata).await;
                let object = there.map_err(|_| ClusterError::Unknown { message })?;
                Ok((Action::Created, Some(Answer { object, warnings: Vec::new() })))
            }
            Err(error) => Err(error),
        }
    }

    /// Deletes an object, if it is still that object; gone is as good as deleted.
    pub(crate) async fn delete_object(
        &self,
        object: &ObjectRef,
        uid: Option<&Uid>,
    ) -> Result<(), ClusterError> {
        let kind = Kind::new(object.api_version.as_str(), object.kind.as_str());
        let Some(resource) = self.discovery.find_any_version(&kind) else { return Ok(()) };
        let address =
            Address { resource, namespace: object.namespace.as_deref(), name: &object.name };
        let options = Delete {
            uid: uid.map(|it| it.0.as_str()),
            propagation: self.work.orders.propagation,
            effect: Effect::Persist,
        };
        match self.world.cluster.delete(&address, &options).await {
            // With a UID, a conflict means that another object has the name by now.
            Err(ClusterError::Conflict { .. }) if uid.is_some() => Ok(()),
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes a hook's object, as Helm does: in the background.
    pub(super) async fn delete_hook(
        &self,
        (resource, object): (&Resource, &Value),
        uid: Option<&str>,
    ) -> Result<(), ClusterError> {
        let address =
            Address { resource, namespace: object::namespace(object), name: object::name(object) };
        let options = Delete { uid, propagation: Propagation::Background, effect: Effect::Persist };
        match self.world.cluster.delete(&address, &options).await {
            Err(ClusterError::Conflict { .. }) if uid.is_some() => Ok(()),
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}

fn notes(step: &Step) -> impl Iterator<Item = String> + '_ {
    let object = ObjectRef::from(&step.object);
    step.notes.iter().map(move |note| format!("{object} stays as it is: {note}"))
}

/// Returns Helm's text for a step that failed (`pkg/kube/client.go`).
fn text(step: &Step, error: &ClusterError) -> String {
    let object = ObjectRef::from(&step.object);
    let kind = Kind::new(object.api_version.as_str(), "");
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let group = if kind.group().is_empty() { "/" } else { kind.group() };
    let gvk = if kind.group().is_empty() {
        format!("{group}{}, Kind={}", kind.version(), object.kind)
    } else {
        format!("{group}/{}, Kind={}", kind.version(), object.kind)
    };
    let name = &object.name;
    match (step.act, error) {
        (Act::Delete, error) => format!("failed to delete {}: {error}", object.name),
        (_, ClusterError::Conflict { fields, .. }) if !fields.is_empty() => {
            format!("conflict occurred while applying object {namespace}/{name} {gvk}: {error}")
        }
        (_, error) => {
            format!("server-side apply failed for object {namespace}/{name} {gvk}: {error}")
        }
    }
}
