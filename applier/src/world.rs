//! What an operation acts in: the cluster, the ledger, the clock, and who is told.

use ledger::{EventId, Expected, Ledger, ObjectRef, OperationLocks, Recorded, Store};

use crate::{error::Error, readiness::Readiness};

/// What an operation acts in.
pub struct World<'a, C, S> {
    /// The API server, or the sandbox.
    pub cluster: &'a C,
    /// What was done, and where it is written down.
    pub ledger: &'a mut Ledger<S>,
    /// Returns the wall clock in nanoseconds since 1970 (UTC).
    pub clock: &'a dyn Fn() -> i64,
    /// Who is told.
    pub observer: &'a dyn Observer,
}

/// Who is told what happens while it happens.
pub trait Observer {
    /// An event is durable.
    fn recorded(&self, event: &Recorded);

    /// Something happened that is worth a line.
    fn progress(&self, progress: &Progress<'_>);
}

impl Observer for () {
    fn recorded(&self, _: &Recorded) {}

    fn progress(&self, _: &Progress<'_>) {}
}

/// Something that is worth a line.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// The server, or we, warn.
    Warning(&'a str),
    /// A step of the plan is done.
    Step {
        /// The object.
        object: &'a ObjectRef,
        /// What was done to it.
        action: ledger::Action,
    },
    /// A hook is about to run.
    Hook {
        /// Its object.
        object: &'a ObjectRef,
        /// When in the operation.
        point: ledger::HookPoint,
    },
    /// An object that is waited for has changed.
    Waiting {
        /// The object.
        object: &'a ObjectRef,
        /// How it stands now.
        readiness: &'a Readiness,
        /// How many objects are ready.
        ready: usize,
        /// Of how many.
        of: usize,
    },
    /// Lines of a hook's log (`helm.sh/hook-output-log-policy`).
    Output {
        /// The pod's name.
        pod: &'a str,
        /// The container's name.
        container: &'a str,
        /// The lines.
        lines: &'a str,
    },
}

impl<C, S: Store + OperationLocks> World<'_, C, S> {
    /// Appends an event, and tells it once it is durable.
    pub(crate) async fn append(
        &mut self,
        event: ledger::Event,
        expected: Expected,
    ) -> Result<EventId, Error> {
        let recorded = self.ledger.append(event, (self.clock)(), expected).await?;
        self.observer.recorded(&recorded);
        Ok(recorded.id)
    }

    /// Tells a warning.
    pub(crate) fn warn(&self, text: &str) {
        self.observer.progress(&Progress::Warning(text));
    }
}
