//! Entries of an index from JSON values, one at a time, by Go's rules for structs.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Map, Value as Json};

use super::{Entry, Error, Index, Skipped, time};
use crate::chart::{
    DEPENDENCY, Fields, MAINTAINER, METADATA, PREFIX, Problem, Texts, check_metadata, kind,
    metadata_of,
};

/// How a file is read: `sigs.k8s.io/yaml` strictly, `encoding/json` loosely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Yaml,
    Json,
}

/// The fields that an entry has beside a chart's metadata.
const ENTRY: &[&str] =
    &["urls", "created", "removed", "digest", "checksum", "engine", "tillerVersion", "url"];
const TOP: &[&str] =
    &["serverInfo", "apiVersion", "generated", "entries", "publicKeys", "annotations"];

/// How many charts and versions an index may list, good ones and bad: each is some hundred bytes of
/// memory, and may be a few of text. The largest that are known list a tenth of it.
pub(super) const MOST: usize = 250_000;

/// An index that is being read.
#[derive(Debug)]
pub(super) struct Builder {
    manner: Manner,
    /// How many charts and versions were met, by all that read a part of the same index.
    listed: Arc<AtomicUsize>,
    /// Whether the versions of each chart are in their order.
    is_sorted: bool,
    index: Index,
    skipped: Vec<Skipped>,
}

impl Builder {
    pub(super) fn new(manner: Manner) -> Self {
        let index = Index { generated: time::NEVER.to_owned(), ..Index::default() };
        Self { manner, listed: Arc::default(), is_sorted: false, index, skipped: Vec::new() }
    }

    /// Takes what stands beside the entries.
    pub(super) fn head(&mut self, json: &Map<String, Json>) -> Result<(), Error> {
        self.known(json, &[TOP])?;
        let fields = Fields::at(String::new(), json, Texts::Scalars);
        let index = &mut self.index;
        let mut generated = None;
        fields
            .text("apiVersion", &mut index.api_version)
            .and_then(|()| fields.texts("publicKeys", &mut index.public_keys))
            .and_then(|()| time_of(&fields, json, "generated").map(|time| generated = time))
            .and_then(|()| annotations(&fields, json, index))
            .map_err(|problem| refused(self.manner, problem))?;
        if let Some(generated) = generated {
            self.index.generated = generated;
        }
        Ok(())
    }

    /// Takes the entries that stand under `entries`.
    pub(super) fn entries(&mut self, json: &Json) -> Result<(), Error> {
        let charts = match json {
            Json::Null => return Ok(()),
            Json::Object(charts) => charts,
            other => {
                let wanted = "map[string]repo.ChartVersions";
                return Err(self.mismatch(other, ".entries", wanted));
            }
        };
        for (name, versions) in charts {
            let versions = match versions {
                Json::Null => &[][..],
                Json::Array(versions) => versions,
                other => {
                    let path = format!(".entries.{name}");
                    return Err(self.mismatch(other, &path, "repo.ChartVersions"));
                }
            };
            self.chart(name)?;
            for (at, version) in versions.iter().enumerate() {
                self.entry(name, at, version)?;
            }
        }
        Ok(())
    }

    /// Makes room for a chart, which may have no version.
    pub(super) fn chart(&mut self, name: &str) -> Result<(), Error> {
        self.index.entries.entry(name.to_owned()).or_default();
        self.count()
    }

    /// Makes room for a chart; of equal keys in JSON the last counts.
    pub(super) fn restart(&mut self, name: &str) -> Result<(), Error> {
        self.index.entries.insert(name.to_owned(), Vec::new());
        self.count()
    }

    /// Takes the charts of another that has read a part; nothing if there are such
    /// already.
    pub(super) fn join(&mut self, part: Self) -> Option<()> {
        let was_sorted = self.is_sorted || self.index.entries.is_empty();
        self.is_sorted = was_sorted && part.is_sorted;
        self.skipped.extend(part.skipped);
        for (name, versions) in part.index.entries {
            if self.index.entries.insert(name, versions).is_some() {
                return None;
            }
        }
        Some(())
    }

    /// Returns a builder for a part of the same index.
    pub(super) fn part(listed: &Arc<AtomicUsize>) -> Self {
        Self { listed: Arc::clone(listed), ..Self::new(Manner::Yaml) }
    }

    /// Returns the count that its parts share.
    pub(super) fn listed(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.listed)
    }

    /// Sorts the versions of each chart.
    pub(super) fn sort(&mut self) {
        self.index.sort();
        self.is_sorted = true;
    }

    fn count(&mut self) -> Result<(), Error> {
        if self.listed.fetch_add(1, Ordering::Relaxed) >= MOST {
            Err(Error::TooMany { limit: MOST })
        } else {
            Ok(())
        }
    }

    /// Returns whether there is a chart of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index.entries.contains_key(name)
    }

    /// Takes the version of a chart that is `at` that place, or leaves it out.
    pub(super) fn entry(&mut self, name: &str, at: usize, json: &Json) -> Result<(), Error> {
        self.count()?;
        let path = || format!(".entries.{name}.{at}");
        let object = match json {
            Json::Null => {
                self.skip(name, "", None);
                return Ok(());
            }
            Json::Object(object) => object,
            other => {
                let (is, path) = (kind(other), path());
                let text = format!("{PREFIX} {is} into {path} of type repo.ChartVersion");
                return Err(refused(self.manner, Problem::Shape(text)));
            }
        };
        if self.manner == Manner::Yaml {
            self.known(object, &[METADATA, ENTRY])?;
            self.nested_known(object, "maintainers", MAINTAINER)?;
            self.nested_known(object, "dependencies", DEPENDENCY)?;
        }
        let mut entry = Entry { created: time::NEVER.to_owned(), ..Entry::default() };
        match filled(&mut entry, path(), object) {
            Ok(()) => {}
            Err(Problem::Invalid(reason)) => {
                self.skip(name, &entry.metadata.version, Some(format!("validation: {reason}")));
                return Ok(());
            }
            Err(problem) => return Err(refused(self.manner, problem)),
        }
        self.add(name, entry);
        Ok(())
    }

    /// Takes a version of a chart that was read without a tree.
    pub(super) fn ready(&mut self, name: &str, entry: Entry) -> Result<(), Error> {
        self.count()?;
        self.add(name, entry);
        Ok(())
    }

    /// Adds a version of a chart, or leaves it out.
    fn add(&mut self, name: &str, mut entry: Entry) {
        if entry.metadata.api_version.is_empty() {
            "v1".clone_into(&mut entry.metadata.api_version);
        }
        if let Err(error) = check_metadata(&mut entry.metadata) {
            let reason = error.to_string();
            // Repositories that strip aliases (Helm's issue 12748).
            if !reason.starts_with("validation: more than one dependency with name or alias") {
                self.skip(name, &entry.metadata.version, Some(reason));
                return;
            }
        }
        match self.index.entries.get_mut(name) {
            Some(versions) => versions.push(entry),
            None => drop(self.index.entries.insert(name.to_owned(), vec![entry])),
        }
    }

    /// Sorts, and refuses an index without `apiVersion`.
    pub(super) fn done(mut self) -> Result<(Index, Vec<Skipped>), Error> {
        if !self.is_sorted {
            self.index.sort();
        }
        if self.index.api_version.is_empty() {
            return Err(Error::NoApiVersion);
        }
        Ok((self.index, self.skipped))
    }

    fn skip(&mut self, name: &str, version: &str, reason: Option<String>) {
        let (name, version) = (name.to_owned(), version.to_owned());
        self.skipped.push(Skipped { name, version, reason });
    }

    fn known(&self, object: &Map<String, Json>, names: &[&[&str]]) -> Result<(), Error> {
        if self.manner == Manner::Json {
            return Ok(());
        }
        let is_known = |key: &String| {
            names.iter().copied().flatten().any(|name| name.eq_ignore_ascii_case(key))
        };
        match object.keys().find(|key| !is_known(key)) {
            None => Ok(()),
            Some(key) => Err(unreadable(format!(
                "error unmarshaling JSON: while decoding JSON: json: unknown field {key:?}"
            ))),
        }
    }

    fn nested_known(
        &self,
        object: &Map<String, Json>,
        field: &str,
        names: &[&str],
    ) -> Result<(), Error> {
        let items = object.get(field).and_then(Json::as_array);
        let mut objects = items.into_iter().flatten().filter_map(Json::as_object);
        objects.try_for_each(|object| self.known(object, &[names]))
    }

    fn mismatch(&self, json: &Json, path: &str, wanted: &str) -> Error {
        let is = kind(json);
        let text = format!("{PREFIX} {is} into Go struct field {path} of type {wanted}");
        refused(self.manner, Problem::Shape(text))
    }
}

/// Fills an entry. Texts of `Chart.yaml` must be texts here (`appVersion: 1.10` is
/// an error), while a digest may look like a number.
fn filled(entry: &mut Entry, path: String, object: &Map<String, Json>) -> Result<(), Problem> {
    let strict = Fields::at(path, object, Texts::Strings);
    metadata_of(&strict, &mut entry.metadata)?;
    let fields = strict.with(Texts::Scalars);
    fields.texts("urls", &mut entry.urls)?;
    fields.flag("removed", &mut entry.removed)?;
    fields.text("digest", &mut entry.digest)?;
    fields.text("checksum", &mut entry.legacy.checksum)?;
    fields.text("engine", &mut entry.legacy.engine)?;
    fields.text("tillerVersion", &mut entry.legacy.tiller_version)?;
    fields.text("url", &mut entry.legacy.url)?;
    if let Some(created) = time_of(&fields, object, "created")? {
        entry.created = created;
    }
    Ok(())
}

fn time_of(
    fields: &Fields<'_>,
    object: &Map<String, Json>,
    name: &str,
) -> Result<Option<String>, Problem> {
    match object.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => time::normal(text).map(Some).ok_or_else(|| {
            Problem::Shape(format!(
                "error unmarshaling JSON: while decoding JSON: {}",
                time::complaint(text)
            ))
        }),
        Some(other) => Err(fields.mismatch(name, other, "time.Time")),
    }
}

fn annotations(
    fields: &Fields<'_>,
    object: &Map<String, Json>,
    index: &mut Index,
) -> Result<(), Problem> {
    const NAME: &str = "annotations";
    let Some(json) = object.get(NAME).filter(|json| !json.is_null()) else { return Ok(()) };
    let mismatch = || fields.mismatch(NAME, json, "map[string]string");
    for (key, value) in json.as_object().ok_or_else(mismatch)? {
        let path = format!("{NAME}.{key}");
        let mismatch = || fields.mismatch(&path, value, "string");
        let text = crate::chart::scalar(value).ok_or_else(mismatch)?;
        index.annotations.insert(key.clone(), text);
    }
    Ok(())
}

fn refused(manner: Manner, problem: Problem) -> Error {
    const STEP: &str = "error unmarshaling JSON: while decoding JSON: ";
    match problem {
        Problem::Invalid(text) => unreadable(format!("validation: {text}")),
        Problem::Shape(text) if manner == Manner::Json => {
            unreadable(text.strip_prefix(STEP).unwrap_or(&text).to_owned())
        }
        Problem::Shape(text) => unreadable(text),
    }
}

pub(super) const fn unreadable(text: String) -> Error {
    Error::Unreadable { text, instead: None }
}
