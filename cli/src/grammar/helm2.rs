//! Lines of Helm 2's that Helm 4 has no meaning for (it shows its help), in Helm 4's words.
//!
//! Nothing is guessed here: each of them can mean one thing only.

use std::ffi::OsString;

use clap::Command;

use super::pieces::Pieces;

/// What `home` and `reset` were for, and what is there instead.
const GONE: &[(&str, &str)] = &[
    ("home", "Helm 2's folder is gone; `env` shows where everything is"),
    ("reset", "there is no Tiller to take out of the cluster: nothing was put there"),
];

/// Returns the advice for a command of Helm 2's that has no successor.
pub(super) fn advice(command: &str) -> Option<&'static str> {
    GONE.iter().find(|(name, _)| *name == command).map(|(_, advice)| *advice)
}

/// Returns the line in Helm 4's words: `search WORD` is `search repo WORD`, `repo search` too, and
/// `inspect CHART` is `inspect all CHART`.
pub(super) fn translated(tree: &Command, words: &[OsString], pieces: &Pieces) -> Vec<OsString> {
    let mut line = words.to_vec();
    let places = pieces.words();
    let Some(&first) = places.first() else { return line };
    let word = |at: usize| words.get(at).and_then(|it| it.to_str()).unwrap_or_default();
    let command = word(first);
    let Some(group) = tree.find_subcommand(command) else { return line };
    let second = places.get(1).copied();
    let is_below = |at| word(at) == "help" || group.find_subcommand(word(at)).is_some();
    match (group.get_name(), second) {
        ("repo", Some(second)) if word(second) == "search" => {
            line.splice(first..=first, ["search".into()]).for_each(drop);
            line.splice(second..=second, ["repo".into()]).for_each(drop);
        }
        ("search", None) if !pieces.asks_help() => line.insert(first + 1, "repo".into()),
        ("search", Some(second)) if !is_below(second) => line.insert(first + 1, "repo".into()),
        ("show", Some(second)) if places.len() == 2 && !is_below(second) => {
            line.insert(first + 1, "all".into());
        }
        _ => {}
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::tree;

    fn translated(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
        let tree = tree("helm");
        let pieces = Pieces::of(&tree, &words);
        super::translated(&tree, &words, &pieces).join(" ".as_ref()).into_string().unwrap()
    }

    #[test]
    fn inspect_of_a_chart_shows_all_of_it() {
        assert_eq!(translated("helm inspect stable/mysql"), "helm inspect all stable/mysql");
        assert_eq!(
            translated("helm --debug show ./c --devel"),
            "helm --debug show all ./c --devel"
        );
    }

    #[test]
    fn a_search_is_one_of_repositories() {
        assert_eq!(translated("helm search"), "helm search repo");
        assert_eq!(translated("helm search mysql -l"), "helm search repo mysql -l");
        assert_eq!(translated("helm repo --debug search mysql"), "helm search --debug repo mysql");
    }

    #[test]
    fn what_helm_4_has_a_meaning_for_keeps_it() {
        for line in [
            "helm",
            "helm show",
            "helm show values ./c",
            "helm inspect chart ./c",
            "helm show help",
            "helm show a b",
            "helm get web",
            "helm search -h",
            "helm search hub mysql",
            "helm search repo",
            "helm repo list",
            "helm status search",
            "helm install show ./c",
        ] {
            assert_eq!(translated(line), line);
        }
    }
}
