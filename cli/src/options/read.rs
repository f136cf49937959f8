//! Where a read looks, and how far.

use super::Switch;

/// Our own flags on Helm's reads.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct ReadOptions {
    /// Ask no cluster: the ledger alone answers
    #[arg(long)]
    pub(crate) offline: Switch,

    /// Show releases that were uninstalled, too
    #[arg(long)]
    pub(crate) deleted: Switch,
}
