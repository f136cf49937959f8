//! A frame: one event as bytes, chained to the one before. Knows nothing of what events mean, and
//! nothing of files.
//!
//! ```text
//!   0  magic      4   "RLEv"
//!   4  version    1   1
//!   5  flags      1   0
//!   6  kind       2
//!   8  schema     2
//!  10  zero       2
//!  12  epoch      4
//!  16  length     4   of the body
//!  20  zero       4
//!  24  sequence   8
//!  32  at         8   wall clock as read, ns since 1970, signed
//!  40  previous  32   hash of the frame before; zero in frame 1
//!  72  zero       4
//!  76  crc32c     4   of bytes 0 to 75
//!  80  body
//!   +  hash      32   blake3 (derive_key "rutter ledger 1 frame") of header and body
//!   +  zeros          to the next multiple of 8
//! ```
//!
//! Integers are little-endian.

use crate::digest::{Digest, FRAME, Sequence};
use crate::error::Error;

/// What each frame begins with.
pub(crate) const MAGIC: [u8; 4] = *b"RLEv";
/// The version of the header that this code writes.
pub(crate) const VERSION: u8 = 1;
/// Bytes before the body.
pub(crate) const HEADER: usize = 80;
/// Bytes of the hash after the body.
pub(crate) const HASH: usize = 32;
/// The largest frame, padding included.
pub const LARGEST_FRAME: usize = 64 * 1024;

/// The header of a frame, without what follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Number of the kind of event.
    pub kind: u16,
    /// Schema of its body.
    pub schema: u16,
    /// Epoch of the writer.
    pub epoch: u32,
    /// Number of the event.
    pub sequence: Sequence,
    /// Wall clock as read, in nanoseconds since 1970.
    pub at_ns: i64,
    /// Hash of the frame before.
    pub previous: Digest,
}

/// A frame that is whole: header, body, hash and its bytes agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    header: Header,
    hash: Digest,
    bytes: Vec<u8>,
}

/// Why bytes are no frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// They do not begin with the magic number, or end before the header does.
    NoHeader,
    /// The header's checksum does not fit: its length cannot be relied on.
    Header,
    /// A version or flag that this code does not know, with a good checksum.
    Unknown,
    /// The bytes end before the frame does.
    Short,
    /// The hash does not fit. The length can be relied on.
    Hash {
        /// How many bytes the frame takes.
        length: usize,
    },
}

impl Broken {
    /// Returns what is wrong, as a phrase.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoHeader => "no frame",
            Self::Header => "the header of a frame does not match its checksum",
            Self::Unknown => "a frame of an unknown version",
            Self::Short => "a frame is cut short",
            Self::Hash { .. } => "a frame does not match its hash",
        }
    }
}

impl Frame {
    /// Builds a frame from its header and body.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] beyond [`LARGEST_FRAME`].
    pub fn build(header: Header, body: &[u8]) -> Result<Self, Error> {
        let length = padded(HEADER + body.len() + HASH);
        let body_length = u32::try_from(body.len()).ok().filter(|_| length <= LARGEST_FRAME);
        let body_length = body_length.ok_or(Error::TooLarge { length })?;
        let mut bytes = Vec::with_capacity(length);
        bytes.extend(MAGIC);
        bytes.extend([VERSION, 0]);
        bytes.extend(header.kind.to_le_bytes());
        bytes.extend(header.schema.to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(header.epoch.to_le_bytes());
        bytes.extend(body_length.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(header.sequence.0.to_le_bytes());
        bytes.extend(header.at_ns.to_le_bytes());
        bytes.extend(header.previous.0);
        bytes.extend([0; 4]);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes.extend(body);
        let hash = Digest::derive(FRAME, &[&bytes]);
        bytes.extend(hash.0);
        bytes.resize(length, 0);
        Ok(Self { header, hash, bytes })
    }

    /// Reads the frame that `bytes` begin with; more may follow it.
    ///
    /// # Errors
    ///
    /// What is broken about it.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let (header, body_length) = read_header(bytes)?;
        let hashed = HEADER + body_length;
        let length = padded(hashed + HASH);
        let whole = bytes.get(..length).ok_or(Broken::Short)?;
        let (content, rest) = whole.split_at_checked(hashed).ok_or(Broken::Short)?;
        let stored = rest.first_chunk::<HASH>().ok_or(Broken::Short)?;
        let hash = Digest::derive(FRAME, &[content]);
        if hash.0 != *stored {
            return Err(Broken::Hash { length });
        }
        Ok(Self { header, hash, bytes: whole.to_vec() })
    }

    /// Returns the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the hash: what the next frame is chained to.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// Returns the frame as it is stored, padding included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the body.
    pub fn body(&self) -> &[u8] {
        let length = self.bytes.get(16..20).and_then(|it| it.first_chunk()).copied();
        let length = u32::from_le_bytes(length.unwrap_or_default()) as usize;
        self.bytes.get(HEADER..HEADER + length).unwrap_or_default()
    }

    /// Says whether the bytes after the hash are zero, as they were written.
    pub(crate) fn is_padding_clean(&self) -> bool {
        let end = HEADER + self.body().len() + HASH;
        self.bytes.get(end..).is_some_and(|padding| padding.iter().all(|byte| *byte == 0))
    }
}

/// Returns the next multiple of 8.
pub(crate) fn padded(length: usize) -> usize {
    length.next_multiple_of(8)
}

/// Reads a header and the length of the body that follows it.
fn read_header(bytes: &[u8]) -> Result<(Header, usize), Broken> {
    let bytes = bytes.first_chunk::<HEADER>().ok_or(Broken::NoHeader)?;
    if !bytes.starts_with(&MAGIC) {
        return Err(Broken::NoHeader);
    }
    let mut fields = Fields(bytes);
    fields.take::<4>();
    let [version, flags] = fields.take();
    let kind = u16::from_le_bytes(fields.take());
    let schema = u16::from_le_bytes(fields.take());
    let zeros = [u32::from(u16::from_le_bytes(fields.take()))];
    let epoch = u32::from_le_bytes(fields.take());
    let body_length = u32::from_le_bytes(fields.take()) as usize;
    let more_zeros = u32::from_le_bytes(fields.take());
    let sequence = Sequence(u64::from_le_bytes(fields.take()));
    let at_ns = i64::from_le_bytes(fields.take());
    let previous = Digest(fields.take());
    let last_zeros = u32::from_le_bytes(fields.take());
    let checksum = u32::from_le_bytes(fields.take());
    if crc32c::crc32c(bytes.get(..HEADER - 4).unwrap_or_default()) != checksum {
        return Err(Broken::Header);
    }
    let is_known = version == VERSION && flags == 0 && zeros == [0] && more_zeros | last_zeros == 0;
    if !is_known || padded(HEADER + body_length + HASH) > LARGEST_FRAME {
        return Err(Broken::Unknown);
    }
    Ok((Header { kind, schema, epoch, sequence, at_ns, previous }, body_length))
}

/// Fixed fields, one after the other; zeros beyond the end.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    /// Takes the next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.0.split_first_chunk::<N>() else { return [0; N] };
        self.0 = rest;
        *field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            kind: 4,
            schema: 1,
            epoch: 2,
            sequence: Sequence(7),
            at_ns: -1,
            previous: Digest([3; 32]),
        }
    }

    #[test]
    fn a_frame_reads_back() {
        let frame = Frame::build(header(), b"body").unwrap();
        let mut bytes = frame.bytes().to_vec();
        assert_eq!(bytes.len() % 8, 0);
        bytes.extend(b"what follows");
        let again = Frame::read(&bytes).unwrap();
        assert_eq!(again, frame);
        assert_eq!(again.body(), b"body");
    }

    #[test]
    fn every_flipped_byte_but_padding_breaks_a_frame() {
        let frame = Frame::build(header(), b"body").unwrap();
        for at in 0..HEADER + 4 + HASH {
            let mut bytes = frame.bytes().to_vec();
            bytes[at] ^= 0x10;
            assert!(Frame::read(&bytes).is_err(), "byte {at}");
        }
        let mut bytes = frame.bytes().to_vec();
        *bytes.last_mut().unwrap() = 1;
        assert!(!Frame::read(&bytes).unwrap().is_padding_clean());
    }

    #[test]
    fn a_frame_cut_anywhere_is_no_frame() {
        let frame = Frame::build(header(), b"body").unwrap();
        for length in 0..frame.bytes().len() {
            assert!(Frame::read(&frame.bytes()[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_frame_is_at_most_64_kib() {
        let most = LARGEST_FRAME - HEADER - HASH;
        assert!(Frame::build(header(), &vec![0; most]).is_ok());
        assert!(matches!(Frame::build(header(), &vec![0; most + 1]), Err(Error::TooLarge { .. })));
    }
}
