//! The list of commands. Each has a file of its own with its help, its flags and its `run`.

mod abandon;
mod complete;
mod completion;
mod create;
mod dependency;
mod env;
mod get;
mod history;
mod init;
mod install;
mod ledger;
mod lint;
mod list;
mod package;
mod pull;
mod repo;
mod resume;
mod rollback;
mod search;
mod serve;
mod show;
mod status;
mod template;
mod uninstall;
mod upgrade;
mod version;

use std::convert::identity;

use clap::{Args as _, Command};

use crate::{failure::Failure, session::Session};

/// The command that was typed. What its flags are is asked of [`with_flags`], for those that matter.
#[derive(clap::Subcommand, Debug)]
#[command(defer = true)]
pub(crate) enum Chosen {
    Create(create::Args),
    #[command(visible_aliases = ["dep", "dependencies"])]
    Dependency(dependency::Args),
    Get(get::Args),
    #[command(visible_alias = "hist")]
    History(history::Args),
    Init(Box<init::Args>),
    Install(Box<install::Args>),
    Lint(lint::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    Package(Box<package::Args>),
    #[command(visible_alias = "fetch")]
    Pull(Box<pull::Args>),
    Repo(repo::Args),
    Rollback(Box<rollback::Args>),
    Search(Box<search::Args>),
    Serve(serve::Args),
    #[command(visible_alias = "inspect")]
    Show(show::Args),
    Status(status::Args),
    Template(Box<template::Args>),
    #[command(visible_aliases = ["del", "delete", "un"])]
    Uninstall(uninstall::Args),
    Upgrade(Box<upgrade::Args>),
    Resume(Box<resume::Args>),
    Abandon(abandon::Args),
    Ledger(ledger::Args),
    #[command(name = "__complete", hide = true)]
    Complete(complete::Args),
    #[command(name = "__completeNoDesc", hide = true)]
    CompleteBarely(complete::Args),
    Completion(completion::Args),
    Env(env::Args),
    Version(version::Args),
}

impl Chosen {
    /// Returns whether it reads something large: the ledger, or the index of a repository.
    pub(crate) fn reads_much(&self) -> bool {
        !matches!(
            self,
            Self::Create(_)
                | Self::Lint(_)
                | Self::Package(_)
                | Self::Serve(_)
                | Self::Template(_)
                | Self::Completion(_)
                | Self::Env(_)
                | Self::Version(_)
        )
    }

    /// Returns the line that is to be completed, without the word at its cursor.
    pub(crate) fn unfinished(&self) -> Option<&[String]> {
        match self {
            Self::Complete(args) | Self::CompleteBarely(args) => Some(args.before()),
            _ => None,
        }
    }
}

/// Returns a command of the tree with its help and its flags.
pub(crate) fn with_flags(command: Command) -> Command {
    // What the derived tree puts off until a command is reached; here it is wanted now.
    let command = command.defer(identity);
    match command.get_name() {
        "create" => create::Args::augment_args(command),
        "dependency" => dependency::Args::augment_args(command),
        "get" => get::Args::augment_args(command),
        "history" => history::Args::augment_args(command),
        "init" => init::Args::augment_args(command),
        "install" => install::Args::augment_args(command),
        "lint" => lint::Args::augment_args(command),
        "list" => list::Args::augment_args(command),
        "package" => package::Args::augment_args(command),
        "pull" => pull::Args::augment_args(command),
        "repo" => repo::Args::augment_args(command),
        "rollback" => rollback::Args::augment_args(command),
        "search" => search::Args::augment_args(command),
        "serve" => serve::Args::augment_args(command),
        "show" => show::Args::augment_args(command),
        "status" => status::Args::augment_args(command),
        "template" => template::Args::augment_args(command),
        "uninstall" => uninstall::Args::augment_args(command),
        "upgrade" => upgrade::Args::augment_args(command),
        "resume" => resume::Args::augment_args(command),
        "abandon" => abandon::Args::augment_args(command),
        "ledger" => ledger::Args::augment_args(command),
        "__complete" | "__completeNoDesc" => complete::Args::augment_args(command),
        "completion" => completion::Args::augment_args(command),
        "env" => env::Args::augment_args(command),
        "version" => version::Args::augment_args(command),
        _ => command,
    }
}

/// Runs a command.
pub(crate) fn run(command: Chosen, session: &mut Session) -> Result<(), Failure> {
    match command {
        Chosen::Create(args) => create::run(&args, session),
        Chosen::Dependency(args) => dependency::run(&args, session),
        Chosen::Get(args) => get::run(&args, session),
        Chosen::History(args) => history::run(&args, session),
        Chosen::Init(args) => init::run(&args, session),
        Chosen::Install(args) => install::run(&args, session),
        Chosen::Lint(args) => lint::run(&args, session),
        Chosen::List(args) => list::run(&args, session),
        Chosen::Package(args) => package::run(&args, session),
        Chosen::Pull(args) => pull::run(&args, session),
        Chosen::Repo(args) => repo::run(&args, session),
        Chosen::Rollback(args) => rollback::run(&args, session),
        Chosen::Search(args) => search::run(&args, session),
        Chosen::Serve(args) => serve::run(&args, session),
        Chosen::Show(args) => show::run(&args, session),
        Chosen::Status(args) => status::run(&args, session),
        Chosen::Template(args) => template::run(&args, session),
        Chosen::Uninstall(args) => uninstall::run(&args, session),
        Chosen::Upgrade(args) => upgrade::run(&args, session),
        Chosen::Resume(args) => resume::run(&args, session),
        Chosen::Abandon(args) => abandon::run(&args, session),
        Chosen::Ledger(args) => ledger::run(&args, session),
        Chosen::Complete(args) => complete::run(&args, complete::Descriptions::Shown, session),
        Chosen::CompleteBarely(args) => {
            complete::run(&args, complete::Descriptions::Hidden, session)
        }
        Chosen::Completion(args) => completion::run(&args, session),
        Chosen::Env(args) => env::run(&args, session),
        Chosen::Version(args) => version::run(&args, session),
    }
}

#[cfg(test)]
mod tests {
    use clap::Subcommand as _;

    use super::*;

    #[test]
    fn every_command_gets_its_help_and_flags() {
        for command in Chosen::augment_subcommands(Command::new("rutter")).get_subcommands() {
            let whole = with_flags(command.clone());
            assert!(whole.get_about().is_some(), "{}", command.get_name());
        }
    }
}
