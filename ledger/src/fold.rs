//! What events mean. This is the only place that gives an event its meaning, and it is pure: the
//! same events give the same state, one at a time or all at once, in whatever order they come.

mod cluster;
mod operation;
mod release;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

pub use self::cluster::Cluster;
use self::cluster::Clusters;
pub use self::operation::{HookRun, Operation, OperationEnd};
pub use self::release::{Ended, Life, Lives, Origin, Release, RevisionEntry};
use crate::digest::{ClusterId, Digest, EventId, LedgerId, OperationId, Sequence};
use crate::event::{Event, Evidence, Recorded, ReleaseRef};
use crate::name::{Namespace, ReleaseName};

/// What tells one release from another: the cluster as the fold knows it, namespace and name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct ReleaseKey {
    /// The cluster, after joining what belongs together.
    pub cluster: ClusterId,
    /// The namespace of its records.
    pub namespace: Namespace,
    /// Its name.
    pub name: ReleaseName,
}

/// A clock that was behind an earlier event's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ClockJump {
    /// The event whose clock was behind.
    pub sequence: Sequence,
    /// By how many nanoseconds.
    pub behind_ns: i64,
}

/// A point in the past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsOf {
    /// After this event.
    Sequence(Sequence),
    /// At this time, by the running maximum of the writers' clocks (ns since 1970).
    Time(i64),
}

/// All that follows from a list of events.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct State {
    last: Option<EventId>,
    newest_ns: Option<i64>,
    jumps: Vec<ClockJump>,
    clusters: Clusters,
    releases: BTreeMap<ReleaseKey, Release>,
    operations: BTreeMap<EventId, ReleaseKey>,
}

impl State {
    /// Folds a list of events.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Rc<Recorded>>) -> Self {
        let mut state = Self::default();
        events.into_iter().for_each(|event| state.apply(event));
        state
    }

    /// Folds the events up to a point in the past.
    pub fn as_of(events: &[Rc<Recorded>], point: AsOf) -> Self {
        let mut newest = i64::MIN;
        let until = events.iter().take_while(|event| {
            newest = newest.max(event.at_ns);
            match point {
                AsOf::Sequence(sequence) => event.id.sequence <= sequence,
                AsOf::Time(at_ns) => newest <= at_ns,
            }
        });
        Self::fold(until)
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Rc<Recorded>) {
        self.take_clock(event);
        self.last = Some(event.id);
        if let Event::ClusterIdentified(identified) = &event.event {
            self.clusters.join(event.id, identified);
            self.rekey();
            return;
        }
        if let Some(started) = event.event.operation() {
            let key = self.operations.get(&started);
            if let Some(release) = key.and_then(|key| self.releases.get_mut(key)) {
                release.apply(event);
            }
            return;
        }
        let Some(key) = self.release_of(&event.event) else { return };
        if matches!(event.event, Event::Started(_)) {
            self.operations.insert(event.id, key.clone());
        }
        self.releases.entry(key.clone()).or_insert_with(|| Release::new(key)).apply(event);
    }

    /// Returns the last event that was taken.
    pub fn last(&self) -> Option<EventId> {
        self.last
    }

    /// Returns the id of the ledger.
    pub fn ledger(&self) -> Option<LedgerId> {
        self.last.map(|last| last.ledger)
    }

    /// Returns where a clock was behind an earlier event's.
    pub fn clock_jumps(&self) -> &[ClockJump] {
        &self.jumps
    }

    /// Returns the clusters, in the order in which they were met.
    pub fn clusters(&self) -> &[Cluster] {
        self.clusters.all()
    }

    /// Returns the cluster that an event's reference stands for today.
    pub fn cluster(&self, id: ClusterId) -> ClusterId {
        self.clusters.canonical(id)
    }

    /// Returns the known cluster that evidence speaks of.
    pub fn cluster_matching(&self, evidence: &Evidence) -> Option<ClusterId> {
        self.clusters.matching(evidence)
    }

    /// Returns the known cluster that evidence speaks of, if nothing in it is new: then no
    /// `ClusterIdentified` needs to be appended.
    pub fn cluster_known(&self, evidence: &Evidence) -> Option<ClusterId> {
        self.clusters.knowing(evidence)
    }

    /// Returns the last cluster that was met behind this address: what a kubeconfig tells offline.
    pub fn cluster_at(&self, ca: Option<Digest>, server: Digest) -> Option<ClusterId> {
        self.clusters.at(ca, server)
    }

    /// Returns all releases of all clusters, by cluster, namespace and name.
    pub fn releases(&self) -> impl Iterator<Item = &Release> {
        self.releases.values()
    }

    /// Returns one release.
    pub fn release(&self, key: &ReleaseKey) -> Option<&Release> {
        let cluster = self.clusters.canonical(key.cluster);
        if cluster == key.cluster {
            return self.releases.get(key);
        }
        self.releases.get(&ReleaseKey { cluster, ..key.clone() })
    }

    /// Returns the last event of a release: what the next append expects.
    pub fn last_event(&self, key: &ReleaseKey) -> Option<EventId> {
        self.release(key).and_then(Release::last_event)
    }

    /// Returns the release and the operation that a `Started` began.
    pub fn operation(&self, started: EventId) -> Option<(&Release, &Operation)> {
        let release = self.operations.get(&started).and_then(|key| self.releases.get(key))?;
        Some((release, release.operation(started)?))
    }

    /// Returns operations that began and have no end, with their releases.
    pub fn in_flight(&self) -> impl Iterator<Item = (&Release, &Operation)> {
        self.releases().filter_map(|release| Some((release, release.in_flight()?)))
    }

    /// Returns the release that an event belongs to, or would belong to.
    pub fn release_of(&self, event: &Event) -> Option<ReleaseKey> {
        match event {
            Event::Started(started) => Some(self.key(&started.release)),
            Event::Imported(imported) => Some(self.key(&imported.release)),
            within => within.operation().and_then(|started| self.operations.get(&started)).cloned(),
        }
    }

    /// Marks what nobody works on as interrupted. `is_alive` says whether somebody does; the ledger
    /// cannot know this from events.
    pub fn interrupt(&mut self, mut is_alive: impl FnMut(OperationId) -> bool) {
        for release in self.releases.values_mut() {
            release.interrupt(&mut is_alive);
        }
    }

    fn key(&self, release: &ReleaseRef) -> ReleaseKey {
        ReleaseKey {
            cluster: self.clusters.canonical(release.cluster),
            namespace: release.namespace.clone(),
            name: release.name.clone(),
        }
    }

    fn take_clock(&mut self, event: &Recorded) {
        let newest = self.newest_ns.map_or(event.at_ns, |newest| newest.max(event.at_ns));
        if newest > event.at_ns {
            let behind_ns = newest.saturating_sub(event.at_ns);
            self.jumps.push(ClockJump { sequence: event.id.sequence, behind_ns });
        }
        self.newest_ns = Some(newest);
    }

    /// Moves releases of clusters that turned out to be one to that one. Where both knew a release
    /// of one name, its events are folded again in their order.
    fn rekey(&mut self) {
        let stale = |key: &ReleaseKey| self.clusters.canonical(key.cluster) != key.cluster;
        let keys: Vec<ReleaseKey> = self.releases.keys().filter(|it| stale(it)).cloned().collect();
        for old in keys {
            let Some(moved) = self.releases.remove(&old) else { continue };
            let key = ReleaseKey { cluster: self.clusters.canonical(old.cluster), ..old };
            let present = self.releases.remove(&key);
            let release = Release::joined(key.clone(), present.as_ref(), &moved);
            self.releases.insert(key, release);
        }
        for key in self.operations.values_mut() {
            key.cluster = self.clusters.canonical(key.cluster);
        }
    }
}
