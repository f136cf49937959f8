//! Repositories that are broken, slow or lying: a clear error, and caches as they were.

use std::{fs, time::Instant};

use super::{Stock, both};
use crate::support::{Env, web::tree};

const CACHE: &str = ".cache/helm";

/// An answer of HTTP with a body.
fn ok(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").into()
}

#[test]
fn an_update_that_fails_leaves_the_old_index_in_place() {
    let (good, bad) = (Stock::new(), Stock::new());
    let (good_web, web) = (good.serve(), bad.serve());
    let (ours, helms) = (Env::new(), Env::new());
    both(&ours, &helms, &["repo", "add", "bad", &web.url("")]);
    let before = tree(&ours.home().join(CACHE));
    for (what, answer) in [
        ("an error", b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("half", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\napiVersion: v1\n".to_vec()),
        ("nothing", ok("")),
        ("no index", ok("entries: {}\n")),
    ] {
        web.change(|site| {
            site.answers.insert("/index.yaml".to_owned(), answer);
        });
        both(&ours, &helms, &["repo", "update"]);
        assert_eq!(tree(&ours.home().join(CACHE)), before, "{what}");
        both(&ours, &helms, &["repo", "add", "new", &web.url("")]);
        assert_eq!(tree(&ours.home().join(CACHE)), before, "{what}");
    }
    // A page: the words are the YAML reader's.
    web.change(|site| {
        site.answers.insert("/index.yaml".to_owned(), ok("<!DOCTYPE html><html></html>"));
    });
    let said = ours.rutter(&["repo", "update"]).failure(1);
    assert!(said.contains("failed to update the following repositories: ["), "{said}");
    assert_eq!(tree(&ours.home().join(CACHE)), before);
    // The others are updated all the same.
    let _ = ours.rutter(&["repo", "add", "good", &good_web.url("")]).success();
    let answer = ours.rutter(&["repo", "update"]);
    assert_eq!(answer.code, Some(1));
    let stdout = answer.stdout;
    assert!(stdout.contains("...Successfully got an update from the \"good\""), "{stdout}");
    assert!(stdout.contains("...Unable to get an update from the \"bad\""), "{stdout}");
}

#[test]
fn an_archive_that_is_not_the_listed_one_is_refused_and_kept_nowhere() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::in_sandbox();
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    let other = fs::read(stock.folder().join("db-0.1.0.tgz")).unwrap();
    fs::write(stock.folder().join("web-1.1.0.tgz"), other).unwrap();
    for words in [
        &["install", "x", "a/web"][..],
        &["pull", "a/web"],
        &["pull", "a/web", "--untar"],
        &["show", "chart", "web", "--repo", &web.url("")],
    ] {
        let said = env.rutter(words).failure(1);
        assert!(
            said.contains("has digest sha256:") && said.contains("but the index says"),
            "{said}"
        );
        assert!(!env.home().join(CACHE).join("content").exists(), "{words:?}");
    }
    let mut files = tree(env.home());
    files.retain(|name, _| !name.starts_with('.'));
    assert!(files.is_empty(), "{:?}", files.keys());
}

#[test]
fn a_server_that_is_slow_is_given_up_in_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (ours, helms) = (Env::new(), Env::new());
    let begin = Instant::now();
    both(&ours, &helms, &["repo", "add", "a", &url, "--timeout", "300ms"]);
    assert!(begin.elapsed().as_secs() < 20);
    drop(listener);
}

#[test]
fn a_circle_of_redirects_is_told_in_the_words_of_helm() {
    let stock = Stock::new();
    let web = stock.serve();
    web.change(|site| {
        let answer = b"HTTP/1.1 302 Found\r\nLocation: /index.yaml\r\nContent-Length: 0\r\n\r\n";
        site.answers.insert("/index.yaml".to_owned(), answer.to_vec());
    });
    let said = Env::new().rutter(&["repo", "add", "a", &web.url("")]).failure(1);
    assert!(said.contains("stopped after 10 redirects"), "{said}");
}

#[test]
fn an_index_without_archives_is_told_in_the_words_of_helm() {
    let stock = Stock::new();
    let web = stock.serve();
    let (ours, helms) = (Env::new(), Env::new());
    let entry =
        "apiVersion: v1\nentries:\n  web:\n  - apiVersion: v2\n    name: web\n    version: 1.0.0\n";
    for (urls, digest) in [
        ("urls: []", ""),
        ("urls: [web-9.tgz]", ""),
        ("urls: [web-1.0.0.tgz]", "digest: abcd"),
        ("urls: [web-1.0.0.tgz]", "digest: xyz"),
    ] {
        let index = format!("{entry}    {urls}\n    {digest}\n");
        fs::write(stock.folder().join("index.yaml"), index).unwrap();
        both(&ours, &helms, &["repo", "add", "a", &web.url(""), "--force-update"]);
        both(&ours, &helms, &["show", "chart", "a/web"]);
    }
}
