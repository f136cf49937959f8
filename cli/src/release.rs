//! A release as Helm stores and prints it: one revision, with the fields and the field order of
//! Helm's JSON (`pkg/release/v1`, `pkg/chart/v2`).
//!
//! This is a view, not the truth: the truth is in the ledger and in the cluster. What Helm's own
//! commands print is printed from here, whichever of the two it came from.

mod time;

use applier::{Summary, record::Record};
use ledger::ObjectId;
use render::Metadata;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

pub(crate) use self::time::Time;
use crate::failure::Failure;

/// One revision of a release.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Release {
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) info: Info,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chart: Option<Chart>,
    /// The values that the user gave; `None` and empty are printed alike but by `get values`.
    #[serde(skip_serializing_if = "is_empty")]
    pub(crate) config: Option<Map<String, Value>>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) manifest: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) hooks: Vec<Hook>,
    #[serde(rename = "version", skip_serializing_if = "is_zero")]
    pub(crate) revision: u64,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) namespace: String,
    /// Labels of the record; Helm keeps them outside of its JSON.
    #[serde(skip)]
    pub(crate) labels: Vec<(String, String)>,
    /// The ledger's object that says where the chart came from.
    #[serde(skip)]
    pub(crate) source: Option<ObjectId>,
    /// `ssa`, `csa`, or empty for releases made before Helm 4.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) apply_method: String,
}

/// What is known of a revision beside its content.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Info {
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) first_deployed: Time,
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) last_deployed: Time,
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) deleted: Time,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) status: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) rollback_revision: u64,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) notes: String,
    /// Live objects as text for people, where they were asked for ([`crate::live::look`]).
    #[serde(skip)]
    pub(crate) live: String,
    /// Where the chart came from, as lines for people.
    #[serde(skip)]
    pub(crate) origin: String,
    /// Live objects by kind; only `status` fills it, and only for Helm's JSON.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Map::is_empty")]
    pub(crate) resources: Map<String, Value>,
}

/// A hook of a release.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Hook {
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) path: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub(crate) manifest: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) last_run: HookRun,
    #[serde(skip_serializing_if = "is_zero_i64")]
    pub(crate) weight: i64,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) delete_policies: Vec<String>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub(crate) output_log_policies: Vec<String>,
}

impl Hook {
    /// Returns a hook that was rendered and has not run.
    pub(crate) fn of(hook: &render::Hook) -> Self {
        let document = &hook.document;
        Self {
            name: document.name.clone(),
            kind: document.kind.clone(),
            path: document.source.clone(),
            manifest: document.text.clone(),
            events: hook.events.iter().map(|event| event.name().to_owned()).collect(),
            weight: hook.weight,
            delete_policies: hook.delete_policies.iter().cloned().map(String::from).collect(),
            output_log_policies: hook.log_policies.iter().cloned().map(String::from).collect(),
            ..Self::default()
        }
    }

    /// Returns whether the hook is a test.
    pub(crate) fn is_test(&self) -> bool {
        self.events.iter().any(|event| event == "test" || event == "test-success")
    }
}

/// How a hook went when it ran last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct HookRun {
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) started_at: Time,
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) completed_at: Time,
    #[serde(deserialize_with = "or_default")]
    pub(crate) phase: String,
}

/// The chart of a release, as far as Helm stores it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Chart {
    pub(crate) metadata: Option<Metadata>,
    pub(crate) lock: Option<Value>,
    pub(crate) templates: Option<Vec<File>>,
    pub(crate) values: Option<Map<String, Value>>,
    pub(crate) schema: Option<String>,
    pub(crate) schemamodtime: String,
    pub(crate) files: Option<Vec<File>>,
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) modtime: Time,
}

/// A file of a chart; its data is base64.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) data: Option<String>,
    #[serde(skip_serializing_if = "Time::is_zero")]
    pub(crate) modtime: Time,
}

impl Release {
    /// Reads a record: Helm's JSON, in which a whole number may be written as a float.
    pub(crate) fn from_value(mut record: Value) -> Result<Self, serde_json::Error> {
        whole_numbers(&mut record);
        serde_json::from_value(record)
    }

    /// Returns what a list needs to know of a revision.
    pub(crate) fn of_summary(summary: &Summary) -> Self {
        let metadata = Metadata {
            name: summary.chart.clone(),
            version: summary.chart_version.clone(),
            app_version: summary.app_version.clone(),
            ..Metadata::default()
        };
        Self {
            name: summary.target.name.as_str().to_owned(),
            namespace: summary.target.namespace.as_str().to_owned(),
            revision: summary.revision.0.into(),
            info: Info {
                last_deployed: Time::local(summary.updated_ns),
                description: summary.description.clone(),
                status: summary.status.as_str().to_owned(),
                rollback_revision: summary.rollback_revision.map_or(0, |it| it.0.into()),
                ..Info::default()
            },
            chart: Some(Chart { metadata: Some(metadata), ..Chart::default() }),
            labels: summary.labels.clone().into_iter().collect(),
            source: summary.source,
            ..Self::default()
        }
    }

    /// Returns a record of Helm's as it is printed.
    pub(crate) fn of_record(record: &Record) -> Result<Self, Failure> {
        let value = serde_json::to_value(record).map_err(|error| Failure::from_error(&error))?;
        let mut release = Self::from_value(value).map_err(|error| Failure::from_error(&error))?;
        release.labels = record.labels.clone().into_iter().collect();
        release.source = record.source;
        let info = &mut release.info;
        for time in [&mut info.first_deployed, &mut info.last_deployed, &mut info.deleted] {
            *time = time.in_local_zone();
        }
        Ok(release)
    }

    /// Returns Chart.yaml, if the record has one.
    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.chart.as_ref()?.metadata.as_ref()
    }

    /// Returns the user's values over the chart's defaults, as Helm computes them from a record, in
    /// which no subchart is.
    pub(crate) fn computed_values(&self) -> Map<String, Value> {
        let defaults = self.chart.as_ref().and_then(|it| it.values.clone()).unwrap_or_default();
        let mut values = self.config.clone().unwrap_or_default();
        coalesce(&mut values, defaults);
        values
    }

    /// Returns `name-version` of the chart; `MISSING` if the record has none, as Helm says it.
    pub(crate) fn chart_name(&self) -> String {
        self.metadata()
            .map_or_else(|| "MISSING".to_owned(), |it| format!("{}-{}", it.name, it.version))
    }

    /// Returns the version of what the chart installs.
    pub(crate) fn app_version(&self) -> &str {
        self.metadata().map_or("MISSING", |it| &it.app_version)
    }
}

/// Writes `1.0` as `1`, as Go does with every float.
fn whole_numbers(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    match value {
        Value::Number(number) => {
            let float = number.as_f64().filter(|it| number.is_f64() && it.abs() < EXACT);
            if let Some(whole) = float.filter(|it| it.fract() == 0.0) {
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
                let whole = whole as i64;
                *number = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Go reads `null` into anything as nothing.
fn or_default<'d, D, T>(input: D) -> Result<T, D::Error>
where
    D: Deserializer<'d>,
    T: Default + Deserialize<'d>,
{
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero_i64(value: &i64) -> bool {
    *value == 0
}

#[expect(clippy::ref_option, reason = "serde hands out references")]
fn is_empty(map: &Option<Map<String, Value>>) -> bool {
    map.as_ref().is_none_or(Map::is_empty)
}

/// Helm's `CoalesceTables` for a chart without subcharts: the user wins, maps merge, and a null
/// of the user takes the default away.
fn coalesce(values: &mut Map<String, Value>, defaults: Map<String, Value>) {
    for (key, default) in defaults {
        match (values.get_mut(&key), default) {
            (Some(Value::Null), _) => {
                values.remove(&key);
            }
            (Some(Value::Object(given)), Value::Object(default)) => coalesce(given, default),
            (Some(_), _) | (None, Value::Null) => {}
            (None, default) => {
                values.insert(key, default);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_users_values_win_and_null_takes_a_default_away() {
        let record = json!({
            "config": {"a": {"b": 1}, "gone": null, "own": null},
            "chart": {"values": {"a": {"b": 2, "c": 3}, "gone": 4, "d": 5, "none": null}}
        });
        let release = Release::from_value(record).unwrap();
        assert_eq!(
            Value::Object(release.computed_values()),
            json!({"a": {"b": 1, "c": 3}, "d": 5, "own": null})
        );
    }
}
