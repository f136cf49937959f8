//! What every store keeps, said once and tried on each: memory is a second opinion on the disk.

use std::path::PathBuf;

use ledger::{
    Class, Description, Error, Expected, Ledger, LocalStore, MemoryStore, Object, OperationId,
    OperationLocks, Outcome, Sequence, Status, Store, Verb, ready,
};

use crate::samples::{Scribe, opening};

/// A store that can be opened a second time, as another process would.
trait Twice: Store + OperationLocks + Sized {
    fn again(&self) -> Self;
}

impl Twice for MemoryStore {
    fn again(&self) -> Self {
        self.clone()
    }
}

/// A store on disk that knows where it is.
struct OnDisk(LocalStore, PathBuf);

impl OnDisk {
    fn new(home: PathBuf) -> Self {
        Self(LocalStore::writer(&home, opening()).unwrap(), home)
    }
}

impl Store for OnDisk {
    async fn head(&mut self) -> Result<Option<ledger::Head>, Error> {
        self.0.head().await
    }

    async fn read(&mut self, from: Sequence) -> Result<Vec<ledger::Frame>, Error> {
        self.0.read(from).await
    }

    async fn append(
        &mut self,
        expected: &ledger::Head,
        frame: &ledger::Frame,
    ) -> Result<(), Error> {
        self.0.append(expected, frame).await
    }

    async fn put(&mut self, object: &Object) -> Result<(), Error> {
        self.0.put(object).await
    }

    async fn get(&self, id: ledger::ObjectId) -> Result<Option<Object>, Error> {
        self.0.get(id).await
    }

    async fn create(&mut self) -> Result<ledger::Head, Error> {
        self.0.create().await
    }
}

impl OperationLocks for OnDisk {
    fn begin_operation(&mut self, operation: OperationId) -> Result<ledger::OperationLock, Error> {
        self.0.begin_operation(operation)
    }

    fn is_alive(&self, operation: OperationId) -> Result<bool, Error> {
        self.0.is_alive(operation)
    }
}

impl Twice for OnDisk {
    fn again(&self) -> Self {
        Self::new(self.1.clone())
    }
}

/// Runs one clause on every store.
fn on_each(clause: impl Fn(&dyn Fn() -> Either)) {
    let folder = tempfile::tempdir().unwrap();
    clause(&|| Either::Memory(MemoryStore::new(1)));
    let count = std::cell::Cell::new(0);
    clause(&|| {
        count.set(count.get() + 1);
        Either::Disk(OnDisk::new(folder.path().join(count.get().to_string())))
    });
}

/// One of the stores.
enum Either {
    Memory(MemoryStore),
    Disk(OnDisk),
}

/// Runs a generic function on whichever store it is.
macro_rules! with {
    ($either:expr, $clause:expr) => {
        match $either {
            Either::Memory(store) => $clause(store),
            Either::Disk(store) => $clause(store),
        }
    };
}

fn empty_reads_as_empty(mut store: impl Twice) {
    assert_eq!(ready(store.head()).unwrap(), None);
    assert!(ready(store.read(Sequence(1))).unwrap().is_empty());
    assert!(ready(store.get(Object::plain(vec![]).id())).unwrap().is_none());
}

#[test]
fn an_empty_store_reads_as_empty() {
    on_each(|make| with!(make(), empty_reads_as_empty));
}

fn keeps_frames_and_objects(store: impl Twice) {
    let again = store.again();
    let mut scribe = Scribe::new(ready(Ledger::open(store)).unwrap());
    scribe.ten_operations();
    let id = scribe.private("hunter2");
    scribe.append(ledger::Event::Opaque(ledger::Opaque { number: 900, schema: 3, body: vec![1] }));

    let other = ready(Ledger::open(again)).unwrap();
    assert_eq!(other.events(), scribe.ledger.events());
    assert_eq!(other.state(), scribe.ledger.state());
    assert_eq!(ready(other.get(id)).unwrap(), b"hunter2");
    // Created, identified, nine operations of six events, an uninstall of five, one unknown.
    assert_eq!(other.events().len(), 1 + 1 + 9 * 6 + 5 + 1);
}

#[test]
fn what_one_process_wrote_another_reads() {
    on_each(|make| with!(make(), keeps_frames_and_objects));
}

fn refuses_a_stale_head(store: impl Twice) {
    let mut one = Scribe::new(ready(Ledger::open(store.again())).unwrap());
    one.start(Verb::Install, "api", 1, 1);
    let mut stale = store.again();
    let head = ready(stale.head()).unwrap().unwrap();
    let frame = ready(stale.read(Sequence(1))).unwrap().pop().unwrap();
    one.start(Verb::Install, "db", 1, 1);
    assert!(matches!(ready(stale.append(&head, &frame)), Err(Error::HeadMoved)));
}

#[test]
fn a_frame_goes_only_behind_the_head_it_was_made_for() {
    on_each(|make| with!(make(), refuses_a_stale_head));
}

fn releases_do_not_disturb_each_other(store: impl Twice) {
    let mut one = Scribe::new(ready(Ledger::open(store.again())).unwrap());
    let first = one.start(Verb::Install, "api", 1, 1);
    let mut two = Scribe::new(ready(Ledger::open(store.again())).unwrap());
    let key = two.key("api");
    let seen = Expected::from(two.ledger.state().last_event(&key));
    assert_eq!(seen, Expected::Last(first));

    // Somebody appends to another release: no conflict.
    one.start(Verb::Install, "db", 1, 1);
    let claim = |operation| {
        ledger::Event::RevisionClaimed(ledger::RevisionClaimed {
            operation,
            revision: ledger::Revision(1),
            record: crate::samples::record("api", 1, "1"),
            facts: ledger::Facts::NONE,
        })
    };
    let appended = ready(two.ledger.append(claim(first), 5, seen)).unwrap();

    // Somebody appended to this one: conflict, and nothing is written.
    let refused = ready(one.ledger.append(claim(first), 6, Expected::Last(first)));
    let Err(Error::Conflict { last, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(last, appended.id);
    assert_eq!(one.ledger.head(), Some(appended.id));
    let refused = ready(one.ledger.append(claim(first), 6, Expected::NoEvent));
    assert!(matches!(refused, Err(Error::Conflict { .. })));
}

#[test]
fn only_a_release_that_moved_on_is_a_conflict() {
    on_each(|make| with!(make(), releases_do_not_disturb_each_other));
}

fn reuses_equal_content(store: impl Twice) {
    let mut ledger = ready(Ledger::open(store)).unwrap();
    let plain = ready(ledger.put(Class::Plain, b"a".to_vec())).unwrap();
    assert_eq!(ready(ledger.put(Class::Plain, b"a".to_vec())).unwrap(), plain);
    let private = ready(ledger.put_like(None, b"a".to_vec())).unwrap();
    assert_ne!(private, plain);
    assert_eq!(ready(ledger.put_like(Some(private), b"a".to_vec())).unwrap(), private);
    assert_ne!(ready(ledger.put_like(Some(private), b"b".to_vec())).unwrap(), private);
    assert_ne!(ready(ledger.put_like(Some(plain), b"a".to_vec())).unwrap(), plain);
    let other = ready(ledger.put(Class::Private, b"a".to_vec())).unwrap();
    assert_ne!(other, private);
}

#[test]
fn private_content_is_reused_only_when_asked_for() {
    on_each(|make| with!(make(), reuses_equal_content));
}

fn knows_who_lives(mut store: impl Twice) {
    let operation = OperationId([7; 16]);
    let mut other = store.again();
    assert!(!other.is_alive(operation).unwrap());
    let lock = store.begin_operation(operation).unwrap();
    assert!(other.is_alive(operation).unwrap());
    let refused = other.begin_operation(operation);
    assert!(matches!(refused, Err(Error::OperationAlive(_))));
    drop(lock);
    assert!(!other.is_alive(operation).unwrap());
    let _lock = other.begin_operation(operation).unwrap();
    assert!(store.is_alive(operation).unwrap());
}

#[test]
fn an_operation_lives_as_long_as_its_lock() {
    on_each(|make| with!(make(), knows_who_lives));
}

fn interrupts_the_dead(mut store: impl Twice) {
    let mut scribe = Scribe::new(ready(Ledger::open(store.again())).unwrap());
    let operation = scribe.start(Verb::Install, "api", 1, 1);
    scribe.claim(operation, "api", 1);
    let key = scribe.key("api");
    let lock = store.begin_operation(OperationId([1; 16])).unwrap();
    let status = |scribe: &Scribe<_>| {
        let mut state = scribe.ledger.state().clone();
        state.interrupt(|operation| scribe.ledger.is_alive(operation).unwrap());
        state.release(&key).unwrap().latest_life().unwrap().latest().unwrap().status
    };
    assert_eq!(status(&scribe), Status::PendingInstall);
    drop(lock);
    assert_eq!(status(&scribe), Status::Interrupted);
    scribe.finish(operation, Outcome::Deployed, Description::InstallComplete);
    assert_eq!(status(&scribe), Status::Deployed);
}

#[test]
fn an_operation_without_an_end_is_interrupted_once_nobody_works_on_it() {
    on_each(|make| with!(make(), interrupts_the_dead));
}
