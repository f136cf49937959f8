//! File locks: one that is held for an append, and one for each operation that lives.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::disk;
use crate::digest::OperationId;
use crate::error::Error;

/// How long a writer waits between two tries.
const PAUSE: Duration = Duration::from_millis(2);
/// How often it tries: five seconds in all.
const APPEND_TRIES: u32 = 2500;
/// How often an operation's lock is tried: a reader that looks whether it is alive holds it for a
/// moment.
const OPERATION_TRIES: u32 = 50;

/// The lock of a file, until this is dropped.
#[derive(Debug)]
pub(super) struct Locked {
    file: File,
}

impl Locked {
    /// Returns the locked file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing the file lets go of the lock as well; this is for descriptors that were passed on.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Locks a file for an append: tries for five seconds, then says who is in the way.
pub(super) fn lock_for_append(path: &Path) -> Result<Locked, Error> {
    let file = disk::open_to_write(path)?;
    if try_lock(&file, path, FlockOperation::NonBlockingLockExclusive, APPEND_TRIES)? {
        return Ok(Locked { file });
    }
    Err(Error::Busy { path: path.to_owned() })
}

/// The lock of an operation that lives; its file goes with it.
#[derive(Debug)]
pub(super) struct HeldOperation {
    path: PathBuf,
    _locked: Locked,
}

impl Drop for HeldOperation {
    fn drop(&mut self) {
        // A file that stays behind says nothing: only its lock does.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Marks an operation as alive.
pub(super) fn hold(path: PathBuf, operation: OperationId) -> Result<HeldOperation, Error> {
    for _ in 0..OPERATION_TRIES {
        let file = disk::open_to_write(&path)?;
        let lock = FlockOperation::NonBlockingLockExclusive;
        if !try_lock(&file, &path, lock, OPERATION_TRIES)? {
            return Err(Error::OperationAlive(operation));
        }
        // Whoever held it before may have removed the file between our opening and locking it.
        if is_same_file(&file, &path) {
            return Ok(HeldOperation { path, _locked: Locked { file } });
        }
    }
    Err(Error::OperationAlive(operation))
}

/// Says whether somebody holds the operation's lock.
pub(super) fn is_held(path: &Path) -> Result<bool, Error> {
    let Some(file) = disk::open(path)? else { return Ok(false) };
    let free = try_lock(&file, path, FlockOperation::NonBlockingLockShared, 1)?;
    drop(Locked { file });
    Ok(!free)
}

/// Tries to lock; says whether that worked.
fn try_lock(file: &File, path: &Path, lock: FlockOperation, tries: u32) -> Result<bool, Error> {
    for _ in 0..tries {
        match flock(file, lock) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK | Errno::INTR) => std::thread::sleep(PAUSE),
            Err(errno) => return Err(disk::failure("lock", path, errno.into())),
        }
    }
    Ok(false)
}

/// Says whether the path still leads to the open file.
fn is_same_file(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), path.metadata()) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}
