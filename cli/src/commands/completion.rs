//! `rutter completion`: scripts that teach a shell to ask `__complete` for what could come next.
//!
//! They are registered for the name that the program was called by, and know nothing themselves:
//! what they offer is always what this version takes.

use std::io::Write as _;

use crate::{failure::Failure, grammar, options::Switch, session::Session};

/// Print a completion script for a shell
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    shell: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    /// Print the script for bash
    Bash(Script),
    /// Print the script for zsh
    Zsh(Script),
    /// Print the script for fish
    Fish(Script),
    /// Print the script for PowerShell
    Powershell(Script),
}

#[derive(clap::Args, Debug)]
struct Script {
    /// Leave the descriptions out
    #[arg(long)]
    no_descriptions: Switch,

    #[arg(hide = true)]
    words: Vec<String>,
}

/// The scripts. `PROGRAM` stands for our name, `REQUEST` for the command that is asked.
const BASH: &str = include_str!("completion/bash.sh");
const ZSH: &str = include_str!("completion/zsh.sh");
const FISH: &str = include_str!("completion/fish.sh");
const POWERSHELL: &str = include_str!("completion/powershell.ps1");

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let program = session.settings.program;
    let (path, script, asked) = match &args.shell {
        Some(Chosen::Bash(asked)) => ("completion bash", BASH, asked),
        Some(Chosen::Zsh(asked)) => ("completion zsh", ZSH, asked),
        Some(Chosen::Fish(asked)) => ("completion fish", FISH, asked),
        Some(Chosen::Powershell(asked)) => ("completion powershell", POWERSHELL, asked),
        None => {
            write!(session.ui.out(), "{}", grammar::help(program, "completion"))?;
            return Ok(());
        }
    };
    grammar::none(program, path, &asked.words)?;
    let request = if asked.no_descriptions.is_on() { "__completeNoDesc" } else { "__complete" };
    let script = script.replace("PROGRAM", program).replace("REQUEST", request);
    Ok(session.ui.print(&script)?)
}
