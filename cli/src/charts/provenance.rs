//! Where a chart came from, in the form in which the ledger keeps it.
//!
//! The form is JSON with a schema name. Fields are added to it, never taken away or given another
//! meaning: `docs/src/design/ledger-format.md` lists them. Ledgers from before it hold the reference
//! alone.

use serde::{Deserialize, Serialize};

use super::Pick;
use crate::fetch;

/// The name of the form.
const SCHEMA: &str = "rutter.chart.source/1";

/// Where a chart came from. Nothing in it says who logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provenance {
    schema: String,
    /// What kind of reference it is.
    pub(crate) kind: Kind,
    /// The reference as it was typed, without who logs in.
    pub(crate) reference: String,
    /// The version that was asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) constraint: Option<String>,
    /// The repository whose index lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) repository: Option<RepositoryFacts>,
    /// Where the archive was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The SHA-256 of the archive as we had it, `sha256:…`; a folder has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archive: Option<String>,
    /// What the index was, and says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<IndexFacts>,
}

/// What kind of reference names a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A folder on this machine.
    Folder,
    /// An archive on this machine.
    Archive,
    /// `repository/chart`.
    Repository,
    /// A URL, or a name with `--repo URL`.
    Url,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RepositoryFacts {
    /// What it is called; none if it was not added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Where it is, without who logs in.
    pub(crate) url: String,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexFacts {
    /// The SHA-256 of the index that was read, `sha256:…`.
    pub(crate) digest: String,
    /// The SHA-256 that it lists for the archive, `sha256:…`; none if it lists none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lists: Option<String>,
}

impl Provenance {
    /// Says that a chart came by this reference.
    pub(crate) fn new(kind: Kind, reference: &str) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            kind,
            reference: fetch::shown(reference),
            constraint: None,
            repository: None,
            url: None,
            archive: None,
            index: None,
        }
    }

    /// Adds what is known of the archive that was picked.
    pub(super) fn picked(&mut self, pick: &Pick, constraint: &str) {
        self.constraint = Some(constraint.to_owned()).filter(|it| !it.is_empty());
        self.url = Some(fetch::shown(&pick.url));
        self.repository = pick
            .repository_url
            .clone()
            .map(|url| RepositoryFacts { name: pick.repository.clone(), url });
        let with_algorithm = |digest: &String| {
            if digest.contains(':') { digest.clone() } else { format!("sha256:{digest}") }
        };
        self.index = pick
            .index_sha256
            .clone()
            .map(|digest| IndexFacts { digest, lists: pick.digest.as_ref().map(with_algorithm) });
    }

    /// Returns the text that the ledger keeps.
    pub(crate) fn to_text(&self) -> String {
        // A map of texts has no way to fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns what is known, each with its heading, for people.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let constraint = self.constraint.as_ref().map(|it| format!(" (version {it})"));
        let mut lines =
            vec![("SOURCE", format!("{}{}", self.reference, constraint.unwrap_or_default()))];
        if let Some(RepositoryFacts { name, url }) = &self.repository {
            let name = name.as_ref().map(|it| format!("{it} ")).unwrap_or_default();
            lines.push(("REPOSITORY", format!("{name}{url}")));
        }
        let index = self.index.as_ref().map(|it| match &it.lists {
            Some(lists) => format!("{}, lists {lists}", it.digest),
            None => it.digest.clone(),
        });
        let rest = [("URL", self.url.clone()), ("ARCHIVE", self.archive.clone()), ("INDEX", index)];
        lines.extend(rest.into_iter().filter_map(|(heading, fact)| Some((heading, fact?))));
        lines
    }

    /// Reads what the ledger keeps; any other text is a reference from before this form.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::new(Kind::Unknown, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_logs_in_is_not_kept() {
        let provenance = Provenance::new(Kind::Url, "https://me:hunter2@charts.example/a.tgz");
        assert_eq!(provenance.reference, "https://charts.example/a.tgz");
    }

    #[test]
    fn what_is_kept_reads_back_and_a_later_kind_does_too() {
        let provenance = Provenance::new(Kind::Folder, "./web");
        assert_eq!(Provenance::read(&provenance.to_text()), provenance);
        let later =
            r#"{"schema":"rutter.chart.source/1","kind":"oci","reference":"oci://x","tag":"1"}"#;
        assert_eq!(Provenance::read(later).kind, Kind::Unknown);
        assert_eq!(Provenance::read(later).reference, "oci://x");
    }

    #[test]
    fn a_ledger_from_before_holds_the_reference_alone() {
        assert_eq!(Provenance::read("./charts/web").reference, "./charts/web");
    }
}
