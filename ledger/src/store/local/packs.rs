//! Packs on disk: where each object is, and how one is added.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::disk::{self, Room};
use super::journal::damaged;
use crate::digest::{LedgerId, ObjectId};
use crate::error::Error;
use crate::layout::{self, Closed, Mark, PACK_HEADER, PackHeader, Predecessor, Reach};
use crate::object::{Class, Object};
use crate::pack::{self, RecordHeader};

/// The room that is kept behind each pack for the evidence of an end.
pub(super) const RESERVE: u64 = 64 * 1024;
/// How much of a pack is read at once while looking for headers.
const WINDOW: usize = 64 * 1024;

/// Where a record is.
#[derive(Clone, Copy)]
struct Place {
    number: u32,
    offset: u64,
}

/// One pack file.
struct Pack {
    number: u32,
    path: PathBuf,
    file: File,
    /// The byte after its last whole record.
    end: u64,
}

/// All packs of one class.
pub(super) struct Packs {
    class: Class,
    folder: PathBuf,
    files: Vec<Pack>,
    places: HashMap<ObjectId, Place>,
}

impl Packs {
    pub(super) fn new(folder: &Path, class: Class) -> Self {
        let folder = folder.join(layout::OBJECTS);
        Self { class, folder, files: Vec::new(), places: HashMap::new() }
    }

    /// Takes in what was written since.
    pub(super) fn refresh(&mut self) -> Result<(), Error> {
        let newest = self.files.last().map_or(0, |pack| pack.number);
        let names = disk::names(&self.folder)?;
        let ours = names.iter().filter_map(|name| layout::pack_number(name));
        let ours = ours.filter(|(class, number)| *class == self.class && *number > newest);
        let mut numbers: Vec<u32> = ours.map(|(_, number)| number).collect();
        numbers.sort_unstable();
        self.scan_newest(None)?;
        for number in numbers {
            self.add(number)?;
        }
        Ok(())
    }

    /// Takes in a pack that is new.
    fn add(&mut self, number: u32) -> Result<(), Error> {
        let path = self.folder.join(layout::pack_name(self.class, number));
        let Some(file) = disk::open(&path)? else { return Ok(()) };
        let bytes = disk::read_at(&file, &path, 0, PACK_HEADER)?;
        let header = PackHeader::decode(&bytes);
        let header = header.filter(|it| it.number == number && it.class == self.class);
        if header.is_none() {
            return Err(damaged(path, 0, "the header of a pack"));
        }
        self.files.push(Pack { number, path, file, end: PACK_HEADER as u64 });
        self.scan_newest(None)
    }

    /// Takes in the records of the newest pack that are not known yet.
    fn scan_newest(&mut self, until: Option<u64>) -> Result<(), Error> {
        let Some(pack) = self.files.last_mut() else { return Ok(()) };
        let mut records = Vec::new();
        pack.end = records_of(&pack.file, &pack.path, pack.end, until, |offset, header| {
            records.push((header.id, Place { number: pack.number, offset }));
        })?;
        self.places.extend(records);
        Ok(())
    }

    /// Says whether an object is there, as far as was read.
    pub(super) fn has(&self, id: ObjectId) -> bool {
        self.places.contains_key(&id)
    }

    /// Returns an object, as far as was read.
    pub(super) fn get(&self, id: ObjectId) -> Result<Option<Object>, Error> {
        let Some(place) = self.places.get(&id) else { return Ok(None) };
        let Some(pack) = self.files.iter().find(|pack| pack.number == place.number) else {
            return Ok(None);
        };
        let refuse = |what| damaged(pack.path.clone(), place.offset, what);
        let bytes = disk::read_at(&pack.file, &pack.path, place.offset, pack::HEADER)?;
        let header = RecordHeader::read(&bytes).ok_or_else(|| refuse("the header of an object"))?;
        let length = usize::try_from(header.stored).unwrap_or(usize::MAX);
        let start = place.offset + pack::HEADER as u64;
        let stored = disk::read_at(&pack.file, &pack.path, start, length)?;
        let object = header.open(&stored).filter(|object| object.id() == id);
        object.map(Some).ok_or_else(|| refuse("an object that does not match its name"))
    }

    /// Adds a record behind the last one. What is torn there stays, and a new pack is begun.
    pub(super) fn put(
        &mut self,
        ledger: LedgerId,
        object: &Object,
        limit: u64,
    ) -> Result<(), Error> {
        let record = pack::encode(object)?;
        let length = record.len() as u64;
        let closed = self.why_close(limit)?;
        if let Some(closed) = closed {
            self.sync()?;
            self.begin(ledger, closed, &[])?;
        }
        let Some(pack) = self.files.last_mut() else { return Ok(()) };
        let file = disk::open_to_write(&pack.path)?;
        let wanted = disk::make_room(&file, &pack.path, pack.end, length + RESERVE, Room::Behind);
        if wanted.is_err() {
            disk::make_room(&file, &pack.path, pack.end, length, Room::Behind)?;
        }
        disk::write_at(&file, &pack.path, pack.end, &record)?;
        self.places.insert(object.id(), Place { number: pack.number, offset: pack.end });
        pack.end += length;
        Ok(())
    }

    /// Returns why the newest pack takes no more records, if it does not.
    fn why_close(&self, limit: u64) -> Result<Option<Closed>, Error> {
        let Some(pack) = self.files.last() else { return Ok(Some(Closed::First)) };
        let length =
            pack.file.metadata().map_err(|it| disk::failure("look at", &pack.path, it))?.len();
        let closed = match pack.end {
            end if length > end => Some(Closed::Torn),
            end if end > limit => Some(Closed::Full),
            _ => None,
        };
        Ok(closed)
    }

    /// Keeps room behind the newest pack.
    pub(super) fn reserve(&self) -> Result<(), Error> {
        let Some(pack) = self.files.last() else { return Ok(()) };
        let file = disk::open_to_write(&pack.path)?;
        disk::make_room(&file, &pack.path, pack.end, RESERVE, Room::Behind)
    }

    /// Returns how far the packs reach.
    pub(super) fn reach(&self) -> Reach {
        self.files.last().map_or(Reach::default(), |it| Reach { number: it.number, length: it.end })
    }

    /// Brings the newest pack to the disk; older ones are there.
    pub(super) fn sync(&self) -> Result<(), Error> {
        self.files.last().map_or(Ok(()), |pack| disk::sync(&pack.file, &pack.path))
    }

    /// Begins a new pack with these records in it.
    fn begin(&mut self, ledger: LedgerId, closed: Closed, records: &[u8]) -> Result<(), Error> {
        let before = match self.reach() {
            Reach { number: 0, .. } => Predecessor::NONE,
            Reach { number, length } => Predecessor { number, counts: length, closed },
        };
        let number = before.number + 1;
        let header = PackHeader { number, class: self.class, ledger, before };
        let mut bytes = header.encode();
        bytes.extend(records);
        let fresh = self.folder.join("new.pack");
        let path = self.folder.join(layout::pack_name(self.class, number));
        disk::write_new(&fresh, &bytes)?;
        std::fs::rename(&fresh, &path).map_err(|it| disk::failure("rename", &path, it))?;
        disk::sync_folder(&self.folder)?;
        self.add(number)
    }

    /// Copies what is not known to be on disk into a new pack, whose sync covers it: an earlier
    /// sync failed, so that another one of the same file proves nothing.
    pub(super) fn rescue(&mut self, ledger: LedgerId, mark: Option<&Mark>) -> Result<(), Error> {
        let reach = self.reach();
        let known = mark.map(|mark| mark.pack(self.class)).filter(|it| it.number == reach.number);
        let from = known.map_or(PACK_HEADER as u64, |known| known.length);
        let Some(pack) = self.files.last_mut().filter(|pack| pack.end > from) else {
            return Ok(());
        };
        let length = usize::try_from(pack.end - from).unwrap_or(0);
        let records = disk::read_at(&pack.file, &pack.path, from, length)?;
        pack.end = from;
        self.begin(ledger, Closed::Unsynced, &records)
    }
}

/// Calls `found` for each record header from `start` on and returns the byte after the last whole
/// record. Broken bytes between two records are passed over.
fn records_of(
    file: &File,
    path: &Path,
    start: u64,
    until: Option<u64>,
    mut found: impl FnMut(u64, RecordHeader),
) -> Result<u64, Error> {
    let size = file.metadata().map_err(|it| disk::failure("look at", path, it))?.len();
    let limit = until.unwrap_or(size).min(size);
    let (mut offset, mut end) = (start, start);
    let mut window = (0, Vec::new());
    while offset + (pack::HEADER as u64) <= limit {
        let inside = usize::try_from(offset.wrapping_sub(window.0)).unwrap_or(usize::MAX);
        if window.1.len().saturating_sub(inside) < pack::HEADER {
            window = (offset, disk::read_at(file, path, offset, WINDOW)?);
            if window.1.len() < pack::HEADER {
                break;
            }
            continue;
        }
        let header = window.1.get(inside..).and_then(RecordHeader::read);
        match header.filter(|header| offset + header.total() <= limit) {
            Some(header) => {
                found(offset, header);
                offset += header.total();
                end = offset;
            }
            None => offset += 8,
        }
    }
    Ok(end)
}
