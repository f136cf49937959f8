//! The reference of commands in the book is what the program says of itself.

use std::{fmt::Write as _, fs, path::Path};

use crate::support::Env;

const COMMANDS: &[&str] = &[
    "create",
    "lint",
    "dependency",
    "dependency list",
    "dependency update",
    "dependency build",
    "show",
    "show all",
    "show chart",
    "show crds",
    "show readme",
    "show values",
    "template",
    "init",
    "install",
    "upgrade",
    "rollback",
    "uninstall",
    "list",
    "history",
    "status",
    "get",
    "get all",
    "get hooks",
    "get manifest",
    "get metadata",
    "get notes",
    "get values",
    "package",
    "pull",
    "repo",
    "repo add",
    "repo index",
    "repo list",
    "repo remove",
    "repo update",
    "search",
    "search hub",
    "search repo",
    "serve",
    "resume",
    "abandon",
    "ledger",
    "ledger log",
    "ledger show",
    "ledger verify",
    "completion",
    "env",
    "version",
];

/// `RUTTER_ACCEPT=1` writes the page instead.
#[test]
fn the_reference_of_commands_is_what_help_says() {
    let env = Env::new();
    let mut page = String::from(
        "# Commands\n\nWritten by the program itself. The global flags, which every command takes, \
         stand under the first heading only.\n",
    );
    let _ = write!(page, "\n## rutter\n\n```text\n{}```\n", env.rutter(&["--help"]).success());
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = env.rutter(&words).success();
        let own = help.split("\nGlobal flags:").next().unwrap();
        let own: Vec<&str> = own.lines().map(str::trim_end).collect();
        let _ = write!(page, "\n## {command}\n\n```text\n{}\n```\n", own.join("\n").trim_end());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let path = root.join("docs/src/reference/commands.md");
    if std::env::var_os("RUTTER_ACCEPT").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(written, page, "run it with RUTTER_ACCEPT=1 and look at what changed");
}
