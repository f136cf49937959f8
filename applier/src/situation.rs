//! What is known of a release before anything is done to it: ledger and cluster together.

use std::collections::BTreeMap;

use ledger::{EventId, ObjectId, ReleaseKey, Revision, Status};
use render::Capabilities;
use serde_json::Value;

use crate::{
    cluster::{ServerVersion, Subject},
    plan::prepare,
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
    /// The ledger's object that says where the chart came from.
    pub source: Option<ObjectId>,
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
    /// Whether the records may not be seen by the user.
    pub(crate) is_hidden: bool,
}

impl Situation {
    /// Returns the user as the server names it; empty where it does not say.
    pub fn user(&self) -> &str {
        &self.seen.subject.user
    }

    /// Returns whether the user may not see the release's records, so that it looks as if there
    /// were none ([`crate::look_overlooking`]).
    pub fn is_hidden(&self) -> bool {
        self.seen.is_hidden
    }

    /// Returns the last revision in the cluster.
    pub fn last(&self) -> Option<&Summary> {
        self.revisions.last()
    }

    /// Returns what templates see of the server once a chart's `crds/` are there: Helm installs
    /// them before it renders and then asks the server anew, we write nothing before the plan is
    /// made. The same answer for charts that ask `.Capabilities.APIVersions.Has`.
    pub fn capabilities_with(&self, chart: &render::Chart) -> Capabilities {
        let mut capabilities = self.capabilities.clone();
        add_kinds(chart, &mut capabilities.api_versions);
        capabilities.api_versions.sort();
        capabilities.api_versions.dedup();
        capabilities
    }

    /// Returns the number that the next revision gets.
    pub fn next_revision(&self) -> Revision {
        self.last().map_or(Revision::FIRST, |last| last.revision.next())
    }
}

/// Adds the kinds that a chart's definitions bring, its subcharts' too.
fn add_kinds(chart: &render::Chart, known: &mut Vec<String>) {
    for file in chart.files.iter().filter(|it| it.name.starts_with("crds/")) {
        let text = String::from_utf8_lossy(&file.data);
        for document in crate::record::documents_of(&text) {
            let objects = prepare::items(document.object()).into_iter();
            for kind in objects.flat_map(prepare::kinds_of_definition) {
                known.push(kind.api_version.clone());
                known.push(format!("{}/{}", kind.api_version, kind.kind));
            }
        }
    }
    for subchart in &chart.dependencies {
        add_kinds(subchart, known);
    }
}
