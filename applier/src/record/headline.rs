//! What a list says of a record: a few words out of its body, which may be a megabyte.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{RecordError, moment, null_as_default, open, user_labels};

/// The part of a [`super::Record`] that lists show. The rest is skipped, not read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Headline {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) version: u32,
    pub(crate) info: Brief,
    chart: Option<Chart>,
    #[serde(skip)]
    pub(crate) labels: BTreeMap<String, String>,
}

/// [`super::Info`] without the notes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Brief {
    #[serde(with = "moment")]
    pub(crate) last_deployed: Option<Timestamp>,
    pub(crate) description: String,
    pub(crate) status: String,
    pub(crate) rollback_revision: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chart {
    metadata: Option<Metadata>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    #[serde(deserialize_with = "null_as_default")]
    name: String,
    #[serde(deserialize_with = "null_as_default")]
    version: String,
    #[serde(deserialize_with = "null_as_default")]
    app_version: String,
}

impl Headline {
    /// Reads a Secret.
    pub(crate) fn from_secret(secret: &Value) -> Result<Self, RecordError> {
        let mut headline: Self =
            serde_json::from_slice(&open(secret)?).map_err(RecordError::Shape)?;
        headline.labels = user_labels(secret);
        Ok(headline)
    }

    /// Returns the chart's name, version and application version.
    pub(crate) fn into_chart_words(self) -> [String; 3] {
        let metadata = self.chart.and_then(|it| it.metadata).unwrap_or_default();
        [metadata.name, metadata.version, metadata.app_version]
    }
}
