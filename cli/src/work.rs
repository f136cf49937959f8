//! The place where releases live, opened: the cluster, the ledger, and who is told.
//!
//! Reads that ask no cluster start no runtime and open no connection.

use std::{fs, path::PathBuf, rc::Rc};

use applier::{Kube, MemoryCluster, Patience, World};
use ledger::{ANY_FILESYSTEM, Filesystems, Ledger, Limits, LocalStore, Notice, Opening, ready};
use render::tape::Source;
use tokio::runtime::{Builder, Runtime};

use crate::{
    connection::connection,
    failure::{Cause, Failure, chain},
    options::Switch,
    places::Place,
    session::Session,
    settings::Settings,
    sources::{Inhabited, System},
    ui::Teller,
};

/// Whether the cluster is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// It is.
    Cluster,
    /// It is not: the ledger alone answers (`--offline`).
    Nobody,
}

/// Everything that an operation or a read acts in.
pub(crate) struct Work {
    runtime: Option<Rc<Runtime>>,
    place: Rc<Place>,
    ledger: Ledger<LocalStore>,
    teller: Teller,
}

/// How an operation ended that a signal may cut short.
pub(crate) enum Ending<T> {
    /// By itself.
    Whole(T),
    /// By a signal. What was begun is recorded and can be resumed.
    Cut,
}

impl Work {
    /// Opens everything for reading.
    pub(crate) fn to_read(session: &mut Session, asking: Asking) -> Result<Self, Failure> {
        let store = LocalStore::reader(&home(&session.settings));
        Self::open(session, asking, (store, Teller::new(None)?))
    }

    /// Opens everything for writing. Nothing is written yet.
    pub(crate) fn to_write(session: &mut Session, events: Option<&str>) -> Result<Self, Failure> {
        let store = writer(&session.settings)?;
        Self::open(session, Asking::Cluster, (store, Teller::new(events)?))
    }

    fn open(
        session: &mut Session,
        asking: Asking,
        (store, teller): (LocalStore, Teller),
    ) -> Result<Self, Failure> {
        let (runtime, place) = place(session, asking)?;
        let ledger = ready(Ledger::open(store)).map_err(ledger_failure)?;
        Ok(Self { runtime: runtime.map(Rc::new), place: Rc::new(place), ledger, teller })
    }

    /// Does something in this place.
    ///
    /// # Errors
    ///
    /// What the deed fails with, in Helm's words and with a hint.
    pub(crate) fn run<T>(
        &mut self,
        deed: impl AsyncFnOnce(&mut World<'_, Place, LocalStore>) -> Result<T, applier::Error>,
    ) -> Result<T, Failure> {
        let Self { runtime, place, ledger, teller } = self;
        let mut world = World { cluster: &**place, ledger, clock: &now, observer: teller };
        let done = match runtime {
            Some(runtime) => runtime.block_on(deed(&mut world)),
            None => ready(deed(&mut world)),
        };
        done.map_err(|error| failure(&error))
    }

    /// Does something that writes. The first Ctrl-C (or SIGTERM) ends it between two requests: what
    /// has happened is in the ledger by then, and the rest can be resumed.
    pub(crate) fn run_until_signal<T>(
        &mut self,
        deed: impl AsyncFnOnce(&mut World<'_, Place, LocalStore>) -> Result<T, applier::Error>,
    ) -> Result<Ending<T>, Failure> {
        self.run(async |world| {
            tokio::select! {
                biased;
                () = signal() => Ok(Ending::Cut),
                done = deed(world) => done.map(Ending::Whole),
            }
        })
    }

    /// Returns the world that templates may ask: this machine's, and the cluster for `lookup`.
    pub(crate) fn source(&self) -> Box<dyn Source> {
        match &self.runtime {
            Some(runtime) => Box::new(Inhabited::new(Rc::clone(runtime), Rc::clone(&self.place))),
            None => Box::new(System),
        }
    }

    /// Says what the user should know about the ledger's place, and whether `--events` is whole.
    pub(crate) fn close(mut self, session: &mut Session) -> Result<(), Failure> {
        for notice in self.ledger.notices() {
            session.ui.warn(&match notice {
                Notice::Fleeting { filesystem } => format!(
                    "the ledger is on {filesystem}: it lives as long as this machine or container"
                ),
                Notice::Moved => "the ledger was moved or copied: a new epoch begins".to_owned(),
            });
        }
        match self.teller.broken() {
            None => Ok(()),
            Some(error) => Err(Failure::new(format_args!(
                "it is done, but its events could not be written to the --events file: {error}"
            ))
            .with_hint("the ledger has them all: `rutter ledger log`")
            .with_cause(Cause::Beside)),
        }
    }
}

/// Makes the ledger where there is none yet.
pub(crate) fn make_ledger(settings: &Settings) -> Result<(), Failure> {
    let mut ledger = ready(Ledger::open(writer(settings)?)).map_err(ledger_failure)?;
    ready(ledger.create()).map(drop).map_err(ledger_failure)
}

/// Returns the folder that holds the ledger. The sandbox has its own.
pub(crate) fn home(settings: &Settings) -> PathBuf {
    match settings.cluster.sandbox {
        Switch::On => settings.folders.rutter.join("sandbox"),
        Switch::Off => settings.folders.rutter.clone(),
    }
}

/// Returns the wall clock in nanoseconds since 1970.
pub(crate) fn now() -> i64 {
    i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

/// Turns an error of the applier into what is said of it.
pub(crate) fn failure(error: &applier::Error) -> Failure {
    let failure = Failure::new(chain(error)).with_hint_of(error.hint());
    match error {
        _ if error.denied().is_some() => failure.with_cause(Cause::Denied),
        applier::Error::Unreachable(applier::ClusterError::Unauthorized { .. }) => {
            failure.with_cause(Cause::Unknown)
        }
        _ => failure,
    }
}

/// Turns an error of the ledger into what is said of it.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`, which hands it over")]
pub(crate) fn ledger_failure(error: ledger::Error) -> Failure {
    Failure::new(chain(&error)).with_hint_of(error.hint())
}

fn place(session: &mut Session, asking: Asking) -> Result<(Option<Runtime>, Place), Failure> {
    if session.settings.cluster.sandbox.is_on() {
        let folder = home(&session.settings).join("cluster");
        session.say_sandbox();
        return Ok((Some(runtime()?), Place::Sandbox(MemoryCluster::sandbox(folder))));
    }
    let connection = connection(&session.settings);
    let unreachable = |error: applier::ClusterError| failure(&applier::Error::Unreachable(error));
    match asking {
        Asking::Nobody => {
            let endpoint = ready(connection.endpoint()).map_err(unreachable)?;
            Ok((None, Place::Nowhere(endpoint)))
        }
        Asking::Cluster => {
            let runtime = runtime()?;
            let server = runtime.block_on(Kube::connect(&connection, Patience::default()));
            let server = server.map_err(unreachable)?;
            Ok((Some(runtime), Place::Server(Box::new(server))))
        }
    }
}

/// One thread: all concurrency is futures joined in place.
fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn writer(settings: &Settings) -> Result<LocalStore, Failure> {
    let any = std::env::var(ANY_FILESYSTEM).unwrap_or_default();
    let any: Switch = any.parse().unwrap_or_default();
    let opening = Opening {
        at_ns: now(),
        machine: machine(),
        filesystems: if any.is_on() { Filesystems::Any } else { Filesystems::Local },
        limits: Limits::default(),
    };
    LocalStore::writer(&home(settings), opening).map_err(ledger_failure)
}

/// What tells this machine from others.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).ok().filter(|it| !it.trim().is_empty());
    read("/etc/machine-id").or_else(|| read("/proc/sys/kernel/hostname")).unwrap_or_default()
}

/// Waits for Ctrl-C or SIGTERM.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut interrupt) = signal(SignalKind::interrupt()) else {
        return std::future::pending().await;
    };
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
