//! Mistakes in metadata, schemas that values do not meet, files that were not there.

use render::yaml;
use serde_json::{Value as Json, json};

use super::{Change, Edit, text, value};
use crate::{charts::Source, random::Random};

pub(super) fn metadata(source: &Source, random: &mut Random) -> Edit {
    let files: Vec<&String> = source
        .contents
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.ends_with("Chart.yaml") || name.ends_with("requirements.yaml"))
        .collect();
    let file = if random.chance(60) {
        "Chart.yaml".to_owned()
    } else {
        random.one(&files).map(|name| (*name).clone()).unwrap_or_default()
    };
    let read = yaml::read_json(text(source, &file)).unwrap_or_default();
    let count = read.get("dependencies").and_then(Json::as_array).map_or(0, Vec::len);
    let (path, value) = if count > 0 && random.chance(75) {
        let (key, value) = dependency(source, random);
        (vec!["dependencies".to_owned(), random.below(count).to_string(), key.to_owned()], value)
    } else {
        let (key, value) = field(random);
        (vec![key.to_owned()], value)
    };
    Edit { file, change: Change::Metadata(path, value) }
}

fn dependency(source: &Source, random: &mut Random) -> (&'static str, Json) {
    let mut path = || {
        let path = random.one(&source.paths).cloned().unwrap_or_default();
        path.join(".")
    };
    let (child, parent, condition) = (path(), path(), path());
    let value = match random.below(12) {
        0..=1 => {
            return (
                "alias",
                json!(random.pick(&["other", "x-1", "", "a b", "a/b", "é", "..", "global"])),
            );
        }
        2..=3 => {
            let second = random.pick(&["", ",nosuch.enabled", ",global.x"]);
            return ("condition", json!(format!("{condition}{second}")));
        }
        4 => return ("tags", json!([random.pick(&["a", "front-end", ""]), "b"])),
        5..=7 => {
            let both = json!({"child": child, "parent": parent});
            let exported = json!(random.pick(&["data", "exports", "nosuch", "."]));
            let odd = value(random, 2);
            let chosen = random.one(&[both.clone(), both, exported, odd]).cloned();
            json!([chosen])
        }
        8 => return ("version", json!(random.pick(&["1.x", ">0.0.0", "*", "", "99", "x"]))),
        9 => return ("name", json!(random.pick(&["nosuch", "", "a/b", "common"]))),
        10 => return ("enabled", json!(random.chance(50))),
        _ => value(random, 2),
    };
    ("import-values", value)
}

fn field(random: &mut Random) -> (&'static str, Json) {
    let key = random.below(FIELDS.len());
    let key = FIELDS.get(key).copied().unwrap_or_default();
    let value = if random.chance(40) {
        value(random, 1)
    } else {
        json!(random.pick(&[
            "v1",
            "v2",
            "v3",
            "",
            "library",
            "application",
            "Library",
            "1.2.3",
            "1.2",
            "v1.2.3",
            "x",
            "other",
            "a/b",
            "a b",
            ">=1.20.0",
            ">=99",
            "<1.0 || x",
            "^1.0.0-0",
            "é",
            "..",
            "\u{1}",
        ]))
    };
    (key, value)
}

const FIELDS: &[&str] = &[
    "apiVersion",
    "name",
    "version",
    "kubeVersion",
    "type",
    "appVersion",
    "description",
    "keywords",
    "home",
    "sources",
    "maintainers",
    "icon",
    "deprecated",
    "annotations",
    "dependencies",
    "nosuch",
    "tags",
    "condition",
    "Name",
    "import-values",
];

/// A schema for the chart, which its values may not meet. No `propertyNames`: which name is
/// refused first, and where that is said to be, is an accident of Go's maps and slices.
pub(super) fn schema(source: &Source, random: &mut Random) -> Edit {
    let mut properties = serde_json::Map::new();
    for _ in 0..=random.below(3) {
        let Some(path) = random.one(&source.paths) else { continue };
        let Some(key) = path.first() else { continue };
        let rule = random.pick(&[
            r#"{"type": "string"}"#,
            r#"{"type": ["integer", "null"]}"#,
            r#"{"type": "object"}"#,
            r#"{"enum": ["a", 1, null]}"#,
            r#"{"minimum": 5}"#,
            r#"{"minLength": 70}"#,
            r#"{"pattern": "^[a-z]+$"}"#,
            r#"{"required": ["nosuch", "enabled"]}"#,
            r##"{"$ref": "#/definitions/n"}"##,
            r#"{"additionalProperties": false}"#,
            r#"{"items": {"type": "string"}}"#,
            r#"{"const": 3}"#,
            r#"{"not": {}}"#,
            "true",
            "false",
            r#"{"oneOf": [{"type": "string"}, {"type": "number"}]}"#,
            r#"{"maxProperties": 1}"#,
            r#"{"format": "uri"}"#,
            r#"{"multipleOf": 2}"#,
            r#"{"type": "nosuch"}"#,
            "3",
            r#"{"anyOf": [{"minItems": 2}, {"type": "boolean"}]}"#,
            r#"{"uniqueItems": true}"#,
            r#"{"if": {"type": "object"}, "then": {"required": ["x"]}, "else": false}"#,
            r##"{"$ref": "#/nosuch"}"##,
        ]);
        properties.insert(key.clone(), serde_json::from_str(rule).unwrap_or_default());
    }
    let mut whole = json!({
        "$schema": random.pick(&[
            "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema",
            "http://json-schema.org/schema#", "http://json-schema.org/draft-04/schema#",
        ]),
        "type": random.pick(&["object", "object", "array"]),
        "properties": properties,
        "definitions": {"n": {"type": "number"}},
    });
    if random.chance(30) {
        whole["required"] = json!([random.pick(&["nosuch", "image", "global"])]);
    }
    let mut text = whole.to_string();
    if random.chance(5) {
        text.truncate(text.len() / 2);
    }
    Edit { file: "values.schema.json".to_owned(), change: Change::Whole(text) }
}

/// A file that the chart does not have.
pub(super) fn added(random: &mut Random) -> Edit {
    let (file, text) = [
        ("templates/zz.yaml", "{{ toYaml .Values }}"),
        ("templates/zz.yaml", "{{ toJson .Chart }}"),
        ("templates/zz.yaml", "{{ range $k, $v := .Subcharts }}{{ $k }}: {{ toYaml $v.Values }}\n{{ end }}"),
        ("templates/NOTES.txt", "{{ .Values | toJson }} {{ .Chart.Dependencies | toJson }}"),
        ("templates/a/b/c.yaml", "a: {{ .Template.Name }}\n---\nkind: X\nmetadata: {name: 1}\n"),
        ("charts/new/Chart.yaml", "apiVersion: v2\nname: new\nversion: 1.0.0\n"),
        ("charts/new/templates/x.yaml", "x: {{ .Values.global | toJson }}"),
        ("requirements.yaml", "dependencies:\n- name: new\n  version: 1\n"),
        ("Chart.lock", "dependencies: []\n"),
        ("templates/_first.tpl", "{{ define \"common.names.fullname\" }}other{{ end }}"),
        ("templates/hook.yaml", "kind: Job\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: test, pre-install\n    helm.sh/hook-weight: \"5\"\n"),
        ("values.yaml", "a: 1\n"),
        ("crds/x.yaml", "kind: CustomResourceDefinition\n"),
        (".helmignore", "templates/\n"),
        ("charts/_x/Chart.yaml", "name: [\n"),
        ("charts/y.tgz", "no archive"),
        ("charts/README.md", "text"),
    ]
    .get(random.below(17))
    .copied()
    .unwrap_or_default();
    Edit { file: file.to_owned(), change: Change::Whole(text.to_owned()) }
}
