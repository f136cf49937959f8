//! `rutter search`: charts by their words, in repositories or on a hub.

mod hub;
mod repo;

use serde::Serialize;

use crate::{
    failure::{Failure, harmless},
    grammar,
    options::{Format, Number, Output, Switch},
    session::Session,
    ui::{Style, Table, json_line, yaml},
};

/// Search for charts
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    part: Option<Chosen>,

    #[arg(hide = true)]
    words: Vec<String>,
}

#[derive(clap::Subcommand, Debug)]
enum Chosen {
    Hub(hub::Args),
    Repo(repo::Args),
}

/// How findings are shown.
#[derive(clap::Args, Debug)]
struct Shape {
    /// Cut what is longer in a column of the table; 0 cuts nothing
    #[arg(long, value_name = "WIDTH", default_value = "50")]
    max_col_width: Width,

    /// Fail if nothing is found
    #[arg(long)]
    fail_on_no_result: Switch,

    #[command(flatten)]
    output: Output,
}

/// The width of a column: Go's `uint`.
#[derive(Clone, Copy, Debug)]
struct Width(usize);

impl std::str::FromStr for Width {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("strconv.ParseUint: parsing {text:?}: {why}");
        let parsed: Number = text.parse().map_err(|_| wrong("invalid syntax"))?;
        usize::try_from(parsed.0).map(Self).map_err(|_| wrong("invalid syntax"))
    }
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    match &args.part {
        Some(Chosen::Hub(args)) => hub::run(args, session),
        Some(Chosen::Repo(args)) => repo::run(args, session),
        None => Ok(session.ui.print(&grammar::help(session.settings.program, "search"))?),
    }
}

/// The heads of a table's columns, and what stands in them of a finding.
type Columns<T, const N: usize> = ([&'static str; N], fn(&T) -> [&str; N]);

/// Shows findings in the form that was asked for: `heads` and `cells` are the table's.
///
/// # Errors
///
/// Fails if there are none and that was to be a failure.
fn show<T: Serialize, const N: usize>(
    findings: &[T],
    shape: &Shape,
    (heads, cells): Columns<T, N>,
    session: &mut Session,
) -> Result<(), Failure> {
    if findings.is_empty() && shape.fail_on_no_result.is_on() {
        return Err(Failure::new("no results found"));
    }
    let text = match shape.output.format {
        Format::Json => json_line(&findings)?,
        Format::Yaml => yaml(&findings)?,
        Format::Table if findings.is_empty() => "No results found\n".to_owned(),
        Format::Table => {
            let mut table = Table::limited(shape.max_col_width.0);
            table.add(heads);
            for finding in findings {
                // Strangers wrote this, and a terminal must not obey them.
                let cells = cells(finding).map(harmless);
                table.add(cells.each_ref().map(String::as_str));
            }
            format!("{}\n", table.to_text(Style::Plain))
        }
    };
    Ok(session.ui.print(&text)?)
}
