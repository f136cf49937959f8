//! `--print-rbac`: what it prints is enough, and nothing of it can be left out but what it says can.

use serde_json::{Value, json};

use super::{Stage, config_map, deployment};

/// A rule of the role in the release's namespace.
#[derive(Clone, Debug, PartialEq)]
struct Rule {
    is_optional: bool,
    groups: Value,
    resources: Value,
    verbs: Vec<String>,
}

/// Returns the rules of the first role that is printed.
fn rules(printed: &str) -> Vec<Rule> {
    let (_, rest) =
        printed.split_once("\nrules:\n").unwrap_or_else(|| panic!("no rules: {printed}"));
    let (rules, _) = rest.split_once("---\n").unwrap();
    let list =
        |line: &str| serde_json::from_str::<Value>(line.split_once(": ").unwrap().1).unwrap();
    let mut all = Vec::new();
    let mut is_optional = false;
    for line in rules.lines() {
        if line.starts_with('#') {
            is_optional = line.starts_with("# optional: without it ");
        } else if line.starts_with("- apiGroups") {
            let groups = list(line);
            all.push(Rule { is_optional, groups, resources: Value::Null, verbs: Vec::new() });
            is_optional = false;
        } else if line.starts_with("  resources: ") {
            all.last_mut().unwrap().resources = list(line);
        } else if line.starts_with("  verbs: ") {
            let verbs = serde_json::from_value(list(line)).unwrap();
            all.last_mut().unwrap().verbs = verbs;
        }
    }
    all
}

/// Returns every right without which an operation must fail.
fn required(printed: &str) -> Vec<Rule> {
    let required = rules(printed).into_iter().filter(|it| !it.is_optional);
    required
        .flat_map(|rule| {
            let verbs = rule.verbs.clone();
            verbs.into_iter().map(move |verb| Rule { verbs: vec![verb], ..rule.clone() })
        })
        .collect()
}

impl Stage {
    /// Gives `nobody` these rights and no others.
    fn allow(&self, rights: &[Rule]) {
        let namespace = self.namespace.name();
        let rules: Vec<Value> = rights
            .iter()
            .map(|it| json!({"apiGroups": it.groups, "resources": it.resources, "verbs": it.verbs}))
            .collect();
        let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "metadata": {"name": "given", "namespace": namespace}, "rules": rules});
        let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": "given", "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "given"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "nobody"}]});
        self.apply(&format!("{role}\n---\n{binding}\n"));
        // The server's authorizer learns of it by a watch.
        let may = |rule: &Rule| {
            let resource = rule.resources[0].as_str().unwrap();
            let group = rule.groups[0].as_str().unwrap();
            let resource =
                if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
            let words = ["auth", "can-i", &rule.verbs[0], &resource, "--as=nobody"];
            self.namespace.kubectl(&words).stdout.trim() == "yes"
        };
        super::watched::until(|| rights.last().is_none_or(may));
    }

    /// Asserts that `words` succeed with all rights, and with none less.
    #[track_caller]
    fn needs_all(&self, prepare: impl Fn(usize) -> Vec<String>) {
        let mut number = 0;
        loop {
            let words = prepare(number);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let print = [words.as_slice(), &["--print-rbac=nobody"]].concat();
            let printed = self.rutter(&print).success();
            let mut rights = required(&printed);
            if number == rights.len() {
                self.allow(&rights);
                let answer = self.as_nobody(&words);
                assert!(!answer.stderr.contains("level=WARN"), "{answer:#?}\n{printed}");
                answer.success();
                return;
            }
            let missing = rights.remove(number);
            self.allow(&rights);
            let answer = self.as_nobody(&words);
            let is_noticed = answer.code != Some(0) || answer.stderr.contains("level=WARN");
            assert!(is_noticed, "it does without {missing:?}: {answer:#?}");
            number += 1;
        }
    }
}

fn chart(stage: &Stage) -> String {
    let hook = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: '{{ .Release.Name }}', annotations: \
                {helm.sh/hook: post-install}}\nspec: {template: {spec: {restartPolicy: Never, \
                containers: [{name: a, image: b}]}}}\n";
    let all = [
        config_map("{{ .Release.Name }}", "{{ .Values.a }}"),
        deployment("'{{ .Release.Name }}'", "", ""),
        hook.to_owned(),
    ];
    stage.chart("own", &all.join("---\n"))
}

#[test]
fn an_install_needs_what_is_printed_and_nothing_less() {
    let stage = Stage::new();
    let chart = chart(&stage);
    stage.needs_all(|number| {
        let words =
            ["install", &format!("a{number}"), &chart, "--wait", "--timeout=60s", "--set=a=1"];
        words.map(str::to_owned).to_vec()
    });
}

/// Each time of a release of its own: one whose record could not be brought to its end is claimed
/// for half a minute.
fn small(stage: &Stage) -> impl Fn(usize) -> (String, String) {
    let chart = stage.chart("small", &config_map("{{ .Release.Name }}", "{{ .Values.a }}"));
    move |number| {
        let name = format!("a{number}");
        stage.rutter(&["install", &name, &chart, "--set=a=0"]).success();
        (name, chart.clone())
    }
}

#[test]
fn an_upgrade_needs_what_is_printed_and_nothing_less() {
    let stage = Stage::new();
    let install = small(&stage);
    stage.needs_all(|number| {
        let (name, chart) = install(number);
        ["upgrade", &name, &chart, "--set=a=1"].map(str::to_owned).to_vec()
    });
}

#[test]
fn a_rollback_needs_what_is_printed_and_nothing_less() {
    let stage = Stage::new();
    let install = small(&stage);
    stage.needs_all(|number| {
        let (name, chart) = install(number);
        stage.rutter(&["upgrade", &name, &chart, "--set=a=1"]).success();
        ["rollback", &name, "1"].map(str::to_owned).to_vec()
    });
}

#[test]
fn an_uninstall_needs_what_is_printed_and_nothing_less() {
    let stage = Stage::new();
    let template = format!(
        "{}---\n{}",
        config_map("{{ .Release.Name }}", "b"),
        deployment("'{{ .Release.Name }}'", "", "")
    );
    let chart = stage.chart("two", &template);
    stage.needs_all(|number| {
        let name = format!("a{number}");
        stage.rutter(&["install", &name, &chart, "--wait"]).success();
        vec!["uninstall".to_owned(), name, "--wait".to_owned()]
    });
}

#[test]
fn what_an_administrator_applies_from_an_error_is_enough() {
    let stage = Stage::new();
    let chart = chart(&stage);
    let words = ["install", "web", &chart, "--wait", "--set=a=1"];
    let said = stage.as_nobody(&words).failure(1);
    let (hint, manifest) = said.split_once(":\n\n# ").unwrap();
    let namespace = stage.namespace.name();
    let who = format!("user `nobody` needs the right to list secrets in namespace `{namespace}`");
    assert!(hint.contains(&who), "{hint}");
    stage.apply(&format!("# {manifest}"));
    super::watched::until(|| stage.as_nobody(&["list"]).code == Some(0));
    stage.as_nobody(&words).success();
    let printed = stage.as_nobody(&["upgrade", "web", &chart, "--print-rbac"]).success();
    assert!(printed.starts_with("# What `nobody` needs to upgrade the release `web`"), "{printed}");
    let left = stage.as_nobody(&["uninstall", "web"]).failure(1);
    assert!(left.contains("kind: Role\n") && left.contains("verbs: [\"delete\""), "{left}");
}

#[test]
fn rights_that_a_chart_gives_must_be_had() {
    let stage = Stage::new();
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: own}\nrules:\n- \
                {apiGroups: [''], resources: [pods], verbs: [get, watch]}\n";
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: NAME}\n\
                   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: KIND, name: NAME}\n\
                   subjects: [{kind: ServiceAccount, name: default, namespace: default}]\n";
    let own = binding.replace("NAME", "own").replace("KIND", "Role");
    let view = binding.replace("NAME", "view").replace("KIND", "ClusterRole");
    let chart = stage.chart("roles", &[role, &own, &view].join("---\n"));
    let words = ["install", "web", &chart];
    let said = stage.as_nobody(&words).failure(1);
    let (_, manifest) = said.split_once(":\n\n# ").unwrap();
    stage.apply(&format!("# {manifest}"));
    super::watched::until(|| stage.as_nobody(&["list"]).code == Some(0));
    stage.as_nobody(&words).success();
}
