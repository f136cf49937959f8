//! Where the releases that are read come from.
//!
//! Three places answer the same three questions: the cluster together with the ledger, the ledger
//! alone (`--offline`), and a list in memory, which is Helm's own `HELM_DRIVER=memory`.

mod memory;

use applier::{
    Target,
    reads::{self, Look, Sight},
};
use ledger::Namespace;

use crate::{
    charts::Provenance,
    failure::Failure,
    options::ReadOptions,
    release::Release,
    session::Session,
    work::{Asking, Work, ledger_failure},
};

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
pub(crate) enum Releases {
    /// Records that the environment names; nothing outlives the command.
    Memory(Vec<Release>),
    /// Cluster and ledger, or the ledger alone.
    Work(Box<Work>, Look),
}

impl Releases {
    /// Returns the place that the environment and the flags choose.
    pub(crate) fn open(session: &mut Session, options: ReadOptions) -> Result<Self, Failure> {
        if let Some(records) = memory::records()? {
            return Ok(Self::Memory(records));
        }
        let sight = if options.offline.is_on() { Sight::Offline } else { Sight::Online };
        let scope =
            if options.deleted.is_on() { reads::Scope::Deleted } else { reads::Scope::Present };
        let asking = if options.offline.is_on() { Asking::Nobody } else { Asking::Cluster };
        let work = Work::to_read(session, asking)?;
        Ok(Self::Work(Box::new(work), Look { sight, scope }))
    }

    /// Returns the place where a cluster is asked, if this is one.
    pub(crate) fn online(&mut self) -> Option<&mut Work> {
        match self {
            Self::Work(work, Look { sight: Sight::Online, .. }) => Some(work),
            Self::Work(..) | Self::Memory(_) => None,
        }
    }

    /// Returns where the chart of a revision came from; nothing where the ledger does not say, or
    /// where that was taken back.
    pub(crate) fn source(&mut self, release: &Release) -> Option<Provenance> {
        let Self::Work(work, _) = self else { return None };
        let source = release.source?;
        let text = work.run(async |world| Ok(world.ledger.get(source).await.ok())).ok()??;
        Some(Provenance::read(&String::from_utf8_lossy(&text)))
    }

    /// Returns the newest revision of every release in `scope`.
    pub(crate) fn newest(&mut self, scope: &Scope) -> Result<Vec<Release>, Failure> {
        match self {
            Self::Memory(records) => Ok(newest(within(records, scope))),
            Self::Work(work, look) => {
                let namespace = match scope {
                    Scope::All => None,
                    Scope::Namespace(name) => Some(namespace_of(name)?),
                };
                let summaries =
                    work.run(async |world| reads::list(world, namespace.as_ref(), *look).await)?;
                Ok(summaries.iter().map(Release::of_summary).collect())
            }
        }
    }

    /// Returns every revision of every release in `scope`.
    pub(crate) fn all(&mut self, scope: &Scope) -> Result<Vec<Release>, Failure> {
        if let Self::Memory(records) = self {
            return Ok(within(records, scope));
        }
        let mut all = Vec::new();
        for release in self.newest(scope)? {
            all.extend(self.history(&release.namespace, &release.name)?);
        }
        Ok(all)
    }

    /// Returns the revisions of a release, oldest first.
    ///
    /// # Errors
    ///
    /// Helm's `release: not found` if there is none.
    pub(crate) fn history(&mut self, namespace: &str, name: &str) -> Result<Vec<Release>, Failure> {
        match self {
            Self::Memory(records) => {
                let mut found = within(records, &Scope::Namespace(namespace.to_owned()));
                found.retain(|it| it.name == name);
                found.sort_by_key(|it| it.revision);
                if found.is_empty() { Err(not_found()) } else { Ok(found) }
            }
            Self::Work(work, look) => {
                let target = target(namespace, name)?;
                let summaries =
                    work.run(async |world| reads::history(world, &target, *look).await)?;
                Ok(summaries.iter().map(Release::of_summary).collect())
            }
        }
    }

    /// Returns one revision of a release, whole.
    ///
    /// # Errors
    ///
    /// Helm's `release: not found` if there is none.
    pub(crate) fn revision(
        &mut self,
        namespace: &str,
        name: &str,
        revision: Revision,
    ) -> Result<Release, Failure> {
        if !is_release_name(name) {
            return Err(Failure::new(format_args!(
                "releaseContent: Release name is invalid: {name}"
            )));
        }
        if let Self::Work(work, look) = self {
            let target = target(namespace, name)?;
            let wanted = match revision {
                Revision::Latest => None,
                Revision::Number(number) => {
                    Some(ledger::Revision(u32::try_from(number).unwrap_or(u32::MAX)))
                }
            };
            let record =
                work.run(async |world| reads::get(world, &target, (wanted, *look)).await)?;
            return Release::of_record(&record);
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

/// Returns the names of a release as the applier takes them.
pub(crate) fn target(namespace: &str, name: &str) -> Result<Target, Failure> {
    let name = name.parse().map_err(|_| crate::naming::refused(name))?;
    Ok(Target { namespace: namespace_of(namespace)?, name })
}

fn namespace_of(name: &str) -> Result<Namespace, Failure> {
    name.parse().map_err(ledger_failure)
}

fn within(records: &[Release], scope: &Scope) -> Vec<Release> {
    let wanted = |it: &&Release| match scope {
        Scope::All => true,
        Scope::Namespace(name) => it.namespace == *name,
    };
    records.iter().filter(wanted).cloned().collect()
}

/// Leaves only the newest revision of each release.
pub(crate) fn newest(mut releases: Vec<Release>) -> Vec<Release> {
    let place = |it: &Release| (it.namespace.clone(), it.name.clone());
    releases.sort_by_key(|it| (place(it), std::cmp::Reverse(it.revision)));
    releases.dedup_by(|later, first| place(later) == place(first));
    releases
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
