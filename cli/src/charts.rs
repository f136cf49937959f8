//! Charts on this machine's disk: files in, a [`Chart`] out. What they mean is render's business.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use render::{Chart, File};

use crate::{failure::Failure, options::ChartOptions, ui::Ui};

/// The most that Helm takes of a folder, in bytes, and so of one file.
const LARGEST_FILE: u64 = 100 * 1024 * 1024;

/// How deep folders may lie in each other; a link to a parent ends here.
const DEEPEST: usize = 64;

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
        Chart::from_folder(folder(path)?)
    } else {
        let bytes = fs::read(path).map_err(|error| named(path, &error))?;
        Chart::from_archive(place, &bytes)
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

/// Reads every file of a folder, in the order of Go's `filepath.Walk`: by name, each folder where
/// it stands among its neighbours. Links are followed, as Helm follows them.
fn folder(root: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    walk(root, "", 0, &mut files)?;
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<File>) -> Result<(), Failure> {
    if depth > DEEPEST {
        return Err(Failure::new(format_args!("{}: too many folders", folder.display()))
            .with_hint("a link in the chart may lead back to a folder above it"));
    }
    let entries = fs::read_dir(folder).map_err(|error| named(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|error| named(folder, &error))?;
    paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        let status = fs::metadata(&path).map_err(|error| named(&path, &error))?;
        if status.is_dir() {
            walk(&path, &format!("{name}/"), depth + 1, files)?;
        } else {
            files.push(file(&path, name, &status)?);
        }
    }
    Ok(())
}

fn file(path: &Path, name: String, status: &fs::Metadata) -> Result<File, Failure> {
    if !status.is_file() {
        return Err(Failure::new(format_args!(
            "cannot load irregular file {} as it has file mode type bits set",
            path.display()
        )));
    }
    if status.len() > LARGEST_FILE {
        return Err(Failure::new(format_args!(
            "error reading {name}: chart exceeds maximum decompressed size of {LARGEST_FILE} bytes"
        )));
    }
    let data = fs::read(path).map_err(|error| named(path, &error))?;
    let modified = status.modified().ok().and_then(written);
    Ok(File { name, data: data.into(), modified })
}

/// RFC 3339, as Helm's record has it.
fn written(time: SystemTime) -> Option<String> {
    jiff::Timestamp::try_from(time).ok().map(|time| time.to_string())
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
