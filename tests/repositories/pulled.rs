//! `pull`: archives and what is in them.

use std::{collections::BTreeMap, fs};

use super::{Stock, both};
use crate::support::{Env, web::tree};

/// Returns what lies in a home, but for caches and settings.
fn visible(env: &Env) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(env.home());
    files.retain(|name, _| !name.starts_with('.'));
    files
}

#[test]
fn archives_are_put_where_helm_puts_them() {
    let stock = Stock::new();
    let web = stock.serve();
    let (ours, helms) = (Env::new(), Env::new());
    both(&ours, &helms, &["repo", "add", "a", &web.url("")]);
    let repo = web.url("/");
    for line in [
        "pull",
        "pull web",
        "pull nobody/web",
        "pull a/nothing",
        "pull ./web",
        "pull a/web",
        "pull a/web",
        "fetch a/web --version 1.0.0",
        "pull a/web --devel",
        "pull a/web a/db -d below",
        "pull a/web a/db -d .",
        "pull web --repo REPO --version ~1.0.0",
        "pull nothing --repo REPO",
        "pull REPOweb-1.0.0.tgz",
        "pull REPOnothing-1.0.0.tgz",
        "pull http://127.0.0.1:1/web-1.0.0.tgz",
    ] {
        for env in [&ours, &helms] {
            fs::create_dir_all(env.home().join("below")).unwrap();
        }
        let line = line.replace("REPO", &repo);
        both(&ours, &helms, &line.split(' ').collect::<Vec<_>>());
        assert_eq!(visible(&ours), visible(&helms), "{line}");
    }
}

#[test]
fn an_archive_is_unpacked_as_helm_unpacks_it() {
    let stock = Stock::new();
    let web = stock.serve();
    let (ours, helms) = (Env::new(), Env::new());
    both(&ours, &helms, &["repo", "add", "a", &web.url("")]);
    for line in [
        "pull a/web --untar",
        "pull a/web --untar",
        "pull a/web --untar --untardir there",
        "pull a/db --untar --untardir there -d below",
        "pull a/db --untar -d below",
        "pull a/db --untar -d below",
    ] {
        both(&ours, &helms, &line.split(' ').collect::<Vec<_>>());
        assert_eq!(visible(&ours), visible(&helms), "{line}");
    }
}

#[test]
fn what_is_not_there_yet_is_refused_by_name() {
    let env = Env::new();
    for flag in ["--prov", "--verify", "--keyring"] {
        let said = env.rutter(&["pull", "a/web", flag]).failure(1);
        assert!(said.starts_with(&format!("Error: unknown flag: {flag}\n\nhint: ")), "{said}");
    }
}
