//! Helm's storage in memory, loaded from files: `HELM_DRIVER=memory` and
//! `HELM_MEMORY_DRIVER_DATA=file:file` (`loadReleasesInMemory`).
//!
//! It exists for tests and demonstrations: reads only, since nothing would remain of a write.

use std::{env, fs};

use serde_json::Value;

use crate::{failure::Failure, release::Release};

/// Returns the records, or nothing if another driver is asked for.
pub(super) fn records() -> Result<Option<Vec<Release>>, Failure> {
    if env::var("HELM_DRIVER").unwrap_or_default() != "memory" {
        return Ok(None);
    }
    let files = env::var("HELM_MEMORY_DRIVER_DATA").unwrap_or_default();
    let mut records = Vec::new();
    for file in files.split(':').filter(|file| !file.is_empty()) {
        let bytes = fs::read(file).map_err(|error| {
            Failure::new(format_args!("unable to read memory driver data: {error}"))
        })?;
        let list = parsed(&bytes).map_err(|reason| {
            Failure::new(format_args!("unable to unmarshal memory driver data: {reason}"))
        })?;
        records.extend(list);
    }
    Ok(Some(records))
}

/// A list of records, as JSON or YAML. One without a namespace is in `default`.
fn parsed(bytes: &[u8]) -> Result<Vec<Release>, String> {
    let list: Value = match serde_json::from_slice(bytes) {
        Ok(list) => list,
        Err(_) => render::yaml::read_json(bytes).map_err(|error| error.to_string())?,
    };
    let Value::Array(list) = list else { return Err("not a list".to_owned()) };
    let read = |record| {
        let mut release = Release::from_value(record).map_err(|error| error.to_string())?;
        if release.namespace.is_empty() {
            "default".clone_into(&mut release.namespace);
        }
        Ok(release)
    };
    list.into_iter().map(read).collect()
}
