//! Lock files: which versions were chosen, and for which question (Helm's `internal/resolver`).

use std::{fs, path::Path};

use render::{Chart, Dependency, Lock};
use serde_json::Value;

use crate::{
    charts::{named, sha256},
    failure::Failure,
    release::Time,
    ui,
    work::now,
};

/// Returns what a chart asks for; nothing if it has no list of it, which is not the same as an
/// empty one.
pub(super) fn requested(chart: &Chart) -> Option<Vec<Dependency>> {
    lists(chart, &["Chart.yaml", "requirements.yaml"]).then(|| chart.metadata.dependencies.clone())
}

/// Returns what is locked; nothing if the lock file has no list of it.
pub(super) fn locked(chart: &Chart) -> Option<Vec<Dependency>> {
    let lock = chart.lock.as_ref()?;
    lists(chart, &["Chart.lock", "requirements.lock"]).then(|| lock.dependencies.clone())
}

fn lists(chart: &Chart, files: &[&str]) -> bool {
    let files = chart.raw.iter().filter(|file| files.contains(&file.name.as_str()));
    files.into_iter().any(|file| {
        let json = render::yaml::read_typed(&file.data);
        json.is_ok_and(|json| json.get("dependencies").is_some_and(Value::is_array))
    })
}

/// Returns the digest of what is asked for and what is locked for it (`HashReq`).
///
/// # Errors
///
/// None is known; a value that is no JSON.
pub(super) fn digest(
    requested: Option<&[Dependency]>,
    locked: Option<&[Dependency]>,
) -> Result<String, Failure> {
    hash(&[requested, locked])
}

/// Returns the digest that Helm 2 made: of what is asked for alone (`HashV2Req`).
///
/// # Errors
///
/// As [`digest`].
pub(super) fn old_digest(requested: Option<&[Dependency]>) -> Result<String, Failure> {
    hash(&std::collections::BTreeMap::from([("dependencies", requested)]))
}

fn hash(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(sha256(ui::json_line(value)?.trim_end_matches('\n').as_bytes()))
}

/// Writes the lock file.
///
/// # Errors
///
/// Helm's messages: a link is not written through.
pub(super) fn write(
    folder: &Path,
    chart: &Chart,
    digest: String,
    dependencies: Vec<Dependency>,
) -> Result<(), Failure> {
    let name = if chart.metadata.api_version == "v1" { "requirements.lock" } else { "Chart.lock" };
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|status| status.is_symlink()) {
        let link = fs::read_link(&path).unwrap_or_default();
        let link = link.display().to_string();
        return Err(Failure::new(format_args!("the {name} file is a symlink to {link:?}")));
    }
    let generated = Time::local(now()).text().to_owned();
    let lock = Lock { generated, digest, dependencies };
    fs::write(&path, ui::yaml(&lock)?).map_err(|error| named(&path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependency(name: &str, version: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            version: version.to_owned(),
            repository: "http://localhost:8879/charts".to_owned(),
            ..Dependency::default()
        }
    }

    /// Expected: `TestHashReq` of Helm's `internal/resolver/resolver_test.go`.
    #[test]
    fn a_digest_is_helms() {
        let (range, exact) = ([dependency("alpine", "0.1.0")], [dependency("alpine", "0.1.0")]);
        let expected = "sha256:fb239e836325c5fa14b29d1540a13b7d3ba13151b67fe719f820e0ef6d66aaaf";
        assert_eq!(digest(Some(&range), Some(&exact)).unwrap(), expected);
        let range = [dependency("alpine", ">=0.1.0")];
        assert_ne!(digest(Some(&range), Some(&exact)).unwrap(), expected);
    }
}
