//! What goes wrong is said once, in Helm's words, with a hint; and the ledger knows what was done
//! until then.

mod cluster;
mod ledger;
mod places;
mod refused;
mod secrets;
mod taken;
mod usage;

use std::fs;

use serde_json::Value;

use crate::support::{Answer, Env, cluster::Namespace, helms_part};

/// A home, a namespace, and charts.
struct Stage {
    env: Env,
    namespace: Namespace,
}

/// What is said about a failure.
struct Said {
    /// Everything after `Error: ` and before the places.
    message: String,
    hint: String,
}

impl Stage {
    /// A stage in the test cluster, as its administrator.
    fn new() -> Self {
        Self { env: Env::on_cluster(), namespace: Namespace::new("errors") }
    }

    /// Runs rutter in the namespace.
    fn rutter(&self, words: &[&str]) -> Answer {
        self.env.rutter(&[&["--namespace", self.namespace.name()], words].concat())
    }

    /// Runs the real Helm in the namespace.
    fn helm(&self, words: &[&str]) -> Answer {
        self.env.helm(&[&["--namespace", self.namespace.name()], words].concat())
    }

    /// Asserts that rutter refuses as Helm does to the letter, with a hint below; returns that.
    #[track_caller]
    fn refused_as_by_helm(&self, words: &[&str]) -> Said {
        let said = Said::of(self.rutter(words));
        assert_eq!(said.message, error_of(&self.helm(words).failure(1)), "{words:?}");
        said
    }

    /// Writes a chart with one template and returns its folder.
    fn chart(&self, name: &str, template: &str) -> String {
        let about = format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n");
        self.env.write(&format!("{name}/Chart.yaml"), about);
        self.env.write(&format!("{name}/templates/all.yaml"), template);
        format!("./{name}")
    }

    /// A chart with a `ConfigMap` of the release's name.
    fn good_chart(&self) -> String {
        self.chart("good", &config_map("{{ .Release.Name }}", "a: {{ .Values.a | quote }}"))
    }

    /// Returns the kinds of events of a release, oldest first.
    fn events(&self, release: &str) -> Vec<String> {
        self.log(&[release]).iter().map(|it| it["event"]["kind"].to_string()).collect()
    }

    fn log(&self, words: &[&str]) -> Vec<Value> {
        let text = self.env.rutter(&[&["ledger", "log", "-o", "json"], words].concat()).success();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns how the last operation of a release ended, as its event has it.
    fn end(&self, release: &str) -> Value {
        let log = self.log(&[release]);
        let last = log.last().unwrap();
        assert_eq!(last["event"]["kind"], "Finished", "{log:#?}");
        last["event"].clone()
    }

    /// Returns the objects of the kinds that these tests make, but for what each namespace has.
    fn objects(&self) -> String {
        let kinds = "configmaps,secrets,pods,deployments,jobs";
        let text = self.namespace.kubectl(&["get", kinds, "-o", "name"]).success();
        text.lines().filter(|it| *it != "configmap/kube-root-ca.crt").collect::<Vec<_>>().join(" ")
    }

    /// Asserts that the last operation of a release failed; returns its evidence.
    #[track_caller]
    fn evidence(&self, release: &str) -> String {
        let end = self.end(release);
        assert_eq!(end["outcome"]["outcome"], "failed", "{end:#}");
        self.kept(&end["evidence"])
    }

    /// Asserts that nothing was begun: no event of the release, and no object.
    #[track_caller]
    fn is_untouched_by(&self, release: &str) {
        assert_eq!(self.events(release), Vec::<String>::new());
        assert_eq!(self.objects(), "");
    }

    /// Returns the object that an event names.
    fn kept(&self, name: &Value) -> String {
        let name = name.as_str().unwrap_or_else(|| panic!("no object: {name}"));
        self.env.rutter(&["ledger", "show", "--object", name]).success()
    }
}

impl Said {
    /// Takes apart what was said; asserts that it is one message, then one hint.
    #[track_caller]
    fn of(answer: Answer) -> Self {
        let text = said_by_us(&answer.failure(1));
        let whole = text.strip_prefix("Error: ").unwrap_or_else(|| panic!("no error: {text}"));
        let (message, hint) =
            whole.split_once("\n\nhint: ").unwrap_or_else(|| panic!("no hint: {text}"));
        assert!(!hint.trim().is_empty() && !hint.contains("\nError: "), "{text}");
        let hint = hint.trim_end().to_owned();
        Self { message: helms_part(message).to_owned(), hint }
    }
}

/// Returns what is on the error stream but for lines of log.
fn said_by_us(text: &str) -> String {
    text.lines().filter(|it| !it.starts_with("level=")).collect::<Vec<_>>().join("\n")
}

/// Returns Helm's message without `Error: `.
#[track_caller]
fn error_of(text: &str) -> String {
    let text = said_by_us(text);
    text.strip_prefix("Error: ").unwrap_or_else(|| panic!("no error: {text}")).to_owned()
}

fn config_map(name: &str, data: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  {data}\n")
}

/// Returns every file below a folder, whole.
fn files(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let content = fs::read(&path).unwrap();
            all.push((path, content));
        }
    }
    all
}
