//! Words, and the charts in whose names, descriptions and keywords they stand.
//!
//! After Helm's `pkg/cmd/search`: a chart is one line of fields, and the field in
//! which the match begins is its score. Less is better.

use std::collections::BTreeSet;

use regex::Regex;

use super::{Entry, Index};
use crate::semver::{Constraint, Version};

/// Divides the fields of a line; no field holds it in Helm's eyes.
const DIVIDER: char = '\u{b}';

/// What is looked for.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Everything.
    All,
    /// A text, in any letters' case.
    Text(String),
    /// An expression; letters' case counts.
    Expression(Regex),
}

/// Which versions are looked at and shown.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What a version must satisfy: `>0.0.0`, `>0.0.0-0` for pre-releases too.
    pub constraint: Constraint,
    /// Which of the versions that do are shown.
    pub depth: Depth,
}

/// How many versions of a chart are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The newest that matches and satisfies the constraint.
    Newest,
    /// All that do.
    All,
}

/// A chart that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding<'a> {
    /// `repository/chart`.
    pub name: String,
    /// The field in which the match begins, from 0.
    pub score: usize,
    /// The version.
    pub entry: &'a Entry,
}

/// Finds charts in repositories, each with its name: the best first, then by
/// name, then the newest first.
pub fn search<'a>(
    repositories: &[(&str, &'a Index)],
    pattern: &Pattern,
    scope: &Scope,
) -> Vec<Finding<'a>> {
    let pattern = match pattern {
        Pattern::Text(text) => Pattern::Text(text.to_lowercase()),
        other => other.clone(),
    };
    let mut findings = Vec::new();
    for (repository, index) in repositories {
        for (name, versions) in &index.entries {
            add(&mut findings, (repository, name), versions, &pattern);
        }
    }
    findings.sort_by(|(a, va), (b, vb)| {
        let order = a.score.cmp(&b.score).then_with(|| a.name.cmp(&b.name));
        order.then_with(|| vb.compare(va))
    });
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for (finding, version) in findings {
        let is_new = scope.depth == Depth::All || !seen.contains(&finding.name);
        if is_new && scope.constraint.check(&version) {
            seen.insert(finding.name.clone());
            kept.push(finding);
        }
    }
    kept
}

/// Adds the versions of a chart that match. Of two with equal versions Helm keeps
/// the later.
fn add<'a>(
    findings: &mut Vec<(Finding<'a>, Version)>,
    (repository, name): (&str, &str),
    versions: &'a [Entry],
    pattern: &Pattern,
) {
    let mut seen = BTreeSet::new();
    let mut line = String::new();
    let from = findings.len();
    for entry in versions.iter().rev() {
        if versions.len() > 1 && !seen.insert(entry.metadata.version.as_str()) {
            continue;
        }
        let Some(score) = score(repository, entry, pattern, &mut line) else { continue };
        let Ok(version) = Version::parse(&entry.metadata.version) else { continue };
        let name = joined(repository, name);
        findings.push((Finding { name, score, entry }, version));
    }
    if let Some(added) = findings.get_mut(from..) {
        added.reverse();
    }
}

fn joined(repository: &str, name: &str) -> String {
    // The key of a chart that is searched in all versions ends in `$$version`.
    let name = name.split("$$").next().unwrap_or_default();
    format!("{repository}/{name}")
}

/// Returns the field in which the match begins, if there is one; `line` is room for
/// the fields in a line.
fn score(repository: &str, entry: &Entry, pattern: &Pattern, line: &mut String) -> Option<usize> {
    if matches!(pattern, Pattern::All) {
        return Some(0);
    }
    let chart = &entry.metadata;
    line.clear();
    line.push_str(&chart.name);
    line.push(DIVIDER);
    for part in [repository, "/", &chart.name] {
        line.push_str(part);
    }
    line.push(DIVIDER);
    line.push_str(&chart.description);
    line.push(DIVIDER);
    for (at, keyword) in chart.keywords.iter().enumerate() {
        line.push_str(if at == 0 { "" } else { " " });
        line.push_str(keyword);
    }
    let at = match pattern {
        Pattern::All => 0,
        Pattern::Text(text) => {
            if line.is_ascii() {
                line.make_ascii_lowercase();
            } else {
                *line = line.to_lowercase();
            }
            line.find(text.as_str())?
        }
        Pattern::Expression(expression) => expression.find(line)?.start(),
    };
    Some(line.get(..at)?.matches(DIVIDER).count())
}
