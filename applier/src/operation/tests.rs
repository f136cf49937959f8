//! The verbs on the sandbox's cluster, and what is left of them when they are cut off anywhere.

mod mortal;

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use ledger::{Event, Ledger, MemoryStore, Records, Revision, Status, Verb, ready};
use render::{Chart, Hook, Rendered, Values};
use serde_json::Value;

use self::mortal::{Death, Mortal};
use super::*;
use crate::{
    cluster::{Depth, Freshness, Kind, Query},
    memory::MemoryCluster,
    object, record,
    request::{
        ChartOrigin, Crds, Hooks, Manner, NameReuse, NamespaceCreation, Ownership, Rerun, Target,
        Wait,
    },
};

const HOOK: &str = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: before\nspec: {}\n";

/// A cluster, a ledger and a release to try things on.
struct Bench {
    _folder: tempfile::TempDir,
    cluster: MemoryCluster,
    ledger: Ledger<MemoryStore>,
    target: Target,
    clock: Cell<i64>,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            cluster: MemoryCluster::sandbox(folder.path().to_owned()),
            _folder: folder,
            ledger: ready(Ledger::open(MemoryStore::new(0))).unwrap(),
            target: Target { namespace: "default".parse().unwrap(), name: "web".parse().unwrap() },
            clock: Cell::new(1_700_000_000_000_000_000),
        }
    }

    /// Lets the cluster live up to a write, or for ever.
    async fn run<T>(
        &mut self,
        death: Option<Death>,
        work: impl AsyncFnOnce(&mut World<'_, Mortal<'_>, MemoryStore>, Situation) -> Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        let cluster = Mortal::new(&self.cluster, death);
        let clock = || {
            self.clock.set(self.clock.get() + 1_000_000);
            self.clock.get()
        };
        let target = self.target.clone();
        let mut world =
            World { cluster: &cluster, ledger: &mut self.ledger, clock: &clock, observer: &() };
        let all = async {
            let situation = look(&mut world, &target).await?;
            work(&mut world, situation).await
        };
        tokio::select! {
            done = all => Some(done),
            () = cluster.died() => None,
        }
    }

    async fn install(&mut self, documents: &[&str]) -> Result<Done, Error> {
        let request = self.request(documents);
        self.run(None, async |world, situation| install(world, situation, request).await)
            .await
            .unwrap()
    }

    async fn upgrade(&mut self, documents: &[&str]) -> Result<Done, Error> {
        let request = self.upgrade_request(documents);
        self.run(None, async |world, situation| upgrade(world, situation, request).await)
            .await
            .unwrap()
    }

    async fn rollback(&mut self, back: Back) -> Result<Done, Error> {
        let target = self.target.clone();
        let request = Rollback { target, back, manner: manner(), asker: Asker::default() };
        self.run(None, async |world, situation| rollback(world, situation, request).await)
            .await
            .unwrap()
    }

    async fn uninstall(&mut self) -> Result<Done, Error> {
        let request = Uninstall {
            target: self.target.clone(),
            records: Records::Deleted,
            propagation: Propagation::Background,
            hooks: Hooks::Run,
            waiting: manner().waiting,
            description: None,
            asker: Asker::default(),
        };
        self.run(None, async |world, situation| uninstall(world, situation, request).await)
            .await
            .unwrap()
    }

    async fn resume(&mut self) -> Result<Done, Error> {
        let request = Resume {
            target: self.target.clone(),
            rerun: Rerun::Never,
            manner: manner(),
            asker: Asker::default(),
        };
        self.run(None, async |world, situation| resume(world, situation, request).await)
            .await
            .unwrap()
    }

    fn request(&self, documents: &[&str]) -> Install {
        Install {
            target: self.target.clone(),
            rendered: rendered(documents),
            origin: ChartOrigin::default(),
            labels: BTreeMap::new(),
            namespace: NamespaceCreation::Leave,
            crds: Crds::Create,
            reuse: NameReuse::Refuse,
            manner: manner(),
            asker: Asker::default(),
        }
    }

    fn upgrade_request(&self, documents: &[&str]) -> Upgrade {
        Upgrade {
            target: self.target.clone(),
            rendered: rendered(documents),
            origin: ChartOrigin::default(),
            labels: BTreeMap::new(),
            manner: manner(),
            asker: Asker::default(),
        }
    }

    /// Returns the objects of some kinds by kind and name, with data and UID.
    async fn objects(&self) -> BTreeMap<String, (Value, String)> {
        let discovery = self.cluster.discover(Freshness::Now).await.unwrap();
        let mut all = BTreeMap::new();
        for kind in [("v1", "ConfigMap"), ("v1", "Secret"), ("batch/v1", "Job")] {
            let resource = discovery.find(&Kind::new(kind.0, kind.1)).unwrap();
            let query = Query { depth: Depth::Whole, ..Query::all(resource, Some("default")) };
            let items = self.cluster.list(&query).await.unwrap().items;
            let is_record = |it: &Value| object::label(it, "owner") == Some("helm");
            for item in items.iter().filter(|it| !is_record(it)) {
                // The names that the server made are its own; what matters is how many.
                let made = object::meta(item, "generateName");
                let name = made.unwrap_or_else(|| object::name(item));
                let same = format!("{} {name}", kind.1);
                let count = all.keys().filter(|it: &&String| it.starts_with(&same)).count();
                let uid = object::uid(item).unwrap().to_owned();
                all.insert(format!("{same}{}", "+".repeat(count)), (item["data"].clone(), uid));
            }
        }
        all
    }

    fn events(&self) -> Vec<&'static str> {
        self.ledger.events().iter().map(|it| it.event.name()).collect()
    }

    fn statuses(&self) -> Vec<(u32, Status)> {
        let release = self.ledger.state().releases().next().unwrap();
        let life = release.latest_life().unwrap();
        life.revisions.values().map(|it| (it.number.0, it.status)).collect()
    }
}

fn manner() -> Manner {
    let mut manner = Manner::default();
    manner.waiting.strategy = Wait::Watcher;
    manner.waiting.timeout = Duration::from_secs(5);
    manner
}

fn rendered(documents: &[&str]) -> Rendered {
    let documents =
        documents.iter().map(|text| record::document("web/t.yaml".into(), (*text).to_owned()));
    let hook = Hook {
        document: record::document("web/hook.yaml".into(), HOOK.to_owned()),
        events: vec![render::HookEvent::PreInstall, render::HookEvent::PreUpgrade],
        weight: 0,
        delete_policies: Vec::new(),
        log_policies: Vec::new(),
    };
    Rendered {
        chart: Chart::default(),
        documents: documents.collect(),
        hooks: vec![hook],
        notes: "notes".into(),
        crds: Vec::new(),
        user_values: Values::default(),
        coalesced_values: Values::default(),
        tape: render::tape::Recording::default(),
        warnings: Vec::new(),
    }
}

const A1: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1'}";
const A2: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '2'}";
const B: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {y: '1'}";
const S: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {p: aHVudGVyMg==}";
const KEPT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: k\n  annotations: \
                    {helm.sh/resource-policy: keep}\ndata: {z: '1'}";
const MADE: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: made-}\nspec: {}";

fn data(objects: &BTreeMap<String, (Value, String)>) -> Vec<(&str, &Value)> {
    objects.iter().map(|(name, (data, _))| (name.as_str(), data)).collect()
}

#[tokio::test]
async fn what_is_meant_is_written_down_before_anything_is_done() {
    let mut bench = Bench::new();
    bench.install(&[A1, S]).await.unwrap();
    assert_eq!(
        bench.events(),
        [
            "LedgerCreated",
            "ClusterIdentified",
            "Started",
            "RevisionClaimed",
            "HookStarted",
            "HookStarted",
            "HookFinished",
            "ObjectsApplied",
            "ObjectsApplied",
            "Finished"
        ]
    );
    assert_eq!(bench.statuses(), [(1, Status::Deployed)]);
}

#[tokio::test]
async fn an_upgrade_deletes_what_is_gone_and_a_rollback_brings_it_back() {
    let mut bench = Bench::new();
    bench.install(&[A1, B, KEPT]).await.unwrap();
    let before = bench.objects().await;
    bench.upgrade(&[A2]).await.unwrap();
    let between = bench.objects().await;
    assert!(!between.contains_key("ConfigMap b"));
    assert!(between.contains_key("ConfigMap k"), "its policy is keep");
    assert_eq!(between["ConfigMap a"].1, before["ConfigMap a"].1, "the object is the same");
    let done = bench.rollback(Back::Previous).await.unwrap();
    assert_eq!(done.record.info.description, "Rollback to 1");
    assert_eq!(data(&bench.objects().await), data(&before));
    let expected = [(1, Status::Superseded), (2, Status::Superseded), (3, Status::Deployed)];
    assert_eq!(bench.statuses(), expected);
}

#[tokio::test]
async fn a_rollback_revives_what_was_uninstalled_with_the_next_number() {
    let mut bench = Bench::new();
    bench.install(&[A1, S]).await.unwrap();
    let before = bench.objects().await;
    bench.uninstall().await.unwrap();
    assert!(!bench.objects().await.contains_key("ConfigMap a"));
    let done = bench.rollback(Back::To(Revision(1))).await.unwrap();
    assert_eq!(done.record.version, 2);
    assert_eq!(data(&bench.objects().await), data(&before));
}

#[tokio::test]
async fn an_install_after_an_uninstall_begins_a_new_life_at_1() {
    let mut bench = Bench::new();
    bench.install(&[A1]).await.unwrap();
    bench.upgrade(&[A2]).await.unwrap();
    bench.uninstall().await.unwrap();
    let done = bench.install(&[A1]).await.unwrap();
    assert_eq!(done.record.version, 1);
    let release = bench.ledger.state().releases().next().unwrap();
    assert_eq!(release.lives.len(), 2);
}

#[tokio::test]
async fn an_upgrade_without_a_change_writes_nothing_but_its_record() {
    let mut bench = Bench::new();
    bench.install(&[A1, B]).await.unwrap();
    let mut request = bench.upgrade_request(&[A1, B]);
    request.manner.hooks = Hooks::Skip;
    let plan = bench
        .run(None, async |world, situation| plan_upgrade(world, &situation, &request).await)
        .await
        .unwrap()
        .unwrap();
    assert!(plan.is_nothing(), "{plan:?}");
}

#[tokio::test]
async fn what_fails_before_the_intent_leaves_no_event() {
    let mut bench = Bench::new();
    let refused = bench.install(&["apiVersion: v9\nkind: Nothing\nmetadata: {name: none}"]).await;
    assert!(matches!(refused, Err(Error::Unserved(_))), "{refused:?}");
    assert!(bench.events().is_empty());
}

#[tokio::test]
async fn a_name_in_use_is_refused() {
    let mut bench = Bench::new();
    bench.install(&[A1]).await.unwrap();
    assert!(matches!(bench.install(&[A1]).await, Err(Error::NameInUse { .. })));
}

#[tokio::test]
async fn a_newcomer_goes_on_from_the_cluster_and_the_old_ledger_learns_of_it() {
    let mut bench = Bench::new();
    bench.install(&[A1, B]).await.unwrap();
    let fresh = ready(Ledger::open(MemoryStore::new(0))).unwrap();
    let first = std::mem::replace(&mut bench.ledger, fresh);
    bench.upgrade(&[A2]).await.unwrap();
    assert_eq!(bench.statuses(), [(1, Status::Superseded), (2, Status::Deployed)]);
    assert!(!bench.objects().await.contains_key("ConfigMap b"));
    bench.ledger = first;
    bench.rollback(Back::To(Revision(2))).await.unwrap();
    let expected = [(1, Status::Superseded), (2, Status::Superseded), (3, Status::Deployed)];
    assert_eq!(bench.statuses(), expected);
}

#[tokio::test]
async fn what_others_overtook_is_not_resumed() {
    let mut bench = Bench::new();
    let request = bench.request(&[A1, B]);
    let death = Some(Death::after(3));
    let ran =
        bench.run(death, async |world, situation| install(world, situation, request).await).await;
    assert!(ran.is_none(), "it died");
    let fresh = ready(Ledger::open(MemoryStore::new(0))).unwrap();
    let first = std::mem::replace(&mut bench.ledger, fresh);
    let busy = bench.upgrade(&[A2]).await;
    assert!(matches!(busy, Err(Error::InProgress { .. })), "the claim still holds");
    bench.clock.set(bench.clock.get() + 60_000_000_000);
    bench.upgrade(&[A2]).await.unwrap();
    bench.ledger = first;
    assert!(matches!(bench.resume().await, Err(Error::Overtaken { .. })));
}

const OLD: [&str; 3] = [A1, B, S];
const NEW: [&str; 3] = [A2, S, MADE];

impl Bench {
    /// Carries a verb out until it is cut off; says whether it was.
    async fn cut_off(&mut self, verb: Verb, death: Option<Death>) -> bool {
        let ran = if verb == Verb::Install {
            let request = self.request(&NEW);
            self.run(death, async |world, situation| install(world, situation, request).await).await
        } else {
            self.install(&OLD).await.unwrap();
            let request = self.upgrade_request(&NEW);
            self.run(death, async |world, situation| upgrade(world, situation, request).await).await
        };
        ran.is_none()
    }
}

/// Cuts a verb off at a write and resumes it; says whether it came to that.
async fn killed_at(verb: Verb, death: Death, expected: &BTreeMap<String, (Value, String)>) -> bool {
    let mut bench = Bench::new();
    if !bench.cut_off(verb, Some(death)).await {
        return false;
    }
    let left = bench.objects().await;
    bench.resume().await.unwrap_or_else(|error| panic!("{death:?}: {error}"));
    let objects = bench.objects().await;
    assert_eq!(data(&objects), data(expected), "{death:?}");
    // An upgrade makes the hook's Job anew.
    let is_kept = |name: &str| name != "Job before" || verb == Verb::Install;
    for (name, (_, uid)) in left.iter().filter(|(name, _)| is_kept(name)) {
        let now = objects.get(name).map(|(_, uid)| uid);
        assert!(now.is_none_or(|now| now == uid), "{name} is another object after {death:?}");
    }
    let ends = bench.events().iter().filter(|it| **it == "Finished").count();
    assert_eq!(ends, if verb == Verb::Install { 1 } else { 2 });
    true
}

/// Cuts a verb off at each write, before it arrives and after; returns how often.
async fn killed_everywhere(verb: Verb) -> u32 {
    let mut undisturbed = Bench::new();
    undisturbed.cut_off(verb, None).await;
    let expected = undisturbed.objects().await;
    let mut deaths = 0;
    for write in 1.. {
        let before = killed_at(verb, Death::before(write), &expected).await;
        let after = killed_at(verb, Death::after(write), &expected).await;
        if !before && !after {
            break;
        }
        deaths += 2;
    }
    deaths
}

#[tokio::test]
async fn an_install_that_is_cut_off_at_any_write_is_resumed() {
    assert!(killed_everywhere(Verb::Install).await >= 12);
}

#[tokio::test]
async fn an_upgrade_that_is_cut_off_at_any_write_is_resumed() {
    assert!(killed_everywhere(Verb::Upgrade).await >= 14);
}

#[tokio::test]
async fn an_object_of_somebody_else_is_taken_only_on_request() {
    let mut bench = Bench::new();
    bench.install(&[A1]).await.unwrap();
    bench.target.name = "other".parse().unwrap();
    assert!(matches!(bench.install(&[A1]).await, Err(Error::Foreign { .. })));
    let mut request = bench.request(&[A2]);
    request.manner.ownership = Ownership::Take;
    let done = bench
        .run(None, async |world, situation| install(world, situation, request).await)
        .await
        .unwrap();
    assert_eq!(done.unwrap().record.info.status, "deployed");
}

#[tokio::test]
async fn every_event_names_its_operation() {
    let mut bench = Bench::new();
    bench.install(&[A1]).await.unwrap();
    let started = bench.ledger.events().iter().find(|it| it.event.opens().is_some()).unwrap();
    let within = bench.ledger.events().iter().filter(|it| it.id.sequence > started.id.sequence);
    for event in within {
        assert_eq!(event.event.operation(), Some(started.id));
        assert!(!matches!(event.event, Event::Opaque(_)));
    }
}
