//! Whether Chart.yaml and `charts/` name the same subcharts (Helm's `rules/dependencies.go`).

use std::collections::BTreeSet;

use super::{Folder, Report};
use crate::Chart;

pub(super) fn check(folder: &Folder, report: &mut Report) {
    let chart = match folder.chart() {
        Ok(chart) => chart,
        Err(text) => return report.error("", format!("unable to load chart\n\t{text}")),
    };
    let asked: Vec<&str> = chart.metadata.dependencies.iter().map(|it| it.name.as_str()).collect();
    let there: Vec<&str> = chart.dependencies.iter().map(Chart::name).collect();
    let list = |names: Vec<&str>| names.join(",");
    let unasked: Vec<&str> = there.iter().copied().filter(|name| !asked.contains(name)).collect();
    if !unasked.is_empty() {
        let text = format!("chart metadata is missing these dependencies: {}", list(unasked));
        report.error(&folder.path, text);
    }
    let twice = named_twice(&chart);
    if !twice.is_empty() {
        let text = format!("multiple dependencies with name or alias: {}", list(twice));
        report.error(&folder.path, text);
    }
    let missing: Vec<&str> = asked.iter().copied().filter(|name| !there.contains(name)).collect();
    if !missing.is_empty() {
        let text = format!("chart directory is missing these dependencies: {}", list(missing));
        report.warning(&folder.path, text);
    }
}

fn named_twice(chart: &Chart) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let names = chart.metadata.dependencies.iter().map(|dependency| {
        if dependency.alias.is_empty() { dependency.name.as_str() } else { &dependency.alias }
    });
    names.filter(|name| !seen.insert(*name)).collect()
}
