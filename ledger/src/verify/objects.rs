//! Packs, record by record: every object is expanded and hashed again.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Report, Severity};
use crate::digest::{LedgerId, ObjectId};
use crate::layout::{self, Closed, PACK_HEADER, PackHeader, Reach};
use crate::object::{Class, Object};
use crate::pack::{self, RecordHeader};
use crate::store::local::{names, read};

/// All objects that are whole.
#[derive(Default)]
pub(super) struct Objects {
    /// Each of them: the content of plain ones that may be lists, else nothing.
    whole: BTreeMap<ObjectId, Option<Vec<u8>>>,
    reaches: BTreeMap<Class, Reach>,
    ledger: Option<LedgerId>,
}

/// A plain object larger than this is no list.
const LARGEST_LIST: usize = 4 << 20;

impl Objects {
    pub(super) fn read(folder: &Path, ledger: Option<LedgerId>, report: &mut Report) -> Self {
        let mut objects = Self { ledger, ..Self::default() };
        let place = folder.join(layout::OBJECTS);
        let names = names(&place).unwrap_or_else(|error| {
            report.add(Severity::Unreadable, Path::new(layout::OBJECTS), 0, error.to_string());
            Vec::new()
        });
        for class in Class::ALL {
            let found = names.iter().filter_map(|name| layout::pack_number(name));
            let mut numbers: Vec<u32> =
                found.filter(|(of, _)| *of == class).map(|(_, number)| number).collect();
            numbers.sort_unstable();
            objects.read_row(&place, class, &numbers, report);
        }
        objects
    }

    pub(super) fn count(&self) -> u64 {
        self.whole.len() as u64
    }

    /// Says whether an object is whole.
    pub(super) fn has(&self, id: ObjectId) -> bool {
        self.whole.contains_key(&id)
    }

    /// Returns the content of a plain object that may be a list.
    pub(super) fn list(&self, id: ObjectId) -> Option<&[u8]> {
        self.whole.get(&id)?.as_deref()
    }

    /// Returns how far the packs of a class are whole.
    pub(super) fn reach(&self, class: Class) -> Reach {
        self.reaches.get(&class).copied().unwrap_or_default()
    }

    /// Reads the packs of one class.
    fn read_row(&mut self, place: &Path, class: Class, numbers: &[u32], report: &mut Report) {
        let mut files = Vec::new();
        for number in numbers {
            let name = layout::pack_name(class, *number);
            match read(&place.join(&name)) {
                Ok(bytes) => files.push((*number, name, bytes.unwrap_or_default())),
                Err(error) => {
                    let path = Path::new(layout::OBJECTS).join(name);
                    report.add(Severity::Unreadable, &path, 0, error.to_string());
                }
            }
        }
        for (index, (number, name, bytes)) in files.iter().enumerate() {
            let path = Path::new(layout::OBJECTS).join(name);
            let header = PackHeader::decode(bytes);
            let header = header.filter(|it| it.number == *number && it.class == class);
            let is_ours =
                header.is_some_and(|it| self.ledger.is_none_or(|ledger| it.ledger == ledger));
            if !is_ours {
                report.add(Severity::Damaged, &path, 0, "the header of a pack is broken");
            }
            let before = index.checked_sub(1).and_then(|it| files.get(it)).map_or(0, |it| it.0);
            for missing in before + 1..*number {
                let path = Path::new(layout::OBJECTS).join(layout::pack_name(class, missing));
                report.add(Severity::Damaged, &path, 0, "the pack is missing");
            }
            let next = files
                .get(index + 1)
                .filter(|(next, _, _)| *next == number + 1)
                .and_then(|(_, _, next)| PackHeader::decode(next));
            let closed = next.map(|it| (it.before.counts, it.before.closed));
            report.bytes += bytes.len() as u64;
            let length = self.read_pack(bytes, closed, &path, report);
            self.reaches.insert(class, Reach { number: *number, length });
        }
    }

    /// Reads one pack, and returns the byte after its last whole record.
    fn read_pack(
        &mut self,
        bytes: &[u8],
        closed: Option<(u64, Closed)>,
        path: &Path,
        report: &mut Report,
    ) -> u64 {
        let counts = closed.and_then(|(counts, _)| usize::try_from(counts).ok());
        let counted = counts.and_then(|counts| bytes.get(..counts)).unwrap_or(bytes);
        let mut offset = PACK_HEADER.min(counted.len());
        let mut end = offset;
        while let Some(rest) = counted.get(offset..).filter(|rest| !rest.is_empty()) {
            let record = RecordHeader::read(rest).and_then(|header| whole(rest, &header));
            let Some((header, stored, length)) = record else {
                offset += skip(rest, (path, offset), report);
                continue;
            };
            self.take(&header, stored, (path, offset as u64), report);
            let padding = rest.get(pack::HEADER + stored.len()..length).unwrap_or_default();
            if padding.iter().any(|byte| *byte != 0) {
                report.add(
                    Severity::Damaged,
                    path,
                    offset as u64,
                    "bytes behind an object are not zero",
                );
            }
            offset += length;
            end = offset;
        }
        leave(bytes, end, closed, (path, report));
        end as u64
    }

    /// Opens an object and hashes it.
    fn take(
        &mut self,
        header: &RecordHeader,
        stored: &[u8],
        at: (&Path, u64),
        report: &mut Report,
    ) {
        let Some(object) = header.open(stored) else {
            let what = format!("object {} does not match its name", header.id);
            report.add(Severity::Damaged, at.0, at.1, what);
            return;
        };
        let is_list = object.class() == Class::Plain && object.content().len() <= LARGEST_LIST;
        let content = is_list.then(|| Object::into_content(object));
        self.whole.insert(header.id, content);
    }
}

/// Checks what follows the last whole record.
fn leave(
    bytes: &[u8],
    end: usize,
    closed: Option<(u64, Closed)>,
    (path, report): (&Path, &mut Report),
) {
    let rest = bytes.get(end..).unwrap_or_default();
    let count = rest.iter().filter(|byte| **byte != 0).count();
    match closed {
        Some((counts, _)) if counts != end as u64 => {
            let what = format!("{counts} bytes count, and objects are whole up to {end}");
            report.add(Severity::Damaged, path, end as u64, what);
        }
        Some((_, Closed::Full | Closed::First)) if count > 0 => {
            let what = format!("{count} bytes that are not zero behind the last object");
            report.add(Severity::Damaged, path, end as u64, what);
        }
        _ if count > 0 => {
            let why = closed.map_or("a write that nobody acknowledged", |it| it.1.as_str());
            let what = format!("{count} bytes that are not zero behind the last object: {why}");
            report.add(Severity::Note, path, end as u64, what);
        }
        _ => {}
    }
}

/// Passes over broken bytes before a whole record, or over all of them: then they are the end.
fn skip(rest: &[u8], (path, offset): (&Path, usize), report: &mut Report) -> usize {
    let Some(skipped) = next_record(rest) else { return rest.len() };
    report.add(Severity::Damaged, path, offset as u64, "a broken object");
    skipped
}

/// Returns a record's header, stored bytes and whole length, if it is there to its end.
fn whole<'a>(rest: &'a [u8], header: &RecordHeader) -> Option<(RecordHeader, &'a [u8], usize)> {
    let length = usize::try_from(header.total()).ok()?;
    let record = rest.get(..length)?;
    let stored = usize::try_from(header.stored).ok()?;
    Some((*header, record.get(pack::HEADER..)?.get(..stored)?, length))
}

/// Returns how far the next record's header is.
fn next_record(rest: &[u8]) -> Option<usize> {
    (8..rest.len()).step_by(8).find(|at| {
        rest.get(*at..).is_some_and(|rest| {
            RecordHeader::read(rest).is_some_and(|header| whole(rest, &header).is_some())
        })
    })
}
