//! Drives the applier by hand: `drive VERB NAME [CHART]`, settings from `DRIVE_…` variables.
//!
//! For trying things against a test cluster; the program proper is `rutter`.
#![allow(
    missing_docs,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::str_to_string,
    reason = "a bench, not the product"
)]

use std::{path::Path, rc::Rc, time::Duration};

use applier::*;
use ledger::{Ledger, LocalStore};
use render::tape::{Lookup, Refusal, Source, Tape};

struct World0;
impl Source for World0 {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        getrandom::getrandom(bytes).map_err(|error| Refusal(error.to_string()))
    }
    fn now(&mut self) -> i64 {
        clock()
    }
    fn zone(&mut self) -> String {
        "UTC".into()
    }
    fn lookup(&mut self, _: &Lookup) -> Result<serde_json::Value, Refusal> {
        Ok(serde_json::json!({}))
    }
    fn addresses(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn clock() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64
}

struct Shout;
impl Observer for Shout {
    fn recorded(&self, event: &ledger::Recorded) {
        println!("  [{}] {}", event.id, event.event.name());
    }
    fn progress(&self, progress: &Progress<'_>) {
        if var("QUIET").is_empty() {
            println!("  {progress:?}");
        }
    }
}

fn var(name: &str) -> String {
    std::env::var(format!("DRIVE_{name}")).unwrap_or_default()
}

fn files(root: &Path, at: &Path, into: &mut Vec<render::File>) {
    let mut entries: Vec<_> = std::fs::read_dir(at).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(root, &path, into);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let data = std::fs::read(&path).unwrap();
            into.push(render::File { name, data: data.into(), modified: None });
        }
    }
}

fn manner() -> Manner {
    let mut manner = Manner::default();
    if !var("WAIT").is_empty() {
        manner.waiting.strategy = Wait::Watcher;
    }
    if let Ok(seconds) = var("TIMEOUT").parse() {
        manner.waiting.timeout = Duration::from_secs(seconds);
    }
    if !var("UNDO").is_empty() {
        manner.on_failure = OnFailure::Undo;
    }
    manner
}

fn rendered(situation: &Situation, chart: &str, verb: render::Verb) -> render::Rendered {
    let mut all = Vec::new();
    files(Path::new(chart), Path::new(chart), &mut all);
    let chart = render::Chart::from_folder(all).unwrap();
    let mut overrides = render::Overrides::default();
    overrides.set = var("SET").split_whitespace().map(str::to_owned).collect();
    let values = overrides.merge(&mut |_| Err("no".into())).unwrap();
    let request = render::Request {
        chart: &chart,
        values: &values,
        release: render::ReleaseFacts {
            name: situation.target.name.to_string(),
            namespace: situation.target.namespace.to_string(),
            revision: situation.next_revision().0,
            verb,
        },
        capabilities: &situation.capabilities,
        schema: render::SchemaCheck::default(),
        notes: render::NotesScope::default(),
        dns: render::functions::Dns::Off,
    };
    render::render(&request, Tape::recording(Box::new(World0))).unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let started = std::time::Instant::now();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let connection = Connection {
        kubeconfig: vec![std::env::var("RUTTER_TEST_KUBECONFIG").unwrap().into()],
        server: Some(var("SERVER")).filter(|it| !it.is_empty()),
        ..Connection::default()
    };
    let cluster = Kube::connect(&connection, Patience::default()).await.unwrap();
    let home = std::path::PathBuf::from(var("HOME"));
    let store = LocalStore::writer(
        &home,
        ledger::Opening {
            at_ns: clock(),
            machine: "bench".into(),
            filesystems: ledger::Filesystems::default(),
            limits: ledger::Limits::default(),
        },
    )
    .unwrap();
    let mut ledger = Ledger::open(store).await.unwrap();
    let target = Target {
        namespace: var("NS").parse().unwrap(),
        name: args.get(1).map_or("x", |it| it).parse().unwrap(),
    };
    let clock_ = clock;
    let mut world =
        World { cluster: &cluster, ledger: &mut ledger, clock: &clock_, observer: &Shout };
    let result = run(&mut world, &target, &args).await;
    match result {
        Ok(text) => println!("OK {text}"),
        Err(error) => {
            let mut text = error.to_string();
            let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
            while let Some(link) = cause {
                text = format!("{text}: {link}");
                cause = link.source();
            }
            println!("Error: {text}");
            if let Some(hint) = error.hint() {
                println!("hint: {hint}");
            }
        }
    }
    println!("{:?}", started.elapsed());
}

async fn run<C: Cluster>(
    world: &mut World<'_, C, LocalStore>,
    target: &Target,
    args: &[String],
) -> Result<String, Error> {
    let asker = Asker { command: args.to_vec(), ..Asker::default() };
    let online = reads::Look { sight: reads::Sight::Online, scope: reads::Scope::Present };
    if args[0] == "list" {
        let namespace = Some(target.namespace.clone()).filter(|_| var("ALL").is_empty());
        let all = reads::list(world, namespace.as_ref(), online).await?;
        return Ok(format!("{all:#?}"));
    }
    if args[0] == "history" {
        let all = reads::history(world, target, online).await?;
        return Ok(all
            .iter()
            .map(|it| {
                format!(
                    "\n{} {} {} {} {:?}",
                    it.revision, it.status, it.chart_version, it.description, it.known
                )
            })
            .collect());
    }
    if args[0] == "get" {
        let record = reads::get(world, target, (None, online)).await?;
        return Ok(record.manifest);
    }
    let situation = look(world, target).await?;
    let labels = Default::default();
    let done = match args[0].as_str() {
        "install" => {
            let rendered = rendered(&situation, &args[2], render::Verb::Install);
            let request = Install {
                target: target.clone(),
                rendered,
                origin: ChartOrigin::default(),
                labels,
                namespace: NamespaceCreation::Create,
                crds: Crds::Create,
                reuse: NameReuse::Refuse,
                manner: manner(),
                asker,
            };
            if !var("PLAN").is_empty() {
                let plan = plan_install(world, &situation, &request).await?;
                return Ok(serde_json::to_string_pretty(&plan).unwrap());
            }
            install(world, situation, request).await?
        }
        "upgrade" => {
            let rendered = rendered(&situation, &args[2], render::Verb::Upgrade);
            let request = Upgrade {
                target: target.clone(),
                rendered,
                origin: ChartOrigin::default(),
                labels: Default::default(),
                manner: manner(),
                asker,
            };
            upgrade(world, situation, request).await?
        }
        "rollback" => {
            let back = match args.get(2).and_then(|it| it.parse().ok()) {
                Some(revision) => Back::To(ledger::Revision(revision)),
                None => Back::Previous,
            };
            let request = Rollback { target: target.clone(), back, manner: manner(), asker };
            rollback(world, situation, request).await?
        }
        "uninstall" => {
            let request = Uninstall {
                target: target.clone(),
                records: if var("KEEP").is_empty() {
                    ledger::Records::Deleted
                } else {
                    ledger::Records::Kept
                },
                propagation: Propagation::Background,
                hooks: Hooks::Run,
                waiting: manner().waiting,
                description: None,
                asker,
            };
            uninstall(world, situation, request).await?
        }
        "resume" => {
            let request =
                Resume { target: target.clone(), rerun: Rerun::Never, manner: manner(), asker };
            resume(world, situation, request).await?
        }
        "abandon" => {
            let event =
                abandon(world, situation, Abandon { target: target.clone(), asker }).await?;
            return Ok(event.to_string());
        }
        other => panic!("{other}"),
    };
    let _ = Rc::new(());
    Ok(format!("{:?} {}", done.record, done.record.info.description))
}
