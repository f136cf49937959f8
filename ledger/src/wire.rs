//! Events as bytes: which frozen struct stands for which kind and schema.
//!
//! The structs in `wire::v1` are never edited. A changed event gets a new schema and a new struct
//! beside the old one; the old one is lifted into today's event when it is read. Bodies are bincode
//! with `config::legacy()`: little-endian integers of fixed width, lengths as u64, `Option` as one
//! byte 0 or 1. Bytes that were stored are hashed as they are and never encoded again.

mod v1;
mod value;

use std::rc::Rc;

use bincode::config::{self, Configuration, Fixint, Limit, LittleEndian};

use self::value::Wire;
use crate::digest::{Digest, EventId, LedgerId};
use crate::error::Error;
use crate::event::{Event, Opaque, Recorded};
use crate::frame::{Frame, LARGEST_FRAME};

/// The one configuration: bincode 1's default layout, with a limit, since without one nine hostile
/// bytes ask for eight exbibytes.
const CONFIG: Configuration<LittleEndian, Fixint, Limit<LARGEST_FRAME>> =
    config::legacy().with_limit::<LARGEST_FRAME>();

impl Event {
    /// Returns the schema and the body of the event, as a frame holds them.
    pub fn encode(&self) -> Result<(u16, Vec<u8>), Error> {
        encode(self)
    }
}

impl Recorded {
    /// Returns the event that a frame holds; what does not decode stays opaque.
    pub fn read(frame: &Frame, ledger: LedgerId) -> Self {
        let header = frame.header();
        let event = decode(header.kind, header.schema, frame.body())
            .unwrap_or_else(|_| opaque(header.kind, header.schema, frame.body()));
        let id = EventId { ledger, sequence: header.sequence, hash: frame.hash() };
        Self { id, epoch: header.epoch, at_ns: header.at_ns, event }
    }
}

/// Returns the schema and the body of an event.
pub(crate) fn encode(event: &Event) -> Result<(u16, Vec<u8>), Error> {
    let body = match event {
        Event::LedgerCreated(it) => pack::<v1::LedgerCreatedV1, _>(it),
        Event::EpochOpened(it) => pack::<v1::EpochOpenedV1, _>(it),
        Event::ClusterIdentified(it) => pack::<v1::ClusterIdentifiedV1, _>(it),
        Event::Started(it) => pack::<v1::StartedV1, _>(&**it),
        Event::RevisionClaimed(it) => pack::<v1::RevisionClaimedV1, _>(it),
        Event::ObjectsApplied(it) => pack::<v1::ObjectsAppliedV1, _>(it),
        Event::HookStarted(it) => pack::<v1::HookStartedV1, _>(it),
        Event::HookFinished(it) => pack::<v1::HookFinishedV1, _>(it),
        Event::Finished(it) => pack::<v1::FinishedV1, _>(it),
        Event::Resumed(it) => pack::<v1::ResumedV1, _>(it),
        Event::Abandoned(it) => pack::<v1::AbandonedV1, _>(it),
        Event::Imported(it) => pack::<v1::ImportedV1, _>(&**it),
        Event::TailAbandoned(it) => pack::<v1::TailAbandonedV1, _>(it),
        Event::Opaque(opaque) => return Ok((opaque.schema, opaque.body.clone())),
    };
    let refuse = |error: bincode::error::EncodeError| Error::Body {
        kind: event.kind(),
        schema: 1,
        what: error.to_string(),
    };
    body.map(|body| (1, body)).map_err(refuse)
}

/// Returns the event that a body holds; what is not known stays opaque.
///
/// # Errors
///
/// [`Error::Body`] where a known kind and schema do not decode. The frame's hash was right, so
/// these are the bytes that were written: the caller may keep them as [`Event::Opaque`].
pub(crate) fn decode(kind: u16, schema: u16, body: &[u8]) -> Result<Event, Error> {
    let refuse = |what: String| Error::Body { kind, schema, what };
    let event = match (kind, schema) {
        (1, 1) => unpack::<v1::LedgerCreatedV1, _>(body).map(Event::LedgerCreated),
        (2, 1) => unpack::<v1::EpochOpenedV1, _>(body).map(Event::EpochOpened),
        (3, 1) => unpack::<v1::ClusterIdentifiedV1, _>(body).map(Event::ClusterIdentified),
        (4, 1) => unpack::<v1::StartedV1, _>(body).map(|it| Event::Started(Rc::new(it))),
        (5, 1) => unpack::<v1::RevisionClaimedV1, _>(body).map(Event::RevisionClaimed),
        (6, 1) => unpack::<v1::ObjectsAppliedV1, _>(body).map(Event::ObjectsApplied),
        (7, 1) => unpack::<v1::HookStartedV1, _>(body).map(Event::HookStarted),
        (8, 1) => unpack::<v1::HookFinishedV1, _>(body).map(Event::HookFinished),
        (9, 1) => unpack::<v1::FinishedV1, _>(body).map(Event::Finished),
        (10, 1) => unpack::<v1::ResumedV1, _>(body).map(Event::Resumed),
        (11, 1) => unpack::<v1::AbandonedV1, _>(body).map(Event::Abandoned),
        (12, 1) => unpack::<v1::ImportedV1, _>(body).map(|it| Event::Imported(Box::new(it))),
        (13, 1) => unpack::<v1::TailAbandonedV1, _>(body).map(Event::TailAbandoned),
        _ => Ok(opaque(kind, schema, body)),
    };
    event.map_err(refuse)
}

/// Returns a body as it is, for what cannot be read.
pub(crate) fn opaque(kind: u16, schema: u16, body: &[u8]) -> Event {
    Event::Opaque(Opaque { number: kind, schema, body: body.to_vec() })
}

/// Encodes by way of a frozen struct.
fn pack<W: Wire<N> + bincode::Encode, N>(now: &N) -> Result<Vec<u8>, bincode::error::EncodeError> {
    bincode::encode_to_vec(W::lower(now), CONFIG)
}

/// Decodes by way of a frozen struct; every byte has to be used.
fn unpack<W: Wire<N> + bincode::Decode<()>, N>(body: &[u8]) -> Result<N, String> {
    let (frozen, used): (W, usize) =
        bincode::decode_from_slice(body, CONFIG).map_err(|error| error.to_string())?;
    if used != body.len() {
        return Err(format!("{} bytes too many", body.len() - used));
    }
    frozen.lift().ok_or_else(|| "a number or a name in it is not known".to_owned())
}

/// Digests are written as their bytes.
impl Wire<Digest> for [u8; 32] {
    fn lower(now: &Digest) -> Self {
        now.0
    }

    fn lift(self) -> Option<Digest> {
        Some(Digest(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_is_kept_as_it_is() {
        let event = decode(999, 7, b"whatever").unwrap();
        assert_eq!(event, opaque(999, 7, b"whatever"));
        assert_eq!(encode(&event).unwrap(), (7, b"whatever".to_vec()));
    }

    #[test]
    fn nine_hostile_bytes_are_refused() {
        for kind in 1..=13 {
            assert!(decode(kind, 1, &[0xff; 9]).is_err(), "kind {kind}");
            assert!(decode(kind, 1, &[]).is_err(), "kind {kind}");
        }
    }
}
