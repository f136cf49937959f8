//! How many words a command takes, and Helm's message when it got another number
//! (`pkg/cmd/require`).

use std::fmt;

use crate::failure::Failure;

/// The commands that take words or flags, and how Helm writes what they take.
const USAGES: &[(&str, &str)] = &[
    ("completion bash", ""),
    ("completion fish", ""),
    ("completion powershell", ""),
    ("completion zsh", ""),
    ("create", "NAME"),
    ("dependency build", "CHART"),
    ("dependency list", "CHART"),
    ("dependency update", "CHART"),
    ("env", ""),
    ("get all", "RELEASE_NAME"),
    ("get hooks", "RELEASE_NAME"),
    ("get manifest", "RELEASE_NAME"),
    ("get metadata", "RELEASE_NAME"),
    ("get notes", "RELEASE_NAME"),
    ("get values", "RELEASE_NAME"),
    ("history", "RELEASE_NAME"),
    ("init", ""),
    ("install", "[NAME] [CHART]"),
    ("lint", "PATH"),
    ("list", ""),
    ("package", "[CHART_PATH] [...]"),
    ("pull", "[chart URL | repo/chartname] [...]"),
    ("repo add", "[NAME] [URL]"),
    ("repo index", "[DIR]"),
    ("repo list", ""),
    ("repo remove", "[REPO1 [REPO2 ...]]"),
    ("repo update", "[REPO1 [REPO2 ...]]"),
    ("rollback", "<RELEASE> [REVISION]"),
    ("search hub", "[KEYWORD]"),
    ("search repo", "[keyword]"),
    ("serve", ""),
    ("show all", "[CHART]"),
    ("show chart", "[CHART]"),
    ("show crds", "[CHART]"),
    ("show readme", "[CHART]"),
    ("show values", "[CHART]"),
    ("status", "RELEASE_NAME"),
    ("template", "[NAME] [CHART]"),
    ("uninstall", "RELEASE_NAME [...]"),
    ("upgrade", "[RELEASE] [CHART]"),
    ("version", ""),
    ("abandon", "RELEASE_NAME"),
    ("resume", "RELEASE_NAME"),
    ("ledger import", ""),
    ("ledger log", "[RELEASE_NAME]"),
    ("ledger show", "SEQUENCE"),
    ("ledger verify", ""),
];

/// Returns the usage line of the command at `path`, if it is one that runs.
pub(super) fn usage(program: &str, path: &str) -> Option<String> {
    let (path, words) = USAGES.iter().find(|(it, _)| *it == path)?;
    let gap = if words.is_empty() { "" } else { " " };
    Some(format!("{program} {path}{gap}{words} [flags]"))
}

/// Returns the `N` words that the command at `path` takes.
///
/// # Errors
///
/// Helm's message if there are more or fewer.
pub(crate) fn exactly<'w, const N: usize>(
    program: &str,
    path: &str,
    words: &'w [String],
) -> Result<&'w [String; N], Failure> {
    words
        .try_into()
        .map_err(|_| refused(program, path, format_args!("requires {N} argument{}", plural(N))))
}

/// Refuses fewer than `least` words.
pub(crate) fn at_least(
    least: usize,
    program: &str,
    path: &str,
    words: &[String],
) -> Result<(), Failure> {
    if words.len() >= least {
        return Ok(());
    }
    let plural = plural(least);
    Err(refused(program, path, format_args!("requires at least {least} argument{plural}")))
}

/// Refuses more than `most` words.
pub(crate) fn at_most(
    most: usize,
    program: &str,
    path: &str,
    words: &[String],
) -> Result<(), Failure> {
    if words.len() <= most {
        return Ok(());
    }
    let plural = plural(most);
    Err(refused(program, path, format_args!("accepts at most {most} argument{plural}")))
}

/// Refuses any word.
pub(crate) fn none(program: &str, path: &str, words: &[String]) -> Result<(), Failure> {
    if words.is_empty() {
        return Ok(());
    }
    Err(refused(program, path, format_args!("accepts no arguments")))
}

fn refused(program: &str, path: &str, what: fmt::Arguments<'_>) -> Failure {
    let usage = usage(program, path).unwrap_or_default();
    Failure::new(format_args!("\"{program} {path}\" {what}\n\nUsage:  {usage}"))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected texts are what helm 4.3.1 prints.
    #[test]
    fn a_wrong_number_of_words_is_refused_as_helm_refuses_it() {
        let none_given: [String; 0] = [];
        let refused = exactly::<2>("helm", "upgrade", &none_given).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Error: \"helm upgrade\" requires 2 arguments\n\n\
             Usage:  helm upgrade [RELEASE] [CHART] [flags]"
        );
        let refused = none("helm", "version", &["foo".to_owned()]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Error: \"helm version\" accepts no arguments\n\nUsage:  helm version [flags]"
        );
    }
}
