//! Which chart is meant, beyond its path.

use super::Switch;

/// Flags about finding a chart. Those that only matter to a repository come with repositories.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ChartOptions {
    /// The version of the chart; one that lies in a folder or an archive has but one
    #[arg(long, value_name = "CONSTRAINT")]
    pub(crate) version: Option<String>,
    /// Take development versions, too
    #[arg(long)]
    pub(crate) devel: Switch,
}
