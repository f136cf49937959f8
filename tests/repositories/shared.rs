//! `repositories.yaml` and the caches belong to both programs.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{Stock, both};
use crate::support::{Env, web::tree};

const LIST: &str = ".config/helm/repositories.yaml";
const CACHE: &str = ".cache/helm/repository";

#[test]
fn repositories_are_added_listed_updated_and_removed_in_the_words_of_helm() {
    let (first, second) = (Stock::new(), Stock::new());
    let (first, second) = (first.serve(), second.serve());
    let (one, two) = (first.url(""), second.url("/"));
    let (ours, helms) = (Env::new(), Env::new());
    for line in [
        "repo list",
        "repo list -o json",
        "repo update",
        "repo remove a",
        "repo add a ONE",
        "repo add a ONE",
        "repo add a TWO",
        "repo add a TWO --force-update",
        "repo add x/y ONE",
        "repo add b ONE",
        "repo list",
        "repo list --no-headers",
        "repo ls -o json",
        "repo list -o yaml",
        "repo update nobody",
        "repo update a",
        "repo up b a a",
        "repo rm nobody",
        "repo remove a nobody b",
        "repo list",
        "repo remove b",
        "repo list",
        "repo list -o yaml",
        "repo add a",
        "repo remove",
        "repo list x",
        "repo add a ftp://charts.example",
        "repo add a charts.example",
        "repo add a http://[::1:80/",
        "repo add a https://kubernetes-charts.storage.googleapis.com",
        "repo add a ONE --username me",
    ] {
        let line = line.replace("ONE", &one).replace("TWO", &two);
        let words: Vec<&str> = line.split(' ').collect();
        if line.starts_with("repo up b a a") {
            // The order is that of arrival.
            assert_eq!(ours.rutter(&words).code, helms.helm(&words).code);
            continue;
        }
        both(&ours, &helms, &words);
    }
}

#[test]
fn the_files_are_those_that_helm_writes_byte_for_byte() {
    let stock = Stock::new();
    let web = stock.serve();
    let (ours, helms) = (Env::new(), Env::new());
    for words in [
        &["repo", "add", "a", &web.url("")][..],
        &["repo", "add", "b", &web.url("/"), "--username", "me", "--password", "x: y"],
        &["repo", "add", "c", &web.url(""), "--pass-credentials", "--insecure-skip-tls-verify"],
    ] {
        both(&ours, &helms, words);
    }
    let list = |env: &Env| fs::read_to_string(env.home().join(LIST)).unwrap();
    assert_eq!(list(&ours), list(&helms));
    let mode = fs::metadata(ours.home().join(LIST)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let cached = |env: &Env| {
        let mut files = tree(&env.home().join(CACHE));
        // Our note; and Helm writes the names in no order.
        files.retain(|name, _| !name.ends_with("index.json"));
        for (_, text) in files.iter_mut().filter(|(name, _)| name.ends_with("charts.txt")) {
            let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
            lines.sort_unstable();
            *text = lines.concat();
        }
        files
    };
    assert_eq!(cached(&ours), cached(&helms));
}

#[test]
fn each_goes_on_with_what_the_other_wrote() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    let _ = env.rutter(&["repo", "add", "ours", &web.url("")]).success();
    let _ = env.helm(&["repo", "add", "theirs", &web.url("/")]).success();
    let listed = env.rutter(&["repo", "list", "-o", "json"]).success();
    assert_eq!(listed, env.helm(&["repo", "list", "-o", "json"]).success());
    assert!(env.helm(&["show", "chart", "ours/web"]).success().contains("version: 1.1.0"));
    assert!(env.rutter(&["show", "chart", "theirs/web"]).success().contains("version: 1.1.0"));
    stock.pack("web", "1.2.0");
    stock.index();
    let _ = env.helm(&["repo", "update", "ours"]).success();
    assert!(env.rutter(&["show", "chart", "ours/web"]).success().contains("version: 1.2.0"));
    let _ = env.rutter(&["repo", "update"]).success();
    assert!(env.helm(&["show", "chart", "theirs/web"]).success().contains("version: 1.2.0"));
    let _ = env.helm(&["repo", "remove", "ours"]).success();
    let _ = env.rutter(&["repo", "remove", "theirs"]).success();
    let left: Vec<_> = tree(&env.home().join(CACHE)).into_keys().collect();
    // Helm does not know of our note.
    assert!(left.iter().all(|name| name == "ours-index.json"), "{left:?}");
    assert_eq!(env.helm(&["repo", "list", "-o", "json"]).success(), "[]\n");
}

#[test]
fn an_index_that_did_not_change_is_not_sent_again() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    let _ = web.asked();
    let _ = env.rutter(&["repo", "update"]).success();
    assert!(web.asked()[0].to_lowercase().contains("if-none-match: "));
    // Somebody else's index lies there now: what we know of ours says nothing about it.
    env.write(&format!("{CACHE}/a-index.yaml"), "apiVersion: v1\n");
    let _ = env.rutter(&["repo", "update"]).success();
    assert!(!web.asked()[0].to_lowercase().contains("if-none-match: "));
    let index = fs::read(env.home().join(CACHE).join("a-index.yaml")).unwrap();
    assert_eq!(index, fs::read(stock.folder().join("index.yaml")).unwrap());
}

#[test]
fn a_field_that_nobody_knows_outlives_a_change() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    let old =
        "apiVersion: v1\nteam: web\nrepositories:\n- name: old\n  url: http://x\n  since: 2019\n";
    env.write(LIST, old);
    let _ = env.rutter(&["repo", "add", "new", &web.url("")]).success();
    let text = fs::read_to_string(env.home().join(LIST)).unwrap();
    for line in ["apiVersion: v1", "team: web", "since: 2019", "name: new"] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn several_at_once_lose_no_repository() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (env, url) = (&env, web.url(""));
            scope.spawn(move || add_by_either(env, number, &url));
        }
    });
    let listed = env.helm(&["repo", "list", "-o", "json"]).success();
    assert_eq!(listed.matches("\"name\"").count(), 8, "{listed}");
}

#[test]
fn a_server_that_is_waited_for_keeps_nobody_else_from_the_list() {
    let stock = Stock::new();
    let web = stock.serve();
    let stuck = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", stuck.local_addr().unwrap());
    let env = Env::new();
    let mut command = env.command(crate::support::rutter());
    let mut waiting = command.args(["repo", "add", "stuck", &url]).spawn().unwrap();
    // It asks: from now on it waits.
    let _asked = stuck.accept().unwrap();
    let _ = env.helm(&["repo", "add", "a", &web.url("")]).success();
    assert!(waiting.try_wait().unwrap().is_none());
    waiting.kill().unwrap();
    waiting.wait().unwrap();
}

fn add_by_either(env: &Env, number: usize, url: &str) {
    let name = format!("r{number}");
    let words = ["repo", "add", &name, url];
    let answer = if number.is_multiple_of(2) { env.rutter(&words) } else { env.helm(&words) };
    let _ = answer.success();
}

#[test]
fn a_link_to_the_list_stays_one() {
    let stock = Stock::new();
    let web = stock.serve();
    let env = Env::new();
    let real = env.write("dotfiles/repositories.yaml", "apiVersion: v1\nrepositories: []\n");
    fs::create_dir_all(env.home().join(".config/helm")).unwrap();
    std::os::unix::fs::symlink(&real, env.home().join(LIST)).unwrap();
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    assert!(fs::read_to_string(&real).unwrap().contains("name: a"));
    assert!(fs::symlink_metadata(env.home().join(LIST)).unwrap().is_symlink());
}
