//! A ledger in memory: for tests, and a second opinion on what the disk does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Head, OperationLock, OperationLocks, Store, head_of};
use crate::birth::{NewLedger, SecretKey};
use crate::digest::{LedgerId, ObjectId, OperationId, Sequence};
use crate::error::Error;
use crate::frame::Frame;
use crate::object::Object;

/// A ledger in memory. Its clones are the same ledger, as two processes see one folder.
#[derive(Clone, Default)]
pub struct MemoryStore {
    at_ns: i64,
    shared: Rc<RefCell<Shared>>,
}

/// What all clones see.
#[derive(Default)]
struct Shared {
    frames: Vec<Frame>,
    objects: BTreeMap<ObjectId, Object>,
    alive: BTreeSet<OperationId>,
    key: Option<SecretKey>,
}

impl MemoryStore {
    /// Returns an empty one, whose ledger will say that it was created at `at_ns`.
    pub fn new(at_ns: i64) -> Self {
        Self { at_ns, shared: Rc::default() }
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shared = self.shared.borrow();
        write!(out, "{} frames, {} objects", shared.frames.len(), shared.objects.len())
    }
}

impl Shared {
    fn head(&self) -> Option<Head> {
        let ledger = LedgerId(self.frames.first()?.hash());
        self.frames.last().map(|frame| head_of(frame, ledger, None))
    }
}

impl Store for MemoryStore {
    async fn head(&mut self) -> Result<Option<Head>, Error> {
        Ok(self.shared.borrow().head())
    }

    async fn read(&mut self, from: Sequence) -> Result<Vec<Frame>, Error> {
        let skipped = usize::try_from(from.0.saturating_sub(1)).unwrap_or(usize::MAX);
        Ok(self.shared.borrow().frames.iter().skip(skipped).cloned().collect())
    }

    async fn append(&mut self, expected: &Head, frame: &Frame) -> Result<(), Error> {
        let mut shared = self.shared.borrow_mut();
        if shared.head().is_none_or(|head| head.last != expected.last) {
            return Err(Error::HeadMoved);
        }
        shared.frames.push(frame.clone());
        Ok(())
    }

    async fn put(&mut self, object: &Object) -> Result<(), Error> {
        self.create().await?;
        self.shared.borrow_mut().objects.entry(object.id()).or_insert_with(|| object.clone());
        Ok(())
    }

    async fn get(&self, id: ObjectId) -> Result<Option<Object>, Error> {
        Ok(self.shared.borrow().objects.get(&id).cloned())
    }

    async fn create(&mut self) -> Result<Head, Error> {
        let mut shared = self.shared.borrow_mut();
        if let Some(head) = shared.head() {
            return Ok(head);
        }
        let NewLedger { frame, key } = NewLedger::random(self.at_ns)?;
        let head = head_of(&frame, LedgerId(frame.hash()), None);
        shared.frames.push(frame);
        shared.key = Some(key);
        Ok(head)
    }
}

impl OperationLocks for MemoryStore {
    fn begin_operation(&mut self, operation: OperationId) -> Result<OperationLock, Error> {
        if !self.shared.borrow_mut().alive.insert(operation) {
            return Err(Error::OperationAlive(operation));
        }
        Ok(OperationLock::new(Held { shared: Rc::clone(&self.shared), operation }))
    }

    fn is_alive(&self, operation: OperationId) -> Result<bool, Error> {
        Ok(self.shared.borrow().alive.contains(&operation))
    }
}

/// An operation that is alive until this is dropped.
struct Held {
    shared: Rc<RefCell<Shared>>,
    operation: OperationId,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "operation {}", self.operation)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shared.borrow_mut().alive.remove(&self.operation);
    }
}
