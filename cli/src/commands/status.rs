//! `rutter status`: how a release is.

mod watch;

use applier::resources::Form;

use crate::{
    failure::Failure,
    grammar, live,
    options::{Format, Number, Output, ReadOptions, Switch},
    release::Release,
    releases::{Releases, Revision},
    session::Session,
    ui::{Content, Detail, Report, headed, json_line, yaml},
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

    /// Go on showing it until all of its objects are ready
    #[arg(long)]
    watch: Switch,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    read: ReadOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [name] = grammar::exactly(session.settings.program, "status", &args.words)?;
    if args.watch.is_on() {
        return watch::follow(args, name, session);
    }
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
    origin(&mut release, &mut releases, session);
    release.chart = None;
    let text = match args.output.format {
        Format::Json => json_line(&release)?,
        Format::Yaml => yaml(&release)?,
        Format::Table => {
            let (chart, notes) = (Detail::Hidden, Detail::Shown);
            let report = Report { release: &release, chart, content: Content::Brief, notes };
            report.to_text(session.ui.style())?
        }
    };
    Ok(session.ui.print(&text)?)
}

/// Says where the chart came from; Helm's own output has no such lines.
fn origin(release: &mut Release, releases: &mut Releases, session: &Session) {
    if session.settings.program != "helm" {
        let source = releases.source(release);
        release.info.origin = source.map(|it| headed(&it.lines())).unwrap_or_default();
    }
}
