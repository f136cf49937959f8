//! `rutter`: words in, words out.
//!
//! The only room that knows the human. [`grammar`] turns what was typed into a command,
//! [`commands`] has one file for each, and [`failure`] says how it went. What a command needs to
//! know about its surroundings is in [`settings`], read once; where words go is in [`ui`].

mod asker;
mod charts;
mod commands;
mod connection;
mod dependencies;
mod deploying;
mod failure;
mod fetch;
mod files;
mod grammar;
mod guard;
mod indexing;
mod live;
mod local;
mod naming;
mod options;
mod places;
mod release;
mod releases;
mod repositories;
mod rights;
mod session;
mod settings;
mod sources;
mod ui;
mod words;
mod work;

use std::{env, ffi::OsString, process::ExitCode};

use crate::{failure::Failure, grammar::Parsed, session::Session, settings::Settings, ui::Ui};

/// A command lives for milliseconds and makes many small things; glibc's takes a fifth of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    use_pages(Pages::Small);
    let words: Vec<_> = env::args_os().collect();
    let program = grammar::program(&words);
    match run(program, &words) {
        Ok(()) | Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Err(failure) => {
            Ui::new(ui::Colour::Never).talk(&failure.text(program));
            ExitCode::from(failure.code())
        }
    }
}

fn run(program: &'static str, words: &[OsString]) -> Result<(), Failure> {
    match grammar::parse(program, words)? {
        Parsed::Text(text) => {
            let mut ui = Ui::new(ui::Colour::Never);
            std::io::Write::write_all(ui.out(), text.as_bytes())?;
            Ok(ui.flush()?)
        }
        Parsed::Line(line) => {
            let mut session = Session::new(Settings::read(program, &line.global)?);
            if let Some(notice) = line.global.tiller.notice() {
                session.ui.inform(&notice);
            }
            if line.command.reads_much() {
                use_pages(Pages::Huge);
            }
            let outcome = commands::run(line.command, &mut session);
            let outcome = outcome.map_err(|failure| session.named(failure));
            // What was written before a failure is data, too.
            let flushed = session.ui.flush();
            outcome.and(flushed.map_err(Failure::from))
        }
    }
}

/// How memory is taken from the kernel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    Small,
    Huge,
}

/// Huge pages halve the page faults, which are a third of the time of a read of a ledger or an index. What
/// else there is to do is done as soon without them, and takes 10 to 20 MB less.
fn use_pages(pages: Pages) {
    // Where the kernel has no such setting, nothing is lost but memory.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(pages == Pages::Small);
}
