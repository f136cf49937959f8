//! `rutter status`: how a release is.

use applier::resources::Form;

use crate::{
    failure::Failure,
    grammar, live,
    options::{Format, Number, Output, ReadOptions},
    releases::{Releases, Revision},
    session::Session,
    ui::{Content, Detail, Report, json_line, yaml},
};

/// Show how a release is
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    /// The revision to show, instead of the newest
    #[arg(long, value_name = "N", default_value = "0")]
    revision: Number,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    read: ReadOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [name] = grammar::exactly(session.settings.program, "status", &args.words)?;
    let mut releases = Releases::open(session, args.read)?;
    let revision = Revision::of(args.revision.0);
    let mut release = releases.revision(&session.namespace(), name, revision)?;
    let form = match args.output.format {
        Format::Table => Form::Table,
        Format::Json | Format::Yaml => Form::Whole,
    };
    if let Some(work) = releases.online() {
        live::look(work, &mut release, form)?;
    }
    release.chart = None;
    let text = match args.output.format {
        Format::Json => json_line(&release)?,
        Format::Yaml => yaml(&release)?,
        Format::Table => {
            let report = Report {
                release: &release,
                chart: Detail::Hidden,
                content: Content::Brief,
                notes: Detail::Shown,
            };
            report.to_text(session.ui.style())?
        }
    };
    Ok(session.ui.print(&text)?)
}
