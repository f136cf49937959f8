//! `rutter create`: a chart to begin with.
//!
//! It has the files and the value keys of the chart that Helm creates and renders the same
//! objects; the words are ours. What it looks like is in `create/chart/`.

mod starter;

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{failure::Failure, grammar, session::Session};

/// Create a chart to begin with
///
/// The folder NAME gets a Chart.yaml, a values.yaml, templates of a Deployment with a Service,
/// and what else most charts have. Files that are there already are overwritten.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder to make; its last part is the name of the chart
    #[arg(value_name = "NAME")]
    words: Vec<String>,

    /// The language of the templates: gotpl, which Helm has, or tera, which is rutter's alone
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "gotpl",
        hide_default_value = true,
        hide_possible_values = true
    )]
    engine: Engine,

    /// The chart to begin with instead: a folder under `$HELM_DATA_HOME/starters`, or a path
    #[arg(short = 'p', long, value_name = "NAME")]
    starter: Option<String>,
}

/// The language of a chart's templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    /// Go's.
    Gotpl,
    /// Tera's.
    Tera,
}

/// A language that no chart may have.
#[derive(Debug, thiserror::Error)]
#[error("the engines are gotpl and tera")]
struct UnknownEngine;

impl FromStr for Engine {
    type Err = UnknownEngine;

    fn from_str(text: &str) -> Result<Self, UnknownEngine> {
        match text {
            "gotpl" => Ok(Self::Gotpl),
            "tera" => Ok(Self::Tera),
            _ => Err(UnknownEngine),
        }
    }
}

/// What stands for the name of the chart in the files below.
const NAME: &str = "<CHARTNAME>";

/// The files, in Helm's order, which is the order of its warnings.
const FILES: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("create/chart/Chart.yaml")),
    ("values.yaml", include_str!("create/chart/values.yaml")),
    (".helmignore", include_str!("create/chart/helmignore")),
    ("templates/ingress.yaml", include_str!("create/chart/templates/ingress.yaml")),
    ("templates/httproute.yaml", include_str!("create/chart/templates/httproute.yaml")),
    ("templates/deployment.yaml", include_str!("create/chart/templates/deployment.yaml")),
    ("templates/service.yaml", include_str!("create/chart/templates/service.yaml")),
    ("templates/serviceaccount.yaml", include_str!("create/chart/templates/serviceaccount.yaml")),
    ("templates/hpa.yaml", include_str!("create/chart/templates/hpa.yaml")),
    ("templates/NOTES.txt", include_str!("create/chart/templates/NOTES.txt")),
    ("templates/_helpers.tpl", include_str!("create/chart/templates/_helpers.tpl")),
    (
        "templates/tests/test-connection.yaml",
        include_str!("create/chart/templates/tests/test-connection.yaml"),
    ),
];

/// The same in Tera's language: those that differ.
const TERA: &[(&str, &str)] = &[
    ("Chart.yaml", include_str!("create/tera/Chart.yaml")),
    ("templates/ingress.yaml", include_str!("create/tera/templates/ingress.yaml")),
    ("templates/httproute.yaml", include_str!("create/tera/templates/httproute.yaml")),
    ("templates/deployment.yaml", include_str!("create/tera/templates/deployment.yaml")),
    ("templates/service.yaml", include_str!("create/tera/templates/service.yaml")),
    ("templates/serviceaccount.yaml", include_str!("create/tera/templates/serviceaccount.yaml")),
    ("templates/hpa.yaml", include_str!("create/tera/templates/hpa.yaml")),
    ("templates/NOTES.txt", include_str!("create/tera/templates/NOTES.txt")),
    ("templates/_helpers.tpl", include_str!("create/tera/templates/_helpers.tpl")),
    (
        "templates/tests/test-connection.yaml",
        include_str!("create/tera/templates/tests/test-connection.yaml"),
    ),
];

/// Returns the text of a file in an engine's language.
fn text(file: &str, engine: Engine) -> Option<&'static str> {
    let find = |files: &[(&str, &'static str)]| {
        files.iter().find(|(name, _)| *name == file).map(|(_, text)| *text)
    };
    match engine {
        Engine::Gotpl => find(FILES),
        Engine::Tera => find(TERA).or_else(|| find(FILES)),
    }
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [path] = grammar::exactly(session.settings.program, "create", &args.words)?;
    writeln!(session.ui.out(), "Creating {path}")?;
    if let Some(starter) = args.starter.as_deref().filter(|it| !it.is_empty()) {
        let starters = session.settings.folders.data.join("starters");
        return starter::copied(&starters.join(starter), path);
    }
    let (folder, name) = placed(path)?;
    for (file, _) in FILES {
        let Some(text) = text(file, args.engine) else { continue };
        let target = folder.join(file);
        if target.exists() {
            let shown = target.display().to_string();
            let out = session.ui.out();
            writeln!(out, "WARNING: File {shown:?} already exists. Overwriting.")?;
        }
        written(&target, text.replace(NAME, &name).as_bytes())?;
    }
    fs::create_dir_all(folder.join("charts")).map_err(|error| named(&folder, &error))
}

/// Returns the folder of the new chart, absolute, and the chart's name.
///
/// # Errors
///
/// Helm's messages (`pkg/chart/v2/util/create.go`): for a name that no chart may have, for a
/// parent that is not there, for a file in the folder's place.
fn placed(path: &str) -> Result<(PathBuf, String), Failure> {
    let (parent, name) = split(path);
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.len() > 250 {
        return Err(Failure::new("chart name must be between 1 and 250 characters"));
    }
    if !name.chars().all(known) {
        return Err(Failure::new(
            "chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"",
        ));
    }
    let parent = std::path::absolute(&parent).map_err(|error| named(&parent, &error))?;
    let status = fs::metadata(&parent).map_err(|error| named(&parent, &error))?;
    if !status.is_dir() {
        return Err(Failure::new(format_args!("no such directory {}", parent.display())));
    }
    // `create .` fills the folder that we are in, as Helm's does.
    let folder = if name == "." { parent } else { parent.join(&name) };
    if folder.exists() && !folder.is_dir() {
        let shown = folder.display();
        return Err(Failure::new(format_args!(
            "file {shown} already exists and is not a directory"
        )));
    }
    Ok((folder, name))
}

/// Go's `filepath.Dir` and `filepath.Base`, for what people type.
fn split(path: &str) -> (PathBuf, String) {
    let trimmed = path.trim_end_matches('/');
    let (parent, name) = trimmed.rsplit_once('/').unwrap_or((".", trimmed));
    let parent = if parent.is_empty() { "/" } else { parent };
    let name = if path.is_empty() { "." } else { name };
    (PathBuf::from(parent), name.to_owned())
}

fn written(target: &Path, text: &[u8]) -> Result<(), Failure> {
    let folder = target.parent().unwrap_or(target);
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    fs::write(target, text).map_err(|error| named(target, &error))
}

/// Go's form of a file error: what was done, to which file, why.
fn named(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::new(format_args!("stat {path}: no such file or directory"))
        }
        _ => Failure::new(format_args!("{path}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_as_go_splits_it() {
        let text = |path| {
            let (parent, name) = split(path);
            (parent.display().to_string(), name)
        };
        assert_eq!(text("web"), (".".to_owned(), "web".to_owned()));
        assert_eq!(text("charts/web/"), ("charts".to_owned(), "web".to_owned()));
        assert_eq!(text("/web"), ("/".to_owned(), "web".to_owned()));
    }

    #[test]
    fn a_name_that_no_chart_may_have_is_refused_in_the_words_of_helm() {
        assert_eq!(
            placed("a b").unwrap_err().to_string(),
            "Error: chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\""
        );
    }
}
