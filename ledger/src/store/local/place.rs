//! Whether a folder is a place for a ledger: whose it is, what filesystem it is on, and whether it
//! is where it was.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, access, statfs};

use super::disk;
use crate::digest::Digest;
use crate::error::Error;
use crate::layout::Instance;
use crate::store::Notice;

/// Which filesystems may be written to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Filesystems {
    /// Those that keep the promises of locks and syncs.
    #[default]
    Local,
    /// All of them: the user says that only one machine writes there. See
    /// [`crate::ANY_FILESYSTEM`].
    Any,
}

/// Filesystems over a network or through another program, by the magic numbers of `statfs(2)`.
const UNFIT: [(u32, &str); 13] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xfe53_4d42, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0bd0_0bd0, "Lustre"),
    (0x786f_4256, "VirtualBox shared folders"),
    (0x4750_4653, "GPFS"),
];

/// Filesystems whose content lives as long as the memory or the container does.
const FLEETING: [(u32, &str); 3] =
    [(0x0102_1994, "tmpfs"), (0x8584_58f6, "ramfs"), (0x794c_7630, "overlayfs")];

/// Refuses a home that cannot or should not be written to. Makes nothing.
pub(super) fn check(home: &Path, filesystems: Filesystems) -> Result<(), Error> {
    let existing = home.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    if let Some(name) = look_up(&UNFIT, existing).filter(|_| filesystems == Filesystems::Local) {
        return Err(Error::UnfitFilesystem { path: existing.to_owned(), filesystem: name });
    }
    let user = rustix::process::geteuid().as_raw();
    let folder = home.join(super::FOLDER);
    for path in [home, &folder] {
        match path.metadata() {
            Ok(metadata) if metadata.uid() != user => {
                let owner = metadata.uid();
                return Err(Error::ForeignOwner { path: path.to_owned(), owner, user });
            }
            Ok(metadata) if !metadata.is_dir() => {
                let source = ErrorKind::NotADirectory.into();
                return Err(Error::NotWritable { path: path.to_owned(), source });
            }
            Ok(_) => may_write(path)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(Error::NotWritable { path: path.to_owned(), source }),
        }
    }
    may_write(existing)
}

/// Returns what is to be said of a filesystem that forgets.
pub(super) fn fleeting(path: &Path) -> Option<Notice> {
    look_up(&FLEETING, path).map(|filesystem| Notice::Fleeting { filesystem })
}

/// Returns where a ledger's folder is now.
pub(super) fn instance(folder: &Path, machine: &str) -> Result<Instance, Error> {
    let metadata = folder.metadata().map_err(|error| disk::failure("look at", folder, error))?;
    Ok(Instance {
        machine: Digest::of(machine.as_bytes()),
        device: metadata.dev(),
        inode: metadata.ino(),
    })
}

fn may_write(path: &Path) -> Result<(), Error> {
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    access(path, wanted)
        .map_err(|errno| Error::NotWritable { path: path.to_owned(), source: errno.into() })
}

fn look_up(table: &[(u32, &'static str)], path: &Path) -> Option<&'static str> {
    let found = statfs(path).ok()?;
    // The kernel's number has 32 bits, whatever width the field has here.
    let magic = u32::try_from(found.f_type & 0xffff_ffff).ok()?;
    table.iter().find(|(number, _)| *number == magic).map(|(_, name)| *name)
}
