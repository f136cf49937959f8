//! `rutter upgrade`: the next revision of a release.

use std::collections::BTreeMap;

use applier::{Manner, NameReuse, Situation, Upgrade, record::Record};
use ledger::Status;
use render::{Chart, ReleaseFacts, Values, Verb};

use super::install::{Rehearsal, Wanted};
use crate::{
    asker::asker,
    deploying::{self, Ingredients, Pretended},
    failure::Failure,
    grammar,
    options::{
        ApplyOptions, ChartOptions, CleanupOptions, ContentOptions, DryRun, Format, Number,
        OldNameOptions, Output, RecordOptions, ReleaseOptions, RightsOptions, Switch, UndoOptions,
        ValueOptions,
    },
    release::Release,
    releases::{is_release_name, target},
    rights,
    session::Session,
    work::{Ending, Work},
};

/// Upgrade a release
///
/// The release gets its next revision, from CHART and the values that are given. Where none are
/// given, those of the last revision hold.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release, and the chart: a folder, an archive, REPOSITORY/CHART or a URL
    #[arg(value_name = "RELEASE CHART")]
    words: Vec<String>,

    #[command(flatten)]
    old_name: OldNameOptions,

    /// Install the release if there is none of that name
    #[arg(short = 'i', long)]
    install: Switch,

    #[command(flatten)]
    values: ValueOptions,

    #[command(flatten)]
    reuse: Reuse,

    #[command(flatten)]
    chart: ChartOptions,

    #[command(flatten)]
    rehearsal: Rehearsal,

    #[command(flatten)]
    apply: ApplyOptions,

    #[command(flatten)]
    undo: UndoOptions,

    #[command(flatten)]
    cleanup: CleanupOptions,

    #[command(flatten)]
    content: ContentOptions,

    #[command(flatten)]
    release: ReleaseOptions,

    /// How many revisions keep their record in the cluster; 0 is all. The ledger keeps all
    #[arg(long, value_name = "N")]
    history_max: Option<Number>,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    record: RecordOptions,

    #[command(flatten)]
    rights: RightsOptions,
}

/// What becomes of the values of the last revision.
#[derive(clap::Args, Debug)]
struct Reuse {
    /// Forget the values of the last revision
    #[arg(long = "reset-values")]
    reset: Switch,

    /// Keep all values of the last revision, the old chart's defaults too, and put the new ones
    /// over them
    #[arg(long = "reuse-values")]
    keep: Switch,

    /// Take the new chart's defaults, then the values of the last revision, then the new ones
    #[arg(long = "reset-then-reuse-values")]
    lay_over: Switch,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let words = args.old_name.before(&args.words);
    let [name, place] = grammar::exactly(session.settings.program, "upgrade", &words)?;
    let dry_run = args.rehearsal.dry_run(session)?;
    args.apply.check()?;
    if !is_release_name(name) {
        return Err(Failure::new(format_args!("release name is invalid: {name}"))
            .prefixed("UPGRADE FAILED"));
    }
    if let Some(user) = args.rights.wanted() {
        let rights = needs(args, (name, place), user, session)?;
        return Ok(session.ui.print(&rights)?);
    }
    done(args, (name, place), dry_run, session).map_err(|failure| {
        rights::shown(failure, session, |session| needs(args, (name, place), "", session))
    })
}

/// Returns what an upgrade needs to be allowed, as YAML. Of a release that cannot be seen, this is
/// what an install of it needs.
fn needs(
    args: &Args,
    (name, place): (&str, &str),
    user: &str,
    session: &mut Session,
) -> Result<String, Failure> {
    let ingredients = ingredients(args, place, session)?;
    let target = target(&session.namespace(), name)?;
    let mut work = Work::to_write(session, None)?;
    let situation = work.run(async |world| applier::look_overlooking(world, &target).await)?;
    let is_there = situation.last().is_some_and(|it| it.status != Status::Uninstalled);
    if !is_there && (situation.is_hidden() || args.install.is_on()) {
        drop(work);
        let wanted = wanted(args, name, ingredients, DryRun::None, session);
        return wanted.needs(user, session);
    }
    let request = request(args, (&work, &situation, ingredients), session)?;
    let rights = work
        .run(async |world| applier::rights_to_upgrade(world, &situation, &request.upgrade).await)?;
    Ok(rights.to_yaml(rights::subject(user, &situation)))
}

fn done(
    args: &Args,
    (name, place): (&str, &str),
    dry_run: DryRun,
    session: &mut Session,
) -> Result<(), Failure> {
    if !args.install.is_on() {
        // Helm looks at the chart before it looks at the cluster, unless it may have to install.
        let ingredients = ingredients(args, place, session)?;
        let upgrade = looked(args, name, session).and_then(|(work, situation)| {
            upgraded(args, (work, situation, ingredients), dry_run, session)
        });
        return upgrade.map_err(|failure| failure.prefixed("UPGRADE FAILED"));
    }
    let (work, situation) = looked(args, name, session)?;
    let status = situation.last().map(|last| last.status);
    let absent = matches!(status, None | Some(Status::Uninstalled));
    if absent && args.output.format == Format::Table {
        session.ui.print(&format!("Release {name:?} does not exist. Installing it now.\n"))?;
    }
    let ingredients = ingredients(args, place, session)?;
    if absent {
        drop(work);
        return wanted(args, name, ingredients, dry_run, session).install(args.output, session);
    }
    upgraded(args, (work, situation, ingredients), dry_run, session)
        .map_err(|failure| failure.prefixed("UPGRADE FAILED"))
}

fn ingredients(args: &Args, place: &str, session: &mut Session) -> Result<Ingredients, Failure> {
    let options = (&args.chart, args.content.dependency_update);
    Ingredients::read(place, options, &args.values, session)
}

fn looked(args: &Args, name: &str, session: &mut Session) -> Result<(Work, Situation), Failure> {
    let mut work = Work::to_write(session, args.record.events.as_deref())?;
    let target = target(&session.namespace(), name)?;
    let situation = work.run(async |world| applier::look(world, &target).await)?;
    Ok((work, situation))
}

fn wanted<'a>(
    args: &'a Args,
    name: &str,
    ingredients: Ingredients,
    dry_run: DryRun,
    session: &Session,
) -> Wanted<'a> {
    Wanted {
        name: name.to_owned(),
        ingredients,
        dry_run,
        hide_secrets: args.rehearsal.hide_secret,
        apply: &args.apply,
        undo: &args.undo,
        content: &args.content,
        release: &args.release,
        record: &args.record,
        reuse: NameReuse::Allow,
        history_max: history_max(args, session),
        rights: &args.rights,
    }
}

fn manner(args: &Args, session: &mut Session) -> Manner {
    let description = args.release.description.clone();
    let history_max = history_max(args, session);
    let ownership = args.release.take_ownership;
    let mut manner = deploying::manner(&args.apply, ownership, description, history_max);
    args.undo.apply(&mut manner, &mut session.ui);
    args.cleanup.apply(&mut manner);
    manner
}

fn history_max(args: &Args, session: &Session) -> i64 {
    args.history_max.map_or(session.settings.max_history, |it| it.0)
}

/// What is asked of the applier, and what of it a dry run shows.
struct Requested {
    facts: ReleaseFacts,
    first_deployed: crate::release::Time,
    upgrade: Upgrade,
}

/// Renders the chart with the values that hold.
fn request(
    args: &Args,
    (work, situation, mut ingredients): (&Work, &Situation, Ingredients),
    session: &mut Session,
) -> Result<Requested, Failure> {
    let labels = labels(args)?;
    let (first_deployed, current) = current(situation)?;
    args.reuse.apply(&mut ingredients, current)?;
    let facts = ReleaseFacts {
        name: situation.target.name.as_str().to_owned(),
        namespace: session.namespace(),
        revision: situation.next_revision().0,
        verb: Verb::Upgrade,
    };
    let capabilities = (&situation.capabilities, work.source());
    let rendered =
        ingredients.rendered(facts.clone(), capabilities, &args.content, &mut session.ui)?;
    let upgrade = Upgrade {
        target: situation.target.clone(),
        rendered,
        origin: ingredients.origin,
        labels,
        manner: manner(args, session),
        asker: asker(&args.record),
    };
    Ok(Requested { facts, first_deployed, upgrade })
}

fn upgraded(
    args: &Args,
    (mut work, situation, ingredients): (Work, Situation, Ingredients),
    dry_run: DryRun,
    session: &mut Session,
) -> Result<(), Failure> {
    args.rehearsal.check(dry_run)?;
    labels(args)?;
    let name = situation.target.name.as_str().to_owned();
    refuse_pending(&mut work, &situation)?;
    let request = request(args, (&work, &situation, ingredients), session)?;
    let Requested { facts, first_deployed, upgrade } = request;
    let (format, hide_notes) = (args.output.format, args.content.hide_notes);
    if dry_run != DryRun::None {
        if dry_run == DryRun::Server {
            work.run(async |world| applier::plan_upgrade(world, &situation, &upgrade).await)?;
        }
        let pretended = Pretended {
            facts: &facts,
            rendered: &upgrade.rendered,
            first_deployed: Some(first_deployed),
            hide_secrets: args.rehearsal.hide_secret,
        };
        say_upgraded(&name, format, session)?;
        return deploying::print(&pretended.release()?, format, hide_notes, session);
    }
    let undo = (name.as_str(), &args.undo, "rolled back");
    let ending = deploying::carried_out(&mut work, undo, async |world| {
        applier::upgrade(world, situation, upgrade).await
    });
    let done = match ending? {
        Ending::Whole(done) => done,
        Ending::Cut => return Err(deploying::cancelled(&name, session)?),
    };
    say_upgraded(&name, format, session)?;
    deploying::print_record(&mut work, &done.record, (format, hide_notes), session)?;
    work.close(session)
}

fn say_upgraded(name: &str, format: Format, session: &mut Session) -> Result<(), Failure> {
    if format == Format::Table {
        let said = format!("Release {name:?} has been upgraded. Happy Helming!\n");
        session.ui.print(&said)?;
    }
    Ok(())
}

/// Refuses a release whose last operation has not ended, before its chart is rendered.
///
/// # Errors
///
/// Helm's `errPending`; the hint says who is at it, or how an interrupted one is ended.
fn refuse_pending(work: &mut Work, situation: &Situation) -> Result<(), Failure> {
    let is_pending = situation.latest.as_ref().is_some_and(|it| it.status().is_pending());
    let obstacle = work.run(async |world| Ok(applier::obstacle(world, situation)))?;
    match obstacle {
        Some(obstacle) if is_pending => {
            let message = "another operation (install/upgrade/rollback) is in progress";
            Err(Failure::new(message).with_hint_of(obstacle.hint()))
        }
        _ => Ok(()),
    }
}

/// Returns the revision whose values go on, and since when there has been the release
/// (`Upgrade.prepareUpgrade`).
///
/// # Errors
///
/// Helm's messages where there is no such revision.
fn current(situation: &Situation) -> Result<(crate::release::Time, &Record), Failure> {
    let no_deployed = || {
        let name = situation.target.name.as_str();
        crate::work::failure(&applier::Error::NoDeployed { name: name.to_owned() })
    };
    let latest = situation.latest.as_ref().ok_or_else(no_deployed)?;
    let current = match (&situation.deployed, latest.status()) {
        (Some(deployed), _) => deployed,
        (None, Status::Deployed | Status::Failed | Status::Superseded) => latest,
        // What nobody is at work on any more counts as failed.
        (None, status) if status.is_pending() => latest,
        (None, _) => return Err(no_deployed()),
    };
    Ok((Release::of_record(latest)?.info.first_deployed, current))
}

impl Reuse {
    /// Brings in the values of the revision before, as far as the flags want them
    /// (`Upgrade.reuseValues`).
    fn apply(&self, ingredients: &mut Ingredients, current: &Record) -> Result<(), Failure> {
        let old = Values::from_json(&current.config);
        if self.reset.is_on() {
            return Ok(());
        }
        ingredients.said = None;
        if self.keep.is_on() {
            let chart = Chart::from_record(&current.chart).map_err(|error| {
                Failure::from_error(&error).prefixed("failed to rebuild old values")
            })?;
            ingredients.values = ingredients.values.over(&old);
            ingredients.chart.values = old.over_defaults(&chart).map_err(|error| {
                Failure::from_error(&error).prefixed("failed to rebuild old values")
            })?;
        } else if self.lay_over.is_on() {
            ingredients.values = ingredients.values.over(&old);
        } else if ingredients.values.is_empty() && !old.is_empty() {
            ingredients.values = old;
        }
        Ok(())
    }
}

/// `null` takes a label away.
fn labels(args: &Args) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let labels = deploying::labels(&args.release)?;
    Ok(labels
        .into_iter()
        .map(|(key, value)| (key, Some(value).filter(|it| it != "null")))
        .collect())
}
