//! Where frames and objects are kept: the five verbs that a place has to know, and memory as one.
//!
//! The verbs are asynchronous because a later place is a server; the local ones never wait, so that
//! [`ready`] can take their answers without a runtime.

pub(crate) mod local;
mod memory;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

pub use self::local::{Filesystems, Limits, LocalStore, Opening};
pub use self::memory::MemoryStore;
use crate::digest::{Digest, EventId, LedgerId, ObjectId, OperationId, Sequence};
use crate::error::Error;
use crate::frame::Frame;
use crate::object::Object;

/// The last frame of a ledger, and what a writer has to know about the place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// The last event.
    pub last: EventId,
    /// The epoch it was written in.
    pub epoch: u32,
    /// The digest of this place, if it is not the one that the epoch was opened in: whoever
    /// appends opens a new epoch first.
    pub moved: Option<Digest>,
}

/// What the user should be told about the place, once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// What is acknowledged here lives as long as the memory or the container does.
    Fleeting {
        /// The kind of filesystem.
        filesystem: &'static str,
    },
    /// The ledger's folder is a copy or was moved; a new epoch begins.
    Moved,
}

/// A place that keeps frames and objects.
pub trait Store {
    /// Returns the last frame's name; none while there is no ledger.
    async fn head(&mut self) -> Result<Option<Head>, Error>;

    /// Returns the frames from a number on, in order. None are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] where a frame is broken that is not the end of the ledger.
    async fn read(&mut self, from: Sequence) -> Result<Vec<Frame>, Error>;

    /// Appends a frame and returns when it, and every object that was put before, is durable.
    ///
    /// # Errors
    ///
    /// [`Error::HeadMoved`] when `expected` is not the last frame: nothing was written.
    async fn append(&mut self, expected: &Head, frame: &Frame) -> Result<(), Error>;

    /// Keeps an object; durable with the next append. Keeping it twice is keeping it once.
    async fn put(&mut self, object: &Object) -> Result<(), Error>;

    /// Returns an object; none where there is none of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] where its bytes do not match its name.
    async fn get(&self, id: ObjectId) -> Result<Option<Object>, Error>;

    /// Makes a new ledger whose only frame is `LedgerCreated`, if there is none. This is what comes
    /// before the five verbs, once.
    async fn create(&mut self) -> Result<Head, Error>;

    /// Returns what the user should be told about this place, and forgets it.
    fn notices(&mut self) -> Vec<Notice> {
        Vec::new()
    }
}

/// A place that knows which operations are being worked on.
pub trait OperationLocks {
    /// Marks an operation as alive for as long as the lock is held.
    ///
    /// # Errors
    ///
    /// [`Error::OperationAlive`] when somebody else works on it.
    fn begin_operation(&mut self, operation: OperationId) -> Result<OperationLock, Error>;

    /// Says whether somebody on this machine works on the operation right now.
    fn is_alive(&self, operation: OperationId) -> Result<bool, Error>;
}

/// Held while an operation is being worked on; dropping it, or the end of the process in whatever
/// way, lets it go.
#[must_use = "an operation whose lock is dropped counts as dead"]
#[derive(Debug)]
pub struct OperationLock {
    /// Let go by being dropped.
    _held: Box<dyn std::fmt::Debug>,
}

impl OperationLock {
    /// Wraps what is let go by being dropped.
    pub(crate) fn new(held: impl std::fmt::Debug + 'static) -> Self {
        Self { _held: Box::new(held) }
    }
}

/// Returns the answer of a future that never waits, as those of local stores do not.
///
/// # Panics
///
/// When it does wait: then it belongs into a runtime.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("a local store never waits"),
    }
}

/// Returns the head that a frame makes.
pub(crate) fn head_of(frame: &Frame, ledger: LedgerId, moved: Option<Digest>) -> Head {
    let header = frame.header();
    let last = EventId { ledger, sequence: header.sequence, hash: frame.hash() };
    Head { last, epoch: header.epoch, moved }
}
