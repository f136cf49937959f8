//! `rutter get manifest`: the objects of a release, without its hooks.

use std::io::Write as _;

use super::Wanted;
use crate::{failure::Failure, session::Session};

/// Print the objects of a release
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get manifest", session)?;
    Ok(writeln!(session.ui.out(), "{}", release.manifest)?)
}
