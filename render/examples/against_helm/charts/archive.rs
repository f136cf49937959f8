//! Charts from a folder, their subcharts unpacked so that there is more to change.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use render::{File, yaml};
use serde_json::Value as Json;

use super::{file, mutation::Edit};
use crate::random::Random;

/// A chart as packed.
pub(crate) struct Source {
    pub(super) name: String,
    /// Where the oracle finds it.
    pub(super) packed: PathBuf,
    /// Names as they are within the chart.
    pub(super) contents: Vec<(String, Vec<u8>)>,
    /// The places in its values, and in those of its subcharts.
    pub(super) paths: Vec<Vec<String>>,
    /// Values that users of it gave.
    pub(super) given: Vec<Json>,
}

/// All charts.
pub(crate) struct Shelf {
    sources: Vec<Arc<Source>>,
    /// Sums of weights: small charts are asked more often, as they cost less.
    sums: Vec<u64>,
    /// Goes with it.
    _unpacked: Scratch,
}

impl Shelf {
    /// Opens a folder with `charts/` and `values/`, such as `tests/conformance`.
    pub(crate) fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let scratch = Scratch::new()?;
        let mut sources = Vec::new();
        let mut sums = Vec::new();
        for repository in sorted(&folder.join("charts"))? {
            for packed in sorted(&repository)? {
                let source = Source::open(folder, &packed, &scratch.0)?;
                let size: usize = source.contents.iter().map(|(_, data)| data.len()).sum();
                let before = sums.last().copied().unwrap_or_default();
                sums.push(before + 100_000_000 / (u64::try_from(size)? + 50_000));
                sources.push(Arc::new(source));
            }
        }
        Ok(Self { sources, sums, _unpacked: scratch })
    }

    pub(super) fn pick(&self, random: &mut Random) -> Arc<Source> {
        let all = self.sums.last().copied().unwrap_or_default();
        let drawn = random.next() % all.max(1);
        let at = self.sums.partition_point(|sum| *sum <= drawn);
        self.sources
            .get(at)
            .or(self.sources.last())
            .map_or_else(|| unreachable!("an empty shelf has no cases"), Arc::clone)
    }
}

impl Source {
    fn open(folder: &Path, packed: &Path, scratch: &Path) -> Result<Self, Box<dyn Error>> {
        let name = packed.strip_prefix(folder.join("charts"))?.with_extension("");
        let mut contents = Vec::new();
        unpack(&fs::read(packed)?, "", &mut contents)?;
        let flat = scratch.join(name.to_string_lossy().replace('/', "+"));
        fs::write(&flat, pack(&contents)?)?;
        let mut given = Vec::new();
        for values in sorted(&folder.join("values").join(&name)).unwrap_or_default() {
            let read = yaml::read_json(fs::read(values)?).ok();
            given.extend(read.filter(Json::is_object));
        }
        let mut paths = Vec::new();
        for (file, data) in &contents {
            if let Some(chart) = file.strip_suffix("values.yaml")
                && let Ok(values) = yaml::read_json(data)
            {
                let above = chart.split('/').filter(|part| !matches!(*part, "charts" | ""));
                collect(&values, &above.map(str::to_owned).collect::<Vec<_>>(), &mut paths);
            }
        }
        Ok(Self { name: name.display().to_string(), packed: flat, contents, paths, given })
    }

    /// Returns the files that are other ones: their text, or null where they are gone.
    pub(super) fn edited(&self, edits: &[Edit]) -> BTreeMap<String, Option<String>> {
        let mut made: BTreeMap<String, Option<String>> = BTreeMap::new();
        for edit in edits {
            let Some((name, text)) = edit.target(self) else { continue };
            let before = match made.get(&name) {
                Some(Some(text)) => text.clone(),
                Some(None) => continue,
                None => text,
            };
            let after = edit.apply(&before);
            made.insert(name, after);
        }
        made
    }

    /// Returns all files, as the oracle puts them together.
    pub(super) fn files(&self, edits: &[Edit]) -> Vec<File> {
        let mut edited = self.edited(edits);
        let mut files = Vec::new();
        for (name, data) in &self.contents {
            match edited.remove(name) {
                None => files.push(file(name, data)),
                Some(Some(text)) => files.push(file(name, text.as_bytes())),
                Some(None) => {}
            }
        }
        let added = edited.into_iter().filter_map(|(name, text)| Some((name, text?)));
        files.extend(added.map(|(name, text)| file(&name, text.as_bytes())));
        files
    }
}

/// Collects the places of values, maps' own too.
fn collect(value: &Json, above: &[String], paths: &mut Vec<Vec<String>>) {
    if !above.is_empty() {
        paths.push(above.to_vec());
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        let mut path = above.to_vec();
        path.push(key.clone());
        collect(inner, &path, paths);
    }
}

/// Unpacks an archive, and the archives in it.
fn unpack(
    bytes: &[u8],
    above: &str,
    contents: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Box<dyn Error>> {
    let mut archive = tar::Archive::new(GzDecoder::new(bytes));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path()?.to_string_lossy().into_owned();
        let Some((top, within)) = path.split_once('/') else { continue };
        let mut data = Vec::new();
        entry.read_to_end(&mut data)?;
        if above.is_empty() && within.ends_with(".tgz") && within.starts_with("charts/") {
            unpack(&data, "charts/", contents)?;
        } else if above.is_empty() {
            contents.push((within.to_owned(), data));
        } else {
            contents.push((format!("{above}{top}/{within}"), data));
        }
    }
    Ok(())
}

fn pack(contents: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, data) in contents {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(data.len())?);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("chart/{name}"), data.as_slice())?;
    }
    Ok(archive.into_inner()?.finish()?)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

/// A folder that goes when nobody needs it any longer.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, std::io::Error> {
        let name = format!("rutter-against-helm-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
