//! `--print-rbac`: what would have to be allowed, instead of doing it.

/// Our own flag on what changes a release.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RightsOptions {
    /// Print the roles and bindings that USER needs for this, and do nothing; without USER, those
    /// that you need
    #[arg(
        long, value_name = "USER", num_args = 0..=1, require_equals = true,
        default_missing_value = ""
    )]
    print_rbac: Option<String>,
}

impl RightsOptions {
    /// Returns for whom rights are to be printed, if they are; empty for the user himself.
    pub(crate) fn wanted(&self) -> Option<&str> {
        self.print_rbac.as_deref()
    }
}
