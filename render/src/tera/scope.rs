//! What Tera's templates see: the objects of Go's templates, by names in lower case.

use ::tera::{Context, Value as Theirs};
use rutter_gotmpl::{Map, Value};

use super::value::{map, snake, to_tera};

/// How deep values may be nested: what Tera makes of them is freed by recursion.
const DEPTH: usize = 500;

/// Whether the values are nested deeper than may be.
pub(super) fn is_deep(scope: &Map) -> bool {
    let values = scope.entries.borrow().get("Values").cloned().unwrap_or_default();
    is_deeper(&values, DEPTH)
}

fn is_deeper(value: &Value, than: usize) -> bool {
    let Some(than) = than.checked_sub(1) else { return true };
    match value {
        Value::Map(map) => map.entries.borrow().values().any(|inner| is_deeper(inner, than)),
        Value::List(list) => list.items.iter().any(|inner| is_deeper(inner, than)),
        Value::Object(object) => object.underlying().is_some_and(|inner| is_deeper(&inner, than)),
        _ => false,
    }
}

/// Returns everything but `template`.
pub(super) fn context(scope: &Map) -> Context {
    let mut context = Context::new();
    let get = |name: &str| scope.entries.borrow().get(name).cloned().unwrap_or_default();
    context.insert_value("values", to_tera(&get("Values")));
    context.insert_value("release", named(&get("Release")));
    context.insert_value("chart", chart(&get("Chart")));
    context.insert_value("capabilities", capabilities(&get("Capabilities")));
    context.insert_value("files", files(&get("Files")));
    context
}

/// Returns `template`: its name, and the folder of the chart's templates.
pub(super) fn template(scope: &Map) -> Theirs {
    named(&scope.entries.borrow().get("Template").cloned().unwrap_or_default())
}

/// A map of Go's fields.
fn named(value: &Value) -> Theirs {
    let inner = match value {
        Value::Object(object) => object.underlying().unwrap_or_default(),
        other => other.clone(),
    };
    let Value::Map(fields) = inner else { return Theirs::none() };
    let fields = fields.entries.borrow();
    map(fields.iter().map(|(name, value)| (snake(name), value)))
}

/// Chart.yaml, the structs in it likewise. The keys of annotations are the author's.
fn chart(value: &Value) -> Theirs {
    let Value::Map(fields) = value else { return Theirs::none() };
    let fields = fields.entries.borrow();
    let fields = fields.iter().map(|(name, value)| {
        let value = match (&**name, value) {
            ("Maintainers" | "Dependencies", Value::List(list)) => {
                list.items.iter().map(named).collect::<Vec<_>>().into()
            }
            (_, value) => to_tera(value),
        };
        (::tera::value::Key::String(snake(name).into()), value)
    });
    fields.collect::<::tera::Map>().into()
}

fn capabilities(value: &Value) -> Theirs {
    let Value::Object(all) = value else { return Theirs::none() };
    let members = all.members().unwrap_or_default();
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| {
            // Written together in Go, two words nevertheless.
            let name = if *name == "APIVersions" { "api_versions".to_owned() } else { snake(name) };
            (name, value)
        })
        .collect();
    map(members.into_iter())
}

/// The names of the chart's other files; what is in them, functions tell.
fn files(value: &Value) -> Theirs {
    let Value::Object(files) = value else { return Theirs::none() };
    let Some(Value::Map(files)) = files.underlying() else { return Theirs::none() };
    let files = files.entries.borrow();
    files.keys().map(|name| Theirs::from(&**name)).collect::<Vec<_>>().into()
}
