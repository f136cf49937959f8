//! The small files: what they say, and whether the big ones agree.

use std::path::Path;

use super::objects::Objects;
use super::{Chain, Report, Severity};
use crate::birth::SecretKey;
use crate::event::Event;
use crate::layout::{self, INSTANCE_LENGTH, Instance, MARK_LENGTH, Mark};
use crate::object::Class;
use crate::store::local::{names, read};

/// Returns a small file; what cannot be read is a finding, and so is what is not there.
fn load(folder: &Path, name: &str, missing: Severity, report: &mut Report) -> Option<Vec<u8>> {
    match read(&folder.join(name)) {
        Ok(Some(bytes)) => {
            report.bytes += bytes.len() as u64;
            Some(bytes)
        }
        Ok(None) => {
            report.add(missing, Path::new(name), 0, "the file is missing");
            None
        }
        Err(error) => {
            report.add(Severity::Unreadable, Path::new(name), 0, error.to_string());
            None
        }
    }
}

/// Says whether this version can read the ledger at all.
pub(super) fn is_format_known(folder: &Path, report: &mut Report) -> bool {
    let line = load(folder, layout::FORMAT, Severity::Unreadable, report);
    let is_known = line.as_deref() == Some(layout::FORMAT_LINE.as_bytes());
    if let Some(line) = line.filter(|_| !is_known) {
        let said = String::from_utf8_lossy(&line);
        let what = format!("the format `{}` is not known", said.trim().escape_default());
        report.add(Severity::Unreadable, Path::new(layout::FORMAT), 0, what);
    }
    is_known
}

/// Returns the mark.
pub(super) fn mark(folder: &Path, report: &mut Report) -> Option<Mark> {
    let bytes = load(folder, layout::MARK, Severity::Damaged, report)?;
    let mark = Mark::decode(&bytes).filter(|_| bytes.len() == MARK_LENGTH);
    if mark.is_none() {
        let what = "the mark does not match its checksum";
        report.add(Severity::Damaged, Path::new(layout::MARK), 0, what);
    }
    mark
}

/// Compares what the mark says with what is there. The mark can only raise an alarm.
pub(super) fn check_mark(
    mark: Option<&Mark>,
    chain: &Chain,
    objects: &Objects,
    report: &mut Report,
) {
    let Some(mark) = mark else { return };
    let path = Path::new(layout::MARK);
    if chain.ledger.is_some_and(|ledger| ledger != mark.ledger) {
        report.add(Severity::Damaged, path, 0, "the mark is of another ledger");
        return;
    }
    let last = chain.head().map_or(0, |head| head.sequence.0);
    let segment = Path::new(layout::EVENTS).join(layout::segment_name(mark.events.number));
    match chain.hash_of(mark.sequence) {
        Some(hash) if hash == mark.hash => {}
        Some(_) => {
            let what = format!("event {} was acknowledged with another hash", mark.sequence);
            report.add(Severity::Forked, &segment, mark.events.length, what);
        }
        None => {
            let what = format!(
                "event {} was acknowledged up to here, and the last one that is there is {last}",
                mark.sequence
            );
            report.add(Severity::Damaged, &segment, mark.events.length, what);
        }
    }
    for class in Class::ALL {
        let (known, found) = (mark.pack(class), objects.reach(class));
        if (known.number, known.length) > (found.number, found.length) {
            let pack = Path::new(layout::OBJECTS).join(layout::pack_name(class, known.number));
            let what = format!(
                "objects were acknowledged up to here, and are whole up to byte {} of pack {}",
                found.length, found.number
            );
            report.add(Severity::Damaged, &pack, known.length, what);
        }
    }
    if mark.is_poisoned {
        let what = "a sync failed; what was written last may be in memory only";
        report.add(Severity::Note, path, 0, what);
    }
}

/// Checks that the key is the one that the first event names.
pub(super) fn check_key(folder: &Path, chain: &Chain, report: &mut Report) {
    let path = Path::new(layout::KEY);
    let Some(bytes) = load(folder, layout::KEY, Severity::Unverifiable, report) else { return };
    let public = <[u8; 32]>::try_from(bytes).map(|it| SecretKey::from_bytes(it).public()).ok();
    let first = chain.walked.first().map(|it| &it.recorded.event);
    let Some(Event::LedgerCreated(created)) = first else { return };
    if public != Some(created.public_key) {
        let what = "the key is not the one that the first event names";
        report.add(Severity::Damaged, path, 0, what);
    }
}

/// Checks that the file that says where the ledger is at home is whole.
pub(super) fn check_instance(folder: &Path, report: &mut Report) {
    let Some(bytes) = load(folder, layout::INSTANCE, Severity::Damaged, report) else { return };
    if bytes.len() != INSTANCE_LENGTH || Instance::decode(&bytes).is_none() {
        let what = "the file does not match its checksum";
        report.add(Severity::Damaged, Path::new(layout::INSTANCE), 0, what);
    }
}

/// Names what does not belong here. Files that a killed process left behind are among it.
pub(super) fn check_others(folder: &Path, report: &mut Report) {
    let ours = [
        layout::FORMAT,
        layout::MARK,
        layout::INSTANCE,
        layout::KEY,
        layout::EVENTS,
        layout::OBJECTS,
        layout::OPERATIONS,
        "index",
    ];
    let is_ours = |name: &str| ours.contains(&name);
    note_others(folder, "", is_ours, report);
    let is_segment = |name: &str| layout::segment_number(name).is_some();
    note_others(folder, layout::EVENTS, is_segment, report);
    let is_pack = |name: &str| layout::pack_number(name).is_some();
    note_others(folder, layout::OBJECTS, is_pack, report);
    let is_operation = |name: &str| name.parse::<crate::digest::OperationId>().is_ok();
    note_others(folder, layout::OPERATIONS, is_operation, report);
}

fn note_others(folder: &Path, inner: &str, is_ours: impl Fn(&str) -> bool, report: &mut Report) {
    let mut others = names(&folder.join(inner)).unwrap_or_default();
    others.retain(|name| !is_ours(name));
    others.sort_unstable();
    for name in others {
        let path = Path::new(inner).join(name);
        report.add(Severity::Note, &path, 0, "not a part of the ledger");
    }
}
