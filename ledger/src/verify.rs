//! Whether a ledger is what was written: every byte is hashed again and nothing is believed, least
//! of all `mark`. Only looks; what is found is named by file, place and kind.

mod chain;
mod files;
mod objects;
mod references;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub(crate) use self::chain::{Chain, Walked};
use self::objects::Objects;
use crate::digest::{EventId, LedgerId};
use crate::store::local::FOLDER;

/// How bad a finding is. The number is the exit code of `ledger verify`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// 0: nothing is lost, but the reader may want to know.
    Note,
    /// 75: the ledger changed while it was read; another look may tell.
    TryAgain,
    /// 11: acknowledged events were given up by decision.
    TailAbandoned,
    /// 13: what cannot be proved or disproved.
    Unverifiable,
    /// 14: what this version or this user cannot read.
    Unreadable,
    /// 10: bytes are not what was acknowledged.
    Damaged,
    /// 12: there are two histories.
    Forked,
}

impl Severity {
    /// Returns the exit code that stands for it.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Note => 0,
            Self::Damaged => 10,
            Self::TailAbandoned => 11,
            Self::Forked => 12,
            Self::Unverifiable => 13,
            Self::Unreadable => 14,
            Self::TryAgain => 75,
        }
    }
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file, from the ledger's folder on.
    pub path: PathBuf,
    /// Where in it.
    pub offset: u64,
    /// What does not fit, as a phrase.
    pub what: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} at byte {}: {}", self.path.display(), self.offset, self.what)
    }
}

/// What a look at a ledger gave.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Report {
    /// The ledger; none where there is none.
    pub ledger: Option<LedgerId>,
    /// The last event.
    pub head: Option<EventId>,
    /// How many events are whole.
    pub events: u64,
    /// How many of them this version does not know.
    pub opaque: u64,
    /// How many objects are whole.
    pub objects: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// Everything that was found, notes included, in the order of files.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Says whether there is nothing but notes.
    pub fn is_clean(&self) -> bool {
        self.worst() == Severity::Note
    }

    /// Returns the exit code that the worst finding asks for.
    pub fn exit_code(&self) -> u8 {
        self.worst().exit_code()
    }

    fn worst(&self) -> Severity {
        self.findings.iter().map(|it| it.severity).max().unwrap_or(Severity::Note)
    }

    /// Adds a finding.
    fn add(&mut self, severity: Severity, path: &Path, offset: u64, what: impl Into<String>) {
        let what = what.into();
        self.findings.push(Finding { severity, path: path.to_owned(), offset, what });
    }
}

/// How often a ledger that changes under our eyes is looked at.
const LOOKS: u32 = 4;

/// Verifies the ledger in `home`. `known` are events that are known from elsewhere: from an
/// annotation in a cluster, from a backup, from an auditor's notes. A ledger that was rewritten as a
/// whole can be told only by them.
pub fn verify(home: &Path, known: &[EventId]) -> Report {
    let mut report = look(home, known);
    for _ in 1..LOOKS {
        if report.is_clean() {
            return report;
        }
        // Somebody may have written while we read: what is really broken stays as it is.
        let again = look(home, known);
        if again == report {
            return report;
        }
        report = again;
    }
    report.add(Severity::TryAgain, Path::new(""), 0, "the ledger changed at each look");
    report
}

/// Looks at everything once.
fn look(home: &Path, known: &[EventId]) -> Report {
    let folder = home.join(FOLDER);
    let mut report = Report::default();
    if !folder.exists() || !files::is_format_known(&folder, &mut report) {
        return report;
    }
    // The mark first: what is written while we read can only go beyond it.
    let mark = files::mark(&folder, &mut report);
    let chain = Chain::read(&folder, &mut report);
    let objects = Objects::read(&folder, chain.ledger, &mut report);
    report.ledger = chain.ledger;
    report.head = chain.head();
    report.events = chain.walked.len() as u64;
    report.objects = objects.count();
    files::check_mark(mark.as_ref(), &chain, &objects, &mut report);
    files::check_key(&folder, &chain, &mut report);
    files::check_instance(&folder, &mut report);
    files::check_others(&folder, &mut report);
    references::check(&chain, &objects, &mut report);
    check_known(known, &chain, &mut report);
    report
}

/// Compares the chain with what is known from elsewhere.
fn check_known(known: &[EventId], chain: &Chain, report: &mut Report) {
    let Some(ledger) = chain.ledger else { return };
    let path = PathBuf::from(crate::layout::EVENTS);
    let distinct: BTreeSet<&EventId> = known.iter().collect();
    for event in distinct {
        if event.ledger != ledger {
            let what = format!("event {event} is of another ledger, {}", event.ledger);
            report.add(Severity::Unverifiable, &path, 0, what);
            continue;
        }
        match chain.hash_of(event.sequence) {
            Some(hash) if hash == event.hash => {}
            Some(_) => {
                let what = format!("event {event} is known elsewhere with another hash than here");
                report.add(Severity::Forked, &path, 0, what);
            }
            None => {
                let what = format!("event {event} is known elsewhere and is not here");
                report.add(Severity::Damaged, &path, 0, what);
            }
        }
    }
}
