//! `rutter get hooks`: the hooks of a release.

use super::Wanted;
use crate::{failure::Failure, session::Session, ui};

/// Print the hooks of a release
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get hooks", session)?;
    Ok(session.ui.print(&ui::hooks(&release))?)
}
