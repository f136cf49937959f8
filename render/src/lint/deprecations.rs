//! Which kinds of which API versions Kubernetes no longer wants, or no longer has.

use std::fmt::Write as _;

use super::{Report, Severity, documents::Object};
use crate::KubeVersion;

/// What Helm 4.3.1 says of every kind that its client library knows: a line each with API version,
/// kind, the minor version (of 1) since when it is deprecated, the one that no longer has it, and
/// what to use instead. Made from Helm's own answers for a version far away.
const KNOWN: &str = include_str!("deprecated.txt");

/// What Helm's client library has forgotten, in the same form: from Kubernetes' deprecation guide.
const FORGOTTEN: &str = include_str!("forgotten.txt");

/// The minor version that Helm assumes.
const ASSUMED: u32 = 37;

struct Fate<'a> {
    deprecated: u32,
    removed: Option<u32>,
    instead: Option<(&'a str, &'a str)>,
}

/// Warns as Helm does of what is deprecated (`rules/deprecations.go`); what the version no longer
/// has is an error of ours.
pub(super) fn check(
    object: &Object,
    version: Option<&KubeVersion>,
    file: &str,
    report: &mut Report,
) {
    let Object { api_version, kind, .. } = object;
    if api_version.is_empty() || kind.is_empty() {
        return;
    }
    let minor = match version {
        None => ASSUMED,
        // Another major than 1 is later than all that is known.
        Some(version) if version.major != "1" => u32::MAX,
        Some(version) => version.minor.parse().unwrap_or(ASSUMED),
    };
    let known = fate(KNOWN, api_version, kind);
    if let Some(fate) = &known
        && fate.deprecated <= minor
    {
        report.warning(file, fate.told(api_version, kind));
    }
    let fate = known.or_else(|| fate(FORGOTTEN, api_version, kind));
    let Some(fate) = fate else { return };
    let Some(removed) = fate.removed.filter(|removed| *removed <= minor) else { return };
    let mut text = format!("{api_version} {kind} was removed in Kubernetes v1.{removed}");
    if let Some((api_version, kind)) = fate.instead {
        let _ = write!(text, ": write apiVersion: {api_version} (kind {kind})");
    }
    report.own(Severity::Error, file, text);
}

fn fate<'t>(table: &'t str, api_version: &str, kind: &str) -> Option<Fate<'t>> {
    let mut rows = table.lines().map(|line| line.split(' '));
    rows.find_map(|mut row| {
        if row.next() != Some(api_version) || row.next() != Some(kind) {
            return None;
        }
        let deprecated = row.next()?.parse().ok()?;
        let removed = row.next()?.parse().ok();
        Some(Fate { deprecated, removed, instead: row.next().zip(row.next()) })
    })
}

impl Fate<'_> {
    fn told(&self, api_version: &str, kind: &str) -> String {
        let mut text = format!("{api_version} {kind} is deprecated in v1.{}+", self.deprecated);
        if let Some(removed) = self.removed {
            let _ = write!(text, ", unavailable in v1.{removed}+");
        }
        if let Some((api_version, kind)) = self.instead {
            let _ = write!(text, "; use {api_version} {kind}");
        }
        text
    }
}
