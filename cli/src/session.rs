//! What a command is handed: where it runs and whom it talks to.

use crate::{
    connection::connection,
    failure::{Cause, Failure},
    options::Switch,
    settings::Settings,
    ui::Ui,
};

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Session {
    /// What environment and global flags say.
    pub(crate) settings: Settings,
    /// The two streams.
    pub(crate) ui: Ui,
    sandbox_said: Switch,
}

impl Session {
    /// Opens nothing: cluster and ledger are opened by the commands that need them.
    pub(crate) fn new(settings: Settings) -> Self {
        let ui = Ui::new(settings.colour);
        Self { settings, ui, sandbox_said: Switch::Off }
    }

    /// Says whom the server does not know, where it knows nobody.
    pub(crate) fn named(&self, failure: Failure) -> Failure {
        if !failure.is(Cause::Unknown) {
            return failure;
        }
        let connection = connection(&self.settings);
        if connection.token.is_some() {
            return failure.with_other_hint("the server does not know the token that was given");
        }
        let user = connection.user_name().ok().flatten();
        let context = connection.context_name().ok().flatten();
        match user.zip(context) {
            Some((user, context)) => failure.with_other_hint(&format!(
                "the server does not accept the credentials of the user `{user}`, whom the \
                 context `{context}` names: log in again, or choose another with --kube-context"
            )),
            None => failure,
        }
    }

    /// Says, once, that no real cluster is meant.
    pub(crate) fn say_sandbox(&mut self) {
        if !self.sandbox_said.is_on() {
            self.sandbox_said = Switch::On;
            self.ui.inform("this is the sandbox: no real cluster is touched");
        }
    }

    /// Returns the namespace that is meant.
    pub(crate) fn namespace(&self) -> String {
        let cluster = &self.settings.cluster;
        let asked = Some(cluster.namespace.clone()).filter(|it| !it.is_empty());
        // A context says nothing about the sandbox; a kubeconfig that cannot be read is an error
        // of whoever talks to the cluster, and `default` to everybody else, as in Helm.
        let context = || match cluster.sandbox {
            Switch::On => None,
            Switch::Off => connection(&self.settings).namespace().ok(),
        };
        asked.or_else(context).unwrap_or_else(|| "default".to_owned())
    }
}
