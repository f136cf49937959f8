//! The time that a chart takes here and in Helm's own packages: both in process, on
//! one thread, so that nobody's start counts.
//!
//! `RUTTER_HELM_ORACLE` names the program that `tests/oracle/build helm` builds.
//!
//! `against_engine [FOLDER [RUNS]]`: FOLDER is a conformance corpus, the large one
//! beside this repository if it is there, else `tests/conformance`. A packed chart in
//! memory is loaded, its values are read and merged, and it is rendered and sorted,
//! RUNS times (5); the fastest counts. Cases that need more than a values file are
//! left out, and so are those that fail.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool for developers, which stops where something is wrong"
)]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use render::{
    Capabilities, Chart, NotesScope, Overrides, ReleaseFacts, Request, SchemaCheck, Verb,
    functions::Dns,
    tape::{Lookup, Refusal, Source, Tape},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// How many of the worst are shown.
const SHOWN: usize = 10;

/// How much faster all of them are to be together.
const WANTED: f64 = 5.0;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().map_or_else(corpus, PathBuf::from);
    let runs = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut helm = Helm::start();
    let mut pairs = Vec::new();
    for case in cases(&folder) {
        let packed = folder.join(format!("{}.tgz", case.chart));
        let values = case.values.first().map(|file| folder.join(file));
        let values = values.map(|file| fs::read(file).expect("the case has its values"));
        let bytes = fs::read(&packed).expect("the case has its chart");
        let question = Question { case, bytes, values: values.unwrap_or_default() };
        let Some(theirs) = helm.fastest(&packed, &question, runs) else { continue };
        let Some(ours) = question.fastest(runs) else { continue };
        pairs.push(Pair { name: question.case.id, ours, theirs });
    }
    if report(&mut pairs) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn corpus() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let large = root.join("../shared/conformance/charts");
    if large.is_dir() { large } else { root.join("tests/conformance") }
}

#[derive(Deserialize)]
struct Case {
    id: String,
    chart: String,
    release: String,
    values: Vec<String>,
    args: Vec<String>,
    exit: i32,
}

fn cases(folder: &Path) -> Vec<Case> {
    let texts = ["cases.jsonl", "cases-random.jsonl"].map(|name| folder.join(name));
    let texts = texts.iter().filter_map(|path| fs::read_to_string(path).ok());
    let mut cases = Vec::new();
    for text in texts {
        for line in text.lines() {
            let case: Case = serde_json::from_str(line).expect("a case a line");
            if case.exit == 0 && case.args.is_empty() && case.values.len() < 2 {
                cases.push(case);
            }
        }
    }
    cases
}

struct Question {
    case: Case,
    bytes: Vec<u8>,
    values: Vec<u8>,
}

impl Question {
    /// Returns the shortest time that it took here.
    fn fastest(&self, runs: usize) -> Option<Duration> {
        let mut best = Duration::MAX;
        for _ in 0..runs {
            let started = Instant::now();
            self.render()?;
            best = best.min(started.elapsed());
        }
        Some(best)
    }

    fn render(&self) -> Option<()> {
        let chart = Chart::from_archive("chart.tgz", &self.bytes).ok()?;
        let overrides = Overrides { files: vec!["-".to_owned()], ..Overrides::default() };
        let values = overrides.merge(&mut |_| Ok(self.values.clone())).ok()?;
        let request = Request {
            chart: &chart,
            values: &values,
            release: ReleaseFacts {
                name: self.case.release.clone(),
                namespace: "ns".to_owned(),
                revision: 1,
                verb: Verb::Install,
            },
            capabilities: &Capabilities::default(),
            schema: SchemaCheck::Enforced,
            notes: NotesScope::Root,
            dns: Dns::Off,
        };
        render::render(&request, Tape::recording(Box::new(World(1)))).ok().map(drop)
    }
}

/// A world with numbers that look random and nothing else (xorshift).
struct World(u64);

impl Source for World {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        for byte in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = self.0.to_be_bytes()[0];
        }
        Ok(())
    }

    fn now(&mut self) -> i64 {
        1_700_000_000_000_000_000
    }

    fn zone(&mut self) -> String {
        "UTC".to_owned()
    }

    fn lookup(&mut self, _: &Lookup) -> Result<Value, Refusal> {
        Ok(json!({}))
    }

    fn addresses(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Helm's packages in a process of one thread.
struct Helm {
    _process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Helm {
    fn start() -> Self {
        let oracle = env::var("RUTTER_HELM_ORACLE").expect("RUTTER_HELM_ORACLE names the oracle");
        let mut process = Command::new(oracle)
            .env("GOMAXPROCS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        Self { _process: process, input, output }
    }

    /// Returns the shortest time that it took there.
    fn fastest(&mut self, packed: &Path, question: &Question, runs: usize) -> Option<Duration> {
        let line = json!({
            "ask": "time",
            "path": packed,
            "runs": runs,
            "release": question.case.release,
            "values": String::from_utf8_lossy(&question.values),
        });
        writeln!(self.input, "{line}").expect("the oracle listens");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("the oracle answers");
        let answer: Value = serde_json::from_str(&answer).expect("answers are JSON");
        answer.get("nanoseconds")?.as_u64().map(Duration::from_nanos)
    }
}

struct Pair {
    name: String,
    ours: Duration,
    theirs: Duration,
}

impl Pair {
    fn factor(&self) -> f64 {
        self.theirs.as_secs_f64() / self.ours.as_secs_f64()
    }
}

/// Prints the tables; returns whether the bounds hold.
fn report(pairs: &mut [Pair]) -> bool {
    pairs.sort_by(|a, b| a.factor().total_cmp(&b.factor()));
    let mut families = BTreeMap::<&str, Vec<&Pair>>::new();
    for pair in &*pairs {
        let family = pair.name.split('/').next().unwrap_or_default();
        families.entry(family).or_default().push(pair);
    }
    let head = ("charts", "cases", "rutter ms", "Helm ms", "factor", "least");
    println!(
        "{:22} {:>6} {:>10} {:>10} {:>7} {:>7}",
        head.0, head.1, head.2, head.3, head.4, head.5
    );
    for (family, pairs) in &families {
        row(family, pairs);
    }
    let all: Vec<_> = pairs.iter().collect();
    let factor = row("all", &all);
    println!("\nleast faster:");
    for pair in pairs.iter().take(SHOWN) {
        let [ours, theirs] = [pair.ours, pair.theirs].map(milliseconds);
        println!("  {:6.1}  {ours:8.2} ms, Helm {theirs:8.2} ms  {}", pair.factor(), pair.name);
    }
    let slower = pairs.iter().filter(|pair| pair.factor() < 1.0).count();
    let verdict = |holds: bool| if holds { "holds" } else { "MISSED" };
    println!("\ntotal time at most 1/5: {} (1/{factor:.1})", verdict(factor >= WANTED));
    println!("none slower: {} ({slower} are)", verdict(slower == 0));
    !pairs.is_empty() && factor >= WANTED && slower == 0
}

fn row(name: &str, pairs: &[&Pair]) -> f64 {
    let ours = milliseconds(pairs.iter().map(|pair| pair.ours).sum());
    let theirs = milliseconds(pairs.iter().map(|pair| pair.theirs).sum());
    let factor = theirs / ours;
    let least = pairs.iter().map(|pair| pair.factor()).fold(f64::INFINITY, f64::min);
    println!("{name:22} {:6} {ours:10.1} {theirs:10.1} {factor:7.1} {least:7.1}", pairs.len());
    factor
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
