//! Below Helm's text stand the lines that an error is about: in real charts, broken on purpose, at
//! the very place where they were broken.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::said_by_us;
use crate::support::{Env, answer, helms_part, rutter};

const CHARTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conformance/charts");

const SECRET: &str = "correct-horse-battery-staple";

/// A real chart, unpacked to be broken.
struct Broken {
    env: Env,
    /// Its name, which is also its folder.
    name: &'static str,
}

impl Broken {
    fn new(archive: &'static str) -> Self {
        let env = Env::new();
        let packed = format!("{CHARTS}/{archive}.tgz");
        let mut unpack = Command::new("tar");
        unpack.args(["-xzf", &packed, "-C"]).arg(env.home());
        assert!(unpack.status().unwrap().success());
        Self { env, name: archive.rsplit('/').next().unwrap() }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.env.home().join(self.name).join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Appends a line to a file; returns its number.
    fn append(&self, file: &str, line: &str) -> usize {
        let mut text = self.read(file).trim_end().to_owned();
        text.push('\n');
        text.push_str(line);
        text.push('\n');
        fs::write(self.path(file), &text).unwrap();
        text.lines().count()
    }

    /// Puts a line behind the first that contains `after`; returns its number.
    fn insert(&self, file: &str, after: &str, line: &str) -> usize {
        let text = self.read(file);
        let at = text.lines().position(|it| it.contains(after)).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(at + 1, line);
        fs::write(self.path(file), lines.join("\n") + "\n").unwrap();
        at + 2
    }

    /// Renders it with rutter and Helm, both of which refuse in the same words; returns what rutter
    /// says below them.
    #[track_caller]
    fn refused(&self, more: &[&str]) -> String {
        let words = [&["template", "web", self.name], more].concat();
        let ours = said_by_us(&self.env.rutter(&words).failure(1));
        let helms = said_by_us(&self.env.helm(&words).failure(1));
        assert_eq!(helms_part(&ours).trim_end(), helms.trim_end(), "{words:?}");
        ours[helms_part(&ours).len()..].to_owned()
    }
}

/// Where in a line a word begins, in characters from one.
fn column(line: &str, word: &str) -> usize {
    line.find(word).unwrap() + 1
}

/// Real charts, and a template of each that renders by default.
const REAL: [(&str, &str); 4] = [
    ("stable/mysql", "templates/svc.yaml"),
    ("bitnami/nginx", "templates/deployment.yaml"),
    ("ingress-nginx/ingress-nginx", "templates/controller-deployment.yaml"),
    ("cert-manager/cert-manager", "templates/deployment.yaml"),
];

#[test]
fn each_kind_of_mistake_is_shown_at_its_very_place() {
    for (archive, file) in REAL {
        for (line, word) in [
            ("x: {{ nosuch }}", "nosuch"),
            ("x: {{ .Values.no.such.value }}", ".such.value"),
            ("x: {{ .Release.Name.no.such }}", ".no.such"),
            ("x: {{ required \"give it\" .Values.noSuch }}", "required"),
            ("x: {{ index (list 1) 5 }}", "index"),
            ("x: {{ include \"nosuch\" . }}", "include"),
            ("x: {{ \"never closed }}", "\"never"),
            ("x: a: b", ": b"),
        ] {
            let chart = Broken::new(archive);
            let number = chart.append(file, line);
            let below = chart.refused(&[]);
            let title = format!("--> {}/{file}:{number}:{}\n", chart.name, column(line, word));
            assert!(below.contains(&title), "{archive}, {line}: {title}{below}");
            assert!(below.contains(&format!("\n{number} | {line}\n")), "{below}");
        }
    }
}

#[test]
fn what_an_included_template_wrote_is_shown_there_with_who_included_it() {
    for (archive, helper, define) in [
        (
            "ingress-nginx/ingress-nginx",
            "templates/_helpers.tpl",
            "define \"ingress-nginx.labels\"",
        ),
        ("cert-manager/cert-manager", "templates/_helpers.tpl", "define \"labels\""),
        (
            "prometheus-community/kube-prometheus-stack",
            "templates/_helpers.tpl",
            "define \"kube-prometheus-stack.labels\"",
        ),
    ] {
        for (line, word) in [("bad: a: b", ": b"), ("bad: {{ .Values.no.such }}", ".such")] {
            let chart = Broken::new(archive);
            let number = chart.insert(helper, define, line);
            let below = chart.refused(&[]);
            let title = format!("--> {}/{helper}:{number}:{}\n", chart.name, column(line, word));
            assert!(below.contains(&title), "{archive}: {title}{below}");
            let by = format!(" = included from {}/templates/", chart.name);
            assert!(below.contains(&by), "{archive}: {below}");
        }
    }
}

#[test]
fn the_line_that_a_template_made_is_shown_unless_it_may_be_secret() {
    let chart = Broken::new("stable/mysql");
    chart.append("templates/svc.yaml", "x: {{ .Values.odd }}");
    let below = chart.refused(&["--set-string", "odd=a: b"]);
    assert!(below.contains("(its output):"), "{below}");
    assert!(below.contains("| x: a: b\n"), "{below}");
    assert!(below.contains("mapping values are not allowed in this context"), "{below}");

    let chart = Broken::new("stable/mysql");
    let number = chart.append("templates/secrets.yaml", "  x: {{ .Values.odd }}");
    let odd = format!("odd={SECRET}: b");
    let below = chart.refused(&["--set-string", &odd]);
    let title = format!("--> mysql/templates/secrets.yaml:{number}:");
    assert!(below.contains(&title) && below.contains("may be part of a Secret"), "{below}");
    assert!(!below.contains(SECRET) && !below.contains("(its output)"), "{below}");
}

#[test]
fn a_name_that_was_probably_meant_is_told() {
    for (line, meant) in [
        ("x: {{ .Values.image.tag | qoute }}", "`quote`"),
        ("x: {{ include \"mysql.fulname\" . }}", "`mysql.fullname`"),
        ("x: {{ .Values.persistense.size }}", "`.Values.persistence`"),
    ] {
        let chart = Broken::new("stable/mysql");
        chart.append("templates/svc.yaml", line);
        let below = chart.refused(&[]);
        assert!(below.contains(&format!(" = did you mean {meant}?")), "{below}");
    }
}

#[test]
fn an_action_that_is_not_closed_is_shown_with_where_it_begins() {
    let chart = Broken::new("stable/mysql");
    let number = chart.append("templates/svc.yaml", "x: {{ .Values.image\ny: {{ .Values.image }}");
    let below = chart.refused(&[]);
    assert!(below.contains(&format!("mysql/templates/svc.yaml:{number}:1\n")), "{below}");
    let begins = format!("the action begins in line {} and is not closed there", number - 1);
    assert!(below.contains(&begins), "{below}");
}

#[test]
fn values_that_are_none_are_shown_by_their_keys() {
    let chart = Broken::new("stable/mysql");
    chart.env.write("my.yaml", format!("a: {SECRET}\nimage: {SECRET}\n  tag: {SECRET}\n"));
    let below = chart.refused(&["-f", "my.yaml"]);
    assert!(below.contains("--> my.yaml:3:6\n"), "{below}");
    assert!(below.contains("\n2 | image: …\n3 |   tag: …\n  |      ^"), "{below}");
    assert!(!below.contains(SECRET), "{below}");

    let set = format!("a={SECRET},b[x]={SECRET}");
    let below = chart.refused(&["--set", &set]);
    assert!(below.contains("--> --set\n  |\n1 | a=…,b[x]…\n  |        ^\n"), "{below}");
    assert!(!below.contains(SECRET), "{below}");

    let below = chart.refused(&["--set-json", "a=1,b={]"]);
    let reason = "invalid character ']' looking for beginning of object key string";
    let wanted = format!("--> --set-json\n  |\n1 | a=…,b=…\n  |       ^ {reason}\n");
    assert!(below.contains(&wanted), "{below}");

    let number = chart.append("values.yaml", &format!("odd: {SECRET}\n more: {SECRET}"));
    let below = chart.refused(&[]);
    assert!(below.contains(&format!("--> values.yaml:{number}:6\n")), "{below}");
    assert!(below.contains(" |  more: …\n") && !below.contains(SECRET), "{below}");
}

#[test]
fn a_value_that_a_schema_refuses_is_shown_where_it_was_written() {
    let chart = Broken::new("stable/mysql");
    let values = chart.read("values.yaml");
    let number = values.lines().position(|it| it.starts_with("imageTag:")).unwrap() + 1;
    let in_values = format!("--> mysql/values.yaml:{number}:1\n");
    chart.env.write("my.yaml", format!("persistence:\n  size: {SECRET}\n"));
    let set = format!("mysqlRootPassword={SECRET}");
    // One at a time: Helm tells several in any order.
    for (properties, place) in [
        (r#""imageTag": {"type": "integer"}"#, in_values.as_str()),
        (r#""persistence": {"properties": {"size": {"type": "integer"}}}"#, "--> my.yaml:2:3\n"),
        (
            r#""mysqlRootPassword": {"type": "integer"}"#,
            "--> --set\n  |\n1 | mysqlRootPassword=…\n",
        ),
    ] {
        let schema = format!("{{\"properties\": {{{properties}}}}}");
        fs::write(chart.path("values.schema.json"), schema).unwrap();
        let below = chart.refused(&["-f", "my.yaml", "--set", &set]);
        assert!(below.contains(place) && !below.contains(SECRET), "{below}");
    }
}

#[test]
fn what_is_not_helms_is_a_line_of_log_by_the_name_of_helm() {
    let chart = Broken::new("stable/mysql");
    chart.append("templates/svc.yaml", "x: {{ nosuch }}");
    let helm: &Path = &chart.env.home().join("bin/helm");
    fs::create_dir_all(helm.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(rutter(), helm).unwrap();
    let words = ["template", "web", "mysql"];
    let ours = answer(chart.env.command(helm).args(words)).failure(1);
    let logged = ours.lines().filter(|line| line.starts_with("level=INFO msg=")).count();
    assert!(logged > 5, "{ours}");
    assert_eq!(said_by_us(&ours), said_by_us(&chart.env.helm(&words).failure(1)));
}
