//! What templates wrote, split into objects and hooks and put in Helm's order
//! (its `manifest_sorter.go`).

use std::{cell::OnceCell, collections::BTreeMap};

use serde_json::{Map, Value as Json};

use super::{Crd, Document, Hook, HookEvent, install_rank};
use crate::{
    Chart, Error,
    chart::{kind, scalar},
    error::{Made, ManifestError},
    yaml,
};

/// Objects and hooks.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(crate) documents: Vec<Document>,
    pub(crate) hooks: Vec<Hook>,
}

/// The keys of a document that are looked at.
const HEAD: [&str; 3] = ["apiVersion", "kind", "metadata"];

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
            let in_file = |(line, column)| (piece.line + line - 1, column);
            let failed = |reason, at: Option<_>, shape: Option<_>| {
                let made = Made(made(files).into_boxed_str());
                let (at, shape) = (at.map(in_file), shape.map(in_file));
                let (file, excerpts) = (file.clone(), Vec::new());
                let error = ManifestError { file, reason, at, shape, made, excerpts };
                Error::Manifest(Box::new(error))
            };
            let object = yaml::read_some(piece.text, &HEAD).map_err(|error| {
                failed(error.to_string(), error.line().zip(error.column()), None)
            })?;
            let head = Head::read(&object).map_err(|misfit| {
                let shape = yaml::find(piece.text.as_bytes(), &misfit.path());
                failed(misfit.text(), None, shape)
            })?;
            let namespace = object.pointer("/metadata/namespace").and_then(scalar);
            let annotations = head.annotations;
            let document = Document {
                source: file.clone(),
                text: piece.text.to_owned(),
                api_version: head.api_version,
                kind: head.kind,
                name: head.name,
                namespace: namespace.filter(|text| !text.is_empty()),
                read: OnceCell::new(),
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

/// Something in a head that is of another type than Helm's `SimpleHead` wants.
#[derive(Debug)]
struct Misfit {
    /// JSON's word for what it is.
    is: &'static str,
    /// Its path, by dots.
    path: &'static str,
    /// The key of an annotation.
    key: Option<String>,
    /// Go's word for what it should be.
    into: &'static str,
}

impl Misfit {
    fn new(json: &Json, path: &'static str, into: &'static str) -> Self {
        Self { is: kind(json), path, key: None, into }
    }

    fn path(&self) -> Vec<String> {
        let parts = self.path.split('.').filter(|part| !part.is_empty()).map(str::to_owned);
        parts.chain(self.key.clone()).collect()
    }

    /// Go's text.
    fn text(&self) -> String {
        let Self { is, path, into, .. } = self;
        let field =
            if path.is_empty() { "value".to_owned() } else { format!("struct field .{path}") };
        format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {is} into Go \
             {field} of type {into}"
        )
    }
}

impl Head {
    /// Reads the head as Go's `encoding/json` fills Helm's `SimpleHead`.
    fn read(object: &Json) -> Result<Self, Misfit> {
        let nothing = Map::new();
        let top = match object {
            Json::Null => &nothing,
            Json::Object(top) => top,
            other => return Err(Misfit::new(other, "", "util.SimpleHead")),
        };
        let metadata = match top.get("metadata") {
            None | Some(Json::Null) => &nothing,
            Some(Json::Object(metadata)) => metadata,
            Some(other) => return Err(Misfit::new(other, "metadata", METADATA)),
        };
        let annotations = match metadata.get("annotations") {
            None | Some(Json::Null) => BTreeMap::new(),
            Some(Json::Object(annotations)) => annotations
                .iter()
                .map(|(key, value)| {
                    let text = text(value, ANNOTATIONS);
                    let text = text.map_err(|it| Misfit { key: Some(key.clone()), ..it });
                    Ok((key.clone(), text?))
                })
                .collect::<Result<_, Misfit>>()?,
            Some(other) => return Err(Misfit::new(other, ANNOTATIONS, "map[string]string")),
        };
        let field = |map: &Map<String, Json>, name: &str, path| {
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

const METADATA: &str = "struct { Name string \"json:\\\"name\\\"\"; Annotations \
     map[string]string \"json:\\\"annotations\\\"\" }";

const ANNOTATIONS: &str = "metadata.annotations";

fn text(json: &Json, path: &'static str) -> Result<String, Misfit> {
    scalar(json).ok_or_else(|| Misfit::new(json, path, "string"))
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
        assert!(
            refused
                .text()
                .ends_with("cannot unmarshal array into Go value of type util.SimpleHead")
        );
    }
}
