//! Which subcharts the values switch on, under which names, and what they export
//! to their parents (Helm's `pkg/chart/v2/util/dependencies.go`).

use std::collections::BTreeSet;

use rutter_gotmpl::{Map, Value};
use serde_json::{Value as Json, json};

use super::{Chart, Dependency, check};
use crate::{
    Error, Values,
    values::{
        Nulls, coalesce, copy_map, empty, merge_tables,
        path::{table, value},
    },
};

/// Switches, renames and imports in `chart`, given what the user gave.
pub(crate) fn process(chart: &mut Chart, values: &Map, log: &mut Vec<String>) -> Result<(), Error> {
    let failed = |text| Error::Values(format!("chart dependencies processing failed: {text}"));
    switch(chart, values, "", log).map_err(failed)?;
    import(chart, log).map_err(failed)
}

/// Keeps the subcharts that are wanted, each under the name it goes by.
///
/// A chart that lists no dependencies keeps all, and nothing below it is looked
/// at: Helm's behaviour.
fn switch(
    chart: &mut Chart,
    values: &Map,
    path: &str,
    log: &mut Vec<String>,
) -> Result<(), String> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    rename(chart);
    let values = coalesce(chart, values, Nulls::Act, log)?;
    for dependency in &mut chart.metadata.dependencies {
        dependency.enabled = by_tags(dependency, &values, log);
        if let Some(enabled) = by_condition(dependency, &values, path, log) {
            dependency.enabled = enabled;
        }
    }
    let off: BTreeSet<String> = chart
        .metadata
        .dependencies
        .iter()
        .filter(|dependency| !dependency.enabled)
        .map(|dependency| dependency.name.clone())
        .collect();
    chart.dependencies.retain(|subchart| !off.contains(subchart.name()));
    chart.metadata.dependencies.retain(|dependency| !off.contains(&dependency.name));
    for subchart in &mut chart.dependencies {
        let path = format!("{path}{}.", subchart.name());
        switch(subchart, &values, &path, log)?;
    }
    Ok(())
}

/// Puts the subcharts that are not listed first, then a copy of its chart for
/// each listed dependency, under its alias.
fn rename(chart: &mut Chart) {
    let matches = |dependency: &Dependency, subchart: &Chart| {
        subchart.name() == dependency.name
            && check::is_compatible(&dependency.version, &subchart.metadata.version)
    };
    let all = std::mem::take(&mut chart.dependencies);
    let listed = &mut chart.metadata.dependencies;
    let mut kept: Vec<Chart> = all
        .iter()
        .filter(|subchart| !listed.iter().any(|dependency| matches(dependency, subchart)))
        .cloned()
        .collect();
    for dependency in listed {
        if let Some(found) = all.iter().find(|subchart| matches(dependency, subchart)) {
            let mut found = found.clone();
            if !dependency.alias.is_empty() {
                found.metadata.name.clone_from(&dependency.alias);
            }
            kept.push(found);
        }
        if !dependency.alias.is_empty() {
            dependency.name.clone_from(&dependency.alias);
        }
    }
    chart.dependencies = kept;
}

fn by_tags(dependency: &Dependency, values: &Map, log: &mut Vec<String>) -> bool {
    let Some(tags) = table(values, "tags") else { return true };
    let (mut on, mut off) = (false, false);
    for tag in &dependency.tags {
        match tags.entries.borrow().get(tag.as_str()) {
            None => {}
            Some(Value::Bool(true)) => on = true,
            Some(Value::Bool(false)) => off = true,
            Some(_) => {
                let name = &dependency.name;
                log.push(format!("returned non-bool value: tag {tag} of chart {name}"));
            }
        }
    }
    on || !off
}

fn by_condition(
    dependency: &Dependency,
    values: &Map,
    path: &str,
    log: &mut Vec<String>,
) -> Option<bool> {
    for condition in dependency.condition.trim().split(',').filter(|text| !text.is_empty()) {
        match value(values, &format!("{path}{condition}")) {
            None => {}
            Some(Value::Bool(enabled)) => return Some(enabled),
            Some(_) => log.push(format!(
                "returned non-bool value: path {condition} of chart {}",
                dependency.name
            )),
        }
    }
    None
}

/// Puts what subcharts export under the chart's own defaults, innermost first.
fn import(chart: &mut Chart, log: &mut Vec<String>) -> Result<(), String> {
    for subchart in &mut chart.dependencies {
        import(subchart, log)?;
    }
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    let values = coalesce(chart, &empty(), Nulls::Stay, log)?;
    let imported = empty();
    for dependency in &mut chart.metadata.dependencies {
        let mut normal = Vec::new();
        for wanted in &dependency.import_values {
            let Some((child, parent)) = child_and_parent(wanted) else { continue };
            normal.push(json!({ "child": child, "parent": parent }));
            let from = format!("{}.{child}", dependency.name);
            match table(&values, &from) {
                Some(map) => merge_tables(&imported, &at_path(&parent, map), log),
                None => log.push(format!("ImportValues missing table {from}")),
            }
        }
        dependency.import_values = normal;
    }
    let values = copy_map(&values);
    merge_tables(&values, &imported, log);
    chart.values = Values::new(values);
    Ok(())
}

fn child_and_parent(wanted: &Json) -> Option<(String, String)> {
    let text = |json: Option<&Json>| match json {
        None | Some(Json::Null) => "<nil>".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    match wanted {
        Json::String(name) => Some((format!("exports.{name}"), ".".to_owned())),
        Json::Object(pair) => Some((text(pair.get("child")), text(pair.get("parent")))),
        _ => None,
    }
}

/// Returns `map` below the keys of `path`; `.` is no key.
fn at_path(path: &str, map: Map) -> Map {
    if path == "." {
        return map;
    }
    path.split('.').rev().fold(map, |map, key| {
        let outer = empty();
        outer.entries.borrow_mut().insert(key.into(), Value::Map(map));
        outer
    })
}
