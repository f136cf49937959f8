//! What is known of a release before anything is done to it: ledger and cluster together.

use std::collections::BTreeMap;

use ledger::{EventId, ReleaseKey, Revision, Status};
use render::Capabilities;
use serde_json::Value;

use crate::{
    cluster::{ServerVersion, Subject},
    record::Record,
    request::Target,
};

/// A revision as far as a list of them needs to know it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Which release.
    pub target: Target,
    /// Its number.
    pub revision: Revision,
    /// When it was deployed, in nanoseconds since 1970 (UTC).
    pub updated_ns: i64,
    /// Its state.
    pub status: Status,
    /// The chart's name.
    pub chart: String,
    /// The chart's version.
    pub chart_version: String,
    /// The version of what the chart packages.
    pub app_version: String,
    /// Helm's sentence.
    pub description: String,
    /// For a rollback, the revision it went back to.
    pub rollback_revision: Option<Revision>,
    /// The record's labels, the user's only.
    pub labels: BTreeMap<String, String>,
    /// Who knows of it.
    pub known: KnownBy,
    /// The event that began or brought it, where the ledger knows it.
    pub event: Option<EventId>,
}

/// Who knows of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// The ledger and the cluster.
    Both,
    /// The ledger alone: the record was pruned or deleted, or nobody looked at the cluster.
    Ledger,
    /// The cluster alone: somebody else's, and not imported yet.
    Cluster,
}

/// What is known of a release before anything is done to it. Made by [`crate::look`], and handed
/// to the operation that follows, which builds on it.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Which release.
    pub target: Target,
    /// The server's version.
    pub server: ServerVersion,
    /// What templates see of the server.
    pub capabilities: Capabilities,
    /// Its revisions in the cluster, oldest first.
    pub revisions: Vec<Summary>,
    /// The record of the last revision, where there is one.
    pub latest: Option<Record>,
    /// The record of the deployed revision, where there is one.
    pub deployed: Option<Record>,
    /// The records from the deployed one on: what is there now was made by these.
    pub(crate) records: BTreeMap<u32, Record>,
    pub(crate) key: Option<ReleaseKey>,
    pub(crate) seen: Seen,
}

/// What was read on the way and is written down with the next operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Evidence of which cluster this is.
    pub(crate) evidence: ledger::Evidence,
    /// Where the server is.
    pub(crate) url: String,
    /// Secrets that the ledger does not know, whole.
    pub(crate) foreign: Vec<Value>,
    /// Metadata of every record of the release.
    pub(crate) records: Vec<Value>,
    /// Who the server says we are.
    pub(crate) subject: Subject,
}

impl Situation {
    /// Returns the last revision in the cluster.
    pub fn last(&self) -> Option<&Summary> {
        self.revisions.last()
    }

    /// Returns the number that the next revision gets.
    pub fn next_revision(&self) -> Revision {
        self.last().map_or(Revision::FIRST, |last| last.revision.next())
    }
}
