//! `rutter lint`: whether a chart is well made.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use render::{
    Chart, File, KubeVersion, SchemaCheck, Values,
    functions::Notice,
    lint::{Finding, Folder, Report, Request, Severity, Standing, Unread},
    tape::Tape,
};

use crate::{
    charts,
    failure::{Failure, chain},
    grammar, guard,
    options::{Switch, ValueOptions},
    session::Session,
    sources::System,
    ui,
};

/// Look at charts for what may be wrong with them
///
/// What would make an installation fail is an [ERROR], what breaks with custom a [WARNING].
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folders or archives of the charts
    #[arg(value_name = "PATH")]
    words: Vec<String>,

    #[command(flatten)]
    values: ValueOptions,

    /// Fail on warnings, too, and look for values that nothing reads
    #[arg(long)]
    strict: Switch,

    /// Look at the charts under charts/, too
    #[arg(long)]
    with_subcharts: Switch,

    /// Print only warnings and errors
    #[arg(long)]
    quiet: Switch,

    /// Do not check values against the chart's schema
    #[arg(long)]
    skip_schema_validation: Switch,

    /// The version of Kubernetes that the charts are for
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
}

/// What was found in one chart, or why nothing could be looked for.
type Outcome = Result<Report, String>;

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "lint", &args.words)?;
    let kube_version = kube_version(args)?;
    let mut paths = args.words.clone();
    if args.with_subcharts.is_on() {
        for path in &args.words {
            below(&Path::new(path).join("charts"), &mut paths);
        }
    }
    let values = args.values.merged()?;
    let namespace = session.namespace();
    let (mut text, mut failed, mut notable) = (String::new(), 0, 0);
    for path in &paths {
        let outcome = looked(args, path, (&namespace, &values, kube_version.as_ref()));
        let told = told(args, path, &outcome, session);
        text.push_str(&told.text);
        failed += usize::from(told.verdict == Verdict::Failed);
        notable += usize::from(told.verdict != Verdict::Fine);
    }
    session.ui.print(&text)?;
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", paths.len());
    if failed > 0 {
        return Err(Failure::new(summary));
    }
    if !args.quiet.is_on() || notable > 0 {
        session.ui.print(&format!("{summary}\n"))?;
    }
    Ok(())
}

fn kube_version(args: &Args) -> Result<Option<KubeVersion>, Failure> {
    match args.kube_version.as_deref() {
        None | Some("") => Ok(None),
        Some(version) => {
            KubeVersion::parse(version).map(Some).map_err(|error| Failure::from_error(&error))
        }
    }
}

/// Adds the charts below a folder, in the order of Go's `filepath.Walk`. What cannot be read is
/// passed over.
fn below(folder: &Path, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let shown = path.display().to_string();
        if path.file_name().is_some_and(|name| name == "Chart.yaml") {
            paths.push(folder.display().to_string());
        } else if is_archive(&shown) {
            paths.push(shown);
        }
        if fs::symlink_metadata(&path).is_ok_and(|status| status.is_dir()) {
            below(&path, paths);
        }
    }
}

/// Helm goes by the end of the name, in lower case.
#[allow(clippy::case_sensitive_file_extension_comparisons, reason = "as Helm compares")]
fn is_archive(path: &str) -> bool {
    path.ends_with(".tgz") || path.ends_with(".tar.gz")
}

fn looked(
    args: &Args,
    path: &str,
    (namespace, values, kube_version): (&str, &Values, Option<&KubeVersion>),
) -> Outcome {
    let folder = if is_archive(path) { unpacked(path) } else { on_disk(Path::new(path)) }?;
    let request = Request {
        folder: &folder,
        values,
        namespace,
        kube_version,
        schema: match args.skip_schema_validation {
            Switch::On => SchemaCheck::Skipped,
            Switch::Off => SchemaCheck::Enforced,
        },
        unread: match args.strict {
            Switch::On => Unread::Told,
            Switch::Off => Unread::Ignored,
        },
    };
    Ok(guard::over_files(&folder.files, || {
        render::lint::lint(&request, Tape::recording(Box::new(System)))
    }))
}

/// The folder that an archive would make, read without making it.
fn unpacked(path: &str) -> Result<Folder, String> {
    let bytes = fs::read(path).map_err(|error| {
        format!("unable to open tarball: open {path}: {}", charts::reason(&error))
    })?;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let (_, files) = Chart::expand(&bytes)
        .map_err(|error| format!("unable to extract tarball: {}", chain(&error)))?;
    Ok(Folder::unpacked(absolute.display().to_string(), files))
}

fn on_disk(path: &Path) -> Result<Folder, String> {
    let file = path.join("Chart.yaml");
    if let Err(error) = fs::metadata(&file) {
        let (file, reason) = (file.display(), charts::reason(&error));
        return Err(format!("unable to check Chart.yaml file in chart: stat {file}: {reason}"));
    }
    let (files, refused) = match charts::files(path) {
        Ok(files) => (files, None),
        Err(failure) => (at_the_top(path), Some(failure.message())),
    };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Ok(Folder {
        path: absolute.display().to_string(),
        files,
        chart_file: standing(&file),
        templates: standing(&path.join("templates")),
        crds: standing(&path.join("crds")),
        refused,
    })
}

fn standing(path: &Path) -> Standing {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Standing::Nothing,
        Ok(status) if status.is_dir() => Standing::Folder,
        _ => Standing::File,
    }
}

/// The files that rules read by themselves, for a folder that cannot be read as a whole.
fn at_the_top(path: &Path) -> Vec<File> {
    let names = ["Chart.yaml", "values.yaml", "values.schema.json"];
    let files = names.iter().filter_map(|name| {
        let data = fs::read(path.join(name)).ok()?;
        Some(File { name: (*name).to_owned(), data: data.into(), modified: None })
    });
    files.collect()
}

/// How a chart came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    Notable,
    Failed,
}

/// What is printed of one chart.
struct Told {
    text: String,
    verdict: Verdict,
}

/// Puts what was found into Helm's form. Called by Helm's name we say what we found beyond its
/// rules on standard error, as lines of a log: what scripts compare stays as it is.
fn told(args: &Args, path: &str, outcome: &Outcome, session: &mut Session) -> Told {
    let as_helm = session.settings.program == "helm";
    let report = match outcome {
        Ok(report) => report,
        Err(reason) => {
            let text = format!("==> Linting {path}\nError {reason}\n\n");
            return Told { text, verdict: Verdict::Failed };
        }
    };
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    for notice in &report.notices {
        session.ui.talk(&line(notice));
    }
    if as_helm {
        for finding in &report.ours {
            session.ui.warn(&finding.to_string());
        }
    } else {
        findings.extend(&report.ours);
    }
    let worst = findings.iter().map(|finding| finding.severity).max();
    let tolerated = if args.strict.is_on() { Severity::Info } else { Severity::Warning };
    let verdict = match worst {
        Some(worst) if worst > tolerated => Verdict::Failed,
        Some(worst) if worst > Severity::Info => Verdict::Notable,
        _ => Verdict::Fine,
    };
    if args.quiet.is_on() && verdict == Verdict::Fine {
        return Told { text: String::new(), verdict };
    }
    let mut text = format!("==> Linting {path}\n");
    for finding in findings {
        if !args.quiet.is_on() || finding.severity > Severity::Info {
            let _ = writeln!(text, "{finding}");
        }
    }
    text.push('\n');
    Told { text, verdict }
}

/// What Helm logs where a template asks for a value or gives up.
fn line(notice: &Notice) -> String {
    match notice {
        Notice::Missing(message) => {
            format!("level=WARN msg=\"missing required value\" message={}", ui::quoted(message))
        }
        Notice::Failed(message) => {
            format!("level=INFO msg=\"funcMap fail\" message={}", ui::quoted(message))
        }
    }
}
