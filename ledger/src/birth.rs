//! How a ledger begins: a key pair, sixteen random bytes, and the frame that names them.

use ed25519_dalek::SigningKey;

use crate::digest::{Digest, Sequence, random_bytes};
use crate::error::Error;
use crate::event::{Event, Facts, LedgerCreated};
use crate::frame::{Frame, Header};
use crate::wire;

/// The secret half of a ledger's key: signs checkpoints. Never shown.
#[derive(Clone)]
pub(crate) struct SecretKey([u8; 32]);

impl SecretKey {
    /// Reads a key from its 32 bytes.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns its 32 bytes, for its file.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the public half.
    pub(crate) fn public(&self) -> [u8; 32] {
        SigningKey::from_bytes(&self.0).verifying_key().to_bytes()
    }
}

/// A ledger that is about to be born.
pub(crate) struct NewLedger {
    /// Its first frame, whose hash is its id.
    pub(crate) frame: Frame,
    /// Its key.
    pub(crate) key: SecretKey,
}

impl NewLedger {
    /// Makes one from the system's random bytes.
    pub(crate) fn random(at_ns: i64) -> Result<Self, Error> {
        let key = SecretKey(random_bytes()?);
        let created =
            LedgerCreated { public_key: key.public(), salt: random_bytes()?, facts: Facts::NONE };
        let event = Event::LedgerCreated(created);
        let (schema, body) = wire::encode(&event)?;
        let header = Header {
            kind: event.kind(),
            schema,
            epoch: 1,
            sequence: Sequence(1),
            at_ns,
            previous: Digest::ZERO,
        };
        Ok(Self { frame: Frame::build(header, &body)?, key })
    }
}
