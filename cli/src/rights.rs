//! What a user must be allowed to do: printed where it is asked for, and shown to whom a right is
//! missing.

use applier::{Situation, Target, World};
use ledger::LocalStore;

use crate::{
    failure::{Cause, Failure},
    places::Place,
    session::Session,
    work::Work,
};

/// Looks at a release, overlooking what the user may not see, and returns the rights that `count`
/// counts, as YAML. Nothing is written.
pub(crate) fn counted(
    (target, user): (&Target, &str),
    session: &mut Session,
    count: impl AsyncFnOnce(
        &mut World<'_, Place, LocalStore>,
        &Situation,
    ) -> Result<applier::Rights, applier::Error>,
) -> Result<String, Failure> {
    let mut work = Work::to_write(session, None)?;
    work.run(async |world| {
        let situation = applier::look_overlooking(world, target).await?;
        let rights = count(world, &situation).await?;
        Ok(rights.to_yaml(subject(user, &situation)))
    })
}

/// Returns whose rights are meant.
pub(crate) fn subject<'a>(user: &'a str, situation: &'a Situation) -> &'a str {
    if user.is_empty() { situation.user() } else { user }
}

/// Shows with a failure that is a missing right all rights that the command needs. What cannot be
/// counted is left out: the failure says enough.
pub(crate) fn shown(
    failure: Failure,
    session: &mut Session,
    count: impl FnOnce(&mut Session) -> Result<String, Failure>,
) -> Failure {
    if !failure.is(Cause::Denied) {
        return failure;
    }
    match count(session) {
        Ok(rights) => failure.with_manifest(rights),
        Err(_) => failure,
    }
}
