//! `rutter rollback`: a new revision with the objects of an old one, byte for byte.

use applier::{Back, Rollback};
use ledger::{Revision, Sequence};

use super::install::Rehearsal;
use crate::{
    asker::asker,
    deploying,
    failure::Failure,
    grammar,
    options::{ApplyOptions, CleanupOptions, DryRun, Number, RecordOptions, RightsOptions, Switch},
    releases::{Releases, is_release_name, target},
    rights,
    session::Session,
    work::{Ending, Work},
};

/// The longest description that Helm takes, in characters.
const LONGEST_DESCRIPTION: usize = 256;

/// Roll a release back to an old revision
///
/// The release gets a new revision with the objects that the old one had. Nothing is rendered and
/// no chart is needed: the ledger has them. A release that was uninstalled comes back.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release, and the revision to go back to: the one before the last if none is named
    #[arg(value_name = "RELEASE REVISION")]
    words: Vec<String>,

    /// Go back to what this event of the ledger began, also in an earlier life of the release
    #[arg(long, value_name = "SEQUENCE")]
    event: Option<Number>,

    #[command(flatten)]
    rehearsal: Rehearsal,

    #[command(flatten)]
    apply: ApplyOptions,

    #[command(flatten)]
    cleanup: CleanupOptions,

    /// What the history says of the revision, in at most 256 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// How many revisions keep their record in the cluster; 0 is all. The ledger keeps all
    #[arg(long, value_name = "N")]
    history_max: Option<Number>,

    #[command(flatten)]
    record: RecordOptions,

    #[command(flatten)]
    rights: RightsOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "rollback", &args.words)?;
    let [name, numbers @ ..] = args.words.as_slice() else { return Ok(()) };
    let back = back(numbers.first().map(String::as_str), args.event)?;
    let length = args.description.as_deref().unwrap_or_default().chars().count();
    if length > LONGEST_DESCRIPTION {
        return Err(Failure::new(format_args!(
            "description must be {LONGEST_DESCRIPTION} characters or less, got {length}"
        )));
    }
    let dry_run = args.rehearsal.dry_run(session)?;
    args.apply.check()?;
    if !is_release_name(name) {
        return Err(Failure::new(format_args!("prepareRollback: Release name is invalid: {name}")));
    }
    if let Some(user) = args.rights.wanted() {
        let rights = needs(args, (name, back), user, session)?;
        return Ok(session.ui.print(&rights)?);
    }
    if dry_run == DryRun::None {
        rolled_back(args, name, back, session).map_err(|failure| {
            rights::shown(failure, session, |session| needs(args, (name, back), "", session))
        })?;
    } else {
        rehearsed(name, back, session)?;
    }
    Ok(session.ui.print("Rollback was a success! Happy Helming!\n")?)
}

/// What the words mean. Helm takes 0 for the revision before the last.
fn back(word: Option<&str>, event: Option<Number>) -> Result<Back, Failure> {
    if let Some(Number(event)) = event {
        if word.is_some() {
            return Err(Failure::new("cannot set --event and also specify a revision"));
        }
        let sequence = u64::try_from(event)
            .map_err(|_| Failure::new(format_args!("{event} is not the number of an event")))?;
        return Ok(Back::Event(Sequence(sequence)));
    }
    let Some(word) = word else { return Ok(Back::Previous) };
    let Number(number) = word.parse().map_err(|_| {
        Failure::new(format_args!(
            "could not convert revision to a number: strconv.Atoi: parsing {word:?}: invalid syntax"
        ))
    })?;
    match u32::try_from(number) {
        Ok(0) => Ok(Back::Previous),
        Ok(number) => Ok(Back::To(Revision(number))),
        Err(_) => Err(Failure::new("invalid release revision")),
    }
}

fn rolled_back(args: &Args, name: &str, back: Back, session: &mut Session) -> Result<(), Failure> {
    let mut work = Work::to_write(session, args.record.events.as_deref())?;
    let rollback = request(args, name, back, session)?;
    let target = rollback.target.clone();
    let ending = work.run_until_signal(async |world| {
        let situation = applier::look(world, &target).await?;
        applier::rollback(world, situation, rollback).await
    });
    match ending? {
        Ending::Whole(_) => work.close(session),
        Ending::Cut => Err(deploying::cancelled(name, session)?),
    }
}

/// Returns what a rollback needs to be allowed, as YAML.
fn needs(
    args: &Args,
    (name, back): (&str, Back),
    user: &str,
    session: &mut Session,
) -> Result<String, Failure> {
    let rollback = request(args, name, back, session)?;
    rights::counted((&rollback.target, user), session, async |world, situation| {
        applier::rights_to_roll_back(world, situation, &rollback).await
    })
}

fn request(args: &Args, name: &str, back: Back, session: &Session) -> Result<Rollback, Failure> {
    let target = target(&session.namespace(), name)?;
    let history_max = args.history_max.map_or(session.settings.max_history, |it| it.0);
    let description = args.description.clone();
    let mut manner = deploying::manner(&args.apply, Switch::Off, description, history_max);
    args.cleanup.apply(&mut manner);
    Ok(Rollback { target, back, manner, asker: asker(&args.record) })
}

/// Looks whether there is what would be gone back to.
fn rehearsed(name: &str, back: Back, session: &mut Session) -> Result<(), Failure> {
    let options = crate::options::ReadOptions { offline: Switch::Off, deleted: Switch::Off };
    let history = Releases::open(session, options)?.history(&session.namespace(), name)?;
    let last = history.last().map_or(0, |it| it.revision);
    let wanted = match back {
        Back::Previous => last.saturating_sub(1),
        Back::To(Revision(number)) => number.into(),
        Back::Event(_) => return Ok(()),
    };
    if history.iter().any(|it| it.revision == wanted) {
        return Ok(());
    }
    Err(Failure::new(format_args!("release has no {wanted} version")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_revision_is_refused_in_the_words_of_helm() {
        assert_eq!(
            back(Some("x"), None).unwrap_err().to_string(),
            "Error: could not convert revision to a number: strconv.Atoi: parsing \"x\": invalid \
             syntax"
        );
        assert_eq!(back(Some("0"), None).unwrap(), Back::Previous);
        assert_eq!(back(Some("3"), None).unwrap(), Back::To(Revision(3)));
        assert_eq!(back(None, Some(Number(7))).unwrap(), Back::Event(Sequence(7)));
        assert!(back(Some("1"), Some(Number(7))).is_err());
    }
}
