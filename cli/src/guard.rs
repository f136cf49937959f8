//! A watch over charts whose engine has no bounds of its own.
//!
//! Go's templates run within limits. Those of Tera's do where they call our functions; what Tera
//! does alone (`x ~ x`, a loop over values in a loop) nobody can count or stop from outside. So the
//! process is watched while such a chart renders, and ends where it takes too much: nothing has
//! been begun then that would be left half done.

use std::{
    env, fs,
    path::Path,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use render::{Chart, File};
use rustix::time::{ClockId, clock_gettime};

use crate::{failure::Failure, grammar, ui};

/// How much memory the process may take more than when it began, in bytes.
const MOST_MEMORY: u64 = 640 << 20;

/// How long it may compute, in seconds of all its threads together.
const MOST_SECONDS: i64 = 8;

/// How often it is looked at: in that time memory can grow by some ten megabytes.
const PAUSE: Duration = Duration::from_millis(4);

/// Renders; watched if the chart or one below it wants another engine than Go's.
pub(crate) fn over<T>(chart: &Chart, render: impl FnOnce() -> T) -> T {
    if has_own_engine(chart) { watched(render) } else { render() }
}

fn has_own_engine(chart: &Chart) -> bool {
    let is_go = matches!(&*chart.metadata.engine, "" | "gotpl");
    !is_go || chart.dependencies.iter().any(has_own_engine)
}

/// The same for the files of a chart that may not load.
pub(crate) fn over_files<T>(files: &[File], work: impl FnOnce() -> T) -> T {
    if files.iter().any(may_have_own_engine) { watched(work) } else { work() }
}

/// What is in an archive below `charts/` is not looked at.
fn may_have_own_engine(file: &File) -> bool {
    let says = |word: &str| file.data.windows(word.len()).any(|part| part == word.as_bytes());
    Path::new(&file.name).extension().is_some_and(|it| it == "tgz")
        || (file.name.ends_with("Chart.yaml") && says("engine"))
}

fn watched<T>(work: impl FnOnce() -> T) -> T {
    let (done, end) = mpsc::channel::<()>();
    let (began, held) = (seconds(), memory());
    // No thread, no watch: the work is as good as before.
    let _ = thread::Builder::new().name("watch".to_owned()).spawn(move || {
        while end.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if seconds() - began >= MOST_SECONDS {
                give_up(&format!("computes longer than {MOST_SECONDS} s"));
            }
            if memory().saturating_sub(held) > MOST_MEMORY {
                give_up(&format!("takes more than {} MiB of memory", MOST_MEMORY >> 20));
            }
        }
    });
    let result = work();
    drop(done);
    result
}

#[expect(clippy::exit, reason = "nothing else stops a template that asks nobody")]
fn give_up(what: &str) {
    let failure = Failure::new(format_args!("execution error: a template of the chart {what}"))
        .with_hint(
            "a loop, or a text that grows in one, has no end: look at the chart's templates",
        );
    let program = grammar::program(&env::args_os().collect::<Vec<_>>());
    ui::Ui::new(ui::Colour::Never).talk(&failure.text(program));
    std::process::exit(i32::from(failure.code()));
}

/// Returns the seconds that the process has computed.
fn seconds() -> i64 {
    clock_gettime(ClockId::ProcessCPUTime).tv_sec
}

/// Returns the bytes of memory that the process holds; where the system does not tell, none.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or_default().saturating_mul(rustix::param::page_size() as u64)
}
