//! What may be asked for: one struct for each verb, its choices as words.
//!
//! Everything was checked where it came in; nothing here talks to anybody.

use std::{collections::BTreeMap, time::Duration};

use ledger::{Digest, Namespace, Records, ReleaseName, Revision, Sequence};
use render::Rendered;

use crate::cluster::{Conflicts, Propagation};

/// A release, by its names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The namespace of its records, and of its objects unless they say otherwise.
    pub namespace: Namespace,
    /// Its name.
    pub name: ReleaseName,
}

/// Who asks, how and why: it goes into the ledger as private objects.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    /// OS user, host and CI identity, as far as they are claimed. The Kubernetes user and groups
    /// are added once the server has named them.
    pub actor: serde_json::Map<String, serde_json::Value>,
    /// The command line.
    pub command: Vec<String>,
    /// `--reason`.
    pub reason: Option<String>,
    /// `--ticket`.
    pub ticket: Option<String>,
}

/// What is waited for at the end (`--wait`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// Hooks only: Helm's default.
    #[default]
    HookOnly,
    /// Every object, by kstatus' rules (`--wait`, `--wait=watcher`).
    Watcher,
    /// Every object, by Helm 3's rules (`--wait=legacy`).
    Legacy,
}

/// Whether Jobs among the objects must have run to their end (`--wait-for-jobs`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Jobs {
    /// They need not.
    #[default]
    Ignore,
    /// They must.
    Await,
}

/// What is waited for, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// For what.
    pub strategy: Wait,
    /// Whether Jobs are among it.
    pub jobs: Jobs,
    /// For how long, each hook and the objects together (`--timeout`).
    pub timeout: Duration,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { strategy: Wait::HookOnly, jobs: Jobs::Ignore, timeout: Duration::from_secs(300) }
    }
}

/// Whether hooks run (`--no-hooks`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hooks {
    /// They do.
    #[default]
    Run,
    /// They do not.
    Skip,
}

/// What happens to objects that are there already and are nobody's (`--take-ownership`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ownership {
    /// They are refused unless they carry this release's marks.
    #[default]
    Check,
    /// They become the release's.
    Take,
}

/// What happens when the operation fails (`--rollback-on-failure`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// It is left as it is.
    #[default]
    Leave,
    /// An install is uninstalled, an upgrade rolled back.
    Undo,
}

/// What happens to objects that a failed operation created (`--cleanup-on-fail`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cleanup {
    /// They stay.
    #[default]
    Keep,
    /// They are deleted.
    DeleteCreated,
}

/// What happens to a namespace that is not there (`--create-namespace`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NamespaceCreation {
    /// The server refuses what goes into it.
    #[default]
    Leave,
    /// It is made.
    Create,
}

/// What happens to the chart's `crds/` (`--skip-crds`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crds {
    /// Those that are not there are created; those that are stay as they are.
    #[default]
    Create,
    /// Nothing.
    Skip,
}

/// Whether a name that was used may be used again (`--replace`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameReuse {
    /// It may not while there is a record of it.
    #[default]
    Refuse,
    /// It may if the last revision failed or was uninstalled.
    Allow,
}

/// Whether a hook whose end nobody knows may run once more (`--rerun-hooks`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rerun {
    /// It may not.
    #[default]
    Never,
    /// It may.
    Allow,
}

/// How an install, an upgrade or a rollback goes about it.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Whether hooks run.
    pub hooks: Hooks,
    /// What is waited for.
    pub waiting: Waiting,
    /// What happens to other managers' fields (`--force-conflicts`).
    pub conflicts: Conflicts,
    /// What happens to objects that are there already.
    pub ownership: Ownership,
    /// What happens on failure.
    pub on_failure: OnFailure,
    /// What happens on failure to what was created.
    pub cleanup: Cleanup,
    /// How many revisions keep their record in the cluster; 0 for all (`--history-max`). The ledger
    /// keeps them all in any case.
    pub history_max: u32,
    /// The revision's description, where Helm's own will not do (`--description`).
    pub description: Option<String>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            hooks: Hooks::default(),
            waiting: Waiting::default(),
            conflicts: Conflicts::Refuse,
            ownership: Ownership::default(),
            on_failure: OnFailure::default(),
            cleanup: Cleanup::default(),
            history_max: 10,
            description: None,
        }
    }
}

/// Where a chart came from.
#[derive(Clone, Debug, Default)]
pub struct ChartOrigin {
    /// Digest of the archive or folder as it was read.
    pub digest: Option<Digest>,
    /// The path, URL or reference; private.
    pub source: Option<String>,
}

/// A new release.
#[derive(Clone, Debug)]
pub struct Install {
    /// Which.
    pub target: Target,
    /// What it is made of, rendered for [`crate::Situation::next_revision`].
    pub rendered: Rendered,
    /// Where its chart came from.
    pub origin: ChartOrigin,
    /// The user's labels on the record (`--labels`).
    pub labels: BTreeMap<String, String>,
    /// What happens to a namespace that is not there.
    pub namespace: NamespaceCreation,
    /// What happens to `crds/`.
    pub crds: Crds,
    /// Whether the name may have been used.
    pub reuse: NameReuse,
    /// How.
    pub manner: Manner,
    /// Who, how and why.
    pub asker: Asker,
}

/// The next revision of a release, from a chart.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// Which.
    pub target: Target,
    /// What it is made of, rendered for [`crate::Situation::next_revision`].
    pub rendered: Rendered,
    /// Where its chart came from.
    pub origin: ChartOrigin,
    /// Labels that are set; `null` in Helm (`None` here) takes one away. Others stay.
    pub labels: BTreeMap<String, Option<String>>,
    /// How.
    pub manner: Manner,
    /// Who, how and why.
    pub asker: Asker,
}

/// Which revision is gone back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// The one before the last.
    Previous,
    /// That one of the latest life.
    To(Revision),
    /// The one that this event began or brought, of whatever life (`--event`).
    Event(Sequence),
}

/// The next revision of a release, from one that was.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Which.
    pub target: Target,
    /// To what.
    pub back: Back,
    /// How.
    pub manner: Manner,
    /// Who, how and why.
    pub asker: Asker,
}

/// The end of a release.
#[derive(Clone, Debug)]
pub struct Uninstall {
    /// Which.
    pub target: Target,
    /// What becomes of Helm's records (`--keep-history`).
    pub records: Records,
    /// What becomes of objects that the deleted ones own (`--cascade`).
    pub propagation: Propagation,
    /// Whether hooks run.
    pub hooks: Hooks,
    /// Whether the objects' end is waited for, and how long.
    pub waiting: Waiting,
    /// The revision's description, where Helm's own will not do.
    pub description: Option<String>,
    /// Who, how and why.
    pub asker: Asker,
}

/// Going on with an operation that was interrupted.
#[derive(Clone, Debug)]
pub struct Resume {
    /// Of which release.
    pub target: Target,
    /// Whether a hook whose end nobody knows may run once more.
    pub rerun: Rerun,
    /// How.
    pub manner: Manner,
    /// Who, how and why.
    pub asker: Asker,
}

/// Giving up an operation that was interrupted.
#[derive(Clone, Debug)]
pub struct Abandon {
    /// Of which release.
    pub target: Target,
    /// Who, how and why.
    pub asker: Asker,
}
