//! Where a chart came from, and what is said when it is no longer known.

use std::fs;

use serde_json::Value;

use super::config_map;
use crate::support::Env;

fn env() -> Env {
    let env = Env::in_sandbox();
    env.write("own/Chart.yaml", "apiVersion: v2\nname: own\nversion: 0.1.0\n");
    env.write("own/templates/all.yaml", config_map("x", "{{ .Values.a }}"));
    env
}

#[test]
fn where_a_chart_came_from_is_told_and_kept_by_a_rollback() {
    let env = env();
    env.rutter(&["install", "web", "./own", "--set=a=1"]).success();
    env.rutter(&["upgrade", "web", "own", "--set=a=2"]).success();
    env.rutter(&["rollback", "web", "1"]).success();
    let details = env.rutter(&["history", "web", "--details"]).success();
    let sources: Vec<&str> = details.lines().filter(|it| it.starts_with("SOURCE: ")).collect();
    assert_eq!(sources, ["SOURCE: ./own", "SOURCE: own", "SOURCE: ./own"]);
    let rows = env.rutter(&["history", "web", "--details", "-o", "json"]).success();
    let rows: Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(rows[1]["source"]["kind"], "folder");
    assert!(env.rutter(&["status", "web"]).success().contains("\nSOURCE: ./own\n"));
    let log = env.rutter(&["ledger", "log", "-o", "json"]).success();
    let events = log.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
    let started = events.into_iter().find(|it| it["event"]["kind"] == "Started").unwrap();
    let number = started["id"]["sequence"].to_string();
    let shown: Value =
        serde_json::from_str(&env.rutter(&["ledger", "show", &number]).success()).unwrap();
    assert_eq!(shown["source_content"]["reference"], "./own");
}

/// What `redact` will do to an object: it is not there any more.
#[test]
fn what_was_taken_back_is_left_out() {
    let env = env();
    env.rutter(&["install", "web", "./own"]).success();
    let objects = env.home().join(".local/share/rutter/sandbox/ledger/objects");
    for file in fs::read_dir(objects).unwrap().map(|it| it.unwrap().path()) {
        if file.file_name().unwrap().to_str().unwrap().starts_with("private-") {
            fs::remove_file(file).unwrap();
        }
    }
    let details = env.rutter(&["history", "web", "--details"]).success();
    assert!(details.contains("REVISION: 1\n") && !details.contains("SOURCE"), "{details}");
    let shown: Value =
        serde_json::from_str(&env.rutter(&["ledger", "show", "3"]).success()).unwrap();
    assert_eq!(shown["source_content"], Value::Null);
    assert_eq!(shown["event"]["kind"], "Started", "{shown:#}");
}

#[test]
fn what_is_done_has_not_failed_because_events_cannot_be_written() {
    let env = env();
    let answer = env.rutter(&["install", "web", "./own", "--events=/dev/full"]);
    let said = answer.failure(1);
    assert!(said.contains("Error: it is done, but its events could not be written"), "{said}");
    assert!(env.rutter(&["status", "web"]).success().contains("STATUS: deployed"));
}
