//! Files to a chart: which file is what, and what makes it no chart.

use std::collections::BTreeMap;

use super::{
    Chart, File, Metadata,
    archive::{self, Room},
    check,
    ignore::Ignore,
    reading::{self, Problem},
};
use rutter_gotmpl::quote;

use crate::{Error, Excerpt, Values, values, yaml};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Files of subcharts by the first part of their names.
type Subcharts = BTreeMap<String, Vec<File>>;

/// Loads a chart of `v1` or `v2` after Helm's `LoadFiles`.
pub(super) fn load(files: Vec<File>) -> Result<Chart, Error> {
    load_within(files, &mut Room::of_chart())
}

/// Loads a chart whose archives in `charts/` have that room.
fn load_within(files: Vec<File>, room: &mut Room) -> Result<Chart, Error> {
    let mut chart = Chart::default();
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        let json = typed(file)?;
        reading::metadata(&mut chart.metadata, &json).map_err(cannot_load(&file.name))?;
        if chart.metadata.api_version.is_empty() {
            "v1".clone_into(&mut chart.metadata.api_version);
        }
    }
    let mut subcharts = Subcharts::new();
    let mut found = false;
    for file in &files {
        found |= sort(&mut chart, file, &mut subcharts)?;
    }
    chart.raw = files;
    if !found {
        return Err(Error::Chart("Chart.yaml file is missing".to_owned()));
    }
    check::metadata(&mut chart.metadata)?;
    for (name, files) in subcharts {
        if !name.starts_with(['_', '.']) {
            let subchart = subchart(&name, files, &chart.metadata.name, room)?;
            chart.dependencies.push(subchart);
        }
    }
    Ok(chart)
}

/// Puts a file where it belongs; returns whether it says what the chart is.
fn sort(chart: &mut Chart, file: &File, subcharts: &mut Subcharts) -> Result<bool, Error> {
    let name = file.name.as_str();
    match name {
        "Chart.yaml" => return Ok(true),
        "Chart.lock" => {
            chart.lock = Some(reading::lock(&typed(file)?).map_err(cannot_load(name))?);
        }
        "values.yaml" => {
            let map = values::load(name, &file.data).map_err(|source| Error::File {
                action: "cannot load",
                file: name.to_owned(),
                source: Box::new(source),
            })?;
            chart.values = Values::new(map);
        }
        "values.schema.json" => chart.schema = Some(file.data.clone()),
        "requirements.yaml" => {
            let json = typed(file)?;
            reading::metadata(&mut chart.metadata, &json).map_err(cannot_load(name))?;
            keep_for_v1(chart, file);
            return Ok(true);
        }
        "requirements.lock" => {
            chart.lock = Some(reading::lock(&typed(file)?).map_err(cannot_load(name))?);
            keep_for_v1(chart, file);
            return Ok(true);
        }
        _ if name.starts_with("templates/") => chart.templates.push(file.clone()),
        _ => match name
            .strip_prefix("charts/")
            .filter(|inner| inner.rsplit('.').next() != Some("prov"))
        {
            None => chart.files.push(file.clone()),
            Some(inner) => {
                let top = inner.split('/').next().unwrap_or_default();
                let file = File { name: inner.to_owned(), ..file.clone() };
                subcharts.entry(top.to_owned()).or_default().push(file);
            }
        },
    }
    Ok(false)
}

fn keep_for_v1(chart: &mut Chart, file: &File) {
    if chart.metadata.api_version == "v1" {
        chart.files.push(file.clone());
    }
}

fn subchart(name: &str, files: Vec<File>, chart: &str, room: &mut Room) -> Result<Chart, Error> {
    let unpacked = if name.rsplit('.').next() == Some("tgz") {
        let Some(file) = files.into_iter().next().filter(|file| file.name == name) else {
            let text = format!("error unpacking subchart tar in {chart}: {name} is a folder");
            return Err(Error::Chart(text));
        };
        room.deeper(|room| {
            let files = archive::unpack(&file.data, room).map_err(Error::Chart)?;
            load_within(files, room)
        })
    } else {
        let inner = files.into_iter().filter_map(|file| {
            let name = file.name.split_once('/')?.1.to_owned();
            Some(File { name, ..file })
        });
        load_within(inner.collect(), room)
    };
    unpacked.map_err(|source| Error::Subchart {
        file: name.to_owned(),
        chart: chart.to_owned(),
        source: Box::new(source),
    })
}

/// Loads a chart from a folder's files, `.helmignore` applied.
pub(super) fn from_folder(files: Vec<File>) -> Result<Chart, Error> {
    let version = Version::of(&files)?;
    version.load(kept(files)?, &mut Room::of_chart())
}

/// Loads as [`from_folder`] does, whatever `apiVersion` says: `lint` and `dependency` have their
/// own words for one that is not known.
pub(crate) fn from_folder_unversioned(files: Vec<File>) -> Result<Chart, Error> {
    load(kept(files)?)
}

/// Leaves out what `.helmignore` says.
fn kept(files: Vec<File>) -> Result<Vec<File>, Error> {
    let rules = files.iter().find(|file| file.name == ".helmignore");
    let ignore = Ignore::parse(rules.map_or(&[], |file| &file.data))?;
    let mut kept = Vec::new();
    let mut room = archive::MAX_CHART;
    for file in files.into_iter().filter(|file| !ignore.ignores_file(&file.name)) {
        room = room.checked_sub(file.data.len() as u64).ok_or_else(|| too_large(&file.name))?;
        kept.push(without_bom(file));
    }
    Ok(kept)
}

/// Helm's words (`loader/archive/budgeted_reader.go`).
fn too_large(file: &str) -> Error {
    let max = archive::MAX_CHART;
    let text =
        format!("error reading {file}: chart exceeds maximum decompressed size of {max} bytes");
    Error::Chart(text)
}

/// Loads a chart from a `.tgz` called `name`.
pub(super) fn from_archive(name: &str, bytes: &[u8]) -> Result<Chart, Error> {
    from_archive_within(name, bytes, Room::of_chart())
}

/// Returns what a `.tgz` says of itself, if it can be loaded.
pub(super) fn look_into(name: &str, bytes: &[u8]) -> Result<Metadata, Error> {
    from_archive_within(name, bytes, Room::to_look()).map(|chart| chart.metadata)
}

/// Whether loading a chart looks into a file, which may be one of its subcharts'.
pub(super) fn is_read(name: &str) -> bool {
    match name.strip_prefix("charts/") {
        None => matches!(
            name,
            "Chart.yaml" | "Chart.lock" | "values.yaml" | "requirements.yaml" | "requirements.lock"
        ),
        Some(inner) => inner.split_once('/').is_none_or(|(_, inner)| is_read(inner)),
    }
}

fn from_archive_within(name: &str, bytes: &[u8], mut room: Room) -> Result<Chart, Error> {
    if !bytes.starts_with(&archive::MAGIC) {
        return Err(Error::Chart(archive::no_archive(name, bytes)));
    }
    let files = archive::unpack(bytes, &mut room).map_err(|reason| Error::Archive { reason })?;
    if !files.iter().any(|file| file.name == "Chart.yaml") {
        let text = "unable to detect chart version, no Chart.yaml found";
        return Err(Error::Chart(text.to_owned()));
    }
    Version::of(&files)?.load(files, &mut room)
}

/// Returns the files of a `.tgz` and the chart's name, which names a folder.
pub(super) fn expand(bytes: &[u8]) -> Result<(String, Vec<File>), Error> {
    if !bytes.starts_with(&archive::MAGIC) {
        let text = if bytes.is_empty() { "EOF" } else { "gzip: invalid header" };
        return Err(Error::Chart(text.to_owned()));
    }
    let mut room = Room::of_chart();
    let files = archive::unpack(bytes, &mut room).map_err(|reason| Error::Archive { reason })?;
    measure_inner(&files, &mut room)?;
    let mut metadata = Metadata::default();
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        reading::metadata(&mut metadata, &typed(file)?).map_err(cannot_load(&file.name))?;
    }
    let name = metadata.name;
    let refused = |text: String| Err(Error::Chart(text));
    match name.as_str() {
        "" => refused("chart name not specified".to_owned()),
        "." | ".." => refused(format!("chart name {} is not allowed", quote(name.as_bytes()))),
        _ if name.contains(['/', '\\', '\0']) => refused(format!(
            "chart name {} must not contain path separators",
            quote(name.as_bytes())
        )),
        _ => Ok((name, files)),
    }
}

/// Refuses what could not be loaded later: archives inside that are too much together.
fn measure_inner(files: &[File], room: &mut Room) -> Result<(), Error> {
    let is_inner = |file: &&File| {
        file.name.starts_with("charts/")
            && file.name.matches('/').count() == 1
            && file.name.rsplit('.').next() == Some("tgz")
    };
    for file in files.iter().filter(is_inner) {
        room.deeper(|room| {
            let files =
                archive::unpack(&file.data, room).map_err(|reason| Error::Archive { reason })?;
            measure_inner(&files, room)
        })?;
    }
    Ok(())
}

/// What a chart's `apiVersion` says.
#[derive(Clone, Copy)]
enum Version {
    /// None, `v1` or `v2`.
    Known,
    /// `v3`: Helm loads it and then refuses to install it.
    Next,
}

impl Version {
    fn of(files: &[File]) -> Result<Self, Error> {
        let Some(file) = files.iter().find(|file| file.name == "Chart.yaml") else {
            return Ok(Self::Known);
        };
        let json = typed(file)?;
        reading::mapping(&json).map_err(cannot_load(&file.name))?;
        // Go's JSON asks for a key in any case, and takes the last.
        let keys = json.as_object().into_iter().flatten();
        let mut named = keys.filter(|(key, _)| key.eq_ignore_ascii_case("apiVersion"));
        let version = named.next_back().and_then(|(_, it)| yaml::text(it)).unwrap_or_default();
        match version.as_str() {
            "" | "v1" | "v2" => Ok(Self::Known),
            "v3" => Ok(Self::Next),
            _ => Err(Error::Chart("unsupported chart version".to_owned())),
        }
    }

    fn load(self, files: Vec<File>, room: &mut Room) -> Result<Chart, Error> {
        let chart = load_within(files, room)?;
        match self {
            Self::Known => Ok(chart),
            Self::Next => Err(Error::Chart("invalid chart apiVersion".to_owned())),
        }
    }
}

fn typed(file: &File) -> Result<serde_json::Value, Error> {
    let data = file.data.strip_prefix(BOM).unwrap_or(&file.data);
    yaml::read_typed(data).map_err(|error| {
        let at = error.line().zip(error.column());
        let shown = |at| {
            let text = String::from_utf8_lossy(data);
            Box::new(Excerpt::at(&file.name, (&text, at), str::to_owned))
        };
        let source = Error::Yaml { text: error.to_string(), at, excerpt: at.map(shown) };
        let source = Box::new(source);
        Error::File { action: "cannot load", file: file.name.clone(), source }
    })
}

fn cannot_load(file: &str) -> impl FnOnce(Problem) -> Error {
    let file = file.to_owned();
    move |problem| match problem {
        Problem::Invalid(text) => Error::Invalid(text.to_owned()),
        Problem::Shape(text) => Error::File {
            action: "cannot load",
            file,
            source: Box::new(Error::Yaml { text, at: None, excerpt: None }),
        },
    }
}

/// Drops a byte order mark, as Helm does with every file of a chart.
pub(super) fn without_bom(file: File) -> File {
    match file.data.strip_prefix(BOM) {
        None => file,
        Some(rest) => File { data: rest.into(), ..file },
    }
}
