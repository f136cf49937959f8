//! The chart that `create` makes renders the objects that Helm's created chart renders.

use crate::support::Env;

const VALUES: &[&[&str]] = &[
    &[],
    &["--set", "ingress.enabled=true"],
    &[
        "--set",
        "ingress.enabled=true,ingress.className=nginx,ingress.annotations.a=b,\
         ingress.tls[0].secretName=s,ingress.tls[0].hosts[0]=h",
    ],
    &["--set", "autoscaling.enabled=true,autoscaling.targetMemoryUtilizationPercentage=50"],
    &["--set", "httpRoute.enabled=true,httpRoute.annotations.a=b"],
    &["--set", "nameOverride=xx"],
    &["--set", "fullnameOverride=yy-"],
    &["--set", "serviceAccount.create=false"],
    &["--set", "serviceAccount.create=false,serviceAccount.name=q"],
    &["--set", "serviceAccount.name=z,serviceAccount.annotations.a=b"],
    &[
        "--set",
        "image.tag=2,podLabels.a=b,podAnnotations.c=d,nodeSelector.e=f,imagePullSecrets[0].name=x,\
         resources.limits.cpu=1,volumes[0].name=v,volumeMounts[0].name=v,tolerations[0].key=a,\
         affinity.a.b=c,podSecurityContext.fsGroup=1,securityContext.runAsUser=2",
    ],
    &["--set", "service.port=8080,service.type=NodePort"],
    &["--set", "livenessProbe=null,readinessProbe=null,replicaCount=3"],
];

/// The objects of a manifest, in an order of their own, with their fields in one, too.
fn objects(manifest: &str) -> Vec<String> {
    let mut objects: Vec<String> = render::yaml::split(manifest)
        .iter()
        .map(|document| render::yaml::read_json(document.text).unwrap().to_string())
        .collect();
    objects.sort();
    objects
}

#[test]
fn our_created_chart_renders_the_objects_of_helms() {
    let env = Env::new();
    env.write("ours/x", "");
    env.write("helms/x", "");
    env.rutter(&["create", "ours/web"]).success();
    env.helm(&["create", "helms/web"]).success();
    for values in VALUES {
        for name in ["my", "web-1", &"a".repeat(50)] {
            let words = |chart: &'static str| [&["template", name, chart], *values].concat();
            let ours = env.helm(&words("ours/web")).success();
            let helms = env.helm(&words("helms/web")).success();
            assert_eq!(objects(&ours), objects(&helms), "{name} {values:?}");
            let rendered_by_us = env.rutter(&words("ours/web")).success();
            assert_eq!(rendered_by_us, ours, "{name} {values:?}");
        }
    }
}

#[test]
fn the_created_chart_of_tera_renders_what_that_of_go_does_to_the_byte() {
    let env = Env::new();
    env.write("go/x", "");
    env.write("tera/x", "");
    env.rutter(&["create", "go/web"]).success();
    env.rutter(&["create", "tera/web", "--engine", "tera"]).success();
    for values in VALUES {
        for name in ["my", "web-1", &"a".repeat(50)] {
            let words = |chart: &'static str| [&["template", name, chart], *values].concat();
            let gos = env.rutter(&words("go/web")).success();
            let teras = env.rutter(&words("tera/web")).success();
            assert_eq!(teras, gos, "{name} {values:?}");
        }
        assert_eq!(notes(&env, "tera/web", values), notes(&env, "go/web", values), "{values:?}");
    }
}

/// What a dry run of an install in the sandbox tells below its manifest.
fn notes(env: &Env, chart: &str, values: &[&str]) -> String {
    let chart = env.home().join(chart);
    let words = ["install", "my", chart.to_str().unwrap(), "--dry-run=client"];
    let told = Env::in_sandbox().rutter(&[&words[..], values].concat()).success();
    told.split_once("\nNOTES:\n").map(|(_, notes)| notes.to_owned()).unwrap()
}

#[test]
fn the_created_chart_of_tera_is_linted_and_packed_as_any_other() {
    let env = Env::new();
    env.rutter(&["create", "web", "--engine", "tera"]).success();
    let said = env.rutter(&["lint", "web", "--strict"]).success();
    assert!(said.contains("1 chart(s) linted, 0 chart(s) failed"), "{said}");
    env.rutter(&["package", "web"]).success();
    let from_folder = env.rutter(&["template", "my", "web"]).success();
    assert_eq!(env.rutter(&["template", "my", "web-0.1.0.tgz"]).success(), from_folder);
    let shown = env.rutter(&["show", "chart", "web-0.1.0.tgz"]).success();
    assert!(shown.contains("engine: tera\n"), "{shown}");
    // Helm has no such engine, and reads the templates as Go's.
    let said = env.helm(&["template", "my", "web"]).failure(1);
    assert!(said.contains("parse error at (web/templates/"), "{said}");
    let said = env.rutter(&["create", "web", "--engine", "jinja"]).failure(1);
    assert!(said.contains("jinja") && said.contains("tera"), "{said}");
}

#[test]
fn create_makes_helms_files_and_says_what_it_overwrites() {
    let env = Env::new();
    let files = |folder: &str| {
        let mut names = Vec::new();
        walk(&env.home().join(folder), "", &mut names);
        names.sort();
        names
    };
    env.write("h/x", "");
    env.rutter(&["create", "web"]).success();
    env.helm(&["create", "h/web"]).success();
    assert_eq!(files("web"), files("h/web"));
    let again = env.rutter(&["create", "web"]).success();
    let helms = env.helm(&["create", "web"]).success();
    assert_eq!(again, helms);
}

fn walk(folder: &std::path::Path, prefix: &str, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            walk(&path, &name, names);
        }
        names.push(name);
    }
}
