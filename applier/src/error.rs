//! Why an operation or a read did not come about, in Helm's words where Helm has some.

use ledger::{EventId, ObjectRef, Status};

use crate::{
    cluster::{ClusterError, Denied, FieldConflict},
    record::RecordError,
};

/// Why an operation or a read did not come about.
///
/// A message does not repeat its source: print the chain with `": "` between its parts, after
/// `Error: `, and the text is Helm's where Helm has one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server cannot be reached at all.
    #[error("kubernetes cluster unreachable")]
    Unreachable(#[source] ClusterError),
    /// The server, or the way to it, failed.
    #[error("{doing}")]
    Cluster {
        /// What was being done.
        doing: String,
        /// What it said.
        source: ClusterError,
    },
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A record in the cluster cannot be read.
    #[error("the record `{name}` cannot be read")]
    Record {
        /// The Secret.
        name: String,
        /// Why.
        source: RecordError,
    },
    /// Something of an earlier revision that the ledger should hold is not there or not readable.
    #[error("{0}")]
    Stored(String),
    /// There is no such release (Helm's `ErrReleaseNotFound`).
    #[error("release: not found")]
    NotFound {
        /// Its name.
        name: String,
        /// Whether the ledger knows it from before its uninstall.
        deleted: Deleted,
    },
    /// There is no such revision.
    #[error("{0}")]
    NoRevision(String),
    /// The name is taken (Helm's `install`).
    #[error("release name check failed: cannot reuse a name that is still in use")]
    NameInUse {
        /// The name.
        name: String,
        /// The state of its last revision.
        status: Status,
        /// Who is making that revision right now, if somebody is.
        holder: Option<Holder>,
    },
    /// An upgrade of what was never deployed (Helm's `ErrNoDeployedReleases`).
    #[error("\"{name}\" has no deployed releases")]
    NoDeployed {
        /// The release.
        name: String,
    },
    /// Somebody else is at it (Helm's `errPending`).
    #[error("another operation (install/upgrade/rollback) is in progress")]
    InProgress {
        /// Who and since when, as far as it is known.
        holder: Holder,
    },
    /// Somebody else claimed the revision first.
    #[error("revision {revision} of `{name}` was claimed by somebody else")]
    Lost {
        /// The release.
        name: String,
        /// The revision.
        revision: u32,
        /// Who, as far as it is known.
        holder: Holder,
    },
    /// Kinds that the server does not serve; nothing was written.
    #[error("{}", unserved_text(.0))]
    Unserved(Vec<ObjectRef>),
    /// Objects that belong to somebody else; nothing was written.
    #[error("unable to continue with {verb}: {text}")]
    Foreign {
        /// `install` or `update`.
        verb: &'static str,
        /// Helm's sentence about the first of them.
        text: String,
    },
    /// Objects in the chart that cannot be what they say.
    #[error("{0}")]
    Document(String),
    /// A write failed, or what was waited for did not come; what happened before it is in the
    /// ledger.
    #[error("{description}")]
    Failed {
        /// Helm's sentence, without `INSTALLATION FAILED` and its like.
        description: String,
        /// The event that ended the operation.
        event: EventId,
        /// What the user can do about it, where the server's answer tells.
        hint: Option<Box<str>>,
        /// What was refused to the user, where it failed on that.
        denied: Option<Box<Denied>>,
    },
    /// An operation was interrupted and must be ended first.
    #[error("the last operation on `{name}` was interrupted")]
    Interrupted {
        /// The release.
        name: String,
    },
    /// Others went on where an operation was interrupted: it cannot be ended as it was meant.
    #[error("the interrupted operation on `{name}` was overtaken: {how}")]
    Overtaken {
        /// The release.
        name: String,
        /// By what.
        how: String,
    },
    /// There is nothing to resume or to abandon.
    #[error("no operation on `{name}` was interrupted")]
    NothingInterrupted {
        /// The release.
        name: String,
    },
    /// A hook's end is not known: its object is gone.
    #[error("nobody knows how hook {object} ended: its object is gone")]
    HookUnknown {
        /// The hook's object.
        object: ObjectRef,
    },
}

/// Whether a release that is not there was there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It was: the ledger has its revisions.
    Known,
    /// Nobody knows it.
    Never,
}

/// Who is at work on a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// By whom, in words: `another process on this machine`, `ledger 1f2e…`, `Helm`.
    pub by: String,
    /// The Secret that says so.
    pub record: String,
    /// Since when, RFC 3339.
    pub since: String,
    /// Until when the claim holds unless it is renewed, RFC 3339; empty for Helm's, which never
    /// end.
    pub until: String,
}

impl Error {
    /// Returns what was refused to the user, where that is what it failed on.
    pub fn denied(&self) -> Option<&Denied> {
        match self {
            Self::Unreachable(source) | Self::Cluster { source, .. } => source.denied(),
            Self::Failed { denied, .. } => denied.as_deref(),
            _ => None,
        }
    }

    /// Returns what the user can do about it, if there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreachable(ClusterError::Unauthorized { .. }) => Some(
                "the server does not know the user that the kubeconfig names: log in again"
                    .to_owned(),
            ),
            Self::Unreachable(_) => Some(
                "is the cluster up, and is it the one you mean? `--offline` reads what the ledger \
                 knows"
                    .to_owned(),
            ),
            Self::Cluster { source, .. } => cluster_hint(source),
            Self::NotFound { name, deleted: Deleted::Known } => Some(format!(
                "it was uninstalled: `--deleted` shows it, `rutter rollback {name} N` brings it back"
            )),
            Self::NameInUse { holder: Some(holder), .. } => {
                Some(format!("it is being worked on right now {holder}"))
            }
            Self::NameInUse { name, status, .. } if status.is_pending() => Some(format!(
                "its last operation was interrupted: `rutter resume {name}` ends it as it was \
                 meant, `rutter uninstall {name}` takes it away"
            )),
            Self::NameInUse { name, .. } => {
                Some(format!("`rutter upgrade --install {name}` does either"))
            }
            Self::NoDeployed { name } => Some(format!(
                "`rutter upgrade --install {name}` installs it where there is none, `rutter \
                 rollback {name} N` brings a revision back"
            )),
            Self::InProgress { holder } | Self::Lost { holder, .. } => Some(holder.to_string()),
            Self::Unserved(objects) => Some(unserved_hint(objects)),
            Self::Foreign { .. } => Some("`--take-ownership` makes them this release's".to_owned()),
            Self::Failed { hint: Some(hint), .. } => Some(hint.to_string()),
            Self::Failed { event, .. } => {
                Some(format!("`rutter ledger show {}` has what is known of it", event.sequence))
            }
            Self::Interrupted { name } => Some(format!(
                "`rutter resume {name}` ends it as it was meant, `rutter abandon {name}` gives it up"
            )),
            Self::NothingInterrupted { name } => {
                Some(format!("`rutter history {name}` shows how its operations ended"))
            }
            Self::Overtaken { name, .. } => {
                Some(format!("`rutter abandon {name}` gives it up; nothing else is changed"))
            }
            Self::HookUnknown { .. } => Some("`--rerun-hooks` runs it once more".to_owned()),
            Self::Ledger(error) => error.hint(),
            _ => None,
        }
    }
}

/// Returns what to do about an answer of the server.
pub(crate) fn cluster_hint(error: &ClusterError) -> Option<String> {
    match error {
        ClusterError::NotFound { message, .. } if message.starts_with("namespaces ") => {
            Some("`--create-namespace` makes it".to_owned())
        }
        ClusterError::Forbidden { denied, .. } => Some(format!(
            "user `{}` needs the right to {} {} {}",
            denied.user,
            denied.verb,
            denied.resource,
            match &denied.namespace {
                Some(namespace) => format!("in namespace `{namespace}`"),
                None => "in the whole cluster".to_owned(),
            }
        )),
        ClusterError::Conflict { fields, .. } if !fields.is_empty() => Some(conflict_hint(fields)),
        _ => None,
    }
}

/// Returns what to do about fields of other managers.
fn conflict_hint(fields: &[FieldConflict]) -> String {
    let mut managers: Vec<&str> = fields.iter().map(|it| it.manager.as_str()).collect();
    managers.sort_unstable();
    managers.dedup();
    format!(
        "`{}` set these fields: leave them out of the chart, or take them over with \
         `--force-conflicts`",
        managers.join("`, `")
    )
}

/// Helm's text for kinds that are not served: one line for each object, of cli-runtime's builder.
fn unserved_text(objects: &[ObjectRef]) -> String {
    let lines: Vec<String> = objects
        .iter()
        .map(|object| {
            format!(
                "resource mapping not found for name: \"{}\" namespace: \"{}\" from \"\": no \
                 matches for kind \"{}\" in version \"{}\"\nensure CRDs are installed first",
                object.name,
                object.namespace.as_deref().unwrap_or_default(),
                object.kind,
                object.api_version
            )
        })
        .collect();
    let text = match lines.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    format!("unable to build kubernetes objects from release manifest: {text}")
}

fn unserved_hint(objects: &[ObjectRef]) -> String {
    let mut kinds: Vec<String> =
        objects.iter().map(|it| format!("{} in {}", it.kind, it.api_version)).collect();
    kinds.sort();
    kinds.dedup();
    format!(
        "this server does not serve {}: a newer version of the chart may, or the CRDs are missing",
        kinds.join(", ")
    )
}

impl std::fmt::Display for Holder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "by {}, in {}", self.by, self.record)?;
        if !self.since.is_empty() {
            write!(formatter, ", since {}", self.since)?;
        }
        if !self.until.is_empty() {
            write!(formatter, ", until {} unless renewed", self.until)?;
        }
        Ok(())
    }
}
