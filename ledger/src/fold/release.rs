//! One release: its lives, their revisions, its operations.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use super::ReleaseKey;
use super::operation::Operation;
use crate::digest::{EventId, ObjectId, OperationId};
use crate::event::{
    ApplyMethod, Chart, Description, Event, Finished, Imported, Outcome, Provenance, Recipes,
    RecordRef, Recorded, Records, RevisionClaimed, Started, Status, Verb,
};
use crate::name::{LifeNumber, Revision};

/// Where what is known of a revision comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An operation of this ledger.
    Own {
        /// Its `Started`.
        started: EventId,
        /// Its random id.
        operation: OperationId,
    },
    /// A record that somebody else wrote.
    Imported {
        /// The event that says so.
        event: EventId,
    },
}

/// A revision of a release.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RevisionEntry {
    /// Its number.
    pub number: Revision,
    /// What made it; none for what others made.
    pub verb: Option<Verb>,
    /// Its state, in Helm's words.
    pub status: Status,
    /// Its chart.
    pub chart: Option<Chart>,
    /// Helm's sentence about it.
    pub description: Description,
    /// When it was begun, by the writer's clock (ns since 1970). Helm's `last_deployed`.
    pub started_ns: i64,
    /// When it ended, by the writer's clock.
    pub finished_ns: Option<i64>,
    /// What it is made of.
    pub recipes: Recipes,
    /// Who, how and why; none for what others made.
    pub provenance: Option<Provenance>,
    /// For a rollback: the event it went back to.
    pub rolls_back_to: Option<EventId>,
    /// For a rollback: that revision's number.
    pub rollback_revision: Option<Revision>,
    /// How its objects were written.
    pub apply: Option<ApplyMethod>,
    /// The record in the cluster, as it was last seen.
    pub record: Option<RecordRef>,
    /// What is known of its failure (a private object).
    pub evidence: Option<ObjectId>,
    /// For what others made: the record as it was read (a private object).
    pub raw: Option<ObjectId>,
    /// Where all this comes from.
    pub origin: Origin,
}

/// The end of a life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Ended {
    /// The event that ended it.
    pub event: EventId,
    /// The clock then.
    pub at_ns: i64,
    /// What became of the cluster's records.
    pub records: Records,
}

/// A life of a release: from an install to its uninstall.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Life {
    /// Its number.
    pub number: LifeNumber,
    /// Its revisions.
    pub revisions: BTreeMap<Revision, RevisionEntry>,
    /// Its end, if it has one. A rollback may take it back.
    pub ended: Option<Ended>,
    /// Revisions that may be deployed: one, but for what others made.
    #[serde(skip)]
    deployed: Vec<Revision>,
}

impl Life {
    /// Returns the last revision.
    pub fn latest(&self) -> Option<&RevisionEntry> {
        self.revisions.values().next_back()
    }

    /// Returns the last revision that is deployed.
    pub fn deployed(&self) -> Option<&RevisionEntry> {
        self.revisions.values().rev().find(|it| it.status == Status::Deployed)
    }

    /// Returns when its first known revision was begun: Helm's `first_deployed`.
    pub fn first_deployed_ns(&self) -> Option<i64> {
        self.revisions.values().next().map(|it| it.started_ns)
    }

    /// Makes a revision the one that counts.
    fn deploy(&mut self, number: Revision) {
        for other in std::mem::take(&mut self.deployed) {
            let entry = self.revisions.get_mut(&other);
            if let Some(entry) = entry.filter(|it| it.status == Status::Deployed) {
                entry.status = Status::Superseded;
            }
        }
        self.deployed.push(number);
        self.set_status(number, Status::Deployed);
    }

    fn set_status(&mut self, number: Revision, status: Status) {
        if let Some(entry) = self.revisions.get_mut(&number) {
            entry.status = status;
        }
    }
}

/// A release: everything that ever happened under this name in this namespace of this cluster.
#[derive(Clone, PartialEq, Debug)]
pub struct Release {
    /// Which one.
    pub key: ReleaseKey,
    /// Its lives, the last of which is meant by its name.
    pub lives: Lives,
    /// Its operations, in order.
    pub operations: Vec<Operation>,
    /// Its events, in order.
    pub events: Vec<Rc<Recorded>>,
}

impl Release {
    pub(super) fn new(key: ReleaseKey) -> Self {
        Self { key, lives: Lives::default(), operations: Vec::new(), events: Vec::new() }
    }

    /// Folds the events of two releases that turned out to be one.
    pub(super) fn joined(key: ReleaseKey, one: Option<&Self>, other: &Self) -> Self {
        let mut events: Vec<_> = one.into_iter().chain([other]).flat_map(|it| &it.events).collect();
        events.sort_by_key(|event| event.id.sequence);
        let mut release = Self::new(key);
        for event in events {
            release.apply(event);
        }
        release
    }

    /// Returns its last life, which is the one that its name means, also when it has ended.
    pub fn latest_life(&self) -> Option<&Life> {
        self.lives.values().next_back()
    }

    /// Returns the life that an install would open: the next one after an end, else the current.
    pub fn next_life(&self) -> LifeNumber {
        match self.latest_life() {
            Some(life) if life.ended.is_some() => life.number.next(),
            Some(life) => life.number,
            None => LifeNumber::FIRST,
        }
    }

    /// Says whether Helm would say "release: not found".
    pub fn is_deleted(&self) -> bool {
        self.latest_life().is_none_or(|life| {
            life.revisions.is_empty()
                || life.ended.is_some_and(|ended| ended.records == Records::Deleted)
        })
    }

    /// Returns its last event: what the next append expects.
    pub fn last_event(&self) -> Option<EventId> {
        self.events.last().map(|event| event.id)
    }

    /// Returns the operation that a `Started` began.
    pub fn operation(&self, started: EventId) -> Option<&Operation> {
        // They are in the order of their events.
        let found = self.operations.binary_search_by_key(&started.sequence, |it| it.event.sequence);
        found.ok().and_then(|at| self.operations.get(at)).filter(|it| it.event == started)
    }

    /// Returns the last operation, if it has no end.
    pub fn in_flight(&self) -> Option<&Operation> {
        self.operations.last().filter(|it| it.end.is_none())
    }

    /// Returns the revision that an event began or brought: what `rollback --event` goes back to.
    pub fn revision_of(&self, event: EventId) -> Option<&RevisionEntry> {
        let entries = self.lives.values().flat_map(|life| life.revisions.values());
        let mut entries = entries.filter(|entry| match entry.origin {
            Origin::Own { started, .. } => started == event,
            Origin::Imported { event: imported } => imported == event,
        });
        entries.next()
    }

    /// Takes the next event of this release.
    pub(super) fn apply(&mut self, event: &Rc<Recorded>) {
        self.events.push(Rc::clone(event));
        match &event.event {
            Event::Started(started) => self.start(event, started),
            Event::Imported(imported) => self.lives.import(event, imported),
            within => {
                let Some(started) = within.operation() else { return };
                self.within(event, started);
            }
        }
    }

    fn start(&mut self, event: &Recorded, started: &Rc<Started>) {
        self.operations.push(Operation::new(event, started));
        // A life begins with the claim of its first revision, not with the wish for it.
        let life = self.lives.get_mut(started.release.life);
        let entry = life.and_then(|life| life.revisions.get_mut(&started.revision));
        if let Some(entry) = entry.filter(|_| started.verb == Verb::Uninstall) {
            entry.status = Status::Uninstalling;
            entry.description = Description::DeletionUnderway;
        }
    }

    /// Takes an event within an operation that has no end yet.
    fn within(&mut self, event: &Rc<Recorded>, started: EventId) {
        let found = self.operations.iter_mut().rev().find(|it| it.event == started);
        let Some(operation) = found.filter(|it| it.end.is_none()) else { return };
        operation.apply(event);
        match &event.event {
            Event::RevisionClaimed(claimed) => self.lives.claim(event, operation, claimed),
            Event::Finished(finished) => self.lives.finish(event, operation, finished),
            Event::Abandoned(abandoned) => {
                let Some(entry) = self.lives.entry_of(operation) else { return };
                entry.status = Status::Failed;
                entry.description = Description::Abandoned;
                entry.finished_ns = Some(event.at_ns);
                entry.record = abandoned.record.clone().or(entry.record.take());
            }
            _ => {}
        }
    }

    pub(super) fn interrupt(&mut self, is_alive: &mut impl FnMut(OperationId) -> bool) {
        let last = self.operations.last_mut().filter(|it| it.end.is_none());
        let Some(operation) = last.filter(|it| !is_alive(it.id())) else { return };
        operation.is_interrupted = true;
        if let Some(entry) = self.lives.entry_of(operation) {
            entry.status = Status::Interrupted;
        }
    }
}

/// The lives of a release.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Lives(BTreeMap<LifeNumber, Life>);

impl std::ops::Deref for Lives {
    type Target = BTreeMap<LifeNumber, Life>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Lives {
    fn get_mut(&mut self, number: LifeNumber) -> Option<&mut Life> {
        self.0.get_mut(&number)
    }

    fn claim(&mut self, event: &Recorded, operation: &Operation, claimed: &RevisionClaimed) {
        let started = &operation.started;
        let (status, description) = match started.verb {
            Verb::Install => (Status::PendingInstall, Description::InstallUnderway),
            Verb::Upgrade => (Status::PendingUpgrade, Description::UpgradeUnderway),
            Verb::Rollback => {
                let back = started.rollback_revision.unwrap_or(Revision(0));
                (Status::PendingRollback, Description::RollbackTo(back))
            }
            Verb::Uninstall => return,
        };
        let entry = RevisionEntry {
            number: claimed.revision,
            verb: Some(started.verb),
            status,
            chart: started.chart.clone(),
            description,
            started_ns: operation.at_ns,
            finished_ns: None,
            recipes: started.recipes.clone(),
            provenance: Some(started.provenance.clone()),
            rolls_back_to: started.rolls_back_to,
            rollback_revision: started.rollback_revision,
            apply: Some(started.apply),
            record: Some(claimed.record.clone()),
            evidence: None,
            raw: None,
            origin: Origin::Own { started: operation.event, operation: started.operation },
        };
        let life = self.life(started.release.life, event);
        life.ended = None;
        life.revisions.insert(claimed.revision, entry);
    }

    fn finish(&mut self, event: &Recorded, operation: &Operation, finished: &Finished) {
        let Some(entry) = self.entry_of(operation) else { return };
        entry.description = finished.description;
        entry.finished_ns = Some(event.at_ns);
        entry.evidence = finished.evidence;
        entry.record = finished.record.clone().or(entry.record.take());
        let number = entry.number;
        let is_uninstall = operation.started.verb == Verb::Uninstall;
        let life = self.life(operation.started.release.life, event);
        match finished.outcome {
            Outcome::Deployed => life.deploy(number),
            // Helm leaves a failed uninstall as it is: `uninstalling`.
            Outcome::Failed | Outcome::Lost { .. } if is_uninstall => {}
            Outcome::Failed | Outcome::Lost { .. } => life.set_status(number, Status::Failed),
            Outcome::Uninstalled { records } => {
                life.set_status(number, Status::Uninstalled);
                life.ended = Some(Ended { event: event.id, at_ns: event.at_ns, records });
            }
        }
    }

    fn import(&mut self, event: &Recorded, imported: &Imported) {
        let decoded = imported.decoded.as_ref();
        let status = decoded.map_or(Status::Unknown, |it| it.status);
        let life = self.life(imported.release.life, event);
        let known = life.revisions.remove(&imported.revision);
        let own = known.filter(|it| matches!(it.origin, Origin::Own { .. }));
        let entry = match own {
            // Somebody else changed the state of what was made here.
            Some(mut own) => {
                own.status = status;
                own.description = decoded.map_or(own.description, |it| it.description);
                own.record = Some(imported.record.clone());
                own.raw = Some(imported.raw);
                own
            }
            None => imported_entry(event, imported, status),
        };
        life.revisions.insert(imported.revision, entry);
        let is_latest = life.revisions.keys().next_back() == Some(&imported.revision);
        match status {
            Status::Deployed if is_latest => {
                life.ended = None;
                life.deploy(imported.revision);
            }
            // An old record, read late: what is deployed says the latest.
            Status::Deployed => life.deployed.push(imported.revision),
            Status::Uninstalled if is_latest => {
                let at_ns = decoded.and_then(|it| it.deleted_ns).unwrap_or(event.at_ns);
                life.ended = Some(Ended { event: event.id, at_ns, records: Records::Kept });
            }
            _ => {}
        }
    }

    /// Returns a life; the first time it is named, those before it have ended.
    fn life(&mut self, number: LifeNumber, event: &Recorded) -> &mut Life {
        if !self.0.contains_key(&number) {
            let ended = Ended { event: event.id, at_ns: event.at_ns, records: Records::Deleted };
            for earlier in self.0.range_mut(..number).map(|(_, life)| life) {
                earlier.ended.get_or_insert(ended);
            }
        }
        let fresh = || Life { number, revisions: BTreeMap::new(), ended: None, deployed: vec![] };
        self.0.entry(number).or_insert_with(fresh)
    }

    /// Returns the revision that an operation claimed or takes down. Without a claim the number may
    /// be somebody else's.
    fn entry_of(&mut self, operation: &Operation) -> Option<&mut RevisionEntry> {
        let started = &operation.started;
        let number = match &operation.claimed {
            Some(claimed) => claimed.revision,
            None if started.verb == Verb::Uninstall => started.revision,
            None => return None,
        };
        self.get_mut(started.release.life)?.revisions.get_mut(&number)
    }
}

/// Returns the revision that somebody else's record tells of.
fn imported_entry(event: &Recorded, imported: &Imported, status: Status) -> RevisionEntry {
    let decoded = imported.decoded.as_ref();
    RevisionEntry {
        number: imported.revision,
        verb: None,
        status,
        chart: decoded.and_then(|it| it.chart.clone()),
        description: decoded.map_or(Description::Text(imported.raw), |it| it.description),
        started_ns: decoded.map_or(event.at_ns, |it| it.last_deployed_ns),
        finished_ns: None,
        recipes: decoded.map(|it| it.recipes.clone()).unwrap_or_default(),
        provenance: None,
        rolls_back_to: None,
        rollback_revision: None,
        apply: None,
        record: Some(imported.record.clone()),
        evidence: None,
        raw: Some(imported.raw),
        origin: Origin::Imported { event: event.id },
    }
}
