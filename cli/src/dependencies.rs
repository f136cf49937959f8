//! The dependencies of a chart in a folder: what `charts/` holds of what `Chart.yaml` asks for
//! (Helm's `pkg/downloader/manager.go`).
//!
//! `update` looks for the newest versions that are allowed and locks them, `build` takes what is
//! locked. Both write the archives beside `charts/` first and move them when all are there.

mod lock;
mod names;
mod saving;

use std::path::{Path, PathBuf};

use render::{Chart, Dependency, Error, semver};

use self::names::Source;
use crate::{
    charts::{self, Catalogue, Loaded, Located, reason},
    failure::Failure,
    options::{RemoteOptions, Switch},
    repositories::Repositories,
    session::Session,
};

/// Whether the indexes of repositories are asked for anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// They are.
    #[default]
    All,
    /// What is in the cache is good enough: `--skip-refresh`.
    Nothing,
}

/// Who is told what is being done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The user, on standard output, in Helm's lines.
    #[default]
    User,
    /// Nobody: Helm's `package --dependency-update`.
    Nobody,
}

/// Brings `charts/` and the lock file of the chart in `folder` in line with what it asks for, in
/// the newest versions that it allows: Helm's `dependency update`.
///
/// A chart that asks for nothing is left alone. The chart must be loaded (again) afterwards.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn update(
    folder: &str,
    (refresh, audience): (Refresh, Audience),
    session: &mut Session,
) -> Result<(), Failure> {
    let work = Work::new(folder, (refresh, audience), RemoteOptions::default());
    work.update(session)
}

/// Loads a chart; if dependencies of it are missing and `wanted` says so, they are fetched first:
/// `--dependency-update` of `install`, `upgrade` and `template`.
///
/// # Errors
///
/// As [`Located::load`] and [`update`].
pub(crate) fn loaded(
    located: Located,
    wanted: Switch,
    session: &mut Session,
) -> Result<Loaded, Failure> {
    let again = located.clone();
    let loaded = located.load()?;
    let Some(folder) = again.folder().filter(|_| wanted.is_on()) else { return Ok(loaded) };
    let Err(Error::MissingDependencies(_)) = loaded.chart.check_installable() else {
        return Ok(loaded);
    };
    let folder = folder.display().to_string();
    update(&folder, (Refresh::All, Audience::User), session)?;
    again.load().map_err(|it| it.prefixed("failed reloading chart after repo update"))
}

/// Returns whether a chart has a list of dependencies, even an empty one.
pub(crate) fn are_listed(chart: &Chart) -> bool {
    lock::requested(chart).is_some()
}

/// One run over one chart.
pub(crate) struct Work {
    folder: PathBuf,
    refresh: Refresh,
    audience: Audience,
    remote: RemoteOptions,
}

impl Work {
    /// Returns the work on the chart in `folder`; `remote` is how servers are entered that no
    /// repository says it of.
    pub(crate) fn new(
        folder: &str,
        (refresh, audience): (Refresh, Audience),
        remote: RemoteOptions,
    ) -> Self {
        Self { folder: PathBuf::from(folder), refresh, audience, remote }
    }

    /// Helm's `dependency update`.
    ///
    /// # Errors
    ///
    /// Helm's messages.
    pub(crate) fn update(&self, session: &mut Session) -> Result<(), Failure> {
        let chart = self.chart()?;
        let Some(mut wanted) = lock::requested(&chart) else { return Ok(()) };
        let repositories = Repositories::read(&session.settings.folders)?;
        let sources = names::sources(&mut wanted, &self.folder, &repositories)?;
        self.refresh_unmanaged(&sources, session)?;
        self.refresh_managed(&repositories, session)?;
        let mut catalogue = Catalogue::open(&self.remote, &session.settings)?;
        let mut locked = self.resolved(&wanted, &sources, &mut catalogue)?;
        self.save(&mut locked, &sources, &mut catalogue, session)?;
        let digest = lock::digest(Some(&wanted), Some(&locked))?;
        match &chart.lock {
            Some(old) if old.digest == digest => Ok(()),
            _ => lock::write(&self.folder, &chart, digest, locked),
        }
    }

    /// Helm's `dependency build`.
    ///
    /// # Errors
    ///
    /// Helm's messages: a lock that is not of what Chart.yaml asks for, a repository that was not
    /// added.
    pub(crate) fn build(&self, session: &mut Session) -> Result<(), Failure> {
        let chart = self.chart()?;
        let Some(lock) = &chart.lock else { return self.update(session) };
        let mut wanted = lock::requested(&chart);
        let old_digest = lock::old_digest(wanted.as_deref())?;
        let repositories = Repositories::read(&session.settings.folders)?;
        if let Some(wanted) = &mut wanted {
            names::sources(wanted, &self.folder, &repositories)?;
        }
        let locked = lock::locked(&chart);
        if lock::digest(wanted.as_deref(), locked.as_deref())? != lock.digest {
            if chart.metadata.api_version != "v1" {
                return Err(Failure::new(
                    "the lock file (Chart.lock) is out of sync with the dependencies file \
                     (Chart.yaml). Please update the dependencies with 'helm dependency update'",
                ));
            }
            session.ui.warn("a valid Helm v3 hash was not found. Checking against Helm v2 hash...");
            if old_digest != lock.digest {
                return Err(Failure::new(
                    "the lock file (requirements.lock) is out of sync with the dependencies file \
                     (requirements.yaml). Please update the dependencies",
                ));
            }
        }
        let mut locked = locked.unwrap_or_default();
        let sources = names::known(&locked, &repositories)?;
        self.refresh_managed(&repositories, session)?;
        let mut catalogue = Catalogue::open(&self.remote, &session.settings)?;
        self.save(&mut locked, &sources, &mut catalogue, session)
    }

    fn chart(&self) -> Result<Chart, Failure> {
        let shown = self.folder.display();
        let status = std::fs::metadata(&self.folder).map_err(|error| {
            let reason = reason(&error);
            Failure::new(format_args!("could not find {shown}: stat {shown}: {reason}"))
        })?;
        if !status.is_dir() {
            return Err(Failure::new("only unpacked charts can be updated"));
        }
        let chart = read(&self.folder)?;
        let locked = chart.lock.iter().flat_map(|lock| &lock.dependencies);
        for Dependency { name, .. } in chart.metadata.dependencies.iter().chain(locked) {
            if name.contains(['/', '\\', '\0']) || matches!(name.as_str(), "" | "." | "..") {
                return Err(Failure::new(format_args!(
                    "dependency {name:?} has a name that no chart can have"
                )));
            }
        }
        Ok(chart)
    }

    /// Returns what is asked for, each in the newest version that is allowed.
    fn resolved(
        &self,
        wanted: &[Dependency],
        sources: &[Source],
        catalogue: &mut Catalogue,
    ) -> Result<Vec<Dependency>, Failure> {
        let (mut locked, mut missing) = (Vec::new(), Vec::new());
        for (dependency, source) in wanted.iter().zip(sources) {
            let Dependency { name, repository, version, .. } = dependency;
            let constraint = constraint(dependency)?;
            let found = match source {
                Source::Beside => {
                    names::local(&format!("charts/{name}"), &self.folder)?;
                    Some(version.clone())
                }
                Source::Folder => {
                    let chart = read(&names::local(repository, &self.folder)?)?;
                    let own = semver::Version::parse(&chart.metadata.version);
                    own.is_ok_and(|own| constraint.check(&own)).then_some(chart.metadata.version)
                }
                Source::Repository(entry) => {
                    catalogue.newest(entry, (name, repository), &constraint)?
                }
            };
            match found {
                Some(version) => locked.push(Dependency {
                    name: name.clone(),
                    repository: repository.clone(),
                    version,
                    ..Dependency::default()
                }),
                None => missing
                    .push(format!("{name:?} (repository {repository:?}, version {version:?})")),
            }
        }
        if missing.is_empty() {
            return Ok(locked);
        }
        Err(Failure::new(format_args!(
            "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version \
             exists in the repo, or change the version constraint in Chart.yaml",
            missing.len(),
            missing.join(", ")
        )))
    }

    fn say(&self, line: &str, session: &mut Session) -> Result<(), Failure> {
        match self.audience {
            Audience::User => Ok(session.ui.print(&format!("{line}\n"))?),
            Audience::Nobody => Ok(()),
        }
    }
}

fn constraint(dependency: &Dependency) -> Result<semver::Constraint, Failure> {
    semver::Constraint::parse(&dependency.version).map_err(|error| {
        let name = &dependency.name;
        Failure::new(format_args!(
            "dependency {name:?} has an invalid version/constraint format: {error}"
        ))
        .with_hint(error.hint())
    })
}

/// Reads the chart in a folder.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn read(folder: &Path) -> Result<Chart, Failure> {
    let files = charts::files(folder)?;
    Chart::from_folder(files).map_err(|error| Failure::from_render(&error))
}
