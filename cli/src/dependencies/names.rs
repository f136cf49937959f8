//! Which repository a dependency means, and the newest indexes of those.

use std::{
    path::{Path, PathBuf},
    sync::mpsc,
};

use render::{Dependency, url::Url};

use super::{Refresh, Work};
use crate::{
    charts::{reason, sha256},
    failure::Failure,
    fetch,
    repositories::{self, Entry, Repositories},
    session::Session,
};

/// Where a dependency comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// `charts/`: it names no repository.
    Beside,
    /// A folder: `file://`.
    Folder,
    /// A repository, added or not.
    Repository(Box<Entry>),
}

/// What the cached index of a repository that was not added is called: this and the digest of its
/// URL. Helm calls it so, too.
const UNMANAGED: &str = "helm-manager-";

/// Returns where dependencies come from; `@name` and `alias:name` become the repository's URL.
///
/// # Errors
///
/// Helm's messages (`resolveRepoNames`).
pub(super) fn sources(
    wanted: &mut [Dependency],
    folder: &Path,
    repositories: &Repositories,
) -> Result<Vec<Source>, Failure> {
    let (mut sources, mut missing) = (Vec::new(), Vec::new());
    for dependency in wanted {
        let repository = dependency.repository.clone();
        if repository.is_empty() {
            sources.push(Source::Beside);
        } else if repository.starts_with("file://") {
            local(&repository, folder)?;
            sources.push(Source::Folder);
        } else if let Some(entry) = added(&repository, repositories) {
            if entry.name == alias(&repository).unwrap_or_default() {
                dependency.repository.clone_from(&entry.url);
            }
            sources.push(Source::Repository(Box::new(entry.clone())));
        } else if is_url(&repository) {
            crate::charts::refuse_oci(&repository)?;
            let name = sha256(repository.as_bytes());
            let name = name.strip_prefix("sha256:").unwrap_or(&name);
            sources.push(Source::Repository(Box::new(Entry {
                name: format!("{UNMANAGED}{name}"),
                url: repository,
                ..Entry::default()
            })));
        } else {
            missing.push(repository);
        }
    }
    if missing.is_empty() { Ok(sources) } else { Err(unknown(&missing)) }
}

fn unknown(missing: &[String]) -> Failure {
    let list = missing.join(", ");
    let mut text =
        format!("no repository definition for {list}. Please add them via 'helm repo add'");
    if missing.iter().any(|it| !it.contains("//") && alias(it).is_none()) {
        text.push_str(
            "\nNote that repositories must be URLs or aliases. For example, to refer to the \
             \"example\"\nrepository, use \"https://charts.example.com/\" or \"@example\" instead \
             of\n\"example\". Don't forget to add the repo, too ('helm repo add').",
        );
    }
    Failure::new(text)
}

/// Returns where locked dependencies come from, of which every repository must have been added.
///
/// # Errors
///
/// Helm's message (`hasAllRepos`).
pub(super) fn known(
    locked: &[Dependency],
    repositories: &Repositories,
) -> Result<Vec<Source>, Failure> {
    let (mut sources, mut missing) = (Vec::new(), Vec::new());
    for Dependency { repository, .. } in locked {
        if repository.is_empty() {
            sources.push(Source::Beside);
        } else if repository.starts_with("file://") {
            sources.push(Source::Folder);
        } else if let Some(entry) = repositories.find_url(repository) {
            sources.push(Source::Repository(Box::new(entry.clone())));
        } else {
            crate::charts::refuse_oci(repository)?;
            missing.push(fetch::shown(repository));
        }
    }
    if missing.is_empty() {
        return Ok(sources);
    }
    let list = missing.join(", ");
    Err(Failure::new(format_args!(
        "no repository definition for {list}. Please add the missing repos via 'helm repo add'"
    )))
}

fn added<'r>(repository: &str, repositories: &'r Repositories) -> Option<&'r Entry> {
    match alias(repository) {
        Some(name) => repositories.find(name),
        None => repositories.find_url(repository),
    }
}

/// The name in `@name` or `alias:name`.
fn alias(repository: &str) -> Option<&str> {
    repository.strip_prefix('@').or_else(|| repository.strip_prefix("alias:"))
}

/// Whether Go's `url.ParseRequestURI` takes it: it has a scheme or begins with a slash.
fn is_url(repository: &str) -> bool {
    alias(repository).is_none()
        && Url::parse(repository).is_ok_and(|url| url.is_absolute() || repository.starts_with('/'))
}

/// Returns the folder that `file://…`, seen from the chart's, leads to.
///
/// # Errors
///
/// Helm's message if there is none.
pub(super) fn local(repository: &str, chart: &Path) -> Result<PathBuf, Failure> {
    let path = repository.strip_prefix("file://").unwrap_or(repository);
    let path = clean(&chart.join(path));
    match std::fs::metadata(&path) {
        Ok(_) => Ok(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Failure::new(format_args!("directory {} not found", path.display())))
        }
        Err(error) => {
            let (path, reason) = (path.display(), reason(&error));
            Err(Failure::new(format_args!("stat {path}: {reason}")))
        }
    }
}

/// Go's `filepath.Clean`, by which `..` takes away what stands before it.
fn clean(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match cleaned.components().next_back() {
                Some(Component::Normal(_)) => {
                    cleaned.pop();
                }
                Some(Component::RootDir) => {}
                _ => cleaned.push(".."),
            },
            part => cleaned.push(part),
        }
    }
    cleaned
}

impl Work {
    /// Fetches the indexes of the repositories that were added. One that cannot be reached is told,
    /// and is no error yet: its charts may not be needed, or be in the cache.
    pub(super) fn refresh_managed(
        &self,
        repositories: &Repositories,
        session: &mut Session,
    ) -> Result<(), Failure> {
        if self.refresh == Refresh::Nothing || repositories.entries().is_empty() {
            return Ok(());
        }
        self.say("Hang tight while we grab the latest from your chart repositories...", session)?;
        self.refreshed(repositories.entries(), session)?;
        self.say("Update Complete. ⎈Happy Helming!⎈", session)
    }

    /// Fetches the indexes of repositories that dependencies name and nobody added.
    pub(super) fn refresh_unmanaged(
        &self,
        sources: &[Source],
        session: &mut Session,
    ) -> Result<(), Failure> {
        let unmanaged = sources.iter().filter_map(|source| match source {
            Source::Repository(entry) if entry.name.starts_with(UNMANAGED) => {
                Some((**entry).clone())
            }
            _ => None,
        });
        let unmanaged: Vec<Entry> = unmanaged.collect();
        if self.refresh == Refresh::Nothing || unmanaged.is_empty() {
            return Ok(());
        }
        self.say("Getting updates for unmanaged Helm repositories...", session)?;
        self.refreshed(&unmanaged, session)
    }

    /// Fetches indexes, all at a time but each URL once, and tells of each as it is done.
    fn refreshed(&self, entries: &[Entry], session: &mut Session) -> Result<(), Failure> {
        let mut unique: Vec<&Entry> = Vec::new();
        for entry in entries {
            repositories::fetchable(&entry.url)?;
            unique.retain(|known| !known.is_at(&entry.url));
            unique.push(entry);
        }
        session.ui.flush()?;
        let settings = session.settings.clone();
        std::thread::scope(|scope| {
            let (done, outcomes) = mpsc::channel();
            for entry in unique {
                let (done, settings) = (done.clone(), &settings);
                let entered = self.entered(entry);
                let refresh =
                    move || repositories::refresh(&entered, settings, fetch::TO_FINISH, None);
                scope.spawn(move || done.send((entry, refresh())));
            }
            drop(done);
            outcomes.iter().try_for_each(|(entry, outcome)| {
                self.say(&told(entry, outcome.map(|_| ())), session)
            })
        })
    }

    /// Returns a repository with the flags that say how it is entered, if it does not say itself.
    fn entered(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        if !entry.name.starts_with(UNMANAGED) {
            return entry;
        }
        let access = self.remote.access(&entry.url);
        let text = |path: &Option<PathBuf>| {
            path.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
        };
        entry.ca_file = text(&access.ca_file);
        entry.cert_file = text(&access.cert_file);
        entry.key_file = text(&access.key_file);
        entry.username = access.username;
        entry.password = access.password;
        entry.insecure = access.insecure;
        entry
    }
}

/// Says how the update of a repository's index went; one that was not added has no name but its URL.
fn told(entry: &Entry, outcome: Result<(), Failure>) -> String {
    let url = entry.shown_url();
    let (name, place) = if entry.name.starts_with(UNMANAGED) {
        (&url, String::new())
    } else {
        (&entry.name, format!(" ({url})"))
    };
    match outcome {
        Ok(()) => format!("...Successfully got an update from the {name:?} chart repository"),
        Err(failure) => format!(
            "...Unable to get an update from the {name:?} chart repository{place}:\n\t{}",
            failure.message()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: Go's `filepath.Clean`.
    #[test]
    fn a_path_is_cleaned_as_go_cleans_it() {
        let cleaned = |path: &str| clean(Path::new(path)).display().to_string();
        assert_eq!(cleaned("a/./b/../c"), "a/c");
        assert_eq!(cleaned("../a/../../b"), "../../b");
        assert_eq!(cleaned("/../a"), "/a");
    }

    #[test]
    fn what_is_no_url_and_no_alias_is_refused_with_helms_advice() {
        let text = unknown(&["stable".to_owned()]).to_string();
        assert!(text.starts_with("Error: no repository definition for stable. Please add them"));
        assert!(text.contains("\nNote that repositories must be URLs or aliases."));
        let text = unknown(&["@stable".to_owned()]).to_string();
        assert!(!text.contains("Note that"), "{text}");
    }
}
