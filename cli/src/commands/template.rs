//! `rutter template`: what a chart would install, without a cluster.

mod files;
mod selection;

use std::fmt::Write as _;

use render::{
    Capabilities, Chart, Hook, HookEvent, KubeVersion, NotesScope, ReleaseFacts, Rendered, Request,
    SchemaCheck, Values, Verb,
    functions::Dns,
    tape::{Source, Tape},
};

use crate::{
    charts, dependencies,
    failure::Failure,
    grammar, guard,
    options::{
        ApplyOptions, ChartOptions, ContentOptions, DryRun, NameOptions, Naming, OldNameOptions,
        ReleaseOptions, Switch, UndoOptions, ValueOptions, comma_separated,
    },
    releases::{is_release_name, target},
    session::Session,
    sources::System,
    work::{Asking, Work},
};

/// Print what a chart would install
///
/// Unless --dry-run=server says otherwise, no cluster is asked: lookups find nothing, and the
/// versions that are not given are those that Helm assumes.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The name of the release, if any, and the chart: a folder, an archive, REPOSITORY/CHART or a
    /// URL
    #[arg(value_name = "NAME CHART")]
    words: Vec<String>,

    #[command(flatten)]
    values: ValueOptions,

    #[command(flatten)]
    name: NameOptions,

    #[command(flatten)]
    old_name: OldNameOptions,

    #[command(flatten)]
    chart: ChartOptions,

    #[command(flatten)]
    cluster: ClusterOptions,

    #[command(flatten)]
    selection: SelectionOptions,

    #[command(flatten)]
    content: ContentOptions,

    #[command(flatten)]
    release: ReleaseOptions,

    #[command(flatten)]
    apply: ApplyOptions,

    #[command(flatten)]
    #[allow(dead_code, reason = "taken for Helm's sake; nothing is done that could fail")]
    undo: UndoOptions,

    #[arg(long, hide = true)]
    #[allow(dead_code, reason = "taken for Helm's sake; no name is looked up")]
    replace: Switch,
}

/// What is assumed of the cluster.
#[derive(clap::Args, Debug)]
struct ClusterOptions {
    /// The version of Kubernetes to render for
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,

    /// An API that the cluster has: group/version or group/version/Kind (repeatable)
    #[arg(short = 'a', long, value_name = "API")]
    api_versions: Vec<String>,

    /// Render as for an upgrade
    #[arg(long)]
    is_upgrade: Switch,

    /// Ask a cluster, if it is server; client is what happens anyway
    #[arg(
        long, value_name = "WHERE", num_args = 0..=1, require_equals = true,
        default_missing_value = "unset", default_value = "client", hide_default_value = true
    )]
    dry_run: String,

    #[arg(long, hide = true)]
    validate: Switch,
}

/// What of it is printed, and where to.
#[derive(clap::Args, Debug)]
struct SelectionOptions {
    /// Print only what these templates of the chart made (repeatable)
    #[arg(short = 's', long, value_name = "TEMPLATE", short_alias = 'x')]
    show_only: Vec<String>,

    /// Print the chart's CRDs, too
    #[arg(long)]
    include_crds: Switch,

    /// Leave out tests
    #[arg(long)]
    skip_tests: Switch,

    /// Write a file for each template into this folder
    #[arg(long, value_name = "FOLDER")]
    output_dir: Option<String>,

    /// Put the name of the release between the folder and its files
    #[arg(long)]
    release_name: Switch,
}

/// What a release without a name is called, as in Helm.
const NAMELESS: &str = "release-name";

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "template", &args.words)?;
    kube_version(args)?;
    let dry_run = dry_run(args, session)?;
    args.apply.check()?;
    let words = args.old_name.before(&args.words);
    let (naming, place) = args.name.name_and_chart(&words, Some(NAMELESS))?;
    let located = charts::locate(place, &args.chart, session)?;
    let values = args.values.merged()?;
    let wanted = args.content.dependency_update;
    let chart = dependencies::loaded(located, wanted, session)?.chart;
    charts::check(&chart, &mut session.ui)?;
    let name = match naming {
        Naming::Given(name) => name,
        Naming::Template(template) => crate::naming::from_template(&template)?,
        Naming::Generated => crate::naming::generated_now(place),
        Naming::Missing => NAMELESS.to_owned(),
    };
    let rendered = rendered(args, session, (name, dry_run), (&chart, &values))?;
    for warning in &rendered.warnings {
        session.ui.talk(warning);
    }
    let printed = print(args, session, &rendered);
    // The process ends: to give all of it back piece by piece takes longer than to print it.
    std::mem::forget((chart, values, rendered));
    printed
}

/// Returns whether a cluster is asked, and warns of old words.
fn dry_run(args: &Args, session: &mut Session) -> Result<DryRun, Failure> {
    let word = if args.cluster.validate.is_on() { "server" } else { &args.cluster.dry_run };
    let (dry_run, warning) = DryRun::of(word).map_err(|error| Failure::from_error(&error))?;
    if let Some(warning) = warning {
        session.ui.warn(&warning);
    }
    match dry_run {
        DryRun::Client | DryRun::Server => Ok(dry_run),
        DryRun::None => Err(Failure::new(format_args!(
            "invalid dry-run value ({word:?}). Must be \"server\" or \"client\""
        ))),
    }
}

/// Returns what templates see and may ask of a cluster: the one that is meant, or what Helm assumes
/// where there is none. What a cluster can do is not overridden by flags.
fn outside(
    args: &Args,
    session: &mut Session,
    (name, dry_run): (&str, DryRun),
) -> Result<(Capabilities, Box<dyn Source>), Failure> {
    if dry_run == DryRun::Server {
        let mut work = Work::to_read(session, Asking::Cluster)?;
        let target = target(&session.namespace(), name)?;
        let situation = work
            .run(async |world| applier::look(world, &target).await)
            .map_err(|failure| failure.unreachable("cluster reachability check failed"))?;
        return Ok((situation.capabilities, work.source()));
    }
    let mut capabilities = Capabilities::default();
    if let Some(version) = kube_version(args)? {
        capabilities.kube_version = version;
    }
    let apis = args.cluster.api_versions.iter().flat_map(|list| comma_separated(list));
    capabilities.api_versions.extend(apis);
    Ok((capabilities, Box::new(System)))
}

fn kube_version(args: &Args) -> Result<Option<KubeVersion>, Failure> {
    match args.cluster.kube_version.as_deref() {
        None | Some("") => Ok(None),
        Some(version) => {
            KubeVersion::parse(version).map(Some).map_err(|error| Failure::from_error(&error))
        }
    }
}

fn rendered(
    args: &Args,
    session: &mut Session,
    (name, dry_run): (String, DryRun),
    (chart, values): (&Chart, &Values),
) -> Result<Rendered, Failure> {
    if !is_release_name(&name) {
        return Err(crate::naming::refused(&name));
    }
    let (capabilities, source) = outside(args, session, (&name, dry_run))?;
    let request = Request {
        chart,
        values,
        release: ReleaseFacts {
            name,
            namespace: session.namespace(),
            revision: 1,
            verb: if args.cluster.is_upgrade.is_on() { Verb::Upgrade } else { Verb::Install },
        },
        capabilities: &capabilities,
        schema: match args.content.skip_schema_validation {
            Switch::On => SchemaCheck::Skipped,
            Switch::Off => SchemaCheck::Enforced,
        },
        notes: NotesScope::Root,
        dns: if args.content.enable_dns.is_on() { Dns::On } else { Dns::Off },
    };
    let render = || render::render(&request, Tape::recording(source));
    let rendered = guard::over(chart, render);
    if let (Err(render::Error::Manifest(error)), Switch::On) = (&rendered, session.settings.debug) {
        session.ui.print(&format!("{}\n", error.made.0.trim()))?;
    }
    rendered.map_err(|error| {
        let message = crate::failure::chain(&error);
        // Helm says this of everything that goes wrong once values are known.
        let advice = "\n\nUse --debug flag to render out invalid YAML";
        let advice =
            if error.is_rendering() && !session.settings.debug.is_on() { advice } else { "" };
        let failure = Failure::new(format_args!("{message}{advice}")).about(&error);
        args.values.shown(failure, &error, chart)
    })
}

/// Prints in Helm's order: CRDs, objects, hooks.
fn print(args: &Args, session: &mut Session, rendered: &Rendered) -> Result<(), Failure> {
    let crds = rendered.crds.iter().filter(|_| args.selection.include_crds.is_on());
    let hooks: Vec<&Hook> = rendered
        .hooks
        .iter()
        .filter(|_| !args.apply.no_hooks.is_on())
        .filter(|hook| !(args.selection.skip_tests.is_on() && is_test(hook)))
        .collect();
    let mut text = String::new();
    if let Some(folder) = &args.selection.output_dir {
        let objects = crds
            .map(|crd| (crd.source.as_str(), crd.text.as_str()))
            .chain(rendered.documents.iter().map(|it| (it.source.as_str(), it.text.as_str())))
            .chain(hooks.iter().map(|it| (it.document.source.as_str(), it.document.text.as_str())));
        let below = args.selection.release_name.is_on().then(|| release_name(args));
        files::write(folder, below.as_deref(), objects, &mut session.ui)?;
        text.push('\n');
    } else {
        for crd in crds {
            let _ = write!(text, "---\n# Source: {}\n{}\n", crd.source, crd.text);
        }
        text.push_str(&rendered.manifest());
        text = format!("{}\n", text.trim());
        for hook in hooks {
            let document = &hook.document;
            let _ = write!(text, "---\n# Source: {}\n{}\n", document.source, document.text);
        }
    }
    if !args.selection.show_only.is_empty() {
        text = selection::chosen(&text, &args.selection.show_only)?;
    }
    Ok(session.ui.print(&text)?)
}

/// What `--release-name` puts into the path: the word, or Helm's default.
fn release_name(args: &Args) -> String {
    match &*args.old_name.before(&args.words) {
        [name, _] => name.clone(),
        _ => NAMELESS.to_owned(),
    }
}

fn is_test(hook: &Hook) -> bool {
    hook.events.contains(&HookEvent::Test)
}
