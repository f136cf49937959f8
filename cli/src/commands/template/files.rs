//! `--output-dir`: a file for each template.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{charts, failure::Failure, ui::Ui};

/// Writes each object to the file of its template, those of one template into one file, and says
/// so as Helm does. Files that were there before are replaced.
pub(super) fn write<'o>(
    folder: &str,
    below: Option<&str>,
    objects: impl Iterator<Item = (&'o str, &'o str)>,
    ui: &mut Ui,
) -> Result<(), Failure> {
    let folder = match below {
        Some(name) => Path::new(folder).join(name),
        None => PathBuf::from(folder),
    };
    let mut written = BTreeSet::new();
    for (source, text) in objects {
        let path = folder.join(source);
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent).map_err(|error| charts::named(parent, &error))?;
        let first = written.insert(path.clone());
        let mut file = fs::OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(first)
            .append(!first)
            .open(&path)
            .map_err(|error| charts::named(&path, &error))?;
        write!(file, "---\n# Source: {source}\n{text}\n")
            .map_err(|error| charts::named(&path, &error))?;
        writeln!(ui.out(), "wrote {}", path.display())?;
    }
    Ok(())
}
