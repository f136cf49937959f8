//! The whole vocabulary of the ledger: what an event can say. What an event *means* is known by
//! the fold alone, how it is written by `wire`.
//!
//! Events hold numbers, fixed words, names of Kubernetes objects and names of ledger objects, and
//! nothing that someone may later have to take back: free text, people and secrets are private
//! objects that an event names.

mod objects;
mod operation;
mod place;
mod record;
mod words;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Serialize, Serializer, ser::SerializeMap};

pub use self::operation::{
    Abandoned, Chart, Finished, HookFinished, HookStarted, ObjectsApplied, Provenance, Recipes,
    Resumed, RevisionClaimed, Server, Started,
};
pub use self::place::{ClusterIdentified, Evidence, ObjectRef, RecordRef, ReleaseRef, Uid};
pub use self::record::{
    EpochOpened, Imported, ImportedFacts, LedgerCreated, Opaque, TailAbandoned,
};
pub use self::words::{
    Action, ApplyMethod, Description, EpochReason, HookOutcome, HookPoint, Outcome, Records,
    Status, Verb,
};

use crate::digest::{EventId, OperationId};

/// One thing that happened. The number before each kind is its number in frames, for ever.
///
/// Set aside for later: 14 `Refused`, 15 `Approved`, 16 `Redacted`, 17 `Pruned`, 18 `Restored`,
/// 19 `KeyAdded`, 20 `Checkpointed`. A reader that meets them today keeps them as
/// [`Event::Opaque`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind")]
pub enum Event {
    /// 1: the first frame; its hash is the ledger's id.
    LedgerCreated(LedgerCreated),
    /// 2: this ledger goes on in another place than where it was written before.
    EpochOpened(EpochOpened),
    /// 3: evidence of which cluster is spoken to.
    ClusterIdentified(ClusterIdentified),
    /// 4: an operation is about to write to the cluster.
    Started(#[serde(serialize_with = "shared")] Rc<Started>),
    /// 5: the cluster's record of the revision is ours.
    RevisionClaimed(RevisionClaimed),
    /// 6: the steps up to one barrier of the plan were done.
    ObjectsApplied(ObjectsApplied),
    /// 7: a hook is about to run, or its object exists now.
    HookStarted(HookStarted),
    /// 8: a hook came to an end.
    HookFinished(HookFinished),
    /// 9: an operation came to its end.
    Finished(Finished),
    /// 10: an interrupted operation goes on.
    Resumed(Resumed),
    /// 11: an interrupted operation was given up.
    Abandoned(Abandoned),
    /// 12: a record that somebody else wrote into the cluster was read.
    Imported(Box<Imported>),
    /// 13: acknowledged events are gone, and someone decided to go on without them.
    TailAbandoned(TailAbandoned),
    /// Any number or schema that this version does not know: kept, chained and shown as bytes.
    Opaque(Opaque),
}

impl Event {
    /// Returns the number of the kind, as frames have it.
    pub fn kind(&self) -> u16 {
        match self {
            Self::LedgerCreated(_) => 1,
            Self::EpochOpened(_) => 2,
            Self::ClusterIdentified(_) => 3,
            Self::Started(_) => 4,
            Self::RevisionClaimed(_) => 5,
            Self::ObjectsApplied(_) => 6,
            Self::HookStarted(_) => 7,
            Self::HookFinished(_) => 8,
            Self::Finished(_) => 9,
            Self::Resumed(_) => 10,
            Self::Abandoned(_) => 11,
            Self::Imported(_) => 12,
            Self::TailAbandoned(_) => 13,
            Self::Opaque(opaque) => opaque.number,
        }
    }

    /// Returns the name of the kind in CamelCase; `Opaque` for what this version cannot read.
    pub fn name(&self) -> &'static str {
        match self {
            Self::LedgerCreated(_) => "LedgerCreated",
            Self::EpochOpened(_) => "EpochOpened",
            Self::ClusterIdentified(_) => "ClusterIdentified",
            Self::Started(_) => "Started",
            Self::RevisionClaimed(_) => "RevisionClaimed",
            Self::ObjectsApplied(_) => "ObjectsApplied",
            Self::HookStarted(_) => "HookStarted",
            Self::HookFinished(_) => "HookFinished",
            Self::Finished(_) => "Finished",
            Self::Resumed(_) => "Resumed",
            Self::Abandoned(_) => "Abandoned",
            Self::Imported(_) => "Imported",
            Self::TailAbandoned(_) => "TailAbandoned",
            Self::Opaque(_) => "Opaque",
        }
    }

    /// Returns the `Started` that this event belongs to, for events within an operation.
    pub fn operation(&self) -> Option<EventId> {
        match self {
            Self::RevisionClaimed(it) => Some(it.operation),
            Self::ObjectsApplied(it) => Some(it.operation),
            Self::HookStarted(it) => Some(it.operation),
            Self::HookFinished(it) => Some(it.operation),
            Self::Finished(it) => Some(it.operation),
            Self::Resumed(it) => Some(it.operation),
            Self::Abandoned(it) => Some(it.operation),
            Self::LedgerCreated(_)
            | Self::EpochOpened(_)
            | Self::ClusterIdentified(_)
            | Self::Started(_)
            | Self::Imported(_)
            | Self::TailAbandoned(_)
            | Self::Opaque(_) => None,
        }
    }

    /// Returns the random id of the operation that this event opens, if it opens one.
    pub fn opens(&self) -> Option<OperationId> {
        match self {
            Self::Started(started) => Some(started.operation),
            _ => None,
        }
    }
}

/// An event as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// Its name.
    pub id: EventId,
    /// The epoch it was written in.
    pub epoch: u32,
    /// The writer's wall clock as it was read, in nanoseconds since 1970 (UTC). It may jump.
    pub at_ns: i64,
    /// What happened.
    pub event: Event,
}

/// Facts that came later than the schema: sorted pairs of a number and bytes at the end of each
/// body. What a version does not know it keeps.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Facts(pub BTreeMap<u16, Vec<u8>>);

impl Facts {
    /// No facts beyond the schema.
    pub const NONE: Self = Self(BTreeMap::new());
}

/// As a map of numbers to hexadecimal digits.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (number, bytes) in &self.0 {
            map.serialize_entry(&number.to_string(), &Hex(bytes).to_string())?;
        }
        map.end()
    }
}

/// Bytes shown as hexadecimal digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// Serialises what is shared as what it is.
fn shared<T: Serialize, S: Serializer>(shared: &Rc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    shared.as_ref().serialize(serializer)
}

/// Serialises bytes as hexadecimal digits, for `serialize_with`.
pub(crate) fn as_hex<S: Serializer>(
    bytes: &impl AsRef<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Hex(bytes.as_ref()))
}
