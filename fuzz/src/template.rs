//! A template in Go's language, inside a chart whose values have something of every type.
//!
//! A text that is refused is refused with a place in it. One that renders renders to the same bytes
//! from the tape of its first run.

use render::{Chart, Error, Values};
use rutter_gotmpl::{Functions, Kind, Limits, Options, TemplateSet, Value};

use crate::world;

const VALUES: &[u8] = include_bytes!("values.yaml");

/// Runs the target.
///
/// # Panics
///
/// Where a promise is broken.
pub fn run(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        alone(text);
    }
    in_chart(b"apiVersion: v2\nname: x\nversion: 0.1.0\n", "x.yaml", bytes);
}

/// Runs the text with the language's own functions only.
fn alone(text: &str) {
    let limits = Limits { steps: 100_000, bytes: 1 << 24 };
    let options = Options { limits, ..Options::default() };
    let mut set = TemplateSet::new(Functions::default(), options);
    let parsed = set.parse("t", text);
    let data = render::yaml::read(VALUES).expect("the values are YAML");
    let done = parsed.and_then(|()| set.run("t", &Value::map([("Values", data)])));
    let Err(error) = done else { return };
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    match error.place() {
        Some(place) => assert!((1..=lines).contains(&place.line), "not in the text: {error}"),
        None => assert!(error.kind() != Kind::Parse, "parsed nowhere: {error}"),
    }
    assert!(error.to_string().starts_with("template: "), "no place in: {error}");
}

/// Renders the text as a template of a chart.
pub(crate) fn in_chart(metadata: &[u8], name: &str, text: &[u8]) {
    let files = vec![
        world::file("Chart.yaml", metadata),
        world::file("values.yaml", VALUES),
        world::file("files/a.txt", b"a line\nand another\n"),
        world::file("templates/_lent.tpl", b"{{ define \"lent\" }}{{ .Values.word }}{{ end }}"),
        world::file(&format!("templates/{name}"), text),
    ];
    let chart = Chart::load(files).expect("the chart is one");
    match world::render(&chart, &Values::default(), world::fresh()) {
        Ok(first) => {
            let again = world::render(&chart, &Values::default(), world::replayed(&first.tape));
            let again = again.expect("what rendered once renders again");
            assert_eq!(world::written(&first), world::written(&again));
        }
        Err(error) => placed(&error, name),
    }
}

/// Asserts that the error names the template.
fn placed(error: &Error, name: &str) {
    let text = error.to_string();
    assert!(text.contains(name) || text.contains("_lent.tpl"), "no place in: {text}");
    error.excerpts().iter().for_each(|excerpt| drop(excerpt.to_string()));
    drop(error.hint());
}
