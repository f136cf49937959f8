//! The life of a release in the sandbox, as its user sees it.

use serde_json::Value;

use crate::support::Env;

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/tutorial-charts/mysql-1.6.9");

fn env() -> Env {
    Env::in_sandbox()
}

fn secret(env: &Env) -> String {
    let manifest = env.rutter(&["get", "manifest", "my"]).success();
    let line = manifest.lines().find(|it| it.contains("mysql-root-password:")).unwrap();
    line.trim().to_owned()
}

#[test]
fn a_release_lives_is_rolled_back_dies_and_comes_back() {
    let env = env();
    let said = env.rutter(&["install", "my", CHART, "--wait"]).success();
    assert!(said.starts_with("NAME: my\nLAST DEPLOYED: "), "{said}");
    assert!(said.contains("\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: Install complete\n"));
    let password = secret(&env);
    let said = env.rutter(&["upgrade", "my", CHART, "--set", "imageTag=5.7.15"]).success();
    assert!(said.starts_with("Release \"my\" has been upgraded. Happy Helming!\nNAME: my\n"));
    assert_ne!(secret(&env), password, "the chart makes up a new one each time");
    let said = env.rutter(&["rollback", "my", "1"]).success();
    assert_eq!(said, "Rollback was a success! Happy Helming!\n");
    assert_eq!(secret(&env), password, "a rollback renders nothing");
    let rows = env.rutter(&["history", "my", "-o", "json"]).success();
    let rows: Vec<Value> = serde_json::from_str(&rows).unwrap();
    let column = |name: &str| rows.iter().map(|it| it[name].to_string()).collect::<Vec<_>>();
    assert_eq!(column("revision"), ["1", "2", "3"]);
    assert_eq!(column("status"), ["\"superseded\"", "\"superseded\"", "\"deployed\""]);
    assert_eq!(
        column("description"),
        ["\"Install complete\"", "\"Upgrade complete\"", "\"Rollback to 1\""]
    );
    assert_eq!(env.rutter(&["uninstall", "my"]).success(), "release \"my\" uninstalled\n");
    let said = env.rutter(&["status", "my"]).failure(1);
    assert!(said.contains("Error: release: not found\n\nhint: "), "{said}");
    assert_eq!(env.rutter(&["list", "-q"]).success(), "");
    assert_eq!(env.rutter(&["list", "-q", "--deleted"]).success(), "my\n");
    env.rutter(&["rollback", "my", "2"]).success();
    let manifest = env.rutter(&["get", "manifest", "my"]).success();
    assert!(manifest.contains("5.7.15"), "{manifest}");
    let said = env.rutter(&["ledger", "verify"]).success();
    assert!(said.contains("VERDICT: clean"), "{said}");
}

#[test]
fn values_of_an_upgrade_come_from_where_helm_takes_them() {
    let env = env();
    env.write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    env.write("web/values.yaml", "a: 1\nb: 2\n");
    env.write(
        "web/templates/c.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {t: \"{{ .Values }}\"}\n",
    );
    let upgraded = |words: &[&str]| {
        env.rutter(&[&["upgrade", "web", "web"], words].concat()).success();
        let values = env.rutter(&["get", "values", "web", "-o", "json"]).success();
        let manifest = env.rutter(&["get", "manifest", "web"]).success();
        let seen = manifest.split("t: \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        (values.trim().to_owned(), seen)
    };
    let of = |values: &str, seen: &str| (values.to_owned(), seen.to_owned());
    env.rutter(&["install", "web", "web", "--set", "a=7"]).success();
    // Helm's rules (`Upgrade.reuseValues`): none given keeps them, any given forgets them.
    assert_eq!(upgraded(&[]), of("{\"a\":7}", "map[a:7 b:2]"));
    assert_eq!(upgraded(&["--set", "c=3"]), of("{\"c\":3}", "map[a:1 b:2 c:3]"));
    env.write("web/values.yaml", "a: 1\nb: 9\n");
    assert_eq!(
        upgraded(&["--reuse-values", "--set", "d=1000000"]),
        of("{\"c\":3,\"d\":1000000}", "map[a:1 b:2 c:3 d:1000000]")
    );
    assert_eq!(
        upgraded(&["--reset-then-reuse-values", "--set", "d=null"]),
        of("{\"c\":3}", "map[a:1 b:9 c:3]")
    );
    assert_eq!(upgraded(&["--reset-values"]), of("null", "map[a:1 b:9]"));
}

#[test]
fn what_events_gave_out_is_in_the_ledger() {
    let env = env();
    env.rutter(&["install", "my", CHART, "--events", "events", "--reason", "why"]).success();
    let lines = std::fs::read_to_string(env.home().join("events")).unwrap();
    let log = env.rutter(&["ledger", "log", "-o", "json"]).success();
    assert!(lines.lines().count() > 4);
    for line in lines.lines() {
        let wanted: Value = serde_json::from_str(line).unwrap();
        let found = log.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
        assert!(found.into_iter().any(|it| it == wanted), "{line}");
    }
}

#[test]
fn a_dry_run_writes_nothing_anywhere() {
    let env = env();
    for place in ["client", "server"] {
        let flag = format!("--dry-run={place}");
        let said = env.rutter(&["install", "my", CHART, &flag]).success();
        assert!(said.contains("\nSTATUS: pending-install\n"), "{said}");
        assert!(said.contains("\nDESCRIPTION: Dry run complete\n"), "{said}");
        assert!(said.contains("\nMANIFEST:\n---\n"), "{said}");
    }
    assert!(!env.home().join(".local").exists(), "a ledger or a sandbox was made");
}

#[test]
fn every_command_says_that_it_works_in_the_sandbox() {
    let env = env();
    for words in [&["list"][..], &["install", "my", CHART], &["status", "my"]] {
        let answer = env.rutter(words);
        assert_eq!(answer.stderr.matches("this is the sandbox").count(), 1, "{answer:#?}");
    }
}
