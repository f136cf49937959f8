//! Events that are not part of an operation: the ledger's own life, and records of others.

use serde::Serialize;

use super::operation::{Chart, Recipes};
use super::place::{RecordRef, ReleaseRef};
use super::words::{Description, EpochReason, Status};
use super::{Facts, as_hex};
use crate::digest::{Digest, EventId, ObjectId};
use crate::name::Revision;

/// 1: the first frame; its hash is the ledger's id.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LedgerCreated {
    /// The ed25519 key whose secret half lies beside the ledger and signs its checkpoints.
    #[serde(serialize_with = "as_hex")]
    pub public_key: [u8; 32],
    /// Random bytes: no two ledgers have one id.
    #[serde(serialize_with = "as_hex")]
    pub salt: [u8; 16],
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 2: the ledger goes on in another place. Frames carry the epoch: two copies that both go on
/// are seen as a fork.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EpochOpened {
    /// Why.
    pub reason: EpochReason,
    /// Digest of the new place: machine, device and inode of the folder.
    pub instance: Digest,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// What was decoded from somebody else's record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ImportedFacts {
    /// As the record says.
    pub status: Status,
    /// Its chart.
    pub chart: Option<Chart>,
    /// Its description.
    pub description: Description,
    /// When the release was first deployed, in nanoseconds since 1970 (UTC).
    pub first_deployed_ns: i64,
    /// When this revision was deployed.
    pub last_deployed_ns: i64,
    /// When it was uninstalled.
    pub deleted_ns: Option<i64>,
    /// Values, manifest, hooks and notes as the record holds them.
    pub recipes: Recipes,
}

/// 12: a record that somebody else wrote into the cluster, at the time when it was *observed*.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Imported {
    /// Which release.
    pub release: ReleaseRef,
    /// Which revision of it.
    pub revision: Revision,
    /// The record in the cluster.
    pub record: RecordRef,
    /// A private object with the record's bytes as they were read.
    pub raw: ObjectId,
    /// What they say; none where they could not be decoded.
    pub decoded: Option<ImportedFacts>,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 13: acknowledged events are gone, and someone decided to go on without them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TailAbandoned {
    /// The number of the segment whose tail is left behind.
    pub segment: u32,
    /// How many of its bytes count.
    pub counts: u64,
    /// The last event that counts.
    pub last: EventId,
    /// The number of the last event that had been acknowledged, as `mark` says.
    pub acknowledged: u64,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// A frame whose kind or schema this version does not know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Opaque {
    /// The number of its kind.
    pub number: u16,
    /// Its schema.
    pub schema: u16,
    /// Its body, as it is.
    #[serde(serialize_with = "as_hex")]
    pub body: Vec<u8>,
}
