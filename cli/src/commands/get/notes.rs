//! `rutter get notes`: what the chart told who installed it.

use std::io::Write as _;

use super::Wanted;
use crate::{failure::Failure, session::Session};

/// Print the notes of a release
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get notes", session)?;
    if !release.info.notes.is_empty() {
        writeln!(session.ui.out(), "NOTES:\n{}", release.info.notes)?;
    }
    Ok(())
}
