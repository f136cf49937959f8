//! What `verify` says of ledgers that are whole, and of those that are not in ways that a flipped
//! byte does not show.

use std::fs;
use std::path::Path;

use ledger::{Digest, EventId, Severity, Verb, log, verify};

use crate::samples::{Scribe, on_disk, to_read};

#[test]
fn ten_operations_verify_clean() {
    let home = tempfile::tempdir().unwrap();
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.ten_operations();
    let report = verify(home.path(), &[]);
    assert_eq!(report.findings, []);
    assert_eq!(report.events, 61);
    assert_eq!(report.head, scribe.ledger.head());
    assert_eq!(log(home.path()).entries.len(), 61);
}

#[test]
fn where_there_is_no_ledger_reads_find_nothing_and_make_nothing() {
    let home = tempfile::tempdir().unwrap();
    let inner = home.path().join("not-there");
    assert!(to_read(&inner).events().is_empty());
    assert!(verify(&inner, &[]).is_clean());
    drop(on_disk(&inner));
    assert!(!inner.exists());
}

#[test]
fn a_rewritten_ledger_is_told_by_a_head_that_is_known_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.start(Verb::Install, "api", 1, 1);
    let head = scribe.ledger.head().unwrap();
    assert!(verify(home.path(), &[head]).is_clean());
    let other = EventId { hash: Digest::of(b"another history"), ..head };
    let report = verify(home.path(), &[other]);
    assert_eq!((report.exit_code(), report.findings[0].severity), (12, Severity::Forked));
    let later = EventId { sequence: ledger::Sequence(99), ..head };
    assert_eq!(verify(home.path(), &[later]).exit_code(), 10);
}

#[test]
fn an_unknown_format_is_refused_by_readers_and_writers() {
    let home = tempfile::tempdir().unwrap();
    Scribe::new(on_disk(home.path())).start(Verb::Install, "api", 1, 1);
    fs::write(home.path().join("ledger/FORMAT"), "rutter ledger, format 9\n").unwrap();
    assert_eq!(verify(home.path(), &[]).exit_code(), 14);
    let store = ledger::LocalStore::reader(home.path());
    let refused = ledger::ready(ledger::Ledger::open(store)).unwrap_err();
    assert!(matches!(refused, ledger::Error::UnknownFormat { .. }));
}

/// Copies a ledger, as `cp -r` would.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), &place).unwrap();
        }
    }
}

#[test]
fn two_copies_that_both_go_on_are_told_apart_by_their_epochs() {
    let [home, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.start(Verb::Install, "api", 1, 1);
    copy(home.path(), other.path());
    let mut copied = Scribe::new(on_disk(other.path()));
    copied.start(Verb::Install, "db", 1, 1);
    scribe.start(Verb::Install, "db", 1, 1);
    assert_eq!(scribe.ledger.events().last().unwrap().epoch, 1);
    assert_eq!(copied.ledger.events().last().unwrap().epoch, 2);
    assert_eq!(copied.ledger.notices().first(), Some(&ledger::Notice::Moved));
    // From now on the copy is at home where it is.
    copied.start(Verb::Install, "web", 1, 1);
    let mut again = Scribe::new(on_disk(other.path()));
    again.start(Verb::Install, "cache", 1, 1);
    assert_eq!(again.ledger.events().last().unwrap().epoch, 2);
    assert!(verify(other.path(), &[]).is_clean());
    let head = scribe.ledger.head().unwrap();
    assert_eq!(verify(other.path(), &[head]).exit_code(), 12);
}
