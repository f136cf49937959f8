//! How objects get to the cluster, for all commands that bring some there.

use super::{Duration, Switch, Wait};
use crate::failure::Failure;

/// The flags of Helm about applying and waiting.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ApplyOptions {
    /// Wait until objects are ready, at most for --timeout: watcher, legacy or hookOnly
    #[arg(
        long, value_name = "STRATEGY", num_args = 0..=1, require_equals = true,
        default_missing_value = "watcher"
    )]
    pub(crate) wait: Option<Wait>,

    /// With --wait, wait until Jobs have finished, too
    #[arg(long)]
    pub(crate) wait_for_jobs: Switch,

    /// How long any one wait may take
    #[arg(long, value_name = "TIME", default_value = "5m0s")]
    pub(crate) timeout: Duration,

    /// Leave out the hooks
    #[arg(long)]
    pub(crate) no_hooks: Switch,

    /// Take over fields that others manage, instead of stopping
    #[arg(long)]
    pub(crate) force_conflicts: Switch,

    #[arg(long, hide = true)]
    pub(crate) force_replace: Switch,

    #[arg(long, hide = true)]
    pub(crate) force: Switch,

    #[arg(
        long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true",
        default_value = "auto"
    )]
    pub(crate) server_side: String,
}

impl ApplyOptions {
    /// Refuses what cannot be done yet: it must not be ignored.
    ///
    /// # Errors
    ///
    /// Fails on `--server-side=false`, `--force-replace` and its old name.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.force_replace.is_on() || self.force.is_on() {
            let flag = if self.force.is_on() { "--force" } else { "--force-replace" };
            return Err(Failure::new(format_args!("{flag} is not supported yet")).with_hint(
                "delete the object that cannot be changed with kubectl and run this again; \
                 it is created anew",
            ));
        }
        match self.server_side.as_str() {
            "auto" | "true" | "1" | "t" | "T" | "True" | "TRUE" => Ok(()),
            "false" | "0" | "f" | "F" | "False" | "FALSE" => {
                Err(Failure::new("--server-side=false is not supported yet").with_hint(
                    "leave the flag out: objects are applied by the server, and those of a \
                     release that Helm applied by itself are taken over field by field",
                ))
            }
            other => Err(Failure::new(format_args!(
                "invalid/unknown release server-side apply method: {other}"
            ))),
        }
    }
}
