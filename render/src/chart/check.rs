//! What Helm asks of a chart before it goes on.

use std::collections::BTreeSet;

use rutter_gotmpl::quote;

use super::{Chart, Dependency, Metadata};
use crate::{Error, semver};

/// Cleans the metadata's texts and refuses what Helm's `Validate` refuses.
pub(crate) fn metadata(metadata: &mut Metadata) -> Result<(), Error> {
    for text in [
        &mut metadata.name,
        &mut metadata.description,
        &mut metadata.home,
        &mut metadata.icon,
        &mut metadata.condition,
        &mut metadata.tags,
        &mut metadata.app_version,
        &mut metadata.kube_version,
    ] {
        clean(text);
    }
    metadata.sources.iter_mut().for_each(clean);
    metadata.keywords.iter_mut().for_each(clean);
    name_and_version(metadata)?;
    for maintainer in &mut metadata.maintainers {
        clean(&mut maintainer.name);
        clean(&mut maintainer.email);
        clean(&mut maintainer.url);
    }
    let mut seen = BTreeSet::new();
    for dependency in &mut metadata.dependencies {
        clean_dependency(dependency)?;
        let key = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
        if !seen.insert(key.clone()) {
            return Err(invalid(format!(
                "more than one dependency with name or alias {}",
                quote(key.as_bytes())
            )));
        }
    }
    Ok(())
}

fn name_and_version(metadata: &Metadata) -> Result<(), Error> {
    let Metadata { api_version, name, version, kind, .. } = metadata;
    if api_version.is_empty() {
        return Err(invalid("chart.metadata.apiVersion is required"));
    }
    if name.is_empty() {
        return Err(invalid("chart.metadata.name is required"));
    }
    if matches!(name.as_str(), "." | "..") {
        return Err(invalid(format!(
            "chart.metadata.name {} is not allowed",
            quote(name.as_bytes())
        )));
    }
    if name.contains('/') {
        return Err(invalid(format!("chart.metadata.name {} is invalid", quote(name.as_bytes()))));
    }
    if version.is_empty() {
        return Err(invalid("chart.metadata.version is required"));
    }
    if semver::Version::parse(version).is_err() {
        return Err(invalid(format!(
            "chart.metadata.version {} is invalid",
            quote(version.as_bytes())
        )));
    }
    if !matches!(kind.as_str(), "" | "application" | "library") {
        return Err(invalid("chart.metadata.type must be application or library"));
    }
    Ok(())
}

fn clean_dependency(dependency: &mut Dependency) -> Result<(), Error> {
    clean(&mut dependency.name);
    clean(&mut dependency.version);
    clean(&mut dependency.repository);
    clean(&mut dependency.condition);
    dependency.tags.iter_mut().for_each(clean);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if dependency.alias.chars().all(allowed) {
        return Ok(());
    }
    let name = &dependency.name;
    Err(invalid(format!(
        "dependency {} has disallowed characters in the alias",
        quote(name.as_bytes())
    )))
}

/// Refuses a library, and a chart whose dependencies are not there.
pub(super) fn installable(chart: &Chart) -> Result<(), Error> {
    let kind = chart.metadata.kind.as_str();
    if !matches!(kind, "" | "application") {
        return Err(Error::NotInstallable { kind: kind.to_owned() });
    }
    let missing = missing(chart);
    if missing.is_empty() { Ok(()) } else { Err(Error::MissingDependencies(missing)) }
}

/// Returns the names of the dependencies that are not in `charts/`.
pub(super) fn missing(chart: &Chart) -> Vec<String> {
    let there = |name: &str| chart.dependencies.iter().any(|chart| chart.name() == name);
    let dependencies = chart.metadata.dependencies.iter();
    let missing = dependencies.filter(|dependency| !there(&dependency.name));
    missing.map(|dependency| dependency.name.clone()).collect()
}

/// Returns whether `version` meets `constraint`; what cannot be read does not.
pub(crate) fn is_compatible(constraint: &str, version: &str) -> bool {
    match (semver::Constraint::parse(constraint), semver::Version::parse(version)) {
        (Ok(constraint), Ok(version)) => constraint.check(&version),
        _ => false,
    }
}

/// White space becomes a space, what cannot be printed goes.
fn clean(text: &mut String) {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return;
    }
    *text = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_format(*c))
        .collect();
}

/// The invisible characters that Go's `unicode.IsPrint` leaves out, besides
/// control characters: formats and private use.
const fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

fn invalid(text: impl Into<String>) -> Error {
    Error::Invalid(text.into())
}
