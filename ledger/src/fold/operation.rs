//! One operation as its events tell it.

use std::rc::Rc;

use crate::digest::{EventId, ObjectId, OperationId};
use crate::event::{
    Event, HookOutcome, HookPoint, HookStarted, ObjectRef, ObjectsApplied, Outcome, Recorded,
    RevisionClaimed, Started, Uid,
};

/// A hook that was begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HookRun {
    /// The step of the plan.
    pub step: u32,
    /// When in the operation.
    pub point: HookPoint,
    /// Its object.
    pub object: ObjectRef,
    /// The object's UID, once it was known.
    pub uid: Option<Uid>,
    /// How it ended, if it did.
    pub outcome: Option<HookOutcome>,
    /// What is known of a failure (a private object).
    pub evidence: Option<ObjectId>,
}

/// The end of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OperationEnd {
    /// The event that ended it.
    pub event: EventId,
    /// The clock at its end.
    pub at_ns: i64,
    /// How it ended; none when it was abandoned.
    pub outcome: Option<Outcome>,
}

/// One operation: from `Started` to its end, if it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its `Started`.
    pub event: EventId,
    /// The clock at its start.
    pub at_ns: i64,
    /// What it set out to do.
    pub started: Rc<Started>,
    /// The claim of its revision, once it was made.
    pub claimed: Option<RevisionClaimed>,
    /// What was applied, barrier by barrier.
    pub applied: Vec<ObjectsApplied>,
    /// The hooks that were begun.
    pub hooks: Vec<HookRun>,
    /// How often it was resumed.
    pub resumed: u32,
    /// Its end.
    pub end: Option<OperationEnd>,
    /// It has no end, and nobody works on it: see [`crate::State::interrupt`].
    pub is_interrupted: bool,
}

impl Operation {
    pub(super) fn new(event: &Recorded, started: &Rc<Started>) -> Self {
        Self {
            event: event.id,
            at_ns: event.at_ns,
            started: Rc::clone(started),
            claimed: None,
            applied: Vec::new(),
            hooks: Vec::new(),
            resumed: 0,
            end: None,
            is_interrupted: false,
        }
    }

    /// Returns its random id.
    pub fn id(&self) -> OperationId {
        self.started.operation
    }

    /// Takes an event of this operation, up to its end.
    pub(super) fn apply(&mut self, event: &Rc<Recorded>) {
        if self.end.is_some() {
            return;
        }
        match &event.event {
            Event::RevisionClaimed(claimed) => self.claimed = Some(claimed.clone()),
            Event::ObjectsApplied(applied) => self.applied.push(applied.clone()),
            Event::HookStarted(started) => self.start_hook(started),
            Event::HookFinished(finished) => {
                let run = self.hooks.iter_mut().rev().find(|it| it.step == finished.step);
                if let Some(run) = run {
                    run.outcome = Some(finished.outcome);
                    run.evidence = finished.evidence;
                }
            }
            Event::Resumed(_) => {
                self.resumed = self.resumed.saturating_add(1);
                self.is_interrupted = false;
            }
            Event::Finished(finished) => self.finish(event, Some(finished.outcome)),
            Event::Abandoned(_) => self.finish(event, None),
            _ => {}
        }
    }

    /// A second start of a step that has not ended is the same run, seen again.
    fn start_hook(&mut self, started: &HookStarted) {
        let running = self.hooks.iter_mut().rev().find(|it| it.step == started.step);
        if let Some(run) = running.filter(|it| it.outcome.is_none()) {
            run.uid = started.uid.clone().or(run.uid.take());
            return;
        }
        self.hooks.push(HookRun {
            step: started.step,
            point: started.point,
            object: started.object.clone(),
            uid: started.uid.clone(),
            outcome: None,
            evidence: None,
        });
    }

    fn finish(&mut self, event: &Recorded, outcome: Option<Outcome>) {
        self.end = Some(OperationEnd { event: event.id, at_ns: event.at_ns, outcome });
        self.is_interrupted = false;
    }
}
