//! The bytes of a chart on a disk, within limits: whoever wrote it may be nobody we trust.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use render::{File, Ignore};

use super::named;
use crate::failure::Failure;

/// The most that is taken of a folder, in bytes (Helm's limit).
const LARGEST_FOLDER: u64 = 100 * 1024 * 1024;

/// The most that is read of an archive, in bytes: what it unpacks to may be as much.
const LARGEST_ARCHIVE: u64 = 100 * 1024 * 1024;

/// How much of a file shows whether it is an archive, in bytes (Helm's figure).
const HEAD: u64 = 512;

/// How deep folders may lie in each other; a link to a parent ends here.
const DEEPEST: usize = 64;

const IGNORE: &str = ".helmignore";

/// Reads an archive, or as much of another file as shows that it is none.
///
/// # Errors
///
/// Go's form of what the system says, and a file that is too large.
pub(super) fn archive(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut file = fs::File::open(path).map_err(|error| named(path, &error))?;
    let mut bytes = Vec::new();
    let mut read = |most| file.by_ref().take(most).read_to_end(&mut bytes);
    let head = read(HEAD).map_err(|error| named(path, &error))?;
    if !bytes.starts_with(GZIP) || (head as u64) < HEAD {
        return Ok(bytes);
    }
    file.take(LARGEST_ARCHIVE).read_to_end(&mut bytes).map_err(|error| named(path, &error))?;
    if bytes.len() as u64 > LARGEST_ARCHIVE {
        return Err(Failure::new(format_args!(
            "file '{}' is larger than the maximum size {LARGEST_ARCHIVE}",
            path.display()
        )));
    }
    Ok(bytes)
}

/// How a gzip file begins (RFC 1952), with its only method.
const GZIP: &[u8] = b"\x1f\x8b\x08";

/// Reads the files of a folder that belong to the chart, in the order of Go's `filepath.Walk`: by
/// name, each folder where it stands among its neighbours. Links are followed, as Helm follows them;
/// what `.helmignore` leaves out is not read.
///
/// # Errors
///
/// Helm's texts: a file that is none, a folder that is too large, a bad `.helmignore`.
pub(super) fn folder(root: &Path) -> Result<Vec<File>, Failure> {
    let path = root.join(IGNORE);
    let rules = match fs::metadata(&path) {
        Err(_) => Vec::new(),
        Ok(status) => read(&path, IGNORE, &status, LARGEST_FOLDER)?,
    };
    let ignore = Ignore::parse(&rules).map_err(|error| Failure::from_error(&error))?;
    let mut walk = Walk { ignore, room: LARGEST_FOLDER, files: Vec::new() };
    walk.enter(root, "", 0)?;
    Ok(walk.files)
}

/// A folder that is being read.
struct Walk {
    ignore: Ignore,
    /// How many bytes there is room for yet.
    room: u64,
    files: Vec<File>,
}

impl Walk {
    fn enter(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), Failure> {
        if depth > DEEPEST {
            return Err(Failure::new(format_args!("{}: too many folders", folder.display()))
                .with_hint("a link in the chart may lead back to a folder above it"));
        }
        let entries = fs::read_dir(folder).map_err(|error| named(folder, &error))?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(|error| named(folder, &error))?;
        paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{prefix}{name}");
            let status = fs::metadata(&path).map_err(|error| named(&path, &error))?;
            match status.is_dir() {
                true if self.ignore.ignores_folder(&name) => {}
                true => self.enter(&path, &format!("{name}/"), depth + 1)?,
                false if self.ignore.ignores_file(&name) => {}
                false => self.take(&path, name, &status)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, name: String, status: &fs::Metadata) -> Result<(), Failure> {
        let data = read(path, &name, status, self.room)?;
        self.room -= data.len() as u64;
        let modified = status.modified().ok().and_then(written);
        self.files.push(File { name, data: data.into(), modified });
        Ok(())
    }
}

/// Reads a file that must fit into the room that there is.
fn read(path: &Path, name: &str, status: &fs::Metadata, room: u64) -> Result<Vec<u8>, Failure> {
    if !status.is_file() {
        return Err(Failure::new(format_args!(
            "cannot load irregular file {} as it has file mode type bits set",
            path.display()
        )));
    }
    let mut data = Vec::new();
    if status.len() <= room {
        // One more, to find the end without growing. It may have become longer since.
        data.reserve_exact(usize::try_from(status.len()).unwrap_or(0) + 1);
        let file = fs::File::open(path).map_err(|error| named(path, &error))?;
        file.take(room + 1).read_to_end(&mut data).map_err(|error| named(path, &error))?;
        if data.len() as u64 <= room {
            return Ok(data);
        }
    }
    Err(Failure::new(format_args!(
        "error reading {name}: chart exceeds maximum decompressed size of {LARGEST_FOLDER} bytes"
    )))
}

/// RFC 3339, as Helm's record has it.
fn written(time: SystemTime) -> Option<String> {
    jiff::Timestamp::try_from(time).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> Vec<String> {
        folder(root).unwrap().into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn what_is_ignored_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        write("Chart.yaml", "");
        fs::File::create(root.path().join("huge")).unwrap().set_len(LARGEST_FOLDER + 1).unwrap();
        assert!(folder(root.path()).is_err());
        write(".helmignore", "huge\n");
        assert_eq!(names(root.path()), [".helmignore", "Chart.yaml"]);
    }

    #[test]
    fn of_what_is_no_archive_only_the_head_is_read() {
        assert_eq!(archive(Path::new("/dev/zero")).unwrap().len(), 512);
    }
}
