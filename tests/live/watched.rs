//! A claim that waits for its volume: told with the volume and the two classes, followed until it
//! is bound.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use super::{Stage, deployment};
use crate::support::cluster::kubeconfig;

/// Waits until something is so.
#[track_caller]
pub(super) fn until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A claim that no volume of another test can meet, and a Deployment that uses it.
fn chart(stage: &Stage) -> String {
    let own = stage.namespace.name();
    let claim = format!(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: data}}\nspec: {{storageClassName: \
         slow-{own}, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}, \
         selector: {{matchLabels: {{for: {own}}}}}}}\n"
    );
    let volumes = "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}], ";
    stage.chart("db", &format!("{claim}---\n{}", deployment("db", "", volumes)))
}

fn volume(stage: &Stage, name: &str, class: &str) {
    let own = stage.namespace.name();
    stage.apply(&format!(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: {name}-{own}, labels: {{for: {own}}}}}\n\
         spec: {{capacity: {{storage: 2Gi}}, accessModes: [ReadWriteOnce], storageClassName: \
         {class}-{own}, hostPath: {{path: /tmp/{own}}}}}\n"
    ));
}

fn spawn(stage: &Stage, words: &[&str]) -> Child {
    let mut command = stage.env.command(crate::support::rutter());
    command.env("KUBECONFIG", kubeconfig()).args(["--namespace", stage.namespace.name()]);
    command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_claim_is_followed_from_the_wrong_volume_to_the_right_one() {
    let stage = Stage::new();
    let own = stage.namespace.name().to_owned();
    let chart = chart(&stage);
    volume(&stage, "wrong", "manual");
    stage.rutter(&["install", "db", &chart]).success();
    let reason = format!(
        "PersistentVolumeClaim/data: PersistentVolume `wrong-{own}` has the storage class \
         `manual-{own}`, the claim asks for `slow-{own}`"
    );
    let shown = stage.rutter(&["status", "db"]).success();
    assert!(shown.contains(&reason), "{shown}");

    let mut watch = spawn(&stage, &["status", "db", "--watch"]);
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    assert!(first.starts_with(&reason), "{first}");
    volume(&stage, "right", "slow");
    let rest: Vec<String> = lines.collect();
    assert!(watch.wait().unwrap().success());
    assert!(
        rest.iter().any(|it| it.starts_with("PersistentVolumeClaim/data: PVC is Bound")),
        "{rest:?}"
    );
    assert!(
        rest.iter().any(|it| it.starts_with("Deployment/db: Deployment is available")),
        "{rest:?}"
    );
    assert_eq!(rest.last().unwrap(), "all 2 objects are ready");
    stage.namespace.kubectl(&["delete", "pv", "--wait=false", &format!("wrong-{own}")]).success();
}

#[test]
fn a_wait_tells_the_same_reasons() {
    let stage = Stage::new();
    let own = stage.namespace.name().to_owned();
    let chart = chart(&stage);
    volume(&stage, "wrong", "manual");
    let said = stage.rutter(&["install", "db", &chart, "--wait", "--timeout=6s"]).failure(1);
    let reason = format!("PersistentVolume `wrong-{own}` has the storage class");
    let progress = said.lines().filter(|it| it.starts_with("level=INFO"));
    assert!(progress.into_iter().any(|it| it.contains(&reason)), "{said}");
    let (_, hint) = said.split_once("\n\nhint: ").unwrap();
    assert!(hint.contains(&reason) && hint.contains("rutter ledger show "), "{hint}");
    stage.namespace.kubectl(&["delete", "pv", "--wait=false", &format!("wrong-{own}")]).success();
}

#[test]
fn ctrl_c_ends_a_watch_by_its_signal() {
    let stage = Stage::new();
    let chart = chart(&stage);
    stage.rutter(&["install", "db", &chart]).success();
    let mut watch = spawn(&stage, &["status", "db", "--watch"]);
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.args(["-INT", &watch.id().to_string()]).status().unwrap().success());
    assert_eq!(watch.wait().unwrap().signal(), Some(2));
}
