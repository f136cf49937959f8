//! `rutter status --watch`: a release, shown until all of its objects are ready.
//!
//! Ctrl-C ends it as it ends `kubectl get --watch`: by the signal, which a shell tells as 130.
//! Nothing is left behind by a read.

use std::{collections::BTreeMap, fmt::Write as _, io::IsTerminal as _};

use applier::resources::{self, Form, Resources};
use ledger::ObjectRef;

use super::{Args, origin};
use crate::{
    failure::Failure,
    live,
    options::Format,
    releases::{Releases, Revision},
    session::Session,
    ui::{Content, Detail, Report, line},
};

/// What was told of each object last.
type Told = BTreeMap<ObjectRef, String>;

/// Clears a terminal and goes to its upper left corner (ECMA-48).
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

pub(super) fn follow(args: &Args, name: &str, session: &mut Session) -> Result<(), Failure> {
    if args.output.format != Format::Table {
        return Err(Failure::new("--watch prints text").with_hint("leave --output out"));
    }
    let mut releases = Releases::open(session, args.read)?;
    let revision = Revision::of(args.revision.0);
    let is_screen = std::io::stdout().is_terminal();
    let mut told = Told::new();
    loop {
        let mut release = releases.revision(&session.namespace(), name, revision)?;
        origin(&mut release, &mut releases, session);
        let Some(work) = releases.online() else {
            return Err(Failure::new("there is no cluster to watch")
                .with_hint("leave --offline out: live objects are in the cluster alone"));
        };
        let seen = live::look(work, &mut release, Form::Table)?;
        let is_ready = seen.unready().next().is_none();
        if is_screen {
            let notes = if is_ready { Detail::Shown } else { Detail::Hidden };
            let (chart, content) = (Detail::Hidden, Content::Brief);
            let report = Report { release: &release, chart, content, notes };
            let text = report.to_text(session.ui.style())?;
            session.ui.print(&format!("{CLEAR}{text}"))?;
        } else {
            session.ui.print(&changes(&seen, &mut told))?;
        }
        session.ui.flush()?;
        if is_ready {
            return Ok(());
        }
        work.run(async |world| {
            resources::changed(world.cluster, &seen).await;
            Ok(())
        })?;
    }
}

/// Returns a line for each object of which something new is to be told, and how many are ready.
fn changes(seen: &Resources, told: &mut Told) -> String {
    let of = seen.objects.len();
    let ready = seen.objects.iter().filter(|it| it.is_ready()).count();
    let is_first = told.is_empty();
    let mut text = String::new();
    for standing in &seen.objects {
        let told_now = line(standing);
        let before = told.insert(standing.object.clone(), told_now.clone());
        // Of what is ready from the start there is nothing to tell.
        let is_news = before.as_ref() != Some(&told_now) && !(is_first && standing.is_ready());
        if is_news {
            let state = standing.readiness.state.word();
            let _ = writeln!(text, "{told_now} [{state}, {ready} of {of} ready]");
        }
    }
    if ready == of {
        let _ = writeln!(text, "all {of} objects are ready");
    }
    text
}
