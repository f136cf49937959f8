//! Which pieces of evidence speak of one cluster.
//!
//! A UID is proof: equal UIDs join, and another UID of `kube-system` is another cluster whatever
//! else is equal. An address (certificate authority and server) is a hint: it joins where no UID
//! speaks against it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::digest::{ClusterId, Digest, EventId, ObjectId};
use crate::event::{ClusterIdentified, Evidence, Uid};
use crate::name::Namespace;

/// One cluster, with all that is known of its identity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cluster {
    /// The event that met it first; its name from then on.
    pub id: ClusterId,
    /// Every event that met it.
    pub met: Vec<ClusterId>,
    /// The UID of its namespace `kube-system`, if someone could read it.
    pub kube_system: Option<Uid>,
    /// The UIDs of namespaces, as far as they are known.
    pub namespaces: BTreeSet<(Namespace, Uid)>,
    /// Addresses it was met at: certificate authority and server.
    pub addresses: BTreeSet<(Option<Digest>, Digest)>,
    /// What was last said about it for people (a private object).
    pub details: Option<ObjectId>,
    /// The last event that met it.
    pub last_met: EventId,
}

impl Cluster {
    /// Says whether a UID in the evidence proves that this is the cluster.
    fn is_proven_by(&self, evidence: &Evidence) -> bool {
        let by_system = self.kube_system.is_some() && self.kube_system == evidence.kube_system;
        let by_namespace = evidence.namespaces.iter().any(|it| self.namespaces.contains(it));
        !self.is_ruled_out_by(evidence) && (by_system || by_namespace)
    }

    /// Says whether the evidence has another UID of `kube-system`.
    fn is_ruled_out_by(&self, evidence: &Evidence) -> bool {
        let pair = (&self.kube_system, &evidence.kube_system);
        matches!(pair, (Some(known), Some(seen)) if known != seen)
    }

    /// Says whether the address is one of this cluster's, and no UID speaks against it.
    fn is_hinted_by(&self, evidence: &Evidence) -> bool {
        let Some(address) = address(evidence) else { return false };
        let is_other_namespace = evidence.namespaces.iter().any(|(namespace, uid)| {
            let mut known = self.namespaces.iter().filter(|(name, _)| name == namespace).peekable();
            known.peek().is_some() && known.all(|(_, known)| known != uid)
        });
        self.addresses.contains(&address) && !self.is_ruled_out_by(evidence) && !is_other_namespace
    }

    /// Says whether there is nothing in the evidence that this cluster does not have.
    fn has_all_of(&self, evidence: &Evidence) -> bool {
        let has_system = evidence.kube_system.is_none() || evidence.kube_system == self.kube_system;
        let has_namespaces = evidence.namespaces.iter().all(|it| self.namespaces.contains(it));
        let has_address = address(evidence).is_none_or(|it| self.addresses.contains(&it));
        has_system && has_namespaces && has_address
    }

    fn add(&mut self, evidence: &Evidence) {
        if self.kube_system.is_none() {
            self.kube_system.clone_from(&evidence.kube_system);
        }
        self.namespaces.extend(evidence.namespaces.iter().cloned());
        self.addresses.extend(address(evidence));
    }

    /// Takes over all that another turned out to know of the same cluster.
    fn absorb(&mut self, other: Self) {
        self.met.extend(other.met);
        self.met.sort();
        self.kube_system = self.kube_system.take().or(other.kube_system);
        self.namespaces.extend(other.namespaces);
        self.addresses.extend(other.addresses);
        if other.last_met.sequence > self.last_met.sequence {
            self.last_met = other.last_met;
            self.details = other.details.or(self.details);
        }
    }
}

/// All clusters, in the order in which they were met.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Clusters(Vec<Cluster>);

impl Clusters {
    pub(super) fn all(&self) -> &[Cluster] {
        &self.0
    }

    /// Returns the name of the cluster that an id stands for; an id that was never met is itself.
    pub(super) fn canonical(&self, id: ClusterId) -> ClusterId {
        self.0.iter().find(|it| it.met.contains(&id)).map_or(id, |it| it.id)
    }

    /// Returns the last met cluster that the evidence speaks of; proof goes before hints.
    pub(super) fn matching(&self, evidence: &Evidence) -> Option<ClusterId> {
        let proven = self.latest(|it| it.is_proven_by(evidence));
        proven.or_else(|| self.latest(|it| it.is_hinted_by(evidence))).map(|it| it.id)
    }

    /// Returns the cluster that the evidence speaks of, if nothing in it is new.
    pub(super) fn knowing(&self, evidence: &Evidence) -> Option<ClusterId> {
        let id = self.matching(evidence)?;
        self.0.iter().find(|it| it.id == id && it.has_all_of(evidence)).map(|it| it.id)
    }

    pub(super) fn at(&self, ca: Option<Digest>, server: Digest) -> Option<ClusterId> {
        self.latest(|it| it.addresses.contains(&(ca, server))).map(|it| it.id)
    }

    /// Takes evidence: it joins what it proves to be one, or belongs to what it hints at, or is the
    /// first of a new cluster.
    pub(super) fn join(&mut self, event: EventId, seen: &ClusterIdentified) {
        let evidence = &seen.evidence;
        let proven: Vec<_> = self.0.iter().filter(|it| it.is_proven_by(evidence)).collect();
        let mut system = evidence.kube_system.clone();
        let mut ids = Vec::new();
        for cluster in proven {
            let is_other = matches!((&system, &cluster.kube_system), (Some(a), Some(b)) if a != b);
            if !is_other {
                system = system.or_else(|| cluster.kube_system.clone());
                ids.push(cluster.id);
            }
        }
        if ids.is_empty() {
            ids.extend(self.latest(|it| it.is_hinted_by(evidence)).map(|it| it.id));
        }
        self.merge(event, seen, &ids);
    }

    /// Makes one cluster of those named, or a new one where none is named.
    fn merge(&mut self, event: EventId, seen: &ClusterIdentified, ids: &[ClusterId]) {
        let (same, others) = self.0.drain(..).partition(|it| ids.contains(&it.id));
        self.0 = others;
        let same: Vec<Cluster> = same;
        let id = ClusterId(event);
        let fresh = Cluster {
            id,
            met: vec![id],
            kube_system: None,
            namespaces: BTreeSet::new(),
            addresses: BTreeSet::new(),
            details: seen.details,
            last_met: event,
        };
        let mut all = same.into_iter().chain([fresh]);
        let Some(mut cluster) = all.next() else { return };
        all.for_each(|other| cluster.absorb(other));
        cluster.last_met = event;
        cluster.add(&seen.evidence);
        self.0.push(cluster);
        self.0.sort_by_key(|it| it.id.0.sequence);
    }

    fn latest(&self, mut wanted: impl FnMut(&Cluster) -> bool) -> Option<&Cluster> {
        self.0.iter().filter(|it| wanted(it)).max_by_key(|it| it.last_met.sequence)
    }
}

/// Returns the address in the evidence; a server without a certificate authority of its own (a
/// public one) has the server only.
fn address(evidence: &Evidence) -> Option<(Option<Digest>, Digest)> {
    evidence.server.map(|server| (evidence.ca, server))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{LedgerId, Sequence};

    fn event(sequence: u64) -> EventId {
        EventId { ledger: LedgerId(Digest::ZERO), sequence: Sequence(sequence), hash: Digest::ZERO }
    }

    fn seen(
        system: Option<&str>,
        namespace: Option<&str>,
        server: Option<u8>,
    ) -> ClusterIdentified {
        let evidence = Evidence {
            kube_system: system.map(|it| Uid(it.to_owned())),
            namespaces: namespace
                .map(|it| ("web".parse().unwrap(), Uid(it.to_owned())))
                .into_iter()
                .collect(),
            ca: None,
            server: server.map(|it| Digest([it; 32])),
        };
        ClusterIdentified { evidence, details: None, facts: crate::event::Facts::NONE }
    }

    #[test]
    fn a_user_of_one_namespace_and_an_administrator_meet_the_same_cluster() {
        let mut clusters = Clusters::default();
        clusters.join(event(2), &seen(None, Some("n"), None));
        clusters.join(event(3), &seen(Some("s"), None, None));
        assert_eq!(clusters.all().len(), 2);
        clusters.join(event(4), &seen(Some("s"), Some("n"), None));
        assert_eq!(clusters.all().len(), 1);
        assert_eq!(clusters.canonical(ClusterId(event(3))), ClusterId(event(2)));
    }

    #[test]
    fn a_changed_uid_behind_the_same_address_is_another_cluster() {
        let mut clusters = Clusters::default();
        clusters.join(event(2), &seen(Some("s"), None, Some(1)));
        clusters.join(event(3), &seen(Some("t"), None, Some(1)));
        assert_eq!(clusters.all().len(), 2);
        // Offline, the last one that was met there is meant.
        assert_eq!(clusters.at(None, Digest([1; 32])), Some(ClusterId(event(3))));
    }

    #[test]
    fn an_address_joins_where_no_uid_speaks_against_it() {
        let mut clusters = Clusters::default();
        clusters.join(event(2), &seen(None, None, Some(1)));
        clusters.join(event(3), &seen(Some("s"), None, Some(1)));
        assert_eq!(clusters.all().len(), 1);
        assert!(clusters.knowing(&seen(Some("s"), None, Some(1)).evidence).is_some());
        assert!(clusters.knowing(&seen(Some("s"), Some("n"), Some(1)).evidence).is_none());
    }
}
