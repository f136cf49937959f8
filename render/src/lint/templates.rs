//! What the templates write (Helm's `rules/template.go`).

use rutter_gotmpl::quote;
use serde_json::Value as Json;

use super::{
    Report, Request, Standing, Unread, deprecations,
    documents::{self, Object},
    names, unread,
};
use crate::{
    Capabilities, Chart, ReleaseFacts, SchemaCheck, Verb,
    chart::{Problem, process_dependencies, scalar},
    engine::{self, Looked},
    tape::Tape,
    values::{Nulls, coalesce, schema},
    yaml,
};

const FOLDER: &str = "templates/";

pub(super) fn check(request: &Request<'_>, tape: Tape, report: &mut Report) {
    match request.folder.templates {
        Standing::Nothing => return report.warning(FOLDER, "directory does not exist"),
        Standing::File => return report.error(FOLDER, "not a directory"),
        Standing::Folder => {}
    }
    let chart = match request.folder.chart() {
        Ok(chart) => chart,
        Err(text) => return report.error(FOLDER, text),
    };
    if request.unread == Unread::Told {
        unread::check(&chart, report);
    }
    let Some(looked) = run(request, chart.clone(), tape, report) else { return };
    report.notices = looked.notices;
    let files = match looked.files {
        Ok(files) => files,
        Err(error) => return report.error(FOLDER, error.to_string().trim_end().to_owned()),
    };
    for template in &chart.templates {
        let name = &template.name;
        if let Some(text) = extension(name) {
            report.error(name, text);
        }
        let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
        if !matches!(ending.as_str(), "yaml" | "yml") {
            continue;
        }
        let text = files.get(&format!("{}/{name}", chart.name()));
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
        if !written(request, (name, text), report) {
            return;
        }
    }
}

/// Runs the templates. Where the values do not fit, Helm says nothing of it.
fn run(request: &Request<'_>, mut chart: Chart, tape: Tape, report: &mut Report) -> Option<Looked> {
    let mut log = Vec::new();
    let given = request.values.map();
    process_dependencies(&mut chart, given, &mut log).ok()?;
    // Helm merges twice, and a null of the user's has done its work after the first time.
    let values = coalesce(&chart, given, Nulls::Act, &mut log).ok()?;
    let values = match coalesce(&chart, &values, Nulls::Act, &mut log) {
        Ok(values) => values,
        Err(text) => {
            report.error(FOLDER, text);
            return None;
        }
    };
    if request.schema == SchemaCheck::Enforced
        && let Err(error) = schema::check(&chart, &values)
    {
        report.error(FOLDER, error.to_string());
        return None;
    }
    let release = ReleaseFacts {
        name: "test-release".to_owned(),
        namespace: request.namespace.to_owned(),
        revision: 0,
        verb: Verb::Nothing,
    };
    let mut capabilities = Capabilities::default();
    if let Some(version) = request.kube_version {
        capabilities.kube_version = version.clone();
    }
    Some(engine::look(&chart, &values, (&release, &capabilities), tape))
}

/// Says what is wrong with a file's extension, Go's `filepath.Ext`.
fn extension(name: &str) -> Option<String> {
    let base = name.rsplit('/').next().unwrap_or_default();
    let extension = base.rfind('.').and_then(|dot| base.get(dot..)).unwrap_or_default();
    let fits = matches!(extension, ".yaml" | ".yml" | ".tpl" | ".txt");
    let valid = "Valid extensions are .yaml, .yml, .tpl, or .txt";
    (!fits).then(|| format!("file extension '{extension}' not valid. {valid}"))
}

/// Looks at all documents of a file. Returns whether the others are looked at, too: Helm stops at
/// the first that is no YAML.
fn written(request: &Request<'_>, (file, text): (&str, &str), report: &mut Report) -> bool {
    if let Some(line) = indented(text) {
        let line = quote(line.as_bytes());
        report.warning(
            file,
            format!(
                "document starts with an illegal indent: {line}, which may cause parsing problems"
            ),
        );
    }
    for document in documents::read(text) {
        let object = match document {
            Ok(Some(object)) => object,
            Ok(None) => continue,
            Err(reason) => {
                report.error(file, format!("unable to parse YAML: {reason}"));
                return false;
            }
        };
        if let Some(text) = names::refused(&object) {
            report.warning(file, text);
        }
        deprecations::check(&object, request.kube_version, file, report);
        if let Some(text) = without_selector(&object, text) {
            report.error(file, text);
        }
        if let Some(text) = kept_in_list(&object, text) {
            report.error(file, text);
        }
    }
    true
}

/// Returns the first line that is not blank, if it is indented.
fn indented(text: &str) -> Option<&str> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    lines.find(|line| !line.trim().is_empty()).filter(|line| line.starts_with([' ', '\t']))
}

fn without_selector(object: &Object, text: &str) -> Option<String> {
    let kind = object.kind.as_str();
    if !matches!(kind, "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet")
        || text.contains("matchLabels")
        || text.contains("matchExpressions")
    {
        return None;
    }
    let name = quote(object.name.as_bytes());
    Some(format!("a {kind} must contain matchLabels or matchExpressions, and {name} does not"))
}

/// Helm reads the first document of the file, whichever of them the list is.
fn kept_in_list(object: &Object, text: &str) -> Option<String> {
    const ANNOTATION: &str = "helm.sh/resource-policy";
    if object.kind != "List" {
        return None;
    }
    let json = match yaml::read_typed(text) {
        Ok(json) => json,
        Err(error) => return Some(format!("unable to parse YAML: {error}")),
    };
    let items = json.get("items").and_then(Json::as_array).into_iter().flatten();
    let mut annotations = items.filter_map(|item| item.pointer("/metadata/annotations"));
    let has = annotations.any(|map| {
        map.as_object()
            .is_some_and(|map| map.get(ANNOTATION).is_some_and(|it| scalar(it).is_some()))
    });
    has.then(|| format!("annotation '{ANNOTATION}' within List objects are ignored"))
}

/// Go's text for a document of the wrong shape.
pub(super) fn told(problem: Problem) -> String {
    match problem {
        Problem::Shape(text) => text,
        Problem::Invalid(text) => text.to_owned(),
    }
}
