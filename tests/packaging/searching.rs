//! `search`: Helm's findings, in its order and its form.

use std::fs;

use super::stocked;
use crate::support::Env;

/// Two repositories whose indexes are cached where both programs look.
fn searched() -> Env {
    let env = Env::new();
    let site = stocked(&env);
    let _ = env.helm(&["create", "web"]).success();
    for version in ["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1"] {
        let _ = env.helm(&["package", "web", "--version", version, "-d", "site"]).success();
    }
    let _ = env.helm(&["repo", "index", "site"]).success();
    let index = fs::read_to_string(site.join("index.yaml")).unwrap();
    env.write(".cache/helm/repository/many-index.yaml", index);
    env.write(
        ".cache/helm/repository/odd-index.yaml",
        "apiVersion: v1\nentries:\n  # no order, several forms\n  zeta:\n  - {name: zeta, version: 0.1.0, description: 'MySQL: a database'}\n  - name: zeta\n    version: v0.2\n    keywords: [database, web]\n  bad:\n  - name: bad\n    version: one\n  alpha:\n  - description: >-\n      A web\n      server\n    name: alpha\n    version: 1.0.0+build.1\n    appVersion: \"1.10\"\n",
    );
    env.write(
        ".config/helm/repositories.yaml",
        "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories:\n- name: many\n  url: http://127.0.0.1:9\n- name: odd\n  url: http://127.0.0.1:9\n- name: gone\n  url: http://127.0.0.1:9\n",
    );
    env
}

#[test]
fn a_search_finds_what_helm_finds() {
    let env = searched();
    let lines = "\n-l\n--devel\n-l --devel\nweb\nWEB -l\nweb --devel\nweb --version ^1.0.0\n\
         web --version 1.9.0 -l\nweb --version >0-0\ndatabase\nmysql\nserver\na web\n\
         -r ^w.b\n-r MySQL|cert\n-r ^odd\nweb -o json\nweb -o yaml -l\nnothing-of-the-kind\n\
         nothing-of-the-kind -o json\nnothing-of-the-kind --fail-on-no-result\n\
         nothing-of-the-kind -o yaml --fail-on-no-result\nchart --max-col-width 12\n\
         chart --max-col-width 1\nchart --max-col-width 0\nweb --version [\n\
         web --max-col-width -1";
    for line in lines.split('\n') {
        let words: Vec<_> = ["search", "repo"].into_iter().chain(line.split_whitespace()).collect();
        let (ours, theirs) = (env.rutter(&words), env.helm(&words));
        assert_eq!(ours.stdout, theirs.stdout, "{line}");
        assert_eq!(ours.code, theirs.code, "{line}");
        let told = |text: &str| {
            let lines = text.lines().filter(|line| !line.contains("hint")).map(str::trim);
            let mut lines: Vec<_> =
                lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(told(&ours.stderr), told(&theirs.stderr), "{line}");
    }
}

#[test]
fn a_search_without_repositories_is_refused_as_helm_refuses_it() {
    let env = Env::new();
    let (ours, theirs) = (env.rutter(&["search", "repo"]), env.helm(&["search", "repo"]));
    assert_eq!(ours.code, theirs.code);
    assert_eq!(ours.stderr.lines().next(), theirs.stderr.lines().next());
}

#[test]
fn a_hub_is_asked_and_shown_as_helm_does_it() {
    let env = Env::new();
    env.write(
        "site/api/chartsvc/v1/charts/search",
        r#"{"data":[{"id":"stable/phpmyadmin","artifactHub":{"packageUrl":"https://artifacthub.io/packages/helm/stable/phpmyadmin"},"attributes":{"name":"phpmyadmin","repo":{"name":"stable","url":"https://charts.helm.sh/stable"},"description":"phpMyAdmin is a MySQL administration frontend <for all> & everybody"},"relationships":{"latestChartVersion":{"data":{"version":"3.0.0","app_version":"4.9.0-1"}}}},{"id":"a/b","attributes":{"description":"short"},"relationships":{"latestChartVersion":{"data":{"version":"1.0.0"}}}}]}"#,
    );
    let web = crate::support::web::Web::new(env.home().join("site"));
    let endpoint = web.url("");
    for flags in [
        &["maria db"][..],
        &["maria", "--list-repo-url"],
        &["maria", "-o", "json"],
        &["maria", "-o", "yaml"],
        &["--max-col-width", "20"],
    ] {
        let line = [&["search", "hub", "--endpoint", endpoint.as_str()], flags].concat();
        let (ours, theirs) = (env.rutter(&line), env.helm(&line));
        assert_eq!(ours.stdout, theirs.stdout, "{flags:?}{}", ours.stderr);
        assert_eq!(ours.code, theirs.code);
    }
    for endpoint in ["http://127.0.0.1:9", "nowhere", "http://"] {
        let line = ["search", "hub", "--endpoint", endpoint];
        let (ours, theirs) = (env.rutter(&line), env.helm(&line));
        assert_eq!(ours.code, theirs.code);
        assert_eq!(ours.stderr.lines().next(), theirs.stderr.lines().next());
    }
}
