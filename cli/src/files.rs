//! Files that are replaced as a whole: a reader sees the old content or the new, never a part.

use std::{
    fs::{self, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use crate::{charts::named, failure::Failure};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner: it may hold a password.
    Owner,
    /// Everybody.
    All,
}

/// Puts `bytes` where `path` is. A link of that name is replaced, not followed.
///
/// # Errors
///
/// Go's form of the system's error.
pub(crate) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Failure> {
    written(path, bytes, readers).map_err(|error| named(path, &error))
}

/// Puts `bytes` where `path` is, its folders included.
///
/// # Errors
///
/// Go's form of the system's error.
pub(crate) fn cache(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    replace(path, bytes, Readers::All)
}

fn written(target: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(bytes)?;
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::All => 0o644,
    };
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}
