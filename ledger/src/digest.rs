//! Hashes and the identifiers that are hashes or random bits, as values that cannot be mixed up.
//!
//! Everything that is hashed is hashed by BLAKE3 in its key derivation mode, with a context string
//! for each purpose, so that the bytes of a frame can never be taken for the bytes of an object.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::error::Error;

/// Context of the hash of a frame.
pub(crate) const FRAME: &str = "rutter ledger 1 frame";
/// Context of the name of an object.
pub(crate) const OBJECT: &str = "rutter ledger 1 object";
/// Context of a digest that a caller asks for.
pub(crate) const CONTENT: &str = "rutter ledger 1 content";
/// Context of the checksums of small files: mark, instance, headers of segments and packs.
pub(crate) const FILE: &str = "rutter ledger 1 file";
/// Context of the digest of a server's address, which is salted with the ledger's id.
pub(crate) const SERVER: &str = "rutter ledger 1 server";

/// 32 bytes of BLAKE3; shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// All zero: the predecessor of the first frame.
    pub const ZERO: Self = Self([0; 32]);

    /// Returns the digest of `bytes`, for chart archives, certificates and the like.
    ///
    /// Whoever can guess the bytes can confirm the guess: nothing secret goes in here.
    pub fn of(bytes: &[u8]) -> Self {
        Self::derive(CONTENT, &[bytes])
    }

    /// Returns the digest of a server's URL as it is kept in frames: salted with the ledger's id,
    /// so that two ledgers do not show that they speak to the same host.
    pub fn of_server(ledger: LedgerId, url: &str) -> Self {
        Self::derive(SERVER, &[&ledger.0.0, url.trim_end_matches('/').as_bytes()])
    }

    /// Hashes the concatenation of `parts` for one purpose.
    pub(crate) fn derive(context: &'static str, parts: &[&[u8]]) -> Self {
        if let [bytes] = parts {
            // In one piece it goes without the large state of a hasher.
            return Self(blake3::derive_key(context, bytes));
        }
        let mut hasher = blake3::Hasher::new_derive_key(context);
        for part in parts {
            hasher.update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }

    /// Returns the first twelve digits, for people.
    pub fn short(&self) -> String {
        let mut digits = self.to_string();
        digits.truncate(12);
        digits
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(out, &self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(out, &self.0)
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse_hex(text).map(Self)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The name of an object: the hash of its class, its salt and its content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct ObjectId(pub Digest);

impl fmt::Display for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for ObjectId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.parse().map(Self)
    }
}

/// The id of a ledger: the hash of its first frame.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct LedgerId(pub Digest);

impl fmt::Display for LedgerId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for LedgerId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.parse().map(Self)
    }
}

/// The place of an event in its ledger, from 1. This, never the clock, is the order of events.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Sequence(pub u64);

impl fmt::Display for Sequence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// The name of an event: which ledger, which number, which hash. Only all three together say that
/// two people mean the same event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct EventId {
    /// Ledger that holds the event.
    pub ledger: LedgerId,
    /// Its number there.
    pub sequence: Sequence,
    /// The hash of its frame.
    pub hash: Digest,
}

/// Shown as `SEQUENCE@HASH` with the hash cut to twelve digits.
impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}@{}", self.sequence, self.hash.short())
    }
}

/// 128 random bits that name an operation everywhere: in the ledger, in the annotation of the
/// cluster's record and, as `Audit-ID`, in the API server's own audit log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub [u8; 16]);

impl OperationId {
    /// Returns a fresh one from the operating system's random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomBytes`] where the system has none.
    pub fn random() -> Result<Self, Error> {
        random_bytes().map(Self)
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(out, &self.0)
    }
}

impl fmt::Debug for OperationId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(out, &self.0)
    }
}

impl FromStr for OperationId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse_hex(text).map(Self)
    }
}

impl Serialize for OperationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The name of a cluster inside one ledger: the event that first told it apart from the others.
///
/// Never a context's name, and never a server's address: see [`crate::Evidence`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct ClusterId(pub EventId);

/// Returns `N` bytes of the operating system's randomness.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::getrandom(&mut bytes).map_err(|source| Error::NoRandomBytes { source })?;
    Ok(bytes)
}

/// Writes bytes as hexadecimal digits.
fn write_hex(out: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    out.write_str(&digits.collect::<String>())
}

/// Reads exactly `N` bytes from hexadecimal digits.
fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], Error> {
    let refuse = || Error::NotHexadecimal { text: text.to_owned(), digits: N * 2 };
    if text.len() != N * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refuse());
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        let digits = text.get(at..at + 2).ok_or_else(refuse)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| refuse())?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_reads_back_from_its_digits() {
        let operation = OperationId([0xa5; 16]);
        assert_eq!(operation.to_string().parse::<OperationId>().unwrap(), operation);
        assert!("a5".parse::<OperationId>().is_err());
        assert!("zz".repeat(16).parse::<OperationId>().is_err());
    }

    #[test]
    fn one_server_has_another_digest_in_another_ledger() {
        let [one, two] = [1, 2].map(|byte| LedgerId(Digest([byte; 32])));
        let url = "https://10.0.0.1:6443";
        assert_ne!(Digest::of_server(one, url), Digest::of_server(two, url));
        assert_eq!(Digest::of_server(one, url), Digest::of_server(one, "https://10.0.0.1:6443/"));
    }
}
