//! What a release is given beside its objects: flags of `install`, `upgrade` and `template`.

use super::Switch;

/// The flags about the release.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ReleaseOptions {
    /// Make the namespace if it is not there
    #[arg(long)]
    pub(crate) create_namespace: Switch,

    /// Take over objects that are there already, whoever made them
    #[arg(long)]
    pub(crate) take_ownership: Switch,

    /// What the history says of the revision
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// Labels for the release's record: a=1,b=2
    #[arg(short = 'l', long, value_name = "LABELS")]
    pub(crate) labels: Vec<String>,
}
