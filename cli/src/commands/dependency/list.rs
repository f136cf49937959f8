//! `rutter dependency list`: what a chart depends on, and what of it is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use render::{Chart, Dependency, semver};

use super::chart;
use crate::{
    charts::reason,
    dependencies::{are_listed, read},
    failure::Failure,
    options::Number,
    session::Session,
    ui::{Style, Table},
};

/// List what a chart depends on, and what of it is there
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder or archive of the chart; the folder that we are in if it is left out
    #[arg(value_name = "CHART")]
    words: Vec<String>,

    /// The widest that a column may be
    #[arg(long, value_name = "N", default_value = "80")]
    max_col_width: Number,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let place = chart(session.settings.program, "dependency list", &args.words)?;
    let path = Path::new(&place);
    let status = fs::metadata(path)
        .map_err(|error| Failure::new(format_args!("stat {place}: {}", reason(&error))))?;
    let chart = if status.is_dir() { read(path)? } else { archive(path)? };
    if !are_listed(&chart) {
        let charts = path.join("charts");
        let line = format!("WARNING: no dependencies at {}\n", charts.display());
        return Ok(session.ui.print(&line)?);
    }
    let width = usize::try_from(args.max_col_width.0).unwrap_or(0);
    let mut table = Table::default();
    table.add(
        ["NAME", "VERSION", "REPOSITORY", "STATUS"]
            .map(|cell| cut(cell, width))
            .each_ref()
            .map(String::as_str),
    );
    for dependency in &chart.metadata.dependencies {
        let status = status_of(path, dependency, &chart);
        let cells =
            [&dependency.name, &dependency.version, &dependency.repository, &status.to_owned()]
                .map(|cell| cut(cell, width));
        table.add(cells.each_ref().map(String::as_str));
    }
    session.ui.print(&format!("{}\n\n", table.to_text(Style::when(false))))?;
    strangers(path, &chart, session)
}

/// Cuts a cell that is too wide, as Helm's table does.
fn cut(cell: &str, width: usize) -> String {
    if width == 0 || cell.chars().count() <= width {
        return cell.to_owned();
    }
    match width.checked_sub(3) {
        None => cell.chars().take(width).collect(),
        Some(width) => cell.chars().take(width).chain("...".chars()).collect(),
    }
}

fn archive(path: &Path) -> Result<Chart, Failure> {
    let shown = path.display().to_string();
    let bytes = fs::read(path)
        .map_err(|error| Failure::new(format_args!("open {shown}: {}", reason(&error))))?;
    Chart::from_archive(&shown, &bytes).map_err(|error| Failure::from_render(&error))
}

/// Says how a dependency stands, in Helm's words (`pkg/action/dependency.go`).
fn status_of(path: &Path, dependency: &Dependency, parent: &Chart) -> &'static str {
    let archives = archives(path, &dependency.name);
    let found = match archives.as_slice() {
        [one] => Some(one),
        [] => None,
        several => {
            let prefix = format!("{}-", dependency.name);
            let is_version = |path: &&PathBuf| {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let version = name.strip_prefix(&prefix).unwrap_or(&name);
                semver::Version::parse_strict(version).is_ok()
            };
            let found: Vec<&PathBuf> = several.iter().filter(is_version).collect();
            match found.as_slice() {
                [] => None,
                [one] => Some(*one),
                _ => return "too many matches",
            }
        }
    };
    if let Some(found) = found {
        return match archive(found) {
            Err(_) => "corrupt",
            Ok(chart) if chart.name() != dependency.name => "misnamed",
            Ok(chart) => version_of(&chart, dependency).unwrap_or("ok"),
        };
    }
    match parent.dependencies.iter().rfind(|chart| chart.name() == dependency.name) {
        None => "missing",
        Some(chart) => version_of(chart, dependency).unwrap_or("unpacked"),
    }
}

fn archives(path: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path.join("charts")) else { return Vec::new() };
    let prefix = format!("{name}-");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.strip_suffix(".tgz").is_some_and(|stem| stem.starts_with(&prefix))
    });
    paths.sort();
    paths
}

/// Says what is wrong with a chart's version, if something is.
fn version_of(chart: &Chart, dependency: &Dependency) -> Option<&'static str> {
    let (is, wanted) = (&chart.metadata.version, &dependency.version);
    if is == wanted {
        return None;
    }
    match (semver::Constraint::parse(wanted), semver::Version::parse(is)) {
        (Ok(constraint), Ok(version)) if constraint.check(&version) => None,
        (Ok(_), Ok(_)) => Some("wrong version"),
        _ => Some("invalid version"),
    }
}

/// Warns of what lies in `charts/` and was not asked for.
fn strangers(path: &Path, chart: &Chart, session: &mut Session) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(path.join("charts")) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let shown = path.display().to_string();
        let found = if path.is_dir() {
            read(&path)
        } else if path.extension().is_some_and(|it| it == "tgz") {
            archive(&path)
        } else {
            continue;
        };
        let line = match found {
            Err(_) => format!("WARNING: {shown:?} is not a chart.\n"),
            Ok(found) if chart.metadata.dependencies.iter().any(|it| it.name == found.name()) => {
                continue;
            }
            Ok(_) => format!("WARNING: {shown:?} is not in Chart.yaml.\n"),
        };
        session.ui.print(&line)?;
    }
    Ok(())
}
