//! What is served: the index of a folder and the archives in it, and nothing else.
//!
//! A path that is asked for is looked up among the names that the index lists. It never becomes a
//! path on the disk, so there is none that leads out of the folder.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    charts,
    failure::Failure,
    files::{self, Readers},
    indexing,
};

/// A folder of packaged charts.
#[derive(Debug)]
pub(super) struct Site {
    folder: PathBuf,
    url: String,
    /// The archives and their signatures by the paths they are asked for.
    files: BTreeMap<String, PathBuf>,
    /// What told the last index from others.
    stamp: Vec<Stamp>,
    index: Vec<u8>,
}

/// An archive as the disk knows it.
type Stamp = (PathBuf, u64, Option<SystemTime>);

/// A file that is sent.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    pub(super) kind: &'static str,
    /// A name of these bytes (RFC 9110, 8.8.3).
    pub(super) etag: String,
}

impl Site {
    /// Makes the index of a folder and writes it there.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be read or written.
    pub(super) fn open(folder: PathBuf, url: String) -> Result<Self, Failure> {
        let (files, stamp, index) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut site = Self { folder, url, files, stamp, index };
        site.make()?;
        Ok(site)
    }

    /// Returns what is at a path, as a request names it; nothing if nothing is.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be read.
    pub(super) fn page(&mut self, path: &str) -> Result<Option<Page>, Failure> {
        if self.stamp != stamp(&self.folder)? {
            self.make()?;
        }
        let Some(path) = decoded(path) else { return Ok(None) };
        // Helm 2 served the archives below /charts, too.
        let name = path.trim_start_matches('/');
        let name = name.strip_prefix("charts/").unwrap_or(name);
        Ok(match name {
            "" | "charts" => Some(Page::new(self.list().into_bytes(), "text/html; charset=utf-8")),
            "index.yaml" => Some(Page::new(self.index.clone(), "text/yaml; charset=utf-8")),
            name => {
                let bytes = self.files.get(name).and_then(|path| fs::read(path).ok());
                bytes.map(|bytes| Page::new(bytes, kind(name)))
            }
        })
    }

    fn make(&mut self) -> Result<(), Failure> {
        self.stamp = stamp(&self.folder)?;
        let now = jiff::Timestamp::now().to_string();
        let mut index = indexing::index(&self.folder, &self.url, &now)?;
        index.sort();
        let text = index.to_yaml().map_err(|error| Failure::from_error(&error))?;
        files::replace(&self.folder.join("index.yaml"), text.as_bytes(), Readers::All)?;
        self.index = text.into_bytes();
        self.files.clear();
        for archive in indexing::archives(&self.folder)? {
            let name = match archive.below.as_str() {
                "" => archive.name,
                below => format!("{below}/{}", archive.name),
            };
            let signature = PathBuf::from(format!("{}.prov", archive.path.display()));
            if signature.is_file() {
                self.files.insert(format!("{name}.prov"), signature);
            }
            self.files.insert(name, archive.path);
        }
        Ok(())
    }

    /// A page for people, with what there is.
    fn list(&self) -> String {
        let names = std::iter::once("index.yaml").chain(self.files.keys().map(String::as_str));
        let items: Vec<String> = names
            .map(|name| {
                let name = escaped(name);
                format!("<li><a href=\"/{name}\">{name}</a></li>\n")
            })
            .collect();
        let items = items.concat();
        format!("<!DOCTYPE html>\n<title>Charts</title>\n<ul>\n{items}</ul>\n")
    }
}

impl Page {
    fn new(bytes: Vec<u8>, kind: &'static str) -> Self {
        let etag = format!("\"{}\"", charts::hex(&bytes));
        Self { bytes, kind, etag }
    }
}

fn stamp(folder: &Path) -> Result<Vec<Stamp>, Failure> {
    let archives = indexing::archives(folder)?;
    let stamp = |path: PathBuf| {
        let status = fs::metadata(&path).ok();
        let length = status.as_ref().map_or(0, fs::Metadata::len);
        (path, length, status.and_then(|status| status.modified().ok()))
    };
    Ok(archives.into_iter().map(|archive| stamp(archive.path)).collect())
}

fn kind(name: &str) -> &'static str {
    if Path::new(name).extension().is_some_and(|it| it == "prov") {
        "text/plain; charset=utf-8"
    } else {
        "application/gzip"
    }
}

/// Decodes `%` and two digits (RFC 3986, 2.1); what is no text then names nothing.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.tgz"), "secret").unwrap();
        let folder = outside.path().join("charts");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("values.yaml"), "no archive").unwrap();
        fs::write(folder.join("web-1.0.0.tgz"), "no chart, but an archive's name").unwrap();
        let mut site = Site::open(folder, String::new()).unwrap();
        for path in [
            "/../secret.tgz",
            "/%2e%2e/secret.tgz",
            "/..%2fsecret.tgz",
            "//etc/passwd",
            "/charts/../secret.tgz",
            "/web-1.0.0.tgz/../../secret.tgz",
            "/values.yaml",
            "/%ff",
            "/%2",
        ] {
            assert!(site.page(path).unwrap().is_none(), "{path}");
        }
        assert!(site.page("/web-1.0.0.tgz").unwrap().is_some());
        assert!(site.page("/charts/index.yaml").unwrap().is_some());
    }
}
