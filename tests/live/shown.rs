//! What `status` shows of live objects is what Helm and kubectl show.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use super::{Stage, config_map, deployment};
use crate::support::Env;

/// Headings, and below each the rows as lists of cells without ages.
type Tables = BTreeMap<String, BTreeSet<Vec<String>>>;

fn tables(text: &str) -> Tables {
    let (_, rest) = text.split_once("RESOURCES:\n").unwrap_or_else(|| panic!("no tables: {text}"));
    let mut tables = Tables::new();
    let mut title = String::new();
    for line in
        rest.lines().take_while(|it| !it.starts_with("TEST SUITE") && !it.starts_with("NOTES"))
    {
        if let Some(next) = line.strip_prefix("==> ") {
            next.clone_into(&mut title);
        } else if !line.is_empty() {
            let cells = line.split_whitespace().map(str::to_owned);
            let mut cells: Vec<String> = cells.collect();
            cells.pop();
            tables.entry(title.clone()).or_default().insert(cells);
        }
    }
    tables
}

fn chart(stage: &Stage) -> String {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], \
                   selector: {app: one}}\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n";
    let other = secret.replace("name: s", "name: t");
    let all = [
        config_map("x", "1"),
        config_map("y", "2"),
        config_map("z", "3"),
        deployment("one", "", ""),
        deployment("two", "", ""),
        service.to_owned(),
        secret.to_owned(),
        other,
    ];
    stage.chart("all", &all.join("---\n"))
}

#[test]
fn live_objects_and_their_pods_are_those_that_helm_shows() {
    let stage = Stage::new();
    let chart = chart(&stage);
    stage.rutter(&["install", "web", &chart, "--wait"]).success();
    let ours = stage.rutter(&["status", "web"]).success();
    let helms = stage.helm(&["status", "web"]).success();
    assert_eq!(tables(&ours), tables(&helms), "{ours}\n{helms}");
    // Columns are kubectl's to the letter, which Helm's are for the first object of a kind alone.
    let kubectls = stage.namespace.kubectl(&["get", "deployments"]).success();
    let ages = |text: &str| {
        text.lines().map(|it| it.rsplit_once(' ').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    let (_, rest) = ours.split_once("==> v1/Deployment\n").unwrap();
    let (table, _) = rest.split_once("\n\n").unwrap();
    assert_eq!(ages(table), ages(kubectls.trim_end()));
}

#[test]
fn json_of_status_holds_the_objects_that_helms_holds() {
    let stage = Stage::new();
    let chart = chart(&stage);
    stage.rutter(&["install", "web", &chart, "--wait"]).success();
    let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let ours = read(stage.rutter(&["status", "web", "-o", "json"]).success());
    let helms = read(stage.helm(&["status", "web", "-o", "json"]).success());
    let [ours, helms] =
        [ours, helms].map(|it| it["info"]["resources"].as_object().unwrap().clone());
    assert_eq!(ours.keys().collect::<Vec<_>>(), helms.keys().collect::<Vec<_>>());
    for kind in ours.keys().filter(|it| *it != "v1/Pod(related)") {
        let by_name = |list: &Value| {
            let mut list = list.as_array().unwrap().clone();
            list.sort_by_key(|it| it["metadata"]["name"].to_string());
            list
        };
        assert_eq!(by_name(&ours[kind]), by_name(&helms[kind]), "{kind}");
    }
    let pods = |lists: &Value| -> BTreeSet<String> {
        let lists = lists["v1/Pod(related)"].as_array().unwrap().clone();
        let items = lists.iter().flat_map(|it| it["items"].as_array().unwrap().clone());
        items.map(|it| it["metadata"]["name"].to_string()).collect()
    };
    assert_eq!(pods(&Value::Object(ours)), pods(&Value::Object(helms)));
}

#[test]
fn a_status_asks_for_each_kind_once() {
    let stage = Stage::new();
    let chart = chart(&stage);
    stage.rutter(&["install", "web", &chart, "--wait"]).success();
    let log = std::env::var("RUTTER_TEST_AUDIT_LOG").unwrap();
    let before = fs::read_to_string(&log).unwrap().len();
    stage.rutter(&["status", "web"]).success();
    let text = fs::read_to_string(&log).unwrap();
    let mut asked = BTreeMap::<String, u32>::new();
    for line in text[before..].lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        let is_ours = event["userAgent"].as_str().unwrap_or_default().starts_with("rutter/");
        let object = &event["objectRef"];
        if is_ours && object["namespace"] == stage.namespace.name() {
            let what = format!("{} {}", event["verb"], object["resource"]).replace('"', "");
            *asked.entry(what).or_default() += 1;
        }
    }
    let wanted = [
        ("get namespaces", 1),
        ("list configmaps", 1),
        ("list deployments", 1),
        ("list pods", 1),
        // The release's record, and the chart's Secrets.
        ("list secrets", 2),
        ("list services", 1),
    ];
    assert_eq!(asked, wanted.map(|(what, times)| (what.to_owned(), times)).into());
}

#[test]
fn what_is_not_ready_is_told_in_one_line_each() {
    let stage = Stage::new();
    let all = [
        deployment("pull", "fake.kubelet/image-pull: not found", ""),
        deployment("crash", "fake.kubelet/crash-loop: '3'", ""),
        deployment("nowhere", "", "nodeSelector: {no: where}, "),
    ];
    let chart = stage.chart("bad", &all.join("---\n"));
    stage.rutter(&["install", "bad", &chart]).success();
    super::watched::until(|| {
        let text = stage.rutter(&["status", "bad"]).success();
        let line = |name: &str| {
            let start = format!("Deployment/{name}: Pod/{name}-");
            text.lines().find(|it| it.starts_with(&start)).unwrap_or_default().to_owned()
        };
        line("pull").contains(" cannot start container `a`: ImagePullBackOff: ")
            && line("crash").contains("CrashLoopBackOff")
            && line("nowhere").contains(" cannot be scheduled: 0/1 nodes are available")
    });
}

#[test]
fn the_sandbox_has_tables_of_its_own() {
    let env = Env::in_sandbox();
    env.write("all/Chart.yaml", "apiVersion: v2\nname: all\nversion: 0.1.0\n");
    let template = format!("{}---\n{}", config_map("x", "1"), deployment("one", "", ""));
    env.write("all/templates/all.yaml", template);
    env.rutter(&["install", "web", "./all"]).success();
    let shown = tables(&env.rutter(&["status", "web"]).success());
    let row = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(shown["v1/ConfigMap"].contains(&row("x 1")), "{shown:?}");
    assert!(shown["v1/Deployment"].contains(&row("one 1/1 1 1")), "{shown:?}");
    let watched = env.rutter(&["status", "web", "--watch"]).success();
    assert_eq!(watched, "all 2 objects are ready\n");
}
