//! `rutter get`: what a revision of a release is made of.

mod all;
mod hooks;
mod manifest;
mod metadata;
mod notes;
mod values;

use crate::{
    failure::Failure,
    grammar,
    options::{Number, ReadOptions},
    release::Release,
    releases::{Releases, Revision},
    session::Session,
};

/// Show what a revision of a release is made of
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    part: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    All(all::Args),
    Hooks(hooks::Args),
    Manifest(manifest::Args),
    Metadata(metadata::Args),
    Notes(notes::Args),
    Values(values::Args),
}

/// Which revision of which release.
#[derive(clap::Args, Debug)]
struct Wanted {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    /// The revision to show, instead of the newest
    #[arg(long, value_name = "N", default_value = "0")]
    revision: Number,

    #[command(flatten)]
    read: ReadOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    match &args.part {
        Some(Chosen::All(args)) => all::run(args, session),
        Some(Chosen::Hooks(args)) => hooks::run(args, session),
        Some(Chosen::Manifest(args)) => manifest::run(args, session),
        Some(Chosen::Metadata(args)) => metadata::run(args, session),
        Some(Chosen::Notes(args)) => notes::run(args, session),
        Some(Chosen::Values(args)) => values::run(args, session),
        // Helm shows the group's help, whatever the words, and calls it success.
        None => Ok(session.ui.print(&grammar::help(session.settings.program, "get"))?),
    }
}

impl Wanted {
    fn release(&self, path: &str, session: &mut Session) -> Result<Release, Failure> {
        let [name] = grammar::exactly(session.settings.program, path, &self.words)?;
        let mut releases = Releases::open(session, self.read)?;
        releases.revision(&session.namespace(), name, Revision::of(self.revision.0))
    }
}
