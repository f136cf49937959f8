//! The newest index of a repository: asked for, checked, and only then put into the cache.

use std::{fs, path::Path, time::Duration};

use ledger::Digest;
use render::index::Index;
use serde::{Deserialize, Serialize};

use super::{Entry, cached, is_file_name, read_index};
use crate::{
    failure::Failure,
    fetch::{self, Access, Answer, Client, Proxies, Request, Version},
    files,
    settings::Settings,
};

/// An index that was fetched.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// What it says.
    pub(crate) index: Index,
    /// What was sent.
    pub(crate) bytes: Vec<u8>,
    version: Version,
}

/// What a refresh came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// There is another index now.
    Anew,
    /// The server says that the cached one still holds.
    Same,
}

/// What we know of a cached index beyond its content. Helm does not look at it.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    schema: String,
    /// Where it came from, without who logs in.
    url: String,
    /// Of the file as we wrote it: if Helm wrote another since, the version says nothing.
    digest: String,
    #[serde(flatten)]
    version: Version,
}

const SCHEMA: &str = "rutter.index/1";

/// Fetches the index of the repository at `url`.
///
/// # Errors
///
/// Those of the transfer and of the index, in Helm's words.
pub(crate) fn fetched(
    url: &str,
    access: Access,
    proxies: &Proxies,
    timeout: Duration,
) -> Result<Fetched, Failure> {
    let client = Client::new(access, proxies).within(timeout);
    let place = index_url(url)?;
    let label = "index.yaml";
    let request = Request { label: Some(label), ..Request::index(&place) };
    let content = client.content(&request).map_err(|error| said(&error))?;
    let index = read_index(&content.bytes)?;
    Ok(Fetched { index, bytes: content.bytes, version: content.version })
}

/// Brings the cached index of a repository up to date. It stays as it is unless all of the new one
/// came and is an index.
///
/// # Errors
///
/// As [`fetched`]; a cache that cannot be written.
pub(crate) fn refresh(
    entry: &Entry,
    settings: &Settings,
    timeout: Duration,
    label: Option<&str>,
) -> Result<Refreshed, Failure> {
    check(entry)?;
    let cache = &settings.folders.repository_cache;
    let client = Client::new(entry.access(), &settings.proxies).within(timeout);
    let place = index_url(&entry.url)?;
    let known = known(cache, entry);
    let request = Request { known: known.as_ref(), label, ..Request::index(&place) };
    let content = match client.get(&request).map_err(|error| said(&error))? {
        Answer::Unchanged => return Ok(Refreshed::Same),
        Answer::Content(content) => content,
    };
    let index = read_index(&content.bytes)?;
    keep(cache, entry, &Fetched { index, bytes: content.bytes, version: content.version })?;
    Ok(Refreshed::Anew)
}

/// Puts a fetched index into the cache: the names of its charts, the index, and our note.
fn keep(cache: &Path, entry: &Entry, fetched: &Fetched) -> Result<(), Failure> {
    let file = |name: &str| cached(cache, &entry.name, name);
    let names = fetched.index.entries.keys();
    let list: String = names.flat_map(|name| [name.as_str(), "\n"]).collect();
    files::cache(&file("charts.txt"), list.as_bytes())?;
    files::cache(&file("index.yaml"), &fetched.bytes)?;
    if fetched.version == Version::default() {
        let _ = fs::remove_file(file("index.json"));
        return Ok(());
    }
    let note = Note {
        schema: SCHEMA.to_owned(),
        url: entry.shown_url(),
        digest: Digest::of(&fetched.bytes).to_string(),
        version: fetched.version.clone(),
    };
    let note = serde_json::to_vec(&note).map_err(|error| Failure::from_error(&error))?;
    files::cache(&file("index.json"), &note)
}

/// Returns which version is cached, if our note is about the file that lies there.
fn known(cache: &Path, entry: &Entry) -> Option<Version> {
    let note = fs::read(cached(cache, &entry.name, "index.json")).ok()?;
    let note: Note = serde_json::from_slice(&note).ok()?;
    if note.schema != SCHEMA || note.url != entry.shown_url() {
        return None;
    }
    let bytes = fs::read(cached(cache, &entry.name, "index.yaml")).ok()?;
    (Digest::of(&bytes).to_string() == note.digest).then_some(note.version)
}

/// Refuses what Helm refuses before it asks (`NewChartRepository`), and a name that would lead out
/// of the cache.
fn check(entry: &Entry) -> Result<(), Failure> {
    fetchable(&entry.url)?;
    if !is_file_name(&entry.name) {
        return Err(Failure::new(format_args!(
            "repository name ({}) contains '/', please specify a different name without '/'",
            entry.name
        )));
    }
    Ok(())
}

/// Returns where the index of a repository is.
fn index_url(url: &str) -> Result<String, Failure> {
    fetchable(url)?;
    super::entry::resolved(url, "index.yaml").map_err(|_| no_url(url))
}

/// Refuses a URL that no client can fetch, as Helm does before it asks (`NewChartRepository`).
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn fetchable(url: &str) -> Result<(), Failure> {
    let parsed = render::url::Url::parse(url).map_err(|_| no_url(url))?;
    match parsed.scheme() {
        "http" | "https" => Ok(()),
        "oci" => Err(Failure::new("could not find protocol handler for: oci").with_hint(
            "OCI registries come with a later version; they are no repositories to be added, in \
             Helm neither",
        )),
        scheme => Err(Failure::new(format_args!("could not find protocol handler for: {scheme}"))
            .with_hint("a repository is a URL, which begins with https:// or http://")),
    }
}

fn no_url(url: &str) -> Failure {
    Failure::new(format_args!("invalid chart URL format: {}", fetch::shown(url)))
}

/// What Helm says before the reason why a repository gives no index.
pub(crate) fn unreachable(url: &str) -> String {
    let url = fetch::shown(url);
    format!("looks like {url:?} is not a valid chart repository or cannot be reached")
}

/// What is said of a transfer that failed.
pub(crate) fn said(error: &fetch::Error) -> Failure {
    Failure::from_error(error).with_hint_of(error.hint())
}
