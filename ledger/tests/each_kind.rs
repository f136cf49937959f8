//! One event of each kind with everything in it: what the golden fixtures hold, for ever.

use std::collections::BTreeMap;
use std::rc::Rc;

use ledger::{
    Abandoned, ApplyMethod, Chart, ClusterId, ClusterIdentified, Description, Digest, EpochOpened,
    EpochReason, Event, EventId, Evidence, Facts, Finished, HookFinished, HookOutcome, HookPoint,
    HookStarted, Imported, ImportedFacts, LedgerCreated, LedgerId, LifeNumber, ObjectId,
    ObjectsApplied, OperationId, Outcome, Provenance, Recipes, RecordRef, Records, ReleaseRef,
    Resumed, Revision, RevisionClaimed, Sequence, Server, Started, Status, TailAbandoned, Verb,
};

use crate::samples::{object, record, uid};

fn digest(byte: u8) -> Digest {
    Digest([byte; 32])
}

#[allow(clippy::unnecessary_wraps, reason = "every place for an object is optional")]
fn named(byte: u8) -> Option<ObjectId> {
    Some(ObjectId(digest(byte)))
}

pub(crate) fn ledger_id() -> LedgerId {
    LedgerId(digest(0x11))
}

fn event(sequence: u64) -> EventId {
    EventId { ledger: ledger_id(), sequence: Sequence(sequence), hash: digest(0x22) }
}

fn facts() -> Facts {
    Facts(BTreeMap::from([(1, vec![0xab]), (0x0203, b"later".to_vec())]))
}

fn release() -> ReleaseRef {
    ReleaseRef {
        cluster: ClusterId(event(2)),
        namespace: "web".parse().unwrap(),
        name: "api.v2".parse().unwrap(),
        life: LifeNumber(3),
    }
}

fn chart() -> Chart {
    Chart {
        name: "nginx".to_owned(),
        version: "18.2.1+build".to_owned(),
        app_version: "1.27".to_owned(),
        digest: Some(digest(0x31)),
        source: named(0x32),
        files: named(0x33),
    }
}

fn recipes() -> Recipes {
    Recipes {
        values: named(0x41),
        coalesced: named(0x42),
        manifest: named(0x43),
        hooks: named(0x44),
        notes: named(0x45),
        plan: named(0x46),
        tape: named(0x47),
    }
}

fn provenance() -> Provenance {
    Provenance {
        actor: ObjectId(digest(0x51)),
        command: named(0x52),
        reason: named(0x53),
        ticket: None,
    }
}

fn claimed() -> RecordRef {
    record("api", 7, "4711")
}

/// Every kind with its fixture's name, in the order of their numbers.
pub(crate) fn each_kind() -> Vec<(&'static str, Event)> {
    let mut all = of_the_ledger();
    all.extend(of_an_operation());
    all
}

fn of_the_ledger() -> Vec<(&'static str, Event)> {
    let evidence = Evidence {
        kube_system: Some(uid("kube-system")),
        namespaces: vec![("web".parse().unwrap(), uid("web"))],
        ca: Some(digest(0x61)),
        server: Some(digest(0x62)),
    };
    let decoded = ImportedFacts {
        status: Status::Superseded,
        chart: Some(chart()),
        description: Description::Text(ObjectId(digest(0x63))),
        first_deployed_ns: 1_700_000_000_000_000_001,
        last_deployed_ns: 1_700_000_000_000_000_002,
        deleted_ns: Some(-1),
        recipes: recipes(),
    };
    let imported = Imported {
        release: release(),
        revision: Revision(6),
        record: claimed(),
        raw: ObjectId(digest(0x64)),
        decoded: Some(decoded),
        facts: facts(),
    };
    let undecoded = Imported { decoded: None, facts: Facts::NONE, ..imported.clone() };
    let created = LedgerCreated { public_key: [0x65; 32], salt: [0x66; 16], facts: facts() };
    let opened = EpochOpened { reason: EpochReason::Moved, instance: digest(0x67), facts: facts() };
    let identified = ClusterIdentified { evidence, details: named(0x68), facts: facts() };
    let abandoned = TailAbandoned {
        segment: 4,
        counts: 8192,
        last: event(40),
        acknowledged: 42,
        facts: facts(),
    };
    vec![
        ("01-ledger-created-v1", Event::LedgerCreated(created)),
        ("02-epoch-opened-v1", Event::EpochOpened(opened)),
        ("03-cluster-identified-v1", Event::ClusterIdentified(identified)),
        ("03-cluster-identified-v1-empty", Event::ClusterIdentified(ClusterIdentified::default())),
        ("12-imported-v1", Event::Imported(Box::new(imported))),
        ("12-imported-v1-undecoded", Event::Imported(Box::new(undecoded))),
        ("13-tail-abandoned-v1", Event::TailAbandoned(abandoned)),
    ]
}

fn started() -> Started {
    Started {
        operation: OperationId([0x71; 16]),
        verb: Verb::Rollback,
        release: release(),
        revision: Revision(7),
        chart: Some(chart()),
        recipes: recipes(),
        provenance: provenance(),
        rolls_back_to: Some(event(30)),
        rollback_revision: Some(Revision(2)),
        server: Server { version: "v1.34.2".to_owned(), capabilities: named(0x72) },
        apply: ApplyMethod::ServerSide,
        facts: facts(),
    }
}

fn finished(outcome: Outcome, description: Description) -> Event {
    Event::Finished(Finished {
        operation: event(44),
        outcome,
        description,
        evidence: named(0x73),
        record: Some(claimed()),
        duration_ns: 1_234_567_890,
        facts: facts(),
    })
}

fn of_an_operation() -> Vec<(&'static str, Event)> {
    let operation = event(44);
    let uninstall = Started {
        verb: Verb::Uninstall,
        chart: None,
        recipes: Recipes::default(),
        rolls_back_to: None,
        rollback_revision: None,
        server: Server::default(),
        facts: Facts::NONE,
        ..started()
    };
    let claim =
        RevisionClaimed { operation, revision: Revision(7), record: claimed(), facts: facts() };
    let applied = ObjectsApplied {
        operation,
        barrier: 2,
        count: 88,
        results: ObjectId(digest(0x74)),
        facts: facts(),
    };
    let hook = HookStarted {
        operation,
        step: 9,
        point: HookPoint::PreRollback,
        object: object("Job"),
        uid: Some(uid("job")),
        facts: facts(),
    };
    let ended = HookFinished {
        operation,
        step: 9,
        outcome: HookOutcome::Failed,
        evidence: named(0x75),
        facts: facts(),
    };
    let resumed = Resumed { operation, provenance: provenance(), facts: facts() };
    let abandoned =
        Abandoned { operation, provenance: provenance(), record: Some(claimed()), facts: facts() };
    let back = Description::RollbackTo(Revision(2));
    let records = Records::Kept;
    let lost = Outcome::Lost { holder: named(0x76) };
    vec![
        ("04-started-v1", Event::Started(Rc::new(started()))),
        ("04-started-v1-uninstall", Event::Started(Rc::new(uninstall))),
        ("05-revision-claimed-v1", Event::RevisionClaimed(claim)),
        ("06-objects-applied-v1", Event::ObjectsApplied(applied)),
        ("07-hook-started-v1", Event::HookStarted(hook)),
        ("08-hook-finished-v1", Event::HookFinished(ended)),
        ("09-finished-v1-deployed", finished(Outcome::Deployed, back)),
        (
            "09-finished-v1-failed",
            finished(Outcome::Failed, Description::Text(ObjectId(digest(0x77)))),
        ),
        ("09-finished-v1-lost", finished(lost, Description::Abandoned)),
        (
            "09-finished-v1-uninstalled",
            finished(Outcome::Uninstalled { records }, Description::UninstallComplete),
        ),
        ("10-resumed-v1", Event::Resumed(resumed)),
        ("11-abandoned-v1", Event::Abandoned(abandoned)),
    ]
}
