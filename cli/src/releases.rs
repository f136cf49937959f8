//! Where the releases that are read come from.
//!
//! Three places answer the same three questions: the cluster together with the ledger, the ledger
//! alone (`--offline`), and a list in memory, which is Helm's own `HELM_DRIVER=memory`.

mod memory;

use crate::{failure::Failure, release::Release, session::Session};

/// Which namespaces are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// This one.
    Namespace(String),
    /// Every one.
    All,
}

/// Which revision of a release is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revision {
    /// The newest.
    Latest,
    /// The one of this number.
    Number(u64),
}

impl Revision {
    /// Returns what a number on the command line means: Helm takes 0 and less for the newest.
    pub(crate) fn of(number: i64) -> Self {
        match u64::try_from(number) {
            Ok(0) | Err(_) => Self::Latest,
            Ok(number) => Self::Number(number),
        }
    }
}

/// A place that knows releases.
#[derive(Debug)]
pub(crate) enum Releases {
    /// Records that the environment names; nothing outlives the command.
    Memory(Vec<Release>),
}

impl Releases {
    /// Returns the place that the environment and the flags choose.
    pub(crate) fn open(session: &mut Session) -> Result<Self, Failure> {
        let _ = session;
        if let Some(records) = memory::records()? {
            return Ok(Self::Memory(records));
        }
        Err(Failure::new("this version cannot read a cluster yet")
            .with_hint("set HELM_DRIVER=memory to read records from a file"))
    }

    /// Returns every revision of every release in `scope`.
    pub(crate) fn all(&self, scope: &Scope) -> Result<Vec<Release>, Failure> {
        let Self::Memory(records) = self;
        let wanted = |it: &&Release| match scope {
            Scope::All => true,
            Scope::Namespace(name) => it.namespace == *name,
        };
        Ok(records.iter().filter(wanted).cloned().collect())
    }

    /// Returns the revisions of a release, oldest first.
    ///
    /// # Errors
    ///
    /// Helm's `release: not found` if there is none.
    pub(crate) fn history(&self, namespace: &str, name: &str) -> Result<Vec<Release>, Failure> {
        let mut found = self.all(&Scope::Namespace(namespace.to_owned()))?;
        found.retain(|it| it.name == name);
        found.sort_by_key(|it| it.revision);
        if found.is_empty() { Err(not_found()) } else { Ok(found) }
    }

    /// Returns one revision of a release.
    ///
    /// # Errors
    ///
    /// Helm's `release: not found` if there is none.
    pub(crate) fn revision(
        &self,
        namespace: &str,
        name: &str,
        revision: Revision,
    ) -> Result<Release, Failure> {
        if !is_release_name(name) {
            return Err(Failure::new(format_args!(
                "releaseContent: Release name is invalid: {name}"
            )));
        }
        let mut history = self.history(namespace, name)?;
        match revision {
            Revision::Latest => history.pop().ok_or_else(not_found),
            Revision::Number(number) => {
                history.into_iter().find(|it| it.revision == number).ok_or_else(not_found)
            }
        }
    }
}

fn not_found() -> Failure {
    Failure::new("release: not found")
}

/// Returns whether `name` may be the name of a release (`chartutil.ValidateReleaseName`).
pub(crate) fn is_release_name(name: &str) -> bool {
    let label = |label: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let edge = |c: Option<char>| c.is_some_and(|c| inner(c) && c != '-');
        label.chars().all(inner) && edge(label.chars().next()) && edge(label.chars().next_back())
    };
    !name.is_empty() && name.len() <= 53 && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_name_is_what_helm_takes_for_one() {
        assert!(["web", "a", "web-1.x"].into_iter().all(is_release_name));
        assert!(
            ["", "Web", "-web", "web-", "a..b", "a_b"].into_iter().all(|it| !is_release_name(it))
        );
        assert!(is_release_name(&"a".repeat(53)) && !is_release_name(&"a".repeat(54)));
    }
}
