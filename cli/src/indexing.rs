//! Packaged charts in a folder, and the index that lists them (Helm's `IndexDirectory`).
//!
//! Archives are read by as many threads as there are processors: unpacking and checking them is
//! all the work there is.

use std::{
    fs, io,
    num::NonZero,
    panic,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use render::{
    Chart, Metadata,
    index::{Entry, Index},
    url,
};

use crate::{
    charts::{hex, named},
    failure::Failure,
};

/// The largest archive that is looked at, in bytes: no chart unpacks to more.
const LARGEST: u64 = 100 * 1024 * 1024;

/// An archive in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archive {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The folder below the one that is listed, or "".
    pub(crate) below: String,
    /// Its file name.
    pub(crate) name: String,
}

/// What a thread found out about an archive.
struct Packed {
    metadata: Metadata,
    digest: String,
}

/// Makes the index of a folder, unsorted. `url` goes in front of the archives' names; `now` is the
/// time (RFC 3339). What is no chart is left out, as Helm does.
///
/// # Errors
///
/// Fails where an archive or the folder cannot be read.
pub(crate) fn index(folder: &Path, url: &str, now: &str) -> Result<Index, Failure> {
    let archives = archives(folder)?;
    let mut index = Index::new(now);
    for (archive, packed) in archives.iter().zip(read(&archives)) {
        let Some(Packed { metadata, digest }) = packed? else { continue };
        let entry = Entry {
            urls: vec![location(url, archive)],
            created: now.to_owned(),
            digest,
            metadata,
            ..Entry::default()
        };
        index.entries.entry(entry.metadata.name.clone()).or_default().push(entry);
    }
    Ok(index)
}

/// Returns the archives of a folder, then those of the folders in it, each by name. A folder that
/// is not there has none.
///
/// # Errors
///
/// Fails where a folder cannot be read.
pub(crate) fn archives(folder: &Path) -> Result<Vec<Archive>, Failure> {
    let mut archives = Vec::new();
    let mut folders = Vec::new();
    for path in listed(folder)? {
        match path.file_name().and_then(|name| name.to_str()) {
            Some(name) if path.is_dir() => folders.push((name.to_owned(), path.clone())),
            Some(name) => archives.extend(archive(&path, "", name)),
            None => {}
        }
    }
    for (below, folder) in folders {
        // Another user's folder is no reason to leave ours without an index.
        for path in listed(&folder).unwrap_or_default() {
            if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                archives.extend(archive(&path, &below, name));
            }
        }
    }
    Ok(archives)
}

fn archive(path: &Path, below: &str, name: &str) -> Option<Archive> {
    let is_archive = Path::new(name).extension().is_some_and(|it| it == "tgz") && path.is_file();
    let (below, name) = (below.to_owned(), name.to_owned());
    is_archive.then(|| Archive { path: path.to_owned(), below, name })
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| named(folder, &error))?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(|error| named(folder, &error))?;
    paths.sort();
    Ok(paths)
}

/// Reads archives, each by whichever thread is free; the answers are in their order.
fn read(archives: &[Archive]) -> Vec<Result<Option<Packed>, Failure>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(archives.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(archive) = archives.get(at) else { return done };
            done.push((at, packed(archive)));
        }
    };
    let mut answers = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut answers = work();
        for other in others {
            answers.extend(other.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        }
        answers
    });
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn packed(archive: &Archive) -> Result<Option<Packed>, Failure> {
    let path = &archive.path;
    let failed = |error: &io::Error| named(path, error);
    if fs::metadata(path).map_err(|error| failed(&error))?.len() > LARGEST {
        return Ok(None);
    }
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    // Helm takes what it cannot load for something else than a chart.
    let Ok(metadata) = Chart::look_into(&archive.name, &bytes) else { return Ok(None) };
    Ok(Some(Packed { metadata, digest: hex(&bytes) }))
}

/// Returns what the index says where an archive is.
fn location(base: &str, archive: &Archive) -> String {
    let joined = |base: &str, name: &str| {
        url::join(base, &[name]).unwrap_or_else(|_| format!("{base}/{name}"))
    };
    let folder = joined(base, &archive.below);
    if folder.is_empty() { archive.name.clone() } else { joined(&folder, &archive.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: `helm repo index` of Helm 4.3.1.
    #[test]
    fn an_archive_is_where_the_url_and_its_folder_say() {
        let archive = |below: &str| Archive {
            path: PathBuf::new(),
            below: below.to_owned(),
            name: "web-1.0.0.tgz".to_owned(),
        };
        assert_eq!(location("", &archive("")), "web-1.0.0.tgz");
        assert_eq!(location("", &archive("old")), "old/web-1.0.0.tgz");
        assert_eq!(location("http://x/charts/", &archive("")), "http://x/charts/web-1.0.0.tgz");
        assert_eq!(location("http://x", &archive("old")), "http://x/old/web-1.0.0.tgz");
    }
}
