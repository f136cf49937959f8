//! The default values, and the schema that they are to meet (Helm's `rules/values.go`).

use super::{Report, Request, colon};
use crate::{
    SchemaCheck,
    values::{coalesce_tables, copy_map, schema},
    yaml,
};

const FILE: &str = "values.yaml";

/// Checks the top chart's values alone: subcharts are not looked at.
pub(super) fn check(request: &Request<'_>, report: &mut Report) {
    let Some(file) = request.folder.file(FILE) else {
        return report.info(FILE, "file does not exist");
    };
    let defaults = match yaml::read_map(&file.data) {
        Ok(defaults) => defaults,
        Err(error) => {
            let text = error.to_string().replace(" map[string]interface {}", " common.Values");
            report.error(FILE, format!("unable to parse YAML: {text}"));
            return colon::check(file, &error, report);
        }
    };
    let schema = request.folder.file("values.schema.json").filter(|file| !file.data.is_empty());
    let Some(schema) = schema.filter(|_| request.schema == SchemaCheck::Enforced) else { return };
    let values = copy_map(request.values.map());
    coalesce_tables(&values, &defaults, &mut Vec::new());
    if let Err(text) = schema::check_one(&schema.data, &values) {
        report.error(FILE, text);
    }
}
