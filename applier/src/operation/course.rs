//! From what a verb wants to the steps of its plan, the same way for all of them: what earlier
//! revisions made, what is there of it and of what is wanted, and what to do.

use ledger::{HookPoint, ObjectRef, OperationLocks, Store};
use render::{Document, Hook};
use serde_json::Value;

use super::spine;
use crate::{
    cluster::{Cluster, Discovery, Kind},
    error::Error,
    look::Hidden,
    object,
    plan::{
        self, Detail, Inputs, Live, Plan, Wanted,
        prepare::{self, Marks},
    },
    request::{Hooks, Ownership, Target, Wait},
    situation::Situation,
    world::World,
};

/// Where an operation goes, and what it found where it starts.
pub(crate) struct Course {
    pub(crate) plan: Plan,
    /// What earlier revisions applied.
    pub(crate) previous: Vec<Document>,
}

/// What a verb has of its own in its plan.
pub(super) struct Wish<'a> {
    /// Helm's word in its refusals.
    pub(super) verb: &'static str,
    /// The documents that are wanted.
    pub(super) wanted: &'a [Document],
    /// The hooks of the revision, and whether they run.
    pub(super) hooks: (&'a [Hook], Hooks),
    /// Before and after.
    pub(super) points: [HookPoint; 2],
    /// What is made first if it is not there.
    pub(super) first: &'a [Value],
    /// How much is read of what is there.
    pub(super) detail: Detail,
    /// What happens to objects of others.
    pub(super) ownership: Ownership,
    /// Whether all objects are waited for.
    pub(super) wait: Wait,
}

/// How steps are made.
type Build = fn(&Inputs<'_>) -> Result<Plan, Error>;

/// Returns what would be done.
pub(super) async fn course<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    wish: Wish<'_>,
    hidden: Hidden,
    build: Build,
) -> Result<Course, Error> {
    let discovery = spine::discovery(world).await?;
    let target = &situation.target;
    let previous = spine::previous(world, situation).await?;
    let needed = references(&wish, &previous, target, &discovery)?;
    let live = Live::read(world.cluster, &discovery, (&needed, wish.detail)).await?;
    let live = if hidden == Hidden::Overlook { live.overlook() } else { live };
    let plan = build(&Inputs {
        target,
        verb: wish.verb,
        wanted: wish.wanted,
        hooks: wish.hooks,
        points: wish.points,
        previous: &previous,
        first: wish.first,
        live: &live,
        discovery: &discovery,
        ownership: wish.ownership,
        wait: wish.wait,
    })?;
    Ok(Course { plan, previous })
}

/// Returns the objects that a plan has to know of: what is wanted, what was, and the hooks.
fn references(
    wish: &Wish<'_>,
    previous: &[Document],
    target: &Target,
    discovery: &Discovery,
) -> Result<Vec<ObjectRef>, Error> {
    let mut all: Vec<ObjectRef> = prepare::documents(wish.wanted, target, discovery)?
        .into_iter()
        .map(|it| it.reference)
        .collect();
    for document in previous {
        for object in prepare::items(document.object()) {
            let reference = object::reference(object);
            let kind = Kind::new(&*reference.api_version, &*reference.kind);
            let scope = discovery.find_any_version(&kind).map(|it| it.scope);
            let mut object = object.clone();
            prepare::set_namespace(&mut object, scope, target);
            all.push(object::reference(&object));
        }
    }
    let (hooks, run) = wish.hooks;
    let events = wish.points.map(plan::event);
    let is_run =
        |hook: &&Hook| run == Hooks::Run && hook.events.iter().any(|it| events.contains(it));
    for hook in hooks.iter().filter(is_run) {
        let object = hook.document.object().clone();
        let marks = (target, Marks::Leave);
        all.push(prepare::one(object, Wanted::Hook(0), marks, discovery).reference);
    }
    Ok(all)
}
