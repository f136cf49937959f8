//! `rutter install`: a chart becomes a release.

use applier::{Crds, Install, Manner, NameReuse, NamespaceCreation, Situation, Target};
use render::{Capabilities, ReleaseFacts, Verb};

use crate::{
    asker::asker,
    deploying::{self, Ingredients, Pretended},
    failure::Failure,
    grammar,
    options::{
        ApplyOptions, ChartOptions, ContentOptions, DryRun, NameOptions, Naming, OldNameOptions,
        Output, RecordOptions, ReleaseOptions, RightsOptions, Switch, UndoOptions, ValueOptions,
    },
    releases::{is_release_name, target},
    rights,
    session::Session,
    sources::System,
    ui::Ui,
    work::{Ending, Work, failure, now},
};

/// Install a chart
///
/// CHART is a folder, an archive, REPOSITORY/CHART, a URL, or with --repo a name. What is done is written into the ledger before it is done, so
/// that an install which is cut short can be resumed.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The name of the release, and the chart
    #[arg(value_name = "NAME CHART")]
    words: Vec<String>,

    #[command(flatten)]
    pub(super) values: ValueOptions,

    #[command(flatten)]
    pub(super) name: NameOptions,

    #[command(flatten)]
    old_name: OldNameOptions,

    #[command(flatten)]
    pub(super) chart: ChartOptions,

    #[command(flatten)]
    pub(super) rehearsal: Rehearsal,

    #[command(flatten)]
    pub(super) apply: ApplyOptions,

    #[command(flatten)]
    undo: UndoOptions,

    #[command(flatten)]
    pub(super) content: ContentOptions,

    #[command(flatten)]
    pub(super) release: ReleaseOptions,

    /// Use a name again whose last revision failed or was uninstalled
    #[arg(long)]
    replace: Switch,

    #[command(flatten)]
    pub(super) output: Output,

    #[command(flatten)]
    pub(super) record: RecordOptions,

    #[command(flatten)]
    rights: RightsOptions,
}

/// Flags about doing nothing but showing it.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Rehearsal {
    /// Show what would be done: client (ask nobody), server (ask the cluster) or none
    #[arg(
        long, value_name = "WHERE", num_args = 0..=1, require_equals = true,
        default_missing_value = "unset", default_value = "none", hide_default_value = true
    )]
    dry_run: String,

    /// Leave Secrets out of what --dry-run shows
    #[arg(long)]
    pub(super) hide_secret: Switch,
}

impl Rehearsal {
    /// Returns what the flag means, and warns of its old forms.
    pub(super) fn dry_run(&self, session: &mut Session) -> Result<DryRun, Failure> {
        let (meant, warning) =
            DryRun::of(&self.dry_run).map_err(|error| Failure::from_error(&error))?;
        if let Some(warning) = warning {
            session.ui.warn(&warning);
        }
        Ok(meant)
    }

    /// Refuses `--hide-secret` where everything is done for real.
    pub(super) fn check(&self, dry_run: DryRun) -> Result<(), Failure> {
        if self.hide_secret.is_on() && dry_run == DryRun::None {
            return Err(Failure::new("hiding Kubernetes secrets requires a dry-run mode"));
        }
        Ok(())
    }
}

/// An install, as far as it does not depend on the command that wants it: `upgrade --install`
/// wants one, too.
pub(super) struct Wanted<'a> {
    /// The name of the release.
    pub(super) name: String,
    /// Chart and values.
    pub(super) ingredients: Ingredients,
    /// Whether it is done.
    pub(super) dry_run: DryRun,
    /// Whether Secrets are shown by a dry run.
    pub(super) hide_secrets: Switch,
    /// How objects are applied.
    pub(super) apply: &'a ApplyOptions,
    /// What becomes of a failure.
    pub(super) undo: &'a UndoOptions,
    /// How the chart is rendered.
    pub(super) content: &'a ContentOptions,
    /// What the release is given.
    pub(super) release: &'a ReleaseOptions,
    /// What the ledger keeps.
    pub(super) record: &'a RecordOptions,
    /// Whether the name may have been used.
    pub(super) reuse: NameReuse,
    /// How many records the cluster keeps.
    pub(super) history_max: i64,
    /// Whether the rights are printed that it takes, and nothing is done.
    pub(super) rights: &'a RightsOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "install", &args.words)?;
    let dry_run = args.rehearsal.dry_run(session)?;
    installed(args, dry_run, session).map_err(|failure| failure.prefixed("INSTALLATION FAILED"))
}

fn installed(args: &Args, dry_run: DryRun, session: &mut Session) -> Result<(), Failure> {
    args.apply.check()?;
    let words = args.old_name.before(&args.words);
    let (naming, place) = args.name.name_and_chart(&words, None)?;
    let name = match naming {
        Naming::Given(name) => name,
        Naming::Template(template) => crate::naming::from_template(&template)?,
        Naming::Generated => crate::naming::generated_now(place),
        Naming::Missing => crate::naming::guessed(place, dry_run, session)?,
    };
    let ingredients = Ingredients::read(
        place,
        (&args.chart, args.content.dependency_update),
        &args.values,
        session,
    )?;
    args.rehearsal.check(dry_run)?;
    let wanted = Wanted {
        name,
        ingredients,
        dry_run,
        hide_secrets: args.rehearsal.hide_secret,
        apply: &args.apply,
        undo: &args.undo,
        content: &args.content,
        release: &args.release,
        record: &args.record,
        reuse: if args.replace.is_on() { NameReuse::Allow } else { NameReuse::Refuse },
        history_max: 0,
        rights: &args.rights,
    };
    wanted.install(args.output, session)
}

/// What Helm says of a name that is taken.
const NAME_IN_USE: &str = "cannot reuse a name that is still in use";

/// Says first what was checked, as Helm does.
fn name_in_use(failure: Failure) -> Failure {
    if failure.says(NAME_IN_USE) { failure.prefixed("release name check failed") } else { failure }
}

impl Wanted<'_> {
    /// Installs, and prints what came of it; or prints what rights that takes.
    pub(super) fn install(&self, output: Output, session: &mut Session) -> Result<(), Failure> {
        if !is_release_name(&self.name) {
            return Err(crate::naming::refused(&self.name));
        }
        if let Some(user) = self.rights.wanted() {
            let rights = self.needs(user, session)?;
            return Ok(session.ui.print(&rights)?);
        }
        self.installed(output, session)
            .map_err(|failure| rights::shown(failure, session, |session| self.needs("", session)))
    }

    fn installed(&self, output: Output, session: &mut Session) -> Result<(), Failure> {
        if self.dry_run == DryRun::Client {
            deploying::labels(self.release)?;
            return self.pretend(output, session);
        }
        let target = target(&session.namespace(), &self.name)?;
        let (mut work, situation) = self.look(&target, session)?;
        let (facts, install) = self.request(&work, &situation, session)?;
        if self.dry_run == DryRun::Server {
            work.run(async |world| applier::plan_install(world, &situation, &install).await)?;
            let pretended = self.pretended(&facts, &install.rendered);
            let release = pretended.release()?;
            return deploying::print(&release, output.format, self.content.hide_notes, session);
        }
        let undo = (self.name.as_str(), self.undo, "uninstalled");
        let ending = deploying::carried_out(&mut work, undo, async |world| {
            applier::install(world, situation, install).await
        });
        let done = match ending.map_err(name_in_use)? {
            Ending::Whole(done) => done,
            Ending::Cut => return Err(deploying::cancelled(&self.name, session)?),
        };
        let shown = (output.format, self.content.hide_notes);
        deploying::print_record(&mut work, &done.record, shown, session)?;
        work.close(session)
    }

    /// Returns what an install needs to be allowed, as YAML.
    pub(super) fn needs(&self, user: &str, session: &mut Session) -> Result<String, Failure> {
        let target = target(&session.namespace(), &self.name)?;
        let mut work = Work::to_write(session, None)?;
        let situation = work.run(async |world| applier::look_overlooking(world, &target).await)?;
        let (_, install) = self.request(&work, &situation, session)?;
        let rights =
            work.run(async |world| applier::rights_to_install(world, &situation, &install).await)?;
        Ok(rights.to_yaml(rights::subject(user, &situation)))
    }

    /// Renders the chart, and returns what is asked of the applier.
    fn request(
        &self,
        work: &Work,
        situation: &Situation,
        session: &mut Session,
    ) -> Result<(ReleaseFacts, Install), Failure> {
        let labels = deploying::labels(self.release)?;
        let facts = self.facts(session, situation.next_revision().0);
        let known = if self.content.skip_crds.is_on() {
            situation.capabilities.clone()
        } else {
            situation.capabilities_with(&self.ingredients.chart)
        };
        let capabilities = (&known, work.source());
        let ui = &mut session.ui;
        let rendered = self.ingredients.rendered(facts.clone(), capabilities, self.content, ui)?;
        let install = Install {
            target: situation.target.clone(),
            rendered,
            origin: self.ingredients.origin.clone(),
            labels,
            namespace: match self.release.create_namespace {
                Switch::On => NamespaceCreation::Create,
                Switch::Off => NamespaceCreation::Leave,
            },
            crds: if self.content.skip_crds.is_on() { Crds::Skip } else { Crds::Create },
            reuse: self.reuse,
            manner: self.manner(ui),
            asker: asker(self.record),
        };
        Ok((facts, install))
    }

    /// Opens ledger and cluster, and sees whether the name is free.
    fn look(&self, target: &Target, session: &mut Session) -> Result<(Work, Situation), Failure> {
        let unreachable =
            |failure: Failure| failure.unreachable("cluster reachability check failed");
        let mut work =
            Work::to_write(session, self.record.events.as_deref()).map_err(unreachable)?;
        let situation = work.run(async |world| applier::look(world, target).await);
        let situation = situation.map_err(unreachable)?;
        if self.dry_run == DryRun::None {
            let check = applier::check_name(&situation, self.reuse, now());
            check.map_err(|error| name_in_use(failure(&error)))?;
        }
        Ok((work, situation))
    }

    /// Shows what would be installed if the cluster were as Helm assumes.
    fn pretend(&self, output: Output, session: &mut Session) -> Result<(), Failure> {
        let facts = self.facts(session, 1);
        let capabilities = Capabilities::default();
        let world = (&capabilities, Box::new(System) as Box<_>);
        let rendered =
            self.ingredients.rendered(facts.clone(), world, self.content, &mut session.ui)?;
        let release = self.pretended(&facts, &rendered).release()?;
        deploying::print(&release, output.format, self.content.hide_notes, session)
    }

    fn pretended<'r>(
        &self,
        facts: &'r ReleaseFacts,
        rendered: &'r render::Rendered,
    ) -> Pretended<'r> {
        Pretended { facts, rendered, first_deployed: None, hide_secrets: self.hide_secrets }
    }

    fn manner(&self, ui: &mut Ui) -> Manner {
        let description = self.release.description.clone();
        let ownership = self.release.take_ownership;
        let mut manner = deploying::manner(self.apply, ownership, description, self.history_max);
        self.undo.apply(&mut manner, ui);
        manner
    }

    fn facts(&self, session: &Session, revision: u32) -> ReleaseFacts {
        ReleaseFacts {
            name: self.name.clone(),
            namespace: session.namespace(),
            revision,
            verb: Verb::Install,
        }
    }
}
