//! Every way of damaging a ledger of ten operations is named by `verify`, or changes no answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ledger::{Error, Ledger, Limits, LocalStore, Opening, Recipe, Recorded, log, ready, verify};

use crate::samples::{Scribe, opening};

/// What readers see: every event, and the content of every object.
type Answers = (Vec<Rc<Recorded>>, Vec<Vec<u8>>);

fn answers(home: &Path) -> Result<Answers, Error> {
    let ledger = ready(Ledger::open(LocalStore::reader(home)))?;
    let mut contents = Vec::new();
    for event in ledger.events() {
        for id in event.event.objects() {
            contents.push(ready(ledger.get(id))?);
        }
        for list in event.event.recipes() {
            let documents = Recipe::decode(&ready(ledger.get(list))?).unwrap().documents;
            for id in documents {
                contents.push(ready(ledger.get(id))?);
            }
        }
    }
    Ok((ledger.events().to_vec(), contents))
}

/// A ledger of ten operations, in several segments and packs, with the answers it gives.
struct Subject {
    home: tempfile::TempDir,
    answer: Answers,
    files: BTreeMap<PathBuf, Vec<u8>>,
    detected: u32,
    harmless: u32,
}

impl Subject {
    fn new() -> Self {
        // In memory, where there is some: this is about bytes, not about disks.
        let memory = Path::new("/dev/shm");
        let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let home = home.unwrap();
        let limits = Limits { segment: 8 << 10, pack: 6 << 10, room: 2 << 10 };
        let opening = Opening { limits, ..opening() };
        let store = LocalStore::writer(home.path(), opening).unwrap();
        Scribe::new(ready(Ledger::open(store)).unwrap()).ten_operations();
        let answer = answers(home.path()).unwrap();
        let mut files = BTreeMap::new();
        read_all(&home.path().join("ledger"), &mut files);
        assert_eq!(verify(home.path(), &[]).findings, []);
        assert!(files.len() >= 9, "several segments and packs: {:?}", files.keys());
        Self { home, answer, files, detected: 0, harmless: 0 }
    }

    fn name(&self, path: &Path) -> PathBuf {
        path.strip_prefix(self.home.path().join("ledger")).unwrap().to_owned()
    }

    /// Looks at the ledger with other bytes in one file; none: without the file.
    fn try_with(&mut self, path: &Path, bytes: Option<&[u8]>, what: &str) {
        match bytes {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        self.judge(&[path], what);
        fs::write(path, &self.files[path]).unwrap();
    }

    fn judge(&mut self, paths: &[&Path], what: &str) {
        let report = verify(self.home.path(), &[]);
        let names: Vec<PathBuf> = paths.iter().map(|path| self.name(path)).collect();
        if report.is_clean() {
            let answer = answers(self.home.path());
            let is_same = answer.as_ref().is_ok_and(|it| *it == self.answer);
            assert!(is_same, "{what} of {names:?}: not named, and {:?}", answer.err());
            self.harmless += 1;
            return;
        }
        let is_named = report.findings.iter().any(|it| names.contains(&it.path));
        assert!(is_named, "{what} of {names:?}: named elsewhere: {report:?}");
        // A reader may refuse; what it must not do is panic, hang or make something up.
        let answer = answers(self.home.path());
        let is_made_up = answer.is_ok_and(|it| it != self.answer);
        assert!(!is_made_up, "{what} of {names:?}: readers say something else");
        self.detected += 1;
    }

    fn paths(&self) -> Vec<PathBuf> {
        self.files.keys().cloned().collect()
    }

    fn print(&self, what: &str) {
        println!("{what}: {} named, {} without effect", self.detected, self.harmless);
    }
}

fn read_all(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn each_flipped_byte_is_named_or_without_effect() {
    let mut subject = Subject::new();
    for path in subject.paths() {
        let whole = subject.files[&path].clone();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            subject.try_with(&path, Some(&bytes), &format!("flip of byte {at}"));
        }
    }
    subject.print("flipped bytes");
    // All but the room that was kept in segments holds something.
    assert!(subject.detected > 20_000);
}

#[test]
fn each_cut_is_named_or_without_effect() {
    let mut subject = Subject::new();
    for path in subject.paths() {
        let whole = subject.files[&path].clone();
        for length in 0..whole.len() {
            subject.try_with(&path, Some(&whole[..length]), &format!("cut to {length} bytes"));
        }
        subject.try_with(&path, None, "removal");
    }
    subject.print("cuts and removals");
    assert!(subject.detected > 20_000);
}

#[test]
fn removed_swapped_and_repeated_frames_are_named() {
    let mut subject = Subject::new();
    let mut places: BTreeMap<PathBuf, Vec<(usize, usize)>> = BTreeMap::new();
    for entry in log(subject.home.path()).entries {
        let path = subject.home.path().join("ledger").join(&entry.path);
        let start = usize::try_from(entry.offset).unwrap();
        places.entry(path).or_default().push((start, start + entry.frame.bytes().len()));
    }
    let mut expected = 0;
    for (path, frames) in &places {
        let whole = subject.files[path].clone();
        let end = frames.last().unwrap().1;
        for (index, (start, stop)) in frames.iter().copied().enumerate() {
            let frame = &whole[start..stop];
            let removed = [&whole[..start], &whole[stop..]].concat();
            subject.try_with(path, Some(&removed), "removal of a frame");
            let repeated = [&whole[..stop], frame, &whole[stop..]].concat();
            subject.try_with(path, Some(&repeated), "a frame twice");
            let again = [&whole[..end], frame, &whole[end..]].concat();
            subject.try_with(path, Some(&again), "a frame again at the end");
            let mut blank = whole.clone();
            blank[start..stop].fill(0);
            subject.try_with(path, Some(&blank), "a frame of zeros");
            expected += 4;
            for (other, end) in frames.iter().copied().skip(index + 1) {
                let parts = [&whole[..start], &whole[other..end], &whole[stop..other], frame];
                let swapped = [&parts.concat(), &whole[end..]].concat();
                subject.try_with(path, Some(&swapped), "two frames swapped");
                expected += 1;
            }
        }
    }
    subject.print("frames removed, repeated, blanked and swapped");
    assert_eq!((subject.detected, subject.harmless), (expected, 0));
}

#[test]
fn swapped_files_are_named() {
    let mut subject = Subject::new();
    let paths = subject.paths();
    for (index, one) in paths.iter().enumerate() {
        for other in &paths[index + 1..] {
            let [a, b] = [one, other].map(|path| subject.files[path].clone());
            fs::write(one, &b).unwrap();
            fs::write(other, &a).unwrap();
            subject.judge(&[one, other], "a swap");
            fs::write(one, &a).unwrap();
            fs::write(other, &b).unwrap();
        }
    }
    subject.print("swapped files");
    assert_eq!(subject.harmless, 0);
}
