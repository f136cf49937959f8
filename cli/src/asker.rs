//! Who asks, and how: what this machine claims about it. The ledger keeps it as private objects.

use std::{env, fs};

use applier::Asker;
use serde_json::{Map, Value, json};

use crate::options::RecordOptions;

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
        command: env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        reason: options.reason.clone(),
        ticket: options.ticket.clone(),
    }
}
