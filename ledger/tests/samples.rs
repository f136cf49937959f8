//! Events to test with: what ten operations on a few releases would write.

use std::path::Path;
use std::rc::Rc;

use ledger::{
    Action, ApplyMethod, Chart, Class, ClusterId, ClusterIdentified, Description, Digest, Event,
    EventId, Evidence, Expected, Facts, Filesystems, Finished, HookFinished, HookOutcome,
    HookPoint, HookStarted, Ledger, LifeNumber, Limits, LocalStore, ObjectRef, ObjectsApplied,
    Opening, OperationId, Outcome, Provenance, Recipe, Recipes, RecordRef, Records, ReleaseKey,
    ReleaseRef, Revision, RevisionClaimed, Server, Started, StepResult, Store, Uid, Verb,
    encode_results, ready,
};

/// What a writer hands in.
pub(crate) fn opening() -> Opening {
    Opening {
        at_ns: 1_700_000_000_000_000_000,
        machine: "test".to_owned(),
        filesystems: Filesystems::Any,
        limits: Limits::default(),
    }
}

/// A ledger on disk, opened for writing.
pub(crate) fn on_disk(home: &Path) -> Ledger<LocalStore> {
    ready(Ledger::open(LocalStore::writer(home, opening()).unwrap())).unwrap()
}

/// The same, for reading.
pub(crate) fn to_read(home: &Path) -> Ledger<LocalStore> {
    ready(Ledger::open(LocalStore::reader(home))).unwrap()
}

/// Someone who writes operations into a ledger, one second apart.
pub(crate) struct Scribe<S> {
    pub(crate) ledger: Ledger<S>,
    pub(crate) at_ns: i64,
    pub(crate) operations: u8,
}

impl<S: Store> Scribe<S> {
    pub(crate) fn new(ledger: Ledger<S>) -> Self {
        Self { ledger, at_ns: 1_700_000_001_000_000_000, operations: 0 }
    }

    /// Appends whatever came before.
    pub(crate) fn append(&mut self, event: Event) -> EventId {
        self.at_ns += 1_000_000_000;
        ready(self.ledger.append(event, self.at_ns, Expected::Any)).unwrap().id
    }

    pub(crate) fn private(&mut self, text: &str) -> ledger::ObjectId {
        ready(self.ledger.put(Class::Private, text.as_bytes().to_vec())).unwrap()
    }

    pub(crate) fn plain(&mut self, text: &str) -> ledger::ObjectId {
        ready(self.ledger.put(Class::Plain, text.as_bytes().to_vec())).unwrap()
    }

    /// Says which cluster is spoken to.
    pub(crate) fn cluster(&mut self) -> ClusterId {
        let id = ready(self.ledger.create()).unwrap();
        let evidence = Evidence {
            kube_system: Some(uid("kube-system")),
            namespaces: vec![("web".parse().unwrap(), uid("web"))],
            ca: Some(Digest::of(b"certificate")),
            server: Some(Digest::of_server(id, "https://10.0.0.1:6443")),
        };
        if let Some(known) = self.ledger.state().cluster_known(&evidence) {
            return known;
        }
        let details = Some(self.private("{\"server\":\"https://10.0.0.1:6443\"}"));
        let event = ClusterIdentified { evidence, details, facts: Facts::NONE };
        ClusterId(self.append(Event::ClusterIdentified(event)))
    }

    /// Begins an operation.
    pub(crate) fn start(&mut self, verb: Verb, name: &str, life: u32, revision: u32) -> EventId {
        let cluster = self.cluster();
        self.operations = self.operations.wrapping_add(1);
        let provenance = self.provenance();
        let deployment = self.plain(&format!("kind: Deployment\n# {revision}\n"));
        let secret = self.private("kind: Secret\n");
        let recipe = Recipe { documents: vec![deployment, secret] }.encode();
        let manifest = ready(self.ledger.put(Class::Plain, recipe)).unwrap();
        let is_uninstall = verb == Verb::Uninstall;
        let recipes = Recipes {
            values: Some(self.private("replicas: 2\n")),
            coalesced: Some(self.private("image: nginx\nreplicas: 2\n")),
            manifest: Some(manifest),
            notes: Some(self.private("Thank you.\n")),
            plan: Some(self.plain(&"{\"step\":\"create\",\"kind\":\"Deployment\"}\n".repeat(9))),
            ..Recipes::default()
        };
        let chart = Chart {
            name: "nginx".to_owned(),
            version: format!("1.{revision}.0"),
            app_version: "1.16.0".to_owned(),
            digest: Some(Digest::of(b"chart")),
            source: None,
            files: Some(self.plain("chart files")),
        };
        let started = Started {
            operation: OperationId([self.operations; 16]),
            verb,
            release: ReleaseRef {
                cluster,
                namespace: "web".parse().unwrap(),
                name: name.parse().unwrap(),
                life: LifeNumber(life),
            },
            revision: Revision(revision),
            chart: (!is_uninstall).then_some(chart),
            recipes: if is_uninstall { Recipes::default() } else { recipes },
            provenance,
            rolls_back_to: None,
            rollback_revision: (verb == Verb::Rollback).then_some(Revision(1)),
            server: Server { version: "v1.34.2".to_owned(), capabilities: None },
            apply: ApplyMethod::ServerSide,
            facts: Facts::NONE,
        };
        self.append(Event::Started(Rc::new(started)))
    }

    pub(crate) fn provenance(&mut self) -> Provenance {
        Provenance {
            actor: self.private("{\"user\":\"ada\",\"host\":\"box\"}"),
            command: Some(self.private("[\"rutter\",\"install\"]")),
            reason: None,
            ticket: None,
        }
    }

    pub(crate) fn claim(&mut self, operation: EventId, name: &str, revision: u32) -> EventId {
        self.append(Event::RevisionClaimed(RevisionClaimed {
            operation,
            revision: Revision(revision),
            record: record(name, revision, "1"),
            facts: Facts::NONE,
        }))
    }

    pub(crate) fn finish(
        &mut self,
        operation: EventId,
        outcome: Outcome,
        description: Description,
    ) -> EventId {
        self.append(Event::Finished(Finished {
            operation,
            outcome,
            description,
            evidence: None,
            record: None,
            duration_ns: 1_500_000_000,
            facts: Facts::NONE,
        }))
    }

    /// A whole operation with objects and a hook, as it would be written.
    pub(crate) fn operate(&mut self, verb: Verb, name: &str, life: u32, revision: u32) -> EventId {
        let operation = self.start(verb, name, life, revision);
        if verb != Verb::Uninstall {
            self.claim(operation, name, revision);
        }
        let results = vec![result(0, "Deployment"), result(1, "Secret")];
        let results = ready(self.ledger.put(Class::Plain, encode_results(&results))).unwrap();
        self.append(Event::ObjectsApplied(ObjectsApplied {
            operation,
            barrier: 0,
            count: 2,
            results,
            facts: Facts::NONE,
        }));
        self.append(Event::HookStarted(HookStarted {
            operation,
            step: 2,
            point: HookPoint::PostInstall,
            object: object("Job"),
            uid: Some(uid("job")),
            facts: Facts::NONE,
        }));
        self.append(Event::HookFinished(HookFinished {
            operation,
            step: 2,
            outcome: HookOutcome::Succeeded,
            evidence: None,
            facts: Facts::NONE,
        }));
        let (outcome, description) = match verb {
            Verb::Install => (Outcome::Deployed, Description::InstallComplete),
            Verb::Upgrade => (Outcome::Deployed, Description::UpgradeComplete),
            Verb::Rollback => (Outcome::Deployed, Description::RollbackTo(Revision(1))),
            Verb::Uninstall => {
                let records = Records::Deleted;
                (Outcome::Uninstalled { records }, Description::UninstallComplete)
            }
        };
        self.finish(operation, outcome, description);
        operation
    }

    /// Ten operations on two releases.
    pub(crate) fn ten_operations(&mut self) {
        self.operate(Verb::Install, "api", 1, 1);
        self.operate(Verb::Upgrade, "api", 1, 2);
        self.operate(Verb::Rollback, "api", 1, 3);
        self.operate(Verb::Install, "db", 1, 1);
        self.operate(Verb::Upgrade, "db", 1, 2);
        self.operate(Verb::Uninstall, "db", 1, 2);
        self.operate(Verb::Install, "db", 2, 1);
        self.operate(Verb::Upgrade, "api", 1, 4);
        self.operate(Verb::Upgrade, "api", 1, 5);
        self.operate(Verb::Rollback, "api", 1, 6);
    }

    pub(crate) fn key(&mut self, name: &str) -> ReleaseKey {
        let cluster = self.cluster();
        ReleaseKey { cluster, namespace: "web".parse().unwrap(), name: name.parse().unwrap() }
    }
}

pub(crate) fn uid(text: &str) -> Uid {
    Uid(format!("uid-of-{text}"))
}

pub(crate) fn object(kind: &str) -> ObjectRef {
    ObjectRef {
        api_version: "v1".to_owned(),
        kind: kind.to_owned(),
        namespace: Some("web".to_owned()),
        name: "nginx".to_owned(),
    }
}

pub(crate) fn record(name: &str, revision: u32, version: &str) -> RecordRef {
    RecordRef {
        name: format!("sh.helm.release.v1.{name}.v{revision}"),
        uid: uid(name),
        resource_version: version.to_owned(),
    }
}

pub(crate) fn result(step: u32, kind: &str) -> StepResult {
    StepResult {
        step,
        object: object(kind),
        uid: Some(uid(kind)),
        resource_version: Some("7".to_owned()),
        action: Action::Created,
        message: None,
    }
}
