//! A chart by each kind of reference, in the commands that take one.

use std::fs;

use serde_json::{Value, json};

use super::{Stock, both};
use crate::support::{
    Env,
    web::{basic, tree},
};

#[test]
fn each_reference_finds_the_version_that_helm_finds() {
    let stock = Stock::new();
    let web = stock.serve();
    let (ours, helms) = (Env::new(), Env::new());
    both(&ours, &helms, &["repo", "add", "a", &web.url("")]);
    let (url, repo) = (web.url("/web-1.0.0.tgz"), web.url("/"));
    for line in [
        "show chart a/web",
        "show chart a/web --devel",
        "show chart a/web --version ^1.0.0",
        "show chart a/web --version 1.0.0",
        "show chart a/web --version 1.0",
        "show chart a/web --version 2.0.0-beta.1",
        "show chart a/web --version >5",
        "show chart a/web --version not-a-version",
        "show chart a/nothing",
        "show chart nobody/web",
        "show chart web",
        "show readme a/db",
        "show all a/web",
        "show chart URL",
        "show chart URL --version 9.9.9",
        "show chart web --repo REPO",
        "show chart web --repo REPO --version ~1.0.0",
        "show chart web --repo REPO --version 9",
        "show chart nothing --repo REPO",
        "show chart web --repo ftp://charts.example",
        "template x a/web",
        "template x a/web --version 1.0.0",
        "template a/nothing",
        "template x URL",
        "template x web --repo REPO",
        "install x a/nothing",
        "install x web --repo http://127.0.0.1:1",
        "show chart ./nowhere/web",
        "show chart /nowhere",
    ] {
        let line = line.replace("URL", &url).replace("REPO", &repo);
        both(&ours, &helms, &line.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn a_folder_goes_before_a_repository_of_that_name() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    env.write("a/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.0.7\n");
    assert!(env.rutter(&["show", "chart", "a/web"]).success().contains("version: 0.0.7"));
}

#[test]
fn an_archive_is_fetched_once_for_both_programs() {
    let stock = Stock::new();
    let web = stock.serve();
    let (ours, helms) = (Env::new(), Env::new());
    for env in [&ours, &helms] {
        let _ = env.helm(&["repo", "add", "a", &web.url("")]).success();
    }
    let _ = ours.rutter(&["show", "chart", "a/web"]).success();
    let _ = helms.helm(&["show", "chart", "a/web"]).success();
    let content = |env: &Env| tree(&env.home().join(".cache/helm/content"));
    assert_eq!(content(&ours), content(&helms));
    let _ = web.asked();
    // Each takes what the other put there.
    let _ = ours.helm(&["show", "chart", "a/web"]).success();
    let _ = helms.rutter(&["show", "chart", "a/web"]).success();
    assert_eq!(web.asked(), Vec::<String>::new());
}

#[test]
fn a_cached_archive_that_is_another_is_fetched_anew() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    let _ = env.rutter(&["show", "chart", "a/web"]).success();
    let cache = env.home().join(".cache/helm/content");
    let (name, whole) = tree(&cache).pop_first().unwrap();
    fs::write(cache.join(&name), "not an archive").unwrap();
    assert!(env.rutter(&["show", "chart", "a/web"]).success().contains("version: 1.1.0"));
    assert_eq!(fs::read(cache.join(&name)).unwrap(), whole);
}

#[test]
fn a_release_is_installed_and_upgraded_from_a_repository() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::in_sandbox();
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    let _ = env.rutter(&["install", "x", "a/web", "--version", "1.0.0"]).success();
    let _ = env.rutter(&["upgrade", "x", "a/web"]).success();
    let history = env.rutter(&["history", "x"]).success();
    assert!(history.contains("web-1.0.0") && history.contains("web-1.1.0"), "{history}");
}

/// The digests are those of the files that were served.
#[test]
fn the_ledger_keeps_where_a_chart_came_from_and_not_who_logged_in() {
    let stock = Stock::new();
    let web = stock.serve();
    web.change(|site| site.login = Some(basic("me", "hunter2")));
    let env = Env::in_sandbox();
    let login = ["--username", "me", "--password", "hunter2"];
    let _ = env.rutter(&[&["repo", "add", "a", &web.url("")][..], &login].concat()).success();
    let _ = env.rutter(&["install", "x", "a/web", "--version", "~1.0"]).success();
    let named = web.url("/web-1.1.0.tgz").replace("http://", "http://me:hunter2@");
    let _ = env.rutter(&["upgrade", "x", &named]).success();
    let log = env.rutter(&["ledger", "log", "-o", "json", "x"]).success();
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let started = events.filter(|it| it["event"]["kind"] == "Started");
    let sources: Vec<Value> = started
        .map(|event| {
            let name = event["event"]["chart"]["source"].as_str().unwrap().to_owned();
            let text = env.rutter(&["ledger", "show", "--object", &name]).success();
            serde_json::from_str(&text).unwrap()
        })
        .collect();
    let sum = |name: &str| {
        let output = env.command("sha256sum").arg(stock.folder().join(name)).output().unwrap();
        format!("sha256:{}", &String::from_utf8(output.stdout).unwrap()[..64])
    };
    let archive = sum("web-1.0.0.tgz");
    let expected = json!({
        "schema": "rutter.chart.source/1",
        "kind": "repository",
        "reference": "a/web",
        "constraint": "~1.0",
        "repository": {"name": "a", "url": web.url("")},
        "url": web.url("/web-1.0.0.tgz"),
        "archive": archive,
        "index": {"digest": sum("index.yaml"), "lists": archive},
    });
    assert_eq!(sources[0], expected);
    let expected = json!({
        "schema": "rutter.chart.source/1",
        "kind": "url",
        "reference": web.url("/web-1.1.0.tgz"),
        "url": web.url("/web-1.1.0.tgz"),
        "archive": sum("web-1.1.0.tgz"),
    });
    assert_eq!(sources[1], expected);
    assert!(!format!("{sources:?}").contains("hunter2"));
}

#[test]
fn registries_are_refused_with_a_hint() {
    let env = Env::new();
    for words in [
        &["show", "chart", "oci://charts.example/web"][..],
        &["pull", "oci://charts.example/web"],
        &["template", "web", "--repo", "oci://charts.example"],
        &["repo", "add", "a", "oci://charts.example"],
    ] {
        let said = env.rutter(words).failure(1);
        assert!(said.contains("hint: ") && said.contains("later version"), "{said}");
    }
}

#[test]
fn what_is_no_url_is_no_repository() {
    let (ours, helms) = (Env::new(), Env::new());
    for url in ["notaurl", "ftp://charts.example", "charts.example/stable"] {
        both(&ours, &helms, &["repo", "add", "a", url]);
        let said = ours.rutter(&["repo", "add", "a", url]).failure(1);
        assert!(said.contains("hint: a repository is a URL"), "{said}");
    }
}
