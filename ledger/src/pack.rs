//! Records in packs: one object as bytes. Touches no disk.
//!
//! ```text
//!   0  magic     4  "RLob"
//!   4  version   1  1
//!   5  class     1  1 plain, 2 private
//!   6  encoding  1  0 as it is, 1 zstd
//!   7  zero      1
//!   8  length    8  of the content
//!  16  stored    8  bytes after this header
//!  24  zero      4
//!  28  crc32c    4  of the stored bytes
//!  32  name     32
//!  64  salt     32  zero for plain ones
//!  96  zero      4
//! 100  crc32c    4  of bytes 0 to 99
//! 104  stored bytes
//!   +  zeros        to the next multiple of 8
//! ```

use std::io::Read;

use crate::digest::{Digest, ObjectId};
use crate::error::Error;
use crate::frame::{Fields, padded};
use crate::object::{Class, Object};

/// What each record begins with.
pub(crate) const MAGIC: [u8; 4] = *b"RLob";
/// Bytes before the stored ones.
pub(crate) const HEADER: usize = 104;
/// Less is not worth compressing.
const SMALL: usize = 128;
/// Level of zstd: manifests are small and written once, so that speed counts for more.
const LEVEL: i32 = 3;
/// The largest content of an object: a length beyond this is damage.
const LARGEST: u64 = 1 << 30;

/// The header of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordHeader {
    pub(crate) class: Class,
    pub(crate) is_compressed: bool,
    pub(crate) length: u64,
    pub(crate) stored: u64,
    pub(crate) checksum: u32,
    pub(crate) id: ObjectId,
    pub(crate) salt: [u8; 32],
}

impl RecordHeader {
    /// Returns how many bytes the record takes.
    pub(crate) fn total(&self) -> u64 {
        (HEADER as u64 + self.stored).next_multiple_of(8)
    }

    /// Reads the header that `bytes` begin with; none where there is none.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.first_chunk::<HEADER>()?;
        let (content, checksum) = bytes.split_last_chunk::<4>()?;
        if !bytes.starts_with(&MAGIC) || crc32c::crc32c(content).to_le_bytes() != *checksum {
            return None;
        }
        let mut fields = Fields(bytes.get(4..)?);
        let [version, class, encoding, zero] = fields.take();
        let class = Class::ALL.into_iter().find(|it| it.code() == class)?;
        let length = u64::from_le_bytes(fields.take());
        let stored = u64::from_le_bytes(fields.take());
        fields.take::<4>();
        let checksum = u32::from_le_bytes(fields.take());
        let id = ObjectId(Digest(fields.take()));
        let salt = fields.take();
        let is_known = version == 1 && zero == 0 && encoding <= 1;
        let is_sane = length <= LARGEST && stored <= LARGEST;
        let is_compressed = encoding == 1;
        let header = Self { class, is_compressed, length, stored, checksum, id, salt };
        (is_known && is_sane).then_some(header)
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, self.class.code(), u8::from(self.is_compressed), 0]);
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(self.stored.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.checksum.to_le_bytes());
        bytes.extend(self.id.0.0);
        bytes.extend(self.salt);
        bytes.extend([0; 4]);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Returns the object whose record has this header and these stored bytes; none where it is
    /// not the object of that name.
    pub(crate) fn open(&self, stored: &[u8]) -> Option<Object> {
        if crc32c::crc32c(stored) != self.checksum || stored.len() as u64 != self.stored {
            return None;
        }
        let content = if self.is_compressed { self.expand(stored)? } else { stored.to_vec() };
        let object = Object::from_parts(self.class, self.salt, content);
        (object.content().len() as u64 == self.length && object.id() == self.id).then_some(object)
    }

    /// Expands stored bytes, at most to the length that the header says.
    fn expand(&self, stored: &[u8]) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let decoder = zstd::stream::read::Decoder::new(stored).ok()?;
        decoder.take(self.length + 1).read_to_end(&mut content).ok()?;
        Some(content)
    }
}

/// Returns the record of an object, padding included.
///
/// # Errors
///
/// [`Error::TooLarge`] beyond 1 GiB.
pub(crate) fn encode(object: &Object) -> Result<Vec<u8>, Error> {
    let content = object.content();
    if content.len() as u64 > LARGEST {
        return Err(Error::TooLarge { length: content.len() });
    }
    let packed =
        if content.len() < SMALL { None } else { zstd::bulk::compress(content, LEVEL).ok() };
    let packed = packed.filter(|packed| packed.len() < content.len());
    let stored = packed.as_deref().unwrap_or(content);
    let header = RecordHeader {
        class: object.class(),
        is_compressed: packed.is_some(),
        length: content.len() as u64,
        stored: stored.len() as u64,
        checksum: crc32c::crc32c(stored),
        id: object.id(),
        salt: *object.salt(),
    };
    let mut bytes = header.encode();
    bytes.extend(stored);
    bytes.resize(padded(bytes.len()), 0);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_back_small_large_and_private() {
        let contents = [vec![], b"small".to_vec(), b"kind: Deployment\n".repeat(100)];
        for content in contents {
            let private = Object::private(content.clone()).unwrap();
            for object in [Object::plain(content), private] {
                let bytes = encode(&object).unwrap();
                let header = RecordHeader::read(&bytes).unwrap();
                assert_eq!(header.total(), bytes.len() as u64);
                let stored = &bytes[HEADER..][..usize::try_from(header.stored).unwrap()];
                assert_eq!(header.open(stored).unwrap(), object);
            }
        }
    }

    #[test]
    fn every_flipped_byte_of_a_record_is_seen() {
        let object = Object::plain(b"kind: Deployment\n".repeat(20));
        let bytes = encode(&object).unwrap();
        let end = HEADER + usize::try_from(RecordHeader::read(&bytes).unwrap().stored).unwrap();
        for at in 0..end {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x20;
            let opened = RecordHeader::read(&bytes).and_then(|it| it.open(&bytes[HEADER..end]));
            assert!(opened.is_none(), "byte {at}");
        }
    }
}
