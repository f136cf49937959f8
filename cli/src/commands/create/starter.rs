//! A new chart after another (Helm's `CreateFrom`).

use std::{fs, path::Path};

use render::{Chart, File, Metadata};

use super::{NAME, named, split, written};
use crate::{charts::reason, dependencies, failure::Failure, ui};

/// The time of the files in packed subcharts, in seconds since 1970: the first day of 1980.
const TIME: u64 = 315_532_800;

/// Copies the chart at `starter` to `path`, under its name. In templates and in values.yaml the
/// name takes the place of `<CHARTNAME>`; Chart.yaml is a new one.
///
/// # Errors
///
/// Helm's messages: a starter that is no chart, a folder that cannot be made.
pub(super) fn copied(starter: &Path, path: &str) -> Result<(), Failure> {
    let chart = loaded(starter)
        .map_err(|failure| failure.prefixed(&format!("could not load {}", starter.display())))?;
    let (parent, name) = split(path);
    let folder = parent.join(&name);
    if fs::metadata(&folder).is_ok_and(|status| !status.is_dir()) {
        let shown = folder.display();
        return Err(Failure::new(format_args!(
            "file {shown} already exists and is not a directory"
        )));
    }
    let metadata = Metadata {
        name: name.clone(),
        description: "A Helm chart for Kubernetes".to_owned(),
        kind: "application".to_owned(),
        version: "0.1.0".to_owned(),
        app_version: "0.1.0".to_owned(),
        api_version: "v2".to_owned(),
        ..Metadata::default()
    };
    written(&folder.join("Chart.yaml"), ui::yaml(&metadata)?.as_bytes())?;
    let is_values = |file: &&File| file.name == "values.yaml";
    for file in chart.templates.iter().chain(chart.raw.iter().filter(is_values)) {
        let text = file.text().replace(NAME, &name);
        written(&folder.join(&file.name), text.as_bytes())?;
    }
    if let Some(schema) = &chart.schema {
        written(&folder.join("values.schema.json"), schema)?;
    }
    for file in &chart.files {
        written(&folder.join(&file.name), &file.data)?;
    }
    for subchart in &chart.dependencies {
        let bytes = subchart.pack(TIME).map_err(|error| Failure::from_error(&error))?;
        written(&folder.join("charts").join(subchart.archive_name()), &bytes)?;
    }
    Ok(())
}

fn loaded(starter: &Path) -> Result<Chart, Failure> {
    let shown = starter.display().to_string();
    let status = fs::metadata(starter)
        .map_err(|error| Failure::new(format_args!("stat {shown}: {}", reason(&error))))?;
    if status.is_dir() {
        return dependencies::read(starter);
    }
    let bytes = fs::read(starter).map_err(|error| named(starter, &error))?;
    Chart::from_archive(&shown, &bytes).map_err(|error| Failure::from_error(&error))
}
