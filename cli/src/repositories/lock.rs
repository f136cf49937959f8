//! Helm's lock on `repositories.yaml`: `flock(2)` on a file beside it (`repo_add.go`).

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{
    charts::{named, reason},
    failure::Failure,
};

/// How long somebody else's lock is waited for, as in Helm.
const PATIENCE: Duration = Duration::from_secs(30);

/// Returns the lock. It is given back when it is dropped.
///
/// # Errors
///
/// Fails if it cannot be made, or somebody holds it too long.
pub(super) fn acquired(file: &Path) -> Result<File, Failure> {
    let path = beside(file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::new(format_args!("mkdir {}: {}", folder.display(), reason(&error)))
        })?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.map_err(|error| named(&path, &error))?;
    let begin = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(50));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new("context deadline exceeded").with_hint(format!(
                    "another process holds {}; it is given back when that ends",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(named(&path, &error)),
        }
    }
}

/// `repositories.lock` for `repositories.yaml`; without an extension it is put behind.
fn beside(file: &Path) -> PathBuf {
    let name = file.to_string_lossy();
    match file.extension() {
        Some(_) => file.with_extension("lock"),
        None => PathBuf::from(format!("{name}.lock")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: Helm's rule in `repo_add.go`.
    #[test]
    fn the_lock_lies_beside_the_file() {
        assert_eq!(beside(Path::new("/c/repositories.yaml")), Path::new("/c/repositories.lock"));
        assert_eq!(beside(Path::new("/c/repositories")), Path::new("/c/repositories.lock"));
    }
}
