//! Which files a ledger consists of, and the small fixed ones among them as bytes: headers of
//! segments and packs, `mark`, `instance`. Touches no disk.
//!
//! Each fixed record ends with 32 bytes of `blake3` (`derive_key` "rutter ledger 1 file") of what is
//! before them. Integers are little-endian.

use crate::digest::{Digest, FILE, LedgerId, Sequence};
use crate::frame::Fields;
use crate::object::Class;

/// What `FORMAT` says, until the format is finished.
pub(crate) const FORMAT_LINE: &str = "rutter ledger, format 1-draft\n";
/// One line of text that says which format this is.
pub(crate) const FORMAT: &str = "FORMAT";
/// How far events and packs are known to be on disk; also the file that appends lock.
pub(crate) const MARK: &str = "mark";
/// Where the ledger is at home.
pub(crate) const INSTANCE: &str = "instance";
/// The secret half of its key.
pub(crate) const KEY: &str = "key";
/// The folder of segments.
pub(crate) const EVENTS: &str = "events";
/// The folder of packs.
pub(crate) const OBJECTS: &str = "objects";
/// The folder of locks, one for each operation that lives.
pub(crate) const OPERATIONS: &str = "ops";

/// Bytes of a segment's header.
pub(crate) const SEGMENT_HEADER: usize = 160;
/// Bytes of a pack's header.
pub(crate) const PACK_HEADER: usize = 128;
/// Bytes of `mark`.
pub(crate) const MARK_LENGTH: usize = 160;
/// Bytes of `instance`.
pub(crate) const INSTANCE_LENGTH: usize = 88;

/// Returns the name of a segment's file.
pub(crate) fn segment_name(number: u32) -> String {
    format!("{number:08}.seg")
}

/// Returns the name of a pack's file.
pub(crate) fn pack_name(class: Class, number: u32) -> String {
    format!("{}-{number:08}.pack", class.as_str())
}

/// Returns the number of a segment from its file's name.
pub(crate) fn segment_number(name: &str) -> Option<u32> {
    let number = name.strip_suffix(".seg")?.parse().ok()?;
    (segment_name(number) == name).then_some(number)
}

/// Returns the class and number of a pack from its file's name.
pub(crate) fn pack_number(name: &str) -> Option<(Class, u32)> {
    let numbered = |class: Class| {
        let stem = name.strip_suffix(".pack")?.strip_prefix(class.as_str())?;
        let number = stem.strip_prefix('-')?.parse().ok()?;
        (pack_name(class, number) == name).then_some((class, number))
    };
    Class::ALL.into_iter().find_map(numbered)
}

/// Why the file before this one was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Closed {
    /// There is none before it.
    First,
    /// It was full.
    Full,
    /// It ended in the middle of a write that nobody acknowledged.
    Torn,
    /// Its end may not have reached the disk and was copied into this file.
    Unsynced,
    /// Acknowledged events at its end are gone, and someone decided to go on.
    Abandoned,
}

impl Closed {
    fn code(self) -> u16 {
        match self {
            Self::First => 0,
            Self::Full => 1,
            Self::Torn => 2,
            Self::Unsynced => 3,
            Self::Abandoned => 4,
        }
    }

    fn from_code(code: u16) -> Option<Self> {
        let all = [Self::First, Self::Full, Self::Torn, Self::Unsynced, Self::Abandoned];
        all.into_iter().find(|it| it.code() == code)
    }

    /// Returns the reason as a phrase.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::First => "it is the first",
            Self::Full => "it was full",
            Self::Torn => "it ended in the middle of a write",
            Self::Unsynced => "its end may not have reached the disk and was copied",
            Self::Abandoned => "its end was abandoned",
        }
    }
}

/// What a file says of the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Predecessor {
    /// Its number; 0 for none.
    pub(crate) number: u32,
    /// How many of its bytes count.
    pub(crate) counts: u64,
    /// Why it was closed.
    pub(crate) closed: Closed,
}

impl Predecessor {
    /// There is none.
    pub(crate) const NONE: Self = Self { number: 0, counts: 0, closed: Closed::First };
}

/// The header of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SegmentHeader {
    pub(crate) number: u32,
    pub(crate) epoch: u32,
    pub(crate) ledger: LedgerId,
    pub(crate) first: Sequence,
    pub(crate) before: Predecessor,
    /// The hash of the last frame that counts before this segment; zero for none.
    pub(crate) last_hash: Digest,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = b"RLsegm01".to_vec();
        bytes.extend(self.number.to_le_bytes());
        bytes.extend(self.epoch.to_le_bytes());
        bytes.extend(self.ledger.0.0);
        bytes.extend(self.first.0.to_le_bytes());
        bytes.extend(self.before.number.to_le_bytes());
        bytes.extend(self.before.closed.code().to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(self.before.counts.to_le_bytes());
        bytes.extend(self.last_hash.0);
        sealed(bytes, SEGMENT_HEADER)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = unsealed(bytes, SEGMENT_HEADER, *b"RLsegm01")?;
        let number = u32::from_le_bytes(fields.take());
        let epoch = u32::from_le_bytes(fields.take());
        let ledger = LedgerId(Digest(fields.take()));
        let first = Sequence(u64::from_le_bytes(fields.take()));
        let before = u32::from_le_bytes(fields.take());
        let closed = Closed::from_code(u16::from_le_bytes(fields.take()))?;
        fields.take::<2>();
        let counts = u64::from_le_bytes(fields.take());
        let last_hash = Digest(fields.take());
        let before = Predecessor { number: before, counts, closed };
        Some(Self { number, epoch, ledger, first, before, last_hash })
    }
}

/// The header of a pack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PackHeader {
    pub(crate) number: u32,
    pub(crate) class: Class,
    pub(crate) ledger: LedgerId,
    pub(crate) before: Predecessor,
}

impl PackHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = b"RLpack01".to_vec();
        bytes.extend(self.number.to_le_bytes());
        bytes.extend([self.class.code(), 0, 0, 0]);
        bytes.extend(self.ledger.0.0);
        bytes.extend(self.before.number.to_le_bytes());
        bytes.extend(self.before.closed.code().to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(self.before.counts.to_le_bytes());
        sealed(bytes, PACK_HEADER)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = unsealed(bytes, PACK_HEADER, *b"RLpack01")?;
        let number = u32::from_le_bytes(fields.take());
        let [code, ..] = fields.take::<4>();
        let class = Class::ALL.into_iter().find(|class| class.code() == code)?;
        let ledger = LedgerId(Digest(fields.take()));
        let before = u32::from_le_bytes(fields.take());
        let closed = Closed::from_code(u16::from_le_bytes(fields.take()))?;
        fields.take::<2>();
        let counts = u64::from_le_bytes(fields.take());
        let before = Predecessor { number: before, counts, closed };
        Some(Self { number, class, ledger, before })
    }
}

/// A place in a file of a numbered row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Reach {
    /// The number of the file.
    pub(crate) number: u32,
    /// How many of its bytes.
    pub(crate) length: u64,
}

/// How far the ledger is known to be on disk. Itself never synced: it may be older than the truth,
/// never newer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    /// A sync failed since: what lies beyond may be in memory only, whatever later syncs say.
    pub(crate) is_poisoned: bool,
    pub(crate) events: Reach,
    pub(crate) sequence: Sequence,
    pub(crate) hash: Digest,
    pub(crate) plain: Reach,
    pub(crate) private: Reach,
    pub(crate) ledger: LedgerId,
}

impl Mark {
    /// Returns how far a class's packs are on disk.
    pub(crate) fn pack(&self, class: Class) -> Reach {
        match class {
            Class::Plain => self.plain,
            Class::Private => self.private,
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = b"RLmark01".to_vec();
        bytes.extend(u32::from(self.is_poisoned).to_le_bytes());
        bytes.extend(self.events.number.to_le_bytes());
        bytes.extend(self.events.length.to_le_bytes());
        bytes.extend(self.sequence.0.to_le_bytes());
        bytes.extend(self.hash.0);
        for pack in [self.plain, self.private] {
            bytes.extend(u64::from(pack.number).to_le_bytes());
            bytes.extend(pack.length.to_le_bytes());
        }
        bytes.extend(self.ledger.0.0);
        sealed(bytes, MARK_LENGTH)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = unsealed(bytes, MARK_LENGTH, *b"RLmark01")?;
        let is_poisoned = u32::from_le_bytes(fields.take()) != 0;
        let number = u32::from_le_bytes(fields.take());
        let events = Reach { number, length: u64::from_le_bytes(fields.take()) };
        let sequence = Sequence(u64::from_le_bytes(fields.take()));
        let hash = Digest(fields.take());
        let [plain, private] = [0; 2].map(|_| {
            let number = u32::try_from(u64::from_le_bytes(fields.take())).unwrap_or(u32::MAX);
            Reach { number, length: u64::from_le_bytes(fields.take()) }
        });
        let ledger = LedgerId(Digest(fields.take()));
        Some(Self { is_poisoned, events, sequence, hash, plain, private, ledger })
    }
}

/// Where a ledger is at home: a copy of it is somewhere else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Instance {
    /// The digest of what the caller says the machine is called.
    pub(crate) machine: Digest,
    /// The device of its folder.
    pub(crate) device: u64,
    /// The inode of its folder.
    pub(crate) inode: u64,
}

impl Instance {
    /// Returns what an `EpochOpened` says of it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::derive(FILE, &[&self.encode()])
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = b"RLinst01".to_vec();
        bytes.extend(self.machine.0);
        bytes.extend(self.device.to_le_bytes());
        bytes.extend(self.inode.to_le_bytes());
        sealed(bytes, INSTANCE_LENGTH)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = unsealed(bytes, INSTANCE_LENGTH, *b"RLinst01")?;
        let machine = Digest(fields.take());
        let device = u64::from_le_bytes(fields.take());
        let inode = u64::from_le_bytes(fields.take());
        Some(Self { machine, device, inode })
    }
}

/// Fills a record up with zeros and closes it with its hash.
fn sealed(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length - 32, 0);
    let hash = Digest::derive(FILE, &[&bytes]);
    bytes.extend(hash.0);
    bytes
}

/// Checks magic and hash of a record that `bytes` begin with, and returns what is between them.
fn unsealed(bytes: &[u8], length: usize, magic: [u8; 8]) -> Option<Fields<'_>> {
    let (content, hash) = bytes.get(..length)?.split_at_checked(length - 32)?;
    let is_whole = Digest::derive(FILE, &[content]).0 == *hash;
    is_whole.then(|| content.strip_prefix(&magic)).flatten().map(Fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_byte_breaks_a_mark_and_a_header() {
        let ledger = LedgerId(Digest([7; 32]));
        let reach = Reach { number: 3, length: 4096 };
        let mark = Mark {
            is_poisoned: true,
            events: reach,
            sequence: Sequence(9),
            hash: Digest([1; 32]),
            plain: reach,
            private: Reach { number: 1, length: 128 },
            ledger,
        };
        let before = Predecessor { number: 2, counts: 400, closed: Closed::Unsynced };
        let segment = SegmentHeader {
            number: 3,
            epoch: 1,
            ledger,
            first: Sequence(4),
            before,
            last_hash: Digest([2; 32]),
        };
        assert_eq!(Mark::decode(&mark.encode()), Some(mark));
        assert_eq!(SegmentHeader::decode(&segment.encode()), Some(segment));
        for at in 0..MARK_LENGTH {
            let mut bytes = [mark.encode(), segment.encode()];
            bytes[0][at] ^= 1;
            bytes[1][at] ^= 1;
            assert_eq!(Mark::decode(&bytes[0]), None, "byte {at}");
            assert_eq!(SegmentHeader::decode(&bytes[1]), None, "byte {at}");
        }
    }

    #[test]
    fn file_names_read_back() {
        assert_eq!(segment_number("00000012.seg"), Some(12));
        assert_eq!(segment_number("12.seg"), None);
        assert_eq!(pack_number("private-00000003.pack"), Some((Class::Private, 3)));
        assert_eq!(pack_number("secret-00000003.pack"), None);
    }
}
