//! A chart to a `.tgz`, in Helm's layout (`pkg/chart/v2/util/save.go`).
//!
//! The same chart gives the same bytes wherever it is packed: entries are in a
//! fixed order, belong to nobody, and all carry the one time that is handed in.
//! (Helm writes the files' own times, which every checkout changes.)

use flate2::{Compression, GzBuilder, write::GzEncoder};
use rutter_gotmpl::quote;

use super::{Chart, File, archive::inner_name, check};
use crate::{Error, semver, yaml};

/// What Helm writes into the gzip header, so that its archives can be told.
const EXTRA: &[u8] = b"rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";

/// Go's mark of an unknown system in the gzip header.
const UNKNOWN_SYSTEM: u8 = 255;

type Archive = tar::Builder<GzEncoder<Vec<u8>>>;

/// Packs a chart; every entry has the time `seconds`.
pub(super) fn pack(chart: &Chart, seconds: u64) -> Result<Vec<u8>, Error> {
    let mut metadata = chart.metadata.clone();
    check::metadata(&mut metadata)?;
    let header = GzBuilder::new().extra(EXTRA).comment("Helm").operating_system(UNKNOWN_SYSTEM);
    let mut archive = tar::Builder::new(header.write(Vec::new(), Compression::default()));
    write(&mut archive, chart, "", seconds)?;
    let bytes = archive.into_inner().and_then(GzEncoder::finish);
    bytes.map_err(|error| Error::Chart(error.to_string()))
}

/// Refuses what cannot be packed: dependencies that are named but not there.
pub(super) fn check_dependencies(chart: &Chart) -> Result<(), Error> {
    match check::missing(chart) {
        missing if missing.is_empty() => Ok(()),
        missing => Err(Error::Unpackable { missing }),
    }
}

/// Sets the version of a chart that is to be packed.
pub(super) fn set_version(chart: &mut Chart, version: &str) -> Result<(), Error> {
    let parsed = semver::Version::parse(version);
    parsed.map_err(|error| Error::Chart(error.to_string()))?;
    version.clone_into(&mut chart.metadata.version);
    Ok(())
}

fn write(archive: &mut Archive, chart: &Chart, prefix: &str, seconds: u64) -> Result<(), Error> {
    let name = &chart.metadata.name;
    if name.contains('\\') {
        // Who unpacks an archive takes it for the sign between folders, Helm too.
        let name = quote(name.as_bytes());
        return Err(Error::Chart(format!("chart.metadata.name {name} is invalid")));
    }
    let base = format!("{prefix}{name}");
    let mut put =
        |name: &str, data: &[u8]| append(archive, &format!("{base}/{name}"), data, seconds);
    let is_v1 = chart.metadata.api_version == "v1";
    let mut metadata = chart.metadata.clone();
    if is_v1 {
        // They are in requirements.yaml.
        metadata.dependencies.clear();
    }
    put("Chart.yaml", &marshalled(&metadata)?)?;
    if let Some(lock) = chart.lock.as_ref().filter(|_| !is_v1) {
        put("Chart.lock", &marshalled(lock)?)?;
    }
    for file in chart.raw.iter().filter(|file| file.name == "values.yaml") {
        put(&file.name, &file.data)?;
    }
    if let Some(schema) = &chart.schema {
        if serde_json::from_slice::<serde::de::IgnoredAny>(schema).is_err() {
            return Err(Error::Chart("invalid JSON in values.schema.json".to_owned()));
        }
        put("values.schema.json", schema)?;
    }
    for File { name, data, .. } in chart.templates.iter().chain(&chart.files) {
        put(name, data)?;
    }
    let inner = format!("{base}/charts/");
    chart.dependencies.iter().try_for_each(|chart| write(archive, chart, &inner, seconds))
}

fn marshalled(value: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    let value = serde_json::to_value(value).map_err(|error| Error::Chart(error.to_string()))?;
    let text = yaml::write_json(&value).map_err(|error| Error::Chart(error.to_string()))?;
    Ok(text.into_bytes())
}

/// Adds a file, unless its name is one that nobody would unpack.
fn append(archive: &mut Archive, name: &str, data: &[u8], seconds: u64) -> Result<(), Error> {
    inner_name(name).map_err(|reason| Error::Chart(format!("{reason}: {name:?}")))?;
    let mut header = tar::Header::new_ustar();
    header.set_size(data.len() as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(seconds);
    header.set_entry_type(tar::EntryType::Regular);
    archive
        .append_data(&mut header, name, data)
        .map_err(|error| Error::Chart(format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs a chart with one more file.
    fn packed_with(name: &str) -> Result<Vec<u8>, String> {
        packed("x", name)
    }

    fn packed(chart: &str, name: &str) -> Result<Vec<u8>, String> {
        let file = |name: &str, text: &str| File {
            name: name.to_owned(),
            data: text.as_bytes().into(),
            modified: None,
        };
        let metadata = format!("apiVersion: v2\nname: {chart}\nversion: 0.1.0\n");
        let files = vec![file("Chart.yaml", &metadata), file(name, "")];
        let chart = Chart::from_folder(files).unwrap();
        chart.pack(0).map_err(|error| error.to_string())
    }

    // Helm packs what Helm then refuses to load.
    #[test]
    fn a_name_that_nobody_would_unpack_is_not_packed() {
        let archive = packed_with("notes on C: and D").unwrap();
        Chart::from_archive("x.tgz", &archive).unwrap();
        for name in ["a\rb", "C:/a"] {
            let refused = packed_with(name).unwrap_err();
            assert!(refused.starts_with("chart contains illegally named files"), "{refused}");
        }
    }
    #[test]
    fn a_chart_whose_folder_would_be_two_is_not_packed() {
        let refused = packed("a\\b", "README.md").unwrap_err();
        assert_eq!(refused, r#"chart.metadata.name "a\\b" is invalid"#);
    }
    // Helm: `unsupported chart version`.
    #[test]
    fn a_folder_whose_archive_would_be_of_no_format_is_no_chart() {
        let metadata = b"apiVerSion: v9\nname: x\nversion: 0.1.0\n";
        let file = File { name: "Chart.yaml".to_owned(), data: (*metadata).into(), modified: None };
        let refused = Chart::from_folder(vec![file]).unwrap_err();
        assert_eq!(refused.to_string(), "unsupported chart version");
    }
}
