//! The ledger frame by frame, for `ledger log` and `ledger show`: also what is opaque, and around
//! what is broken.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::event::Recorded;
use crate::frame::Frame;
use crate::store::local::FOLDER;
use crate::verify::{Chain, Finding, Report};

/// One event and where it is.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// The file, from the ledger's folder on.
    pub path: PathBuf,
    /// Where in it.
    pub offset: u64,
    /// The event.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// Its frame as it is stored.
    #[serde(skip)]
    pub frame: Frame,
}

/// All events that can be read, and what is wrong with the files they are in.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The events, in the order of the files.
    pub entries: Vec<LogEntry>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
}

/// Reads the ledger in `home` frame by frame. Unlike [`crate::Ledger::open`] it goes on behind what
/// is broken, and says what that was.
pub fn log(home: &Path) -> Log {
    let folder = home.join(FOLDER);
    if !folder.exists() {
        return Log::default();
    }
    let mut report = Report::default();
    let chain = Chain::read(&folder, &mut report);
    let entries = chain.walked.into_iter().map(|it| LogEntry {
        path: it.path,
        offset: it.offset,
        recorded: it.recorded,
        frame: it.frame,
    });
    Log { entries: entries.collect(), findings: report.findings }
}
