//! `rutter package`: a chart's folder to an archive.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use render::Chart;

use crate::{
    charts::{self, reason},
    dependencies::{self, Audience, Refresh},
    failure::Failure,
    files::{self, Readers},
    local,
    options::{ChartOptions, Number, Switch},
    session::Session,
    words::Words,
};

/// The time of every file in an archive where `SOURCE_DATE_EPOCH` says none, in seconds since
/// 1970: the first day of 1980, the earliest that every unpacker takes for a date.
const TIME: u64 = 315_532_800;

/// Package a chart's folder into an archive
///
/// The archive NAME-VERSION.tgz has the same bytes wherever the same chart is packed: the times of
/// the files are not kept.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folders of the charts
    #[arg(value_name = "CHART_PATH")]
    words: Vec<String>,

    /// Give the chart this version
    #[arg(long, value_name = "VERSION", default_value = "")]
    version: String,

    /// Give the chart this version of its application
    #[arg(long, value_name = "VERSION", default_value = "")]
    app_version: String,

    /// Write the archive into this folder
    #[arg(short = 'd', long, value_name = "FOLDER", default_value = ".")]
    destination: PathBuf,

    /// Bring charts/ in line with what Chart.yaml asks for first
    #[arg(short = 'u', long)]
    dependency_update: Switch,

    #[command(flatten)]
    signature: Signature,

    #[command(flatten)]
    registry: Registry,
}

/// How an archive is signed.
#[derive(clap::Args, Debug)]
struct Signature {
    /// Sign the archive (not yet)
    #[arg(long)]
    sign: Switch,

    /// The name of the key to sign with
    #[arg(long, value_name = "NAME", default_value = "")]
    key: String,

    /// Where the keys are
    #[arg(long, value_name = "FILE")]
    #[allow(dead_code, reason = "Helm looks at it with --sign only")]
    keyring: Option<PathBuf>,

    /// The file with the key's passphrase
    #[arg(long, value_name = "FILE")]
    #[allow(dead_code, reason = "Helm looks at it with --sign only")]
    passphrase_file: Option<PathBuf>,
}

/// How a registry is entered: Helm's `package` asks none but registries.
#[derive(clap::Args, Debug)]
struct Registry {
    /// The user to log in to a registry as (not yet)
    #[arg(long, value_name = "NAME", hide = true)]
    username: Option<String>,

    /// The password to log in to a registry with (not yet)
    #[arg(long, value_name = "PASSWORD", hide = true)]
    password: Option<crate::settings::Secret>,

    /// The certificate authority of a registry (not yet)
    #[arg(long, value_name = "FILE", hide = true)]
    ca_file: Option<PathBuf>,

    /// The certificate to show to a registry (not yet)
    #[arg(long, value_name = "FILE", hide = true)]
    cert_file: Option<PathBuf>,

    /// The key of that certificate (not yet)
    #[arg(long, value_name = "FILE", hide = true)]
    key_file: Option<PathBuf>,

    /// Do not check a registry's certificate (not yet)
    #[arg(long, hide = true)]
    insecure_skip_tls_verify: Switch,

    /// Ask a registry by HTTP (not yet)
    #[arg(long, hide = true)]
    plain_http: Switch,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    if args.words.is_empty() {
        return Err(Failure::new("need at least one argument, the path to the chart"));
    }
    let epoch = epoch()?;
    args.signature.refuse()?;
    args.registry.refuse()?;
    for place in &args.words {
        let mut chart = loaded(place, args, session)?;
        if let Some(epoch) = epoch {
            stamp_locks(&mut chart, &written(epoch));
        }
        let bytes = chart
            .pack(epoch.unwrap_or(TIME))
            .map_err(|error| refused(&error).prefixed("failed to save"))?;
        let path = saved(&chart, &bytes, &args.destination)?;
        let shown = path.display();
        writeln!(session.ui.out(), "Successfully packaged chart and saved it to: {shown}")?;
        save_locally(&chart, &bytes, session)?;
    }
    Ok(())
}

/// Reads the chart in a folder, with the versions that were asked for.
fn loaded(place: &str, args: &Args, session: &mut Session) -> Result<Chart, Failure> {
    let status = fs::metadata(place)
        .map_err(|error| Failure::new(format_args!("stat {place}: {}", reason(&error))))?;
    if !status.is_dir() {
        let path = std::path::absolute(place)?.join("Chart.yaml");
        let path = path.display();
        return Err(Failure::new(format_args!(
            "unable to detect chart at {path}: open {path}: not a directory"
        ))
        .with_hint("package takes the folder of a chart"));
    }
    if args.dependency_update.is_on() {
        dependencies::update(place, (Refresh::All, Audience::Nobody), session)?;
    }
    // A name such as `web` is a folder here, which no repository's chart is mistaken for.
    let mut chart = charts::load(place, &ChartOptions::default(), session)?.chart;
    if !args.version.is_empty() {
        chart.set_version(&args.version).map_err(|error| refused(&error))?;
    }
    if !args.app_version.is_empty() {
        chart.metadata.app_version.clone_from(&args.app_version);
    }
    chart.check_packable().map_err(|error| refused(&error))?;
    Ok(chart)
}

/// Writes an archive; returns where it is, as Helm says it.
fn saved(chart: &Chart, bytes: &[u8], destination: &Path) -> Result<PathBuf, Failure> {
    let folder = match destination.to_str() {
        Some(".") => env::current_dir()?,
        _ => destination.to_owned(),
    };
    if folder.exists() && !folder.is_dir() {
        let folder = folder.display();
        return Err(Failure::new(format_args!("failed to save: is not a directory: {folder}")));
    }
    // `join` and `components` together are Go's `filepath.Join`.
    fs::create_dir_all(&folder).map_err(|error| charts::named(&folder, &error))?;
    let path: PathBuf = folder.join(chart.archive_name()).components().collect();
    files::replace(&path, bytes, Readers::All)
        .map_err(|failure| failure.prefixed("failed to save"))?;
    Ok(path)
}

/// Puts the archive into the repository `local` too, as Helm 2 did, where its words are taken.
fn save_locally(chart: &Chart, bytes: &[u8], session: &Session) -> Result<(), Failure> {
    if Words::chosen(&session.settings)? != Words::Helm2 {
        return Ok(());
    }
    local::make(&session.settings)?;
    let folder = local::folder(&session.settings);
    files::replace(&folder.join(chart.archive_name()), bytes, Readers::All)?;
    super::repo::index::write(&folder, "", None)
}

impl Signature {
    fn refuse(&self) -> Result<(), Failure> {
        if !self.sign.is_on() {
            return Ok(());
        }
        if self.key.is_empty() {
            return Err(Failure::new("--key is required for signing a package"));
        }
        Err(Failure::new("archives cannot be signed yet").with_hint(
            "package without --sign; a signature (.prov) of an archive can be made with helm",
        ))
    }
}

impl Registry {
    fn refuse(&self) -> Result<(), Failure> {
        let given = [
            ("--username", self.username.is_some()),
            ("--password", self.password.is_some()),
            ("--ca-file", self.ca_file.is_some()),
            ("--cert-file", self.cert_file.is_some()),
            ("--key-file", self.key_file.is_some()),
            ("--insecure-skip-tls-verify", self.insecure_skip_tls_verify.is_on()),
            ("--plain-http", self.plain_http.is_on()),
        ];
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((flag, _)) => Err(Failure::new(format_args!(
                "{flag} is about OCI registries, which cannot be asked yet"
            ))
            .with_hint("what `repo add` knows of a repository is used for its charts")),
        }
    }
}

/// Gives lock files the time that was asked for, as Helm does (`Chart.StampModTimes`).
fn stamp_locks(chart: &mut Chart, time: &str) {
    if let Some(lock) = &mut chart.lock {
        time.clone_into(&mut lock.generated);
    }
    chart.dependencies.iter_mut().for_each(|chart| stamp_locks(chart, time));
}

/// RFC 3339; a time that no calendar has is the first of all.
fn written(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or_default();
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// Reads `SOURCE_DATE_EPOCH` (reproducible-builds.org): seconds since 1970.
fn epoch() -> Result<Option<u64>, Failure> {
    let text = env::var("SOURCE_DATE_EPOCH").unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |what: &str| Failure::new(format_args!("invalid SOURCE_DATE_EPOCH: {what}"));
    let seconds = Number::from_str(&text).map_err(|error| wrong(&error.to_string()))?;
    u64::try_from(seconds.0).map(Some).map_err(|_| wrong("must not be negative"))
}

fn refused(error: &render::Error) -> Failure {
    Failure::from_render(error)
}
