//! Archives into `charts/`: all are there, or none is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use render::{Chart, Dependency, semver};

use super::{Work, names, names::Source};
use crate::{
    charts::{self, Archive, Catalogue, Pick, named, reason},
    failure::Failure,
    fetch,
    session::Session,
};

/// A folder that is gone when this is.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What is to be written: the name of a file, and its bytes.
type Saved = (String, Vec<u8>);

impl Work {
    /// Gets all archives, puts them into `charts/` and takes away those that are outdated. Versions
    /// of local charts are set to what was found.
    ///
    /// # Errors
    ///
    /// Helm's messages (`downloadAll`). `charts/` is then as it was.
    pub(super) fn save(
        &self,
        wanted: &mut [Dependency],
        sources: &[Source],
        catalogue: &mut Catalogue,
        session: &mut Session,
    ) -> Result<(), Failure> {
        let target = self.folder.join("charts");
        match fs::metadata(&target) {
            Ok(status) if status.is_dir() => {}
            Ok(_) => {
                let target = target.display().to_string();
                return Err(Failure::new(format_args!("{target:?} is not a directory")));
            }
            Err(_) => fs::create_dir_all(&target).map_err(|error| made(&target, &error))?,
        }
        self.say(&format!("Saving {} charts", wanted.len()), session)?;
        let got = self.got(wanted, sources, catalogue, session);
        let saved = match got {
            Ok(saved) => saved,
            Err(failure) => {
                self.say(&format!("Save error occurred:  {}", failure.message()), session)?;
                return Err(failure);
            }
        };
        let scratch = Scratch(self.folder.join(format!("tmpcharts-{}", std::process::id())));
        fs::create_dir_all(&scratch.0).map_err(|error| made(&scratch.0, &error))?;
        for (name, bytes) in &saved {
            let path = scratch.0.join(name);
            fs::write(&path, bytes).map_err(|error| named(&path, &error))?;
        }
        for (name, _) in &saved {
            let path = target.join(name);
            fs::rename(scratch.0.join(name), &path).map_err(|error| named(&path, &error))?;
        }
        self.tidied(&saved, wanted, &target, session)
    }

    /// Returns the archives of all dependencies that do not lie in `charts/` already.
    fn got(
        &self,
        wanted: &mut [Dependency],
        sources: &[Source],
        catalogue: &mut Catalogue,
        session: &mut Session,
    ) -> Result<Vec<Saved>, Failure> {
        let (mut saved, mut picks): (Vec<Saved>, Vec<Pick>) = (Vec::new(), Vec::new());
        for (dependency, source) in wanted.iter_mut().zip(sources) {
            match source {
                Source::Beside => self.fits(dependency, session)?,
                Source::Folder => saved.push(self.packed(dependency)?),
                Source::Repository(entry) => {
                    let Dependency { name, version, repository, .. } = dependency;
                    let pick = catalogue
                        .exact(entry, name, version)
                        .map_err(|it| it.prefixed(&format!("could not find {repository}")))?;
                    let shown = fetch::shown(repository);
                    let known = picks.iter().find(|known| known.url == pick.url);
                    let doing = known.map_or("Downloading", |_| "Already downloaded");
                    self.say(&format!("{doing} {name} from repo {shown}"), session)?;
                    picks.extend(known.is_none().then_some(pick));
                }
            }
        }
        session.ui.flush()?;
        let archives = charts::download_all(&picks, &session.settings);
        for (pick, archive) in picks.iter().zip(archives) {
            let archive = archive.map_err(|it| {
                it.prefixed(&format!("could not download {}", fetch::shown(&pick.url)))
            })?;
            // Helm saves what is none, locks it and deletes what was there before.
            Chart::from_archive(&archive.file_name, &archive.bytes).map_err(|error| {
                let url = fetch::shown(&pick.url);
                Failure::from_error(&error).prefixed(&format!("could not load {url}"))
            })?;
            archive.keep();
            let Archive { file_name, bytes, .. } = archive;
            if !is_file_name(&file_name) {
                let url = fetch::shown(&pick.url);
                return Err(Failure::new(format_args!("{url} names no file")));
            }
            saved.push((file_name, bytes));
        }
        Ok(saved)
    }

    /// Checks a chart that is said to lie in `charts/`.
    fn fits(&self, dependency: &Dependency, session: &mut Session) -> Result<(), Failure> {
        let name = &dependency.name;
        let line = format!(
            "Dependency {name} did not declare a repository. Assuming it exists in the charts \
             directory"
        );
        self.say(&line, session)?;
        let path = self.folder.join("charts").join(name);
        let chart = super::read(&path).map_err(|failure| {
            failure.prefixed(&format!("unable to load chart '{}'", path.display()))
        })?;
        let constraint = super::constraint(dependency)?;
        let version = semver::Version::parse(&chart.metadata.version).map_err(|error| {
            let version = &dependency.version;
            Failure::new(format_args!("invalid version {version} for dependency {name}: {error}"))
        })?;
        if constraint.check(&version) {
            return Ok(());
        }
        let (is, asked) = (&chart.metadata.version, &dependency.version);
        Err(Failure::new(format_args!(
            "dependency {name} at version {is} does not satisfy the constraint {asked}"
        )))
    }

    /// Packs the chart of a folder, and notes its version.
    fn packed(&self, dependency: &mut Dependency) -> Result<Saved, Failure> {
        let chart = super::read(&names::local(&dependency.repository, &self.folder)?)?;
        let constraint = super::constraint(dependency)?;
        let version = semver::Version::parse(&chart.metadata.version)
            .map_err(|error| Failure::from_error(&error))?;
        if !constraint.check(&version) {
            let name = &dependency.name;
            return Err(Failure::new(format_args!(
                "can't get a valid version for dependency {name}"
            )));
        }
        dependency.version.clone_from(&chart.metadata.version);
        let bytes = chart.pack(seconds()?).map_err(|error| Failure::from_render(&error))?;
        Ok((chart.archive_name(), bytes))
    }

    /// Takes away the archives that nothing asks for any more.
    fn tidied(
        &self,
        saved: &[Saved],
        wanted: &[Dependency],
        target: &Path,
        session: &mut Session,
    ) -> Result<(), Failure> {
        self.say("Deleting outdated charts", session)?;
        let kept: BTreeSet<&str> = saved.iter().map(|(name, _)| name.as_str()).collect();
        let entries = fs::read_dir(target).map_err(|error| named(target, &error))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_folder = fs::symlink_metadata(&path).is_ok_and(|status| status.is_dir());
            if is_folder || kept.contains(name.as_str()) {
                continue;
            }
            let shown = path.display();
            let chart = fs::read(&path).map_err(|error| named(&path, &error)).and_then(|bytes| {
                Chart::from_archive(&shown.to_string(), &bytes)
                    .map_err(|error| Failure::from_error(&error))
            });
            let line = match chart {
                Err(failure) => {
                    let why = failure.message();
                    format!("Could not verify {shown} for deletion: {why} (Skipping)")
                }
                Ok(chart) if is_beside(&chart, wanted) => continue,
                Ok(_) => match fs::remove_file(&path) {
                    Ok(()) => continue,
                    Err(error) => {
                        format!("Could not delete {shown}: {} (Skipping)", reason(&error))
                    }
                },
            };
            self.say(&line, session)?;
        }
        Ok(())
    }
}

fn is_beside(chart: &Chart, wanted: &[Dependency]) -> bool {
    wanted.iter().any(|it| it.repository.is_empty() && it.name == chart.name())
}

/// Returns the time of every file in an archive, in seconds since 1970: what `SOURCE_DATE_EPOCH`
/// says (reproducible-builds.org), else the first day of 1980, which every unpacker takes for one.
fn seconds() -> Result<u64, Failure> {
    match std::env::var("SOURCE_DATE_EPOCH").unwrap_or_default().as_str() {
        "" => Ok(315_532_800),
        text => text
            .parse()
            .map_err(|error| Failure::new(format_args!("invalid SOURCE_DATE_EPOCH: {error}"))),
    }
}

/// Whether a server's name for a file is one: it must not lead out of the folder.
fn is_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0'])
}

fn made(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format_args!("mkdir {}: {}", path.display(), reason(error)))
}
