//! Helm's record of a revision: the Secret `sh.helm.release.v1.NAME.vN`, as Helm 4.3.1 writes and
//! reads it (`pkg/storage/driver/{secrets,util}.go`, `pkg/release/v1`).
//!
//! Knows the format alone: who may write a record, and when, is the operations' business.

mod headline;

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, GzBuilder, read::GzDecoder};
use jiff::Timestamp;
use ledger::{ObjectId, Revision, Status};
use render::{DeletePolicy, Document, Hook, HookEvent, LogPolicy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

pub(crate) use self::headline::Headline;
use crate::object;

/// The type of the Secret.
pub const SECRET_TYPE: &str = "helm.sh/release.v1";
/// Labels that are Helm's own; users may not set them.
pub const SYSTEM_LABELS: [&str; 6] =
    ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
/// The API server refuses a Secret whose data is larger (`core.MaxSecretSize`).
const LARGEST: usize = 1_048_576;
/// A record that unpacks to more is no record.
const LARGEST_UNPACKED: u64 = 256 * 1024 * 1024;

/// Why bytes are no record of Helm's.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The Secret has no `release` in its data, or it is no base64.
    #[error("the record holds no release")]
    NoRelease,
    /// The bytes do not unpack.
    #[error("the record cannot be unpacked")]
    Packed(#[source] std::io::Error),
    /// The release is not of the shape that Helm writes.
    #[error("the record cannot be read")]
    Shape(#[source] serde_json::Error),
}

/// A revision as Helm's record holds it. Also what `helm get` and `helm status` print.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The release's name.
    #[serde(default)]
    pub name: String,
    /// State, times, sentence, notes.
    #[serde(default)]
    pub info: Info,
    /// The chart, without its subcharts: `render::Chart::to_record`.
    #[serde(default)]
    pub chart: Value,
    /// The user's values; `null` where there are none.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub config: Value,
    /// All documents that are no hooks.
    #[serde(default)]
    pub manifest: String,
    /// The hooks.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<RecordedHook>,
    /// The revision.
    #[serde(default)]
    pub version: u32,
    /// The release's namespace.
    #[serde(default)]
    pub namespace: String,
    /// `ssa` or `csa`; empty in records of Helm 3, which means the latter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub apply_method: String,
    /// The user's labels; they are labels of the Secret, not in its body.
    #[serde(skip)]
    pub labels: BTreeMap<String, String>,
    /// The ledger's object that says where the chart came from; Helm's records do not.
    #[serde(skip)]
    pub source: Option<ObjectId>,
}

/// What Helm says about a revision beside its content.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// When the release was first deployed.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub first_deployed: Option<Timestamp>,
    /// When this revision was deployed.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub last_deployed: Option<Timestamp>,
    /// When the release was uninstalled.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
    /// A sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// One of Helm's words.
    #[serde(default)]
    pub status: String,
    /// For a rollback, the revision it went back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_revision: Option<u32>,
    /// NOTES.txt as rendered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

/// A hook as Helm's record holds it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordedHook {
    /// The object's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The object's kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The template.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub manifest: String,
    /// When it runs.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// Its last run.
    #[serde(default)]
    pub last_run: LastRun,
    /// Hooks run by weight.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight: i64,
    /// When its object is deleted.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub delete_policies: Vec<String>,
    /// When its output is shown.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub output_log_policies: Vec<String>,
}

/// A run of a hook.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LastRun {
    /// When it began.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, with = "moment", skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// `Unknown`, `Running`, `Succeeded`, `Failed`; empty where it never ran.
    #[serde(default)]
    pub phase: String,
}

impl Record {
    /// Returns the name of the Secret.
    pub fn secret_name(&self) -> String {
        secret_name(&self.name, Revision(self.version))
    }

    /// Returns the state in our words; what Helm does not say is unknown.
    pub fn status(&self) -> Status {
        status_of(&self.info.status)
    }

    /// Returns the Secret as it is created: no more than the server takes, at the cost of the
    /// chart's files where need be.
    pub fn to_secret(&self) -> Result<Value, RecordError> {
        let mut packed = self.pack()?;
        if packed.len() > LARGEST {
            packed = self.without_files().pack()?;
        }
        let mut labels: BTreeMap<&str, String> =
            self.labels.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        labels.insert("name", self.name.clone());
        labels.insert("owner", "helm".to_owned());
        labels.insert("status", self.info.status.clone());
        labels.insert("version", self.version.to_string());
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": SECRET_TYPE,
            "metadata": {
                "name": self.secret_name(),
                "namespace": self.namespace,
                "labels": labels,
            },
            "data": {"release": STANDARD.encode(packed)},
        }))
    }

    /// Reads a Secret.
    pub fn from_secret(secret: &Value) -> Result<Self, RecordError> {
        let mut record: Self =
            serde_json::from_slice(&open(secret)?).map_err(RecordError::Shape)?;
        record.labels = user_labels(secret);
        Ok(record)
    }

    /// Returns base64 of gzip of JSON: Helm's `encodeRelease`.
    fn pack(&self) -> Result<Vec<u8>, RecordError> {
        let body = serde_json::to_vec(self).map_err(RecordError::Shape)?;
        // The header that Go's gzip writes at level 9: no time, "maximum compression", "unknown".
        let mut gzip =
            GzBuilder::new().operating_system(255).write(Vec::new(), Compression::best());
        gzip.write_all(&body).map_err(RecordError::Packed)?;
        let bytes = gzip.finish().map_err(RecordError::Packed)?;
        Ok(STANDARD.encode(bytes).into_bytes())
    }

    /// Reads Helm's `encodeRelease`; what is not packed is plain JSON, as in Helm.
    pub fn unpack(packed: &[u8]) -> Result<Self, RecordError> {
        serde_json::from_slice(&unpacked(packed)?).map_err(RecordError::Shape)
    }

    /// Returns the record with what Helm needs to go on with, and no more of the chart.
    fn without_files(&self) -> Self {
        let mut record = self.clone();
        if let Some(chart) = record.chart.as_object_mut() {
            for member in ["templates", "files"] {
                chart.insert(member.to_owned(), json!([]));
            }
            chart.insert("schema".to_owned(), Value::Null);
        }
        record
    }

    /// Returns the chart's name, version and application version.
    pub fn chart_words(&self) -> [&str; 3] {
        ["name", "version", "appVersion"].map(|member| {
            let pointer = format!("/metadata/{member}");
            self.chart.pointer(&pointer).and_then(Value::as_str).unwrap_or_default()
        })
    }

    /// Returns the documents of the manifest, in its order.
    pub fn documents(&self) -> Vec<Document> {
        documents_of(&self.manifest)
    }

    /// Returns the hooks as rendering has them.
    pub fn rendered_hooks(&self) -> Vec<Hook> {
        self.hooks.iter().map(RecordedHook::to_hook).collect()
    }
}

impl RecordedHook {
    /// Returns a hook as the record holds it.
    pub fn of(hook: &Hook) -> Self {
        let document = &hook.document;
        Self {
            name: document.name.clone(),
            kind: document.kind.clone(),
            path: document.source.clone(),
            manifest: document.text.clone(),
            events: hook.events.iter().map(|event| event.name().to_owned()).collect(),
            last_run: LastRun::default(),
            weight: hook.weight,
            delete_policies: hook.delete_policies.iter().cloned().map(String::from).collect(),
            output_log_policies: hook.log_policies.iter().cloned().map(String::from).collect(),
        }
    }

    /// Returns the hook as rendering has it.
    pub fn to_hook(&self) -> Hook {
        Hook {
            document: document(self.path.clone(), self.manifest.clone()),
            events: self.events.iter().filter_map(|word| HookEvent::parse(word)).collect(),
            weight: self.weight,
            delete_policies: self.delete_policies.iter().cloned().map(DeletePolicy::from).collect(),
            log_policies: self.output_log_policies.iter().cloned().map(LogPolicy::from).collect(),
        }
    }
}

/// Returns the JSON in a Secret.
fn open(secret: &Value) -> Result<Vec<u8>, RecordError> {
    let data = secret.pointer("/data/release").and_then(Value::as_str);
    let packed = STANDARD.decode(data.ok_or(RecordError::NoRelease)?);
    unpacked(&packed.map_err(|_| RecordError::NoRelease)?)
}

/// Returns the JSON in Helm's `encodeRelease`.
fn unpacked(packed: &[u8]) -> Result<Vec<u8>, RecordError> {
    let bytes = STANDARD.decode(packed).map_err(|_| RecordError::NoRelease)?;
    if !bytes.starts_with(&[0x1f, 0x8b, 0x08]) {
        return Ok(bytes);
    }
    let mut body = Vec::new();
    let gzip = GzDecoder::new(bytes.as_slice());
    gzip.take(LARGEST_UNPACKED).read_to_end(&mut body).map_err(RecordError::Packed)?;
    Ok(body)
}

/// Returns the labels of a Secret that are not Helm's own.
fn user_labels(secret: &Value) -> BTreeMap<String, String> {
    let labels = secret.pointer("/metadata/labels").and_then(Value::as_object);
    labels
        .into_iter()
        .flatten()
        .filter(|(key, _)| !SYSTEM_LABELS.contains(&key.as_str()))
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// Shows no values, no manifest and no notes: they may be secret.
impl std::fmt::Debug for Record {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Record")
            .field("name", &self.name)
            .field("namespace", &self.namespace)
            .field("version", &self.version)
            .field("status", &self.info.status)
            .finish_non_exhaustive()
    }
}

/// Returns the name of the Secret of a revision.
pub fn secret_name(release: &str, revision: Revision) -> String {
    format!("sh.helm.release.v1.{release}.v{revision}")
}

/// Returns what one of Helm's words stands for.
pub fn status_of(word: &str) -> Status {
    Status::ALL.iter().copied().find(|it| it.as_str() == word).unwrap_or(Status::Unknown)
}

/// Returns the documents of a manifest as Helm stores it: each begins with `---` and says where it
/// comes from.
pub fn documents_of(manifest: &str) -> Vec<Document> {
    pieces(manifest)
        .map(|piece| {
            let piece = piece.strip_prefix('\n').unwrap_or(piece);
            match piece.strip_prefix("# Source: ").and_then(|rest| rest.split_once('\n')) {
                Some((source, text)) => {
                    let text = text.strip_suffix('\n').unwrap_or(text);
                    document(source.to_owned(), text.to_owned())
                }
                None => document(String::new(), piece.to_owned()),
            }
        })
        .filter(|it| !it.object().is_null())
        .collect()
}

/// Splits at lines that begin with `---`.
fn pieces(manifest: &str) -> impl Iterator<Item = &str> {
    let mut starts = vec![0];
    let mut at = 0;
    let mut cuts = Vec::new();
    for line in manifest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            cuts.push((at, at + line.len()));
        }
        at += line.len();
    }
    let ends: Vec<usize> = cuts.iter().map(|(start, _)| *start).chain([manifest.len()]).collect();
    starts.extend(cuts.iter().map(|(_, end)| *end));
    starts
        .into_iter()
        .zip(ends)
        .filter_map(|(start, end)| manifest.get(start..end))
        .filter(|piece| !piece.trim().is_empty())
}

/// Reads a document; what is no YAML has no object.
pub fn document(source: String, text: String) -> Document {
    let object = render::yaml::read_json(&text).unwrap_or(Value::Null);
    let word = |pointer: &str| {
        object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let namespace = object::namespace(&object).map(str::to_owned);
    Document {
        source,
        api_version: word("/apiVersion"),
        kind: word("/kind"),
        name: word("/metadata/name"),
        namespace,
        text,
        read: object.into(),
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

/// Go writes an empty slice or map as `null`.
fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Times as Go's `RFC3339Nano`; an empty text is no time.
mod moment {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    #[allow(clippy::ref_option, reason = "serde hands a reference to the field")]
    pub(super) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.collect_str(time),
            None => serializer.serialize_str(""),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
        // Go's zero time is the year 1.
        if text.is_empty() || text.starts_with("0001-") {
            return Ok(None);
        }
        text.parse().map(Some).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            name: "web".into(),
            namespace: "prod".into(),
            version: 3,
            info: Info {
                first_deployed: Some("2026-01-02T03:04:05.1234Z".parse().unwrap()),
                status: "deployed".into(),
                ..Info::default()
            },
            manifest: "---\n# Source: web/templates/a.yaml\nkind: ConfigMap\n".into(),
            apply_method: "ssa".into(),
            labels: [("team".to_owned(), "blue".to_owned())].into(),
            ..Record::default()
        }
    }

    #[test]
    fn a_record_reads_back_with_its_labels() {
        let secret = record().to_secret().unwrap();
        assert_eq!(secret["metadata"]["name"], "sh.helm.release.v1.web.v3");
        assert_eq!(secret["type"], "helm.sh/release.v1");
        assert_eq!(secret["metadata"]["labels"]["owner"], "helm");
        assert_eq!(secret["metadata"]["labels"]["version"], "3");
        assert_eq!(Record::from_secret(&secret).unwrap(), record());
    }

    #[test]
    fn the_gzip_header_is_gos() {
        let packed = STANDARD.decode(record().pack().unwrap()).unwrap();
        // Go 1.26, gzip.NewWriterLevel(w, gzip.BestCompression).
        assert_eq!(packed[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff]);
    }

    #[test]
    fn a_chart_that_is_too_large_loses_its_files_and_nothing_else() {
        let mut noise = 1_u64;
        let mut large = String::new();
        while large.len() < 3_000_000 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            large.push_str(&noise.to_string());
        }
        let mut record = record();
        record.chart = json!({"metadata": {"name": "web"}, "values": {"a": 1},
            "templates": [{"name": "t", "data": large}]});
        let secret = record.to_secret().unwrap();
        let read = Record::from_secret(&secret).unwrap();
        assert_eq!(read.chart["templates"], json!([]));
        assert_eq!(read.chart["values"], json!({"a": 1}));
        assert_eq!(read.manifest, record.manifest);
    }

    #[test]
    fn a_headline_says_what_the_whole_record_says() {
        let mut record = record();
        record.info.description = "Rollback to 2".to_owned();
        record.info.rollback_revision = Some(2);
        record.chart = json!({"metadata": {"name": "web", "version": "1.0.0", "appVersion": "7"},
            "templates": [{"name": "t", "data": "eA=="}]});
        let headline = Headline::from_secret(&record.to_secret().unwrap()).unwrap();
        assert_eq!(headline.name, record.name);
        assert_eq!(headline.namespace, record.namespace);
        assert_eq!(headline.version, record.version);
        assert_eq!(headline.labels, record.labels);
        assert_eq!(headline.info.description, record.info.description);
        assert_eq!(headline.info.last_deployed, record.info.last_deployed);
        assert_eq!(headline.info.rollback_revision, record.info.rollback_revision);
        assert_eq!(headline.info.status, record.info.status);
        assert_eq!(headline.into_chart_words(), record.chart_words());
    }

    #[test]
    fn empty_times_and_null_lists_are_read_as_go_reads_them() {
        let body = br#"{"name":"a","info":{"deleted":"","status":"failed",
            "first_deployed":"0001-01-01T00:00:00Z"},"hooks":null,"version":1}"#;
        let record = Record::unpack(STANDARD.encode(body).as_bytes()).unwrap();
        assert_eq!(record.info.deleted, None);
        assert_eq!(record.info.first_deployed, None);
        assert!(record.hooks.is_empty());
        assert_eq!(record.status(), Status::Failed);
    }

    #[test]
    fn a_manifest_is_split_where_documents_begin() {
        let manifest = "---\n# Source: a/x.yaml\na: |\n  ---x\n---\n# Source: a/y.yaml\nb: 1\n";
        let texts: Vec<&str> = pieces(manifest).collect();
        assert_eq!(texts, ["# Source: a/x.yaml\na: |\n  ---x\n", "# Source: a/y.yaml\nb: 1\n"]);
    }
}
