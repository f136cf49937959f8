//! Somebody else was faster: one wins, the other is told by whom.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    process::{Child, Command, Stdio},
};

use super::{Said, Stage, cluster::until};
use crate::support::{Answer, Env, rutter};

/// `O_NONBLOCK` of Linux.
const NONBLOCK: i32 = 0o4000;

/// A pipe that is full: whoever writes into it stands still until it is emptied.
pub(super) struct Gate {
    pipe: File,
    path: String,
}

impl Gate {
    fn shut(env: &Env) -> Self {
        let path = env.home().join("gate").to_str().unwrap().to_owned();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut options = OpenOptions::new();
        let mut pipe = options.read(true).write(true).custom_flags(NONBLOCK).open(&path).unwrap();
        while pipe.write(&[b'\n'; 4096]).is_ok_and(|count| count > 0) {}
        Self { pipe, path }
    }

    /// Lets everything through until the writer has ended; returns how it ended.
    pub(super) fn open(mut self, mut writer: Child) -> Answer {
        let mut buffer = [0; 4096];
        loop {
            let is_over = writer.try_wait().unwrap().is_some();
            match self.pipe.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && is_over => break,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
                read => drop(read.unwrap()),
            }
        }
        ended(writer)
    }
}

pub(super) fn ended(child: Child) -> Answer {
    let output = child.wait_with_output().unwrap();
    Answer {
        line: "in the background".to_owned(),
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Stage {
    pub(super) fn spawn(&self, words: &[&str]) -> Child {
        // A file that may not grow is an error to it, and not its end.
        let mut command = self.env.command("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(rutter());
        command.args(["--namespace", self.namespace.name()]).args(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Begins an install that stands still between its `Started` and its claim.
    pub(super) fn install_that_waits(&self, name: &str, chart: &str) -> (Gate, Child) {
        // The ledger and the cluster's name are written by another install: the first event of
        // this one is `Started`.
        self.rutter(&["install", "first", &self.good_chart()]).success();
        let gate = Gate::shut(&self.env);
        let child = self.spawn(&["install", name, chart, "--events", &gate.path]);
        until("it has started", || self.events(name) == ["\"Started\""]);
        (gate, child)
    }

    /// Asserts that the install of `name` was lost and wrote nothing; returns what was said.
    fn lost(&self, name: &str, answer: Answer) -> Said {
        let said = Said::of(answer);
        let message =
            format!("INSTALLATION FAILED: revision 1 of `{name}` was claimed by somebody else");
        assert_eq!(said.message, message);
        assert_eq!(self.events(name), ["\"Started\"", "\"Finished\""]);
        let end = self.end(name);
        assert!(end["outcome"].to_string().contains("lost"), "{end:#}");
        said
    }
}

#[test]
fn a_claim_that_helm_was_faster_with_is_lost_to_helm() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    let (gate, child) = stage.install_that_waits("web", &chart);
    stage.helm(&["install", "web", &chart, "--set=a=helms"]).success();
    let said = stage.lost("web", gate.open(child));
    assert!(said.hint.contains("Helm") && said.hint.contains("sh.helm.release.v1.web.v1"));
    let value = ["get", "configmap", "web", "-o", "jsonpath={.data.a}"];
    assert_eq!(stage.namespace.kubectl(&value).success(), "helms");
    assert!(stage.rutter(&["status", "web"]).success().contains("STATUS: deployed"));
    stage.rutter(&["upgrade", "web", &chart, "--set=a=ours"]).success();
    assert_eq!(stage.namespace.kubectl(&value).success(), "ours");
}

#[test]
fn a_claim_that_another_rutter_was_faster_with_is_lost_to_its_ledger() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    let (gate, child) = stage.install_that_waits("web", &chart);
    let elsewhere = Env::on_cluster();
    let place = stage.env.home().join("good");
    let words = ["install", "web", place.to_str().unwrap(), "-n", stage.namespace.name()];
    elsewhere.rutter(&words).success();
    let said = stage.lost("web", gate.open(child));
    let log = elsewhere.rutter(&["ledger", "verify"]).success();
    let ledger = log.lines().next().unwrap().strip_prefix("LEDGER: ").unwrap().to_owned();
    assert!(said.hint.contains(&ledger[..12]), "{} is not {ledger}", said.hint);
}

#[test]
fn two_installs_of_one_name_end_in_one_release() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    // One after the other: the second is told that the first is at it.
    let (gate, child) = stage.install_that_waits("web", &chart);
    let said = Said::of(stage.rutter(&["install", "web", &chart]));
    assert_eq!(
        said.message,
        "INSTALLATION FAILED: another operation (install/upgrade/rollback) is in progress"
    );
    assert!(said.hint.contains("another process on this machine"), "{}", said.hint);
    gate.open(child).success();
    // At the same time, with one ledger and with two.
    let elsewhere = Env::on_cluster();
    let place = stage.env.home().join("good");
    let place = place.to_str().unwrap();
    let mut other = elsewhere.command(rutter());
    other.args(["install", "twice", place, "-n", stage.namespace.name()]);
    other.stdout(Stdio::piped()).stderr(Stdio::piped());
    let children = [
        stage.spawn(&["install", "twice", &chart]),
        stage.spawn(&["install", "twice", &chart]),
        other.spawn().unwrap(),
    ];
    let answers = children.map(ended);
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|it| it.code == Some(0));
    assert_eq!(won.len(), 1, "{lost:#?}");
    for answer in lost {
        let said = Said::of(answer);
        assert!(said.message.starts_with("INSTALLATION FAILED: "), "{}", said.message);
    }
    assert!(stage.helm(&["history", "twice"]).success().contains("deployed"));
    stage.env.rutter(&["ledger", "verify"]).success();
}

#[test]
fn first_installs_at_the_same_time_make_one_ledger() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    let names = ["a", "b", "c", "d", "e"];
    let children = names.map(|name| stage.spawn(&["install", name, &chart]));
    for child in children {
        ended(child).success();
    }
    for name in names {
        assert_eq!(stage.end(name)["outcome"]["outcome"], "deployed");
    }
    let log = stage.log(&[]);
    assert_eq!(log.iter().filter(|it| it["event"]["kind"] == "LedgerCreated").count(), 1);
    // The cluster may have been met by several of them, and is one all the same.
    let listed = stage.rutter(&["list", "--offline", "--short"]).success();
    assert_eq!(listed.lines().collect::<Vec<_>>(), names);
    stage.env.rutter(&["ledger", "verify"]).success();
}

#[test]
fn a_name_whose_install_is_under_way_elsewhere_is_taken_by_it() {
    let stage = Stage::new();
    let hook = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook\n  annotations:\n    \
                helm.sh/hook: pre-install\n    fake.kubelet/run-for: '8'\nspec:\n  \
                restartPolicy: Never\n  containers: [{name: a, image: b}]\n";
    let chart = stage.chart("slow", hook);
    let child = stage.spawn(&["install", "web", &chart]);
    until("the hook runs", || stage.events("web").iter().any(|it| it.contains("Hook")));
    let elsewhere = Env::on_cluster();
    let place = stage.env.home().join("slow");
    let words = ["install", "web", place.to_str().unwrap(), "-n", stage.namespace.name()];
    let said = Said::of(elsewhere.rutter(&words));
    assert!(said.message.ends_with("cannot reuse a name that is still in use"), "{}", said.message);
    assert!(said.hint.starts_with("it is being worked on right now by ledger "), "{}", said.hint);
    ended(child).success();
}
