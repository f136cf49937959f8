//! Writing: objects, sync, event, sync, mark.

use super::disk::Room;
use super::journal::{Last, Position, Scan};
use super::lock::{Locked, lock_for_append};
use super::{LocalStore, disk, journal, place};
use crate::digest::{Digest, LedgerId, Sequence};
use crate::error::Error;
use crate::frame::{Frame, HEADER};
use crate::layout::{self, Closed, Mark, Predecessor, Reach, SEGMENT_HEADER, SegmentHeader};
use crate::object::{Class, Object};
use crate::store::{Head, Notice, Store, ready};

/// What events within operations leave to the ends of operations when there is no more room. An end
/// takes less than a kilobyte.
const ROOM_TO_END: u64 = 4 * 1024;
/// Segments grow by as much.
const STEP: u64 = 4 * 1024;
/// Number of the kind `EpochOpened`.
const EPOCH_OPENED: u16 = 2;
/// Number of the kind `Started`.
const STARTED: u16 = 4;
/// Numbers of the kinds that end an operation.
const ENDS: [u16; 2] = [9, 11];

impl LocalStore {
    /// Refuses to write after a failed sync, else takes the lock.
    fn begin_write(&self) -> Result<Locked, Error> {
        let Some(writer) = &self.writer else { return Err(Error::ReadOnly) };
        if let Some(path) = &writer.poisoned {
            return Err(Error::Poisoned { path: path.clone() });
        }
        lock_for_append(&self.folder.join(layout::MARK))
    }

    /// Keeps an object.
    pub(super) fn put_object(&mut self, object: &Object) -> Result<(), Error> {
        if self.at.last.is_none() {
            ready(self.create())?;
        }
        let Some(ledger) = self.at.ledger else { return Err(Error::HeadMoved) };
        let limit = self.writer.as_ref().map_or(0, |writer| writer.opening.limits.pack);
        let _locked = self.begin_write()?;
        let mut rows = self.packs.borrow_mut();
        let Some(packs) = rows.get_mut(row_of(object.class())) else { return Ok(()) };
        packs.refresh()?;
        if packs.has(object.id()) && packs.get(object.id())?.is_some() {
            return Ok(());
        }
        packs.put(ledger, object, limit)
    }

    /// Appends a frame.
    pub(super) fn append_frame(&mut self, expected: &Head, frame: &Frame) -> Result<(), Error> {
        let locked = self.begin_write()?;
        let scan = self.scan(self.at)?;
        if scan.end.event() != Some(expected.last) || !scan.frames.is_empty() {
            return Err(Error::HeadMoved);
        }
        let Scan { end, size, is_torn, .. } = scan;
        let mark = self.mark()?.filter(|mark| end.ledger == Some(mark.ledger));
        let mut at = Tail { position: end, size, is_torn };
        let kind = frame.header().kind;
        if let Some(closed) = self.why_close(&at, mark.as_ref()) {
            at = self.begin_segment(&at, closed, mark.as_ref(), frame.header().epoch)?;
        }
        self.keep_room(&mut at, frame)?;
        self.sync_objects(mark.as_ref())?;
        self.write_frame(&at, frame)?;

        let position = Position {
            offset: at.position.offset + frame.bytes().len() as u64,
            last: Some(Last {
                sequence: frame.header().sequence,
                hash: frame.hash(),
                epoch: frame.header().epoch,
            }),
            ..at.position
        };
        self.write_mark(&locked, position)?;
        self.at = position;
        if kind == EPOCH_OPENED { self.settle() } else { Ok(()) }
    }

    /// Returns why the last segment takes no more frames, if it does not.
    fn why_close(&self, at: &Tail, mark: Option<&Mark>) -> Option<Closed> {
        let last = at.position.last.map_or(0, |last| last.sequence.0);
        let is_known = mark.is_some_and(|mark| {
            mark.sequence.0 == last && mark.events.number == at.position.segment
        });
        let is_poisoned = mark.is_some_and(|mark| mark.is_poisoned);
        let limit = self.writer.as_ref().map_or(0, |writer| writer.opening.limits.segment);
        if !is_known || is_poisoned {
            Some(Closed::Unsynced)
        } else if at.is_torn {
            Some(Closed::Torn)
        } else {
            (at.position.offset > limit).then_some(Closed::Full)
        }
    }

    /// Begins a segment. Frames that the mark does not cover are copied into it and count there:
    /// whether those in the old one reached the disk nobody can say any more.
    fn begin_segment(
        &self,
        at: &Tail,
        closed: Closed,
        mark: Option<&Mark>,
        epoch: u32,
    ) -> Result<Tail, Error> {
        let ledger = at.position.ledger.unwrap_or(LedgerId(Digest::ZERO));
        let events = self.folder.join(layout::EVENTS);
        let old = events.join(layout::segment_name(at.position.segment));
        let copied = match closed {
            Closed::Unsynced => self.frames_beyond(at, mark)?,
            _ => Vec::new(),
        };
        let copied_bytes: Vec<u8> = copied.iter().flat_map(Frame::bytes).copied().collect();
        let counts = at.position.offset - copied_bytes.len() as u64;
        let last = at.position.last.map_or(0, |last| last.sequence.0);
        let hash = at.position.last.map_or(Digest::ZERO, |last| last.hash);
        let number = at.position.segment + 1;
        let header = SegmentHeader {
            number,
            epoch: copied.first().map_or(epoch, |frame| frame.header().epoch),
            ledger,
            first: copied.first().map_or(Sequence(last + 1), |frame| frame.header().sequence),
            before: Predecessor { number: at.position.segment, counts, closed },
            last_hash: copied.first().map_or(hash, |frame| frame.header().previous),
        };
        if closed == Closed::Unsynced {
            for packs in self.packs.borrow_mut().iter_mut() {
                packs.refresh()?;
                packs.rescue(ledger, mark)?;
            }
        } else if let Some(file) = disk::open(&old)? {
            disk::sync(&file, &old)?;
        }
        let mut bytes = header.encode();
        bytes.extend(copied_bytes);
        let fresh = events.join("new.seg");
        let path = events.join(layout::segment_name(number));
        disk::write_new(&fresh, &bytes)?;
        std::fs::rename(&fresh, &path).map_err(|it| disk::failure("rename", &path, it))?;
        disk::sync_folder(&events)?;
        let size = bytes.len() as u64;
        let position = Position { segment: number, offset: size, ..at.position };
        Ok(Tail { position, size, is_torn: false })
    }

    /// Returns the frames of the last segment that the mark does not cover.
    fn frames_beyond(&self, at: &Tail, mark: Option<&Mark>) -> Result<Vec<Frame>, Error> {
        let path = self.folder.join(layout::EVENTS);
        let path = path.join(layout::segment_name(at.position.segment));
        let known = mark.filter(|mark| mark.events.number == at.position.segment);
        let from = known.map_or(SEGMENT_HEADER as u64, |mark| mark.events.length);
        let Some(file) = disk::open(&path)? else { return Ok(Vec::new()) };
        let length = usize::try_from(at.position.offset.saturating_sub(from)).unwrap_or(0);
        let bytes = disk::read_at(&file, &path, from, length)?;
        let mut frames = Vec::new();
        let mut rest = bytes.as_slice();
        while rest.len() >= HEADER {
            let refuse = |_| journal::damaged(path.clone(), from, "frames behind the mark");
            let frame = Frame::read(rest).map_err(refuse)?;
            rest = rest.get(frame.bytes().len()..).unwrap_or_default();
            frames.push(frame);
        }
        Ok(frames)
    }

    /// Makes room for the frame and, before an operation starts, for all that it will write. When
    /// there is no more, events may use the room that was kept, and ends of operations all of it.
    fn keep_room(&self, at: &mut Tail, frame: &Frame) -> Result<(), Error> {
        let kind = frame.header().kind;
        let end = at.position.offset + frame.bytes().len() as u64;
        let room = self.writer.as_ref().map_or(0, |writer| writer.opening.limits.room);
        let (wanted, needed) = match kind {
            STARTED => (end + room, end + room),
            kind if ENDS.contains(&kind) => (end + ROOM_TO_END, end),
            _ => (end + ROOM_TO_END, end + ROOM_TO_END),
        };
        let wanted = wanted.next_multiple_of(STEP);
        if wanted > at.size {
            let path = self.segment_path(at);
            let file = disk::open_to_write(&path)?;
            let more = wanted - at.size;
            match disk::make_room(&file, &path, at.size, more, Room::Zeros) {
                Ok(()) => at.size = wanted,
                Err(Error::NoRoom { .. }) if needed <= at.size => {}
                Err(error) => return Err(error),
            }
        }
        if kind == STARTED {
            for packs in self.packs.borrow_mut().iter_mut() {
                packs.refresh()?;
                packs.reserve()?;
            }
        }
        Ok(())
    }

    /// Brings every pack to the disk that holds more than the mark says, whoever wrote it.
    fn sync_objects(&self, mark: Option<&Mark>) -> Result<(), Error> {
        for (class, packs) in Class::ALL.into_iter().zip(self.packs.borrow_mut().iter_mut()) {
            packs.refresh()?;
            if mark.is_none_or(|mark| mark.pack(class) != packs.reach()) {
                packs.sync()?;
            }
        }
        Ok(())
    }

    fn write_frame(&self, at: &Tail, frame: &Frame) -> Result<(), Error> {
        let path = self.segment_path(at);
        let file = disk::open_to_write(&path)?;
        disk::write_at(&file, &path, at.position.offset, frame.bytes())?;
        disk::sync(&file, &path)
    }

    /// Writes how far the ledger is on disk. The mark itself is never synced.
    fn write_mark(&self, locked: &Locked, position: Position) -> Result<(), Error> {
        let reaches = self.packs.borrow().each_ref().map(super::Packs::reach);
        let [plain, private] = reaches;
        let mark = Mark {
            is_poisoned: false,
            events: Reach { number: position.segment, length: position.offset },
            sequence: position.last.map_or(Sequence(0), |last| last.sequence),
            hash: position.last.map_or(Digest::ZERO, |last| last.hash),
            plain,
            private,
            ledger: position.ledger.unwrap_or(LedgerId(Digest::ZERO)),
        };
        disk::write_at(locked.file(), &self.folder.join(layout::MARK), 0, &mark.encode())
    }

    /// After a failed sync this process writes no more, and the mark tells those who come next.
    pub(super) fn poison_if_unsynced(&mut self, done: Result<(), Error>) -> Result<(), Error> {
        if let (Err(Error::Sync { path, .. }), Some(writer)) = (&done, &mut self.writer) {
            writer.poisoned = Some(path.clone());
            if let Some(mark) = self.mark()? {
                let poisoned = Mark { is_poisoned: true, ..mark };
                let path = self.folder.join(layout::MARK);
                let file = disk::open_to_write(&path)?;
                disk::write_at(&file, &path, 0, &poisoned.encode())?;
            }
        }
        done
    }

    /// This place is where the ledger is at home from now on.
    fn settle(&mut self) -> Result<(), Error> {
        let Some(writer) = &self.writer else { return Err(Error::ReadOnly) };
        let instance = place::instance(&self.folder, &writer.opening.machine)?;
        let fresh = self.folder.join("new.instance");
        let path = self.folder.join(layout::INSTANCE);
        disk::write_new(&fresh, &instance.encode())?;
        std::fs::rename(&fresh, &path).map_err(|it| disk::failure("rename", &path, it))?;
        disk::sync_folder(&self.folder)?;
        self.notices.push(Notice::Moved);
        self.notices.extend(place::fleeting(&self.folder));
        Ok(())
    }

    fn segment_path(&self, at: &Tail) -> std::path::PathBuf {
        self.folder.join(layout::EVENTS).join(layout::segment_name(at.position.segment))
    }
}

/// The end of the last segment while it is written to.
struct Tail {
    position: Position,
    /// How long its file is, room included.
    size: u64,
    /// There is something behind the last frame that is none.
    is_torn: bool,
}

/// Returns the place of a class in the array of packs.
fn row_of(class: Class) -> usize {
    match class {
        Class::Plain => 0,
        Class::Private => 1,
    }
}
