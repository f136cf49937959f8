//! `rutter pull`: the archive of a chart, or its files.

use std::{
    borrow::Cow,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Component, Path, PathBuf},
};

use render::File;

use crate::{
    charts::{self, Archive, Catalogue, Pick, named, reason},
    failure::Failure,
    files::{self, Readers},
    grammar,
    options::{ChartOptions, Switch},
    session::Session,
};

/// Download charts
///
/// CHART is REPOSITORY/CHART, a URL, or with --repo a chart's name. The archive is put into the
/// working folder.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The charts to download
    #[arg(value_name = "CHART")]
    words: Vec<String>,

    /// The folder to put it into
    #[arg(short = 'd', long, value_name = "FOLDER", default_value = ".")]
    destination: PathBuf,

    /// Unpack the chart instead of keeping its archive
    #[arg(long)]
    untar: Switch,

    /// The folder to unpack into, below the destination
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    untardir: PathBuf,

    #[command(flatten)]
    chart: ChartOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "pull", &args.words)?;
    charts::check_files(&args.chart.remote)?;
    for reference in &args.words {
        pulled(args, reference.trim(), session)?;
    }
    Ok(())
}

fn pulled(args: &Args, reference: &str, session: &mut Session) -> Result<(), Failure> {
    let mut catalogue = Catalogue::open(&args.chart.remote, &session.settings)?;
    let reference = &*match args.chart.repo.as_deref() {
        Some(url) if !url.is_empty() => Cow::Borrowed(reference),
        _ => charts::in_stable(reference, catalogue.repositories(), session)?,
    };
    let pick = picked(args, reference, &mut catalogue)?;
    if let Some(warning) = &pick.warning {
        session.ui.warn(warning);
    }
    let archive = catalogue.download(&pick)?;
    if args.untar.is_on() {
        return unpacked(args, reference, &archive);
    }
    let is_odd = |c: char| c.is_control() || c == '/';
    if matches!(archive.file_name.as_str(), "" | "." | "..") || archive.file_name.contains(is_odd) {
        return Err(Failure::new("the URL of the chart ends in no name for a file"));
    }
    files::replace(&args.destination.join(&archive.file_name), &archive.bytes, Readers::All)
}

fn picked(args: &Args, reference: &str, catalogue: &mut Catalogue) -> Result<Pick, Failure> {
    let constraint = args.chart.constraint();
    match args.chart.repo.as_deref().filter(|it| !it.is_empty()) {
        Some(url) => {
            charts::refuse_oci(url)?;
            catalogue.pick_from_url(url, reference, &constraint)
        }
        None => charts::resolve(catalogue, reference, &constraint).map(|(_, pick)| pick),
    }
}

/// Unpacks an archive below the destination, into a folder with the name of the chart.
///
/// # Errors
///
/// Helm's messages (`pull.go`, `expand.go`): for a folder that is there already, for an archive
/// that would leave it.
fn unpacked(args: &Args, reference: &str, archive: &Archive) -> Result<(), Failure> {
    let below = if args.untardir.is_absolute() {
        args.untardir.clone()
    } else {
        args.destination.join(&args.untardir)
    };
    // Helm looks for the reference's last part, which need not be the chart's name.
    let expected = below.join(reference.rsplit('/').next().unwrap_or(reference));
    let expected: PathBuf =
        expected.components().filter(|part| *part != Component::CurDir).collect();
    let is_taken = |path: &Path| {
        Failure::new(format_args!(
            "failed to untar: a file or directory with the name {} already exists",
            path.display()
        ))
    };
    if expected.exists() {
        return Err(is_taken(&expected));
    }
    let (name, unpacked) =
        render::Chart::expand(&archive.bytes).map_err(|error| Failure::from_render(&error))?;
    let folder = below.join(&name);
    if fs::symlink_metadata(&folder).is_ok() {
        return Err(is_taken(&folder).with_hint("nothing was unpacked over it"));
    }
    placed(&below, &folder, &unpacked)
}

/// Writes the files into a folder of another name first: `folder` is whole or not there.
fn placed(below: &Path, folder: &Path, files: &[File]) -> Result<(), Failure> {
    let made = first_missing(below);
    fs::create_dir_all(below).map_err(|error| named(below, &error))?;
    let outcome = unfinished(below).and_then(|unfinished| {
        for file in files {
            written(unfinished.path(), &file.name, &file.data)?;
        }
        fs::rename(unfinished.path(), folder).map_err(|error| named(folder, &error))
    });
    if outcome.is_err()
        && let Some(made) = made
    {
        // What we made is empty again.
        let _ = fs::remove_dir_all(made);
    }
    outcome
}

/// A folder beside the one that is meant, which goes away unless it gets its name. Others may read
/// it, as any folder that is made here.
fn unfinished(below: &Path) -> Result<tempfile::TempDir, Failure> {
    let all = fs::Permissions::from_mode(0o755);
    tempfile::Builder::new()
        .prefix(".pull-")
        .permissions(all)
        .tempdir_in(below)
        .map_err(|error| named(below, &error))
}

/// The outermost of the folders that would have to be made for `path`.
fn first_missing(path: &Path) -> Option<&Path> {
    let missing = |it: &&Path| !it.as_os_str().is_empty() && !it.exists();
    path.ancestors().take_while(missing).last()
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = folder.join(name);
    let failed = |error| Failure::new(format_args!("open {name}: {}", reason(&error)));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}
