//! What Chart.yaml says (Helm's `rules/chartfile.go`).

use rutter_gotmpl::quote;
use serde_json::Value as Json;

use super::{Folder, Report, Standing, addresses};
use crate::{
    Metadata,
    chart::{DEPENDENCY, MAINTAINER, METADATA, Problem, kind, metadata},
    semver::{Constraint, Version},
    yaml,
};

const FILE: &str = "Chart.yaml";

/// Chart.yaml as far as it can be read: Helm's linter goes on where its loader stops.
struct Read {
    metadata: Metadata,
    json: Json,
    /// How many of the maintainers stand before the first that is empty, if one is.
    before_empty: Option<usize>,
    has_dependencies: bool,
}

pub(super) fn check(folder: &Folder, report: &mut Report) {
    if folder.chart_file == Standing::Folder {
        report.error(FILE, "should be a file, not a directory");
    }
    let Some(file) = folder.file(FILE) else {
        let path = format!("{}/{FILE}", folder.path);
        let reason = match folder.chart_file {
            Standing::Folder => format!("read {path}: is a directory"),
            _ => format!("open {path}: no such file or directory"),
        };
        return report.error(FILE, format!("unable to parse YAML\n\t{reason}"));
    };
    let read = match read(&file.data) {
        Ok(read) => read,
        Err(reason) => return report.error(FILE, format!("unable to parse YAML\n\t{reason}")),
    };
    if let Err(reason) = strict(&file.data) {
        let text = format!("failed to strictly parse chart metadata file\n\t{reason}");
        report.warning(FILE, text);
    }
    identity(&read, report);
    versions(&read, report);
    people_and_places(&read, report);
    if !read.metadata.kind.is_empty() && read.metadata.api_version != "v2" {
        let is = &read.metadata.api_version;
        let text = "chart type is not valid in apiVersion";
        report.error(FILE, format!("{text} '{is}'. It is valid in apiVersion 'v2'"));
    }
    if read.has_dependencies && read.metadata.api_version != "v2" {
        let is = &read.metadata.api_version;
        let text = "dependencies are not valid in the Chart file with apiVersion";
        report.error(FILE, format!("{text} '{is}'. They are valid in apiVersion 'v2'"));
    }
    let version = &read.metadata.version;
    if Version::parse_strict(version).is_err() {
        report.warning(FILE, format!("version '{version}' is not a valid SemVerV2"));
    }
}

fn read(data: &[u8]) -> Result<Read, String> {
    let mut json = yaml::read_typed(data).map_err(|error| error.to_string())?;
    let original = json.clone();
    // The loader refuses empty nodes; to the linter they are pointers to nothing.
    let mut take_nulls = |name: &str| {
        let found = json.get_mut(name).and_then(Json::as_array_mut);
        found.and_then(|items| {
            let first = items.iter().position(Json::is_null);
            items.retain(|item| !item.is_null());
            first
        })
    };
    let before_empty = take_nulls("maintainers");
    let empty_dependency = take_nulls("dependencies");
    let mut metadata_read = Metadata::default();
    metadata(&mut metadata_read, &json).map_err(|problem| match problem {
        Problem::Shape(text) => text,
        Problem::Invalid(text) => text.to_owned(),
    })?;
    let has_dependencies = empty_dependency.is_some() || !metadata_read.dependencies.is_empty();
    Ok(Read { metadata: metadata_read, json: original, before_empty, has_dependencies })
}

/// Refuses what is set twice and what Helm does not know (`UnmarshalStrict`).
fn strict(data: &[u8]) -> Result<(), String> {
    let json = yaml::read_typed_strict(data).map_err(|error| error.to_string())?;
    match unknown(&json, METADATA) {
        None => Ok(()),
        Some(field) => Err(format!(
            "error unmarshaling JSON: while decoding JSON: json: unknown field {}",
            quote(field.as_bytes())
        )),
    }
}

/// Returns the first field, in the order of the keys, that is none of `known`.
fn unknown<'j>(json: &'j Json, known: &[&str]) -> Option<&'j str> {
    let knows = |key: &str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
    let is_ours = |key: &str, value: &Json| key == "engine" && value == "tera";
    for (key, value) in json.as_object()? {
        if !knows(key) && !is_ours(key, value) {
            return Some(key);
        }
        let inner = match key.as_str() {
            "maintainers" => MAINTAINER,
            "dependencies" => DEPENDENCY,
            _ => continue,
        };
        let items = value.as_array().into_iter().flatten();
        if let Some(field) = items.into_iter().find_map(|item| unknown(item, inner)) {
            return Some(field);
        }
    }
    None
}

fn identity(read: &Read, report: &mut Report) {
    let Metadata { name, api_version, .. } = &read.metadata;
    if name.is_empty() {
        report.error(FILE, "name is required");
    } else if base(name) != name {
        let quoted = quote(name.as_bytes());
        report.error(FILE, format!("chart name {quoted} is invalid"));
    }
    let values = "The value must be either \"v1\" or \"v2\"";
    match api_version.as_str() {
        "v1" | "v2" => {}
        "" => report.error(FILE, format!("apiVersion is required. {values}")),
        other => report.error(FILE, format!("apiVersion '{other}' is not valid. {values}")),
    }
}

/// Go's `filepath.Base`.
fn base(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

fn versions(read: &Read, report: &mut Report) {
    not_a_string(read, "version", report);
    let version = &read.metadata.version;
    match Version::parse(version) {
        _ if version.is_empty() => report.error(FILE, "version is required"),
        Err(_) => report.error(FILE, format!("version '{version}' is not a valid SemVer")),
        Ok(version) => {
            let lowest = "0.0.0-0";
            let above = Constraint::parse(&format!(">{lowest}"));
            if above.is_ok_and(|above| !above.check(&version)) {
                let text = format!("version \"{version}\" is less than or equal to \"{lowest}\"");
                report.error(FILE, text);
            }
        }
    }
    not_a_string(read, "appVersion", report);
}

fn not_a_string(read: &Read, key: &str, report: &mut Report) {
    let Some(value) = read.json.get(key) else { return };
    let is = match value {
        Json::String(_) => return,
        Json::Null => "<nil>",
        Json::Number(_) => "float64",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
        other @ Json::Bool(_) => kind(other),
    };
    report.error(FILE, format!("{key} should be of type string but it's of type {is}"));
}

fn people_and_places(read: &Read, report: &mut Report) {
    if let Some(text) = bad_maintainer(read) {
        report.error(FILE, text);
    }
    let sources = &read.metadata.sources;
    if let Some(source) = sources.iter().find(|source| !addresses::is_request_url(source)) {
        report.error(FILE, format!("invalid source URL '{source}'"));
    }
    let icon = &read.metadata.icon;
    if icon.is_empty() {
        report.info(FILE, "icon is recommended");
    } else if !addresses::is_request_url(icon) {
        report.error(FILE, format!("invalid icon URL '{icon}'"));
    }
}

fn bad_maintainer(read: &Read) -> Option<String> {
    let maintainers = &read.metadata.maintainers;
    let before = read.before_empty.unwrap_or(maintainers.len());
    let bad = maintainers.iter().take(before).find_map(|maintainer| {
        let (name, email, url) = (&maintainer.name, &maintainer.email, &maintainer.url);
        if name.is_empty() {
            Some("each maintainer requires a name".to_owned())
        } else if !email.is_empty() && !addresses::is_email(email) {
            Some(format!("invalid email '{email}' for maintainer '{name}'"))
        } else if !url.is_empty() && !addresses::is_url(url) {
            Some(format!("invalid url '{url}' for maintainer '{name}'"))
        } else {
            None
        }
    });
    bad.or_else(|| read.before_empty.map(|_| "a maintainer entry is empty".to_owned()))
}
