//! A chart's archive, or a folder.
//!
//! Bytes that begin as gzip are an archive as it is. Lines that begin with `% NAME` are the files of
//! a folder. Anything else is a tar file, which is compressed here, so that no checksum stands
//! between the fuzzer and the headers.
//!
//! All ways into an archive agree on what is a chart, and a chart that is packed comes out again.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use render::{Chart, Error, File};

use crate::world;

/// Runs the target.
///
/// # Panics
///
/// Where a promise is broken.
pub fn run(bytes: &[u8]) {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        archive(bytes);
    } else if bytes.starts_with(b"% ") {
        folder(bytes);
    } else {
        let mut packed = GzEncoder::new(Vec::new(), Compression::none());
        packed.write_all(&summed(bytes)).expect("memory takes bytes");
        archive(&packed.finish().expect("memory takes bytes"));
    }
}

/// Returns a tar file with the checksum of its first header as it must be.
fn summed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(header) = bytes.first_chunk_mut::<512>() {
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    bytes
}

fn archive(bytes: &[u8]) {
    let looked = Chart::look_into("x.tgz", bytes);
    let loaded = Chart::from_archive("x.tgz", bytes);
    match (&looked, &loaded) {
        (Ok(looked), Ok(loaded)) => assert_eq!(*looked, loaded.metadata),
        (Err(looked), Err(loaded)) => assert_eq!(said(looked), said(loaded)),
        _ => panic!("one finds a chart: {:?}, {:?}", looked.is_ok(), loaded.is_ok()),
    }
    match Chart::expand(bytes) {
        Ok((name, files)) => {
            assert!(!matches!(&*name, "" | "." | "..") && !name.contains('/'), "{name:?}");
            files.iter().for_each(stays_inside);
        }
        Err(error) => drop(said(&error)),
    }
    if let Ok(chart) = loaded {
        packed(&chart);
    }
}

fn folder(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut files = Vec::<(String, String)>::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("% ") {
            files.push((name.trim_end_matches('\n').to_owned(), String::new()));
        } else if let Some((_, content)) = files.last_mut() {
            content.push_str(line);
        }
    }
    // Who walks a folder finds no others.
    files.retain(|(name, _)| !name.split('/').any(|part| matches!(part, "" | "." | "..")));
    files.sort();
    let files = || files.iter().map(|(name, content)| world::file(name, content.as_bytes()));
    // Files alone may be those of a chart of a later format, as in Helm.
    if let Err(error) = Chart::load(files().collect()) {
        drop(said(&error));
    }
    match Chart::from_folder(files().collect()) {
        Ok(chart) => packed(&chart),
        Err(error) => drop(said(&error)),
    }
}

/// A chart that is packed is the same bytes each time, and the same chart afterwards.
fn packed(chart: &Chart) {
    chart.raw.iter().chain(&chart.templates).chain(&chart.files).for_each(stays_inside);
    let record = Chart::from_record(&chart.to_record()).expect("a record is read again");
    assert_eq!(record.metadata, chart.metadata);
    let bytes = match chart.pack(0) {
        Ok(bytes) => bytes,
        Err(error) => return drop(said(&error)),
    };
    assert_eq!(chart.pack(0).expect("what was packed can be"), bytes);
    let again = Chart::from_archive("x.tgz", &bytes).expect("what was packed is a chart");
    assert_eq!(again.metadata.name, chart.metadata.name);
    assert_eq!(again.metadata.version, chart.metadata.version);
    if chart.raw.iter().any(|file| file.name.contains('\\')) {
        return; // Helm takes it for the sign between folders, if there is one
    }
    let names =
        |chart: &Chart| chart.templates.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&again), names(chart));
    assert_eq!(again.dependencies.len(), chart.dependencies.len());
}

/// Nobody who writes a file below a folder leaves the folder.
fn stays_inside(file: &File) {
    let name = &file.name;
    assert!(!name.starts_with('/') && !name.split('/').any(|part| part == ".."), "{name:?}");
}

/// Returns what an error says, to its root.
fn said(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    assert!(!text.is_empty(), "an error without words");
    drop(error.hint());
    text
}
