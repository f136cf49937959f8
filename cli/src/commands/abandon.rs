//! `rutter abandon`: an operation that was cut short is given up.

use applier::Abandon;

use crate::{
    asker::asker, failure::Failure, grammar, options::RecordOptions, releases::target,
    session::Session, work::Work,
};

/// Give up an operation that was cut short
///
/// What it did stays as it is; the release is free for the next operation.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    #[command(flatten)]
    record: RecordOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [name] = grammar::exactly(session.settings.program, "abandon", &args.words)?;
    let mut work = Work::to_write(session, args.record.events.as_deref())?;
    let target = target(&session.namespace(), name)?;
    let abandon = Abandon { target: target.clone(), asker: asker(&args.record) };
    work.run(async |world| {
        let situation = applier::look(world, &target).await?;
        applier::abandon(world, situation, abandon).await
    })?;
    session.ui.print(&format!("The operation on release {name:?} has been given up.\n"))?;
    work.close(session)
}
