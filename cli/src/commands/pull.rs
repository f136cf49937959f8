//! `rutter pull`: the archive of a chart, or its files.

use std::{
    borrow::Cow,
    fs,
    path::{Component, Path, PathBuf},
};

use crate::{
    charts::{self, Archive, Catalogue, Pick, reason},
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
    if archive.file_name.is_empty() || archive.file_name == ".." {
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
    let (name, unpacked) = render::Chart::expand(&archive.bytes)
        .map_err(|error| Failure::from_error(&error).with_hint_of(error.hint()))?;
    let folder = below.join(&name);
    if fs::symlink_metadata(&folder).is_ok() {
        return Err(is_taken(&folder).with_hint("nothing was unpacked over it"));
    }
    for file in unpacked {
        written(&folder.join(&file.name), &file.data)?;
    }
    Ok(())
}

/// Writes a file of a folder that did not exist before, so that no link can lead out of it.
fn written(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error| Failure::new(format_args!("open {}: {}", path.display(), reason(&error)));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}
