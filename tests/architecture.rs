//! The rules about the code itself: who may know whom, how long a file may be,
//! and that it says what it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Which crates of ours a crate may depend on. A new arrow is a decision: it is
/// taken here, in the same commit, with the reason in its message.
const ARROWS: [(&str, &[&str]); 5] = [
    ("ledger", &[]),
    ("rutter-gotmpl", &[]),
    ("render", &["rutter-gotmpl"]),
    ("applier", &["ledger", "render"]),
    ("cli", &["applier", "ledger", "render"]),
];

/// Crates of others that one crate of ours keeps to itself.
const OWNED: [(&str, &str); 4] =
    [("clap", "cli"), ("kube", "applier"), ("k8s-openapi", "applier"), ("ureq", "cli")];

/// How many lines a file may have before its unit tests.
const LONGEST_FILE: usize = 500;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["mod", "util", "utils", "common", "helper", "helpers", "manager", "misc"];

#[test]
fn crates_depend_only_where_an_arrow_points() {
    let arrows = BTreeMap::from(ARROWS);
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let allowed = arrows.get(name).unwrap_or_else(|| panic!("`{name}` is not in ARROWS"));
        for dependency in shipped_dependencies(&package) {
            if arrows.contains_key(dependency.as_str()) {
                assert!(
                    allowed.contains(&dependency.as_str()),
                    "`{name}` depends on `{dependency}`: no arrow points there"
                );
            }
        }
    }
}

#[test]
fn a_crate_with_an_owner_is_named_by_nobody_else() {
    let owners = BTreeMap::from(OWNED);
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        for dependency in shipped_dependencies(&package) {
            let owner = owners.get(dependency.as_str()).copied().unwrap_or(name);
            assert_eq!(owner, name, "only `{owner}` may name `{dependency}`");
        }
    }
}

#[test]
fn every_file_is_short_and_says_what_it_is() {
    let mut wrong = Vec::new();
    for file in all_rust_files() {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display();
        if !text.starts_with("//!") {
            wrong.push(format!("{name} does not begin with what it is"));
        }
        let lines = before_unit_tests(&text);
        if lines > LONGEST_FILE {
            wrong.push(format!("{name} has {lines} lines; {LONGEST_FILE} are enough"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_has_a_telling_name() {
    for file in all_rust_files() {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        assert!(!EMPTY_NAMES.contains(&stem), "{}: a name that says nothing", file.display());
    }
}

#[test]
fn every_file_of_the_suite_is_part_of_it() {
    let folder = root().join("tests");
    let listed = |file: &Path, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().any(|line| line.trim_end().ends_with(&format!("mod {name};")))
    };
    for file in rust_files(&folder) {
        let (parent, stem) = (file.parent().unwrap(), file.file_stem().unwrap().to_str().unwrap());
        let part = if parent == folder {
            stem == "suite" || listed(&folder.join("suite.rs"), stem)
        } else {
            listed(&parent.with_extension("rs"), stem)
        };
        assert!(part, "{} is not reached from tests/suite.rs", file.display());
    }
}

#[test]
fn all_crates_have_the_same_thresholds() {
    // Clippy reads the nearest file only, so a crate's fence repeats the root's lines.
    let root = root();
    let shared = fs::read_to_string(root.join(".clippy.toml")).unwrap();
    for room in ["applier", "cli", "ledger", "render", "render/gotmpl"] {
        for name in ["clippy.toml", ".clippy.toml"] {
            let Ok(own) = fs::read_to_string(root.join(room).join(name)) else { continue };
            let own: BTreeSet<_> = own.lines().collect();
            for line in shared.lines() {
                assert!(own.contains(line), "{room}/{name} lacks the line `{line}`");
            }
        }
    }
}

#[test]
fn the_fuzz_targets_are_held_to_the_lints_of_the_workspace() {
    let root = root();
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let shared = read("Cargo.toml").replace("[workspace.lints.", "[lints.");
    let own = read("fuzz/Cargo.toml");
    for table in ["[lints.rust]", "[lints.clippy]"] {
        let of = |text: &str| {
            let after = text.split_once(table).unwrap().1;
            after.split("\n[").next().unwrap().trim().to_owned()
        };
        assert_eq!(of(&own), of(&shared), "{table}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The workspace's packages, as `cargo metadata` describes them.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// What a package depends on when it is shipped: what only its tests need is free.
fn shipped_dependencies(package: &Value) -> Vec<String> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let shipped = dependencies.filter(|dependency| dependency["kind"] != "dev");
    shipped.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
}

fn all_rust_files() -> Vec<PathBuf> {
    let folders = [
        "applier/src",
        "cli/src",
        "fuzz/fuzz_targets",
        "fuzz/src",
        "ledger/src",
        "render/src",
        "render/gotmpl/src",
    ];
    let files =
        folders.iter().chain(&["tests"]).flat_map(|folder| rust_files(&root().join(folder)));
    let files: Vec<_> = files.collect();
    assert!(files.len() > folders.len(), "the sources are not where this test looks");
    files
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn before_unit_tests(text: &str) -> usize {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    code.lines().count()
}
