//! The chain of frames, walked from the first byte to the last: what is whole, what is not, and
//! what does not count.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Report, Severity};
use crate::digest::{Digest, EventId, LedgerId, Sequence};
use crate::event::Recorded;
use crate::frame::{Broken, Frame};
use crate::layout::{self, Closed, Predecessor, SEGMENT_HEADER, SegmentHeader};
use crate::store::local::{find_frame, names, read};

/// A whole frame and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Walked {
    /// The file, from the ledger's folder on.
    pub(crate) path: PathBuf,
    /// Where in it.
    pub(crate) offset: u64,
    /// The frame.
    pub(crate) frame: Frame,
    /// The event in it.
    pub(crate) recorded: Recorded,
}

/// All frames that count.
#[derive(Default)]
pub(crate) struct Chain {
    /// The ledger, as far as anything tells.
    pub(crate) ledger: Option<LedgerId>,
    /// The frames, in the order of the files.
    pub(crate) walked: Vec<Walked>,
    hashes: BTreeMap<Sequence, Digest>,
    /// Something before was broken: the next frame may continue anywhere behind it.
    is_broken: bool,
}

/// One segment while it is walked.
struct Segment<'a> {
    path: PathBuf,
    bytes: &'a [u8],
    /// Those of them that count.
    counted: &'a [u8],
    /// How many of its bytes count, by the header of the next one.
    before: Option<Predecessor>,
}

impl Chain {
    /// Walks all segments.
    pub(crate) fn read(folder: &Path, report: &mut Report) -> Self {
        let mut chain = Self::default();
        let events = folder.join(layout::EVENTS);
        let numbers = segment_numbers(&events, report);
        let files: Vec<(u32, Vec<u8>)> =
            numbers.iter().filter_map(|it| Some((*it, load(&events, *it, report)?))).collect();
        for (index, (number, bytes)) in files.iter().enumerate() {
            let path = Path::new(layout::EVENTS).join(layout::segment_name(*number));
            let next = files.get(index + 1).filter(|(next, _)| *next == number + 1);
            let successor = next.and_then(|(_, next)| SegmentHeader::decode(next));
            let before = index.checked_sub(1).and_then(|it| files.get(it)).map_or(0, |it| it.0);
            for missing in before + 1..*number {
                let path = Path::new(layout::EVENTS).join(layout::segment_name(missing));
                report.add(Severity::Damaged, &path, 0, "the segment is missing");
                chain.is_broken = true;
            }
            report.bytes += bytes.len() as u64;
            chain.enter(*number, bytes, &path, report);
            let before = successor.map(|it| it.before);
            let counts = before.and_then(|it| usize::try_from(it.counts).ok());
            let counted = counts.and_then(|it| bytes.get(..it)).unwrap_or(bytes);
            chain.walk(&Segment { path, bytes, counted, before }, report);
        }
        chain
    }

    /// Returns the last event.
    pub(crate) fn head(&self) -> Option<EventId> {
        self.walked.last().map(|it| it.recorded.id)
    }

    /// Returns the hash of an event that counts.
    pub(crate) fn hash_of(&self, sequence: Sequence) -> Option<Digest> {
        self.hashes.get(&sequence).copied()
    }

    /// Checks the header of a segment against the frames before it.
    fn enter(&mut self, number: u32, bytes: &[u8], path: &Path, report: &mut Report) {
        let header = SegmentHeader::decode(bytes).filter(|it| it.number == number);
        let Some(header) = header else {
            report.add(Severity::Damaged, path, 0, "the header of a segment is broken");
            self.is_broken = true;
            return;
        };
        let ledger = *self.ledger.get_or_insert(header.ledger);
        let last = self.walked.last().map(|it| (it.frame.header().sequence.0, it.frame.hash()));
        let (sequence, hash) = last.unwrap_or((0, Digest::ZERO));
        if header.ledger != ledger {
            report.add(Severity::Damaged, path, 0, "a segment of another ledger");
        }
        let continues = header.first.0 == sequence + 1 && header.last_hash == hash;
        if header.before.number != number - 1 || !(continues || self.is_broken) {
            let what = "the header of a segment does not continue the one before";
            report.add(Severity::Damaged, path, 0, what);
        }
    }

    /// Walks the frames of one segment.
    fn walk(&mut self, segment: &Segment<'_>, report: &mut Report) {
        let mut offset = SEGMENT_HEADER.min(segment.counted.len());
        while let Some(rest) = segment.counted.get(offset..).filter(|rest| !rest.is_empty()) {
            offset += match Frame::read(rest) {
                Ok(frame) => {
                    let length = frame.bytes().len();
                    self.take(frame, segment, offset as u64, report);
                    length
                }
                Err(broken) => match self.pass_over(broken, segment, offset, report) {
                    Some(length) => length,
                    None => break,
                },
            };
        }
        let end = offset as u64;
        if let Some(before) = segment.before {
            self.leave(before, end, segment, report);
        }
    }

    /// Checks what follows the part of a closed segment that counts.
    fn leave(&mut self, before: Predecessor, end: u64, segment: &Segment<'_>, report: &mut Report) {
        if before.counts != end {
            let what = format!("{} bytes count, and frames are whole up to {end}", before.counts);
            report.add(Severity::Damaged, &segment.path, end, what);
            self.is_broken = true;
        }
        let rest = usize::try_from(before.counts).ok().and_then(|it| segment.bytes.get(it..));
        let rest = rest.unwrap_or_default();
        let count = rest.iter().filter(|byte| **byte != 0).count();
        if count == 0 {
            return;
        }
        let severity = match before.closed {
            Closed::Full | Closed::First => Severity::Damaged,
            Closed::Torn | Closed::Unsynced | Closed::Abandoned => Severity::Note,
        };
        let what =
            format!("{count} bytes that are not zero and do not count: {}", before.closed.as_str());
        report.add(severity, &segment.path, before.counts, what);
    }

    /// Takes a whole frame into the chain.
    fn take(&mut self, frame: Frame, segment: &Segment<'_>, offset: u64, report: &mut Report) {
        let mut refuse = |severity, what: String| {
            report.add(severity, &segment.path, offset, what);
        };
        let header = *frame.header();
        let sequence = header.sequence;
        let last = self.walked.last().map(|it| *it.frame.header());
        let next = last.map_or(1, |last| last.sequence.0 + 1);
        let hash = self.walked.last().map_or(Digest::ZERO, |it| it.frame.hash());
        if !frame.is_padding_clean() {
            refuse(Severity::Damaged, format!("bytes behind event {sequence} are not zero"));
        }
        match self.hash_of(sequence) {
            Some(known) if known != frame.hash() => {
                refuse(Severity::Forked, format!("a second event {sequence} with another hash"));
                return;
            }
            Some(_) => {
                refuse(Severity::Damaged, format!("event {sequence} is here again"));
                return;
            }
            None if sequence.0 < next => {
                refuse(Severity::Damaged, format!("event {sequence} is out of its order"));
            }
            None if sequence.0 > next => {
                let missing = if sequence.0 == next + 1 {
                    format!("event {next} is missing")
                } else {
                    format!("events {next} to {} are missing", sequence.0 - 1)
                };
                refuse(Severity::Damaged, missing);
            }
            None if header.previous != hash && !self.is_broken => {
                let what = format!("event {sequence} is chained to another one than is before it");
                refuse(Severity::Forked, what);
            }
            None => {}
        }
        if last.is_some_and(|last| last.epoch > header.epoch) {
            refuse(Severity::Forked, format!("event {sequence} is of an epoch that was over"));
        }
        self.is_broken = false;
        let ledger = self.ledger.unwrap_or(LedgerId(frame.hash()));
        if sequence.0 == 1 && ledger.0 != frame.hash() {
            refuse(
                Severity::Damaged,
                "the first event is not the one that names the ledger".into(),
            );
        }
        self.hashes.insert(sequence, frame.hash());
        let recorded = Recorded::read(&frame, ledger);
        self.walked.push(Walked { path: segment.path.clone(), offset, frame, recorded });
    }

    /// Says what is broken, and returns how far the next whole frame is; none at the end.
    fn pass_over(
        &mut self,
        broken: Broken,
        segment: &Segment<'_>,
        offset: usize,
        report: &mut Report,
    ) -> Option<usize> {
        let rest = segment.counted.get(offset..).unwrap_or_default();
        if rest.iter().all(|byte| *byte == 0) {
            return None;
        }
        let length = match broken {
            Broken::Hash { length } => Some(length),
            _ => find_frame(rest).map(|(at, _)| at),
        };
        let is_end =
            rest.get(length.unwrap_or(rest.len())..).is_none_or(|it| find_frame(it).is_none());
        let what = broken.as_str();
        if is_end && segment.before.is_none() {
            let count = rest.iter().filter(|byte| **byte != 0).count();
            let what = format!("{count} bytes that are not zero behind the last event: {what}");
            report.add(Severity::Note, &segment.path, offset as u64, what);
            return None;
        }
        self.is_broken = true;
        report.add(Severity::Damaged, &segment.path, offset as u64, what);
        length
    }
}

/// Returns the numbers of the segments in order.
fn segment_numbers(events: &Path, report: &mut Report) -> Vec<u32> {
    let names = names(events).unwrap_or_else(|error| {
        report.add(Severity::Unreadable, Path::new(layout::EVENTS), 0, error.to_string());
        Vec::new()
    });
    let mut numbers: Vec<u32> = names.iter().filter_map(|it| layout::segment_number(it)).collect();
    numbers.sort_unstable();
    if numbers.is_empty() {
        report.add(Severity::Damaged, Path::new(layout::EVENTS), 0, "there are no segments");
    }
    numbers
}

/// Returns the bytes of a segment.
fn load(events: &Path, number: u32, report: &mut Report) -> Option<Vec<u8>> {
    let name = layout::segment_name(number);
    match read(&events.join(&name)) {
        Ok(bytes) => bytes,
        Err(error) => {
            let path = Path::new(layout::EVENTS).join(name);
            report.add(Severity::Unreadable, &path, 0, error.to_string());
            None
        }
    }
}
