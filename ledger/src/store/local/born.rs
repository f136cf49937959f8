//! How a ledger's folder comes to be: made whole beside its place, then renamed into it. Whoever
//! looks sees all of it or nothing.

use std::io::ErrorKind;
use std::path::Path;

use super::disk;
use super::{FOLDER, Opening, place};
use crate::birth::NewLedger;
use crate::digest::{Digest, LedgerId, OperationId, Sequence};
use crate::error::Error;
use crate::layout::{
    self, Mark, PACK_HEADER, PackHeader, Predecessor, Reach, SEGMENT_HEADER, SegmentHeader,
};
use crate::object::Class;
use crate::store::Notice;

/// Makes a ledger in `home`. If another process was faster, theirs stays and ours goes.
pub(super) fn make(home: &Path, opening: &Opening) -> Result<Vec<Notice>, Error> {
    let is_new_home = !home.exists();
    disk::make_folder(home)?;
    if let Some(parent) = home.parent().filter(|it| is_new_home && !it.as_os_str().is_empty()) {
        disk::sync_folder(parent)?;
    }
    let fresh = home.join(format!(".{FOLDER}-{}", OperationId::random()?));
    let place = home.join(FOLDER);
    let made = fill(&fresh, opening).and_then(|()| match std::fs::rename(&fresh, &place) {
        Ok(()) => disk::sync_folder(home).map(|()| true),
        Err(error) if is_taken(error.kind()) => Ok(false),
        Err(error) => Err(disk::failure("rename", &place, error)),
    });
    let is_ours = match made {
        Ok(is_ours) => is_ours,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&fresh);
            return Err(error);
        }
    };
    if !is_ours {
        let _ = std::fs::remove_dir_all(&fresh);
    }
    Ok(place::fleeting(&place).into_iter().filter(|_| is_ours).collect())
}

/// Says whether a rename failed because there is a ledger already.
fn is_taken(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists)
}

/// Makes all files of a new ledger in a folder and brings them to the disk.
fn fill(folder: &Path, opening: &Opening) -> Result<(), Error> {
    let NewLedger { frame, key } = NewLedger::random(opening.at_ns)?;
    let ledger = LedgerId(frame.hash());
    for name in [layout::EVENTS, layout::OBJECTS, layout::OPERATIONS] {
        disk::make_folder(&folder.join(name))?;
    }
    disk::write_new(&folder.join(layout::FORMAT), layout::FORMAT_LINE.as_bytes())?;
    disk::write_new(&folder.join(layout::KEY), key.as_bytes())?;

    let header = SegmentHeader {
        number: 1,
        epoch: 1,
        ledger,
        first: Sequence(1),
        before: Predecessor::NONE,
        last_hash: Digest::ZERO,
    };
    let mut segment = header.encode();
    segment.extend(frame.bytes());
    let events = folder.join(layout::EVENTS);
    disk::write_new(&events.join(layout::segment_name(1)), &segment)?;
    for class in Class::ALL {
        let header = PackHeader { number: 1, class, ledger, before: Predecessor::NONE };
        let path = folder.join(layout::OBJECTS).join(layout::pack_name(class, 1));
        disk::write_new(&path, &header.encode())?;
    }

    let pack = Reach { number: 1, length: PACK_HEADER as u64 };
    let mark = Mark {
        is_poisoned: false,
        events: Reach { number: 1, length: (SEGMENT_HEADER + frame.bytes().len()) as u64 },
        sequence: Sequence(1),
        hash: frame.hash(),
        plain: pack,
        private: pack,
        ledger,
    };
    disk::write_new(&folder.join(layout::MARK), &mark.encode())?;
    let instance = place::instance(folder, &opening.machine)?;
    disk::write_new(&folder.join(layout::INSTANCE), &instance.encode())?;
    for name in [layout::EVENTS, layout::OBJECTS, layout::OPERATIONS] {
        disk::sync_folder(&folder.join(name))?;
    }
    disk::sync_folder(folder)
}
