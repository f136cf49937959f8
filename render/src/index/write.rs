//! An index as Helm writes it.

use serde::Serialize;
use std::collections::BTreeMap;

use super::{Entry, Index};
use crate::yaml;

/// The fields in the order of Go's struct, which JSON keeps.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    api_version: &'a str,
    generated: &'a str,
    entries: &'a BTreeMap<String, Vec<Entry>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    public_keys: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

impl<'a> File<'a> {
    fn new(index: &'a Index) -> Self {
        Self {
            api_version: &index.api_version,
            generated: &index.generated,
            entries: &index.entries,
            public_keys: &index.public_keys,
            annotations: &index.annotations,
        }
    }
}

/// YAML with sorted keys, as `sigs.k8s.io/yaml` writes it.
pub(super) fn yaml(index: &Index) -> Result<String, yaml::Error> {
    let json = serde_json::to_value(File::new(index)).unwrap_or_default();
    yaml::write_json(&json)
}

/// JSON with an indent of two, as `encoding/json` writes it: `<`, `>` and `&`
/// could end up in a web page. They stand in texts only.
pub(super) fn json(index: &Index) -> String {
    let text = serde_json::to_string_pretty(&File::new(index)).unwrap_or_default();
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            c => escaped.push(c),
        }
    }
    escaped
}
