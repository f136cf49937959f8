//! What `install` and `upgrade` have in common: from a chart, values and a cluster to a release.

use std::{cell::Cell, collections::BTreeMap};

use applier::{
    ChartOrigin, Conflicts, Done, Hooks, Jobs, Manner, Ownership, Waiting, World,
    record::{Record, SYSTEM_LABELS},
    resources::Form,
};
use ledger::{Digest, LocalStore};
use render::{
    Capabilities, Chart, NotesScope, ReleaseFacts, Rendered, Request, SchemaCheck, Values,
    functions::Dns,
    tape::{Source, Tape},
};

use crate::{
    charts::{self, Loaded},
    dependencies,
    failure::Failure,
    guard, live,
    options::{
        ApplyOptions, ChartOptions, ContentOptions, Format, ReleaseOptions, Switch, UndoOptions,
        ValueOptions, Wait, comma_separated,
    },
    places::Place,
    release::{Hook, Info, Release, Time},
    session::Session,
    ui::{Content, Detail, Report, Ui, json_line, yaml},
    words::Words,
    work::{Ending, Work, now},
};

/// A chart and what the user wants of it.
pub(crate) struct Ingredients {
    /// The chart.
    pub(crate) chart: Chart,
    /// The user's values.
    pub(crate) values: Values,
    /// What the user said of them, if nothing else is in them.
    pub(crate) said: Option<ValueOptions>,
    /// Where the chart came from.
    pub(crate) origin: ChartOrigin,
}

impl Ingredients {
    /// Reads chart and values, in Helm's order of complaints.
    pub(crate) fn read(
        place: &str,
        (options, dependency_update): (&ChartOptions, Switch),
        values: &ValueOptions,
        session: &mut Session,
    ) -> Result<Self, Failure> {
        let located = charts::locate(place, options, session)?;
        let said = Some(values.clone());
        let values = values.merged()?;
        let Loaded { chart, provenance } =
            dependencies::loaded(located, dependency_update, session)?;
        charts::check(&chart, &mut session.ui)?;
        let origin =
            ChartOrigin { digest: Some(digest(&chart)), source: Some(provenance.to_text()) };
        Ok(Self { chart, values, said, origin })
    }

    /// Renders them for a release.
    ///
    /// # Errors
    ///
    /// Helm's messages for values, templates and what they make.
    pub(crate) fn rendered(
        &self,
        release: ReleaseFacts,
        (capabilities, source): (&Capabilities, Box<dyn Source>),
        content: &ContentOptions,
        ui: &mut Ui,
    ) -> Result<Rendered, Failure> {
        let request = Request {
            chart: &self.chart,
            values: &self.values,
            release,
            capabilities,
            schema: match content.skip_schema_validation {
                Switch::On => SchemaCheck::Skipped,
                Switch::Off => SchemaCheck::Enforced,
            },
            notes: match content.render_subchart_notes {
                Switch::On => NotesScope::All,
                Switch::Off => NotesScope::Root,
            },
            dns: if content.enable_dns.is_on() { Dns::On } else { Dns::Off },
        };
        let rendered =
            guard::over(&self.chart, || render::render(&request, Tape::recording(source)));
        let rendered = rendered.map_err(|error| self.failed(&error))?;
        for warning in &rendered.warnings {
            ui.talk(warning);
        }
        Ok(rendered)
    }
}

impl Ingredients {
    fn failed(&self, error: &render::Error) -> Failure {
        let failure = Failure::from_render(error);
        match &self.said {
            Some(said) => said.shown(failure, error, &self.chart),
            None => failure,
        }
    }
}

/// The digest of a chart's files, names and lengths included, in the order they were read.
fn digest(chart: &Chart) -> Digest {
    let mut bytes = Vec::new();
    for file in &chart.raw {
        for part in [file.name.as_bytes(), &file.data] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
    }
    Digest::of(&bytes)
}

/// Returns how an operation goes about it.
pub(crate) fn manner(
    apply: &ApplyOptions,
    ownership: Switch,
    description: Option<String>,
    history_max: i64,
) -> Manner {
    Manner {
        hooks: if apply.no_hooks.is_on() { Hooks::Skip } else { Hooks::Run },
        waiting: waiting(apply),
        conflicts: match apply.force_conflicts {
            Switch::On => Conflicts::Force,
            Switch::Off => Conflicts::Refuse,
        },
        ownership: if ownership.is_on() { Ownership::Take } else { Ownership::Check },
        history_max: u32::try_from(history_max).unwrap_or(0),
        description: description.filter(|it| !it.is_empty()),
        ..Manner::default()
    }
}

fn waiting(apply: &ApplyOptions) -> Waiting {
    Waiting {
        strategy: strategy(apply.wait),
        jobs: if apply.wait_for_jobs.is_on() { Jobs::Await } else { Jobs::Ignore },
        timeout: apply.timeout.0,
    }
}

/// Returns what is waited for.
pub(crate) fn strategy(wait: Option<Wait>) -> applier::Wait {
    match wait {
        None | Some(Wait::Hooks) => applier::Wait::HookOnly,
        Some(Wait::Ready) => applier::Wait::Watcher,
        Some(Wait::Legacy) => applier::Wait::Legacy,
    }
}

/// Returns the labels that `--labels` gives, in the words of pflag when they are none.
pub(crate) fn labels(options: &ReleaseOptions) -> Result<BTreeMap<String, String>, Failure> {
    let mut labels = BTreeMap::new();
    for pair in options.labels.iter().flat_map(|list| comma_separated(list)) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::new(format_args!(
                "invalid argument {pair:?} for \"-l, --labels\" flag: {pair} must be formatted as \
                 key=value"
            )));
        };
        labels.insert(key.to_owned(), value.to_owned());
    }
    if labels.keys().any(|key| SYSTEM_LABELS.contains(&key.as_str())) {
        return Err(Failure::new(
            "user supplied labels contains system reserved label name. System labels: [name owner \
             status version createdAt modifiedAt]",
        ));
    }
    Ok(labels)
}

/// What a dry run shows of a release that is not.
pub(crate) struct Pretended<'r> {
    /// Names and number.
    pub(crate) facts: &'r ReleaseFacts,
    /// What it would be made of.
    pub(crate) rendered: &'r Rendered,
    /// Since when there has been such a release.
    pub(crate) first_deployed: Option<Time>,
    /// Whether Secrets are left out.
    pub(crate) hide_secrets: Switch,
}

impl Pretended<'_> {
    /// Returns the release as Helm prints a dry run of it.
    pub(crate) fn release(&self) -> Result<Release, Failure> {
        let deployed = Time::local(now());
        let chart = serde_json::from_value(self.rendered.chart.to_record())
            .map_err(|error| Failure::from_error(&error))?;
        let config = self.rendered.user_values.to_json();
        let status = match self.facts.verb {
            render::Verb::Install => "pending-install",
            render::Verb::Upgrade | render::Verb::Nothing => "pending-upgrade",
        };
        Ok(Release {
            name: self.facts.name.clone(),
            info: Info {
                first_deployed: self.first_deployed.clone().unwrap_or_else(|| deployed.clone()),
                last_deployed: deployed,
                description: "Dry run complete".to_owned(),
                status: status.to_owned(),
                notes: self.rendered.notes.clone(),
                ..Info::default()
            },
            chart: Some(chart),
            config: config.as_object().cloned(),
            manifest: self.manifest(),
            hooks: self.rendered.hooks.iter().map(Hook::of).collect(),
            revision: self.facts.revision.into(),
            namespace: self.facts.namespace.clone(),
            apply_method: "ssa".to_owned(),
            ..Release::default()
        })
    }

    fn manifest(&self) -> String {
        if !self.hide_secrets.is_on() {
            return self.rendered.manifest();
        }
        let documents = self.rendered.documents.iter().map(|it| {
            let hidden = it.kind == "Secret" && it.api_version == "v1";
            let text =
                if hidden { "# HIDDEN: The Secret output has been suppressed" } else { &it.text };
            format!("---\n# Source: {}\n{text}\n", it.source)
        });
        documents.collect()
    }
}

/// Prints what `install` and `upgrade` print of a release.
pub(crate) fn print(
    release: &Release,
    format: Format,
    hide_notes: Switch,
    session: &mut Session,
) -> Result<(), Failure> {
    let text = match format {
        Format::Json => json_line(release)?,
        Format::Yaml => yaml(release)?,
        Format::Table => {
            let content = match session.settings.debug {
                Switch::On => Content::Full { computed: release.computed_values() },
                Switch::Off => Content::Brief,
            };
            let notes = if hide_notes.is_on() { Detail::Hidden } else { Detail::Shown };
            let report = Report { release, chart: Detail::Hidden, content, notes };
            report.to_text(session.ui.style())?
        }
    };
    Ok(session.ui.print(&text)?)
}

/// Prints what an operation came to: on a terminal, and where Helm 2's words are taken, with the
/// release's objects as they are now, in Helm 2's three parts. Helm 4's scripts read what is piped.
pub(crate) fn print_record(
    work: &mut Work,
    record: &Record,
    (format, hide_notes): (Format, Switch),
    session: &mut Session,
) -> Result<(), Failure> {
    let mut release = Release::of_record(record)?;
    let is_wanted = || {
        let words = Words::chosen(&session.settings).unwrap_or_default();
        Ui::is_seen() || words == Words::Helm2
    };
    if format == Format::Table && is_wanted() {
        // What was done is done: that it cannot be looked at is no failure.
        if let Err(failure) = live::look(work, &mut release, Form::Table) {
            session.ui.warn(&format!("the objects cannot be shown: {}", failure.message()));
        }
    }
    print(&release, format, hide_notes, session)
}

/// Carries an operation out. When it fails and `undo` says so, the failure begins with what was
/// undone (`how`: `uninstalled`, `rolled back`), in Helm's words.
pub(crate) fn carried_out(
    work: &mut Work,
    (name, undo, how): (&str, &UndoOptions, &str),
    operation: impl AsyncFnOnce(&mut World<'_, Place, LocalStore>) -> Result<Done, applier::Error>,
) -> Result<Ending<Done>, Failure> {
    let failed = Cell::new(false);
    let ending = work.run_until_signal(async |world| {
        let done = operation(world).await;
        failed.set(matches!(done, Err(applier::Error::Failed { .. })));
        done
    });
    ending.map_err(|failure| match (failed.get(), undo.wanted()) {
        (true, Switch::On) => failure.prefixed(&format!(
            "release {name} failed, and has been {how} due to rollback-on-failure being set"
        )),
        _ => failure,
    })
}

/// What is said when a signal cut an operation short.
pub(crate) fn cancelled(name: &str, session: &mut Session) -> Result<Failure, Failure> {
    session.ui.print(&format!("Release {name} has been cancelled.\n"))?;
    let program = session.settings.program;
    Ok(Failure::new("context canceled").with_hint(format!(
        "`{program} resume {name}` ends it as it was meant, `{program} abandon {name}` gives it up"
    )))
}
