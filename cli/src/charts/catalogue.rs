//! Charts of repositories: which version there is, where its archive is, and the archive.

use std::{collections::BTreeMap, fs, path::PathBuf, rc::Rc, time::Duration};

use render::{
    index::{Entry as Listed, Index},
    semver,
};

use super::{archive, archive::Archive};
use crate::{
    failure::Failure,
    fetch::{self, Access, Client, Proxies},
    options::RemoteOptions,
    repositories::{self, Entry, Repositories},
    settings::Settings,
};

/// The repositories that are known, and how other servers are entered. Indexes are read once.
#[derive(Debug)]
pub(crate) struct Catalogue {
    repositories: Repositories,
    remote: RemoteOptions,
    proxies: Proxies,
    content_cache: PathBuf,
    timeout: Duration,
    indexes: BTreeMap<String, Rc<Read>>,
}

/// An index and its digest.
#[derive(Debug)]
struct Read {
    index: Index,
    sha256: String,
}

/// An archive that was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Pick {
    /// The chart's name in the index; none for a URL that was typed.
    pub(crate) chart: Option<String>,
    /// Where it is. It may name a user: show it by [`fetch::shown`].
    pub(crate) url: String,
    /// The digest that the index lists.
    pub(crate) digest: Option<String>,
    /// The name of the repository, if it was added.
    pub(crate) repository: Option<String>,
    /// The URL of the repository, without who logs in.
    pub(crate) repository_url: Option<String>,
    /// The digest of the index, in the form `sha256:…`.
    pub(crate) index_sha256: Option<String>,
    /// What Helm warns of: the version is not the one that was asked for.
    pub(crate) warning: Option<String>,
    /// Where the archive lies, if that is on this machine.
    pub(crate) file: Option<PathBuf>,
    /// How its server is entered.
    pub(crate) access: Access,
}

impl Catalogue {
    /// Reads which repositories there are.
    ///
    /// # Errors
    ///
    /// As [`Repositories::read`].
    pub(crate) fn open(remote: &RemoteOptions, settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            repositories: Repositories::read(&settings.folders)?,
            remote: remote.clone(),
            proxies: settings.proxies.clone(),
            content_cache: settings.folders.content_cache.clone(),
            timeout: settings.fetch_timeout,
            indexes: BTreeMap::new(),
        })
    }

    /// Returns the repositories that were added.
    pub(crate) fn repositories(&self) -> &Repositories {
        &self.repositories
    }

    /// Picks a chart of a repository that was added, by the repository's name.
    ///
    /// # Errors
    ///
    /// Helm's messages (`ChartDownloader.ResolveChartVersion`).
    pub(crate) fn pick(
        &mut self,
        name: &str,
        chart: &str,
        constraint: &str,
    ) -> Result<Pick, Failure> {
        let entry = self.entry(name)?.clone();
        let read = self
            .cached(&entry.name)
            .map_err(|it| it.prefixed("no cached repo found. (try 'helm repo update')"))?;
        let listed = read.index.find(chart, constraint).map_err(|error| {
            Failure::new(format_args!(
                "chart {chart:?} matching {constraint} not found in {name} index. (try 'helm repo \
                 update'): {error}"
            ))
            .with_hint_of(error.hint())
        })?;
        let what = format!("{:?}", format!("{name}/{chart}"));
        let mut pick = self.picked(&entry, &read, listed, (&what, constraint))?;
        if let Some(folder) = self.repositories.folder(name) {
            // The file's own name and no path: an index leads to nothing outside of its folder.
            pick.file = Some(folder.join(archive::file_name(&pick.url)));
        }
        pick.repository = Some(entry.name);
        Ok(pick)
    }

    /// Picks a chart of the repository at `url`, whose index is fetched: it need not be added
    /// (Helm's `FindChartInRepoURL`).
    ///
    /// # Errors
    ///
    /// Helm's messages.
    pub(crate) fn pick_from_url(
        &mut self,
        url: &str,
        chart: &str,
        constraint: &str,
    ) -> Result<Pick, Failure> {
        let entry = Entry { url: url.to_owned(), ..Entry::default() };
        let read = self.fetched(url)?;
        let mut what = format!("chart {chart:?}");
        if !constraint.is_empty() {
            what = format!("{what} version {constraint:?}");
        }
        let listed = read.index.find(chart, constraint).map_err(|error| {
            let url = fetch::shown(url);
            Failure::new(format_args!("{what} not found in {url} repository"))
                .with_hint_of(error.hint())
        })?;
        self.picked(&entry, &read, listed, (&what, constraint))
    }

    /// Picks the archive at a URL. If the index of a repository that was added lists it, it is
    /// entered as that repository is.
    pub(crate) fn pick_url(&self, url: &str) -> Pick {
        let owner = self.repositories.entries().iter().find(|entry| {
            let index = fs::read(self.repositories.index_file(&entry.name));
            index.is_ok_and(|index| lists(&index, url))
        });
        let access = match owner {
            Some(entry) => self.access(entry),
            None => self.remote.access(url),
        };
        Pick {
            chart: None,
            url: url.to_owned(),
            digest: None,
            repository: owner.map(|it| it.name.clone()),
            repository_url: owner.map(Entry::shown_url),
            index_sha256: None,
            warning: None,
            file: None,
            access,
        }
    }

    /// Gets the archive, from the cache if it is there. It is not put there: as in Helm only a chart
    /// that is used is cached.
    ///
    /// # Errors
    ///
    /// Helm's messages; an archive that is not the one that the index names.
    pub(crate) fn download(&self, pick: &Pick) -> Result<Archive, Failure> {
        let client = Client::new(pick.access.clone(), &self.proxies).within(self.timeout);
        archive::get(pick, &self.content_cache, &client)
    }

    /// Returns the newest version of a chart that a repository's cached index lists, has an archive
    /// of, and a constraint allows (Helm's `Resolver.Resolve`). `chart` is its name, and what
    /// `Chart.yaml` calls the repository.
    ///
    /// # Errors
    ///
    /// Helm's messages: no such index, no such chart.
    pub(crate) fn newest(
        &mut self,
        entry: &Entry,
        (chart, repository): (&str, &str),
        constraint: &semver::Constraint,
    ) -> Result<Option<String>, Failure> {
        let read = self.cached(&entry.name).map_err(|it| {
            let name = &entry.name;
            it.prefixed(&format!("no cached repository for {name} found. (try 'helm repo update')"))
        })?;
        let Some(versions) = read.index.entries.get(chart) else {
            let repository = fetch::shown(repository);
            return Err(Failure::new(format_args!("{chart} chart not found in repo {repository}")));
        };
        let fits = |listed: &&Listed| {
            let version = semver::Version::parse(&listed.metadata.version);
            !listed.urls.is_empty() && version.is_ok_and(|version| constraint.check(&version))
        };
        Ok(versions.iter().find(fits).map(|listed| listed.metadata.version.clone()))
    }

    /// Picks exactly that version of a chart in a repository's cached index (Helm's
    /// `Manager.findChartURL`); an empty version is the newest.
    ///
    /// # Errors
    ///
    /// Helm's messages.
    pub(crate) fn exact(
        &mut self,
        entry: &Entry,
        chart: &str,
        version: &str,
    ) -> Result<Pick, Failure> {
        let read = self.cached(&entry.name)?;
        let versions =
            read.index.entries.get(chart).ok_or_else(|| Failure::new("entry not found"))?;
        let wanted = semver::Version::parse(version).ok();
        let equals = |listed: &&Listed| match &wanted {
            _ if listed.urls.is_empty() => false,
            _ if version.is_empty() => true,
            None => listed.metadata.version == version,
            Some(wanted) => semver::Version::parse(&listed.metadata.version)
                .is_ok_and(|listed| listed.compare(wanted).is_eq()),
        };
        let listed =
            versions.iter().find(equals).ok_or_else(|| Failure::new("no matching version"))?;
        self.picked(entry, &read, listed, (&format!("chart {chart:?}"), version))
    }

    fn entry(&self, name: &str) -> Result<&Entry, Failure> {
        let entry = self.repositories.known().find(|it| it.name == name).ok_or_else(|| {
            let near = self.repositories.known().map(|it| it.name.as_str());
            let near: Vec<&str> = near.collect();
            let hint = match near.as_slice() {
                [] => "no repository was added yet: `repo add NAME URL` adds one".to_owned(),
                near => format!("there are: {}; `repo add NAME URL` adds one", near.join(", ")),
            };
            Failure::new(format_args!("repo {name} not found")).with_hint(hint)
        })?;
        if entry.url.is_empty() {
            return Err(Failure::new(format_args!("no URL found for repository {name}")));
        }
        Ok(entry)
    }

    fn picked(
        &self,
        entry: &Entry,
        read: &Read,
        listed: &Listed,
        (what, constraint): (&str, &str),
    ) -> Result<Pick, Failure> {
        let Some(reference) = listed.urls.first() else {
            let what =
                if what.starts_with("chart ") { what.to_owned() } else { format!("chart {what}") };
            return Err(Failure::new(format_args!("{what} has no downloadable URLs")));
        };
        let url = entry.resolve(reference).map_err(|reason| {
            Failure::new(format_args!("invalid chart URL format: {reference}: {reason}"))
        })?;
        super::refuse_oci(&url)?;
        let version = &listed.metadata.version;
        let warning = listed.is_fallback_for(constraint).then(|| {
            format!(
                "unable to find exact version requested; falling back to closest available \
                 version (chart={} requested={constraint} selected={version})",
                listed.metadata.name
            )
        });
        Ok(Pick {
            chart: Some(listed.metadata.name.clone()),
            url,
            digest: Some(listed.digest.clone()).filter(|it| !it.is_empty()),
            repository: None,
            repository_url: Some(entry.shown_url()),
            index_sha256: Some(read.sha256.clone()),
            warning,
            file: None,
            access: self.access(entry),
        })
    }

    /// Returns how a repository is entered: as the flags say, unless it says itself.
    fn access(&self, entry: &Entry) -> Access {
        let (flags, own) = (self.remote.access(&entry.url), entry.access());
        let mut access = flags;
        let has_files = [&own.ca_file, &own.cert_file, &own.key_file].iter().any(|it| it.is_some());
        if has_files {
            (access.ca_file, access.cert_file, access.key_file) =
                (own.ca_file, own.cert_file, own.key_file);
        }
        if !own.username.is_empty() && !own.password.0.is_empty() {
            (access.username, access.password) = (own.username, own.password);
            access.pass_credentials = own.pass_credentials;
        }
        if own.insecure.is_on() {
            access.insecure = own.insecure;
        }
        access
    }

    /// Returns the cached index of a repository that was added.
    fn cached(&mut self, name: &str) -> Result<Rc<Read>, Failure> {
        if let Some(read) = self.indexes.get(name) {
            return Ok(Rc::clone(read));
        }
        let path = self.repositories.index_file(name);
        let bytes = fs::read(&path).map_err(|error| super::named(&path, &error))?;
        let index = repositories::read_index(&bytes)
            .map_err(|it| it.prefixed(&format!("error loading {}", path.display())))?;
        Ok(self.remember(name, index, &bytes))
    }

    /// Returns the index of the repository at a URL, as it is now.
    fn fetched(&mut self, url: &str) -> Result<Rc<Read>, Failure> {
        if let Some(read) = self.indexes.get(url) {
            return Ok(Rc::clone(read));
        }
        repositories::fetchable(url)?;
        let access = self.remote.access(url);
        let fetched = repositories::fetched(url, access, &self.proxies, self.timeout)
            .map_err(|it| it.prefixed(&repositories::unreachable(url)))?;
        Ok(self.remember(url, fetched.index, &fetched.bytes))
    }

    fn remember(&mut self, key: &str, index: Index, bytes: &[u8]) -> Rc<Read> {
        let read = Rc::new(Read { index, sha256: archive::sha256(bytes) });
        self.indexes.insert(key.to_owned(), Rc::clone(&read));
        read
    }
}

/// Whether the text of an index has this URL in it, with nothing before and behind it that could
/// belong to one. Helm parses each index for it.
fn lists(index: &[u8], url: &str) -> bool {
    let is_edge = |byte: Option<&u8>| {
        byte.is_none_or(|byte| byte.is_ascii_whitespace() || b"\"',[]".contains(byte))
    };
    let (mut rest, mut before) = (index, None);
    while let Some(at) = find(rest, url.as_bytes()) {
        let end = at + url.len();
        let first = if at == 0 { before } else { rest.get(at - 1) };
        if is_edge(first) && is_edge(rest.get(end)) {
            return true;
        }
        before = rest.get(end - 1);
        rest = rest.get(end..).unwrap_or_default();
    }
    false
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_found_in_an_index_only_as_a_whole() {
        let index = b"urls:\n- https://a.example/web-1.0.0.tgz\n- \"https://a.example/b.tgz\"\n";
        assert!(lists(index, "https://a.example/web-1.0.0.tgz"));
        assert!(lists(index, "https://a.example/b.tgz"));
        assert!(!lists(index, "https://a.example/web-1.0.0.tg"));
        assert!(!lists(index, "a.example/b.tgz"));
        assert!(!lists(index, "https://a.example/c.tgz"));
    }
}
