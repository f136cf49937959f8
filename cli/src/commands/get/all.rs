//! `rutter get all`: everything about a release.

use super::{Wanted, values};
use crate::{
    failure::Failure,
    session::Session,
    ui::{Content, Detail, Report},
};

/// Print everything about a release
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get all", session)?;
    let report = Report {
        release: &release,
        chart: Detail::Shown,
        content: Content::Full { computed: values::computed(&release) },
        notes: Detail::Shown,
    };
    let text = report.to_text(session.ui.style())?;
    Ok(session.ui.print(&text)?)
}
