//! A chart's `.tgz`: unpacked in memory, within Helm's limits.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::{File, loading};

/// How a gzip file begins.
pub(super) const MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// The most that a chart may unpack to, in bytes (Helm's limit).
const MAX_CHART: u64 = 100 * 1024 * 1024;

/// Returns the archive's files, or why it is refused, in Helm's words.
///
/// Names lose their first part, the folder that the chart was packed in. What
/// would lie outside it is refused rather than skipped.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<File>, String> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(bytes));
    let mut files = Vec::new();
    let mut room = MAX_CHART;
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
        let kind = entry.header().entry_type();
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if kind.is_dir() || path.ends_with('/') || kind.is_pax_global_extensions() {
            continue;
        }
        let name = inner_name(&path)?;
        let size = entry.size();
        if size > room {
            return Err(too_large());
        }
        if size > loading::MAX_FILE as u64 {
            let max = loading::MAX_FILE;
            return Err(format!(
                "decompressed chart file {path:?} is larger than the maximum file size {max}"
            ));
        }
        let mut data = Vec::new();
        let read = (&mut entry).take(room).read_to_end(&mut data);
        room -= read.map_err(|error| error.to_string())? as u64;
        if room == 0 {
            return Err(too_large());
        }
        files.push(loading::without_bom(File { name, data: data.into(), modified: None }));
    }
    if files.is_empty() {
        return Err("no files in chart archive".to_owned());
    }
    Ok(files)
}

fn too_large() -> String {
    format!("decompressed chart is larger than the maximum size {MAX_CHART}")
}

/// Returns a path without its first part, cleaned, if it stays inside.
fn inner_name(path: &str) -> Result<String, String> {
    let delimiter = if path.contains('\\') { '\\' } else { '/' };
    let (first, rest) = path.split_once(delimiter).unwrap_or((path, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_owned());
    }
    let name = cleaned(&rest);
    if name.is_empty() {
        return Err(format!(
            "chart illegally contains content outside the base directory: {path:?}"
        ));
    }
    if name.starts_with("..") {
        return Err("chart illegally references parent directory".to_owned());
    }
    if let [letter, b':', b'/', ..] = name.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        return Err("chart contains illegally named files".to_owned());
    }
    if first == "Chart.yaml" {
        return Err("chart yaml not in base directory".to_owned());
    }
    Ok(name)
}

/// Go's `path.Clean` for a relative path, but empty for the folder itself.
fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Says what a file is that is no archive.
pub(super) fn no_archive(name: &str, bytes: &[u8]) -> String {
    let extension = name.rsplit('.').next().unwrap_or_default();
    if matches!(extension, "yml" | "yaml") {
        return format!("file '{name}' seems to be a YAML file, but expected a gzipped archive");
    }
    let head = bytes.get(..512).unwrap_or(bytes);
    let is_text = head.iter().all(|byte| !matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f));
    let kind = if is_text && !head.is_empty() {
        "text/plain; charset=utf-8"
    } else {
        "application/octet-stream"
    };
    format!("file '{name}' does not appear to be a gzipped archive; got '{kind}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_its_folder_is_refused() {
        assert_eq!(inner_name("web/templates/a.yaml").unwrap(), "templates/a.yaml");
        assert_eq!(inner_name("web\\templates\\a.yaml").unwrap(), "templates/a.yaml");
        for bad in ["web/../../etc/passwd", "web//etc/passwd", "web/c:/foo", "web", "Chart.yaml"] {
            assert!(inner_name(bad).is_err(), "{bad}");
        }
    }
}
