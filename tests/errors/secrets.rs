//! A secret is in nothing that is printed, and in no frame of the ledger.

use super::{Stage, files};

const SECRET: &str = "correct-horse-battery-staple";

/// A secret that a server finds to be of the wrong type, and quotes.
const NUMBER: &str = "918273645546";

#[test]
fn a_secret_is_in_no_output_and_in_no_frame() {
    let stage = Stage::new();
    let mut outputs = outputs(&stage);
    let ledger = stage.env.home().join(".local/share/rutter/ledger");
    let kept = files(&ledger);
    assert!(kept.iter().any(|(path, _)| path.extension().is_some_and(|it| it == "seg")));
    for (path, content) in kept {
        // What is private may hold it: that is where the user's values are.
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("private-") {
            outputs.push((name, content));
        }
    }
    for event in stage.log(&["vault"]).iter().filter(|it| it["event"]["kind"] == "Started") {
        outputs
            .push(("plan".to_owned(), stage.kept(&event["event"]["recipes"]["plan"]).into_bytes()));
    }
    let events = std::fs::read(stage.env.home().join("events")).unwrap();
    assert!(events.windows(8).any(|it| it == b"Finished"));
    outputs.push(("--events".to_owned(), events));
    let encoded = base64(SECRET);
    for (place, content) in outputs {
        for needle in [SECRET, &encoded, NUMBER, "9.18273645546e+11"].map(str::as_bytes) {
            let found = content.windows(needle.len()).any(|it| it == needle);
            assert!(!found, "{place}: {}", String::from_utf8_lossy(&content));
        }
    }
}

/// Charts with Secrets, good and bad, by their names.
fn write_charts(stage: &Stage) {
    let head = |name: &str| format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n");
    let quoted = "stringData:\n  password: {{ .Values.password | quote }}\n";
    let bare = "stringData:\n  password: {{ .Values.password }}\n";
    let encoded = "data:\n  password: {{ .Values.password | b64enc }}\n";
    let good = format!("{}{quoted}---\n{}{encoded}", head("vault"), head("encoded"));
    stage.chart("vault", &good);
    stage.chart("bad", &format!("{}{bare} broken: yes\n", head("bad")));
    stage.chart("wrong", &format!("{}type: kubernetes.io/tls\n{bare}", head("wrong")));
    stage.chart("number", &format!("{}{bare}", head("number")));
    stage.chart("whole", &format!("{}stringData: {{{{ .Values.password }}}}\n", head("whole")));
}

/// Runs many commands that have to do with secrets; returns what they printed.
fn outputs(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    write_charts(stage);
    stage.env.write("number.yaml", format!("password: {NUMBER}\n"));
    let set_number = format!("password={NUMBER}");
    stage.env.write("values.yaml", format!("password: {SECRET}\n"));
    stage.env.write("broken.yaml", format!("password: {SECRET}\n- x: [\n"));
    let set = format!("password={SECRET}");
    let mut outputs = Vec::new();
    for words in [
        &["install", "vault", "./vault", "-f", "values.yaml", "--events", "events"][..],
        &["upgrade", "vault", "./vault", "--set", &set, "--events", "events"],
        &["install", "vault", "./vault", "--set", &set],
        &["install", "bad", "./bad", "--set", &set],
        &["install", "bad", "./vault", "-f", "broken.yaml"],
        &["install", "bad", "./wrong", "--set", &set, "--events", "events"],
        &["install", "other", "./vault", "--set", &set],
        &["rollback", "vault", "1", "--events", "events"],
        &["upgrade", "vault", "./wrong", "--set", &set, "--events", "events"],
        &["install", "number", "./number", "--set", &set_number, "--events", "events"],
        &["install", "float", "./number", "-f", "number.yaml", "--events", "events"],
        &["install", "whole", "./whole", "--set", &set, "--events", "events"],
        &["history", "number"],
        &["history", "whole"],
        &["history", "vault"],
        &["list", "-o", "json"],
        &["status", "vault"],
        &["ledger", "log"],
        &["ledger", "log", "-o", "json"],
        &["ledger", "verify"],
        &["uninstall", "vault", "--events", "events"],
    ] {
        let answer = stage.rutter(words);
        let line = words[..2].join(" ");
        outputs.push((format!("stdout of {line}"), answer.stdout.into_bytes()));
        outputs.push((format!("stderr of {line}"), answer.stderr.into_bytes()));
    }
    outputs
}

/// The base64 of a text, less its end, by the system's tool.
fn base64(text: &str) -> String {
    let script = "printf %s \"$1\" | base64";
    let mut command = std::process::Command::new("sh");
    let output = command.args(["-c", script, "sh", text]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end_matches(['=', '\n']).to_owned()
}
