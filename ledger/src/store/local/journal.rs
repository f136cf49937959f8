//! Reading segments: frames in order, from a position on, up to the last valid one.
//!
//! What follows the last valid frame of the last segment is the end of the ledger, unless a later
//! frame is whole: then bytes in between are damaged. What counts of a segment that has a successor
//! is what the successor's header says.

use std::path::{Path, PathBuf};

use super::disk;
use crate::digest::{Digest, EventId, LedgerId, Sequence};
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::layout::{self, SEGMENT_HEADER, SegmentHeader};

/// A position after a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Position {
    /// The segment; 0 before the first.
    pub(super) segment: u32,
    /// The byte after the frame.
    pub(super) offset: u64,
    /// The frame before, once there was one.
    pub(super) last: Option<Last>,
    /// The ledger, once it is known.
    pub(super) ledger: Option<LedgerId>,
}

/// What has to be known of the frame before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Last {
    pub(super) sequence: Sequence,
    pub(super) hash: Digest,
    pub(super) epoch: u32,
}

impl Position {
    /// Returns the name of the event before this position.
    pub(super) fn event(&self) -> Option<EventId> {
        let last = self.last?;
        Some(EventId { ledger: self.ledger?, sequence: last.sequence, hash: last.hash })
    }
}

/// What was found from a position on.
pub(super) struct Scan {
    /// The frames, in order.
    pub(super) frames: Vec<Frame>,
    /// The position after the last of them.
    pub(super) end: Position,
    /// How long the last segment's file is.
    pub(super) size: u64,
    /// Whether there is anything but zeros behind the end.
    pub(super) is_torn: bool,
}

/// Reads all frames from a position on.
///
/// # Errors
///
/// [`Error::Damaged`] where something is broken that is not the end.
pub(super) fn scan(folder: &Path, from: Position) -> Result<Scan, Error> {
    let events = folder.join(layout::EVENTS);
    let segments = segments(&events, from.segment)?;
    let mut walk = Walk { at: from, frames: Vec::new(), is_catching_up: false };
    let mut size = from.offset;
    let mut is_torn = false;
    for (index, (number, header)) in segments.iter().enumerate() {
        let path = events.join(layout::segment_name(*number));
        let counts = segments.get(index + 1).map(|(_, next)| next.before.counts);
        if *number != from.segment {
            walk.enter(header, &path)?;
        }
        if counts.is_some_and(|counts| counts < walk.at.offset) {
            // What was read here is repeated in the next segment.
            walk.is_catching_up = true;
            continue;
        }
        let Some(file) = disk::open(&path)? else { return Err(gone(path)) };
        let bytes = disk::read_range(&file, &path, walk.at.offset, counts)?;
        size = walk.at.offset + bytes.len() as u64;
        let rest = walk.take(&bytes, &path)?;
        match counts {
            Some(_) if rest.is_empty() && size == counts.unwrap_or(size) => {}
            Some(_) => return Err(damaged(path, walk.at.offset, "frames are missing or broken")),
            None => is_torn = walk.judge(rest, &path)?,
        }
    }
    Ok(Scan { frames: walk.frames, end: walk.at, size, is_torn })
}

/// Returns the headers of the segments from a number on.
fn segments(events: &Path, from: u32) -> Result<Vec<(u32, SegmentHeader)>, Error> {
    let from = from.max(1);
    let names = disk::names(events)?;
    let mut numbers: Vec<u32> = names.iter().filter_map(|it| layout::segment_number(it)).collect();
    numbers.retain(|number| *number >= from);
    numbers.sort_unstable();
    if numbers.is_empty() {
        return Err(gone(events.join(layout::segment_name(from))));
    }
    let mut segments = Vec::with_capacity(numbers.len());
    for (number, wanted) in numbers.into_iter().zip(from..) {
        let path = events.join(layout::segment_name(wanted));
        if number != wanted {
            return Err(gone(path));
        }
        let Some(file) = disk::open(&path)? else { return Err(gone(path)) };
        let bytes = disk::read_range(&file, &path, 0, Some(SEGMENT_HEADER as u64))?;
        let header = SegmentHeader::decode(&bytes).filter(|it| it.number == number);
        let header = header.ok_or_else(|| damaged(path, 0, "the header of a segment"))?;
        segments.push((number, header));
    }
    Ok(segments)
}

/// A walk along the chain.
struct Walk {
    at: Position,
    frames: Vec<Frame>,
    /// The frames that come now may be ones that were read from a segment whose end counts no more.
    is_catching_up: bool,
}

impl Walk {
    /// Goes on to the next segment.
    fn enter(&mut self, header: &SegmentHeader, path: &Path) -> Result<(), Error> {
        let ledger = *self.at.ledger.get_or_insert(header.ledger);
        let next = self.at.last.map_or(1, |last| last.sequence.0 + 1);
        let hash = self.at.last.map_or(Digest::ZERO, |last| last.hash);
        let continues = header.first.0 == next && header.last_hash == hash;
        let fits = header.before.number == self.at.segment && header.ledger == ledger;
        if !fits || !(continues || self.is_catching_up) {
            return Err(damaged(
                path.to_owned(),
                0,
                "a segment that does not continue the one before",
            ));
        }
        self.at.segment = header.number;
        self.at.offset = SEGMENT_HEADER as u64;
        Ok(())
    }

    /// Takes whole frames and returns the bytes behind them.
    fn take<'a>(&mut self, bytes: &'a [u8], path: &Path) -> Result<&'a [u8], Error> {
        let mut rest = bytes;
        while let Ok(frame) = Frame::read(rest) {
            let length = frame.bytes().len();
            if let Some(frame) = self.chain(frame, path)? {
                self.frames.push(frame);
            }
            self.at.offset += length as u64;
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(rest)
    }

    /// Chains a whole frame to the one before; none where it was read already.
    fn chain(&mut self, frame: Frame, path: &Path) -> Result<Option<Frame>, Error> {
        let header = *frame.header();
        let refuse =
            || damaged(path.to_owned(), self.at.offset, "a frame that does not fit the chain");
        let Some(last) = self.at.last else {
            let is_first = header.sequence.0 == 1 && header.previous == Digest::ZERO;
            if !is_first || self.at.ledger.is_some_and(|id| id.0 != frame.hash()) {
                return Err(refuse());
            }
            self.at.last = Some(last_of(&frame));
            return Ok(Some(frame));
        };
        if self.is_catching_up && header.sequence <= last.sequence {
            if header.sequence == last.sequence && frame.hash() != last.hash {
                return Err(refuse());
            }
            return Ok(None);
        }
        let is_next = header.sequence.0 == last.sequence.0 + 1 && header.previous == last.hash;
        if !is_next || header.epoch < last.epoch {
            return Err(refuse());
        }
        self.is_catching_up = false;
        self.at.last = Some(last_of(&frame));
        Ok(Some(frame))
    }

    /// Says whether there is anything behind the last frame, and refuses it where a later frame is
    /// whole.
    fn judge(&self, rest: &[u8], path: &Path) -> Result<bool, Error> {
        if rest.iter().all(|byte| *byte == 0) {
            return Ok(false);
        }
        let last = self.at.last.map_or(0, |last| last.sequence.0);
        if find_frame(rest).is_some_and(|(_, frame)| frame.header().sequence.0 > last) {
            return Err(damaged(
                path.to_owned(),
                self.at.offset,
                "a broken frame before a whole one",
            ));
        }
        Ok(true)
    }
}

/// Returns the first whole frame in `bytes` and where it begins.
pub(crate) fn find_frame(bytes: &[u8]) -> Option<(usize, Frame)> {
    (0..bytes.len()).step_by(8).find_map(|at| {
        let rest = bytes.get(at..)?;
        rest.starts_with(&frame::MAGIC).then(|| Frame::read(rest).ok()).flatten().map(|it| (at, it))
    })
}

fn last_of(frame: &Frame) -> Last {
    let header = frame.header();
    Last { sequence: header.sequence, hash: frame.hash(), epoch: header.epoch }
}

fn gone(path: PathBuf) -> Error {
    damaged(path, 0, "a segment that is missing")
}

pub(super) fn damaged(path: PathBuf, offset: u64, what: &str) -> Error {
    Error::Damaged { path, offset, what: what.to_owned() }
}
