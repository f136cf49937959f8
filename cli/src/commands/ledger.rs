//! `rutter ledger`: the ledger itself. Always ours, whatever plugin there is.

mod log;
mod show;
mod verify;

use crate::{failure::Failure, grammar, session::Session};

/// Look into the ledger
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    Log(log::Args),
    Show(show::Args),
    Verify(verify::Args),
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    match &args.command {
        Some(Chosen::Log(args)) => log::run(args, session),
        Some(Chosen::Show(args)) => show::run(args, session),
        Some(Chosen::Verify(args)) => verify::run(args, session),
        None => match args.words.first() {
            Some(word) => Err(grammar::unknown(session.settings.program, "ledger", word)),
            None => Ok(session.ui.print(&grammar::help(session.settings.program, "ledger"))?),
        },
    }
}
