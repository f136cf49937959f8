//! What goes wrong is said in one message with a hint, and what fails before anything is begun
//! leaves nothing behind.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::support::Env;

const OLD_CHART: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/tutorial-charts/mysql-0.3.0");

/// A chart of one template, and the environment it lies in.
fn chart(template: &str) -> Env {
    let env = Env::in_sandbox();
    env.write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    env.write("web/values.yaml", "a: 1\n");
    env.write("web/templates/t.yaml", template);
    env
}

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n";

/// Asserts that an install is refused with these words, and that neither ledger nor cluster came
/// to be.
#[track_caller]
fn refused(env: &Env, words: &[&str], said: &str) {
    let text = env.rutter(&[&["install", "web"], words].concat()).failure(1);
    assert!(text.contains(said), "{text}");
    assert!(!env.home().join(".local").exists(), "something was written");
}

#[test]
fn a_cluster_that_is_not_there_is_named_and_offline_is_offered() {
    let env = Env::new().with("HELM_KUBEAPISERVER", "http://127.0.0.1:1");
    for words in [&["list"][..], &["status", "web"], &["history", "web"], &["get", "all", "web"]] {
        let said = env.rutter(words).failure(1);
        assert!(said.starts_with("Error: kubernetes cluster unreachable: "), "{said}");
        assert!(said.contains("\n\nhint: ") && said.contains("--offline"), "{said}");
    }
    assert_eq!(env.rutter(&["list", "--offline", "-q"]).success(), "");
}

#[test]
fn a_template_that_fails_is_named_with_its_place() {
    let env = chart("{{ .Values.a.b.c }}");
    refused(&env, &["./web"], "web/templates/t.yaml:1:");
    let env = chart("{{ nosuch }}");
    refused(&env, &["./web"], "parse error at (web/templates/t.yaml:1): function \"nosuch\"");
}

#[test]
fn a_value_that_is_missing_is_asked_for_in_the_charts_words() {
    let env = chart("{{ required \"say which one\" .Values.which }}");
    refused(&env, &["./web"], "execution error at (web/templates/t.yaml:1:3): say which one");
}

#[test]
fn yaml_that_is_none_is_named_with_file_and_line() {
    let env = chart("a: b\n c: d\n");
    refused(&env, &["./web"], "YAML parse error on web/templates/t.yaml: ");
    let env = chart(CONFIG_MAP);
    env.write("bad.yaml", "a: 1\nb: [\n");
    refused(&env, &["./web", "-f", "bad.yaml"], "failed to parse bad.yaml: ");
    refused(&env, &["./web", "-f", "none.yaml"], "open none.yaml: no such file or directory");
    refused(&env, &["./web", "--set", "a"], "failed parsing --set data: key \"a\" has no value");
}

#[test]
fn a_kind_that_is_not_served_is_refused_before_anything_is_written() {
    let env = Env::in_sandbox();
    refused(&env, &[OLD_CHART], "\"Deployment\" in version \"extensions/v1beta1\"");
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let env = chart(CONFIG_MAP);
    env.rutter(&["install", "web", "web"]).success();
    let said = env.rutter(&["install", "web", "web"]).failure(1);
    assert!(said.contains("cannot reuse a name that is still in use\n\nhint: "), "{said}");
}

#[test]
fn an_object_of_another_release_is_not_taken() {
    let env = chart(CONFIG_MAP);
    env.rutter(&["install", "web", "web"]).success();
    let said = env.rutter(&["install", "other", "web"]).failure(1);
    assert!(said.contains("ConfigMap \"c\" in namespace \"default\" exists"), "{said}");
    assert!(said.contains("\n\nhint: "), "{said}");
    assert_eq!(env.rutter(&["list", "-q"]).success(), "web\n");
}

#[test]
fn a_home_that_cannot_be_written_to_is_refused_before_anything_is_done() {
    let env = chart(CONFIG_MAP);
    let home = env.write("file", "no folder");
    let env = env.with("RUTTER_HOME", home.join("below").to_str().unwrap());
    let said = env.rutter(&["install", "web", "web"]).failure(1);
    assert!(said.contains("cannot be written to") && said.contains("RUTTER_HOME"), "{said}");
}

#[test]
fn a_damaged_ledger_is_named_by_every_command_and_verify_says_more() {
    let env = chart(CONFIG_MAP);
    env.rutter(&["install", "web", "web"]).success();
    let segment = env.home().join(".local/share/rutter/sandbox/ledger/events/00000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[700] ^= 1;
    fs::write(&segment, bytes).unwrap();
    for words in [&["list"][..], &["history", "web"], &["upgrade", "web", "web"]] {
        let said = env.rutter(words).failure(1);
        assert!(said.contains("the ledger is damaged"), "{said}");
        assert!(said.contains("rutter ledger verify"), "{said}");
    }
    let answer = env.rutter(&["ledger", "verify"]);
    assert_eq!(answer.code, Some(10), "{answer:#?}");
    assert!(answer.stdout.contains("00000001.seg"), "{answer:#?}");
}

#[test]
fn a_ledger_is_its_owners_alone() {
    let env = chart(CONFIG_MAP);
    env.rutter(&["install", "web", "web"]).success();
    let folder = env.home().join(".local/share/rutter/sandbox/ledger");
    let mode = fs::metadata(folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
