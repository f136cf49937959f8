//! Values against `values.schema.json`, in Helm's words.
//!
//! Helm prints the tree of failures of its schema library (santhosh-tekuri's
//! jsonschema v6): which keyword is looked at first, which failure ends the
//! look at a value, how the text is indented. A validator that only answers yes
//! or no, or in other words, would not do; so the keywords are evaluated here.

use rutter_gotmpl::{Map, Value};
use serde_json::Value as Json;

use crate::{Chart, Error, SchemaError, functions::json_read};
use checker::Checker;

mod checker;
mod formats;
mod keywords;
mod metaschema;
mod references;

/// The largest schema that is read, in bytes. As data it takes many times that.
const MAX_SCHEMA: usize = 5 * 1024 * 1024;

/// Why a value does not meet a schema: a tree.
struct Failure {
    /// The path of the value, part by part.
    at: Vec<String>,
    text: Text,
    causes: Vec<Self>,
}

/// What a failure says.
enum Text {
    /// Several keywords of one schema failed.
    Group,
    /// A `$ref` led to the failures.
    Reference,
    /// A keyword failed.
    Keyword(String),
}

/// Checks the values of a chart and, below them, those of its subcharts.
///
/// # Errors
///
/// [`Error::Schema`] in Helm's words: for each chart its name and a line for each failure.
pub(crate) fn check(chart: &Chart, values: &Map) -> Result<(), Error> {
    let mut refused = Refused::default();
    add(chart, &[], values, &mut refused);
    let Refused { text, paths } = refused;
    if text.is_empty() { Ok(()) } else { Err(Error::Schema(Box::new(SchemaError { text, paths }))) }
}

/// What is refused: Helm's text, and where the values are from the top.
#[derive(Default)]
struct Refused {
    text: String,
    paths: Vec<Vec<String>>,
}

fn add(chart: &Chart, path: &[String], values: &Map, refused: &mut Refused) {
    if let Some(schema) = &chart.schema
        && let Err((failures, paths)) = failures(schema, values)
    {
        refused.text.extend([chart.name(), ":\n", &failures]);
        refused.paths.extend(paths.into_iter().map(|inner| [path, &inner].concat()));
    }
    for subchart in &chart.dependencies {
        let inner = values.entries.borrow().get(subchart.name()).cloned();
        let path = [path, &[subchart.name().to_owned()]].concat();
        match inner {
            None | Some(Value::Nil) => {}
            Some(Value::Map(inner)) => add(subchart, &path, &inner, refused),
            Some(_) => {
                let words = ":\ninvalid type for values: expected object (map)\n";
                refused.text.extend([subchart.name(), words]);
                refused.paths.push(path);
            }
        }
    }
}

/// Checks values against one schema, as Helm's `ValidateAgainstSingleSchema`.
///
/// # Errors
///
/// A line for each failure.
pub(crate) fn check_one(schema: &[u8], values: &Map) -> Result<(), String> {
    failures(schema, values).map_err(|(text, _)| text)
}

/// Returns what Go's `json.Decoder` says of a text that is no JSON.
fn no_json(schema: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(schema);
    match json_read::read(&text).err()?.0 {
        _ if text.trim().is_empty() => Some("EOF".to_owned()),
        end if end == "unexpected end of JSON input" => Some("unexpected EOF".to_owned()),
        other => Some(other),
    }
}

/// Does the same, and says which values were refused.
fn failures(schema: &[u8], values: &Map) -> Result<(), (String, Vec<Vec<String>>)> {
    let none = |text: String| (text, Vec::new());
    if schema.len() > MAX_SCHEMA {
        return Err(none(format!("schema is larger than the maximum size {MAX_SCHEMA}\n")));
    }
    let schema: Json = serde_json::from_slice(schema)
        .map_err(|error| none(no_json(schema).unwrap_or_else(|| error.to_string())))?;
    let values = super::json(&Value::Map(values.clone()));
    let checker = Checker::new(&schema);
    if let Some(text) = metaschema::refusal(&schema, checker.draft).or_else(|| checker.broken()) {
        return Err(none(text));
    }
    let Err(failure) = checker.run(&values) else { return Ok(()) };
    let (text, paths) = lines(failure);
    Err((format!("{text}\n"), paths))
}

/// Returns a line for each failure, and which values they are about.
fn lines(failure: Failure) -> (String, Vec<Vec<String>>) {
    let mut text = String::new();
    let top = failure.parts();
    for failure in &top {
        failure.print(1, &mut text);
    }
    let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
    (text, top.into_iter().map(|failure| failure.at).collect())
}

impl Failure {
    fn new(at: &[String], text: impl Into<String>) -> Self {
        Self { at: at.to_vec(), text: Text::Keyword(text.into()), causes: Vec::new() }
    }

    /// Returns the failures of several keywords, or itself.
    fn parts(self) -> Vec<Self> {
        if matches!(self.text, Text::Group) { self.causes } else { vec![self] }
    }

    /// Prints itself and its causes; a reference with one cause is only its cause.
    fn print(&self, indent: usize, into: &mut String) {
        let mut inner = indent;
        if !(matches!(self.text, Text::Reference) && self.causes.len() == 1) {
            into.push('\n');
            into.push_str(&"  ".repeat(indent.saturating_sub(1)));
            into.push_str("- at ");
            into.push_str(&quoted(&pointer(&self.at)));
            into.push_str(": ");
            into.push_str(match &self.text {
                Text::Group | Text::Reference => "validation failed",
                Text::Keyword(text) => text,
            });
            inner += 1;
        }
        for cause in &self.causes {
            cause.print(inner, into);
        }
    }
}

/// Returns a JSON pointer (RFC 6901).
fn pointer(parts: &[String]) -> String {
    let mut pointer = String::new();
    for part in parts {
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// Quotes a text in single quotes, as the library does.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '"' => out.push('"'),
            other => out.extend(other.escape_debug()),
        }
    }
    out.push('\'');
    out
}

/// Returns texts in single quotes, by comma.
fn quoted_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// Returns a number with its thousands grouped, as the library prints it.
fn grouped(number: f64) -> String {
    let text = if number.abs() < 1e21 { format!("{number}") } else { format!("{number:e}") };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_at(digits.find(['.', 'e']).unwrap_or(digits.len()));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Values;

    fn failures(schema: &Json, values: &Json) -> String {
        let schema = schema.to_string();
        check_one(schema.as_bytes(), Values::from_json(values).map()).unwrap_err()
    }

    // Expected texts: Helm 4.3.1.
    #[test]
    fn failures_are_told_in_helm_s_words() {
        let schema = json!({
            "required": ["name"],
            "additionalProperties": false,
            "properties": {
                "name": {"type": "string", "minLength": 2, "pattern": "^[a-z]+$"},
                "port": {"type": "integer", "maximum": 65_535},
                "one": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                "ref": {"$ref": "#/$defs/flag"}
            },
            "$defs": {"flag": {"type": "boolean"}}
        });
        assert_eq!(
            failures(&schema, &json!({"port": 70_000})),
            "- at '': validation failed\n".replace("validation failed", "missing property 'name'")
                + "- at '/port': maximum: got 70,000, want 65,535\n"
        );
        assert_eq!(
            failures(&schema, &json!({"name": "X", "extra": 1})),
            "- at '/name': validation failed\n  - at '/name': minLength: got 1, want 2\n  - at \
             '/name': 'X' does not match pattern '^[a-z]+$'\n- at '': additional properties \
             'extra' not allowed\n"
        );
        assert_eq!(
            failures(&schema, &json!({"name": "xx", "one": true})),
            "- at '/one': 'oneOf' failed, none matched\n  - at '/one': got boolean, want string\n  \
             - at '/one': got boolean, want integer\n"
        );
        assert_eq!(
            failures(&schema, &json!({"name": "xx", "ref": 1})),
            "- at '/ref': got number, want boolean\n"
        );
    }

    // Expected texts: Helm's packages, asked through `tests/oracle/helm`.
    #[test]
    fn a_schema_that_cannot_be_used_is_told_in_helm_s_words() {
        let values = Values::from_json(&json!({"a": 1}));
        let refused = |schema: &str| check_one(schema.as_bytes(), values.map()).unwrap_err();
        assert_eq!(refused(r#"{"type": "#), "unexpected EOF");
        assert_eq!(refused(r#"{"a" x}"#), "invalid character 'x' after object key");
        assert_eq!(
            refused(r##"{"properties": {"b": {"items": {"$ref": "#/nosuch"}}}}"##),
            "json-pointer in \"file:///values.schema.json#/nosuch\" not found"
        );
    }

    // Schemas that are none, by each draft, and names of properties: the real Helm was asked.
    #[test]
    fn schemas_are_held_to_the_schema_of_schemas() {
        let answers = include_str!("../../../tests/oracle/schemas/answers.jsonl");
        for line in answers.lines() {
            let case: Json = serde_json::from_str(line).unwrap();
            let values = Values::from_json(&case["values"]);
            let schema = case["schema"].to_string();
            let said = check_one(schema.as_bytes(), values.map()).err().unwrap_or_default();
            assert_eq!(said, case["said"], "{schema}");
        }
    }

    #[test]
    fn formats_are_asserted_before_draft_2019_only() {
        let format = json!({"properties": {"a": {"format": "ipv4"}}});
        let values = json!({"a": "999.1.1.1"});
        let schema = format.to_string();
        assert!(check_one(schema.as_bytes(), Values::from_json(&values).map()).is_ok());
        let mut old = format;
        old["$schema"] = json!("http://json-schema.org/draft-07/schema#");
        assert_eq!(
            failures(&old, &values),
            "- at '/a': '999.1.1.1' is not valid ipv4: decimal must be between 0 and 255\n"
        );
    }

    #[test]
    fn what_no_keyword_has_evaluated_can_be_refused() {
        let schema = json!({
            "allOf": [{"properties": {"a": true}}],
            "unevaluatedProperties": false
        });
        assert_eq!(failures(&schema, &json!({"a": 1, "b": 2})), "- at '/b': false schema\n");
    }
}
