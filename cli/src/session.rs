//! What a command is handed: where it runs and whom it talks to.

use crate::{settings::Settings, ui::Ui};

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Session {
    /// What environment and global flags say.
    pub(crate) settings: Settings,
    /// The two streams.
    pub(crate) ui: Ui,
}

impl Session {
    /// Opens nothing: cluster and ledger are opened by the commands that need them.
    pub(crate) fn new(settings: Settings) -> Self {
        let ui = Ui::new(settings.colour);
        Self { settings, ui }
    }

    /// Returns the namespace that is meant.
    pub(crate) fn namespace(&self) -> String {
        match self.settings.cluster.namespace.as_str() {
            "" => "default".to_owned(),
            given => given.to_owned(),
        }
    }
}
