//! Writes a ledger of ten operations into a folder and prints what readers see of it: the other
//! side of `tests/ledger/compare`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a tool of the tests"
)]

use std::collections::BTreeSet;
use std::path::Path;

use ledger::{Class, Digest, Ledger, Limits, LocalStore, Opening, Recipe, ready};

#[path = "../tests/samples.rs"]
#[allow(dead_code, reason = "shared with the suite, which needs more")]
mod samples;

fn main() {
    let home = std::env::args().nth(1).expect("the folder to write into");
    let home = Path::new(&home);
    // Small files, so that there are several of each.
    let limits = Limits { segment: 8 << 10, pack: 6 << 10, room: 2 << 10 };
    let opening = Opening { limits, ..samples::opening() };
    let store = LocalStore::writer(home, opening).unwrap();
    samples::Scribe::new(ready(Ledger::open(store)).unwrap()).ten_operations();
    print_answers(&samples::to_read(home));
}

/// Prints events as JSON, then each object that they name, once.
fn print_answers(ledger: &Ledger<LocalStore>) {
    let mut printed = BTreeSet::new();
    for event in ledger.events() {
        println!("{}", serde_json::to_string(&**event).unwrap());
    }
    for event in ledger.events() {
        let lists = event.event.recipes();
        let documents = lists
            .iter()
            .flat_map(|id| Recipe::decode(&ready(ledger.get(*id)).unwrap()).unwrap().documents);
        for id in event.event.objects().into_iter().chain(documents) {
            let object = ready(ledger.object(id)).unwrap();
            let class = if object.class() == Class::Plain { "plain" } else { "private" };
            let (length, digest) = (object.content().len(), Digest::of(object.content()));
            if printed.insert(id) {
                println!("{id} {class} {length} {digest}");
            }
        }
    }
}
