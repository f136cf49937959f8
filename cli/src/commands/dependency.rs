//! `rutter dependency`: the charts that a chart is made of.

mod list;

use std::path::{Component, Path, PathBuf};

use crate::{
    dependencies::{Audience, Refresh, Work},
    failure::Failure,
    grammar,
    options::{RemoteOptions, Switch},
    session::Session,
};

/// List, fetch and lock the charts that a chart depends on
///
/// Chart.yaml (requirements.yaml in a chart of v1) says which they are and where from: the URL of a
/// repository, @NAME of one that was added, or `file://FOLDER`, seen from the chart's folder.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    part: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    /// Fetch into charts/ what the lock file says
    ///
    /// Without a lock file it does what `dependency update` does.
    Build(Box<Wanted>),
    #[command(visible_alias = "ls")]
    List(list::Args),
    /// Fetch into charts/ the newest versions that Chart.yaml allows, and lock them
    ///
    /// Archives in charts/ that nothing asks for any more are removed.
    #[command(visible_alias = "up")]
    Update(Box<Wanted>),
}

/// Which chart, and how servers are asked.
#[derive(clap::Args, Debug)]
struct Wanted {
    /// The folder of the chart; the one that we are in if it is left out
    #[arg(value_name = "CHART")]
    words: Vec<String>,

    /// Take the indexes of repositories as they are cached
    #[arg(long)]
    skip_refresh: Switch,

    #[command(flatten)]
    remote: RemoteOptions,

    #[arg(long, hide = true)]
    verify: Switch,

    #[arg(long, hide = true)]
    keyring: Option<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let program = session.settings.program;
    match &args.part {
        Some(Chosen::Build(wanted)) => wanted.work("dependency build", session)?.build(session),
        Some(Chosen::List(args)) => list::run(args, session),
        Some(Chosen::Update(wanted)) => wanted.work("dependency update", session)?.update(session),
        None => Ok(session.ui.print(&grammar::help(program, "dependency"))?),
    }
}

impl Wanted {
    fn work(&self, command: &str, session: &Session) -> Result<Work, Failure> {
        let folder = chart(session.settings.program, command, &self.words)?;
        if self.verify.is_on() || self.keyring.is_some() {
            let flag = if self.verify.is_on() { "--verify" } else { "--keyring" };
            return Err(Failure::new(format_args!("{flag} is not supported yet")).with_hint(
                "signatures are not checked yet; archives are checked against the digests of \
                 their index",
            ));
        }
        let refresh = match self.skip_refresh {
            Switch::On => Refresh::Nothing,
            Switch::Off => Refresh::All,
        };
        Ok(Work::new(&folder, (refresh, Audience::User), self.remote.clone()))
    }
}

/// Returns the chart that is meant, its path as Go's `filepath.Clean` writes it.
fn chart(program: &str, command: &str, words: &[String]) -> Result<String, Failure> {
    grammar::at_most(1, program, command, words)?;
    let place = words.first().map_or(".", String::as_str);
    let cleaned: PathBuf =
        Path::new(place).components().filter(|part| *part != Component::CurDir).collect();
    let cleaned = cleaned.display().to_string();
    Ok(if cleaned.is_empty() { ".".to_owned() } else { cleaned })
}
