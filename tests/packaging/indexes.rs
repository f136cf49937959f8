//! `repo index`: Helm's index of the same folder, but for the times in it.

use std::fs;

use super::{stocked, timeless};
use crate::support::Env;

#[test]
fn an_index_is_helms_but_for_its_times() {
    let env = Env::new();
    let site = stocked(&env);
    fs::create_dir(site.join("below")).unwrap();
    let first = fs::read_dir(&site)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "tgz"))
        .unwrap();
    fs::copy(&first, site.join("below").join(first.file_name().unwrap())).unwrap();
    env.write("site/no-chart.tgz", "this is no archive");
    let written = || timeless(&fs::read_to_string(site.join("index.yaml")).unwrap());
    for flags in [&[][..], &["--url", "https://charts.example.com/a b/"], &["--json"]] {
        let line = [&["repo", "index", "site"], flags].concat();
        let said = env.helm(&line).success();
        let theirs = written();
        fs::remove_file(site.join("index.yaml")).unwrap();
        assert_eq!(env.rutter(&line).success(), said);
        assert_eq!(written(), theirs, "{flags:?}");
    }
}

#[test]
fn an_index_is_merged_into_another_as_helm_merges_it() {
    let env = Env::new();
    let _ = env.helm(&["create", "web"]).success();
    for version in ["1.0.0", "1.10.0", "1.9.0-rc.1"] {
        let _ = env.helm(&["package", "web", "--version", version, "-d", "old"]).success();
    }
    let _ = env.helm(&["repo", "index", "old", "--url", "http://old"]).success();
    for version in ["1.0.0", "2.0.0"] {
        let _ = env.helm(&["package", "web", "--version", version, "-d", "new"]).success();
    }
    let written = |name: &str| timeless(&fs::read_to_string(env.home().join(name)).unwrap());
    for merge in ["old/index.yaml", "missing.yaml"] {
        let line = ["repo", "index", "new", "--merge", merge, "--url", "http://new"];
        let _ = env.helm(&line).success();
        let theirs = written("new/index.yaml");
        let _ = fs::remove_file(env.home().join("missing.yaml"));
        let _ = env.rutter(&line).success();
        assert_eq!(written("new/index.yaml"), theirs, "{merge}");
    }
    assert_eq!(written("missing.yaml"), "apiVersion: v1\nentries: {}\n");
    for line in [
        &["repo", "index"][..],
        &["repo", "index", "a", "b"],
        &["repo", "index", "nowhere"],
        &["repo", "index", "new", "--merge", "web/values.yaml"],
    ] {
        let (ours, theirs) = (env.rutter(line), env.helm(line));
        assert_eq!(ours.code, theirs.code, "{ours:#?}{theirs:#?}");
    }
}

#[test]
fn helm_reads_an_index_that_rutter_wrote() {
    let env = Env::new();
    let _ = env.rutter(&["create", "web"]).success();
    let _ = env.rutter(&["package", "web", "-d", "site"]).success();
    let _ = env.rutter(&["repo", "index", "site"]).success();
    env.write("again/none", "");
    let merged = ["repo", "index", "again", "--merge", "site/index.yaml"];
    let _ = env.helm(&merged).success();
    let read = |name: &str| timeless(&fs::read_to_string(env.home().join(name)).unwrap());
    assert_eq!(read("again/index.yaml"), read("site/index.yaml"));
}
