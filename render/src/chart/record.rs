//! A chart as Helm's release record holds it.
//!
//! Subcharts are not in it: what Helm stores is the chart without them, its
//! defaults already merged with what they import.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Chart, File, Lock, Metadata, reading::NO_TIME};
use crate::{Error, Values};

#[derive(Serialize, Deserialize)]
struct Record {
    metadata: Option<Metadata>,
    lock: Option<Lock>,
    templates: Option<Vec<Stored>>,
    values: Option<Json>,
    schema: Option<Bytes>,
    #[serde(default = "no_time")]
    schemamodtime: String,
    files: Option<Vec<Stored>>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    data: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modtime: Option<String>,
}

/// Bytes as Go's `encoding/json` writes them: base64.
struct Bytes(Rc<[u8]>);

fn no_time() -> String {
    NO_TIME.to_owned()
}

impl Chart {
    /// Returns the chart as Helm's release record holds it, without its
    /// subcharts. Hand it [`crate::Rendered::chart`], not the chart as loaded.
    pub fn to_record(&self) -> Json {
        let files = |files: &[File]| Some(files.iter().map(Stored::from).collect());
        let record = Record {
            metadata: Some(self.metadata.clone()),
            lock: self.lock.clone(),
            templates: files(&self.templates),
            values: Some(self.values.to_json()),
            schema: self.schema.clone().map(Bytes),
            schemamodtime: no_time(),
            files: files(&self.files),
        };
        serde_json::to_value(record).unwrap_or_default()
    }

    /// Reads the chart of a release record of Helm's or ours.
    ///
    /// # Errors
    ///
    /// [`Error::Record`].
    pub fn from_record(record: &Json) -> Result<Self, Error> {
        let record = Record::deserialize(record).map_err(Error::Record)?;
        let files = |stored: Option<Vec<Stored>>| {
            stored.unwrap_or_default().into_iter().map(File::from).collect()
        };
        Ok(Self {
            metadata: record.metadata.unwrap_or_default(),
            lock: record.lock,
            templates: files(record.templates),
            values: record.values.map_or_else(Values::default, |json| Values::from_json(&json)),
            schema: record.schema.map(|bytes| bytes.0),
            files: files(record.files),
            ..Self::default()
        })
    }
}

impl From<&File> for Stored {
    fn from(file: &File) -> Self {
        Self {
            name: file.name.clone(),
            data: Some(Bytes(file.data.clone())),
            modtime: file.modified.clone(),
        }
    }
}

impl From<Stored> for File {
    fn from(stored: Stored) -> Self {
        let data = stored.data.map_or_else(Rc::default, |bytes| bytes.0);
        Self { name: stored.name, data, modified: stored.modtime }
    }
}

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&data_encoding::BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = data_encoding::BASE64.decode(text.as_bytes());
        bytes.map(|bytes| Self(bytes.into())).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_that_helm_wrote_comes_back_as_it_was() {
        let record = json!({
            "metadata": {
                "name": "web", "version": "0.1.0", "apiVersion": "v2", "appVersion": "1.16.0",
                "dependencies": [{
                    "name": "db", "version": "1.x.x", "repository": "", "enabled": true,
                    "import-values": [{"child": "exports.x", "parent": "."}]
                }]
            },
            "lock": null,
            "templates": [{"name": "templates/a.yaml", "data": "YTogMQo=",
                           "modtime": "2026-01-02T03:04:05Z"}],
            "values": {"n": 1_000_000, "f": 1.5, "s": "x", "none": null},
            "schema": "e30=",
            "schemamodtime": "0001-01-01T00:00:00Z",
            "files": [{"name": "README.md", "data": ""}]
        });
        let chart = Chart::from_record(&record).unwrap();
        assert_eq!(&*chart.templates[0].data, b"a: 1\n");
        assert_eq!(chart.to_record(), record);
    }
}
