//! Asks Helm's own packages and this crate the same questions, and says where
//! the answers differ.
//!
//! ```console
//! $ cargo run --release -p render --example against_helm -- KIND [COUNT [SEED [FIRST [FOLDER]]]]
//! ```
//!
//! KIND is `set` (arguments of the `--set` family over values), `templates`
//! (templates that call every function), `charts` (real charts with mistakes in them) or
//! `toml` (documents for `fromToml`); `calls` asks nobody and says how often each function
//! is called in `templates`. The questions are made up from a seed: equal seeds, equal questions;
//! FIRST is the number of the first, 0 if absent; FOLDER is where `charts` finds
//! charts and values, `tests/conformance` if absent. `RUTTER_HELM_ORACLE` is the
//! program that answers for Helm; without it `tests/oracle/build helm` is asked
//! for one. The exit code is 1 if any answer differs.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a tool for developers, which stops where something is wrong"
)]

mod asking;
mod calls;
mod charts;
mod random;
mod set;
mod templates;
mod toml;
mod world;

use std::{error::Error, process::ExitCode, thread};

use random::Random;

/// Where real charts are.
const CHARTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conformance");

/// As deep as the program itself may go: templates and lists nest.
const STACK: usize = 1 << 30;

fn main() -> ExitCode {
    // A panic is an answer, and a difference.
    std::panic::set_hook(Box::new(|_| {}));
    let running = thread::Builder::new().stack_size(STACK).spawn(|| {
        run().unwrap_or_else(|error| {
            println!("{error}");
            ExitCode::FAILURE
        })
    });
    running.ok().and_then(|running| running.join().ok()).unwrap_or(ExitCode::FAILURE)
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_default();
    let mut number =
        |otherwise: u64| arguments.next().map_or(Ok(otherwise), |text| text.parse::<u64>());
    let (count, seed, first) = (number(10_000)?, number(1)?, number(0)?);
    let numbers = first..first + count;
    let report = match kind.as_str() {
        "set" => asking::ask(numbers, |number| set::case(Random::new(seed, number)))?,
        "templates" => asking::ask(numbers, |number| templates::case(Random::new(seed, number)))?,
        "toml" => asking::ask(numbers, |number| toml::case(Random::new(seed, number)))?,
        "charts" => {
            let folder = std::env::args().nth(5).unwrap_or_else(|| CHARTS.to_owned());
            let shelf = charts::Shelf::open(folder.as_ref())?;
            asking::ask(numbers, |number| charts::case(&shelf, Random::new(seed, number)))?
        }
        "calls" => {
            println!("{}", calls::Calls::count(numbers, seed));
            return Ok(ExitCode::SUCCESS);
        }
        _ => return Err("which: set, templates, charts, toml or calls?".into()),
    };
    println!("{report}");
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
