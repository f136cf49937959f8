//! What a revision is made of, between rendering, the ledger's objects and Helm's record.
//!
//! Knows which of it is private. The ledger keeps it document by document, so that what does not
//! change is stored once.

use std::collections::BTreeMap;

use ledger::{
    Chart, Class, Facts, Ledger, ObjectId, Origin, Recipe, Recipes, Release, RevisionEntry,
    Started, Store,
};
use render::{Document, Hook, Rendered};
use serde_json::Value;

use crate::{
    error::Error,
    record::{self, Info, Record, RecordedHook},
    request::ChartOrigin,
};

/// The fact of `Started` that names the object with the user's labels.
const LABELS: u16 = 1;

/// What a revision is made of.
#[derive(Clone, Default)]
pub(crate) struct Content {
    /// The documents of the manifest.
    pub(crate) documents: Vec<Document>,
    /// The hooks.
    pub(crate) hooks: Vec<Hook>,
    /// NOTES.txt as rendered.
    pub(crate) notes: String,
    /// The chart as Helm's record holds it.
    pub(crate) chart: Value,
    /// The user's values.
    pub(crate) config: Value,
    /// The values that templates saw.
    pub(crate) coalesced: Option<Value>,
    /// What was random or looked up.
    pub(crate) tape: Option<Vec<u8>>,
    /// The user's labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// Where the chart came from.
    pub(crate) origin: ChartOrigin,
    /// The object that says so, where it is known from an earlier revision.
    pub(crate) source: Option<ObjectId>,
}

/// What the ledger holds of a revision, by name.
pub(crate) struct Saved {
    pub(crate) recipes: Recipes,
    pub(crate) chart: Chart,
    pub(crate) facts: Facts,
}

impl Content {
    /// Takes what was rendered.
    pub(crate) fn of(
        rendered: &Rendered,
        origin: ChartOrigin,
        labels: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let tape = rendered.tape.to_bytes().map_err(|error| Error::Stored(error.to_string()))?;
        Ok(Self {
            documents: rendered.documents.clone(),
            hooks: rendered.hooks.clone(),
            notes: rendered.notes.clone(),
            chart: rendered.chart.to_record(),
            config: rendered.user_values.to_json(),
            coalesced: Some(rendered.coalesced_values.to_json()),
            tape: Some(tape),
            labels,
            origin,
            source: None,
        })
    }

    /// Takes what Helm's record holds.
    pub(crate) fn of_record(record: &Record) -> Self {
        Self {
            documents: record.documents(),
            hooks: record.rendered_hooks(),
            notes: record.info.notes.clone(),
            chart: record.chart.clone(),
            config: record.config.clone(),
            coalesced: None,
            tape: None,
            labels: record.labels.clone(),
            origin: ChartOrigin::default(),
            source: None,
        }
    }

    /// Returns the record of a revision with this content, with nothing said about its state.
    pub(crate) fn to_record(&self) -> Record {
        Record {
            info: Info { notes: self.notes.clone(), ..Info::default() },
            chart: self.chart.clone(),
            config: self.config.clone(),
            manifest: self.documents.iter().map(piece).collect(),
            hooks: self.hooks.iter().map(RecordedHook::of).collect(),
            apply_method: "ssa".to_owned(),
            labels: self.labels.clone(),
            ..Record::default()
        }
    }

    /// Keeps it in the ledger; what `previous` holds already is kept once.
    pub(crate) async fn save<S: Store>(
        &self,
        ledger: &mut Ledger<S>,
        previous: &Recipes,
    ) -> Result<Saved, Error> {
        let manifest = self.documents.iter().map(|it| (is_secret(it), piece(it).into_bytes()));
        let manifest = save_list(ledger, previous.manifest, manifest.collect()).await?;
        let mut hooks = Vec::new();
        for hook in &self.hooks {
            hooks.push((is_secret(&hook.document), json_bytes(&RecordedHook::of(hook))?));
        }
        let hooks = save_list(ledger, previous.hooks, hooks).await?;
        let values = ledger.put_like(previous.values, json_bytes(&self.config)?).await?;
        let coalesced = match &self.coalesced {
            Some(values) => Some(ledger.put_like(previous.coalesced, json_bytes(values)?).await?),
            None => previous.coalesced,
        };
        let notes = ledger.put_like(previous.notes, self.notes.clone().into_bytes()).await?;
        let tape = match &self.tape {
            Some(tape) => Some(ledger.put_like(previous.tape, tape.clone()).await?),
            None => previous.tape,
        };
        let chart = self.save_chart(ledger).await?;
        let mut facts = Facts::NONE;
        if !self.labels.is_empty() {
            let id = ledger.put(Class::Private, json_bytes(&self.labels)?).await?;
            facts.0.insert(LABELS, id.0.0.to_vec());
        }
        let recipes = Recipes {
            values: Some(values),
            coalesced,
            manifest: Some(manifest),
            hooks: Some(hooks),
            notes: Some(notes),
            plan: None,
            tape,
        };
        Ok(Saved { recipes, chart, facts })
    }

    async fn save_chart<S: Store>(&self, ledger: &mut Ledger<S>) -> Result<Chart, Error> {
        let files = ledger.put(Class::Plain, json_bytes(&self.chart)?).await?;
        let source = match &self.origin.source {
            Some(source) => Some(ledger.put_like(self.source, source.clone().into_bytes()).await?),
            None => None,
        };
        let [name, version, app_version] = self.to_record().chart_words().map(str::to_owned);
        let digest = self.origin.digest;
        Ok(Chart { name, version, app_version, digest, source, files: Some(files) })
    }

    /// Reads what an operation set out to make.
    pub(crate) async fn of_started<S: Store>(
        ledger: &Ledger<S>,
        started: &Started,
    ) -> Result<Self, Error> {
        let recipes = &started.recipes;
        let files = started.chart.as_ref().and_then(|it| it.files);
        Ok(Self {
            documents: load_documents(ledger, recipes).await?,
            hooks: load_hooks(ledger, recipes).await?,
            notes: text_of(ledger, recipes.notes).await?,
            chart: json_of(ledger, files).await?,
            config: json_of(ledger, recipes.values).await?,
            labels: labels_in(ledger, &started.facts).await?,
            ..Self::default()
        })
    }

    /// Reads what the ledger holds of a revision.
    pub(crate) async fn load<S: Store>(
        ledger: &Ledger<S>,
        release: &Release,
        entry: &RevisionEntry,
    ) -> Result<Self, Error> {
        if let (Origin::Imported { .. }, Some(raw)) = (entry.origin, entry.raw) {
            return Ok(Self::of_record(&read_raw(&ledger.get(raw).await?)?));
        }
        let recipes = &entry.recipes;
        let source = entry.chart.as_ref().and_then(|it| it.source);
        // It may have been taken back: that does not take the revision back.
        let told = match source {
            Some(id) => ledger.get(id).await.ok().and_then(|it| String::from_utf8(it).ok()),
            None => None,
        };
        let files = entry.chart.as_ref().and_then(|it| it.files);
        let coalesced = match recipes.coalesced {
            Some(_) => Some(json_of(ledger, recipes.coalesced).await?),
            None => None,
        };
        let tape = match recipes.tape {
            Some(id) => Some(ledger.get(id).await?),
            None => None,
        };
        Ok(Self {
            documents: load_documents(ledger, recipes).await?,
            hooks: load_hooks(ledger, recipes).await?,
            notes: text_of(ledger, recipes.notes).await?,
            chart: json_of(ledger, files).await?,
            config: json_of(ledger, recipes.values).await?,
            coalesced,
            tape,
            labels: load_labels(ledger, release, entry).await?,
            origin: ChartOrigin {
                digest: entry.chart.as_ref().and_then(|it| it.digest),
                source: told,
            },
            source,
        })
    }
}

/// Returns a document as the manifest holds it.
fn piece(document: &Document) -> String {
    format!("---\n# Source: {}\n{}\n", document.source, document.text)
}

fn is_secret(document: &Document) -> bool {
    let objects = crate::plan::prepare::items(document.object());
    let is_one = |it: &&Value| it.get("kind").and_then(Value::as_str) == Some("Secret");
    document.kind == "Secret" || objects.iter().any(is_one)
}

/// Reads the documents of a manifest that the ledger holds.
pub(crate) async fn load_documents<S: Store>(
    ledger: &Ledger<S>,
    recipes: &Recipes,
) -> Result<Vec<Document>, Error> {
    let mut text = String::new();
    for id in list_of(ledger, recipes.manifest).await? {
        text.push_str(&String::from_utf8_lossy(&ledger.get(id).await?));
    }
    Ok(record::documents_of(&text))
}

/// Reads the hooks of a revision that the ledger holds.
pub(crate) async fn load_hooks<S: Store>(
    ledger: &Ledger<S>,
    recipes: &Recipes,
) -> Result<Vec<Hook>, Error> {
    let mut hooks = Vec::new();
    for id in list_of(ledger, recipes.hooks).await? {
        let hook: RecordedHook = parse(&ledger.get(id).await?)?;
        hooks.push(hook.to_hook());
    }
    Ok(hooks)
}

/// Reads the user's labels of a revision.
pub(crate) async fn load_labels<S: Store>(
    ledger: &Ledger<S>,
    release: &Release,
    entry: &RevisionEntry,
) -> Result<BTreeMap<String, String>, Error> {
    if let (Origin::Imported { .. }, Some(raw)) = (entry.origin, entry.raw) {
        return Ok(read_raw(&ledger.get(raw).await?).map(|it| it.labels).unwrap_or_default());
    }
    let Origin::Own { started, .. } = entry.origin else { return Ok(BTreeMap::new()) };
    match release.operation(started) {
        Some(operation) => labels_in(ledger, &operation.started.facts).await,
        None => Ok(BTreeMap::new()),
    }
}

async fn labels_in<S: Store>(
    ledger: &Ledger<S>,
    facts: &Facts,
) -> Result<BTreeMap<String, String>, Error> {
    let id = facts.0.get(&LABELS).and_then(|it| <[u8; 32]>::try_from(it.as_slice()).ok());
    match id {
        Some(id) => parse(&ledger.get(ObjectId(ledger::Digest(id))).await?),
        None => Ok(BTreeMap::new()),
    }
}

/// Reads a record as it was imported: the whole Secret.
pub(crate) fn read_raw(bytes: &[u8]) -> Result<Record, Error> {
    let secret: Value = parse(bytes)?;
    let name = crate::object::name(&secret).to_owned();
    Record::from_secret(&secret).map_err(|source| Error::Record { name, source })
}

/// Keeps a list of documents; private ones that the earlier list holds are reused by content.
async fn save_list<S: Store>(
    ledger: &mut Ledger<S>,
    previous: Option<ObjectId>,
    documents: Vec<(bool, Vec<u8>)>,
) -> Result<ObjectId, Error> {
    let mut known: BTreeMap<Vec<u8>, ObjectId> = BTreeMap::new();
    if documents.iter().any(|(is_private, _)| *is_private) {
        for id in list_of(ledger, previous).await.unwrap_or_default() {
            let object = ledger.object(id).await?;
            if object.class() == Class::Private {
                known.insert(object.into_content(), id);
            }
        }
    }
    let mut recipe = Recipe::default();
    for (is_private, bytes) in documents {
        let class = if is_private { Class::Private } else { Class::Plain };
        let id = match known.get(&bytes) {
            Some(id) if is_private => *id,
            _ => ledger.put(class, bytes).await?,
        };
        recipe.documents.push(id);
    }
    Ok(ledger.put(Class::Plain, recipe.encode()).await?)
}

async fn list_of<S: Store>(
    ledger: &Ledger<S>,
    list: Option<ObjectId>,
) -> Result<Vec<ObjectId>, Error> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let recipe = Recipe::decode(&ledger.get(list).await?);
    recipe.map(|it| it.documents).ok_or_else(|| Error::Stored(format!("{list} is no list")))
}

async fn json_of<S: Store>(ledger: &Ledger<S>, id: Option<ObjectId>) -> Result<Value, Error> {
    match id {
        Some(id) => parse(&ledger.get(id).await?),
        None => Ok(Value::Null),
    }
}

/// Reads a text that the ledger holds.
pub(crate) async fn text_of<S: Store>(
    ledger: &Ledger<S>,
    id: Option<ObjectId>,
) -> Result<String, Error> {
    match id {
        Some(id) => Ok(String::from_utf8_lossy(&ledger.get(id).await?).into_owned()),
        None => Ok(String::new()),
    }
}

pub(crate) fn json_bytes(value: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| Error::Stored(error.to_string()))
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::Stored(format!("an object of the ledger is not readable: {error}")))
}
