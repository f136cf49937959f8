//! Several processes at once: the test binary starts itself.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ledger::{Error, Expected, Ledger, LocalStore, Notice, OperationId, Verb, log, ready, verify};

use crate::samples::{Scribe, on_disk, opening, to_read};

/// Tells a child what to do and where.
const TASK: &str = "RUTTER_TEST_CHILD";
const HOME: &str = "RUTTER_TEST_CHILD_HOME";
/// How many operations each of the writers writes.
const OPERATIONS: u32 = 20;

/// What a child does; without a task, nothing.
#[test]
fn child() {
    let (Ok(task), Ok(home)) = (std::env::var(TASK), std::env::var(HOME)) else { return };
    let home = PathBuf::from(home);
    match task.split_once(' ').unwrap() {
        ("write", name) => write(&home, name),
        ("fill", name) => fill(&home, name),
        ("poison", name) => poison(&home, name),
        ("hold", operation) => hold(&home, operation.parse().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn command(task: &str, home: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]);
    command.env(TASK, task).env(HOME, home).stdout(Stdio::null());
    command
}

fn spawn(task: &str, home: &Path) -> Child {
    command(task, home).spawn().unwrap()
}

fn write(home: &Path, name: &str) {
    let mut scribe = Scribe::new(on_disk(home));
    for revision in 1..=OPERATIONS {
        let verb = if revision == 1 { Verb::Install } else { Verb::Upgrade };
        scribe.operate(verb, name, 1, revision);
    }
}

#[test]
fn three_writers_and_a_reader_do_not_disturb_each_other() {
    let home = tempfile::tempdir().unwrap();
    let names = ["api", "db", "web"];
    // They race for the birth of the ledger, too.
    let mut children = names.map(|name| spawn(&format!("write {name}"), home.path()));
    let mut seen = 0;
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        let count = to_read(home.path()).events().len();
        assert!(count >= seen, "{count} events after {seen}");
        seen = count;
    }
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let report = verify(home.path(), &[]);
    assert_eq!(report.findings, []);
    let ledger = to_read(home.path());
    for name in names {
        let mut releases = ledger.state().releases();
        let release = releases.find(|it| it.key.name.as_str() == name).unwrap();
        let life = release.latest_life().unwrap();
        assert_eq!(life.deployed().unwrap().number.0, OPERATIONS);
        assert_eq!(release.operations.len(), OPERATIONS as usize);
    }
}

fn hold(home: &Path, operation: OperationId) {
    let mut ledger = on_disk(home);
    let _lock = ledger.begin_operation(operation).unwrap();
    std::fs::write(home.join("held"), "").unwrap();
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn an_operation_dies_with_its_process() {
    let home = tempfile::tempdir().unwrap();
    let operation = OperationId([9; 16]);
    let mut child = spawn(&format!("hold {operation}"), home.path());
    while !home.path().join("held").exists() {
        std::thread::yield_now();
    }
    let mut ledger = on_disk(home.path());
    assert!(ledger.is_alive(operation).unwrap());
    assert!(matches!(ledger.begin_operation(operation), Err(Error::OperationAlive(_))));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!ledger.is_alive(operation).unwrap());
    assert!(ledger.begin_operation(operation).is_ok());
}

/// Writes operations until there is no room, and checks where that was.
fn fill(home: &Path, name: &str) {
    let mut scribe = Scribe::new(on_disk(home));
    let mut open = None;
    for revision in 1..=1000 {
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            open = Some(scribe.start(Verb::Upgrade, name, 1, revision));
        }));
        if refused.is_err() {
            // What was begun before can still be ended; and now there is nothing begun.
            assert!(open.is_none(), "an operation was stopped in its middle");
            std::fs::write(home.join("filled"), revision.to_string()).unwrap();
            return;
        }
        let operation = open.take().unwrap();
        scribe.claim(operation, name, revision);
        for _ in 0..9 {
            scribe.claim(operation, name, revision);
        }
        scribe.finish(operation, ledger::Outcome::Deployed, ledger::Description::UpgradeComplete);
    }
    panic!("there was room for everything");
}

#[test]
fn a_full_disk_stops_an_operation_before_it_starts() {
    let home = tempfile::tempdir().unwrap();
    // A limit on the size of files stands for the end of the disk: no rights are needed for it.
    let child = command("fill api", home.path());
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 96; exec \"$0\" \"$@\""]);
    limited.arg(child.get_program()).args(child.get_args());
    for (name, value) in child.get_envs() {
        limited.env(name, value.unwrap());
    }
    assert!(limited.stdout(Stdio::null()).status().unwrap().success());
    assert!(home.path().join("filled").exists());
    let report = verify(home.path(), &[]);
    assert!(report.is_clean(), "{report:?}");
    let ledger = to_read(home.path());
    assert_eq!(ledger.state().in_flight().count(), 0);
    assert!(ledger.events().len() > 50);

    // With room again, it goes on.
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.operations = 200;
    scribe.operate(Verb::Upgrade, "api", 1, 999);
    assert!(verify(home.path(), &[]).is_clean());
}

/// Writes until a sync fails, and checks that this is the end.
fn poison(home: &Path, name: &str) {
    let mut ledger = on_disk(home);
    let mut append = || {
        let evidence = ready(ledger.put(ledger::Class::Private, name.as_bytes().to_vec()))?;
        let event = ledger::ClusterIdentified { details: Some(evidence), ..Default::default() };
        let event = ledger::Event::ClusterIdentified(event);
        ready(ledger.append(event, 7, Expected::Any)).map(|it| it.id.sequence.0)
    };
    let mut acknowledged = 0;
    let refused = loop {
        match append() {
            Ok(sequence) => acknowledged = sequence,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::Sync { .. }), "{refused:?}");
    // Nothing else is written, whatever the disk says now.
    assert!(matches!(append(), Err(Error::Poisoned { .. })));
    std::fs::write(home.join("acknowledged"), acknowledged.to_string()).unwrap();
}

#[test]
fn after_a_failed_sync_a_process_writes_no_more_and_the_next_copies_what_is_in_doubt() {
    // Seven syncs make a ledger; each append then syncs a pack and a segment.
    for failing in 8..14 {
        let home = tempfile::tempdir().unwrap();
        ready(on_disk(home.path()).create()).unwrap();
        let child = command("poison x", home.path());
        let mut traced = Command::new("strace");
        let inject = format!("inject=fdatasync:error=EIO:when={}", failing - 7);
        traced.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", &inject]);
        traced.arg(child.get_program()).args(child.get_args());
        for (name, value) in child.get_envs() {
            traced.env(name, value.unwrap());
        }
        assert!(traced.stdout(Stdio::null()).status().unwrap().success(), "sync {failing}");
        let acknowledged = std::fs::read_to_string(home.path().join("acknowledged")).unwrap();
        let acknowledged: usize = acknowledged.parse().unwrap();

        let mut scribe = Scribe::new(on_disk(home.path()));
        assert!(scribe.ledger.events().len() >= acknowledged);
        scribe.operate(Verb::Install, "api", 1, 1);
        let report = verify(home.path(), &[]);
        assert!(report.is_clean(), "{report:?}");
        let last = log(home.path()).entries.pop().unwrap();
        assert!(last.path.ends_with("00000002.seg"), "{}", last.path.display());
    }
}

#[test]
fn a_full_disk_is_one_clear_message() {
    let error = Error::NoRoom {
        path: "/data/ledger/events/00000001.seg".into(),
        source: std::io::ErrorKind::StorageFull.into(),
    };
    assert_eq!(error.to_string(), "no room for the ledger at `/data/ledger/events/00000001.seg`");
    assert!(error.hint().unwrap().contains("RUTTER_HOME"));
}

#[test]
fn a_home_of_somebody_else_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let is_root = rustix::process::geteuid().is_root();
    let home = if is_root { folder.path() } else { Path::new("/") };
    if is_root {
        std::os::unix::fs::chown(home, Some(12_345), None).unwrap();
    }
    let refused = LocalStore::writer(home, opening()).unwrap_err();
    assert!(matches!(refused, Error::ForeignOwner { .. }), "{refused:?}");
    assert!(refused.hint().unwrap().contains("RUTTER_HOME"));
    assert!(!home.join("ledger").exists());
}

#[test]
fn a_home_that_is_a_file_or_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = LocalStore::writer(&file, opening()).unwrap_err();
    assert!(matches!(refused, Error::NotWritable { .. }), "{refused:?}");
    // No folder can be made here, whoever asks.
    let nowhere = Path::new("/proc/rutter-test");
    let made = LocalStore::writer(nowhere, opening()).and_then(|store| {
        let mut ledger = ready(Ledger::open(store))?;
        ready(ledger.create())
    });
    assert!(made.is_err());
}

#[test]
fn memory_is_said_to_forget_once() {
    let memory = Path::new("/dev/shm");
    if !memory.is_dir() {
        return;
    }
    let home = tempfile::tempdir_in(memory).unwrap();
    let mut ledger = on_disk(home.path());
    assert!(ledger.notices().is_empty());
    ready(ledger.create()).unwrap();
    assert_eq!(ledger.notices(), [Notice::Fleeting { filesystem: "tmpfs" }]);
    assert!(ledger.notices().is_empty());
    let mut again = on_disk(home.path());
    ready(again.create()).unwrap();
    assert!(again.notices().is_empty());
}

#[test]
fn frames_behind_the_mark_are_copied_before_they_are_built_upon() {
    let home = tempfile::tempdir().unwrap();
    let mark = home.path().join("ledger/mark");
    let mut scribe = Scribe::new(on_disk(home.path()));
    let first = scribe.start(Verb::Install, "api", 1, 1);
    let before = std::fs::read(&mark).unwrap();
    // Killed after the frame was written and before the mark was.
    scribe.claim(first, "api", 1);
    let text = scribe.private("Install failed");
    scribe.finish(first, ledger::Outcome::Failed, ledger::Description::Text(text));
    std::fs::write(&mark, before).unwrap();

    let mut next = Scribe::new(on_disk(home.path()));
    next.operations = 10;
    assert_eq!(next.ledger.events().len(), 5);
    next.start(Verb::Upgrade, "api", 1, 2);
    let report = verify(home.path(), &[]);
    assert!(report.is_clean(), "{report:?}");
    let numbers: Vec<_> = log(home.path()).entries;
    let segment = |index: usize| numbers[index].path.to_str().unwrap().to_owned();
    assert_eq!(segment(2), "events/00000001.seg");
    assert!(numbers[3..].iter().all(|it| it.path.ends_with("00000002.seg")));
    assert!(home.path().join("ledger/objects/private-00000002.pack").exists());

    // The first process has read further than what counts there now, and goes on all the same.
    scribe.operations = 20;
    scribe.start(Verb::Install, "db", 1, 1);
    assert!(verify(home.path(), &[]).is_clean());
    assert_eq!(to_read(home.path()).events().len(), 7);
}

#[test]
fn a_torn_end_stays_and_the_next_segment_says_what_counts() {
    let home = tempfile::tempdir().unwrap();
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.start(Verb::Install, "api", 1, 1);
    let entry = log(home.path()).entries.pop().unwrap();
    let path = home.path().join("ledger").join(&entry.path);
    let mut bytes = std::fs::read(&path).unwrap();
    let end = usize::try_from(entry.offset).unwrap() + entry.frame.bytes().len();
    bytes[end..end + 4].copy_from_slice(b"RLEv");
    bytes[end + 5] = 77;
    std::fs::write(&path, &bytes).unwrap();
    let pack = home.path().join("ledger/objects/plain-00000001.pack");
    let mut torn = std::fs::read(&pack).unwrap();
    torn.extend(b"RLob half a record");
    std::fs::write(&pack, &torn).unwrap();

    let mut next = Scribe::new(on_disk(home.path()));
    next.operations = 10;
    next.start(Verb::Install, "db", 1, 1);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(std::fs::read(&pack).unwrap(), torn);
    let report = verify(home.path(), &[]);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.findings.len(), 2, "both ends are named: {report:?}");
    assert_eq!(to_read(home.path()).events().len(), 4);
}

#[test]
fn a_ledger_goes_on_without_its_mark() {
    let home = tempfile::tempdir().unwrap();
    Scribe::new(on_disk(home.path())).start(Verb::Install, "api", 1, 1);
    std::fs::remove_file(home.path().join("ledger/mark")).unwrap();
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.operations = 10;
    let first = scribe.start(Verb::Install, "db", 1, 1);
    let report = verify(home.path(), &[]);
    assert!(report.is_clean(), "{report:?}");
    let key = scribe.key("db");
    assert_eq!(scribe.ledger.state().last_event(&key), Some(first));
    let again = to_read(home.path());
    assert_eq!(again.events(), scribe.ledger.events());
    assert_eq!(Expected::from(again.state().last_event(&key)), Expected::Last(first));
}

#[test]
fn a_writer_gives_up_when_the_lock_is_held_for_too_long() {
    let home = tempfile::tempdir().unwrap();
    let mut scribe = Scribe::new(on_disk(home.path()));
    scribe.start(Verb::Install, "api", 1, 1);
    let file = std::fs::File::open(home.path().join("ledger/mark")).unwrap();
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
    // Readers do not care.
    assert_eq!(to_read(home.path()).events().len(), 3);
    let refused = ready(scribe.ledger.put(ledger::Class::Plain, b"x".to_vec())).unwrap_err();
    assert!(matches!(refused, Error::Busy { .. }), "{refused:?}");
    assert_eq!(refused.exit_code(), 75);
}
