//! Values from all sides: `--set` and its relatives, files, defaults of a chart and its subchart,
//! and a schema.
//!
//! The bytes are lines. `set ARGUMENT`, `string`, `json`, `literal` and `file` are arguments; after
//! a line `% values`, `% chart`, `% subchart` or `% schema` come lines of that file. What was merged
//! is the same however often it is written and read, and templates see what they are said to see.

use std::collections::BTreeMap;

use render::{Chart, Error, Overrides, Values, yaml};
use rutter_gotmpl::Value;

use crate::{world, yaml::is_lost_by_go};

const TEMPLATE: &[u8] = b"values: {{ .Values | toJson | b64enc }}";

/// Runs the target.
///
/// # Panics
///
/// Where a promise is broken.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (overrides, files) = parts(&text);
    let merge = || {
        overrides.merge(&mut |name| {
            let found = files.get(name).map(|text| text.clone().into_bytes());
            found.ok_or_else(|| format!("open {name}: no such file or directory"))
        })
    };
    match merge() {
        Ok(values) => {
            let again = merge().expect("what merged once merges again");
            assert_eq!(values.to_json(), again.to_json());
            travels(&values);
            rendered(&values, &files);
        }
        Err(error) => says(&error),
    }
}

fn parts(text: &str) -> (Overrides, BTreeMap<&str, String>) {
    let mut overrides = Overrides::default();
    let mut files = BTreeMap::<&str, String>::new();
    let mut into = None;
    for line in text.split('\n') {
        if let Some(name) = line.strip_prefix("% ") {
            into = Some(name);
            files.entry(name).or_default();
        } else if let Some(file) = into.and_then(|name| files.get_mut(name)) {
            file.push_str(line);
            file.push('\n');
        } else if let Some((kind, argument)) = line.split_once(' ') {
            let list = match kind {
                "string" => &mut overrides.set_string,
                "json" => &mut overrides.set_json,
                "literal" => &mut overrides.set_literal,
                "file" => &mut overrides.set_file,
                _ => &mut overrides.set,
            };
            list.push(argument.to_owned());
        }
    }
    if files.contains_key("values") {
        overrides.files.push("values".to_owned());
    }
    (overrides, files)
}

/// Values come back from a release record, and from YAML. There every number is a float, as in
/// Helm, so what comes back is the same from the second time on.
fn travels(values: &Values) {
    let values = Values::from_json(&values.to_json());
    let json = values.to_json();
    assert_eq!(Values::from_json(&json).to_json(), json);
    if is_lost_by_go(&Value::Map(values.map().clone())) {
        return;
    }
    let Ok(text) = values.to_yaml() else { return };
    let again = yaml::read_map(&text).expect("what was written is YAML");
    assert_eq!(Values::new(again).to_json(), json, "from {text:?}");
}

/// Renders a chart that writes the values that it sees.
fn rendered(values: &Values, files: &BTreeMap<&str, String>) {
    let own = |name: &str| files.get(name).cloned().unwrap_or_default().into_bytes();
    let mut all = vec![
        world::file("Chart.yaml", b"apiVersion: v2\nname: x\nversion: 0.1.0\n"),
        world::file("values.yaml", &own("chart")),
        world::file("templates/x.yaml", TEMPLATE),
        world::file("charts/s/Chart.yaml", b"apiVersion: v2\nname: s\nversion: 0.1.0\n"),
        world::file("charts/s/values.yaml", &own("subchart")),
    ];
    if files.contains_key("schema") {
        all.push(world::file("values.schema.json", &own("schema")));
    }
    let rendered = Chart::load(all)
        .and_then(|chart| world::render(&chart, values, world::fresh()).map(|it| (chart, it)));
    match rendered {
        Ok((chart, rendered)) => {
            let seen = rendered.coalesced_values.to_json();
            let over = values.over_defaults(&chart).expect("they rendered");
            assert_eq!(over.to_json(), seen);
            assert_eq!(rendered.user_values.to_json(), values.to_json());
            assert!(rendered.documents.len() == 1, "the template makes a document");
        }
        Err(error) => says(&error),
    }
}

fn says(error: &Error) {
    let mut cause = Some(error as &dyn std::error::Error);
    while let Some(error) = cause {
        assert!(!error.to_string().is_empty(), "an error without words");
        cause = error.source();
    }
    error.excerpts().iter().for_each(|excerpt| drop(excerpt.to_string()));
    drop(error.hint());
}
