//! Charts in Tera's language on the API server.

use std::path::Path;

use serde_json::Value;

use super::Stage;

/// Copies a chart of `tests/charts` into the home folder.
fn notebook(stage: &Stage) {
    let charts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/charts/notebook");
    let mut copy = std::process::Command::new("cp");
    assert!(copy.arg("-r").arg(charts).arg(stage.env.home()).status().unwrap().success());
}

#[test]
fn the_created_chart_of_tera_comes_up() {
    let stage = Stage::new();
    stage.rutter(&["create", "site", "--engine", "tera"]).success();
    stage.rutter(&["install", "web", "./site", "--wait", "--timeout=60s"]).success();
    let deployment = stage.get("deployment", "web-site");
    assert_eq!(deployment["status"]["availableReplicas"], 1, "{deployment:#}");
    assert_eq!(deployment["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm");
    let service = stage.get("service", "web-site");
    assert_eq!(service["spec"]["ports"][0]["port"], 80, "{service:#}");
    assert_eq!(service["spec"]["selector"], deployment["spec"]["selector"]["matchLabels"]);
    // What Helm reads of it is a release like any other.
    assert!(stage.helm(&["status", "web"]).success().contains("STATUS: deployed"));
    let manifest = stage.rutter(&["get", "manifest", "web"]).success();
    assert_eq!(stage.helm(&["get", "manifest", "web"]).success(), manifest);
    // The same chart in Go's language changes nothing but the label with the chart's name.
    stage.rutter(&["create", "go/site"]).failure(1);
    std::fs::create_dir(stage.env.home().join("go")).unwrap();
    stage.rutter(&["create", "go/site"]).success();
    stage.rutter(&["upgrade", "web", "./go/site", "--wait", "--timeout=60s"]).success();
    assert_eq!(stage.rutter(&["get", "manifest", "web"]).success(), manifest);
    assert_eq!(stage.get("deployment", "web-site")["metadata"]["generation"], 1);
}

#[test]
fn charts_of_both_engines_are_installed_together_and_a_drawn_password_stays() {
    let stage = Stage::new();
    notebook(&stage);
    let said = stage.rutter(&["install", "my", "./notebook"]).failure(1);
    assert!(said.contains("owner: say whose notebook it is"), "{said}");
    stage.rutter(&["install", "my", "./notebook", "--set", "owner=Ada"]).success();
    let config = stage.get("configmap", "my-notebook");
    assert_eq!(config["data"]["title"], "Ada's notebook");
    assert_eq!(config["data"]["settings.yaml"], "colours:\n- red\n- blue\npages: 80\n");
    assert_eq!(config["data"]["greeting.txt"], "Hello!\nHow are you?\n");
    assert_eq!(stage.get("configmap", "my-clock")["data"]["hand"], "long");
    let password = |stage: &Stage| stage.get("secret", "my-notebook")["data"]["password"].clone();
    let drawn = password(&stage);
    assert_eq!(drawn.as_str().unwrap().len(), 28, "20 letters in base64");
    stage.rutter(&["upgrade", "my", "./notebook", "--set", "owner=Bob"]).success();
    assert_eq!(stage.get("configmap", "my-notebook")["data"]["title"], "Bob's notebook");
    assert_eq!(password(&stage), drawn);
    stage.rutter(&["rollback", "my", "1"]).success();
    assert_eq!(stage.get("configmap", "my-notebook")["data"]["title"], "Ada's notebook");
}

impl Stage {
    /// Returns an object as kubectl tells it.
    fn get(&self, kind: &str, name: &str) -> Value {
        let text = self.namespace.kubectl(&["get", kind, name, "-o", "json"]).success();
        serde_json::from_str(&text).unwrap()
    }
}
