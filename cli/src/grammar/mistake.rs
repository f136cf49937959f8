//! What clap could not read, in the words of Helm's own parser (cobra and pflag).

use std::ffi::OsString;

use clap::{
    Arg, Command,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::failure::{Failure, chain};

/// Flags of Helm that have no counterpart here yet. They are refused by name, never ignored.
const FLAGS_TO_COME: &[&str] =
    &["--jsonpath", "--keyring", "--post-renderer", "--post-renderer-args", "--prov", "--verify"];

/// Commands of Helm that have no counterpart here yet.
const COMMANDS_TO_COME: &[&str] = &["docs", "plugin", "push", "registry", "test", "verify"];

/// Returns what Helm would say about `error`.
pub(super) fn failure(error: &clap::Error, tree: &Command, words: &[OsString]) -> Failure {
    let invalid = text(error, ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::UnknownArgument => unknown_flag(&invalid, words),
        ErrorKind::InvalidSubcommand => {
            unknown_command(&text(error, ContextKind::InvalidSubcommand), tree)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::NoEquals => {
            let value = text(error, ContextKind::InvalidValue);
            if value.is_empty() && error.kind() == ErrorKind::InvalidValue {
                return Failure::new(missing_value(&invalid, tree, words));
            }
            let why = std::error::Error::source(error).map(chain).unwrap_or_default();
            let flag = both_spellings(&invalid, tree, words);
            Failure::new(format_args!("invalid argument {value:?} for \"{flag}\" flag: {why}"))
        }
        // Our own words only; none of Helm's flags gets here.
        _ => {
            let message = error.render().to_string();
            Failure::new(message.trim_start_matches("error: ").trim_end())
        }
    }
}

fn unknown_flag(flag: &str, words: &[OsString]) -> Failure {
    let to_come = FLAGS_TO_COME.contains(&flag);
    let failure = if flag.starts_with("--") {
        Failure::new(format_args!("unknown flag: {flag}"))
    } else {
        let letter = flag.trim_start_matches('-');
        Failure::new(format_args!(
            "unknown shorthand flag: '{letter}' in -{}",
            rest_of_cluster(letter, words)
        ))
    };
    if to_come {
        return failure.with_hint(format!(
            "Helm has {flag}, this version does not yet; it is refused rather than ignored"
        ));
    }
    failure
}

/// The letters from the unknown one on, as pflag shows them: `-Aqxy` is refused at `-xy`.
fn rest_of_cluster(letter: &str, words: &[OsString]) -> String {
    let clusters = words.iter().skip(1).filter_map(|word| word.to_str());
    clusters
        .filter(|word| word.starts_with('-') && !word.starts_with("--"))
        .find_map(|word| word.find(letter).and_then(|at| word.get(at..)))
        .unwrap_or(letter)
        .to_owned()
}

fn unknown_command(name: &str, tree: &Command) -> Failure {
    let program = tree.get_name();
    if COMMANDS_TO_COME.contains(&name) {
        return Failure::new(format_args!("unknown command {name:?} for {program:?}")).with_hint(
            format!("Helm has `{name}`, this version does not yet: use `helm {name}` for now"),
        );
    }
    unknown_below(program, tree, name)
}

/// Refuses a word that is no command below `path`, and says which ones are near.
pub(super) fn unknown_below(path: &str, tree: &Command, name: &str) -> Failure {
    let typed = name.to_lowercase();
    let near: Vec<String> = tree
        .get_subcommands()
        .filter(|it| !it.is_hide_set())
        .map(Command::get_name)
        .filter(|it| strsim::levenshtein(&typed, it) <= 2 || it.starts_with(&typed))
        .map(|it| format!("\t{it}\n"))
        .collect();
    let near = match near.as_slice() {
        [] => String::new(),
        near => format!("\nDid you mean this?\n{}\n", near.concat()),
    };
    Failure::new(format_args!(
        "unknown command {name:?} for {path:?}\n{near}Run '{path} --help' for usage."
    ))
    .with_hint_of(super::helm2::advice(name).map(str::to_owned))
}

fn missing_value(invalid: &str, tree: &Command, words: &[OsString]) -> String {
    let long = long_name(invalid);
    let short = find(tree, words, &long).and_then(Arg::get_short);
    let last = words.last().and_then(|word| word.to_str()).unwrap_or_default();
    match short {
        Some(letter) if !last.starts_with("--") => {
            format!("flag needs an argument: '{letter}' in -{letter}")
        }
        _ => format!("flag needs an argument: --{long}"),
    }
}

/// `-o, --output`, as pflag names a flag that has both.
fn both_spellings(invalid: &str, tree: &Command, words: &[OsString]) -> String {
    let long = long_name(invalid);
    match find(tree, words, &long).and_then(Arg::get_short) {
        Some(letter) => format!("-{letter}, --{long}"),
        None => format!("--{long}"),
    }
}

/// `max` of `--max <N>` or `--wait[=<STRATEGY>]`.
fn long_name(invalid: &str) -> String {
    let name = invalid.trim_start_matches('-');
    let end = name.find([' ', '[', '=', '<']).unwrap_or(name.len());
    name.get(..end).unwrap_or_default().to_owned()
}

/// Returns the flag of that name: the typed command's own, else a global one.
fn find<'c>(tree: &'c Command, words: &[OsString], long: &str) -> Option<&'c Arg> {
    let typed = words
        .iter()
        .filter_map(|word| word.to_str())
        .fold(tree, |command, word| command.find_subcommand(word).unwrap_or(command));
    let of = |command: &'c Command| command.get_arguments().find(|it| it.get_long() == Some(long));
    of(typed).or_else(|| of(tree))
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.first().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::grammar::parse;

    fn said(line: &str) -> String {
        let words: Vec<_> = line.split(' ').map(Into::into).collect();
        parse("helm", &words).unwrap_err().to_string()
    }

    /// The expected texts are what helm 4.3.1 prints.
    #[test]
    fn mistakes_are_named_in_the_words_of_helm() {
        assert_eq!(said("helm --foo"), "Error: unknown flag: --foo");
        assert_eq!(said("helm list -Aqx"), "Error: unknown shorthand flag: 'x' in -x");
        assert_eq!(said("helm list -m"), "Error: flag needs an argument: 'm' in -m");
        assert_eq!(said("helm list --max"), "Error: flag needs an argument: --max");
        assert_eq!(
            said("helm list -m abc"),
            "Error: invalid argument \"abc\" for \"-m, --max\" flag: \
             strconv.ParseInt: parsing \"abc\": invalid syntax"
        );
        assert_eq!(
            said("helm list --deployed=foo"),
            "Error: invalid argument \"foo\" for \"--deployed\" flag: \
             strconv.ParseBool: parsing \"foo\": invalid syntax"
        );
        assert_eq!(
            said("helm list -o foo"),
            "Error: invalid argument \"foo\" for \"-o, --output\" flag: invalid format type"
        );
        assert_eq!(
            said("helm foo"),
            "Error: unknown command \"foo\" for \"helm\"\nRun 'helm --help' for usage."
        );
    }

    #[test]
    fn a_word_of_ours_that_is_mistyped_is_refused_with_what_is_near() {
        let tree = crate::grammar::tree("rutter");
        let ledger = tree.find_subcommand("ledger").unwrap();
        assert_eq!(
            super::unknown_below("rutter ledger", ledger, "verfy").text("rutter"),
            "Error: unknown command \"verfy\" for \"rutter ledger\"\n\nDid you mean this?\n\
             \tverify\n\nRun 'rutter ledger --help' for usage."
        );
    }

    #[test]
    fn a_flag_that_is_still_to_come_is_refused_by_name() {
        let said = said("helm show chart ./chart --verify");
        assert!(said.starts_with("Error: unknown flag: --verify\n\nhint: "), "{said}");
    }
}
