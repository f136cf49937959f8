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
