//! What an operation tells while it goes on: events to a file, progress to whoever watches.

use std::{
    cell::{Cell, RefCell},
    fs::{File, OpenOptions},
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use applier::{Observer, Progress};
use ledger::Recorded;

use super::quoted;
use crate::{charts, failure::Failure};

/// How much is told on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Talk {
    /// Every step, for the eye.
    Terminal,
    /// What is waited for and what is wrong, a line of log each; tools drop lines with `level=`.
    Log,
}

/// Tells events and progress.
#[derive(Debug)]
pub(crate) struct Teller {
    talk: Talk,
    events: Option<RefCell<File>>,
    /// The first failure to write an event down.
    broken: Cell<Option<io::ErrorKind>>,
}

impl Teller {
    /// Tells progress, and each event as a line of JSON into the file at `events`, once it is
    /// durable: that is what "acknowledged" means.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be written to, before anything has happened.
    pub(crate) fn new(events: Option<&str>) -> Result<Self, Failure> {
        let open = |path: &str| {
            let path = Path::new(path);
            let file = OpenOptions::new().create(true).append(true).open(path);
            file.map(RefCell::new).map_err(|error| charts::named(path, &error))
        };
        let talk = if io::stderr().is_terminal() { Talk::Terminal } else { Talk::Log };
        Ok(Self { talk, events: events.map(open).transpose()?, broken: Cell::new(None) })
    }

    /// Returns why events could not be written down, if they could not.
    pub(crate) fn broken(&self) -> Option<io::Error> {
        self.broken.take().map(io::Error::from)
    }

    fn say(&self, level: &str, text: &str) {
        let mut err = io::stderr().lock();
        // That nobody listens is no reason to stop.
        let _ = match (self.talk, level) {
            (Talk::Terminal, "WARN") => writeln!(err, "\x1b[33mwarning:\x1b[0m {text}"),
            (Talk::Terminal, _) => writeln!(err, "  {text}"),
            (Talk::Log, level) => writeln!(err, "level={level} msg={}", quoted(text)),
        };
    }
}

impl Observer for Teller {
    fn recorded(&self, event: &Recorded) {
        let Some(file) = &self.events else { return };
        let mut line = serde_json::to_vec(event).unwrap_or_default();
        line.push(b'\n');
        if let Err(error) = file.borrow_mut().write_all(&line) {
            self.broken.set(Some(error.kind()));
        }
    }

    fn progress(&self, progress: &Progress<'_>) {
        match progress {
            Progress::Warning(text) => self.say("WARN", text),
            Progress::Step { object, action } => {
                if self.talk == Talk::Terminal {
                    self.say("INFO", &format!("{object} {action}"));
                }
            }
            Progress::Hook { object, point } => {
                if self.talk == Talk::Terminal {
                    self.say("INFO", &format!("{point} hook: {object}"));
                }
            }
            Progress::Waiting { object, readiness, ready, of } => {
                let state = readiness.state.word();
                let text = format!("{object}: {state}: {} ({ready}/{of})", readiness.message);
                self.say("INFO", &text);
            }
            Progress::Output { pod, container, lines } => {
                // Helm prints what hooks print to standard output, lines as they are.
                let mut out = io::stdout().lock();
                let _ = write!(out, "[{pod}/{container}] {lines}");
                if !lines.ends_with('\n') {
                    let _ = writeln!(out);
                }
            }
        }
    }
}
