//! Completion, asked for in real shells: what a user sees after pressing TAB.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use super::alike;
use crate::support::{Env, answer, rutter};

/// Asks bash as it asks itself: the words of the line as it divides them, the last at the cursor.
const BASH: &str = r#"
source <("$1" completion bash)
complete -p "${2%% *}"
read -ra COMP_WORDS <<< "$(sed 's/\([=:]\)/ \1 /g' <<< "$2")"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_LINE=$2 COMP_POINT=${#2} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=${3:-9}
"__${2%% *}_complete" 2>/dev/null
printf '<%s>\n' "${COMPREPLY[@]}"
"#;

/// A sandbox with two releases, and a folder `bin` with the program by the name of `helm`.
fn env() -> Env {
    let env = Env::in_sandbox();
    std::fs::create_dir(env.home().join("bin")).unwrap();
    symlink(rutter(), env.home().join("bin/helm")).unwrap();
    symlink(rutter(), env.home().join("bin/rutter")).unwrap();
    env.write("web/Chart.yaml", "apiVersion: v1\nname: web\nversion: 1.0.0\nappVersion: '7'\n");
    for line in ["install web-one ./web", "install web-two ./web", "upgrade web-one ./web"] {
        env.rutter(&line.split(' ').collect::<Vec<_>>()).success();
    }
    env
}

fn shell(env: &Env, program: &str) -> Command {
    let mut command = env.command(program);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", env.home().join("bin").display()));
    command
}

/// What bash offers for a line whose cursor is at its end.
fn bash(env: &Env, line: &str) -> Vec<String> {
    bash_by_key(env, line, "9")
}

/// As [`bash`]; the key is a code of bash's `COMP_TYPE`: 9 is TAB, 37 is menu completion.
fn bash_by_key(env: &Env, line: &str, key: &str) -> Vec<String> {
    let program = line.split(' ').next().unwrap();
    let mut command = shell(env, "bash");
    command.args(["--norc", "-c", BASH, "bash", program, line, key]);
    let told = answer(&mut command).success();
    let (registered, offered) = told.split_once('\n').unwrap();
    let expected = format!("complete -o default -F __{program}_complete {program}");
    assert_eq!(registered, expected);
    let offered = offered.lines().map(|it| it.trim_matches(['<', '>']).to_owned());
    offered.filter(|it| !it.is_empty()).collect()
}

/// The first words of what is offered.
fn names(offered: &[String]) -> Vec<&str> {
    offered.iter().map(|it| it.split_whitespace().next().unwrap()).collect()
}

#[test]
fn bash_completes_commands_and_flags_by_the_name_that_was_called() {
    let env = env();
    for program in ["helm", "rutter"] {
        assert_eq!(bash(&env, &format!("{program} roll")), ["rollback"]);
        assert_eq!(names(&bash(&env, &format!("{program} get ma"))), ["manifest"]);
        let flags = bash(&env, &format!("{program} install --name"));
        assert_eq!(names(&flags), ["--name-template", "--namespace"]);
    }
    let all = bash(&env, "helm ");
    for word in ["install", "upgrade", "rollback", "uninstall", "init"] {
        assert!(names(&all).contains(&word), "{all:?}");
    }
}

#[test]
fn bash_completes_releases_and_their_revisions() {
    let env = env();
    let offered = bash(&env, "helm status web-");
    assert_eq!(names(&offered), ["web-one", "web-two"]);
    assert!(offered[0].ends_with("(web-1.0.0 -> deployed)"), "{offered:?}");
    assert_eq!(bash(&env, "helm status web-t"), ["web-two"]);
    assert_eq!(names(&bash(&env, "helm uninstall web-one ")), ["web-two"]);
    assert_eq!(names(&bash(&env, "helm rollback web-one ")), ["1", "2"]);
    assert_eq!(names(&bash(&env, "helm get values web-one --revision ")), ["1", "2"]);
    // Nothing is said about what cannot come.
    assert_eq!(bash(&env, "helm status web-one "), [""; 0]);
    // Where a choice is put into the line there is no room for descriptions.
    assert_eq!(bash_by_key(&env, "helm status web-", "37"), ["web-one", "web-two"]);
}

#[test]
fn bash_completes_values_of_flags() {
    let env = env();
    assert_eq!(bash(&env, "helm list -o j"), ["json"]);
    assert_eq!(bash(&env, "helm list --output=j"), ["json"]);
    assert_eq!(names(&bash(&env, "helm list -n kube-s")), ["kube-system"]);
    env.write(
        "config",
        "apiVersion: v1\nkind: Config\ncontexts:\n- {name: east, context: {cluster: a, user: b}}\n",
    );
    let line = "helm list --kubeconfig config --kube-context e";
    assert_eq!(bash(&env, line), ["east"]);
    // A release is looked for where the line says.
    let words = ["install", "far", "./web", "-n", "kube-system"];
    env.rutter(&words).success();
    assert_eq!(bash(&env, "helm status -n kube-system "), ["far"]);
}

#[test]
fn what_is_called_by_another_name_completes_by_it() {
    let env = env();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = env.rutter(&["completion", shell]).success();
        assert!(script.contains("rutter") && !script.contains("helm"), "{shell}");
        let helm = PathBuf::from(env.home()).join("bin/helm");
        let script = answer(env.command(helm).args(["completion", shell])).success();
        assert!(script.contains("helm") && !script.contains("rutter"), "{shell}");
        assert!(!script.contains("PROGRAM") && !script.contains("REQUEST"), "{shell}");
    }
    let script = env.rutter(&["completion", "bash", "--no-descriptions"]).success();
    assert!(script.contains("__completeNoDesc"));
    let told = env.rutter(&["__completeNoDesc", "status", "web-"]).success();
    assert_eq!(told, "web-one\nweb-two\n:4\n");
}

/// What fish offers for a line, without descriptions.
fn fish(env: &Env, line: &str) -> Vec<String> {
    let program = line.split(' ').next().unwrap();
    let script = format!("{program} completion fish | source; complete -C \"{line}\"");
    let told = answer(shell(env, "fish").args(["--no-config", "-c", &script])).success();
    told.lines().map(|it| it.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn fish_completes_what_bash_completes() {
    let env = env();
    assert_eq!(fish(&env, "helm roll"), ["rollback"]);
    assert_eq!(fish(&env, "helm status web-"), ["web-one", "web-two"]);
    assert_eq!(fish(&env, "helm rollback web-one "), ["1", "2"]);
    assert_eq!(fish(&env, "helm list --output=j"), ["--output=json"]);
    assert_eq!(fish(&env, "helm status web-one "), [""; 0]);
    // Where a file may stand, files are offered.
    assert_eq!(fish(&env, "helm install x ./we"), ["./web/"]);
}

/// Calls the function that zsh would call, with what stands around the cursor, and prints what it
/// hands to zsh's own functions.
const ZSH: &str = r#"
compdef() { print "compdef $*" }
compset() { PREFIX=${PREFIX#*=} }
_describe() { local name=$2; print -rl -- "${(@P)name}" "${@:3}" }
_files() { print files }
source <("$1" completion zsh)
words=("${(@s: :)2}") CURRENT=${#words} PREFIX=${words[-1]}
"_$1"
true
"#;

/// What zsh is told to offer: names with their descriptions after a colon.
fn zsh(env: &Env, line: &str) -> Vec<String> {
    let program = line.split(' ').next().unwrap();
    let told = answer(shell(env, "zsh").args(["-f", "-c", ZSH, "zsh", program, line])).success();
    let mut told = told.lines().map(str::to_owned);
    assert_eq!(told.next().unwrap(), format!("compdef _{program} {program}"));
    told.collect()
}

#[test]
fn zsh_completes_what_bash_completes() {
    let env = env();
    let described =
        ["web-one:web-1.0.0 -> deployed".to_owned(), "web-two:web-1.0.0 -> deployed".to_owned()];
    assert_eq!(zsh(&env, "helm status web-"), described);
    assert_eq!(zsh(&env, "helm list --output=j")[0], "json:Output result in JSON format");
    assert_eq!(zsh(&env, "helm status web-one "), [""; 0]);
    assert_eq!(zsh(&env, "helm install x ./we"), ["files"]);
}

/// Lines, each with the cursor at its end; what nobody can know without a cluster is not in them.
const ASKED: &[&str] = &[
    "install x ",
    "install x t",
    "install x web",
    "install ",
    "install -g ",
    "install -g x ",
    "upgrade x ",
    "upgrade x testing/alpine --version 0",
    "template x testing/nothing --version ",
    "pull ",
    "pull x ",
    "pull testing/alpine --version ",
    "show chart h",
    "show all testing/alpine --version ",
    "repo remove ",
    "repo remove testing ",
    "repo update ",
    "repo add ",
    "repo add a ",
    "repo index ",
    "repo list ",
    "list x",
    "list --output=j",
    "list -n ",
    "list --kube-context ",
    "version ",
    "search repo ",
    "search hub ",
    "package ",
    "package --version ",
    "lint ",
    "dependency list ",
    "create ",
    "create x ",
    "rollback ",
    "uninstall ",
    "completion bash ",
];

#[test]
fn what_could_come_next_is_what_helm_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let home = root.join("tests/conformance/helm-cli/testdata/helmhome/helm");
    let path = |name: &str| home.join(name).to_str().unwrap().to_owned();
    let env = Env::new()
        .with("KUBECONFIG", "/nowhere")
        .with("HELM_DRIVER", "memory")
        .with("HELM_REPOSITORY_CONFIG", path("repositories.yaml"))
        .with("HELM_REPOSITORY_CACHE", path("repository"));
    let records = env.write("records.json", "[]");
    let env = env.with("HELM_MEMORY_DRIVER_DATA", records.to_str().unwrap());
    for line in ASKED {
        let words: Vec<&str> = std::iter::once("__complete").chain(line.split(' ')).collect();
        alike(&env, &words);
    }
    // Helm shows these in no order.
    let told = env.rutter(&["__complete", "install", "x", "testing/"]).success();
    assert_eq!(told, "testing/alpine\ntesting/mariadb\n:0\n");
}
