//! `rutter get values`: what was given by the user, or what the templates saw.

use super::Wanted;
use crate::{
    failure::Failure,
    options::{Format, Output, Switch},
    session::Session,
    ui::{json_line, yaml},
};

/// Print the values of a release
///
/// These are the values that its user gave; with --all, what the templates saw.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,

    /// Print all values, the chart's defaults included
    #[arg(short = 'a', long)]
    all: Switch,

    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get values", session)?;
    let values = if args.all.is_on() { Some(release.computed_values()) } else { release.config };
    let text = match args.output.format {
        Format::Json => json_line(&values)?,
        Format::Yaml => yaml(&values)?,
        Format::Table => {
            let kind = if args.all.is_on() { "COMPUTED" } else { "USER-SUPPLIED" };
            format!("{kind} VALUES:\n{}", yaml(&values)?)
        }
    };
    Ok(session.ui.print(&text)?)
}
