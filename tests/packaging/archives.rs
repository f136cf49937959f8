//! `package`: Helm's archives, and the same bytes every time.

use std::{fs, path::Path, process::Command};

use super::{charts, unpack};
use crate::support::Env;

fn names(archive: &Path) -> Vec<String> {
    let listed = Command::new("tar").arg("-tzf").arg(archive).output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn an_archive_holds_what_helms_holds_in_its_order() {
    let env = Env::new();
    for chart in charts(&env) {
        let path = chart.to_str().unwrap();
        let theirs = env.helm(&["package", path, "-d", "theirs"]);
        let ours = env.rutter(&["package", path, "-d", "ours"]);
        let said = theirs.success().replace("theirs/", "ours/");
        assert_eq!(ours.success(), said);
        let name = said.trim_end().rsplit('/').next().unwrap().to_owned();
        let (theirs, ours) =
            (env.home().join("theirs").join(&name), env.home().join("ours").join(&name));
        let (mut their_names, mut our_names) = (names(&theirs), names(&ours));
        let own = |names: &[String]| {
            names.iter().filter(|name| !name.contains("/charts/")).cloned().collect::<Vec<_>>()
        };
        assert_eq!(own(&our_names), own(&their_names), "{name}");
        // Helm's subcharts are in the order of a Go map: any.
        their_names.sort();
        our_names.sort();
        assert_eq!(our_names, their_names, "{name}");
        let folders = [env.home().join("left").join(&name), env.home().join("right").join(&name)];
        unpack(&theirs, &folders[0]);
        unpack(&ours, &folders[1]);
        let differ = Command::new("diff").arg("-r").args(&folders).output().unwrap();
        assert!(differ.status.success(), "{name}: {}", String::from_utf8_lossy(&differ.stdout));
        let shown = |path: &Path| env.helm(&["show", "all", path.to_str().unwrap()]).success();
        assert_eq!(shown(&ours), shown(&theirs));
        let read = env.rutter(&["show", "all", theirs.to_str().unwrap()]).success();
        assert_eq!(read, shown(&theirs));
    }
}

/// Reproducible builds: neither the checkout, nor the time, nor the time zone may show.
#[test]
fn the_same_chart_is_packed_to_the_same_bytes_elsewhere() {
    let bytes = |env: &Env, zone: &str, touched: &str| {
        let _ = env.helm(&["create", "web"]).success();
        let file = env.home().join("web/values.yaml");
        assert!(Command::new("touch").args(["-d", touched]).arg(file).status().unwrap().success());
        let done =
            env.command(crate::support::rutter()).env("TZ", zone).args(["package", "web"]).output();
        assert!(done.unwrap().status.success());
        fs::read(env.home().join("web-0.1.0.tgz")).unwrap()
    };
    let one = bytes(&Env::new(), "UTC", "2020-01-01");
    let other = bytes(&Env::new(), "Asia/Shanghai", "2001-02-03");
    assert!(one == other);
    let dated = bytes(&Env::new().with("SOURCE_DATE_EPOCH", "1700000000"), "UTC", "2020-01-01");
    assert!(one != dated);
}

/// The lines and codes of Helm 4.3.1 for everything that can go wrong.
#[test]
fn package_refuses_what_helm_refuses_in_its_words() {
    let env = Env::new();
    let _ = env.helm(&["create", "web"]).success();
    let _ = env.helm(&["create", "lacking"]).success();
    env.write("lacking/Chart.yaml", "apiVersion: v2\nname: lacking\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.x\n  repository: \"\"\n");
    let _ = env.helm(&["create", "broken"]).success();
    env.write("broken/values.schema.json", "{");
    for line in [
        &["package"][..],
        &["package", "nope"],
        &["package", "web/Chart.yaml"],
        &["package", "web", "--version", "1.x"],
        &["package", "web", "-d", "web/Chart.yaml"],
        &["package", "web", "--sign"],
        &["package", "lacking"],
        &["package", "broken"],
        &["package", "web", "web", "-d", "out", "--version", "1.2", "--app-version", "5"],
    ] {
        let (ours, theirs) = (env.rutter(line), env.helm(line));
        assert_eq!(ours.code, theirs.code, "{ours:#?}{theirs:#?}");
        assert_eq!(ours.stdout, theirs.stdout, "{line:?}");
        assert_eq!(ours.stderr.lines().next(), theirs.stderr.lines().next(), "{line:?}");
    }
}

#[test]
fn what_helmignore_names_stays_out_of_an_archive() {
    let env = Env::new();
    let _ = env.helm(&["create", "web"]).success();
    env.write("web/notes.tmp", "x");
    env.write("web/drafts/one.md", "x");
    env.write("web/.helmignore", "*.tmp\ndrafts/\n");
    let _ = env.rutter(&["package", "web"]).success();
    let names = names(&env.home().join("web-0.1.0.tgz"));
    assert!(names.contains(&"web/Chart.yaml".to_owned()));
    assert!(!names.iter().any(|name| name.contains("notes.tmp") || name.contains("drafts")));
}
