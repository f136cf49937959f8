//! A ledger in a folder of this machine. It never waits but for a lock, five seconds at most.
//!
//! Reading makes nothing and takes no lock. Writing holds the lock of `mark` for one object or one
//! event: objects, sync, event, sync, mark. Nothing is ever truncated.

mod append;
mod born;
mod disk;
mod journal;
mod lock;
mod packs;
mod place;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

pub(crate) use self::disk::{names, read};
pub(crate) use self::journal::find_frame;
pub use self::place::Filesystems;

use self::journal::{Position, Scan};
use self::packs::Packs;
use super::{Head, Notice, OperationLock, OperationLocks, Store};
use crate::digest::{ObjectId, OperationId, Sequence};
use crate::error::Error;
use crate::frame::Frame;
use crate::layout::{self, Instance, Mark};
use crate::object::{Class, Object};

/// The folder of a ledger in its home.
pub(crate) const FOLDER: &str = "ledger";

/// What a writer hands to a ledger that it opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The caller's wall clock, in nanoseconds since 1970: when the ledger was created, if it has
    /// to be.
    pub at_ns: i64,
    /// What tells this machine from others: the content of `/etc/machine-id`, or its name. Only a
    /// digest of it is kept.
    pub machine: String,
    /// Which filesystems may be written to.
    pub filesystems: Filesystems,
    /// How large files grow.
    pub limits: Limits,
}

/// How large files grow before the next one is begun, and how much is allocated ahead, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A segment.
    pub segment: u64,
    /// A pack.
    pub pack: u64,
    /// The room that is kept in the segment when an operation starts, for all that it will write
    /// down: a full disk stops it before its first write to the cluster.
    pub room: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { segment: 16 << 20, pack: 64 << 20, room: 32 << 10 }
    }
}

/// A ledger in a folder.
pub struct LocalStore {
    home: PathBuf,
    folder: PathBuf,
    at: Position,
    packs: RefCell<[Packs; 2]>,
    writer: Option<Writer>,
    notices: Vec<Notice>,
}

/// What only writers need.
struct Writer {
    opening: Opening,
    poisoned: Option<PathBuf>,
}

impl std::fmt::Debug for LocalStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ledger in {}", self.folder.display())
    }
}

impl LocalStore {
    /// Opens the ledger in `home` for reading; where there is none, it reads as empty. `home` is
    /// `RUTTER_HOME`, the folder that holds `ledger/`.
    pub fn reader(home: &Path) -> Self {
        Self::new(home, None)
    }

    /// Opens the ledger in `home` for writing. It is made when something is first kept in it, not
    /// before.
    ///
    /// # Errors
    ///
    /// Where `home` cannot be written to, belongs to somebody else, or is on a filesystem that does
    /// not keep its promises: before anything was done.
    pub fn writer(home: &Path, opening: Opening) -> Result<Self, Error> {
        place::check(home, opening.filesystems)?;
        Ok(Self::new(home, Some(Writer { opening, poisoned: None })))
    }

    fn new(home: &Path, writer: Option<Writer>) -> Self {
        let folder = home.join(FOLDER);
        let packs = Class::ALL.map(|class| Packs::new(&folder, class));
        Self {
            home: home.to_owned(),
            folder,
            at: Position::default(),
            packs: RefCell::new(packs),
            writer,
            notices: Vec::new(),
        }
    }

    /// Says whether there is a ledger, and refuses one of another format.
    fn exists(&self) -> Result<bool, Error> {
        // The folder first: it comes with all its files or not at all.
        if !self.folder.exists() {
            return Ok(false);
        }
        let path = self.folder.join(layout::FORMAT);
        let line = read(&path)?.unwrap_or_default();
        if line == layout::FORMAT_LINE.as_bytes() {
            return Ok(true);
        }
        let format = String::from_utf8_lossy(&line).trim().to_owned();
        Err(Error::UnknownFormat { path, format })
    }

    /// Returns the mark, if there is a whole one.
    fn mark(&self) -> Result<Option<Mark>, Error> {
        let bytes = read(&self.folder.join(layout::MARK))?;
        Ok(bytes.as_deref().and_then(Mark::decode))
    }

    /// Reads on from a position, and refuses a ledger that ends before what was acknowledged.
    fn scan(&self, from: Position) -> Result<Scan, Error> {
        // The mark first: what is appended while we read can only make the ledger longer.
        let mark = self.mark()?;
        let scan = journal::scan(&self.folder, from)?;
        let last = scan.end.last.map_or(0, |last| last.sequence.0);
        let is_ours = |mark: &Mark| scan.end.ledger.is_none_or(|ledger| ledger == mark.ledger);
        if let Some(mark) = mark.filter(|mark| is_ours(mark) && mark.sequence.0 > last) {
            let path = self.folder.join(layout::EVENTS);
            let path = path.join(layout::segment_name(scan.end.segment));
            let what = format!(
                "the ledger ends with event {last}, and event {} had been acknowledged",
                mark.sequence
            );
            return Err(Error::Damaged { path, offset: scan.end.offset, what });
        }
        Ok(scan)
    }

    /// Returns where the epoch of the ledger was opened, if that is known.
    fn instance(&self) -> Result<Option<Instance>, Error> {
        let bytes = read(&self.folder.join(layout::INSTANCE))?;
        Ok(bytes.as_deref().and_then(Instance::decode))
    }
}

impl Store for LocalStore {
    async fn head(&mut self) -> Result<Option<Head>, Error> {
        if self.at.last.is_none() && self.exists()? {
            self.at = self.scan(self.at)?.end;
        }
        let (Some(last), Some(at)) = (self.at.event(), self.at.last) else { return Ok(None) };
        let mut moved = None;
        if let Some(writer) = &self.writer {
            let here = place::instance(&self.folder, &writer.opening.machine)?;
            moved = (self.instance()? != Some(here)).then(|| here.digest());
        }
        Ok(Some(Head { last, epoch: at.epoch, moved }))
    }

    async fn read(&mut self, from: Sequence) -> Result<Vec<Frame>, Error> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let next = self.at.last.map_or(1, |last| last.sequence.0 + 1);
        let start = if from.0 == next { self.at } else { Position::default() };
        let Scan { mut frames, end, .. } = self.scan(start)?;
        frames.retain(|frame| frame.header().sequence >= from);
        self.at = end;
        Ok(frames)
    }

    async fn append(&mut self, expected: &Head, frame: &Frame) -> Result<(), Error> {
        let appended = self.append_frame(expected, frame);
        self.poison_if_unsynced(appended)
    }

    async fn put(&mut self, object: &Object) -> Result<(), Error> {
        let kept = self.put_object(object);
        self.poison_if_unsynced(kept)
    }

    async fn get(&self, id: ObjectId) -> Result<Option<Object>, Error> {
        let mut rows = self.packs.borrow_mut();
        for packs in rows.iter_mut() {
            if !packs.has(id) {
                packs.refresh()?;
            }
            if let Some(object) = packs.get(id)? {
                return Ok(Some(object));
            }
        }
        Ok(None)
    }

    async fn create(&mut self) -> Result<Head, Error> {
        let Some(writer) = &self.writer else { return Err(Error::ReadOnly) };
        if !self.exists()? {
            let notices = born::make(&self.home, &writer.opening)?;
            self.notices.extend(notices);
        }
        self.head().await?.ok_or(Error::HeadMoved)
    }

    fn notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }
}

impl OperationLocks for LocalStore {
    fn begin_operation(&mut self, operation: OperationId) -> Result<OperationLock, Error> {
        super::ready(self.create())?;
        let path = self.folder.join(layout::OPERATIONS).join(operation.to_string());
        lock::hold(path, operation).map(OperationLock::new)
    }

    fn is_alive(&self, operation: OperationId) -> Result<bool, Error> {
        lock::is_held(&self.folder.join(layout::OPERATIONS).join(operation.to_string()))
    }
}
