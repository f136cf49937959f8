//! What becomes of an operation that fails.

use applier::{Cleanup, Manner, OnFailure, Wait};

use super::Switch;
use crate::ui::Ui;

/// The flags about failing, for what has a revision before it or none at all.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct UndoOptions {
    /// If it fails, go back to how it was before; implies --wait
    #[arg(long)]
    rollback_on_failure: Switch,

    #[arg(long, hide = true)]
    atomic: Switch,
}

/// The flag about what a failed operation has made.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CleanupOptions {
    /// If it fails, delete what it created
    #[arg(long)]
    cleanup_on_fail: Switch,
}

impl UndoOptions {
    /// Puts the flags into the manner of an operation, and warns of the old one as Helm does.
    pub(crate) fn apply(&self, manner: &mut Manner, ui: &mut Ui) {
        if self.atomic.is_on() {
            ui.talk("Flag --atomic has been deprecated, use --rollback-on-failure instead");
        }
        if self.wanted().is_on() {
            manner.on_failure = OnFailure::Undo;
            if manner.waiting.strategy == Wait::HookOnly {
                manner.waiting.strategy = Wait::Watcher;
            }
        }
    }

    /// Returns whether a failure is undone.
    pub(crate) fn wanted(&self) -> Switch {
        if self.atomic.is_on() { Switch::On } else { self.rollback_on_failure }
    }
}

impl CleanupOptions {
    /// Puts the flag into the manner of an operation.
    pub(crate) fn apply(&self, manner: &mut Manner) {
        if self.cleanup_on_fail.is_on() {
            manner.cleanup = Cleanup::DeleteCreated;
        }
    }
}
