//! `rutter uninstall`: the end of a release.

use std::fmt::Write as _;

use applier::{Hooks, Jobs, Propagation, Uninstall, Waiting};
use ledger::{ObjectRef, Records};

use crate::{
    asker::asker,
    deploying,
    failure::Failure,
    grammar,
    options::{Duration, ReadOptions, RecordOptions, RightsOptions, Switch, Wait},
    releases::{Releases, Revision, is_release_name, target},
    rights,
    session::Session,
    work::{Ending, Work},
};

/// Uninstall releases
///
/// Their objects are deleted, but for those that the chart keeps, and so are Helm's records of
/// them. The ledger keeps its own: `rollback` brings a release back.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The releases
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    /// Keep Helm's records of the release in the cluster
    #[arg(long)]
    keep_history: Switch,

    #[arg(long, hide = true, conflicts_with = "keep_history")]
    #[allow(dead_code, reason = "taken for Helm 2's sake: it is what happens anyway")]
    purge: Switch,

    /// A release that is not there is as good as uninstalled
    #[arg(long)]
    ignore_not_found: Switch,

    /// What becomes of objects that the deleted ones own: background, foreground or orphan
    #[arg(long, value_name = "HOW", default_value = "background")]
    cascade: String,

    /// Wait until objects are gone, at most for --timeout
    #[arg(
        long, value_name = "STRATEGY", num_args = 0..=1, require_equals = true,
        default_missing_value = "watcher"
    )]
    wait: Option<Wait>,

    /// How long any one wait may take
    #[arg(long, value_name = "TIME", default_value = "5m0s")]
    timeout: Duration,

    /// Leave out the hooks
    #[arg(long)]
    no_hooks: Switch,

    /// Show what would be done
    #[arg(long)]
    dry_run: Switch,

    /// What the history says of it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    record: RecordOptions,

    #[command(flatten)]
    rights: RightsOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "uninstall", &args.words)?;
    let propagation = match args.cascade.as_str() {
        "background" => Propagation::Background,
        "foreground" => Propagation::Foreground,
        "orphan" => Propagation::Orphan,
        other => {
            return Err(Failure::new(format_args!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \
                 \"orphan\""
            )));
        }
    };
    for name in &args.words {
        if !is_release_name(name) {
            return Err(Failure::new(format_args!("uninstall: Release name is invalid: {name}")));
        }
        if let Some(user) = args.rights.wanted() {
            let rights = needs(args, (name, propagation), user, session)?;
            session.ui.print(&rights)?;
            continue;
        }
        let outcome = match args.dry_run {
            Switch::On => found(name, session),
            Switch::Off => uninstalled(args, name, propagation, session).map_err(|failure| {
                let needs = |session: &mut Session| needs(args, (name, propagation), "", session);
                rights::shown(failure, session, needs)
            }),
        };
        match outcome {
            Err(failure) if args.ignore_not_found.is_on() && failure.says("release: not found") => {
            }
            Err(failure) if failure.says("release: not found") => {
                return Err(failure.prefixed(&format!("uninstall: Release not loaded: {name}")));
            }
            outcome => session.ui.print(&outcome?)?,
        }
        session.ui.print(&format!("release \"{name}\" uninstalled\n"))?;
    }
    Ok(())
}

fn found(name: &str, session: &mut Session) -> Result<String, Failure> {
    let options = ReadOptions { offline: Switch::Off, deleted: Switch::Off };
    let mut releases = Releases::open(session, options)?;
    releases.revision(&session.namespace(), name, Revision::Latest).map(|_| String::new())
}

fn uninstalled(
    args: &Args,
    name: &str,
    propagation: Propagation,
    session: &mut Session,
) -> Result<String, Failure> {
    let mut work = Work::to_write(session, args.record.events.as_deref())?;
    let uninstall = request(args, (name, propagation), session)?;
    let target = uninstall.target.clone();
    let ending = work.run_until_signal(async |world| {
        let situation = applier::look(world, &target).await?;
        applier::uninstall(world, situation, uninstall).await
    });
    match ending? {
        Ending::Whole(done) => {
            work.close(session)?;
            Ok(kept(&done.kept))
        }
        Ending::Cut => Err(deploying::cancelled(name, session)?),
    }
}

/// Returns what an uninstall needs to be allowed, as YAML.
fn needs(
    args: &Args,
    (name, propagation): (&str, Propagation),
    user: &str,
    session: &mut Session,
) -> Result<String, Failure> {
    let uninstall = request(args, (name, propagation), session)?;
    rights::counted((&uninstall.target, user), session, async |world, situation| {
        applier::rights_to_uninstall(world, situation, &uninstall).await
    })
}

fn request(
    args: &Args,
    (name, propagation): (&str, Propagation),
    session: &Session,
) -> Result<Uninstall, Failure> {
    let target = target(&session.namespace(), name)?;
    Ok(Uninstall {
        target,
        records: if args.keep_history.is_on() { Records::Kept } else { Records::Deleted },
        propagation,
        hooks: if args.no_hooks.is_on() { Hooks::Skip } else { Hooks::Run },
        waiting: Waiting {
            strategy: deploying::strategy(args.wait),
            jobs: Jobs::Ignore,
            timeout: args.timeout.0,
        },
        description: args.description.clone().filter(|it| !it.is_empty()),
        asker: asker(&args.record),
    })
}

/// What Helm says of objects that stay, as their policy wants.
fn kept(objects: &[ObjectRef]) -> String {
    if objects.is_empty() {
        return String::new();
    }
    let mut text = String::from("These resources were kept due to the resource policy:\n");
    for object in objects {
        let _ = writeln!(text, "[{}] {}", object.kind, object.name);
    }
    text.push('\n');
    text
}
