//! The ledger as its callers see it: read what happened, append what happens, keep objects.

use std::rc::Rc;

use crate::digest::{EventId, LedgerId, ObjectId, OperationId, Sequence};
use crate::error::Error;
use crate::event::{EpochOpened, EpochReason, Event, Facts, Recorded};
use crate::fold::State;
use crate::frame::{Frame, Header};
use crate::object::{Class, Object};
use crate::store::{Head, Notice, OperationLock, OperationLocks, Store};
use crate::wire;

/// What a writer believes about the release that its event belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Nothing: the event may be appended whatever came before.
    Any,
    /// The ledger has no event of this release.
    NoEvent,
    /// The release's last event is this one.
    Last(EventId),
}

impl From<Option<EventId>> for Expected {
    /// Takes what [`State::last_event`] returned.
    fn from(last: Option<EventId>) -> Self {
        last.map_or(Self::NoEvent, Self::Last)
    }
}

/// A ledger that was read and folded, and can be extended if its store can.
#[derive(Debug)]
pub struct Ledger<S> {
    store: S,
    head: Option<Head>,
    events: Vec<Rc<Recorded>>,
    state: State,
}

impl<S: Store> Ledger<S> {
    /// Reads all that is in the store. An empty one is an empty ledger, and stays so until
    /// something is put or appended.
    pub async fn open(store: S) -> Result<Self, Error> {
        let mut ledger = Self { store, head: None, events: Vec::new(), state: State::default() };
        ledger.refresh().await?;
        Ok(ledger)
    }

    /// Reads what others have appended since.
    pub async fn refresh(&mut self) -> Result<(), Error> {
        let from = self.head.map_or(1, |head| head.last.sequence.0 + 1);
        let frames = self.store.read(Sequence(from)).await?;
        for frame in frames {
            self.take(&frame);
        }
        if let (Some(ours), Some(stored)) = (&mut self.head, self.store.head().await?) {
            ours.moved = stored.moved;
        }
        Ok(())
    }

    /// Returns what follows from all events.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns all events in order.
    pub fn events(&self) -> &[Rc<Recorded>] {
        &self.events
    }

    /// Returns the ledger's id; none while it does not exist.
    pub fn id(&self) -> Option<LedgerId> {
        self.head.map(|head| head.last.ledger)
    }

    /// Returns the last event; none while there is no ledger.
    pub fn head(&self) -> Option<EventId> {
        self.head.map(|head| head.last)
    }

    /// Returns what the user should be told about the place, and forgets it.
    pub fn notices(&mut self) -> Vec<Notice> {
        self.store.notices()
    }

    /// Makes the ledger if there is none yet, and returns its id: the salt of
    /// [`crate::Digest::of_server`].
    pub async fn create(&mut self) -> Result<LedgerId, Error> {
        if self.head.is_none() {
            self.store.create().await?;
            self.refresh().await?;
        }
        self.id().ok_or(Error::HeadMoved)
    }

    /// Appends an event and returns it once it is durable, with every object that was put before.
    ///
    /// `at_ns` is the caller's wall clock, in nanoseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the release has another last event than `expected`: nothing was
    /// written, and [`Ledger::state`] shows what came between. Others appending to other releases is
    /// no conflict.
    pub async fn append(
        &mut self,
        event: Event,
        at_ns: i64,
        expected: Expected,
    ) -> Result<Rc<Recorded>, Error> {
        self.create().await?;
        loop {
            self.check(&event, expected)?;
            let opened = self.open_epoch_if_moved(at_ns).await;
            let tried = match opened {
                Ok(()) => self.append_once(&event, at_ns).await,
                refused => refused,
            };
            match tried {
                Err(Error::HeadMoved) => self.refresh().await?,
                Err(error) => return Err(error),
                Ok(()) => return self.events.last().map(Rc::clone).ok_or(Error::HeadMoved),
            }
        }
    }

    /// Keeps bytes as an object and returns its name. Plain bytes that are there already are not
    /// written again.
    pub async fn put(&mut self, class: Class, bytes: Vec<u8>) -> Result<ObjectId, Error> {
        let object = match class {
            Class::Plain => Object::plain(bytes),
            Class::Private => Object::private(bytes)?,
        };
        self.create().await?;
        self.store.put(&object).await?;
        Ok(object.id())
    }

    /// Keeps private bytes, and reuses the object of the previous revision when it holds the same:
    /// compared by content, since names of private objects say nothing.
    pub async fn put_like(
        &mut self,
        previous: Option<ObjectId>,
        bytes: Vec<u8>,
    ) -> Result<ObjectId, Error> {
        if let Some(id) = previous {
            let found = self.store.get(id).await?;
            if found.is_some_and(|it| it.class() == Class::Private && it.content() == bytes) {
                return Ok(id);
            }
        }
        self.put(Class::Private, bytes).await
    }

    /// Returns an object's content.
    ///
    /// # Errors
    ///
    /// [`Error::ObjectMissing`] where there is none of that name.
    pub async fn get(&self, id: ObjectId) -> Result<Vec<u8>, Error> {
        let object = self.store.get(id).await?.ok_or(Error::ObjectMissing(id))?;
        Ok(object.into_content())
    }

    /// Returns an object with its class.
    pub async fn object(&self, id: ObjectId) -> Result<Object, Error> {
        self.store.get(id).await?.ok_or(Error::ObjectMissing(id))
    }

    /// Refuses an event whose release has moved on.
    fn check(&self, event: &Event, expected: Expected) -> Result<(), Error> {
        let Some(key) = self.state.release_of(event) else { return Ok(()) };
        let last = self.state.last_event(&key);
        match (expected, last) {
            (Expected::Any, _) | (_, None) => Ok(()),
            (Expected::Last(expected), Some(last)) if expected == last => Ok(()),
            (Expected::NoEvent | Expected::Last(_), Some(last)) => {
                Err(Error::Conflict { release: key.name, namespace: key.namespace, last })
            }
        }
    }

    /// Appends `EpochOpened` where the ledger is not where it was.
    async fn open_epoch_if_moved(&mut self, at_ns: i64) -> Result<(), Error> {
        let Some(head) = self.head else { return Err(Error::HeadMoved) };
        let Some(instance) = head.moved else { return Ok(()) };
        let opened = EpochOpened { reason: EpochReason::Moved, instance, facts: Facts::NONE };
        self.head = Some(Head { epoch: head.epoch.saturating_add(1), moved: None, ..head });
        let appended = self.append_once(&Event::EpochOpened(opened), at_ns).await;
        if appended.is_err() {
            self.head = Some(head);
        }
        appended
    }

    /// Appends one event to the head as this ledger knows it.
    async fn append_once(&mut self, event: &Event, at_ns: i64) -> Result<(), Error> {
        let Some(head) = self.head else { return Err(Error::HeadMoved) };
        let (schema, body) = wire::encode(event)?;
        let header = Header {
            kind: event.kind(),
            schema,
            epoch: head.epoch,
            sequence: Sequence(head.last.sequence.0 + 1),
            at_ns,
            previous: head.last.hash,
        };
        let frame = Frame::build(header, &body)?;
        self.store.append(&head, &frame).await?;
        self.take(&frame);
        Ok(())
    }

    /// Takes a stored frame into the fold.
    fn take(&mut self, frame: &Frame) {
        let ledger = self.id().unwrap_or(LedgerId(frame.hash()));
        let head = crate::store::head_of(frame, ledger, None);
        self.head = Some(head);
        let event = Rc::new(Recorded::read(frame, ledger));
        self.state.apply(&event);
        self.events.push(event);
    }
}

impl<S: OperationLocks> Ledger<S> {
    /// Marks an operation as alive for as long as the lock is held.
    ///
    /// # Errors
    ///
    /// [`Error::OperationAlive`] when somebody else works on it.
    pub fn begin_operation(&mut self, operation: OperationId) -> Result<OperationLock, Error> {
        self.store.begin_operation(operation)
    }

    /// Marks in the state what nobody on this machine works on as interrupted, until an event says
    /// otherwise.
    pub fn mark_interrupted(&mut self) {
        let store = &self.store;
        self.state.interrupt(|operation| store.is_alive(operation).unwrap_or(true));
    }

    /// Says whether somebody on this machine works on the operation right now.
    pub fn is_alive(&self, operation: OperationId) -> Result<bool, Error> {
        self.store.is_alive(operation)
    }
}
