//! `rutter __complete`: what could come next on a command line, in the protocol of cobra, so that
//! completion scripts made by Helm go on working.
//!
//! A line for each choice, perhaps with a description after a tab; then `:N`, which says what the
//! shell shall do beyond these.

mod charts;
mod cluster;
mod line;

use std::io::Write as _;

use clap::Command;

use self::{
    charts::Places,
    line::{Place, Typed},
};
use crate::{
    commands::env,
    failure::Failure,
    grammar,
    options::{ReadOptions, Switch},
    release::Release,
    releases::{Releases, Scope, newest},
    session::Session,
};

/// Print what could come next on a command line
#[derive(clap::Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

impl Args {
    /// Returns the words before the one at the cursor.
    pub(crate) fn before(&self) -> &[String] {
        self.words.split_last().map_or(&[], |(_, before)| before)
    }
}

/// Whether choices are described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descriptions {
    /// They are.
    Shown,
    /// They are not.
    Hidden,
}

/// What the shell does beyond the choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    /// Offers files if there are no choices.
    Files,
    /// Offers nothing else.
    NoFiles,
    /// As `Files`, and puts no space behind a choice.
    FilesNoSpace,
    /// As `NoFiles`, and puts no space behind a choice.
    NoFilesNoSpace,
}

impl Directive {
    /// Returns the bits of cobra's protocol and their names.
    fn told(self) -> (u8, &'static str) {
        match self {
            Self::Files => (0, "ShellCompDirectiveDefault"),
            Self::NoFiles => (4, "ShellCompDirectiveNoFileComp"),
            Self::FilesNoSpace => (2, "ShellCompDirectiveNoSpace"),
            Self::NoFilesNoSpace => (6, "ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp"),
        }
    }
}

/// What a command takes as its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// The name of a release, once.
    Release,
    /// Names of releases, each once.
    Releases,
    /// A release, then one of its revisions.
    ReleaseAndRevision,
    /// A release, then a chart.
    ReleaseAndChart,
    /// A name that is new, then a chart.
    NameAndChart,
    /// A chart.
    Chart,
    /// A chart that lies elsewhere.
    FarChart,
    /// Repositories, each once.
    Repositories,
    /// A name that is new, then a URL.
    NewRepository,
    /// A variable of `env`.
    Variable,
    /// A new folder.
    Folder,
    /// Files, or what nobody can offer.
    Anything,
    /// Nothing.
    Nothing,
}

/// What to offer.
type Choices = (Vec<String>, Directive);

/// Nothing, and no word about it.
const NOTHING: Choices = (Vec::new(), Directive::NoFiles);

pub(crate) fn run(
    args: &Args,
    descriptions: Descriptions,
    session: &mut Session,
) -> Result<(), Failure> {
    let tree = grammar::tree(session.settings.program);
    let typed = Typed::read(&tree, &args.words);
    let (choices, directive) = match &typed.place {
        Place::Flag => (flags(typed.command, &tree), Directive::NoFiles),
        Place::Value(flag) => values(flag, &typed, session),
        Place::Word if typed.command.has_subcommands() => {
            (commands(typed.command, &typed.begun), Directive::NoFiles)
        }
        Place::Word => words(&typed, session),
    };
    let (code, name) = directive.told();
    let out = session.ui.out();
    for choice in &choices {
        let name = choice.split('\t').next().unwrap_or_default();
        let shown = if descriptions == Descriptions::Shown { choice } else { name };
        writeln!(out, "{shown}")?;
    }
    writeln!(out, ":{code}")?;
    session.ui.talk(&format!("Completion ended with directive: {name}"));
    Ok(())
}

fn taken(path: &str) -> Taken {
    match path {
        "status" | "history" | "resume" | "abandon" => Taken::Release,
        path if path.starts_with("get ") => Taken::Release,
        "uninstall" => Taken::Releases,
        "rollback" => Taken::ReleaseAndRevision,
        "upgrade" => Taken::ReleaseAndChart,
        "install" | "template" => Taken::NameAndChart,
        path if path.starts_with("show ") => Taken::Chart,
        "pull" => Taken::FarChart,
        "repo add" => Taken::NewRepository,
        "repo remove" | "repo update" => Taken::Repositories,
        "env" => Taken::Variable,
        "create" => Taken::Folder,
        "init" | "list" | "version" | "repo list" | "ledger verify" => Taken::Nothing,
        path if path.starts_with("completion ") => Taken::Nothing,
        _ => Taken::Anything,
    }
}

fn words(typed: &Typed<'_>, session: &mut Session) -> Choices {
    let before = typed.words.as_slice();
    match (taken(&typed.path), before) {
        (Taken::Release | Taken::ReleaseAndRevision | Taken::ReleaseAndChart, [])
        | (Taken::Releases, _) => releases(before, session),
        (Taken::ReleaseAndRevision, [release]) => revisions(release, session),
        (Taken::Variable, []) => {
            let names = env::variables(&session.settings, "").into_iter();
            let helms = names.map(|(name, _)| name).filter(|name| name.starts_with("HELM_"));
            (helms.map(str::to_owned).collect(), Directive::NoFiles)
        }
        (Taken::NameAndChart, []) if typed.makes_a_name() => {
            charts::references(&typed.begun, Places::Everywhere, session)
        }
        (Taken::NameAndChart, [_]) if typed.makes_a_name() => NOTHING,
        (Taken::NameAndChart | Taken::ReleaseAndChart, [_]) | (Taken::Chart, []) => {
            charts::references(&typed.begun, Places::Everywhere, session)
        }
        (Taken::FarChart, []) => charts::references(&typed.begun, Places::Elsewhere, session),
        (Taken::Repositories, named) => charts::repositories(named, session),
        (Taken::NameAndChart, []) | (Taken::NewRepository, [] | [_]) | (Taken::FarChart, _) => {
            NOTHING
        }
        (Taken::Folder, []) | (Taken::Anything, _) => (Vec::new(), Directive::Files),
        _ => nothing_more(),
    }
}

/// What cobra tells those who can show it.
fn nothing_more() -> Choices {
    let told = "_activeHelp_ This command does not take any more arguments (but may accept flags).";
    (vec![told.to_owned()], Directive::NoFiles)
}

/// The versions of the chart that the line names, once all words before them are there.
fn versions(typed: &Typed<'_>, session: &Session) -> Choices {
    let chart = match (taken(&typed.path), typed.words.as_slice()) {
        (Taken::NameAndChart, [chart]) if typed.makes_a_name() => Some(chart),
        (Taken::NameAndChart, _) if typed.makes_a_name() => None,
        (Taken::NameAndChart | Taken::ReleaseAndChart, [_, chart])
        | (Taken::Chart | Taken::FarChart, [chart]) => Some(chart),
        (Taken::Anything, _) => return (Vec::new(), Directive::Files),
        _ => None,
    };
    let versions = chart.map(|it| charts::versions(it, session)).unwrap_or_default();
    (versions, Directive::NoFiles)
}

/// Releases that were not named yet, each with what it is.
fn releases(named: &[String], session: &mut Session) -> Choices {
    let Ok(all) = known(session) else { return (Vec::new(), Directive::Files) };
    let mut newest = newest(all);
    newest.retain(|it| !named.contains(&it.name));
    newest.sort_by(|a, b| a.name.cmp(&b.name));
    let choice = |it: &Release| format!("{}\t{} -> {}", it.name, it.chart_name(), it.info.status);
    (newest.iter().map(choice).collect(), Directive::NoFiles)
}

fn revisions(release: &str, session: &mut Session) -> Choices {
    let Ok(mut all) = known(session) else { return (Vec::new(), Directive::Files) };
    all.retain(|it| it.name == release);
    all.sort_by_key(|it| it.revision);
    let choice = |it: &Release| {
        format!("{}\tApp: {}, Chart: {}", it.revision, it.app_version(), it.chart_name())
    };
    (all.iter().map(choice).collect(), Directive::NoFiles)
}

fn known(session: &mut Session) -> Result<Vec<Release>, Failure> {
    let scope = Scope::Namespace(session.namespace());
    let options = ReadOptions { offline: Switch::Off, deleted: Switch::Off };
    Releases::open(session, options)?.all(&scope)
}

fn commands(command: &Command, begun: &str) -> Vec<String> {
    let shown = |it: &&Command| !it.is_hide_set() && it.get_name().starts_with(begun);
    command
        .get_subcommands()
        .filter(shown)
        .map(|it| described(it.get_name(), it.get_about()))
        .collect()
}

fn flags(command: &Command, tree: &Command) -> Vec<String> {
    let own = command.get_arguments();
    let global = tree.get_arguments().filter(|it| it.is_global_set());
    own.chain(global)
        .filter(|it| !it.is_hide_set())
        .filter_map(|it| it.get_long().map(|name| described(&format!("--{name}"), it.get_help())))
        .collect()
}

fn values(flag: &str, typed: &Typed<'_>, session: &mut Session) -> Choices {
    match (flag, typed.words.as_slice()) {
        ("namespace", _) => return cluster::namespaces(session),
        ("kube-context", _) => return cluster::contexts(session),
        ("version", _) => return versions(typed, session),
        ("revision", [release]) => return revisions(release, session),
        _ => {}
    }
    let words: &[&str] = match flag {
        "output" => &[
            "json\tOutput result in JSON format",
            "table\tOutput result in human-readable format",
            "yaml\tOutput result in YAML format",
        ],
        "color" => &["never", "auto", "always"],
        "wait" => &["watcher", "hookOnly", "legacy"],
        "revision" => &[],
        _ => return (Vec::new(), Directive::Files),
    };
    (words.iter().map(|&word| word.to_owned()).collect(), Directive::NoFiles)
}

fn described(name: &str, about: Option<&clap::builder::StyledStr>) -> String {
    match about {
        Some(about) => format!("{name}\t{about}"),
        None => name.to_owned(),
    }
}
