//! The fixed words of events. Each has a number in frames, fixed for ever, and a word for people.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::digest::ObjectId;
use crate::name::Revision;

/// Defines an enum of fixed words with their numbers in frames.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every one of them, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the number that frames hold.
            pub fn code(self) -> u16 {
                match self { $(Self::$variant => $code,)* }
            }

            /// Returns what a number in a frame stands for.
            pub fn from_code(code: u16) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// Returns the word for people and for JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

words! {
    /// What an operation does.
    Verb {
        /// First revision of a life.
        Install = 1 "install",
        /// The next revision from a chart.
        Upgrade = 2 "upgrade",
        /// The next revision from what the ledger holds.
        Rollback = 3 "rollback",
        /// The end of a life.
        Uninstall = 4 "uninstall",
    }
}

words! {
    /// How objects are written to the cluster.
    ApplyMethod {
        /// Server-side apply.
        ServerSide = 1 "server-side",
        /// The three-way merge of Helm 3, for releases that stay with it.
        ClientSide = 2 "client-side",
    }
}

words! {
    /// What a step did to an object.
    Action {
        /// The object was not there.
        Created = 1 "created",
        /// The object was there and differs now.
        Updated = 2 "updated",
        /// The object was as wanted.
        Unchanged = 3 "unchanged",
        /// The object was there, belonged to nobody, and is the release's now.
        Adopted = 4 "adopted",
        /// The object was deleted and made again.
        Recreated = 5 "recreated",
        /// The object is gone.
        Deleted = 6 "deleted",
        /// The object is no longer wanted and stays, as its policy says.
        Kept = 7 "kept",
        /// The server refused.
        Failed = 8 "failed",
    }
}

words! {
    /// When a hook runs (Helm's `pkg/release/v1/hook.go`).
    HookPoint {
        /// Before the objects of an install.
        PreInstall = 1 "pre-install",
        /// After the objects of an install.
        PostInstall = 2 "post-install",
        /// Before objects are deleted.
        PreDelete = 3 "pre-delete",
        /// After objects are deleted.
        PostDelete = 4 "post-delete",
        /// Before the objects of an upgrade.
        PreUpgrade = 5 "pre-upgrade",
        /// After the objects of an upgrade.
        PostUpgrade = 6 "post-upgrade",
        /// Before the objects of a rollback.
        PreRollback = 7 "pre-rollback",
        /// After the objects of a rollback.
        PostRollback = 8 "post-rollback",
        /// On request.
        Test = 9 "test",
    }
}

words! {
    /// How a hook ended.
    HookOutcome {
        /// It ran to its end.
        Succeeded = 1 "Succeeded",
        /// It failed; the evidence says why.
        Failed = 2 "Failed",
        /// Nobody can tell.
        Unknown = 3 "Unknown",
    }
}

words! {
    /// Why an epoch was opened.
    EpochReason {
        /// The folder is a copy, was moved to another disk, or runs on another machine now.
        Moved = 1 "moved",
        /// The ledger was restored from a backup.
        Restored = 2 "restored",
        /// An acknowledged tail was given up.
        TailAbandoned = 3 "tail-abandoned",
    }
}

words! {
    /// What became of the cluster's records of a release that was uninstalled.
    Records {
        /// Deleted: Helm knows the release no longer.
        Deleted = 1 "deleted",
        /// Kept, by `--keep-history`.
        Kept = 2 "kept",
    }
}

words! {
    /// The state of a revision: Helm's words (`pkg/release/common/status.go`) and one of ours.
    Status {
        /// Nobody can tell.
        Unknown = 1 "unknown",
        /// The revision that counts.
        Deployed = 2 "deployed",
        /// The release is gone and its records were kept.
        Uninstalled = 3 "uninstalled",
        /// A later revision took its place.
        Superseded = 4 "superseded",
        /// It did not come to a good end.
        Failed = 5 "failed",
        /// It is being taken down.
        Uninstalling = 6 "uninstalling",
        /// An install is under way.
        PendingInstall = 7 "pending-install",
        /// An upgrade is under way.
        PendingUpgrade = 8 "pending-upgrade",
        /// A rollback is under way.
        PendingRollback = 9 "pending-rollback",
        /// Ours: the operation began, has no end, and nobody is working on it.
        Interrupted = 10 "interrupted",
    }
}

impl Status {
    /// Says whether an operation on the revision has begun and not ended.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingInstall | Self::PendingUpgrade | Self::PendingRollback)
    }
}

/// How an operation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase", tag = "outcome")]
pub enum Outcome {
    /// The revision is deployed.
    Deployed,
    /// It failed; description and evidence say why.
    Failed,
    /// The release is gone.
    Uninstalled {
        /// What became of the cluster's records.
        records: Records,
    },
    /// Somebody else claimed the revision first: nothing was written to the cluster.
    Lost {
        /// A private object that says who, if that could be read.
        holder: Option<ObjectId>,
    },
}

/// Helm's description of a revision: a fixed sentence, or text of its own in a private object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Description {
    /// `Initial install underway`.
    InstallUnderway,
    /// `Install complete`.
    InstallComplete,
    /// `Preparing upgrade`.
    UpgradeUnderway,
    /// `Upgrade complete`.
    UpgradeComplete,
    /// `Rollback to N`.
    RollbackTo(Revision),
    /// `Deletion in progress (or silently failed)`.
    DeletionUnderway,
    /// `Uninstallation complete`.
    UninstallComplete,
    /// `Abandoned`, ours: an interrupted operation was given up.
    Abandoned,
    /// Anything else, such as a failure with the server's words, or `--description`.
    Text(ObjectId),
}

impl Description {
    /// Returns the sentence where it is a fixed one; [`Description::Text`] is in its object.
    pub fn fixed(self) -> Option<String> {
        let sentence = match self {
            Self::InstallUnderway => "Initial install underway",
            Self::InstallComplete => "Install complete",
            Self::UpgradeUnderway => "Preparing upgrade",
            Self::UpgradeComplete => "Upgrade complete",
            Self::RollbackTo(revision) => return Some(format!("Rollback to {revision}")),
            Self::DeletionUnderway => "Deletion in progress (or silently failed)",
            Self::UninstallComplete => "Uninstallation complete",
            Self::Abandoned => "Abandoned",
            Self::Text(_) => return None,
        };
        Some(sentence.to_owned())
    }
}

/// A fixed sentence as itself, anything else as `{"object": NAME}`.
impl Serialize for Description {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(object) => serializer.collect_map([("object", object)]),
            fixed => serializer.collect_str(&fixed.fixed().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_number_of_its_own() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(*status));
        }
        assert_eq!(Verb::from_code(0), None);
    }

    #[test]
    fn descriptions_are_helms_sentences() {
        // From `helm history` of Helm 4.3.1.
        let sentence = Description::RollbackTo(Revision(1)).fixed().unwrap();
        assert_eq!(sentence, "Rollback to 1");
        assert_eq!(Description::UpgradeUnderway.fixed().unwrap(), "Preparing upgrade");
    }
}
