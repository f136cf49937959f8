//! What `lint` finds is what Helm finds, and a little more.

use std::{fmt::Write as _, fs, path::Path};

use super::alike;
use crate::support::Env;

const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\nicon: https://example.org/i.svg\n";

/// A chart in the folder `web`.
fn chart(values: &str, template: &str) -> Env {
    let env = Env::new();
    env.write("web/Chart.yaml", CHART);
    env.write("web/values.yaml", values);
    env.write("web/templates/a.yaml", template);
    env
}

#[test]
fn broken_charts_are_told_in_helms_words() {
    let charts = [
        "apiVersion: v2\nname: web\nversion: 1\nfoo: 1\nmaintainers: [{name: x, email: y}]\n",
        "apiVersion: v1\nname: a/b\nversion: v1.2\nversion: 1.2\ntype: x\nicon: i\nsources: ['']\n",
        "apiVersion: v3\nname: ''\nversion: 0.0.0-0\nappVersion: 1.10\nmaintainers: [{url: x}]\n",
        "name: [\n",
    ];
    for text in charts {
        let env = chart("a: 1\n", "# {{ .Values.a }}\n");
        env.write("web/Chart.yaml", text);
        alike(&env, &["lint", "web"]);
        alike(&env, &["lint", "--strict", "web"]);
        alike(&env, &["lint", "--quiet", "web"]);
    }
    let env = chart("a: 1\n", "");
    alike(&env, &["lint", "nowhere"]);
    alike(&env, &["lint", "nowhere.tgz"]);
    alike(&env, &["lint"]);
    alike(&env, &["lint", "--kube-version", "x", "web"]);
}

#[test]
fn broken_templates_are_told_in_helms_words() {
    for template in [
        "kind: Pod\nmetadata: {name: A_b}\n---\nkind: Service\nmetadata: {name: 1a}\n",
        "kind: Role\nmetadata: {name: a/%}\n---\nkind: Namespace\nmetadata: {name: a.b}\n",
        "kind: Deployment\nmetadata: {name: 5}\n",
        "kind: List\nmetadata: {name: x}\nitems:\n- metadata:\n    annotations: \
         {helm.sh/resource-policy: keep}\n",
        "\n  a: 1\nmetadata: 1\n",
        "metadata: {name: [1]}\n",
        "- 1\n",
        "--- x\na: 1\n",
        "{\"a\": 1}\n{\"b\": 1}\n",
        "{{ required \"a is needed\" .Values.b }}{{ fail \"no\" }}\na: 1\n",
        "{{ .Values.a.b.c }}",
        "{{ .Values.a",
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: x}\n",
    ] {
        let env = chart("a: 1\n", template);
        env.write("web/templates/other.json", "{}");
        alike(&env, &["lint", "web", "--kube-version", "1.22"]);
    }
}

#[test]
fn every_deprecated_kind_is_told_in_helms_words() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../render/src/lint/deprecated.txt");
    let mut template = String::new();
    for row in fs::read_to_string(table).unwrap().lines() {
        let mut words = row.split(' ');
        let (version, kind) = (words.next().unwrap(), words.next().unwrap());
        let _ = write!(
            template,
            "---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n# matchLabels\n"
        );
    }
    let env = chart("", &template);
    for version in ["1.2", "1.15", "1.19", "1.22", "1.29", "1.37"] {
        let words = ["lint", "web", "--kube-version", version];
        let ours = env.rutter(&words).stdout;
        let helms = env.helm(&words).stdout;
        let lines = |text: &str| -> Vec<String> {
            let told = text.lines().filter(|line| line.contains(" is deprecated in "));
            told.map(str::to_owned).collect()
        };
        assert!(!lines(&helms).is_empty());
        assert_eq!(lines(&ours), lines(&helms), "{version}");
    }
}

#[test]
fn the_line_where_a_colon_is_missing_is_named() {
    let env = chart("image:\n  tag: 1\nreplicas\nport: 80\n", "");
    let said = env.rutter(&["lint", "web"]).stdout;
    // Helm's parser names line 4.
    assert!(said.contains("[ERROR] values.yaml: unable to parse YAML: "), "{said}");
    assert!(said.contains("yaml: line 4: "), "{said}");
    assert!(
        said.contains(
            "[ERROR] values.yaml:3:9: a colon is missing after `replicas`\n    3 | replicas\n      \
             |         ^\n"
        ),
        "{said}"
    );
}

#[test]
fn a_removed_api_is_an_error_and_an_unread_value_a_warning_of_ours() {
    let template = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: \
                    {{ .Values.name }}\n";
    let env = chart("name: x\nnaem: y\n", template);
    let said = env.rutter(&["lint", "web", "--kube-version", "1.25", "--strict"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains(
        "[ERROR] templates/a.yaml: policy/v1beta1 PodDisruptionBudget was removed in Kubernetes \
         v1.25: write apiVersion: policy/v1 (kind PodDisruptionBudget)\n"
    ));
    assert!(said.stdout.contains("[WARNING] values.yaml: naem is set, but nothing in the chart"));
    assert!(!said.stdout.contains("values.yaml: name is set"));
}

#[test]
fn called_helm_it_keeps_what_it_knows_beyond_helm_off_standard_output() {
    let env = chart("name: x\nnaem: y\n", "a: {{ .Values.name }}\nmetadata: {name: x}\n");
    let link = env.home().join("helm");
    std::os::unix::fs::symlink(crate::support::rutter(), &link).unwrap();
    let words = ["lint", "web", "--strict"];
    let ours = crate::support::answer(env.command(&link).args(words));
    assert_eq!(ours.stdout, env.helm(&words).success());
    assert!(ours.stderr.contains("level=WARN") && ours.stderr.contains("naem"), "{ours:?}");
}
