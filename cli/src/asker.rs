//! Who asks, and how: what this machine claims about it. The ledger keeps it as private objects.

use std::{env, fs};

use applier::Asker;
use serde_json::{Map, Value, json};

use crate::{fetch, options::RecordOptions};

/// Variables that name the run of a CI system, and what they say.
const CI: &[(&str, &str)] = &[
    ("GITHUB_RUN_ID", "run"),
    ("GITHUB_REPOSITORY", "repository"),
    ("GITHUB_ACTOR", "actor"),
    ("GITHUB_SHA", "commit"),
    ("CI_PIPELINE_ID", "run"),
    ("CI_PROJECT_PATH", "repository"),
    ("GITLAB_USER_LOGIN", "actor"),
    ("CI_COMMIT_SHA", "commit"),
    ("BUILD_URL", "run"),
];

/// Returns who runs this command line, as the environment claims.
pub(crate) fn asker(options: &RecordOptions) -> Asker {
    let mut actor = Map::new();
    let variable = |name: &str| env::var(name).ok().filter(|it| !it.is_empty());
    if let Some(user) = variable("USER").or_else(|| variable("LOGNAME")) {
        actor.insert("user".to_owned(), json!(user));
    }
    let host = fs::read_to_string("/proc/sys/kernel/hostname");
    if let Ok(host) = host {
        actor.insert("host".to_owned(), json!(host.trim()));
    }
    let mut ci = Map::new();
    for (name, says) in CI {
        if let Some(value) = variable(name) {
            ci.entry((*says).to_owned()).or_insert_with(|| json!(value));
        }
    }
    if !ci.is_empty() {
        actor.insert("ci".to_owned(), Value::Object(ci));
    }
    Asker {
        actor,
        command: without_secrets(env::args_os().map(|word| word.to_string_lossy().into_owned())),
        reason: options.reason.clone(),
        ticket: options.ticket.clone(),
    }
}

/// Flags whose value nobody may read.
const SECRET_FLAGS: &[&str] = &["--password", "--kube-token"];

/// Returns a command line without passwords, nor those who log in by a URL.
fn without_secrets(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut hides_next = false;
    let shown = words.map(|word| {
        if std::mem::take(&mut hides_next) {
            return HIDDEN.to_owned();
        }
        hides_next = SECRET_FLAGS.contains(&word.as_str());
        match word.split_once('=') {
            Some((flag, _)) if SECRET_FLAGS.contains(&flag) => format!("{flag}={HIDDEN}"),
            Some((flag, url)) if flag.starts_with("--") && url.contains("://") => {
                format!("{flag}={}", fetch::shown(url))
            }
            _ if word.contains("://") && !word.starts_with('-') => fetch::shown(&word),
            _ => word,
        }
    });
    shown.collect()
}

/// What stands in place of a secret.
const HIDDEN: &str = "***";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_kept_without_passwords() {
        let line = "rutter install x https://me:hunter2@a.example/x.tgz --password hunter2 \
                    --password=hunter2 --repo=https://me:hunter2@a.example --set a=b";
        let kept = without_secrets(line.split_whitespace().map(str::to_owned)).join(" ");
        assert_eq!(
            kept,
            "rutter install x https://a.example/x.tgz --password *** --password=*** \
             --repo=https://a.example --set a=b"
        );
    }
}
