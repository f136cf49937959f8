//! `rutter search repo`: charts in the repositories that were added.

use std::fs;

use regex::Regex;
use render::{
    index::{Depth, Finding, Index, Pattern, Scope, Skipped, search},
    semver::Constraint,
};
use serde::Serialize;

use super::{Shape, show};
use crate::{
    charts::reason, failure::Failure, options::Switch, repositories::Repositories,
    session::Session, ui::Ui,
};

/// Search the repositories that were added
///
/// A chart is found whose name, description or keywords hold the words. Without words all are.
/// Nothing is fetched: `repo update` brings news.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to look for, in any letters' case
    #[arg(value_name = "KEYWORD")]
    words: Vec<String>,

    /// Take the words for a regular expression
    #[arg(short = 'r', long)]
    regexp: Switch,

    /// Show every version
    #[arg(short = 'l', long)]
    versions: Switch,

    /// Take pre-releases, too
    #[arg(long)]
    devel: Switch,

    /// Show versions that satisfy this constraint
    #[arg(long, value_name = "CONSTRAINT", default_value = "")]
    version: String,

    #[command(flatten)]
    shape: Shape,
}

/// A chart that was found, in Helm's order of fields.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    version: &'a str,
    app_version: &'a str,
    description: &'a str,
}

pub(super) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let indexes = indexes(session)?;
    let pattern = args.pattern()?;
    let scope = args.scope()?;
    let named: Vec<_> = indexes.iter().map(|(name, index)| (name.as_str(), index)).collect();
    let findings = search(&named, &pattern, &scope);
    let rows: Vec<_> = findings.iter().map(Row::of).collect();
    let heads = ["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"];
    let shown = show(&rows, &args.shape, (heads, Row::cells), session);
    // The process ends: to give back a hundred thousand texts one by one takes longer than to
    // search them.
    std::mem::forget(indexes);
    shown
}

impl Args {
    fn pattern(&self) -> Result<Pattern, Failure> {
        let text = self.words.join(" ");
        if self.words.is_empty() {
            return Ok(Pattern::All);
        }
        if !self.regexp.is_on() {
            return Ok(Pattern::Text(text));
        }
        let parsed = Regex::new(&text);
        parsed
            .map(Pattern::Expression)
            .map_err(|error| Failure::new(format_args!("error parsing regexp: {error}")))
    }

    fn scope(&self) -> Result<Scope, Failure> {
        let text = match (self.version.as_str(), self.devel) {
            ("", Switch::On) => ">0.0.0-0",
            ("", Switch::Off) => ">0.0.0",
            (version, _) => version,
        };
        let constraint = Constraint::parse(text).map_err(|error| {
            Failure::new(format_args!("an invalid version/constraint format: {error}"))
                .with_hint(error.hint())
        })?;
        let depth = if self.versions.is_on() { Depth::All } else { Depth::Newest };
        Ok(Scope { constraint, depth })
    }
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding<'_>) -> Self {
        let chart = &finding.entry.metadata;
        Self {
            name: &finding.name,
            version: &chart.version,
            app_version: &chart.app_version,
            description: &chart.description,
        }
    }

    fn cells(&self) -> [&str; 4] {
        [self.name, self.version, self.app_version, self.description]
    }
}

/// Reads the indexes of all repositories. One that cannot be read is warned of and left out.
///
/// # Errors
///
/// Helm's message where there is no repository.
fn indexes(session: &mut Session) -> Result<Vec<(String, Index)>, Failure> {
    let repositories = Repositories::read(&session.settings.folders)?;
    let files: Vec<_> = repositories
        .known()
        .map(|entry| (entry.name.clone(), repositories.index_file(&entry.name)))
        .collect();
    if files.is_empty() {
        return Err(Failure::new("no repositories configured")
            .with_hint("`repo add NAME URL` adds one; `search hub` looks on a hub"));
    }
    let mut indexes = Vec::new();
    for (name, file) in files {
        let shown = file.display();
        let read = fs::read(&file)
            .map_err(|error| format!("open {shown}: {}", reason(&error)))
            .and_then(|bytes| {
                Index::read(&bytes).map_err(|error| format!("error loading {shown}: {error}"))
            });
        match read {
            Ok((index, skipped)) => {
                let source = shown.to_string();
                for entry in &skipped {
                    warn_of(entry, &source, &mut session.ui);
                }
                indexes.push((name, index));
            }
            Err(error) => session
                .ui
                .warn_with("repo is corrupt or missing", &[("repo", &name), ("error", &error)]),
        }
    }
    Ok(indexes)
}

/// Warns of an entry that was left out, in Helm's words.
fn warn_of(skipped: &Skipped, source: &str, ui: &mut Ui) {
    let Skipped { name, version, reason } = skipped;
    match reason {
        None => ui.warn_with(
            "skipping loading invalid entry for chart: empty entry",
            &[("name", name), ("source", source)],
        ),
        Some(reason) => ui.warn_with(
            "skipping loading invalid entry for chart",
            &[("name", name), ("version", version), ("source", source), ("error", reason)],
        ),
    }
}
