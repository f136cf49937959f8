//! What an install has of its own: the name must be free, `crds/` and the namespace come first.

use ledger::{HookPoint, LifeNumber, OperationLocks, Release, Revision, Status, Store, Verb};
use serde_json::Value;

use super::{
    Done,
    course::{self, Course, Wish},
    spine::{self, Intent, Order},
};
use crate::{
    begin::InTheWay,
    claim,
    cluster::Cluster,
    content::Content,
    error::Error,
    look::Hidden,
    object,
    plan::{self, Detail, prepare},
    request::{Crds, Install, NameReuse, NamespaceCreation},
    situation::Situation,
    world::World,
};

pub(crate) async fn run<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    situation: &Situation,
    request: &Install,
) -> Result<Done, Error> {
    check_name(situation, request.reuse, (world.clock)())?;
    let course = plan(world, situation, request, Hidden::Refuse).await?;
    let key = super::settle(world, situation, InTheWay::Refuse, &request.asker).await?;
    let life = next_life(world.ledger.state().release(&key), situation);
    let content = Content::of(&request.rendered, request.origin.clone(), request.labels.clone())?;
    let order = Order {
        verb: Verb::Install,
        key,
        life,
        revision: situation.next_revision(),
        content,
        course,
        back: None,
        intent: Intent::of(&request.manner),
        waiting: request.manner.waiting,
    };
    let begun = spine::begin(world, situation, order, &request.asker).await?;
    spine::proceed(world, situation, begun).await
}

/// Returns what an install would do.
pub(crate) async fn plan<C: Cluster, S: Store + OperationLocks>(
    world: &World<'_, C, S>,
    situation: &Situation,
    request: &Install,
    hidden: Hidden,
) -> Result<Course, Error> {
    let first = first(situation, request);
    let wish = Wish {
        verb: "install",
        wanted: &request.rendered.documents,
        hooks: (&request.rendered.hooks, request.manner.hooks),
        points: [HookPoint::PreInstall, HookPoint::PostInstall],
        first: &first,
        detail: Detail::Marks,
        ownership: request.manner.ownership,
        wait: request.manner.waiting.strategy,
    };
    course::course(world, situation, wish, hidden, plan::build).await
}

/// Says whether a release may be given this name (Helm's `availableName`). An install does so
/// itself; who has something to do before it asks first.
///
/// # Errors
///
/// [`Error::NameInUse`].
pub fn check_name(situation: &Situation, reuse: NameReuse, now_ns: i64) -> Result<(), Error> {
    let Some(last) = situation.last() else { return Ok(()) };
    let is_over = matches!(last.status, Status::Uninstalled | Status::Failed);
    if reuse == NameReuse::Allow && is_over {
        return Ok(());
    }
    let record = situation.seen.records.last().filter(|_| last.status.is_pending());
    let record = record.filter(|it| claim::is_held(it, now_ns) != Some(false));
    Err(Error::NameInUse {
        name: situation.target.name.to_string(),
        status: last.status,
        holder: record.map(claim::holder),
    })
}

/// Returns what is made first where it is not there.
fn first(situation: &Situation, request: &Install) -> Vec<Value> {
    let mut first = Vec::new();
    if request.namespace == NamespaceCreation::Create {
        first.push(prepare::namespace_object(&situation.target));
    }
    if request.crds == Crds::Create {
        for crd in &request.rendered.crds {
            first.extend(crate::record::documents_of(&crd.text).into_iter().flat_map(|it| {
                let items = prepare::items(it.object());
                items.into_iter().cloned().collect::<Vec<_>>()
            }));
        }
    }
    first.iter_mut().for_each(object::strip);
    first
}

/// Returns the life that an install opens: the next one, unless the cluster still has records.
fn next_life(release: Option<&Release>, situation: &Situation) -> LifeNumber {
    let Some(life) = release.and_then(Release::latest_life) else { return LifeNumber::FIRST };
    let goes_on = situation.next_revision() != Revision::FIRST;
    if life.revisions.is_empty() || goes_on { life.number } else { life.number.next() }
}
