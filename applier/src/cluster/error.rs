//! The one error of a cluster; its variants are what a caller decides on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Kind;

/// A field that another manager owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// Who owns it, as the server names it: `kube-controller-manager`.
    pub manager: String,
    /// The field's path: `.spec.replicas`.
    pub field: String,
    /// The server's sentence: `conflict with "x" with subresource "scale" using apps/v1`.
    pub message: String,
}

/// One reason for which an object is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The field's path; empty where the whole object is meant.
    pub field: String,
    /// The server's word: `FieldValueRequired`.
    pub reason: String,
    /// The server's sentence.
    pub message: String,
}

/// What was refused to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// The user, as the server names it.
    pub user: String,
    /// The verb: `create`.
    pub verb: String,
    /// The resource, with its group where it has one: `deployments.apps`.
    pub resource: String,
    /// The namespace; `None` at the cluster's scope.
    pub namespace: Option<String>,
}

/// Why the server, or the way to it, did not do what was asked.
///
/// `message` is the server's own sentence where it gave one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// There is no such object.
    #[error("{message}")]
    NotFound {
        /// The server's sentence.
        message: String,
    },
    /// The name is taken.
    #[error("{message}")]
    AlreadyExists {
        /// The server's sentence.
        message: String,
    },
    /// Another manager owns fields, or (no `fields`) the object changed since it was read, or has
    /// another UID than the precondition.
    #[error("{message}")]
    Conflict {
        /// The server's sentence.
        message: String,
        /// The fields and their managers.
        fields: Vec<FieldConflict>,
    },
    /// The user may not do that.
    #[error("{message}")]
    Forbidden {
        /// The server's sentence.
        message: String,
        /// What it says, taken apart.
        denied: Box<Denied>,
    },
    /// The server does not know who we are.
    #[error("{message}")]
    Unauthorized {
        /// The server's sentence.
        message: String,
    },
    /// The object is not valid.
    #[error("{message}")]
    Invalid {
        /// The server's sentence.
        message: String,
        /// Each reason.
        causes: Vec<Cause>,
    },
    /// The server does not serve that kind.
    #[error("no matches for kind \"{}\" in version \"{}\"", kind.kind, kind.api_version)]
    Unserved {
        /// The kind.
        kind: Kind,
    },
    /// The resource version of a watch is too old.
    #[error("{message}")]
    Expired {
        /// The server's sentence.
        message: String,
    },
    /// Refused for a reason of another kind: a webhook, a quota, a policy.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        code: u16,
        /// The server's sentence.
        message: String,
    },
    /// Nothing was done, and the same may succeed later: 429, 503, a leader that changes.
    #[error("{message}")]
    Retryable {
        /// The server's sentence.
        message: String,
        /// How long the server asks to wait.
        after: Option<Duration>,
    },
    /// The request was sent, or may have been, and no answer came: it may have been carried out.
    #[error("{message}")]
    Unknown {
        /// What happened to the connection.
        message: String,
    },
    /// The server could not be reached: nothing was sent.
    #[error("{message}")]
    Unreachable {
        /// Why.
        message: String,
    },
}

impl ClusterError {
    /// Returns whether the object is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Returns what was refused to the user, where it was.
    pub fn denied(&self) -> Option<&Denied> {
        match self {
            Self::Forbidden { denied, .. } => Some(denied),
            _ => None,
        }
    }

    /// Returns whether the user may not do that.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden { .. })
    }
}
