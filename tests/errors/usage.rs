//! A mistake on the command line is refused before anything is looked at, each command alike.

use super::said_by_us;
use crate::support::Env;

/// What Helm has, too.
const HELMS: &[&str] = &[
    "install",
    "upgrade",
    "uninstall",
    "rollback",
    "list",
    "history",
    "status",
    "get all",
    "get hooks",
    "get manifest",
    "get metadata",
    "get notes",
    "get values",
    "show all",
    "show chart",
    "show readme",
    "show values",
    "template",
    "create",
    "version",
    "env",
    "completion bash",
];

/// What is ours.
const OURS: &[(&str, &str)] = &[
    ("resume", "requires 1 argument"),
    ("abandon", "requires 1 argument"),
    ("ledger log", "accepts at most 1 argument"),
    ("ledger show", "requires 1 argument"),
    ("ledger verify", "accepts no arguments"),
];

/// Far from any cluster: what is refused must not ask for one.
fn env() -> Env {
    Env::new().with("KUBECONFIG", "/nowhere").with("HELM_KUBEAPISERVER", "https://127.0.0.1:1")
}

#[test]
fn an_unknown_flag_and_a_wrong_number_of_arguments_are_refused_by_all_as_by_helm() {
    let env = env();
    for command in HELMS {
        for more in [&["--bogus"][..], &["--max=x=y"], &["a", "b", "c", "d"]] {
            let words: Vec<&str> = command.split(' ').chain(more.iter().copied()).collect();
            let ours = said_by_us(&env.rutter(&words).stderr);
            let ours = ours.split("\n\nhint: ").next().unwrap().replace("rutter", "helm");
            let helms = said_by_us(&env.helm(&words).stderr);
            assert_eq!(ours.trim_end(), helms.trim_end(), "{words:?}");
        }
    }
}

#[test]
fn our_own_commands_say_it_in_the_same_words() {
    let env = env();
    for (command, arity) in OURS {
        let words = |more: &[&'static str]| -> Vec<&str> {
            command.split(' ').chain(more.iter().copied()).collect()
        };
        let said = env.rutter(&words(&["--bogus"])).failure(1);
        assert_eq!(said, "Error: unknown flag: --bogus\n");
        let said = env.rutter(&words(&["a", "b", "c", "d"])).failure(1);
        assert!(
            said.starts_with(&format!(
                "Error: \"rutter {command}\" {arity}\n\nUsage:  rutter {command}"
            )),
            "{said}"
        );
    }
    let said = env.rutter(&["ledger", "show", "99999"]).failure(1);
    assert!(said.starts_with("Error: the ledger has no event 99999\n\nhint: "), "{said}");
}

#[test]
fn an_unknown_command_is_told_its_neighbours() {
    let env = env();
    for word in ["instal", "upgrad", "nothing", "UPGRADE", "--", "install2"] {
        let ours = env.rutter(&[word]).stderr.replace("rutter", "helm");
        let helms = env.helm(&[word]).stderr;
        assert_eq!(ours, helms, "{word}");
    }
}

#[test]
fn nothing_that_is_refused_makes_a_ledger() {
    let env = env();
    env.write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\n");
    for words in [
        &["install"][..],
        &["install", "web", "./nowhere"],
        &["install", "web", "./web"],
        &["upgrade", "web", "./web"],
        &["uninstall", "web"],
        &["rollback", "web"],
        &["resume", "web"],
        &["list"],
    ] {
        env.rutter(words).failure(1);
    }
    assert!(!env.home().join(".local").exists());
}
