//! Mistakes are refused with Helm's words and Helm's exit code.

use super::alike;
use crate::support::Env;

#[test]
fn what_cannot_be_read_is_named_as_helm_names_it() {
    let env = Env::new();
    for line in [
        "--foo",
        "-x",
        "list --foo",
        "list -Aqx",
        "list -m",
        "list --max",
        "list -m abc",
        "list -m 99999999999999999999",
        "list --deployed=foo",
        "list -o foo",
        "foo",
        "install --timeout 5x a b",
        "install a b --wait=foo",
        "install a b --dry-run=foo",
        "install",
        "upgrade",
        "upgrade a",
        "rollback",
        "rollback a x",
        "uninstall",
        "history",
        "status",
        "status a b",
        "get values",
        "get values a b",
        "get all",
        "show chart",
        "version foo",
        "create",
        "create a b",
        "template",
        "env a b",
        "completion bash foo",
    ] {
        alike(&env, &line.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn names_and_charts_are_refused_as_helm_refuses_them() {
    let env = Env::new();
    for line in [
        "install -g a b",
        "install foo",
        "install a b c",
        "template a b c",
        "template ./nowhere",
        "template nowhere",
        "template nowhere/chart",
        "template a /nowhere",
        "show chart ./nowhere",
        "template --kube-version v1 ./x",
        "template --dry-run=none ./x",
        "install a ./nowhere",
        "upgrade a ./nowhere",
        "uninstall a --cascade foo",
    ] {
        alike(&env, &line.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn a_flag_or_command_of_helms_that_is_to_come_is_refused_and_never_ignored() {
    let env = Env::new();
    let said = env.rutter(&["template", "./x", "--post-renderer", "y"]).failure(1);
    assert!(said.starts_with("Error: unknown flag: --post-renderer\n\nhint: "), "{said}");
    let said = env.rutter(&["plugin", "list"]).failure(1);
    assert!(
        said.starts_with("Error: unknown command \"plugin\" for \"rutter\"\n\nhint: "),
        "{said}"
    );
    for flag in ["--server-side=false", "--force-replace", "--force"] {
        let said = env.rutter(&["install", "a", "./x", flag]).failure(1);
        assert!(said.contains("is not supported yet\n\nhint: "), "{flag}: {said}");
    }
}

#[test]
fn a_group_without_a_command_shows_its_help_and_is_no_mistake() {
    let env = Env::new();
    for group in ["get", "show", "completion", "ledger"] {
        let help = env.rutter(&[group]).success();
        assert!(help.contains("Commands:"), "{help}");
    }
    env.rutter(&["get", "nothing"]).success();
}

#[test]
fn a_reader_that_leaves_is_no_mistake() {
    let env = Env::new();
    let mut child = env.command(crate::support::rutter());
    child.arg("completion").arg("bash").stdout(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
