//! Archives from servers, and the cache of them that Helm and we share
//! (`$HELM_CONTENT_CACHE/xx/SHA256.chart`).

use std::{
    fs,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::Pick;
use crate::{
    failure::Failure,
    fetch::{self, Client, Length, Request},
    files,
    repositories::said,
};

/// An archive that came from a server, or from the cache of such.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    /// What it is called in messages: where it lies in the cache.
    pub(crate) name: String,
    /// The name of the file on its server, such as `mysql-1.0.0.tgz`.
    pub(crate) file_name: String,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// Its SHA-256, in the form `sha256:…`.
    pub(crate) sha256: String,
    /// Its place in the cache; none for one that lies on this machine anyway.
    cache: Option<PathBuf>,
}

impl Archive {
    /// Puts the archive into the cache, for both programs. A cache that cannot be written only
    /// costs time.
    pub(crate) fn keep(&self) {
        let Some(path) = &self.cache else { return };
        if !fs::read(path).is_ok_and(|bytes| bytes == self.bytes) {
            let _ = files::cache(path, &self.bytes);
        }
    }
}

/// Returns `sha256:…`.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(bytes))
}

/// Returns SHA-256 as an index has it: hexadecimal, without a prefix.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Gets an archive, from the cache if the index says its digest. It is put there only by
/// [`Archive::keep`].
///
/// # Errors
///
/// Helm's messages; an archive that is not the one that the index names.
pub(super) fn get(pick: &Pick, cache: &Path, client: &Client) -> Result<Archive, Failure> {
    let listed = pick.digest.as_deref().map(decoded).transpose()?;
    let file_name = file_name(&pick.url);
    let archive = |hex: &str, bytes| Archive {
        name: place(cache, hex).display().to_string(),
        cache: Some(place(cache, hex)),
        file_name: file_name.clone(),
        bytes,
        sha256: format!("sha256:{hex}"),
    };
    if let Some(path) = &pick.file {
        return on_disk(path, listed);
    }
    if let Some(listed) = &listed
        && let Ok(bytes) = fs::read(place(cache, listed))
        // A cached file that is another's is no reason to stop: it is fetched anew.
        && hex(&bytes) == *listed
    {
        return Ok(archive(listed, bytes));
    }
    let request = Request { label: Some(&file_name), ..Request::archive(&pick.url) };
    let content = client.content(&request).map_err(|error| said(&error))?;
    let found = hex(&content.bytes);
    let is_vouched_for = listed.is_some() || content.length == Length::Known;
    check(&fetch::shown(&pick.url), &found, listed)?;
    if !is_vouched_for {
        // Nothing says that this is all of it, but what it is itself.
        render::Chart::expand(&content.bytes).map_err(|error| Failure::from_render(&error))?;
    }
    Ok(archive(&found, content.bytes))
}

/// Reads an archive of a repository that is a folder.
fn on_disk(path: &Path, listed: Option<String>) -> Result<Archive, Failure> {
    let bytes = fs::read(path).map_err(|error| super::named(path, &error))?;
    let found = hex(&bytes);
    let name = path.display().to_string();
    check(&name, &found, listed)?;
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Archive { name, file_name, bytes, sha256: format!("sha256:{found}"), cache: None })
}

/// Refuses an archive that is not the one that the index lists.
fn check(place: &str, found: &str, listed: Option<String>) -> Result<(), Failure> {
    let Some(listed) = listed.filter(|it| it != found) else { return Ok(()) };
    Err(Failure::new(format_args!(
        "chart archive {place} has digest sha256:{found}, but the index says sha256:{listed}"
    ))
    .with_hint(
        "the archive was changed after it was listed, or is not what its owner put there; nothing \
         was kept of it",
    ))
}

/// Returns where the archive with that digest is cached.
fn place(cache: &Path, hex: &str) -> PathBuf {
    cache.join(hex.get(..2).unwrap_or_default()).join(format!("{hex}.chart"))
}

/// Returns the digest as 64 lower-case digits; what may stand before a colon is its algorithm.
///
/// # Errors
///
/// Helm's messages for what is none.
fn decoded(digest: &str) -> Result<String, Failure> {
    let hex = digest.split_once(':').map_or(digest, |(_, hex)| hex).to_ascii_lowercase();
    if let Some(wrong) = hex.chars().find(|it| !it.is_ascii_hexdigit()) {
        return Err(Failure::new(format_args!(
            "unable to decode digest: encoding/hex: invalid byte: U+{:04X} {wrong:?}",
            u32::from(wrong)
        )));
    }
    if hex.len() % 2 == 1 {
        return Err(Failure::new("unable to decode digest: encoding/hex: odd length hex string"));
    }
    if hex.len() != 64 {
        return Err(Failure::new(format_args!("invalid digest length: {}", hex.len() / 2)));
    }
    Ok(hex)
}

/// The last part of a URL's path.
pub(super) fn file_name(url: &str) -> String {
    render::url::Url::parse(url).map(|url| url.file_name().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: FIPS 180-2's example, and what helm 4.3.1 says of digests that are none.
    #[test]
    fn a_digest_is_read_as_helm_reads_it() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(b"abc"), abc);
        assert_eq!(decoded(&format!("sha256:{abc}")).unwrap(), abc);
        assert_eq!(decoded("abcd").unwrap_err().to_string(), "Error: invalid digest length: 2");
        assert_eq!(
            decoded("xyz").unwrap_err().to_string(),
            "Error: unable to decode digest: encoding/hex: invalid byte: U+0078 'x'"
        );
    }

    /// Expected: `DiskCache.fileName` of Helm.
    #[test]
    fn the_cache_is_laid_out_as_helm_lays_it_out() {
        assert_eq!(place(Path::new("/c"), "abcd"), Path::new("/c/ab/abcd.chart"));
    }
}
