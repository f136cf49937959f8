//! Why the ledger could not be read or extended, and what the user can do about it.

use std::io;
use std::path::PathBuf;

use crate::digest::{EventId, ObjectId, OperationId};
use crate::name::{Namespace, ReleaseName};

/// Why the ledger could not be read or extended.
///
/// The message says what happened and to what, and never repeats its source: the caller prints the
/// chain. What to do next is in [`Error::hint`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A text is no name of a release.
    #[error("`{0}` is not a release name")]
    NotAReleaseName(String),

    /// A text is no name of a namespace.
    #[error("`{0}` is not a namespace name")]
    NotANamespace(String),

    /// A text is no hash and no operation.
    #[error("`{text}` is not {digits} hexadecimal digits")]
    NotHexadecimal {
        /// The text.
        text: String,
        /// How many digits were wanted.
        digits: usize,
    },

    /// The operating system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomBytes {
        /// Why.
        source: getrandom::Error,
    },

    /// Somebody else appended to the same release first.
    #[error("release `{release}` in namespace `{namespace}` moved on: its last event is {last}")]
    Conflict {
        /// The release both writers had in hand.
        release: ReleaseName,
        /// Its namespace.
        namespace: Namespace,
        /// The event that came between.
        last: EventId,
    },

    /// The store's head is another one than the writer thought: read on, and try again.
    #[error("the ledger moved on while it was written to")]
    HeadMoved,

    /// The file lock for an append was not to be had in time.
    #[error("another process holds `{path}` for too long")]
    Busy {
        /// The file whose lock it holds.
        path: PathBuf,
    },

    /// Someone works on this operation right now.
    #[error("operation {0} is being worked on by another process")]
    OperationAlive(OperationId),

    /// Bytes are not what they were when they were acknowledged.
    #[error("the ledger is damaged: {what} in `{path}` at byte {offset}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// What does not fit.
        what: String,
    },

    /// An object that an event names is not there.
    #[error("object {0} is missing from the ledger")]
    ObjectMissing(ObjectId),

    /// An object is not what its kind of content should be.
    #[error("object {object} does not hold {wanted}")]
    NotContent {
        /// The object.
        object: ObjectId,
        /// What it should hold, as a phrase.
        wanted: &'static str,
    },

    /// An event is larger than a frame may be.
    #[error("an event of {length} bytes does not fit into a frame")]
    TooLarge {
        /// How many bytes its frame would take.
        length: usize,
    },

    /// An event could not be encoded or decoded.
    #[error("a body of kind {kind}, schema {schema}, does not decode: {what}")]
    Body {
        /// The kind.
        kind: u16,
        /// Its schema.
        schema: u16,
        /// What does not fit.
        what: String,
    },

    /// The ledger was opened for reading only.
    #[error("the ledger was opened for reading only")]
    ReadOnly,

    /// An earlier sync failed: nothing that this process wrote since can be vouched for.
    #[error("an earlier sync of `{path}` failed; this process writes no more to the ledger")]
    Poisoned {
        /// The file.
        path: PathBuf,
    },

    /// The data may not have reached the disk.
    #[error("could not sync `{path}`: what was written last may not be on disk")]
    Sync {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },

    /// The disk, the quota or the size limit is used up.
    #[error("no room for the ledger at `{path}`")]
    NoRoom {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// The place cannot be written to.
    #[error("`{path}` cannot be written to")]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// The place belongs to somebody else.
    #[error("`{path}` belongs to user {owner}, not to user {user}")]
    ForeignOwner {
        /// The folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who is running.
        user: u32,
    },

    /// The filesystem does not keep the promises that the ledger needs.
    #[error("`{path}` is on {filesystem}, where locks and syncs cannot be relied on")]
    UnfitFilesystem {
        /// The folder.
        path: PathBuf,
        /// Its kind of filesystem.
        filesystem: &'static str,
    },

    /// The ledger is of a format that this version does not know.
    #[error("`{path}` says `{format}`, which this version does not know")]
    UnknownFormat {
        /// The `FORMAT` file.
        path: PathBuf,
        /// Its line.
        format: String,
    },

    /// A file could not be read or written.
    #[error("could not {action} `{path}`")]
    Io {
        /// What was being done, as a phrase that follows "could not".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// The variable by which a caller lets users have their way with unfit filesystems.
pub const ANY_FILESYSTEM: &str = "RUTTER_ANY_FILESYSTEM";

impl Error {
    /// Returns what the user can do about it, if there is something.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Conflict { release, namespace, .. } => format!(
                "run `rutter history {release} -n {namespace}` to see who; if they are done, try again"
            ),
            Self::HeadMoved | Self::Busy { .. } => "try again in a moment".to_owned(),
            Self::OperationAlive(_) => "wait until it is done, or stop that process".to_owned(),
            Self::Damaged { .. } | Self::ObjectMissing(_) | Self::NotContent { .. } => {
                "run `rutter ledger verify` to see all that is damaged".to_owned()
            }
            Self::Poisoned { .. } | Self::Sync { .. } => {
                "look at the disk (`dmesg`), then run `rutter ledger verify`".to_owned()
            }
            Self::NoRoom { .. } => {
                "make room on that disk, or set RUTTER_HOME to another".to_owned()
            }
            Self::NotWritable { .. }
            | Self::ForeignOwner { .. }
            | Self::Io { action: "create", .. } => {
                "set RUTTER_HOME to a folder of your own".to_owned()
            }
            Self::UnfitFilesystem { .. } => format!(
                "set RUTTER_HOME to a local disk, or {ANY_FILESYSTEM}=1 if you know that only one machine writes there"
            ),
            Self::UnknownFormat { .. } => "use the version of rutter that wrote it".to_owned(),
            Self::NotAReleaseName(_) => {
                "lower case letters, digits, `-` and `.`, at most 53 characters".to_owned()
            }
            Self::NotANamespace(_) => {
                "lower case letters, digits and `-`, at most 63 characters".to_owned()
            }
            Self::NotHexadecimal { .. }
            | Self::NoRandomBytes { .. }
            | Self::TooLarge { .. }
            | Self::Body { .. }
            | Self::ReadOnly
            | Self::Io { .. } => return None,
        };
        Some(hint)
    }

    /// Returns the exit code that a `ledger` command ends with for this error: 10 damaged, 14
    /// unreadable, 75 try again, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Damaged { .. } | Self::ObjectMissing(_) | Self::NotContent { .. } => 10,
            Self::UnknownFormat { .. } | Self::Io { .. } => 14,
            Self::HeadMoved | Self::Busy { .. } => 75,
            _ => 1,
        }
    }
}
