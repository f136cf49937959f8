//! The repository `local`: a folder of our own with packaged charts and their index, as Helm 2 had
//! one. It is not in Helm's `repositories.yaml`: Helm could not read from a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    charts::named,
    failure::Failure,
    settings::{Folders, Settings},
};

/// The name that the repository has.
pub(crate) const NAME: &str = "local";

/// The name of its index, as of every repository's.
pub(crate) const INDEX: &str = "index.yaml";

/// Returns the folder of the repository, whether it is there or not.
pub(crate) fn folder(settings: &Settings) -> PathBuf {
    settings.folders.rutter.join(NAME)
}

/// Returns the folder of the repository, if `init` has made one.
pub(crate) fn found(folders: &Folders) -> Option<PathBuf> {
    let folder = folders.rutter.join(NAME);
    folder.join(INDEX).is_file().then_some(folder)
}

/// Makes an empty repository where there is none.
///
/// # Errors
///
/// Fails where the folder cannot be written.
pub(crate) fn make(settings: &Settings) -> Result<(), Failure> {
    if found(&settings.folders).is_some() {
        return Ok(());
    }
    let folder = folder(settings);
    let failed = |path: &Path, error: &io::Error| named(path, error);
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let generated = jiff::Timestamp::now();
    let text = format!("apiVersion: v1\nentries: {{}}\ngenerated: \"{generated}\"\n");
    let written = folder.join("index.yaml.new");
    fs::write(&written, text).map_err(|error| failed(&written, &error))?;
    let index = folder.join(INDEX);
    fs::rename(&written, &index).map_err(|error| failed(&index, &error))
}
