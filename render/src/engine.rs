//! The road from chart and values to documents, in Helm's order of steps.

use std::{collections::BTreeMap, rc::Rc};

use rutter_gotmpl::{Map, MissingKey, Options, TemplateSet};

use context::Template;
use named::Named;

use crate::{
    Capabilities, Chart, Error, Rendered, Values,
    chart::{is_compatible, process_dependencies},
    functions::{self, Dns, FunctionContext, Mode, Notice, limits::OF_A_CHART},
    manifest,
    tape::Tape,
    values::{Nulls, coalesce, schema},
};

mod cluster;
mod context;
mod engines;
mod failure;
mod files;
mod glob;
mod named;
mod origin;
mod places;

/// What is rendered.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The chart as loaded.
    pub chart: &'a Chart,
    /// What the user gave, see [`crate::Overrides`]; defaults come from the chart.
    pub values: &'a Values,
    /// The release that it is for.
    pub release: ReleaseFacts,
    /// What the cluster can do.
    pub capabilities: &'a Capabilities,
    /// Whether values must meet their schemas.
    pub schema: SchemaCheck,
    /// Whose NOTES.txt is wanted.
    pub notes: NotesScope,
    /// Whether host names may be looked up.
    pub dns: Dns,
}

/// What templates see as `.Release`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseFacts {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The revision that is being made, from 1.
    pub revision: u32,
    /// What is being done.
    pub verb: Verb,
}

/// What is being done with a release: `.Release.IsInstall` or `.Release.IsUpgrade`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is installed.
    Install,
    /// It is upgraded, or rolled back to another revision.
    Upgrade,
    /// Nothing: the chart is only looked at (Helm's `lint`).
    Nothing,
}

/// Whether values must meet the chart's `values.schema.json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaCheck {
    /// They must, and each subchart's theirs.
    #[default]
    Enforced,
    /// They need not: `--skip-schema-validation`.
    Skipped,
}

/// Whose NOTES.txt becomes the release's notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotesScope {
    /// The top chart's.
    #[default]
    Root,
    /// Those of subcharts too (`--render-subchart-notes`), ordered by path: in
    /// Helm their order is random.
    All,
}

/// Renders a chart: switches its subcharts, merges values, checks them against
/// schemas, runs the templates, and sorts what they made.
///
/// # Errors
///
/// Helm's errors in Helm's order; what the templates of the chart refuse, too.
pub fn render(request: &Request<'_>, tape: Tape) -> Result<Rendered, Error> {
    let mut warnings = Vec::new();
    let (chart, values) = prepared(request, &mut warnings)?;
    if request.schema == SchemaCheck::Enforced {
        schema::check(&chart, &values)?;
    }
    refuse_other_kubernetes(&chart, request.capabilities)?;
    let coalesced_values = Values::new(values.clone()).clone(); // templates may change theirs
    let templates = context::templates(&chart, &values, &request.release, request.capabilities);
    let functions = Rc::new(FunctionContext::new(tape, Mode::Render, request.dns));
    let mut files = run(&templates, &functions)?;
    let notes = take_notes(&mut files, chart.name(), request.notes);
    let sorted = manifest::sort(&files, &mut warnings).map_err(|mut error| {
        if let Error::Manifest(error) = &mut error
            && let Some(made) = files.get(&error.file)
        {
            origin::explain(error, made, (request, &functions));
        }
        error
    })?;
    let tape = functions.tape().recorded().clone();
    Ok(Rendered {
        documents: sorted.documents,
        hooks: sorted.hooks,
        notes,
        crds: manifest::crds(&chart),
        user_values: request.values.clone(),
        coalesced_values,
        tape,
        warnings,
        chart,
    })
}

/// Returns the chart with its subcharts switched, and what its templates see as values.
fn prepared(request: &Request<'_>, warnings: &mut Vec<String>) -> Result<(Chart, Map), Error> {
    let mut chart = request.chart.clone();
    process_dependencies(&mut chart, request.values.map(), warnings)?;
    let values = coalesce(&chart, request.values.map(), Nulls::Act, warnings);
    Ok((chart, values.map_err(Error::Values)?))
}

/// What a chart's templates write when they are only looked at: by file, or why they fail.
pub(crate) struct Looked {
    /// What each template wrote.
    pub(crate) files: Result<BTreeMap<String, String>, Error>,
    /// What `required` and `fail` had to say.
    pub(crate) notices: Vec<Notice>,
}

/// Runs the templates of a chart whose subcharts are switched and whose values are coalesced,
/// with `required`, `fail` and `lookup` softened (Helm's `LintMode`).
pub(crate) fn look(
    chart: &Chart,
    values: &Map,
    (release, capabilities): (&ReleaseFacts, &Capabilities),
    tape: Tape,
) -> Looked {
    let templates = context::templates(chart, values, release, capabilities);
    let functions = Rc::new(FunctionContext::new(tape, Mode::Lint, Dns::Off));
    let files = run(&templates, &functions);
    Looked { files, notices: functions.take_notices() }
}

fn refuse_other_kubernetes(chart: &Chart, capabilities: &Capabilities) -> Result<(), Error> {
    let wanted = &chart.metadata.kube_version;
    let version = &capabilities.kube_version;
    if wanted.is_empty() || is_compatible(wanted, &version.normalized) {
        return Ok(());
    }
    Err(Error::IncompatibleKube { wanted: wanted.clone(), version: version.version.clone() })
}

/// Runs all templates that are not partials and returns what they wrote, by file.
fn run(
    templates: &context::Templates,
    functions: &Rc<FunctionContext>,
) -> Result<BTreeMap<String, String>, Error> {
    let parsed = parsed(templates, functions)?;
    let mut files = BTreeMap::new();
    for name in parsed.order {
        let Some((template, scope)) = scope(templates, name) else { continue };
        if let Some(set) = parsed.tera.of(template) {
            files.insert(name.clone(), set.run(name, &scope)?);
            continue;
        }
        let text = parsed.go.run(name, &Named::values(scope)).map_err(|error| {
            let about = failure::About { templates, set: &parsed.go };
            Error::Template(Box::new(failure::run(name, &error, about)))
        })?;
        let text = if text.contains("<no value>") { text.replace("<no value>", "") } else { text };
        files.insert(name.clone(), text);
    }
    Ok(files)
}

/// All templates, parsed.
struct Parsed<'t> {
    go: TemplateSet,
    tera: engines::Sets,
    /// The names of all, in the order in which they run.
    order: Vec<&'t String>,
}

/// Parses all templates.
///
/// Deeper files come first and, within a depth, later names: so the definitions
/// of parents and of earlier names are the last to be parsed, and win.
fn parsed<'t>(
    templates: &'t context::Templates,
    functions: &Rc<FunctionContext>,
) -> Result<Parsed<'t>, Error> {
    let options = Options { missing_key: MissingKey::Zero, limits: OF_A_CHART };
    let mut set = TemplateSet::new(functions::table(functions), options);
    let mut order: Vec<&String> = templates.keys().collect();
    let depth = |name: &str| name.matches('/').count();
    order.sort_by(|a, b| (depth(b), b).cmp(&(depth(a), a)));
    let tera = engines::Sets::new(templates, functions)?;
    for &name in &order {
        let Some(template) = templates.get(name) else { continue };
        if !template.engine.is_empty() {
            continue;
        }
        let text = template.file.text();
        set.parse(name, &text).map_err(|error| {
            let about = failure::About { templates, set: &set };
            Error::Template(Box::new(failure::parse(name, &error, about)))
        })?;
    }
    Ok(Parsed { go: set, tera, order })
}

/// Returns what a template runs over; nothing for a partial, which does not run by itself.
fn scope<'t>(templates: &'t context::Templates, name: &str) -> Option<(&'t Template, Map)> {
    let base = name.rsplit('/').next().unwrap_or_default();
    let template = templates.get(name).filter(|_| !base.starts_with('_'))?;
    let place = Named::template(name, &template.base);
    template.scope.entries.borrow_mut().insert("Template".into(), place);
    Some((template, template.scope.clone()))
}

/// Takes the files that end in NOTES.txt out and returns those that are wanted.
fn take_notes(files: &mut BTreeMap<String, String>, chart: &str, scope: NotesScope) -> String {
    let root = format!("{chart}/templates/NOTES.txt");
    let names: Vec<String> =
        files.keys().filter(|name| name.ends_with("NOTES.txt")).cloned().collect();
    let mut notes = String::new();
    for name in names {
        let Some(text) = files.remove(&name) else { continue };
        if scope == NotesScope::All || name == root {
            if !notes.is_empty() {
                notes.push('\n');
            }
            notes.push_str(&text);
        }
    }
    notes
}
