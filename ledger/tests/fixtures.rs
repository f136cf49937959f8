//! Golden fixtures: one frame and its JSON for each kind and schema. A fixture that exists is never
//! written again; the decoder in `tests/ledger` reads them too, without our code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ledger::{Digest, Frame, Header, Recorded, Sequence};
use serde_json::Value;

use crate::each_kind::{each_kind, ledger_id};

/// With this variable set, fixtures that are not there yet are written.
const WRITE: &str = "RUTTER_WRITE_FIXTURES";

#[test]
fn every_kind_is_written_and_read_as_it_always_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut kinds = BTreeSet::new();
    for (index, (name, event)) in each_kind().into_iter().enumerate() {
        kinds.insert(event.kind());
        let (schema, body) = event.encode().unwrap();
        let header = Header {
            kind: event.kind(),
            schema,
            epoch: 1 + u32::from(event.kind() > 2),
            sequence: Sequence(1 + index as u64),
            at_ns: 1_700_000_000_123_456_789,
            previous: Digest([0x99; 32]),
        };
        let frame = Frame::build(header, &body).unwrap();
        let json = serde_json::to_value(Recorded::read(&frame, ledger_id())).unwrap();
        let [binary, text] = ["bin", "json"].map(|it| folder.join(format!("{name}.{it}")));
        if std::env::var_os(WRITE).is_some() && !binary.exists() {
            fs::write(&binary, frame.bytes()).unwrap();
            let pretty = serde_json::to_string_pretty(&json).unwrap() + "\n";
            fs::write(&text, pretty).unwrap();
        }
        let stored = fs::read(&binary).unwrap();
        assert_eq!(frame.bytes(), stored, "{name} is written as it always was");
        let read = Recorded::read(&Frame::read(&stored).unwrap(), ledger_id());
        assert_eq!(read.event, event, "{name} is read as it always was");
        let expected: Value = serde_json::from_slice(&fs::read(&text).unwrap()).unwrap();
        assert_eq!(json, expected, "{name} is shown as it always was");
    }
    assert_eq!(kinds, (1..=13).collect());
}

#[test]
fn no_fixture_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let known: BTreeSet<&str> = each_kind().iter().map(|(name, _)| *name).collect();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(known.contains(name), "{name} belongs to no kind");
    }
}
