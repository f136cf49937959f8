//! Whether `crds/` holds definitions of custom resources (Helm's `rules/crds.go`).

use super::{Folder, Report, Standing, documents};
use crate::{Chart, File};

const FOLDER: &str = "crds/";

pub(super) fn check(folder: &Folder, report: &mut Report) {
    match folder.crds {
        Standing::Nothing => return,
        Standing::File => return report.error(FOLDER, "not a directory"),
        Standing::Folder => {}
    }
    let chart = match folder.chart() {
        Ok(chart) => chart,
        Err(text) => return report.error(FOLDER, text),
    };
    for (name, file) in of(&chart) {
        for document in documents::read(&file.text()) {
            let object = match document {
                Ok(Some(object)) => object,
                Ok(None) => continue,
                Err(reason) => {
                    return report.error(&name, format!("unable to parse YAML: {reason}"));
                }
            };
            if !object.api_version.starts_with("apiextensions.k8s.io") {
                report.error(&name, "apiVersion is not in 'apiextensions.k8s.io'");
            }
            if object.kind != "CustomResourceDefinition" {
                report.error(&name, "object kind is not 'CustomResourceDefinition'");
            }
        }
    }
}

/// The CRDs of a chart, then those of its subcharts, each with its path inside its own chart.
fn of(chart: &Chart) -> Vec<(String, &File)> {
    let own = chart.files.iter().filter(|file| {
        file.name.starts_with(FOLDER)
            && [".yaml", ".yml", ".json"].iter().any(|end| file.name.ends_with(end))
    });
    let own = own.map(|file| (file.name.clone(), file));
    own.chain(chart.dependencies.iter().flat_map(of)).collect()
}
