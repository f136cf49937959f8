//! The list of a repository's charts: what `index.yaml` says, without I/O.
//!
//! After Helm's `pkg/repo/v1/index.go`. The file may be YAML or JSON, comes from
//! a stranger, and may hold twenty thousand versions: reading one that is written
//! as Helm writes it is a single pass, and no file makes reading grow without
//! bound.

use std::{cmp::Ordering, collections::BTreeMap};

use serde::Serialize;

use crate::{Metadata, semver};

mod block;
mod bounded;
mod builder;
mod entry;
mod pieces;
mod read;
mod search;
mod time;
mod write;

pub use search::{Depth, Finding, Pattern, Scope, search};

/// The largest index that is read, in bytes.
pub const LIMIT: usize = 64 * 1024 * 1024;

/// What a repository offers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// `v1`; an index without it is refused.
    pub api_version: String,
    /// When it was made (RFC 3339).
    pub generated: String,
    /// The versions of each chart by its name, newest first.
    pub entries: BTreeMap<String, Vec<Entry>>,
    /// Unused by Helm.
    pub public_keys: Vec<String>,
    /// Anything; Helm does not look at it.
    pub annotations: BTreeMap<String, String>,
}

/// A version of a chart in an index.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Entry {
    /// What its `Chart.yaml` says.
    #[serde(flatten)]
    pub metadata: Metadata,
    /// Where the archive is: absolute, or relative to the index.
    pub urls: Vec<String>,
    /// When it was added to the index (RFC 3339).
    pub created: String,
    /// Whether it was taken back (unused by Helm).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// SHA-256 of the archive in hexadecimal, without a prefix; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// What older Helms wrote.
    #[serde(flatten)]
    pub legacy: Legacy,
}

/// Fields of older Helms: read, kept, not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Legacy {
    /// Now `digest`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub checksum: String,
    /// The template engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// A constraint on Tiller's version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tiller_version: String,
    /// Now `urls`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// An entry that was left out, and why: Helm logs a warning and goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The chart's name in the index.
    pub name: String,
    /// The version it says it has.
    pub version: String,
    /// Helm's reason; nothing for an entry that is empty.
    pub reason: Option<String>,
}

/// Why an index cannot be used, in Helm's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A file without content.
    #[error("empty index.yaml file")]
    Empty,
    /// No `apiVersion`.
    #[error("no API version specified")]
    NoApiVersion,
    /// Neither YAML nor JSON, or not of an index's shape.
    #[error("{text}")]
    Unreadable {
        /// Go's text.
        text: String,
        /// What the file looks like instead, if that is known.
        instead: Option<&'static str>,
    },
    /// More bytes than anybody reads.
    #[error("the index has {size} bytes, and the most that is read is {limit}")]
    TooLarge {
        /// How many it has.
        size: usize,
        /// How many it may have.
        limit: usize,
    },
    /// More charts and versions than anybody reads.
    #[error("the index lists more than {limit} charts and versions")]
    TooMany {
        /// How many it may list.
        limit: usize,
    },
    /// No chart of that name.
    #[error("no chart name found")]
    NoChart,
    /// A chart of that name, but no version at all.
    #[error("no chart version found")]
    NoVersion,
    /// No version that satisfies what was asked for.
    #[error("no chart version found for {name}-{version}")]
    NoSuchVersion {
        /// The chart.
        name: String,
        /// The constraint, or nothing.
        version: String,
    },
    /// What was asked for is no constraint.
    #[error(transparent)]
    Constraint(#[from] semver::Error),
}

impl Error {
    /// Returns what the user can do about it, if that is known.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Unreadable { instead: Some(instead), .. } => {
                return Some(format!("the answer is {instead}, not an index: check the URL"));
            }
            Self::TooLarge { .. } | Self::TooMany { .. } => {
                "ask the repository for an index with fewer versions"
            }
            Self::NoApiVersion => "an index starts with `apiVersion: v1`",
            Self::Constraint(error) => error.hint(),
            Self::NoSuchVersion { version, .. } if version.is_empty() => {
                "there are pre-releases only: --devel takes them"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl Index {
    /// Returns an index without charts.
    pub fn new(generated: impl Into<String>) -> Self {
        Self { api_version: "v1".to_owned(), generated: generated.into(), ..Self::default() }
    }

    /// Reads an index from YAML or JSON, and sorts it. Entries that Helm refuses
    /// are left out and told of. YAML is read strictly (no unknown fields, no key
    /// twice), JSON is not: Helm's rules.
    ///
    /// # Errors
    ///
    /// Helm's texts; more than [`LIMIT`] bytes are refused unread.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Skipped>), Error> {
        read::index(bytes)
    }

    /// Finds the version of a chart that `constraint` asks for: the one that is
    /// written exactly so, or the newest that satisfies it. "" asks for the
    /// newest that is no pre-release (`IndexFile.Get`).
    ///
    /// # Errors
    ///
    /// [`Error::NoChart`], [`Error::NoVersion`], [`Error::NoSuchVersion`],
    /// [`Error::Constraint`].
    pub fn find(&self, name: &str, constraint: &str) -> Result<&Entry, Error> {
        let versions = self.entries.get(name).ok_or(Error::NoChart)?;
        if versions.is_empty() {
            return Err(Error::NoVersion);
        }
        let wanted = if constraint.is_empty() { "*" } else { constraint };
        let parsed = semver::Constraint::parse(wanted)?;
        let exact = versions.iter().find(|entry| entry.metadata.version == constraint);
        let meets = |entry: &&Entry| {
            semver::Version::parse(&entry.metadata.version).is_ok_and(|it| parsed.check(&it))
        };
        exact.or_else(|| versions.iter().find(meets)).ok_or_else(|| Error::NoSuchVersion {
            name: name.to_owned(),
            version: constraint.to_owned(),
        })
    }

    /// Adds the versions of `other` that are not here; what is here stays. Leaves
    /// the index unsorted, as Helm does: call [`Index::sort`].
    pub fn merge(&mut self, other: Self) {
        for entry in other.entries.into_values().flatten() {
            let Metadata { name, version, .. } = &entry.metadata;
            if self.find(name, version).is_err() {
                self.entries.entry(name.clone()).or_default().push(entry);
            }
        }
    }

    /// Sorts the versions of each chart, newest first; what is no version comes
    /// last. Versions that differ only behind `+` keep their order.
    pub fn sort(&mut self) {
        let parse = |entry: &Entry| semver::Version::parse(&entry.metadata.version).ok();
        let order = |a: &Option<semver::Version>, b: &Option<semver::Version>| match (a, b) {
            (Some(a), Some(b)) => b.compare(a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        for versions in self.entries.values_mut() {
            let keys: Vec<_> = versions.iter().map(parse).collect();
            // Most indexes are, and entries are large.
            if keys.is_sorted_by(|a, b| order(a, b).is_le()) {
                continue;
            }
            let taken = std::mem::take(versions);
            let mut keyed: Vec<_> = keys.into_iter().zip(taken).collect();
            keyed.sort_by(|(a, _), (b, _)| order(a, b));
            *versions = keyed.into_iter().map(|(_, entry)| entry).collect();
        }
    }

    /// Writes it as Helm does: YAML with sorted keys.
    ///
    /// # Errors
    ///
    /// Control characters that YAML cannot hold.
    pub fn to_yaml(&self) -> Result<String, crate::yaml::Error> {
        write::yaml(self)
    }

    /// Writes it as `helm repo index --json` does: JSON with an indent of two.
    pub fn to_json(&self) -> String {
        write::json(self)
    }
}

impl Entry {
    /// Returns whether it is not what `wanted` names exactly, though `wanted` is a
    /// version and no range: Helm warns of a version that is merely the closest.
    pub fn is_fallback_for(&self, wanted: &str) -> bool {
        !wanted.is_empty() && !is_range(wanted) && self.metadata.version != wanted
    }

    /// Compares two entries of a chart by version, oldest first.
    pub fn compare(&self, other: &Self) -> Ordering {
        let parse = |entry: &Self| semver::Version::parse(&entry.metadata.version).ok();
        match (parse(self), parse(other)) {
            (Some(a), Some(b)) => a.compare(&b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }
}

/// Returns whether `version` names several versions rather than one
/// (`isVersionRange`).
pub fn is_range(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    version.contains(['^', '~', '<', '>', '=', '!', '*'])
        || version.contains("||")
        || version.contains(" - ")
        || core.contains(['x', 'X'])
}

#[cfg(test)]
mod tests;
