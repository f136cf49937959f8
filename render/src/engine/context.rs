//! What `.` is in a chart's templates, and which templates there are.

use std::{collections::BTreeMap, rc::Rc};

use rutter_gotmpl::{Elem, Map, Object, Value};

use super::{ReleaseFacts, Verb, cluster, files::Files, named::Named};
use crate::{Capabilities, Chart, Dependency, File, Metadata, values::path::table};

/// A template: its file and what it runs over.
pub(super) struct Template {
    pub(super) file: File,
    pub(super) scope: Map,
    /// `.Template.BasePath`.
    pub(super) base: String,
    /// The chart's engine, as its Chart.yaml says it.
    pub(super) engine: String,
    /// Whether the chart only lends its partials.
    pub(super) owner: Owner,
}

/// What sort of chart a template is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// One whose templates run.
    Application,
    /// One that only lends its partials.
    Library,
}

/// Everything below one name is set: the templates by their full names.
pub(super) type Templates = BTreeMap<String, Template>;

/// Returns all templates of `chart` and its subcharts; `values` are coalesced.
pub(super) fn templates(
    chart: &Chart,
    values: &Map,
    release: &ReleaseFacts,
    capabilities: &Capabilities,
) -> Templates {
    let shared = Shared { release: facts(release), capabilities: cluster::value(capabilities) };
    let mut templates = Templates::new();
    shared.chart(chart, &Place::Root, values.clone(), &mut templates);
    templates
}

struct Shared {
    release: Value,
    capabilities: Value,
}

/// Where a chart stands among the others.
enum Place<'a> {
    Root,
    Below(&'a str),
}

impl Shared {
    fn chart(
        &self,
        chart: &Chart,
        place: &Place<'_>,
        values: Map,
        templates: &mut Templates,
    ) -> Map {
        let path = match place {
            Place::Root => chart.name().to_owned(),
            Place::Below(parent) => format!("{parent}/charts/{}", chart.name()),
        };
        let subcharts = crate::values::empty();
        for subchart in &chart.dependencies {
            let name = subchart.name();
            let inner = table(&values, name).unwrap_or_else(crate::values::empty);
            let scope = self.chart(subchart, &Place::Below(&path), inner, templates);
            subcharts.entries.borrow_mut().insert(name.into(), Value::Map(scope));
        }
        let scope = Value::map([
            ("Chart", metadata(&chart.metadata, place)),
            ("Files", Value::Object(Rc::new(Files::new(&chart.files)))),
            ("Release", self.release.clone()),
            ("Capabilities", self.capabilities.clone()),
            ("Values", Named::values(values)),
            ("Subcharts", Value::Map(subcharts)),
        ]);
        let Value::Map(scope) = scope else { return Map::default() };
        for file in &chart.templates {
            let base = file.name.rsplit('/').next().unwrap_or_default();
            if chart.is_library() && !base.starts_with('_') {
                continue;
            }
            let template = Template {
                file: file.clone(),
                scope: scope.clone(),
                base: format!("{path}/templates"),
                engine: chart.metadata.engine.clone(),
                owner: if chart.is_library() { Owner::Library } else { Owner::Application },
            };
            templates.insert(format!("{path}/{}", file.name), template);
        }
        scope
    }
}

fn facts(release: &ReleaseFacts) -> Value {
    Value::map([
        ("Name", Value::from(release.name.as_str())),
        ("Namespace", Value::from(release.namespace.as_str())),
        ("IsUpgrade", Value::Bool(release.verb == Verb::Upgrade)),
        ("IsInstall", Value::Bool(release.verb == Verb::Install)),
        ("Revision", Value::int(i64::from(release.revision))),
        ("Service", Value::from("Helm")),
    ])
}

/// `.Chart`: the names of Helm's Go fields, and whether it is the top chart.
fn metadata(metadata: &Metadata, place: &Place<'_>) -> Value {
    let text = |text: &String| Value::from(text.as_str());
    let texts = |texts: &[String]| Value::list(texts.iter().map(text).collect());
    let annotations = metadata.annotations.iter().map(|(key, value)| (key.as_str(), text(value)));
    let annotations = match Value::map(annotations) {
        Value::Map(map) if map.entries.borrow().is_empty() => Value::Object(Rc::new(NoTexts)),
        Value::Map(map) => Value::Map(Map { elem: Elem::String, ..map }),
        other => other,
    };
    let maintainers = metadata.maintainers.iter().map(|maintainer| {
        Value::map([
            ("Name", text(&maintainer.name)),
            ("Email", text(&maintainer.email)),
            ("URL", text(&maintainer.url)),
        ])
    });
    Value::map([
        ("Name", text(&metadata.name)),
        ("Home", text(&metadata.home)),
        ("Sources", texts(&metadata.sources)),
        ("Version", text(&metadata.version)),
        ("Description", text(&metadata.description)),
        ("Keywords", texts(&metadata.keywords)),
        ("Maintainers", Value::list(maintainers.collect())),
        ("Icon", text(&metadata.icon)),
        ("APIVersion", text(&metadata.api_version)),
        ("Condition", text(&metadata.condition)),
        ("Tags", text(&metadata.tags)),
        ("AppVersion", text(&metadata.app_version)),
        ("Deprecated", Value::Bool(metadata.deprecated)),
        ("Annotations", annotations),
        ("KubeVersion", text(&metadata.kube_version)),
        ("Dependencies", Value::list(metadata.dependencies.iter().map(dependency).collect())),
        ("Type", text(&metadata.kind)),
        ("IsRoot", Value::Bool(matches!(place, Place::Root))),
    ])
}

/// Go's nil `map[string]string`: JSON has `null` for it, all else takes it for an empty map.
#[derive(Debug)]
struct NoTexts;

impl Object for NoTexts {
    fn type_name(&self) -> &'static str {
        "map[string]string"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Map(Map { elem: Elem::String, ..Map::default() }))
    }

    fn marshal(&self) -> Option<Value> {
        Some(Value::Nil)
    }

    fn print(&self) -> String {
        "map[]".to_owned()
    }
}

fn dependency(dependency: &Dependency) -> Value {
    let text = |text: &String| Value::from(text.as_str());
    let imports = dependency.import_values.iter().map(crate::values::from_json);
    Value::map([
        ("Name", text(&dependency.name)),
        ("Version", text(&dependency.version)),
        ("Repository", text(&dependency.repository)),
        ("Condition", text(&dependency.condition)),
        ("Tags", Value::list(dependency.tags.iter().map(text).collect())),
        ("Enabled", Value::Bool(dependency.enabled)),
        ("ImportValues", Value::list(imports.collect())),
        ("Alias", text(&dependency.alias)),
    ])
}
