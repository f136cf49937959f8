//! How a command line is read: clap's tree with the manners of Helm's (cobra and pflag).
//!
//! The tree itself is declared next to each command. Here is what holds for all of them: a switch
//! takes `=false`, a flag may be repeated (the last one wins), a value may begin with a dash, and
//! mistakes are named in Helm's words with Helm's exit code, because scripts read them.

mod arity;
mod helm2;
mod mistake;
mod pieces;

use std::{any::TypeId, ffi::OsString, io::IsTerminal as _, path::Path};

use clap::{
    Arg, Args as _, Command, CommandFactory as _, FromArgMatches as _, Subcommand as _,
    error::ErrorKind,
};

pub(crate) use self::arity::{at_least, at_most, exactly, none};
use self::pieces::Pieces;
use crate::{
    commands::{self, Chosen},
    failure::Failure,
    options::{Global, Switch},
};

/// Everything that can be typed.
#[derive(clap::Parser, Debug)]
#[command(name = "rutter", disable_version_flag = true)]
struct Typed {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Chosen>,
}

/// A command line that was understood.
#[derive(Debug)]
pub(crate) struct Line {
    /// The flags that every command takes.
    pub(crate) global: Global,
    /// The command and what is its own.
    pub(crate) command: Chosen,
}

/// What a command line asks for.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// Help: a text, and success.
    Text(String),
    /// A command.
    Line(Box<Line>),
}

/// Returns the name that the program was called by: `helm` if somebody linked it so.
pub(crate) fn program(words: &[OsString]) -> &'static str {
    let called = words.first().and_then(|word| Path::new(word).file_stem());
    if called.is_some_and(|name| name == "helm") { "helm" } else { "rutter" }
}

/// Returns the tree of commands, as `program` would show it.
pub(crate) fn tree(program: &'static str) -> Command {
    adapted(Typed::command().name(program).bin_name(program), program, "")
        .args_override_self(true)
        .about("A package manager for Kubernetes that keeps a ledger of what it did")
}

/// Returns the part of the tree that a line can reach: a command that is not named on it cannot be
/// meant. The rest of the tree takes longer to build than many a command to run.
fn branch(program: &'static str, words: &[OsString]) -> Command {
    let is_on_line = |name: &str| words.iter().skip(1).any(|word| word == name);
    let all = Chosen::augment_subcommands(Command::new(program));
    let reached = all
        .get_subcommands()
        .filter(|it| is_on_line(it.get_name()) || it.get_all_aliases().any(is_on_line))
        .map(|it| adapted(commands::with_flags(it.clone()), program, it.get_name()));
    Global::augment_args(Command::new(program).bin_name(program).disable_version_flag(true))
        .mut_args(with_manners)
        .args_override_self(true)
        .subcommands(reached)
}

/// Reads a command line.
///
/// # Errors
///
/// Fails with Helm's message for Helm's mistakes.
pub(crate) fn parse(program: &'static str, words: &[OsString]) -> Result<Parsed, Failure> {
    match read(branch(program, words), program, words) {
        Ok(Parsed::Line(line)) => Ok(Parsed::Line(line)),
        // A help and a mistake may speak of every command.
        Ok(Parsed::Text(_)) | Err(_) => read(tree(program), program, words),
    }
}

fn read(mut tree: Command, program: &'static str, words: &[OsString]) -> Result<Parsed, Failure> {
    let pieces = Pieces::of(&tree, words);
    let words = &helm2::translated(&tree, words, &pieces);
    let matches = match tree.try_get_matches_from_mut(words) {
        Ok(matches) => matches,
        Err(error) => return help_or_mistake(&error, &tree, words),
    };
    let mut typed = match Typed::from_arg_matches(&matches) {
        Ok(typed) => typed,
        Err(error) => return help_or_mistake(&error, &tree, words),
    };
    typed.global.namespace_by = pieces.spelling("namespace", 'n');
    if let Some(before) = typed.command.as_ref().and_then(Chosen::unfinished) {
        add_flags(program, before, &mut typed.global);
    }
    match typed.command {
        Some(command) => Ok(Parsed::Line(Box::new(Line { global: typed.global, command }))),
        None => Ok(Parsed::Text(shown(&tree.render_long_help()))),
    }
}

/// Adds the global flags of a line that is not finished; what cannot be read of it is left out.
fn add_flags(program: &'static str, words: &[String], global: &mut Global) {
    let line = std::iter::once(program).chain(words.iter().map(String::as_str));
    if let Ok(matches) = tree(program).ignore_errors(true).try_get_matches_from(line) {
        let _ = global.update_from_arg_matches(&matches);
    }
}

/// Returns the help of the command at `path`: what Helm prints for a bare `helm get`.
pub(crate) fn help(program: &'static str, path: &str) -> String {
    let mut tree = tree(program);
    tree.build();
    let mut command = path
        .split(' ')
        .try_fold(&tree, |command, name| command.find_subcommand(name))
        .unwrap_or(&tree)
        .clone();
    shown(&command.render_long_help())
}

/// Refuses `word`, which is no command below the one at `path`. Helm shows its help and calls that
/// a success; where the words are ours, a script that mistypes one must not go on.
pub(crate) fn unknown(program: &'static str, path: &str, word: &str) -> Failure {
    let tree = tree(program);
    let command = path
        .split(' ')
        .try_fold(&tree, |command, name| command.find_subcommand(name))
        .unwrap_or(&tree);
    mistake::unknown_below(&format!("{program} {path}"), command, word)
}

fn help_or_mistake(
    error: &clap::Error,
    tree: &Command,
    words: &[OsString],
) -> Result<Parsed, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ok(Parsed::Text(shown(&error.render())))
        }
        _ => Err(mistake::failure(error, tree, words)),
    }
}

fn shown(text: &clap::builder::StyledStr) -> String {
    let text =
        if std::io::stdout().is_terminal() { text.ansi().to_string() } else { text.to_string() };
    // That a switch may be taken back is true of all of them, and said in none of their lines.
    text.replace("[=<true|false>]", "")
}

/// Gives `command` and everything below it the manners of pflag.
fn adapted(command: Command, program: &'static str, path: &str) -> Command {
    let command = command.mut_args(with_manners);
    let names: Vec<String> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let command = match arity::usage(program, path) {
        Some(usage) => command.override_usage(usage),
        None => command,
    };
    names.into_iter().fold(command, |command, name| {
        if path.is_empty() {
            let with_flags = |it| adapted(commands::with_flags(it), program, &name);
            return command.mut_subcommand(&name, with_flags);
        }
        let below = format!("{path} {name}");
        command.mut_subcommand(name, |it| adapted(it, program, &below))
    })
}

fn with_manners(arg: Arg) -> Arg {
    let optional = arg.get_num_args().is_some_and(|count| count.min_values() == 0);
    if arg.is_positional() || optional {
        return arg;
    }
    if arg.get_value_parser().type_id() == TypeId::of::<Switch>() {
        let required = arg.is_required_set();
        let arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
        let arg = arg.required(false).hide_possible_values(true).value_name("true|false");
        return if required { arg.default_value("false").hide_default_value(true) } else { arg };
    }
    if arg.get_action().takes_values() { arg.allow_hyphen_values(true) } else { arg }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_commands_has_no_contradiction() {
        tree("rutter").debug_assert();
    }

    #[test]
    fn a_link_called_helm_makes_us_speak_of_helm() {
        assert_eq!(program(&["/usr/local/bin/helm".into()]), "helm");
        assert_eq!(program(&["target/release/rutter".into()]), "rutter");
        assert_eq!(program(&[]), "rutter");
    }
}
