//! How a chart becomes objects: flags of `install`, `upgrade` and `template`.

use super::Switch;

/// The flags about rendering.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ContentOptions {
    /// Do not check values against the chart's schema
    #[arg(long)]
    pub(crate) skip_schema_validation: Switch,

    /// Fetch the dependencies of the chart's folder first, if some are missing
    #[arg(long)]
    pub(crate) dependency_update: Switch,

    /// Leave out the chart's CRDs
    #[arg(long)]
    pub(crate) skip_crds: Switch,

    /// Show the notes of subcharts, too
    #[arg(long)]
    pub(crate) render_subchart_notes: Switch,

    /// Do not show the notes
    #[arg(long)]
    pub(crate) hide_notes: Switch,

    /// Let templates look up host names
    #[arg(long)]
    pub(crate) enable_dns: Switch,

    /// Taken for Helm's sake: the server checks every object that it is given
    #[arg(long)]
    #[allow(dead_code, reason = "there is no check of our own to switch off")]
    pub(crate) disable_openapi_validation: Switch,
}
