//! `Chart.yaml` and its relatives from YAML, as Go's `encoding/json` fills structs.

use serde_json::{Map, Value as Json};

use super::{Dependency, Lock, Maintainer, Metadata};
use crate::yaml;

/// Go's words for a value of the wrong shape.
const PREFIX: &str = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";

/// A mapping of which a Go struct takes its fields.
struct Fields<'a> {
    object: &'a Map<String, Json>,
    of: &'static str,
}

/// Sets what `json` has; what it has not stays as it is.
pub(super) fn metadata(into: &mut Metadata, json: &Json) -> Result<(), String> {
    let Some(fields) = Fields::of(json, "Metadata", "v2.Metadata")? else { return Ok(()) };
    fields.text("name", &mut into.name)?;
    fields.text("home", &mut into.home)?;
    fields.texts("sources", &mut into.sources)?;
    fields.text("version", &mut into.version)?;
    fields.text("description", &mut into.description)?;
    fields.texts("keywords", &mut into.keywords)?;
    fields.text("icon", &mut into.icon)?;
    fields.text("apiVersion", &mut into.api_version)?;
    fields.text("condition", &mut into.condition)?;
    fields.text("tags", &mut into.tags)?;
    fields.text("appVersion", &mut into.app_version)?;
    fields.text("kubeVersion", &mut into.kube_version)?;
    fields.text("type", &mut into.kind)?;
    fields.flag("deprecated", &mut into.deprecated)?;
    annotations(&fields, into)?;
    if let Some(items) = fields.list("maintainers", "[]*v2.Maintainer")? {
        into.maintainers = items.iter().map(maintainer).collect::<Result<_, _>>()?;
    }
    if let Some(items) = fields.list("dependencies", "[]*v2.Dependency")? {
        into.dependencies = items.iter().map(dependency).collect::<Result<_, _>>()?;
    }
    Ok(())
}

fn annotations(fields: &Fields<'_>, into: &mut Metadata) -> Result<(), String> {
    const NAME: &str = "annotations";
    let Some(json) = fields.get(NAME) else { return Ok(()) };
    let mismatch = || fields.mismatch(NAME, json, "map[string]string");
    for (key, value) in json.as_object().ok_or_else(mismatch)? {
        let text = scalar(value).ok_or_else(|| fields.mismatch(NAME, value, "string"))?;
        into.annotations.insert(key.clone(), text);
    }
    Ok(())
}

/// Reads `Chart.lock`.
pub(super) fn lock(json: &Json) -> Result<Lock, String> {
    let mut lock = Lock::default();
    let Some(fields) = Fields::of(json, "Lock", "v2.Lock")? else { return Ok(lock) };
    fields.text("generated", &mut lock.generated)?;
    fields.text("digest", &mut lock.digest)?;
    if let Some(items) = fields.list("dependencies", "[]*v2.Dependency")? {
        lock.dependencies = items.iter().map(dependency).collect::<Result<_, _>>()?;
    }
    Ok(lock)
}

fn maintainer(json: &Json) -> Result<Maintainer, String> {
    let mut maintainer = Maintainer::default();
    let Some(fields) = Fields::of(json, "Maintainer", "v2.Maintainer")? else {
        return Err("validation: maintainers must not contain empty or null nodes".to_owned());
    };
    fields.text("name", &mut maintainer.name)?;
    fields.text("email", &mut maintainer.email)?;
    fields.text("url", &mut maintainer.url)?;
    Ok(maintainer)
}

fn dependency(json: &Json) -> Result<Dependency, String> {
    let mut dependency = Dependency::default();
    let Some(fields) = Fields::of(json, "Dependency", "v2.Dependency")? else {
        return Err("validation: dependencies must not contain empty or null nodes".to_owned());
    };
    fields.text("name", &mut dependency.name)?;
    fields.text("version", &mut dependency.version)?;
    fields.text("repository", &mut dependency.repository)?;
    fields.text("condition", &mut dependency.condition)?;
    fields.texts("tags", &mut dependency.tags)?;
    fields.flag("enabled", &mut dependency.enabled)?;
    fields.text("alias", &mut dependency.alias)?;
    if let Some(items) = fields.list("import-values", "[]interface {}")? {
        dependency.import_values.clone_from(items);
    }
    Ok(dependency)
}

impl<'a> Fields<'a> {
    /// Takes a mapping; null is nothing, anything else an error.
    fn of(json: &'a Json, of: &'static str, whole: &str) -> Result<Option<Self>, String> {
        match json {
            Json::Null => Ok(None),
            Json::Object(object) => Ok(Some(Self { object, of })),
            other => Err(format!("{PREFIX} {} into Go value of type {whole}", kind(other))),
        }
    }

    /// Go takes a key in other letters' case too; nulls leave a field as it is.
    fn get(&self, name: &str) -> Option<&'a Json> {
        let exact = self.object.get(name);
        let loose = || self.object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        exact.or_else(|| loose().map(|(_, value)| value)).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str, into: &mut String) -> Result<(), String> {
        if let Some(json) = self.get(name) {
            *into = scalar(json).ok_or_else(|| self.mismatch(name, json, "string"))?;
        }
        Ok(())
    }

    fn texts(&self, name: &str, into: &mut Vec<String>) -> Result<(), String> {
        if let Some(items) = self.list(name, "[]string")? {
            *into = items
                .iter()
                .map(|item| scalar(item).ok_or_else(|| self.mismatch(name, item, "string")))
                .collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn flag(&self, name: &str, into: &mut bool) -> Result<(), String> {
        if let Some(json) = self.get(name) {
            *into = json.as_bool().ok_or_else(|| self.mismatch(name, json, "bool"))?;
        }
        Ok(())
    }

    fn list(&self, name: &str, wanted: &str) -> Result<Option<&'a Vec<Json>>, String> {
        let Some(json) = self.get(name) else { return Ok(None) };
        json.as_array().map(Some).ok_or_else(|| self.mismatch(name, json, wanted))
    }

    fn mismatch(&self, name: &str, json: &Json, wanted: &str) -> String {
        let of = self.of;
        format!("{PREFIX} {} into Go struct field {of}.{name} of type {wanted}", kind(json))
    }
}

/// What a Go string receives; null leaves it empty.
pub(crate) fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::Null => Some(String::new()),
        Json::Array(_) | Json::Object(_) => None,
        scalar => yaml::text(scalar),
    }
}

/// Go's word for what `json` is.
pub(crate) const fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
