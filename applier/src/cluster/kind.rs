//! Kinds: as manifests name them, and as the server serves them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A kind as a manifest names it: `apps/v1`, `Deployment`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kind {
    /// Group and version, or the version alone for the core group.
    pub api_version: String,
    /// The kind's name.
    pub kind: String,
}

impl Kind {
    /// Returns the kind of that name in that group and version.
    pub fn new(api_version: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { api_version: api_version.into(), kind: kind.into() }
    }

    /// Returns the kind that an object says it is of; `None` where it does not say.
    pub fn of(object: &Value) -> Option<Self> {
        let api_version = object.get("apiVersion")?.as_str()?;
        Some(Self::new(api_version, object.get("kind")?.as_str()?))
    }

    /// Returns the group, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Returns the version without its group.
    pub fn version(&self) -> &str {
        self.api_version.split_once('/').map_or(self.api_version.as_str(), |(_, version)| version)
    }
}

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One for the whole cluster.
    Cluster,
    /// One for each namespace.
    Namespaced,
}

/// A kind that the server serves, and the path under which it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// The kind.
    #[serde(flatten)]
    pub kind: Kind,
    /// The last part of the path: `deployments`.
    pub plural: String,
    /// Whether its objects live in a namespace.
    pub scope: Scope,
    /// What may be asked of it: `get`, `list`, `patch`, …
    pub verbs: Vec<String>,
}

impl Resource {
    /// Returns whether the server knows this verb for this kind.
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|known| known == verb)
    }
}

/// What the server serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    resources: BTreeMap<Kind, Resource>,
    subresource_kinds: Vec<Kind>,
    /// Groups whose own server does not answer: what they serve is not known.
    pub stale_groups: Vec<String>,
}

impl Discovery {
    /// Returns what these resources, and kinds that only subresources have, add up to.
    ///
    /// Of two resources of one kind the first wins.
    pub fn new(
        resources: impl IntoIterator<Item = Resource>,
        subresource_kinds: Vec<Kind>,
    ) -> Self {
        let mut map = BTreeMap::new();
        for resource in resources {
            map.entry(resource.kind.clone()).or_insert(resource);
        }
        Self { resources: map, subresource_kinds, stale_groups: Vec::new() }
    }

    /// Returns how a kind is served; `None` where it is not.
    pub fn find(&self, kind: &Kind) -> Option<&Resource> {
        self.resources.get(kind)
    }

    /// Returns how a kind is served in whatever version, the same group's first.
    ///
    /// For what must be found again although its API version is gone: the objects of an old
    /// revision that an uninstall or an upgrade deletes.
    pub fn find_any_version(&self, kind: &Kind) -> Option<&Resource> {
        self.find(kind).or_else(|| {
            self.resources
                .values()
                .filter(|it| it.kind.kind == kind.kind && it.kind.group() == kind.group())
                .max_by(|a, b| rank(a.kind.version()).cmp(&rank(b.kind.version())))
        })
    }

    /// Returns every resource, by group, version and kind.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values()
    }

    /// Returns `.Capabilities.APIVersions`: every group and version, and every group, version and
    /// kind (Helm's `action.GetVersionSet`), sorted.
    pub fn api_versions(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .resources
            .keys()
            .chain(&self.subresource_kinds)
            .flat_map(|kind| {
                [kind.api_version.clone(), format!("{}/{}", kind.api_version, kind.kind)]
            })
            .collect();
        all.sort();
        all.dedup();
        all
    }
}

/// Orders versions as the server's priority does: stable before beta before alpha, then by number.
fn rank(version: &str) -> (u8, u32) {
    let stage = if version.contains("alpha") {
        0
    } else if version.contains("beta") {
        1
    } else {
        2
    };
    let number = version.trim_start_matches('v').split(|c: char| !c.is_ascii_digit()).next();
    (stage, number.and_then(|digits| digits.parse().ok()).unwrap_or(0))
}
