//! Helm's repositories: `repositories.yaml` and the cached indexes, which both programs share.
//!
//! What Helm wrote is kept, fields that we do not know included; what we write Helm reads. Whoever
//! changes the file holds Helm's lock on it, and replaces it as a whole.

mod entry;
mod lock;
mod refresh;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use render::index::Index;
use serde_json::{Map, Value, json};

pub(crate) use self::{
    entry::Entry,
    refresh::{fetchable, fetched, refresh, said, unreachable},
};
use crate::{
    charts::{named, reason},
    failure::Failure,
    files::{self, Readers},
    local,
    settings::Folders,
};

/// The repositories of a user.
#[derive(Clone, Debug)]
pub(crate) struct Repositories {
    file: PathBuf,
    cache: PathBuf,
    presence: Presence,
    entries: Vec<Entry>,
    /// The repository `local`, which is ours and not in the file, and its folder.
    local: Option<(Entry, PathBuf)>,
    /// The fields beside the list, as they were read.
    rest: Map<String, Value>,
}

/// Whether there is a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// There is one.
    Present,
    /// There is none, so there are no repositories.
    Missing,
}

impl Repositories {
    /// Reads the file. One that is not there is no mistake: there are no repositories then.
    ///
    /// # Errors
    ///
    /// Helm's message for a file that cannot be read, the YAML library's for one that is none.
    pub(crate) fn read(folders: &Folders) -> Result<Self, Failure> {
        let file = folders.repository_config.clone();
        let empty = |presence| Self {
            file: file.clone(),
            cache: folders.repository_cache.clone(),
            presence,
            entries: Vec::new(),
            local: local::found(folders).map(|folder| (Entry::local(&folder), folder)),
            rest: Map::new(),
        };
        match fs::read(&file) {
            Ok(bytes) => empty(Presence::Present).filled(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(empty(Presence::Missing)),
            Err(error) => {
                let path = file.display();
                let reason = reason(&error);
                Err(Failure::new(format_args!(
                    "couldn't load repositories file ({path}): open {path}: {reason}"
                )))
            }
        }
    }

    fn filled(mut self, bytes: &[u8]) -> Result<Self, Failure> {
        let value = render::yaml::read_typed(bytes).map_err(|error| Failure::from_error(&error))?;
        let wrong = |what: &str| {
            Failure::new(format_args!("error unmarshaling JSON: while decoding JSON: json: {what}"))
        };
        let mut rest = match value {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            _ => return Err(wrong("cannot unmarshal into Go value of type repo.File")),
        };
        let list = match rest.remove("repositories") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                return Err(wrong("cannot unmarshal into Go struct field File.repositories"));
            }
        };
        let entries = list.into_iter().filter(|it| !it.is_null()).map(Entry::read);
        self.entries = entries.collect::<Result<_, _>>().map_err(|what| wrong(&what))?;
        self.rest = rest;
        Ok(self)
    }

    /// Changes the file under its lock: reads it, lets `change` work on it, and writes it if
    /// something is another.
    ///
    /// # Errors
    ///
    /// As [`Repositories::read`]; `change`'s; a lock that somebody holds for half a minute.
    pub(crate) fn change<T>(
        folders: &Folders,
        change: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let _lock = lock::acquired(&folders.repository_config)?;
        let mut repositories = Self::read(folders)?;
        let before = repositories.to_value();
        let outcome = change(&mut repositories)?;
        if repositories.presence == Presence::Missing || repositories.to_value() != before {
            repositories.write()?;
        }
        Ok(outcome)
    }

    fn write(&self) -> Result<(), Failure> {
        let text = render::yaml::write_json(&self.to_value())
            .map_err(|error| Failure::from_error(&error))?;
        // A link to a file of one's own stays one.
        let target = fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        files::replace(&target, text.as_bytes(), Readers::Owner)
    }

    fn to_value(&self) -> Value {
        let mut map = self.rest.clone();
        map.entry("apiVersion").or_insert_with(|| json!(""));
        map.entry("generated").or_insert_with(|| json!("0001-01-01T00:00:00Z"));
        let entries = self.entries.iter().map(Entry::to_value).collect();
        map.insert("repositories".to_owned(), Value::Array(entries));
        Value::Object(map)
    }

    /// Returns whether there was a file.
    pub(crate) fn presence(&self) -> Presence {
        self.presence
    }

    /// Returns the repositories in the order they were added.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the repository of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.name == name)
    }

    /// Returns every repository that charts may come from: those of the file, and ours, unless one of
    /// the file has its name.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Entry> {
        let local = self.local.as_ref().map(|(entry, _)| entry);
        self.entries.iter().chain(local.filter(|_| self.find(local::NAME).is_none()))
    }

    /// Returns the folder of a repository that is one on this machine.
    pub(crate) fn folder(&self, name: &str) -> Option<&Path> {
        let (_, folder) = self.local.as_ref()?;
        (name == local::NAME && self.find(name).is_none()).then_some(folder)
    }

    /// Returns the first repository at that URL; a slash at the end does not count.
    pub(crate) fn find_url(&self, url: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.is_at(url))
    }

    /// Adds a repository, or puts it in the place of the one with its name.
    pub(crate) fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|it| it.name == entry.name) {
            Some(old) => *old = Entry { rest: std::mem::take(&mut old.rest), ..entry },
            None => self.entries.push(entry),
        }
    }

    /// Takes a repository out of the list; its cached files stay. Returns whether it was there.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|it| it.name == name)?;
        Some(self.entries.remove(at))
    }

    /// Returns the cached index of a repository.
    ///
    /// # Errors
    ///
    /// Helm's messages for an index that is not there or is none.
    pub(crate) fn index(&self, name: &str) -> Result<Index, Failure> {
        let path = self.index_file(name);
        let bytes = fs::read(&path).map_err(|error| named(&path, &error))?;
        read_index(&bytes)
            .map_err(|failure| failure.prefixed(&format!("error loading {}", path.display())))
    }

    /// Returns where the index of a repository is cached.
    pub(crate) fn index_file(&self, name: &str) -> PathBuf {
        match self.folder(name) {
            Some(folder) => folder.join(local::INDEX),
            None => cached(&self.cache, name, "index.yaml"),
        }
    }

    /// Returns where the names of a repository's charts are cached, a line each.
    pub(crate) fn list_file(&self, name: &str) -> PathBuf {
        match self.folder(name) {
            Some(folder) => folder.join("charts.txt"),
            None => cached(&self.cache, name, "charts.txt"),
        }
    }

    /// Removes what is cached of a repository. Nothing is cached by a name that is a path.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be removed.
    pub(crate) fn forget(&self, name: &str) -> Result<(), Failure> {
        if !is_file_name(name) {
            return Ok(());
        }
        for file in ["charts.txt", "index.json", "index.yaml"] {
            let path = cached(&self.cache, name, file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let (path, reason) = (path.display(), reason(&error));
                    return Err(Failure::new(format_args!("remove {path}: {reason}")));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads an index.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn read_index(bytes: &[u8]) -> Result<Index, Failure> {
    let (index, _skipped) = Index::read(bytes)
        .map_err(|error| Failure::from_error(&error).with_hint_of(error.hint()))?;
    Ok(index)
}

/// Whether a repository's name can be a part of a file's: it leads to no other folder.
fn is_file_name(name: &str) -> bool {
    !name.contains(['/', '\0'])
}

/// `NAME-index.yaml`, as Helm names it (`helmpath.CacheIndexFile`).
fn cached(cache: &Path, name: &str, file: &str) -> PathBuf {
    let gap = if name.is_empty() { "" } else { "-" };
    cache.join(format!("{name}{gap}{file}"))
}
