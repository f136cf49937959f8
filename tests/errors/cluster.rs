//! What the cluster refuses on the way: the operation has failed, and the ledger knows why.

use std::{
    process::Child,
    time::{Duration, Instant},
};

use super::{Said, Stage, config_map, refused::allow};
use crate::support::{Env, cluster::nobody, rutter};

#[test]
fn a_write_that_is_forbidden_fails_by_user_verb_resource_and_namespace() {
    let mut stage = Stage::new();
    stage.env = Env::new().with("KUBECONFIG", nobody().to_str().unwrap());
    let chart = stage.good_chart();
    allow(&stage, "secrets", &["--verb=get,list,create,update,patch,delete", "--resource=secrets"]);
    allow(&stage, "sight", &["--verb=get,list", "--resource=configmaps"]);
    let said = Said::of(stage.rutter(&["install", "web", &chart]));
    let helms = super::error_of(&stage.helm(&["install", "other", &chart]).failure(1));
    assert_eq!(said.message.replace("web", "other"), helms);
    let namespace = stage.namespace.name();
    let wanted =
        format!("user `nobody` needs the right to patch configmaps in namespace `{namespace}`\n");
    assert!(said.hint.starts_with(&wanted), "{}", said.hint);
    assert!(said.hint.contains("kind: RoleBinding\n"), "{}", said.hint);
    assert!(stage.evidence("web").contains("cannot patch resource"));
    let history = stage.helm(&["history", "web"]).success();
    assert!(history.contains("failed") && history.contains("cannot patch"), "{history}");
}

#[test]
fn a_field_of_another_manager_is_not_taken() {
    let stage = Stage::new();
    let chart = stage.chart("fixed", &config_map("shared", "a: {{ .Values.a | quote }}"));
    stage.rutter(&["install", "web", &chart, "--set=a=1"]).success();
    let theirs = stage.env.write("theirs.yaml", config_map("shared", "a: '9'"));
    let apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=other", "-f"];
    stage.namespace.kubectl(&[&apply[..], &[theirs.to_str().unwrap()]].concat()).success();

    let said = Said::of(stage.rutter(&["upgrade", "web", &chart, "--set=a=2"]));
    let helms = stage.helm(&["upgrade", "web", &chart, "--set=a=2"]).failure(1);
    assert_eq!(said.message, super::error_of(&helms));
    assert!(said.hint.contains("`other`") && said.hint.contains("--force-conflicts"));
    // Helm's own upgrade made revision 3, which is not in the ledger.
    assert!(stage.evidence("web").contains(".data.a"));
    let value = ["get", "configmap", "shared", "-o", "jsonpath={.data.a}"];
    assert_eq!(stage.namespace.kubectl(&value).success(), "9");
    stage.rutter(&["upgrade", "web", &chart, "--set=a=2", "--force-conflicts"]).success();
    assert_eq!(stage.namespace.kubectl(&value).success(), "2");
}

#[test]
fn a_namespace_that_is_not_there_fails_before_the_first_object() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    let nowhere = format!("{}-nowhere", stage.namespace.name());
    let words = ["install", "web", &chart, "--namespace", &nowhere];
    let said = Said::of(stage.env.rutter(&words));
    assert_eq!(said.message, super::error_of(&stage.env.helm(&words).failure(1)));
    assert!(said.hint.contains("--create-namespace"), "{}", said.hint);
    assert_eq!(stage.end("web")["outcome"]["outcome"], "failed");
}

#[test]
fn what_does_not_become_ready_fails_with_what_the_pod_said() {
    let stage = Stage::new();
    let chart = stage.chart("web", &deployment("image-pull: not found"));
    let said = Said::of(stage.rutter(&["install", "web", &chart, "--wait", "--timeout=4s"]));
    assert!(said.message.starts_with("INSTALLATION FAILED: "), "{}", said.message);
    assert!(said.hint.contains("rutter ledger show "), "{}", said.hint);
    let evidence = stage.evidence("web");
    assert!(
        evidence.contains("ErrImagePull") || evidence.contains("ImagePullBackOff"),
        "{evidence}"
    );
}

#[test]
fn ctrl_c_while_waiting_is_recorded_soon_and_resumed() {
    let stage = Stage::new();
    let chart = stage.chart("web", &deployment("ready-after: '6'"));
    let mut command = stage.env.command(rutter());
    command.args(["install", "web", &chart, "--wait", "--namespace", stage.namespace.name()]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    until("the objects are applied", || {
        stage.events("web").iter().any(|it| it.contains("Applied"))
    });
    let sent = Instant::now();
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert!(sent.elapsed() < Duration::from_secs(5), "{:?}", sent.elapsed());
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("Release web has been cancelled."), "{out}");
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("Error: INSTALLATION FAILED: context canceled\n\nhint: "), "{err}");
    assert!(err.contains("`rutter resume web`"), "{err}");

    let said = Said::of(stage.rutter(&["upgrade", "web", &chart]));
    assert!(said.hint.contains("`rutter resume web`"), "{}", said.hint);
    stage.rutter(&["resume", "web", "--wait"]).success();
    assert_eq!(stage.end("web")["outcome"]["outcome"], "deployed");
    assert!(stage.helm(&["status", "web"]).success().contains("STATUS: deployed"));
}

#[test]
fn ctrl_c_while_a_hook_runs_is_resumed_and_runs_it_once() {
    let stage = Stage::new();
    let hook = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook\n  annotations:\n    \
                helm.sh/hook: pre-upgrade\n    fake.kubelet/run-for: '4'\nspec:\n  \
                restartPolicy: Never\n  containers: [{name: a, image: b}]\n";
    let chart = stage.chart("hooked", &format!("{hook}---\n{}", config_map("web", "a: b")));
    stage.rutter(&["install", "web", &chart]).success();
    let child = stage.spawn(&["upgrade", "web", &chart]);
    until("the hook runs", || stage.namespace.kubectl(&["get", "pod", "hook"]).code == Some(0));
    let uid = ["get", "pod", "hook", "-o", "jsonpath={.metadata.uid}"];
    let before = stage.namespace.kubectl(&uid).success();
    interrupt(&child);
    let said = Said::of(super::taken::ended(child));
    assert_eq!(said.message, "UPGRADE FAILED: context canceled");
    stage.rutter(&["resume", "web"]).success();
    assert_eq!(stage.namespace.kubectl(&uid).success(), before);
    assert_eq!(stage.end("web")["outcome"]["outcome"], "deployed");
    assert!(stage.helm(&["history", "web"]).success().contains("Upgrade complete"));
}

/// A Deployment of one pod with a fate.
fn deployment(fate: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  \
         selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata:\n      labels: {{app: web}}\n      \
         annotations:\n        fake.kubelet/{fate}\n    spec:\n      containers: [{{name: a, image: b}}]\n"
    )
}

/// Sends SIGINT, which Ctrl-C is.
fn interrupt(child: &Child) {
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// Waits until something is so.
#[track_caller]
pub(super) fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
