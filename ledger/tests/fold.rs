//! What follows from events: laws that hold for any list of them, and stories as Helm tells them.

use std::collections::BTreeMap;
use std::rc::Rc;

use ledger::{
    AsOf, Description, Digest, Event, EventId, Facts, Imported, ImportedFacts, Ledger, LedgerId,
    LifeNumber, MemoryStore, Origin, Outcome, Recipes, Recorded, Records, ReleaseRef, Revision,
    Sequence, State, Status, Verb, ready,
};
use proptest::prelude::*;

use crate::each_kind::each_kind;
use crate::samples::{Scribe, record};

fn scribe() -> Scribe<MemoryStore> {
    Scribe::new(ready(Ledger::open(MemoryStore::new(0))).unwrap())
}

/// The states of the revisions of a life, by number.
fn statuses(state: &State, name: &str, life: u32) -> BTreeMap<u32, Status> {
    let release = state.releases().find(|it| it.key.name.as_str() == name).unwrap();
    let life = &release.lives[&LifeNumber(life)];
    life.revisions.values().map(|it| (it.number.0, it.status)).collect()
}

#[test]
fn a_later_revision_supersedes_and_a_failed_one_does_not() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "api", 1, 1);
    scribe.operate(Verb::Upgrade, "api", 1, 2);
    let failed = scribe.start(Verb::Upgrade, "api", 1, 3);
    scribe.claim(failed, "api", 3);
    assert_eq!(statuses(scribe.ledger.state(), "api", 1)[&3], Status::PendingUpgrade);
    let text = Description::Text(scribe.private("Upgrade \"api\" failed: timed out"));
    scribe.finish(failed, Outcome::Failed, text);
    let states = statuses(scribe.ledger.state(), "api", 1);
    // As `helm history` shows it: the last good one stays deployed.
    assert_eq!(states[&1], Status::Superseded);
    assert_eq!(states[&2], Status::Deployed);
    assert_eq!(states[&3], Status::Failed);
    let release = scribe.ledger.state().releases().next().unwrap();
    assert_eq!(release.latest_life().unwrap().deployed().unwrap().number, Revision(2));
    assert!(release.in_flight().is_none());
}

#[test]
fn an_install_after_an_uninstall_starts_at_one_in_the_next_life() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "db", 1, 1);
    let second = scribe.operate(Verb::Upgrade, "db", 1, 2);
    scribe.operate(Verb::Uninstall, "db", 1, 2);
    let key = scribe.key("db");
    let release = scribe.ledger.state().release(&key).unwrap();
    assert!(release.is_deleted());
    assert_eq!(release.next_life(), LifeNumber(2));
    scribe.operate(Verb::Install, "db", 2, 1);
    let release = scribe.ledger.state().release(&key).unwrap();
    assert!(!release.is_deleted());
    assert_eq!(release.latest_life().unwrap().latest().unwrap().number, Revision(1));
    // What ever was can still be reached.
    assert_eq!(release.revision_of(second).unwrap().number, Revision(2));
}

#[test]
fn a_rollback_wakes_the_latest_life_and_takes_the_next_number() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "db", 1, 1);
    scribe.operate(Verb::Uninstall, "db", 1, 1);
    scribe.operate(Verb::Rollback, "db", 1, 2);
    let key = scribe.key("db");
    let release = scribe.ledger.state().release(&key).unwrap();
    assert!(!release.is_deleted());
    let latest = release.latest_life().unwrap().latest().unwrap();
    assert_eq!((latest.number, latest.status), (Revision(2), Status::Deployed));
    assert_eq!(latest.description.fixed().unwrap(), "Rollback to 1");
}

#[test]
fn a_lost_claim_leaves_the_number_to_the_other() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "api", 1, 1);
    let lost = scribe.start(Verb::Upgrade, "api", 1, 2);
    let holder = Some(scribe.private("somebody"));
    let text = Description::Text(scribe.private("claimed by somebody else"));
    scribe.finish(lost, Outcome::Lost { holder }, text);
    let states = statuses(scribe.ledger.state(), "api", 1);
    assert_eq!(states, BTreeMap::from([(1, Status::Deployed)]));
}

#[test]
fn an_install_that_never_claimed_anything_does_not_hide_the_life_before() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "db", 1, 1);
    scribe.operate(Verb::Uninstall, "db", 1, 1);
    let refused = scribe.start(Verb::Install, "db", 2, 1);
    let text = Description::Text(scribe.private("forbidden"));
    scribe.finish(refused, Outcome::Failed, text);
    let release = scribe.ledger.state().releases().next().unwrap();
    assert_eq!(release.latest_life().unwrap().number, LifeNumber(1));
    assert_eq!(release.next_life(), LifeNumber(2));
}

#[test]
fn what_others_made_supersedes_what_was_made_here() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "api", 1, 1);
    let cluster = scribe.cluster();
    let raw = scribe.private("a record of real Helm");
    let release = ReleaseRef {
        cluster,
        namespace: "web".parse().unwrap(),
        name: "api".parse().unwrap(),
        life: LifeNumber(1),
    };
    let decoded = ImportedFacts {
        status: Status::Deployed,
        chart: None,
        description: Description::UpgradeComplete,
        first_deployed_ns: 1,
        last_deployed_ns: 2,
        deleted_ns: None,
        recipes: Recipes::default(),
    };
    let imported = Imported {
        release,
        revision: Revision(2),
        record: record("api", 2, "9"),
        raw,
        decoded: Some(decoded),
        facts: Facts::NONE,
    };
    scribe.append(Event::Imported(Box::new(imported.clone())));
    scribe.append(Event::Imported(Box::new(imported)));
    let states = statuses(scribe.ledger.state(), "api", 1);
    assert_eq!(states, BTreeMap::from([(1, Status::Superseded), (2, Status::Deployed)]));
    let release = scribe.ledger.state().releases().next().unwrap();
    let latest = release.latest_life().unwrap().latest().unwrap();
    assert!(matches!(latest.origin, Origin::Imported { .. }));
}

#[test]
fn a_failed_uninstall_stays_as_helm_leaves_it() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "api", 1, 1);
    let failed = scribe.start(Verb::Uninstall, "api", 1, 1);
    let text = Description::Text(scribe.private("hook failed"));
    scribe.finish(failed, Outcome::Failed, text);
    assert_eq!(statuses(scribe.ledger.state(), "api", 1)[&1], Status::Uninstalling);
    let kept = scribe.start(Verb::Uninstall, "api", 1, 1);
    let records = Records::Kept;
    scribe.finish(kept, Outcome::Uninstalled { records }, Description::UninstallComplete);
    assert_eq!(statuses(scribe.ledger.state(), "api", 1)[&1], Status::Uninstalled);
    let key = scribe.key("api");
    assert!(!scribe.ledger.state().release(&key).unwrap().is_deleted());
}

#[test]
fn a_clock_that_jumped_back_is_shown_and_as_of_follows_the_newest() {
    let mut scribe = scribe();
    scribe.operate(Verb::Install, "api", 1, 1);
    let before = scribe.at_ns;
    scribe.at_ns -= 60_000_000_000;
    scribe.operate(Verb::Upgrade, "api", 1, 2);
    let state = scribe.ledger.state();
    assert_eq!(state.clock_jumps().len(), 6);
    assert_eq!(state.clock_jumps()[0].behind_ns, 59_000_000_000);
    // The upgrade's clock is behind, and it did come later.
    let then = State::as_of(scribe.ledger.events(), AsOf::Time(before));
    assert_eq!(&then, state);
    let then = State::as_of(scribe.ledger.events(), AsOf::Time(before - 1));
    assert_eq!(statuses(&then, "api", 1), BTreeMap::from([(1, Status::PendingInstall)]));
}

/// Any events of any kinds, naming each other at random, in any order.
fn any_events() -> impl Strategy<Value = Vec<Rc<Recorded>>> {
    let kinds = each_kind().len();
    let one = (0..kinds, 0..12_u64, 1..4_u32, 1..4_u32, any::<u8>(), -5..5_i64);
    proptest::collection::vec(one, 0..60).prop_map(|drawn| {
        let kinds = each_kind();
        let events = drawn.into_iter().zip(1..);
        let events = events.map(|((kind, names, life, revision, pick, at_ns), sequence)| {
            let mut event = kinds[kind].1.clone();
            vary(&mut event, names, (life, revision), pick);
            Rc::new(Recorded { id: id(sequence), epoch: 1, at_ns, event })
        });
        events.collect()
    })
}

fn id(sequence: u64) -> EventId {
    let hash = Digest::of(&sequence.to_le_bytes());
    EventId { ledger: LedgerId(Digest([0x11; 32])), sequence: Sequence(sequence), hash }
}

/// Makes an event speak of something else.
fn vary(event: &mut Event, names: u64, (life, revision): (u32, u32), pick: u8) {
    let letters = ["api", "db", "web"];
    let letter = letters[usize::from(pick) % 3].parse().unwrap();
    match event {
        Event::Started(it) => {
            let it = Rc::make_mut(it);
            it.verb = Verb::ALL[usize::from(pick / 3) % 4];
            it.release.name = letter;
            it.release.life = LifeNumber(life);
            it.release.cluster = ledger::ClusterId(id(names));
            it.revision = Revision(revision);
        }
        Event::Imported(it) => {
            it.release.name = letter;
            it.release.life = LifeNumber(life);
            it.release.cluster = ledger::ClusterId(id(names));
            it.revision = Revision(revision);
            if let Some(decoded) = &mut it.decoded {
                decoded.status = Status::ALL[usize::from(pick) % Status::ALL.len()];
            }
        }
        Event::ClusterIdentified(it) => {
            let uid = |bits: u8| (bits != 0).then(|| ledger::Uid(bits.to_string()));
            it.evidence.kube_system = uid(pick & 3);
            let namespace = "web".parse().unwrap();
            it.evidence.namespaces =
                uid(pick >> 2 & 3).map(|it| (namespace, it)).into_iter().collect();
            it.evidence.server = (pick >> 4 & 3 != 0).then_some(Digest([pick >> 4 & 3; 32]));
            it.evidence.ca = None;
        }
        Event::RevisionClaimed(it) => {
            it.operation = id(names);
            it.revision = Revision(revision);
        }
        Event::ObjectsApplied(it) => it.operation = id(names),
        Event::HookStarted(it) => it.operation = id(names),
        Event::HookFinished(it) => it.operation = id(names),
        Event::Finished(it) => it.operation = id(names),
        Event::Resumed(it) => it.operation = id(names),
        Event::Abandoned(it) => it.operation = id(names),
        Event::LedgerCreated(_)
        | Event::EpochOpened(_)
        | Event::TailAbandoned(_)
        | Event::Opaque(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_in_two_parts_is_folding_at_once(events in any_events(), cut in 0..60_usize) {
        let cut = cut.min(events.len());
        let mut state = State::fold(&events[..cut]);
        for event in &events[cut..] {
            state.apply(event);
        }
        prop_assert_eq!(&state, &State::fold(&events));
        let sequence = Sequence(cut as u64);
        let prefix = State::as_of(&events, AsOf::Sequence(sequence));
        prop_assert_eq!(prefix, State::fold(&events[..cut]));
    }

    #[test]
    fn at_most_one_revision_of_a_life_that_was_made_here_is_deployed(events in any_events()) {
        let state = State::fold(&events);
        for life in state.releases().flat_map(|it| it.lives.values()) {
            let deployed = life.revisions.values().filter(|it| it.status == Status::Deployed);
            let own = deployed.filter(|it| it.raw.is_none());
            prop_assert!(own.count() <= 1);
        }
    }

    #[test]
    fn every_event_of_a_release_is_in_its_list_once_and_in_order(events in any_events()) {
        let mut state = State::fold(&events);
        state.interrupt(|_| false);
        let mut seen = 0;
        for release in state.releases() {
            prop_assert!(release.events.is_sorted_by(|a, b| a.id.sequence < b.id.sequence));
            prop_assert_eq!(state.cluster(release.key.cluster), release.key.cluster);
            seen += release.events.len();
        }
        prop_assert!(seen <= events.len());
    }

    #[test]
    fn what_is_encoded_decodes(events in any_events()) {
        for event in events {
            let (schema, body) = event.event.encode().unwrap();
            let header = ledger::Header {
                kind: event.event.kind(),
                schema,
                epoch: event.epoch,
                sequence: event.id.sequence,
                at_ns: event.at_ns,
                previous: Digest::ZERO,
            };
            let frame = ledger::Frame::build(header, &body).unwrap();
            let again = Recorded::read(&frame, event.id.ledger);
            prop_assert_eq!(&again.event, &event.event);
        }
    }

    #[test]
    fn hostile_bodies_decode_to_nothing_worse_than_opaque(
        kind in 0..20_u16,
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let header = ledger::Header {
            kind,
            schema: 1,
            epoch: 1,
            sequence: Sequence(1),
            at_ns: 0,
            previous: Digest::ZERO,
        };
        let frame = ledger::Frame::build(header, &body).unwrap();
        let read = Recorded::read(&frame, LedgerId(Digest::ZERO));
        prop_assert_eq!(read.event.encode().unwrap().1, body);
    }
}
