//! `rutter resume`: an operation that was cut short is brought to its end.

use applier::{Rerun, Resume};

use crate::{
    asker::asker,
    deploying,
    failure::Failure,
    grammar,
    options::{ApplyOptions, Format, RecordOptions, Switch},
    releases::target,
    session::Session,
    work::{Ending, Work},
};

/// Bring an operation that was cut short to its end
///
/// The plan is in the ledger. Every step whose end is not known is looked up in the cluster first.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    /// Run a hook once more whose end nobody knows
    #[arg(long)]
    rerun_hooks: Switch,

    #[command(flatten)]
    apply: ApplyOptions,

    #[command(flatten)]
    record: RecordOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [name] = grammar::exactly(session.settings.program, "resume", &args.words)?;
    args.apply.check()?;
    let mut work = Work::to_write(session, args.record.events.as_deref())?;
    let target = target(&session.namespace(), name)?;
    let history_max = session.settings.max_history;
    let resume = Resume {
        target: target.clone(),
        rerun: if args.rerun_hooks.is_on() { Rerun::Allow } else { Rerun::Never },
        manner: deploying::manner(&args.apply, Switch::Off, None, history_max),
        asker: asker(&args.record),
    };
    let ending = work.run_until_signal(async |world| {
        let situation = applier::look(world, &target).await?;
        applier::resume(world, situation, resume).await
    });
    match ending? {
        Ending::Whole(done) => {
            session.ui.print(&format!("Release {name:?} has been brought to its end.\n"))?;
            let shown = (Format::Table, Switch::Off);
            deploying::print_record(&mut work, &done.record, shown, session)?;
            work.close(session)
        }
        Ending::Cut => Err(deploying::cancelled(name, session)?),
    }
}
