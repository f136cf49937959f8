//! Charts, wherever they are: a name in, a [`Chart`] and where it came from out. What the files
//! mean is render's business.
//!
//! A reference is what Helm takes for one (`ChartPathOptions.LocateChart`): a folder or an archive
//! on this machine, `repository/chart`, a URL, or a chart's name with `--repo URL`.

mod archive;
mod catalogue;
mod disk;
mod parallel;
mod provenance;

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
};

use render::{Chart, File, url::Url};

pub(crate) use self::{
    archive::{Archive, hex, sha256},
    catalogue::{Catalogue, Pick},
    parallel::download_all,
    provenance::{Kind, Provenance},
};
use crate::{
    failure::Failure,
    fetch,
    options::{ChartOptions, RemoteOptions},
    repositories::Repositories,
    session::Session,
    ui::Ui,
    words::Words,
};

/// The repository that a bare name of Helm 2's is in.
pub(crate) const STABLE: &str = "stable";

/// A chart and where it came from.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The chart.
    pub(crate) chart: Chart,
    /// Where it came from.
    pub(crate) provenance: Provenance,
}

/// A chart that was found, not yet read. Helm finds charts before it reads values, and reads them
/// after.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    content: Content,
    provenance: Provenance,
}

/// What was found.
#[derive(Clone, Debug)]
enum Content {
    Folder(PathBuf),
    /// An archive that lies here.
    File(PathBuf),
    /// An archive that came from a server, and the name that the index gives its chart.
    Fetched {
        archive: Archive,
        chart: Option<String>,
    },
}

/// Finds the chart that `reference` means, and fetches it if it is elsewhere.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn locate(
    reference: &str,
    options: &ChartOptions,
    session: &mut Session,
) -> Result<Located, Failure> {
    let reference = reference.trim();
    check_files(&options.remote)?;
    if let Some(repository) = options.repo.as_deref().filter(|it| !it.is_empty()) {
        refuse_oci(reference)?;
        refuse_oci(repository)?;
        let mut catalogue = Catalogue::open(&options.remote, &session.settings)?;
        let pick = catalogue.pick_from_url(repository, reference, &options.constraint())?;
        return located(&catalogue, (reference, options, Kind::Url), &pick, session);
    }
    let path = Path::new(reference);
    if let Ok(status) = fs::metadata(path) {
        let path = path.to_owned();
        let (kind, content) = if status.is_dir() {
            (Kind::Folder, Content::Folder(path))
        } else {
            (Kind::Archive, Content::File(path))
        };
        return Ok(Located { content, provenance: Provenance::new(kind, reference) });
    }
    if path.is_absolute() || reference.starts_with('.') {
        return Err(Failure::new(format_args!("path {reference:?} not found")));
    }
    refuse_oci(reference)?;
    let mut catalogue = Catalogue::open(&options.remote, &session.settings)?;
    let reference = &*in_stable(reference, catalogue.repositories(), session)?;
    let (kind, pick) = resolve(&mut catalogue, reference, &options.constraint())?;
    located(&catalogue, (reference, options, kind), &pick, session)
}

/// Finds and reads a chart.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn load(
    reference: &str,
    options: &ChartOptions,
    session: &mut Session,
) -> Result<Loaded, Failure> {
    locate(reference, options, session)?.load()
}

/// Returns what a bare name means: `stable/NAME`, where Helm 2's words are taken, there is a
/// repository of that name and no such file; else the name itself, which Helm 4 refuses. No other
/// repository is ever looked into.
///
/// # Errors
///
/// As [`Words::chosen`].
pub(crate) fn in_stable<'r>(
    reference: &'r str,
    repositories: &Repositories,
    session: &mut Session,
) -> Result<Cow<'r, str>, Failure> {
    let is_bare = !reference.is_empty() && !reference.contains(['/', ':', '\\']);
    if !is_bare
        || reference.starts_with('.')
        || repositories.find(STABLE).is_none()
        || Words::chosen(&session.settings)? == Words::Helm4
        || fs::symlink_metadata(reference).is_ok()
    {
        return Ok(Cow::Borrowed(reference));
    }
    let full = format!("{STABLE}/{reference}");
    session.ui.inform(&format!("{reference} is taken for {full}, as in Helm 2"));
    Ok(Cow::Owned(full))
}

/// Finds out where an archive is that does not lie here (`ChartDownloader.ResolveChartVersion`).
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn resolve(
    catalogue: &mut Catalogue,
    reference: &str,
    constraint: &str,
) -> Result<(Kind, Pick), Failure> {
    refuse_oci(reference)?;
    let shown = fetch::shown(reference);
    let url = Url::parse(reference)
        .map_err(|_| Failure::new(format_args!("invalid chart URL format: {shown}")))?;
    if url.is_absolute() && !url.host().is_empty() && !url.path().is_empty() {
        return Ok((Kind::Url, catalogue.pick_url(reference)));
    }
    match url.path().split_once('/') {
        Some((repository, chart)) => {
            let pick = catalogue.pick(repository, chart, constraint)?;
            Ok((Kind::Repository, pick))
        }
        None => Err(Failure::new(format_args!(
            "non-absolute URLs should be in form of repo_name/path_to_chart, got: {shown}"
        ))
        .with_hint("write a path with ./ in front, or REPOSITORY/CHART")),
    }
}

/// Refuses files with certificates that cannot be used, before anything else is looked at: Helm
/// makes the client for registries first.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn check_files(remote: &RemoteOptions) -> Result<(), Failure> {
    fetch::check_files(&remote.access(""))
        .map_err(|error| Failure::from_error(&error).prefixed("missing registry client"))
}

/// Fetches what was picked.
fn located(
    catalogue: &Catalogue,
    (reference, options, kind): (&str, &ChartOptions, Kind),
    pick: &Pick,
    session: &mut Session,
) -> Result<Located, Failure> {
    if let Some(warning) = &pick.warning {
        session.ui.warn(warning);
    }
    let archive = catalogue.download(pick)?;
    let mut provenance = Provenance::new(kind, reference);
    provenance.picked(pick, &options.constraint());
    Ok(Located { content: Content::Fetched { archive, chart: pick.chart.clone() }, provenance })
}

/// OCI registries are a later version's.
pub(crate) fn refuse_oci(reference: &str) -> Result<(), Failure> {
    if !reference.starts_with("oci://") {
        return Ok(());
    }
    Err(Failure::new(format_args!(
        "unable to lookup chart {:?}, missing registry client",
        fetch::shown(reference)
    ))
    .with_hint(
        "OCI registries come with a later version; `helm pull` gets the archive, which is taken \
         from its file",
    ))
}

impl Located {
    /// Returns the folder that the chart is, if it is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.content {
            Content::Folder(path) => Some(path),
            Content::File(_) | Content::Fetched { .. } => None,
        }
    }

    /// Reads the chart.
    ///
    /// # Errors
    ///
    /// Helm's messages.
    pub(crate) fn load(self) -> Result<Loaded, Failure> {
        let Self { content, mut provenance } = self;
        let chart = match &content {
            Content::Folder(path) => Chart::from_folder(files_of(path)?),
            Content::File(path) => {
                let bytes = disk::archive(path)?;
                provenance.archive = Some(sha256(&bytes));
                Chart::from_archive(&provenance.reference, &bytes)
            }
            Content::Fetched { archive, .. } => {
                provenance.archive = Some(archive.sha256.clone());
                Chart::from_archive(&archive.name, &archive.bytes)
            }
        };
        let chart = chart.map_err(|error| Failure::from_render(&error))?;
        if let Content::Fetched { archive, chart: listed } = &content
            && listed.as_ref().is_none_or(|name| *name == chart.metadata.name)
        {
            archive.keep();
        }
        Ok(Loaded { chart, provenance })
    }
}

fn files_of(path: &Path) -> Result<Vec<File>, Failure> {
    let file = path.join("Chart.yaml");
    fs::metadata(&file).map_err(|error| {
        let (file, reason) = (file.display(), reason(&error));
        Failure::new(format_args!("unable to detect chart at {file}: open {file}: {reason}"))
    })?;
    disk::folder(path)
}

/// Reads the files of a folder that belong to its chart.
///
/// # Errors
///
/// Helm's texts for what is no file and for what is too large.
pub(crate) fn files(folder: &Path) -> Result<Vec<File>, Failure> {
    disk::folder(folder)
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
    chart.check_installable().map_err(|error| Failure::from_render(&error))
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
