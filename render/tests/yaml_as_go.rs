//! The YAML of `sigs.k8s.io/yaml` v1.6.0, by what Go itself answers.
//!
//! `yaml/cases.jsonl` holds questions to `tests/oracle/yaml` and, under `go`, its
//! answers; the example `yaml_against_go` asks more.

use compare::{text_differences, value_differences};

#[path = "yaml/compare.rs"]
mod compare;

#[test]
fn every_text_and_value_is_read_and_written_as_go_does() {
    let cases = include_str!("yaml/cases.jsonl");
    let mut differences = Vec::new();
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let failures = match case["yaml"].as_str() {
            Some(text) => text_differences(text, &case["go"]),
            None => value_differences(&case["value"], &case["go"]),
        };
        differences.extend(failures.into_iter().map(|failure| format!("{line}\n{failure}")));
    }
    assert!(cases.lines().count() > 170);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
