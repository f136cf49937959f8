//! What is refused before anything is written: no event, no object.

use super::{Said, Stage, config_map};
use crate::support::{Env, cluster::nobody};

#[test]
fn a_cluster_that_cannot_be_reached_is_named() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    let nowhere = "--kube-apiserver=https://127.0.0.1:1";
    for words in [
        &["install", "web", &chart, nowhere][..],
        &["upgrade", "web", &chart, nowhere],
        &["uninstall", "web", nowhere],
        &["rollback", "web", "1", nowhere],
        &["install", "web", &chart, "--kube-context=nowhere"],
    ] {
        stage.refused_as_by_helm(words);
    }
    // Helm asks for the version first; a read asks for what it wants to know.
    let path = format!("/api/v1/namespaces/{}/secrets", stage.namespace.name());
    for words in [&["list", nowhere][..], &["status", "web", nowhere], &["history", "web", nowhere]]
    {
        let said = Said::of(stage.rutter(words));
        let helms = super::error_of(&stage.helm(words).failure(1));
        assert_eq!(said.message.replace(&path, "/version"), helms, "{words:?}");
        assert!(said.hint.contains("--offline"), "{}", said.hint);
    }
    stage.is_untouched_by("web");
}

#[test]
fn a_connection_that_is_not_to_be_trusted_or_not_understood_is_refused_as_by_helm() {
    let stage = Stage::new();
    let whole = std::fs::read_to_string(crate::support::cluster::kubeconfig()).unwrap();
    let without = |start: &str, instead: &str| -> String {
        let lines = whole.lines().map(|it| if it.trim().starts_with(start) { instead } else { it });
        lines.collect::<Vec<_>>().join("\n")
    };
    let secret = "token: correct-horse-battery-staple";
    for (name, text) in [
        ("authority", without("certificate-authority-data:", "")),
        ("broken", format!("a: [{secret}\n")),
        ("twisted", format!("{secret}\n  b: c\n")),
        ("unclosed", format!("{{{secret}\n")),
    ] {
        let file = stage.env.write(name, text);
        let words = ["list", "--kubeconfig", file.to_str().unwrap()];
        let said = Said::of(stage.env.rutter(&words));
        let helms = super::error_of(&stage.env.helm(&words).failure(1));
        let path = "/api/v1/namespaces/default/secrets";
        assert_eq!(said.message.replace(path, "/version"), helms, "{name}");
        assert!(!said.message.contains("horse"), "{}", said.message);
    }
    // One that is YAML and nothing else is quoted by neither.
    let file = stage.env.write("list", format!("[\"{secret}\"]\n"));
    let said = Said::of(stage.env.rutter(&["list", "--kubeconfig", file.to_str().unwrap()]));
    assert!(!said.message.contains("horse"), "{}", said.message);
    // A user whom the server does not know.
    let text = without("client-certificate-data:", "    token: unknown");
    let text: Vec<&str> = text.lines().filter(|it| !it.contains("client-key-data")).collect();
    let file = stage.env.write("stranger", text.join("\n"));
    let said = Said::of(stage.env.rutter(&["list", "--kubeconfig", file.to_str().unwrap()]));
    assert!(said.message.starts_with("kubernetes cluster unreachable: "), "{}", said.message);
    assert!(said.hint.contains("log in again"), "{}", said.hint);
    let context = whole.lines().find_map(|it| it.strip_prefix("current-context: ")).unwrap();
    assert!(said.hint.contains(&format!("context `{context}`")), "{}", said.hint);
}

#[test]
fn a_name_that_is_taken_is_refused_before_the_chart_is_rendered() {
    let stage = Stage::new();
    stage.rutter(&["install", "web", &stage.good_chart()]).success();
    let events = stage.log(&[]).len();
    let broken = stage.chart("broken", "{{ fail \"rendered\" }}");
    let said = stage.refused_as_by_helm(&["install", "web", &broken]);
    assert_eq!(said.hint, "`rutter upgrade --install web` does either");
    assert_eq!(stage.log(&[]).len(), events);
}

#[test]
fn yaml_that_is_none_is_named_by_file_line_and_column() {
    let stage = Stage::new();
    let chart = stage.chart("bad", &config_map("a", "b: c\n d: e"));
    let said = stage.refused_as_by_helm(&["install", "web", &chart]);
    assert!(said.hint.starts_with("bad/templates/all.yaml:7:2, "), "{}", said.hint);

    let chart = stage.good_chart();
    stage.env.write("values.yaml", "a:\n  - b\n c: d\n");
    let said = stage.refused_as_by_helm(&["install", "web", &chart, "-f", "values.yaml"]);
    assert!(said.hint.starts_with("values.yaml:3:2 "), "{}", said.hint);

    stage.env.write("good/values.yaml", "a: b\n---\nc: d\n---\nx: [1\n");
    let said = stage.refused_as_by_helm(&["install", "web", &chart]);
    assert!(said.hint.starts_with("values.yaml:6:1 "), "{}", said.hint);
    stage.is_untouched_by("web");
}

#[test]
fn a_template_that_fails_and_a_value_that_is_missing_are_named_by_place() {
    let stage = Stage::new();
    for (name, template, place) in [
        ("parse", "a: {{ .Values.a \nb: {{ end }}\n", "parse/templates/all.yaml:2"),
        ("fails", "a: {{ .Values.b.c.d }}\n", "fails/templates/all.yaml:1:13"),
        ("calls", "a: {{ include \"nowhere\" . }}\n", "calls/templates/all.yaml:1:6"),
        (
            "needs",
            "a: {{ required \"set .Values.b\" .Values.b }}\n",
            "needs/templates/all.yaml:1:6",
        ),
        ("types", "a: {{ add 1 (dict) | lt 1.5 }}\n", "types/templates/all.yaml:1"),
    ] {
        let chart = stage.chart(name, template);
        let said = stage.refused_as_by_helm(&["install", "web", &chart]);
        assert!(said.message.contains(place), "{}", said.message);
    }
    stage.is_untouched_by("web");
}

#[test]
fn a_kind_that_is_not_served_is_refused_with_all_that_are() {
    let stage = Stage::new();
    let old = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata:\n  name: a\n";
    let odd = "apiVersion: example.org/v1\nkind: Odd\nmetadata:\n  name: b\n";
    let good = config_map("c", "d: e");
    let chart = stage.chart("old", &format!("{good}---\n{old}"));
    let said = stage.refused_as_by_helm(&["install", "web", &chart]);
    assert!(said.hint.contains("Deployment in extensions/v1beta1"), "{}", said.hint);
    let chart = stage.chart("odd", &format!("{good}---\n{old}---\n{odd}"));
    let said = stage.refused_as_by_helm(&["install", "web", &chart]);
    assert!(said.hint.contains("Odd in example.org/v1"), "{}", said.hint);
    stage.is_untouched_by("web");
}

#[test]
fn an_object_of_another_release_is_left_alone() {
    let stage = Stage::new();
    let chart = stage.chart("fixed", &config_map("shared", "a: b"));
    stage.rutter(&["install", "one", &chart]).success();
    let objects = stage.objects();
    let said = stage.refused_as_by_helm(&["install", "two", &chart]);
    assert!(said.message.contains("current value is \"one\""), "{}", said.message);
    assert!(said.hint.contains("--take-ownership"), "{}", said.hint);
    assert_eq!(stage.events("two"), Vec::<String>::new());
    assert_eq!(stage.objects(), objects);
    // The same for what nobody manages.
    stage.namespace.kubectl(&["create", "configmap", "bare"]).success();
    let chart = stage.chart("bare", &config_map("bare", "a: b"));
    stage.refused_as_by_helm(&["install", "three", &chart]);
    assert_eq!(stage.events("three"), Vec::<String>::new());
}

#[test]
fn what_the_user_may_not_see_or_list_is_refused_by_user_verb_resource_and_namespace() {
    let mut stage = Stage::new();
    stage.env = Env::new().with("KUBECONFIG", nobody().to_str().unwrap());
    let chart = stage.good_chart();
    let namespace = stage.namespace.name().to_owned();
    let said = stage.refused_as_by_helm(&["list"]);
    let wanted =
        format!("user `nobody` needs the right to list secrets in namespace `{namespace}`");
    assert_eq!(said.hint, wanted);
    let said = stage.refused_as_by_helm(&["upgrade", "web", &chart]);
    assert!(said.hint.starts_with(&format!("{wanted}\n")), "{}", said.hint);
    // Secrets alone are not enough: each object is read before it is written.
    let rules = ["--verb=get,list,create,update,patch,delete", "--resource=secrets"];
    allow(&stage, "secrets", &rules);
    let said = stage.refused_as_by_helm(&["install", "web", &chart]);
    let wanted =
        format!("user `nobody` needs the right to get configmaps in namespace `{namespace}`\n");
    assert!(said.hint.starts_with(&wanted), "{}", said.hint);
    stage.is_untouched_by("web");
}

#[test]
fn a_chart_or_a_file_that_is_not_there_is_named() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    for words in [
        &["install", "web", "./nowhere"][..],
        &["install", "web", &chart, "-f", "nowhere.yaml"],
        &["install", "web", &chart, "--set-file", "a=nowhere"],
        &["install", "Web_1", &chart],
        &["install", "web", &chart, "more"],
    ] {
        let ours = super::said_by_us(&stage.rutter(words).failure(1));
        let helms = super::said_by_us(&stage.helm(words).failure(1));
        assert_eq!(crate::support::helms_part(&ours), helms, "{words:?}");
    }
    stage.is_untouched_by("web");
}

/// Gives `nobody` a right in the stage's namespace.
pub(super) fn allow(stage: &Stage, name: &str, rules: &[&str]) {
    let role = format!("--role={name}");
    stage.namespace.kubectl(&[&["create", "role", name], rules].concat()).success();
    let binding = ["create", "rolebinding", name, &role, "--user=nobody"];
    stage.namespace.kubectl(&binding).success();
}
