//! Archives and indexes: what rutter makes of a folder is what Helm makes, and each takes the
//! other's.

mod archives;
mod indexes;
mod searching;
mod serving;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::Env;

/// Unpacks charts of many authors below the home of `env`; returns their folders.
fn charts(env: &Env) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/charts");
    let sources = env.home().join("sources");
    for archive in listed(&root).iter().flat_map(|publisher| listed(publisher)) {
        if archive.extension().is_some_and(|it| it == "tgz") {
            unpack(&archive, &sources);
        }
    }
    let charts = listed(&sources);
    assert!(charts.len() >= 8, "the charts are not where this test looks: {charts:?}");
    charts
}

/// Unpacks an archive with tar.
fn unpack(archive: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    let done = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(into).status().unwrap();
    assert!(done.success(), "{}", archive.display());
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.collect();
    paths.sort();
    paths
}

/// Packs all charts with Helm into `site` below the home of `env`.
fn stocked(env: &Env) -> PathBuf {
    let site = env.home().join("site");
    for chart in charts(env) {
        let line = ["package", chart.to_str().unwrap(), "--destination", site.to_str().unwrap()];
        let _ = env.helm(&line).success();
    }
    site
}

/// An index without the times in it.
fn timeless(index: &str) -> String {
    let is_time = |line: &&str| {
        let line = line.trim_start().trim_start_matches("- ");
        ["created:", "generated:", "\"created\":", "\"generated\":"]
            .iter()
            .any(|name| line.starts_with(name))
    };
    index.split_inclusive('\n').filter(|line| !is_time(line)).collect()
}
