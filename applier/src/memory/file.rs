//! Where a sandbox keeps its objects: in memory, or in one file that is
//! replaced by rename, under a lock, so that a reader never sees half of it.

use std::{
    cell::RefCell,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::objects::Objects;

/// Where the objects are.
#[derive(Debug)]
pub(crate) enum Keep {
    /// In this process alone.
    Memory(RefCell<Objects>),
    /// In a file of this folder.
    Folder(PathBuf),
}

const FILE: &str = "cluster.json";

impl Keep {
    /// Returns the objects as they are now.
    pub(crate) fn read(&self) -> io::Result<Objects> {
        match self {
            Self::Memory(objects) => Ok(objects.borrow().clone()),
            Self::Folder(folder) => load(folder),
        }
    }

    /// Changes the objects by `change`, and keeps what it made of them unless it failed.
    pub(crate) fn write<T, E>(
        &self,
        change: impl FnOnce(&mut Objects) -> Result<T, E>,
    ) -> io::Result<Result<T, E>> {
        match self {
            Self::Memory(objects) => {
                let mut changed = objects.borrow().clone();
                let result = change(&mut changed);
                if result.is_ok() {
                    objects.replace(changed);
                }
                Ok(result)
            }
            Self::Folder(folder) => {
                fs::create_dir_all(folder)?;
                let lock = File::create(folder.join("lock"))?;
                lock.lock()?; // held until `lock` is dropped
                let mut objects = load(folder)?;
                let before = objects.version();
                let result = change(&mut objects);
                if result.is_ok() && objects.version() != before {
                    save(folder, &objects)?;
                }
                Ok(result)
            }
        }
    }
}

fn load(folder: &Path) -> io::Result<Objects> {
    match fs::read(folder.join(FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Objects::default()),
        Err(error) => Err(error),
    }
}

fn save(folder: &Path, objects: &Objects) -> io::Result<()> {
    let new = folder.join(format!("{FILE}.new"));
    let mut file = File::create(&new)?;
    file.write_all(&serde_json::to_vec(objects)?)?;
    file.sync_all()?;
    fs::rename(&new, folder.join(FILE))?;
    File::open(folder)?.sync_all()
}
