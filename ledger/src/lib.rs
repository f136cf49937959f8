//! What was done to releases: an append-only list of events, the objects they name, and the state
//! that follows from them.
//!
//! Knows no cluster, no clock, no environment and no terminal: what it needs is handed to it.
//!
//! * [`Ledger`] reads and appends; [`MemoryStore`] and [`LocalStore`] and [`MemoryStore`] keep.
//! * [`Event`] is the vocabulary; [`State`] is what events mean.
//! * [`verify`] believes nothing but hashes; [`log()`] reads around what is broken.
//!
//! ```
//! use ledger::{Class, Ledger, MemoryStore, ready};
//!
//! # fn main() -> Result<(), ledger::Error> {
//! // A local store never waits, so no runtime is needed.
//! let mut ledger = ready(Ledger::open(MemoryStore::new(0)))?;
//! let id = ready(ledger.put(Class::Plain, b"kind: ConfigMap\n".to_vec()))?;
//! assert_eq!(ready(ledger.get(id))?, b"kind: ConfigMap\n");
//! # Ok(())
//! # }
//! ```

mod birth;
mod digest;
mod error;
mod event;
mod fold;
mod frame;
mod layout;
mod ledger;
mod log;
mod name;
mod object;
mod pack;
mod store;
mod verify;
mod wire;

pub use self::digest::{ClusterId, Digest, EventId, LedgerId, ObjectId, OperationId, Sequence};
pub use self::error::{ANY_FILESYSTEM, Error};
pub use self::event::{
    Abandoned, Action, ApplyMethod, Chart, ClusterIdentified, Description, EpochOpened,
    EpochReason, Event, Evidence, Facts, Finished, HookFinished, HookOutcome, HookPoint,
    HookStarted, Imported, ImportedFacts, LedgerCreated, ObjectRef, ObjectsApplied, Opaque,
    Outcome, Provenance, Recipes, RecordRef, Recorded, Records, ReleaseRef, Resumed,
    RevisionClaimed, Server, Started, Status, TailAbandoned, Uid, Verb,
};
pub use self::fold::{
    AsOf, ClockJump, Cluster, Ended, HookRun, Life, Lives, Operation, OperationEnd, Origin,
    Release, ReleaseKey, RevisionEntry, State,
};
pub use self::frame::{Broken, Frame, Header, LARGEST_FRAME};
pub use self::ledger::{Expected, Ledger};
pub use self::log::{Log, LogEntry, log};
pub use self::name::{LifeNumber, Namespace, ReleaseName, Revision};
pub use self::object::{Class, Object, Recipe, StepResult, decode_results, encode_results};
pub use self::store::{
    Filesystems, Head, Limits, LocalStore, MemoryStore, Notice, Opening, OperationLock,
    OperationLocks, Store, ready,
};
pub use self::verify::{Finding, Report, Severity, verify};
