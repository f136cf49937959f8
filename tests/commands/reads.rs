//! What is printed of releases is what Helm prints of the same records.
//!
//! Both programs read them from Helm's storage in memory.

use serde_json::{Value, json};

use super::alike;
use crate::support::Env;

fn record(name: &str, version: u32, status: &str, more: &Value) -> Value {
    let mut record = json!({
        "name": name, "version": version, "namespace": "default",
        "info": {
            "first_deployed": "2026-01-02T03:04:05Z",
            "last_deployed": format!("2026-02-0{version}T03:04:05.12345{version}Z"),
            "status": status, "description": "Install complete",
        },
        "chart": {
            "metadata": {
                "name": "web", "version": "1.2.3", "appVersion": "1.16.0", "apiVersion": "v2",
                "annotations": {"a": "<b> & c"},
                "dependencies": [{"name": "db", "repository": "", "version": ">1", "enabled": true}],
            },
            "lock": null, "templates": [], "values": {"a": 1.0, "b": {"c": true}},
            "schema": null, "files": [],
        },
        "config": {"b": {"d": 1e6, "e": null}, "f": [1, "x"]},
        "manifest": "---\n# Source: web/a.yaml\nkind: ConfigMap\n",
        "hooks": [{
            "name": "check", "kind": "Pod", "path": "web/t.yaml", "manifest": "kind: Pod",
            "events": ["test"],
            "last_run": {
                "started_at": "2026-01-02T03:05:05Z", "completed_at": "2026-01-02T03:06:05Z",
                "phase": "Succeeded",
            },
        }],
    });
    for (key, value) in more.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn env() -> Env {
    let env = Env::new().with("HELM_DRIVER", "memory").with("TZ", "UTC");
    let records = json!([
        record("web", 1, "superseded", &json!({})),
        record("web", 2, "failed", &json!({"apply_method": "ssa"})),
        record(
            "web",
            3,
            "deployed",
            &json!({"info": {
                "last_deployed": "2026-03-01T03:04:05+02:00", "status": "deployed",
                "description": "Rollback to 1", "rollback_revision": 1, "notes": "\n hello \n",
            }})
        ),
        record("other", 1, "pending-install", &json!({"config": {}, "hooks": []})),
        record("gone", 1, "uninstalled", &json!({"config": null})),
        record("bare", 1, "failed", &json!({"chart": null})),
        record("far", 1, "deployed", &json!({"namespace": "elsewhere"})),
        record(
            "long",
            1,
            "failed",
            &json!({"info": {
                "last_deployed": "2026-03-01T03:04:05Z", "status": "failed",
                "description": "Upgrade \"long\" failed: first line\nsecond, longer than the first",
            }})
        ),
    ]);
    let file = env.write("records.json", records.to_string());
    env.with("HELM_MEMORY_DRIVER_DATA", file.to_str().unwrap())
}

#[test]
fn lists_are_helms() {
    let env = env();
    for line in [
        "list",
        "ls -n elsewhere",
        "list -n nowhere",
        "list -o json",
        "list -o yaml",
        "list -n nowhere -o json",
        "list -q",
        "list -q -o yaml",
        "list --date --reverse",
        "list -r --max 2 --offset 1",
        "list --offset 9",
        "list --failed --pending",
        "list --superseded",
        "list --uninstalled --no-headers",
        "list -f ^w",
        "list --time-format 2006-01-02T15:04",
    ] {
        alike(&env, &line.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn histories_and_statuses_are_helms() {
    let env = env();
    for line in [
        "history web",
        "history web --max 2",
        "history web --show-rollback-revision",
        "history web -o json",
        "history web -o yaml",
        "history long",
        "hist other",
        "history nobody",
        "history Bad_Name",
        "status web",
        "status web --revision 1",
        "status web --revision 9",
        "status web -o json",
        "status web -o yaml",
        "status gone",
        "status nobody",
        "status Bad_Name",
    ] {
        alike(&env, &line.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn parts_of_a_release_are_helms() {
    let env = env();
    for line in [
        "get all web",
        "get all web --revision 1",
        "get all web --template {{.Release.Name}}-{{.Release.Chart.Metadata.Version}}",
        "get all web --template {{",
        "get values web",
        "get values web -a",
        "get values web -o json",
        "get values web -a -o yaml",
        "get values other",
        "get values gone",
        "get manifest web",
        "get hooks web",
        "get notes web",
        "get notes other",
        "get metadata web --revision 2",
        "get metadata web --revision 1 -o json",
        "get metadata web --revision 3 -o yaml",
        "get values nobody",
    ] {
        alike(&env, &line.split(' ').collect::<Vec<_>>());
    }
}
