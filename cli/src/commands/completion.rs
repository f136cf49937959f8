//! `rutter completion`: scripts that teach a shell the commands and flags.

use std::io::Write as _;

use clap_complete::Shell;

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
    /// Leave the descriptions out; they are short enough to stay, so this changes nothing
    #[arg(long)]
    #[allow(dead_code, reason = "taken for Helm's sake; scripts pass it")]
    no_descriptions: Switch,

    #[arg(hide = true)]
    words: Vec<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let program = session.settings.program;
    let (path, shell, script) = match &args.shell {
        Some(Chosen::Bash(script)) => ("completion bash", Shell::Bash, script),
        Some(Chosen::Zsh(script)) => ("completion zsh", Shell::Zsh, script),
        Some(Chosen::Fish(script)) => ("completion fish", Shell::Fish, script),
        Some(Chosen::Powershell(script)) => ("completion powershell", Shell::PowerShell, script),
        None => {
            write!(session.ui.out(), "{}", grammar::help(program, "completion"))?;
            return Ok(());
        }
    };
    grammar::none(program, path, &script.words)?;
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut grammar::tree(program), program, &mut text);
    session.ui.out().write_all(&text)?;
    Ok(())
}
