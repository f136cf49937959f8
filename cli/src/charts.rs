//! Charts on this machine's disk: files in, a [`Chart`] out. What they mean is render's business.

use std::{fs, io, path::Path};

use render::Chart;

use crate::{failure::Failure, options::ChartOptions, ui::Ui};

mod disk;

/// Refuses a place where no chart can be.
///
/// # Errors
///
/// Helm's message.
pub(crate) fn find(place: &str) -> Result<(), Failure> {
    fs::metadata(Path::new(place)).map(|_| ()).map_err(|_| elsewhere(place))
}

/// Loads the chart at `place`: a folder, or an archive.
///
/// # Errors
///
/// Helm's messages; a place that is none on this disk is refused, since charts cannot be fetched
/// yet.
pub(crate) fn load(place: &str, options: &ChartOptions) -> Result<Chart, Failure> {
    let path = Path::new(place);
    let status = fs::metadata(path).map_err(|_| elsewhere(place))?;
    let chart = if status.is_dir() {
        let file = path.join("Chart.yaml");
        fs::metadata(&file).map_err(|error| {
            let (file, reason) = (file.display(), reason(&error));
            Failure::new(format_args!("unable to detect chart at {file}: open {file}: {reason}"))
        })?;
        Chart::from_folder(disk::folder(path)?)
    } else {
        Chart::from_archive(place, &disk::archive(path)?)
    };
    // One version lies here, so a constraint has nothing to choose from: Helm does not look at it.
    let _ = (&options.version, options.devel);
    chart.map_err(|error| Failure::from_error(&error).with_hint_of(error.hint()))
}

/// Refuses a chart that cannot be installed or is not whole, and warns of one that should not be.
///
/// # Errors
///
/// Helm's messages for library charts and missing dependencies.
pub(crate) fn check(chart: &Chart, ui: &mut Ui) -> Result<(), Failure> {
    if chart.metadata.deprecated {
        ui.warn("this chart is deprecated");
    }
    chart
        .check_installable()
        .map_err(|error| Failure::from_error(&error).with_hint_of(error.hint()))
}

/// What Helm says of a chart that is not on this disk.
fn elsewhere(place: &str) -> Failure {
    let hint = "charts are read from folders and .tgz files; repositories, URLs and OCI registries \
                come with a later version";
    if place.starts_with('.') || place.starts_with('/') {
        return Failure::new(format_args!("path {place:?} not found"));
    }
    if place.contains("://") {
        return Failure::new(format_args!("{place}: charts cannot be fetched yet")).with_hint(hint);
    }
    match place.split_once('/') {
        Some((repository, _)) => {
            Failure::new(format_args!("repo {repository} not found")).with_hint(hint)
        }
        None => Failure::new(format_args!(
            "non-absolute URLs should be in form of repo_name/path_to_chart, got: {place}"
        ))
        .with_hint(hint),
    }
}

/// Go's form of a file error.
pub(crate) fn named(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format_args!("open {}: {}", path.display(), reason(error)))
}

/// What Go says of an error of the system.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => error.to_string(),
    }
}
