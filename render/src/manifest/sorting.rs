//! What templates wrote, split into objects and hooks and put in Helm's order
//! (its `manifest_sorter.go`).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{Crd, Document, Hook, HookEvent, install_rank};
use crate::{
    Chart, Error,
    chart::{kind, scalar},
    error::Made,
    yaml,
};

/// Objects and hooks.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(crate) documents: Vec<Document>,
    pub(crate) hooks: Vec<Hook>,
}

/// What Helm reads of a document.
struct Head {
    api_version: String,
    kind: String,
    name: String,
    annotations: BTreeMap<String, String>,
}

/// Sorts what templates wrote, by their names; both lists are in the order of
/// kinds, and in the order of files within a kind.
pub(crate) fn sort(
    files: &BTreeMap<String, String>,
    log: &mut Vec<String>,
) -> Result<Sorted, Error> {
    let mut sorted = Sorted::default();
    for (file, text) in files {
        for piece in yaml::split(text) {
            let made = || Made(made(files).into_boxed_str());
            let failed =
                |reason, at| Error::Manifest { file: file.clone(), reason, at, made: made() };
            let object = yaml::read_json(piece.text).map_err(|error| {
                let at = error.line().zip(error.column());
                let at = at.map(|(line, column)| (piece.line + line - 1, column));
                failed(error.to_string(), at)
            })?;
            let head = Head::read(&object).map_err(|reason| failed(reason, None))?;
            let namespace = object.pointer("/metadata/namespace").and_then(scalar);
            let annotations = head.annotations;
            let document = Document {
                source: file.clone(),
                text: piece.text.to_owned(),
                api_version: head.api_version,
                kind: head.kind,
                name: head.name,
                namespace: namespace.filter(|text| !text.is_empty()),
                object,
            };
            match annotations.get("helm.sh/hook") {
                None => sorted.documents.push(document),
                Some(events) => sorted.hooks.extend(hook(document, events, &annotations, log)),
            }
        }
    }
    sorted.documents.sort_by(|a, b| order(a).cmp(&order(b)));
    sorted.hooks.sort_by(|a, b| order(&a.document).cmp(&order(&b.document)));
    Ok(sorted)
}

/// Returns all that the templates made as one text, to be looked at: what is not YAML cannot be
/// sorted (`action.renderResources`).
fn made(files: &BTreeMap<String, String>) -> String {
    let mut made = String::new();
    for (name, text) in files.iter().filter(|(_, text)| !text.trim().is_empty()) {
        made.extend(["---\n# Source: ", name, "\n", text, "\n"]);
    }
    made
}

/// Unknown kinds come last, by their names.
fn order(document: &Document) -> (usize, Option<&str>) {
    let rank = install_rank(&document.kind);
    (rank, (rank == install_rank("")).then_some(&document.kind))
}

/// A hook with an event that Helm does not know is dropped, with a line in its log.
fn hook(
    document: Document,
    events: &str,
    annotations: &BTreeMap<String, String>,
    log: &mut Vec<String>,
) -> Option<Hook> {
    let words = |text: &str| -> Vec<String> {
        text.split(',').map(|word| word.trim().to_lowercase()).collect()
    };
    let policies = |name: &str| annotations.get(name).map_or_else(Vec::new, |text| words(text));
    let known: Option<Vec<HookEvent>> =
        words(events).iter().map(|word| HookEvent::parse(word)).collect();
    let Some(known) = known else {
        log.push(format!("skipping unknown hooks: {events}"));
        return None;
    };
    let weight = annotations.get("helm.sh/hook-weight").and_then(|text| text.parse().ok());
    Some(Hook {
        document,
        events: known,
        weight: weight.unwrap_or_default(),
        delete_policies: policies("helm.sh/hook-delete-policy")
            .into_iter()
            .map(Into::into)
            .collect(),
        log_policies: policies("helm.sh/hook-output-log-policy")
            .into_iter()
            .map(Into::into)
            .collect(),
    })
}

impl Head {
    /// Reads the head as Go's `encoding/json` fills Helm's `SimpleHead`.
    fn read(object: &Json) -> Result<Self, String> {
        let nothing = Map::new();
        let top = match object {
            Json::Null => &nothing,
            Json::Object(top) => top,
            other => return Err(mismatch(other, "value of type util.SimpleHead")),
        };
        let metadata = match top.get("metadata") {
            None | Some(Json::Null) => &nothing,
            Some(Json::Object(metadata)) => metadata,
            Some(other) => return Err(mismatch(other, METADATA)),
        };
        let annotations = match metadata.get("annotations") {
            None | Some(Json::Null) => BTreeMap::new(),
            Some(Json::Object(annotations)) => annotations
                .iter()
                .map(|(key, value)| Ok((key.clone(), text(value, "metadata.annotations")?)))
                .collect::<Result<_, String>>()?,
            Some(other) => return Err(mismatch(other, ANNOTATIONS)),
        };
        let field = |map: &Map<String, Json>, name: &str, path: &str| {
            map.get(name).map_or_else(|| Ok(String::new()), |value| text(value, path))
        };
        Ok(Self {
            api_version: field(top, "apiVersion", "apiVersion")?,
            kind: field(top, "kind", "kind")?,
            name: field(metadata, "name", "metadata.name")?,
            annotations,
        })
    }
}

const METADATA: &str = "struct field .metadata of type struct { Name string \
     \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }";

const ANNOTATIONS: &str = "struct field .metadata.annotations of type map[string]string";

fn text(json: &Json, path: &str) -> Result<String, String> {
    scalar(json).ok_or_else(|| mismatch(json, &format!("struct field .{path} of type string")))
}

fn mismatch(json: &Json, into: &str) -> String {
    let is = kind(json);
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {is} into Go {into}"
    )
}

/// Returns the files under `crds/`, the chart's own before its subcharts'.
pub(crate) fn crds(chart: &Chart) -> Vec<Crd> {
    let mut crds = Vec::new();
    add_crds(chart, chart.name(), &mut crds);
    crds
}

fn add_crds(chart: &Chart, path: &str, crds: &mut Vec<Crd>) {
    let is_manifest = |name: &str| {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        matches!(extension.as_deref(), Some("yaml" | "yml" | "json"))
    };
    for file in &chart.files {
        if file.name.starts_with("crds/") && is_manifest(&file.name) {
            crds.push(Crd {
                name: file.name.clone(),
                source: format!("{path}/{}", file.name),
                text: file.text().into_owned(),
            });
        }
    }
    for subchart in &chart.dependencies {
        add_crds(subchart, &format!("{path}/charts/{}", subchart.name()), crds);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_where_a_name_belongs_is_a_name() {
        let object =
            json!({"kind": "ConfigMap", "metadata": {"name": 5, "annotations": {"a": true}}});
        let head = Head::read(&object).unwrap();
        assert_eq!((head.name.as_str(), head.annotations["a"].as_str()), ("5", "true"));
    }

    #[test]
    fn what_is_no_mapping_is_refused_in_go_s_words() {
        let refused = Head::read(&json!([1])).err().unwrap();
        assert!(refused.ends_with("cannot unmarshal array into Go value of type util.SimpleHead"));
    }
}
