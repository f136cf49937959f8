//! The dependencies of a chart in a folder: what `charts/` holds of what `Chart.yaml` asks for.

use crate::{failure::Failure, session::Session};

/// Whether the indexes of repositories are asked for anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// They are.
    #[default]
    All,
    /// What is in the cache is good enough: `--skip-refresh`.
    Nothing,
}

/// Who is told what is being done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The user, on standard output, in Helm's lines.
    #[default]
    User,
    /// Nobody: Helm's `package --dependency-update`.
    Nobody,
}

/// Brings `charts/` and the lock file of the chart in `folder` in line with what it asks for, in
/// the newest versions that it allows: Helm's `dependency update`.
///
/// A chart that asks for nothing is left alone. The chart must be loaded (again) afterwards.
///
/// # Errors
///
/// Helm's messages (`pkg/downloader/manager.go`).

pub(crate) fn update(
    folder: &str,
    (refresh, audience): (Refresh, Audience),
    session: &mut Session,
) -> Result<(), Failure> {
    let _ = (folder, refresh, audience, session);
    Err(Failure::new("dependencies cannot be updated yet"))
}
