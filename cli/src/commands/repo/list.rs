//! `rutter repo list`: which repositories there are.

use serde::Serialize;

use crate::{
    failure::{Failure, harmless},
    grammar,
    options::{Format, Output, Switch},
    repositories::Repositories,
    session::Session,
    ui::{Style, Table, json_line, yaml},
};

/// List the repositories
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[arg(hide = true)]
    words: Vec<String>,

    /// Leave out the line with the names of the columns
    #[arg(long)]
    no_headers: Switch,

    #[command(flatten)]
    output: Output,
}

/// A repository, as Helm's JSON has it.
#[derive(Serialize)]
struct Shown {
    name: String,
    url: String,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::none(session.settings.program, "repo list", &args.words)?;
    // Helm shows no repositories where the file cannot be read; we say why.
    let repositories = match Repositories::read(&session.settings.folders) {
        Ok(repositories) => Some(repositories),
        Err(failure) => {
            session.ui.warn(&failure.message());
            None
        }
    };
    let shown: Vec<Shown> = repositories
        .iter()
        .flat_map(Repositories::known)
        .map(|entry| Shown { name: entry.name.clone(), url: entry.shown_url() })
        .collect();
    let text = match args.output.format {
        Format::Json => json_line(&shown)?,
        Format::Yaml => yaml(&shown)?,
        Format::Table if shown.is_empty() => {
            session.ui.talk("no repositories to show");
            return Ok(());
        }
        Format::Table => table(&shown, args.no_headers, session.ui.style()),
    };
    Ok(session.ui.print(&text)?)
}

fn table(shown: &[Shown], no_headers: Switch, style: Style) -> String {
    let mut table = Table::default();
    if !no_headers.is_on() {
        table.row().painted("NAME", Style::header).painted("URL", Style::header);
    }
    for entry in shown {
        table.add([&harmless(&entry.name), &harmless(&entry.url)]);
    }
    format!("{}\n", table.to_text(style))
}
