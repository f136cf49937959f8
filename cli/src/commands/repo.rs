//! `rutter repo`: the repositories that charts come from.

mod add;
pub(super) mod index;
mod list;
mod remove;
mod update;

pub(super) use self::add::refuse_gone;

use crate::{failure::Failure, grammar, session::Session};

/// Add, list, update, remove and index repositories of charts
///
/// The list of repositories and their cached indexes are Helm's own files: both programs share
/// them.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    part: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    Add(Box<add::Args>),
    Index(index::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    #[command(visible_alias = "rm")]
    Remove(remove::Args),
    #[command(visible_alias = "up")]
    Update(update::Args),
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    match &args.part {
        Some(Chosen::Add(args)) => add::run(args, session),
        Some(Chosen::Index(args)) => index::run(args, session),
        Some(Chosen::List(args)) => list::run(args, session),
        Some(Chosen::Remove(args)) => remove::run(args, session),
        Some(Chosen::Update(args)) => update::run(args, session),
        None => Ok(session.ui.print(&grammar::help(session.settings.program, "repo"))?),
    }
}
