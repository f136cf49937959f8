//! Files and folders with errors that name them. Knows nothing of ledgers.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use crate::error::Error;

/// Returns the error for a failed call, by what it means to the user.
pub(crate) fn failure(action: &'static str, path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Error::NoRoom { path, source }
        }
        ErrorKind::ReadOnlyFilesystem => Error::NotWritable { path, source },
        _ => Error::Io { action, path, source },
    }
}

/// Opens a file for reading; none where there is none.
pub(crate) fn open(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure("open", path, error)),
    }
}

/// Opens a file for reading and writing, and makes it if it is not there.
pub(crate) fn open_to_write(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(|error| failure("open", path, error))
}

/// Returns the bytes of a file from `offset` to `end`, or to the end of the file.
pub(crate) fn read_range(
    file: &File,
    path: &Path,
    offset: u64,
    end: Option<u64>,
) -> Result<Vec<u8>, Error> {
    let size = file.metadata().map_err(|error| failure("look at", path, error))?.len();
    let length = end.unwrap_or(size).min(size).saturating_sub(offset);
    read_at(file, path, offset, usize::try_from(length).unwrap_or(usize::MAX))
}

/// Returns the whole of a file; none where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let Some(file) = open(path)? else { return Ok(None) };
    read_range(&file, path, 0, None).map(Some)
}

/// Returns up to `length` bytes at `offset`.
pub(crate) fn read_at(
    file: &File,
    path: &Path,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failure("read", path, error)),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Writes bytes at `offset`.
pub(crate) fn write_at(file: &File, path: &Path, offset: u64, bytes: &[u8]) -> Result<(), Error> {
    file.write_all_at(bytes, offset).map_err(|error| failure("write", path, error))
}

/// Brings a file's data to the disk.
pub(crate) fn sync(file: &File, path: &Path) -> Result<(), Error> {
    file.sync_data().map_err(|source| Error::Sync { path: path.to_owned(), source })
}

/// Brings a folder's names to the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = File::open(path).map_err(|error| failure("open", path, error))?;
    folder.sync_all().map_err(|source| Error::Sync { path: path.to_owned(), source })
}

/// Returns the names in a folder; none where there is no folder.
pub(crate) fn names(path: &Path) -> Result<Vec<String>, Error> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failure("list", path, error)),
    };
    let name = |entry: io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    entries.map(name).collect::<io::Result<_>>().map_err(|error| failure("list", path, error))
}

/// Makes a folder, and those above it, for its owner only.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => Error::NotWritable { path: path.to_owned(), source: error },
        _ => failure("create", path, error),
    })
}

/// Makes a file with this content and brings it to the disk, its name not included.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<File, Error> {
    let file = open_to_write(path)?;
    file.set_len(0).map_err(|error| failure("write", path, error))?;
    write_at(&file, path, 0, bytes)?;
    sync(&file, path)?;
    Ok(file)
}

/// Whether a file gets longer when room is made in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// It does, by zeros.
    Zeros,
    /// It does not: the room lies behind its end.
    Behind,
}

/// Makes room for `length` bytes at `offset`, so that writing there cannot fail for want of it.
/// Where the filesystem cannot, zeros are written, or nothing is promised.
pub(crate) fn make_room(
    file: &File,
    path: &Path,
    offset: u64,
    length: u64,
    room: Room,
) -> Result<(), Error> {
    let flags = match room {
        Room::Zeros => FallocateFlags::empty(),
        Room::Behind => FallocateFlags::KEEP_SIZE,
    };
    loop {
        match rustix::fs::fallocate(file, flags, offset, length) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(Errno::OPNOTSUPP | Errno::NOSYS) if room == Room::Behind => return Ok(()),
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
                let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
                return write_at(file, path, offset, &zeros);
            }
            Err(errno) => return Err(failure("make room in", path, errno.into())),
        }
    }
}
