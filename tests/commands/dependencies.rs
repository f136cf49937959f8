//! Dependencies: what Helm locks we take, what we lock Helm takes.

use std::{fs, path::Path, process::Command};

use super::alike;
use crate::support::{Env, web::Web};

/// The charts of `tests/charts`, in the home folder.
fn shelf() -> Env {
    let env = Env::new();
    let charts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/charts");
    let copied = Command::new("cp").arg("-r").arg(charts.join(".")).arg(env.home()).status();
    assert!(copied.unwrap().success());
    env
}

/// A chart in `web` with these dependencies.
fn asking(dependencies: &str) -> Env {
    let env = Env::new();
    env.write(
        "web/Chart.yaml",
        format!("apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n{dependencies}"),
    );
    env
}

/// Packs versions of a chart `db` with Helm and indexes them at `url`.
fn repository(env: &Env, folder: &str, url: &str) {
    fs::create_dir_all(env.home().join(folder)).unwrap();
    for version in ["1.0.0", "1.4.2", "2.0.0", "2.1.0-rc.1"] {
        env.write("db/Chart.yaml", format!("apiVersion: v2\nname: db\nversion: {version}\n"));
        env.helm(&["package", "db", "-d", folder]).success();
    }
    env.helm(&["repo", "index", folder, "--url", url]).success();
}

fn digest(env: &Env, file: &str) -> String {
    let text = fs::read_to_string(env.home().join(file)).unwrap();
    text.lines().find(|line| line.starts_with("digest: ")).unwrap().to_owned()
}

#[test]
fn a_chart_with_all_the_files_of_the_tutorial_is_read_shown_and_rendered() {
    let env = shelf();
    env.rutter(&["dependency", "update", "shelf"]).success();
    alike(&env, &["lint", "shelf"]);
    for part in ["chart", "values", "readme", "all"] {
        alike(&env, &["show", part, "shelf"]);
    }
    alike(&env, &["template", "my", "shelf"]);
    alike(&env, &["dependency", "list", "shelf"]);
    let sandbox = shelf().with("RUTTER_SANDBOX", "1");
    let said = sandbox.rutter(&["install", "my", "shelf", "--dependency-update"]).success();
    assert!(said.contains("Saving 1 charts\n") && said.contains("The shelf says hello."), "{said}");
}

#[test]
fn the_list_says_how_each_dependency_stands() {
    let env = asking(
        "- {name: there, version: 1.x, repository: '@a'}\n- {name: old, version: '>=2', \
         repository: ''}\n- {name: gone, version: 1.0.0, repository: 'https://example.org/charts'}\n\
         - {name: broken, version: x y, repository: ''}\n",
    );
    for name in ["there", "old", "broken", "stranger"] {
        let text = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
        env.write(&format!("web/charts/{name}/Chart.yaml"), text);
    }
    alike(&env, &["dependency", "list", "web"]);
    alike(&env, &["dep", "ls", "web", "--max-col-width", "10"]);
    alike(&env, &["dependency", "list", "nowhere"]);
    alike(&env, &["dependency", "list", "web/charts/there"]);
}

#[test]
fn a_lock_of_ours_and_one_of_helms_have_the_same_digest() {
    for version in ["^1.2.0", "1.2.3", ">=1 <2", "*"] {
        let (ours, helms) = (shelf(), shelf());
        let text = format!(
            "dependencies:\n- name: part\n  version: '{version}'\n  repository: file://../part\n  \
             tags: [a, b]\n  condition: part.enabled\n  alias: other\n  import-values: [x, {{child: \
             a, parent: b}}]\n"
        );
        for env in [&ours, &helms] {
            env.write("shelf/requirements.yaml", &text);
        }
        let said = ours.rutter(&["dependency", "update", "shelf"]).success();
        assert_eq!(said, helms.helm(&["dependency", "update", "shelf"]).success());
        let lock = "shelf/requirements.lock";
        assert_eq!(digest(&ours, lock), digest(&helms, lock), "{version}");
        // Each builds from the other's lock.
        fs::remove_dir_all(ours.home().join("shelf/charts")).unwrap();
        fs::remove_dir_all(helms.home().join("shelf/charts")).unwrap();
        let built = ours.helm(&["dependency", "build", "shelf"]).success();
        assert_eq!(built, helms.rutter(&["dependency", "build", "shelf"]).success());
        for env in [&ours, &helms] {
            assert!(env.home().join("shelf/charts/part-1.2.3.tgz").is_file());
        }
    }
}

#[test]
fn a_lock_that_is_not_of_what_is_asked_for_is_refused_in_helms_words() {
    let env = asking("- {name: part, version: 1.x, repository: 'file://../part'}\n");
    env.write("part/Chart.yaml", "apiVersion: v2\nname: part\nversion: 1.2.3\n");
    env.rutter(&["dependency", "update", "web"]).success();
    let lock = env.home().join("web/Chart.lock");
    let before = fs::read(&lock).unwrap();
    env.rutter(&["dependency", "update", "web"]).success();
    assert_eq!(fs::read(&lock).unwrap(), before, "the digest is the same: nothing is written");
    let chart = env.home().join("web/Chart.yaml");
    let text = fs::read_to_string(&chart).unwrap().replace("1.x", "1.2.x");
    fs::write(&chart, text).unwrap();
    alike(&env, &["dependency", "build", "web"]);
    assert!(
        !env.home()
            .join("web")
            .read_dir()
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().starts_with("tmpcharts") })
    );
}

#[test]
fn mistakes_are_told_in_helms_words() {
    for dependencies in [
        "- {name: x, version: 1.0.0, repository: stable}\n",
        "- {name: x, version: 1.0.0, repository: '@stable'}\n",
        "- {name: x, version: 1.0.0, repository: 'file://../nowhere'}\n",
        "- {name: x, version: '>>1', repository: 'file://../db'}\n",
        "- {name: x, version: 9.x, repository: 'file://../db'}\n",
        "- {name: x, version: 1.0.0}\n",
    ] {
        let env = asking(dependencies);
        env.write("db/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n");
        alike(&env, &["dependency", "update", "web"]);
    }
    let env = asking("- {name: x, version: 1.0.0, repository: '@a'}\n");
    alike(&env, &["dependency", "update", "nowhere"]);
    alike(&env, &["dependency", "update", "web/Chart.yaml"]);
    alike(&env, &["dependency", "build", "a", "b"]);
}

#[test]
fn charts_come_from_repositories_added_and_not() {
    let site = tempfile::tempdir().unwrap();
    let web = Web::new(site.path());
    let url = web.url("");
    for (repository_of, added) in
        [("@mine", true), ("alias:mine", true), (&*url, true), (&*url, false)]
    {
        let env =
            asking(&format!("- {{name: db, version: ^1.0.0, repository: '{repository_of}'}}\n"));
        repository(&env, "site", &url);
        for file in fs::read_dir(env.home().join("site")).unwrap() {
            let file = file.unwrap().path();
            fs::copy(&file, site.path().join(file.file_name().unwrap())).unwrap();
        }
        if added {
            env.helm(&["repo", "add", "mine", &url]).success();
        }
        env.write("web/charts/db-1.0.0.tgz", fs::read(site.path().join("db-1.0.0.tgz")).unwrap());
        let ours = env.rutter(&["dependency", "update", "web"]).success();
        let folder = env.home().join("web/charts");
        assert!(folder.join("db-1.4.2.tgz").is_file(), "{ours}");
        assert!(!folder.join("db-1.0.0.tgz").exists(), "outdated archives go");
        let lock = digest(&env, "web/Chart.lock");
        fs::remove_file(env.home().join("web/Chart.lock")).unwrap();
        let helms = env.helm(&["dependency", "update", "web"]).success();
        assert_eq!(ours, helms);
        assert_eq!(lock, digest(&env, "web/Chart.lock"));
        alike(&env, &["dependency", "build", "web"]);
        alike(&env, &["dependency", "update", "web", "--skip-refresh"]);
    }
}

#[test]
fn a_server_that_fails_leaves_charts_as_they_were() {
    let env = asking("- {name: db, version: 1.0.0, repository: 'http://127.0.0.1:1/charts'}\n");
    env.write("web/charts/_kept", "");
    let said = env.rutter(&["dependency", "update", "web"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stdout.contains("...Unable to get an update from the \"http://127.0.0.1:1/charts\"")
    );
    let left: Vec<_> = fs::read_dir(env.home().join("web/charts")).unwrap().collect();
    assert_eq!(left.len(), 1);
    assert!(!env.home().join("web/Chart.lock").exists());
}

#[test]
fn a_starter_gives_a_new_chart_its_files() {
    let starter = |env: &Env, base: &str| {
        env.write(&format!("{base}/Chart.yaml"), "apiVersion: v2\nname: s\nversion: 9.9.9\n");
        env.write(&format!("{base}/values.yaml"), "# of <CHARTNAME>\nname: <CHARTNAME>\n");
        env.write(&format!("{base}/templates/a.yaml"), "name: <CHARTNAME>\n");
        env.write(&format!("{base}/README.md"), "<CHARTNAME> stays\n");
    };
    let (ours, helms) = (Env::new(), Env::new());
    for env in [&ours, &helms] {
        starter(env, ".local/share/helm/starters/mine");
    }
    let words = ["create", "new/web", "--starter", "mine"];
    assert_eq!(ours.rutter(&words).success(), helms.helm(&words).success());
    let tree = |env: &Env| crate::support::web::tree(&env.home().join("new"));
    assert_eq!(tree(&ours), tree(&helms));
    assert!(!tree(&ours).is_empty());
    alike(&ours, &["create", "x", "-p", "nowhere"]);
}
