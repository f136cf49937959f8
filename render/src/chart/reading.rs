//! `Chart.yaml` and its relatives from YAML, as Go's `encoding/json` fills structs.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::{Dependency, Lock, Maintainer, Metadata};
use crate::yaml;

/// What Go writes for a time that was never set.
pub(super) const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// The engine that Helm has.
const GO: &str = "gotpl";

/// Go's words for a value of the wrong shape.
pub(crate) const PREFIX: &str =
    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";

/// The fields of Helm's Go struct for a chart's metadata, by the names that they have in JSON. Strict
/// readers refuse all others.
pub(crate) const METADATA: &[&str] = &[
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
];
/// The same of a maintainer.
pub(crate) const MAINTAINER: &[&str] = &["name", "email", "url"];
/// The same of a dependency.
pub(crate) const DEPENDENCY: &[&str] =
    &["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];

/// Why a file is not what Helm takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It has another shape, in Go's words.
    Shape(String),
    /// It has the shape, but Helm's validation refuses it.
    Invalid(&'static str),
}

/// What a Go field of type `string` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// Any scalar: `sigs.k8s.io/yaml` sees that a text is wanted.
    Scalars,
    /// Texts only: it does not see what is wanted behind an embedded pointer.
    Strings,
}

/// A mapping of which a Go struct takes its fields.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Json>,
    /// Where it is in the file, as Go writes it: `.maintainers.0`.
    path: String,
    texts: Texts,
}

/// Sets what `json` has; what it has not stays as it is.
pub(crate) fn metadata(into: &mut Metadata, json: &Json) -> Result<(), Problem> {
    let Some(fields) = Fields::top(json, "v2.Metadata")? else { return Ok(()) };
    metadata_of(&fields, into)
}

/// Sets what `fields` has; what it has not stays as it is.
pub(crate) fn metadata_of(fields: &Fields<'_>, into: &mut Metadata) -> Result<(), Problem> {
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
    engine(fields, into);
    annotations(fields, into)?;
    if let Some(items) = fields.structs("maintainers", "v2.Maintainer")? {
        let missing = "maintainers must not contain empty or null nodes";
        into.maintainers = items
            .into_iter()
            .map(|item| maintainer(&item.ok_or(Problem::Invalid(missing))?))
            .collect::<Result<_, _>>()?;
    }
    dependencies(fields, &mut into.dependencies)
}

/// Refuses what is no mapping, before anything in it is looked at.
pub(super) fn mapping(json: &Json) -> Result<(), Problem> {
    Fields::top(json, "loader.chartBase").map(drop)
}

/// What Helm does not look at is refused by nobody but who renders it.
fn engine(fields: &Fields<'_>, into: &mut Metadata) {
    if let Some(engine) = fields.get("engine").and_then(Json::as_str)
        && engine != GO
    {
        engine.clone_into(&mut into.engine);
    }
}

fn annotations(fields: &Fields<'_>, into: &mut Metadata) -> Result<(), Problem> {
    const NAME: &str = "annotations";
    let Some(json) = fields.get(NAME) else { return Ok(()) };
    let mismatch = || fields.mismatch(NAME, json, "map[string]string");
    for (key, value) in json.as_object().ok_or_else(mismatch)? {
        let mismatch = || fields.mismatch(&format!("{NAME}.{key}"), value, "string");
        into.annotations.insert(key.clone(), fields.scalar(value).ok_or_else(mismatch)?);
    }
    Ok(())
}

/// Reads `Chart.lock`. Helm reads its time from the release record again, so
/// one that Go would not read there is refused here.
pub(super) fn lock(json: &Json) -> Result<Lock, Problem> {
    let mut lock = Lock { generated: NO_TIME.to_owned(), ..Lock::default() };
    let Some(fields) = Fields::top(json, "v2.Lock")? else { return Ok(lock) };
    fields.text("generated", &mut lock.generated)?;
    let time = &lock.generated;
    let is_time = time.as_bytes().get(10) == Some(&b'T') && time.parse::<Timestamp>().is_ok();
    if !is_time {
        return Err(Problem::Shape(format!(
            "error unmarshaling JSON: while decoding JSON: parsing time {time:?} as \
             \"2006-01-02T15:04:05Z07:00\": cannot parse {time:?} as \"2006\""
        )));
    }
    fields.text("digest", &mut lock.digest)?;
    dependencies(&fields, &mut lock.dependencies)?;
    Ok(lock)
}

fn maintainer(fields: &Fields<'_>) -> Result<Maintainer, Problem> {
    let mut maintainer = Maintainer::default();
    fields.text("name", &mut maintainer.name)?;
    fields.text("email", &mut maintainer.email)?;
    fields.text("url", &mut maintainer.url)?;
    Ok(maintainer)
}

fn dependencies(fields: &Fields<'_>, into: &mut Vec<Dependency>) -> Result<(), Problem> {
    let Some(items) = fields.structs("dependencies", "v2.Dependency")? else { return Ok(()) };
    into.clear();
    for item in items {
        let missing = "dependencies must not contain empty or null nodes";
        into.push(dependency(&item.ok_or(Problem::Invalid(missing))?)?);
    }
    Ok(())
}

fn dependency(fields: &Fields<'_>) -> Result<Dependency, Problem> {
    let mut dependency = Dependency::default();
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
    /// Takes a mapping that is at `path` in its file.
    pub(crate) const fn at(path: String, object: &'a Map<String, Json>, texts: Texts) -> Self {
        Self { object, path, texts }
    }

    /// Returns the same fields with another rule for texts.
    pub(crate) fn with(&self, texts: Texts) -> Self {
        Self { object: self.object, path: self.path.clone(), texts }
    }

    /// Takes a whole file; one that holds nothing is nothing.
    pub(crate) fn top(json: &'a Json, whole: &str) -> Result<Option<Self>, Problem> {
        match json {
            Json::Null => Ok(None),
            Json::Object(object) => Ok(Some(Self::at(String::new(), object, Texts::Scalars))),
            other => {
                let is = kind(other);
                Err(Problem::Shape(format!("{PREFIX} {is} into Go value of type {whole}")))
            }
        }
    }

    /// Go takes a key in other letters' case too; nulls leave a field as it is.
    fn get(&self, name: &str) -> Option<&'a Json> {
        self.all(name).last()
    }

    /// Returns what stands under all keys of that name, in the order in which Go reads them.
    fn all(&self, name: &str) -> impl Iterator<Item = &'a Json> {
        let named = self.object.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str, into: &mut String) -> Result<(), Problem> {
        for json in self.all(name) {
            *into = self.scalar(json).ok_or_else(|| self.mismatch(name, json, "string"))?;
        }
        Ok(())
    }

    pub(crate) fn texts(&self, name: &str, into: &mut Vec<String>) -> Result<(), Problem> {
        let Some(items) = self.list(name, "[]string")? else { return Ok(()) };
        into.clear();
        for (index, item) in items.iter().enumerate() {
            let mismatch = || self.item_mismatch((name, index), item, "string");
            into.push(self.scalar(item).ok_or_else(mismatch)?);
        }
        Ok(())
    }

    pub(crate) fn flag(&self, name: &str, into: &mut bool) -> Result<(), Problem> {
        for json in self.all(name) {
            *into = json.as_bool().ok_or_else(|| self.mismatch(name, json, "bool"))?;
        }
        Ok(())
    }

    fn list(&self, name: &str, wanted: &str) -> Result<Option<&'a Vec<Json>>, Problem> {
        let Some(json) = self.get(name) else { return Ok(None) };
        json.as_array().map(Some).ok_or_else(|| self.mismatch(name, json, wanted))
    }

    /// Returns the struct in a field; none where there is none.
    pub(crate) fn inner(&self, name: &str, of: &str) -> Result<Option<Self>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Object(object)) => {
                Ok(Some(Self::at(format!("{}.{name}", self.path), object, self.texts)))
            }
            Some(other) => Err(self.mismatch(name, other, of)),
        }
    }

    /// Returns a list of pointers to structs: a null is none.
    pub(crate) fn structs(
        &self,
        name: &str,
        of: &str,
    ) -> Result<Option<Vec<Option<Self>>>, Problem> {
        let Some(items) = self.list(name, &format!("[]*{of}"))? else { return Ok(None) };
        let mut structs = Vec::new();
        for (index, item) in items.iter().enumerate() {
            structs.push(match item {
                Json::Null => None,
                Json::Object(object) => {
                    Some(Self::at(format!("{}.{name}.{index}", self.path), object, self.texts))
                }
                other => return Err(self.item_mismatch((name, index), other, of)),
            });
        }
        Ok(Some(structs))
    }

    fn scalar(&self, json: &Json) -> Option<String> {
        match (self.texts, json) {
            (_, Json::String(text)) => Some(text.clone()),
            (Texts::Strings, Json::Number(_) | Json::Bool(_)) => None,
            (_, json) => scalar(json),
        }
    }

    pub(crate) fn mismatch(&self, name: &str, json: &Json, wanted: &str) -> Problem {
        let (is, path) = (kind(json), &self.path);
        let text = format!("{PREFIX} {is} into Go struct field {path}.{name} of type {wanted}");
        Problem::Shape(text)
    }

    fn item_mismatch(&self, (name, index): (&str, usize), json: &Json, wanted: &str) -> Problem {
        let (is, path) = (kind(json), &self.path);
        Problem::Shape(format!("{PREFIX} {is} into {path}.{name}.{index} of type {wanted}"))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_time_of_a_lock_is_always_one_that_go_reads() {
        let time = |json| lock(&json).map(|lock| lock.generated);
        assert_eq!(time(json!({})), Ok("0001-01-01T00:00:00Z".to_owned()));
        let given = "2020-05-05T10:10:10.123456789+02:00";
        assert_eq!(time(json!({"generated": given})), Ok(given.to_owned()));
        assert!(time(json!({"generated": "yesterday"})).is_err());
        assert!(time(json!({"generated": "2020-05-05"})).is_err());
    }

    #[test]
    fn a_number_or_a_flag_is_a_text_where_go_wants_a_string() {
        let mut read = Metadata::default();
        metadata(&mut read, &json!({"appVersion": 1.5, "KEYWORDS": [true, 7]})).unwrap();
        assert_eq!(read.app_version, "1.5");
        assert_eq!(read.keywords, ["true", "7"]);
        metadata(&mut read, &json!({"Home": "a", "home": "b", "hOme": "c"})).unwrap();
        assert_eq!(read.home, "b");
    }

    // Expected texts: Helm 4.3.1, built with Go 1.27.
    #[test]
    fn a_wrong_shape_is_told_as_go_tells_it() {
        let refused = |json| match metadata(&mut Metadata::default(), &json) {
            Err(Problem::Shape(text)) => text.strip_prefix(PREFIX).unwrap().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            refused(json!({"keywords": "one"})),
            " string into Go struct field .keywords of type []string"
        );
        assert_eq!(
            refused(json!({"Name": [], "name": "fine"})),
            " array into Go struct field .name of type string"
        );
        assert_eq!(refused(json!({"keywords": [[1]]})), " array into .keywords.0 of type string");
        assert_eq!(
            refused(json!({"annotations": {"a": {}}})),
            " object into Go struct field .annotations.a of type string"
        );
        assert_eq!(
            refused(json!({"maintainers": [{"name": []}]})),
            " array into Go struct field .maintainers.0.name of type string"
        );
        assert_eq!(
            refused(json!({"dependencies": [5]})),
            " number into .dependencies.0 of type v2.Dependency"
        );
        assert_eq!(refused(json!(5)), " number into Go value of type v2.Metadata");
    }
}
