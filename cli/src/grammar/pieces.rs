//! What stands where on a line: words, flags and values told apart as pflag does, before clap reads
//! them.
//!
//! Two things cannot be asked of clap: whether a flag was spelled by its letter, and what a command
//! that takes no words was given. Both matter to Helm 2's lines.

use std::ffi::OsString;

use clap::{Arg, Command};

use crate::options::Spelling;

/// One part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// A word that is no flag and no flag's value; its place on the line.
    Word(usize),
    /// A flag by its name.
    Long(String),
    /// A flag by its letter.
    Letter(char),
}

/// A line, told apart.
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    /// Tells the words of a line apart, the first of which is the program.
    pub(super) fn of(tree: &Command, words: &[OsString]) -> Self {
        let mut pieces = Vec::new();
        let mut command = tree;
        let mut is_command = true;
        let mut rest = words.iter().enumerate().skip(1);
        while let Some((at, word)) = rest.next() {
            let text = word.to_str().unwrap_or_default();
            if text == "--" {
                pieces.extend(rest.map(|(at, _)| Piece::Word(at)));
                break;
            }
            let wants_value = if let Some(flag) = text.strip_prefix("--") {
                long(tree, command, flag, &mut pieces)
            } else if let Some(letters) = text.strip_prefix('-').filter(|it| !it.is_empty()) {
                cluster(tree, command, letters, &mut pieces)
            } else {
                pieces.push(Piece::Word(at));
                let below = command.find_subcommand(text).filter(|_| is_command);
                is_command = below.is_some();
                command = below.unwrap_or(command);
                false
            };
            if wants_value {
                rest.next();
            }
        }
        Self(pieces)
    }

    /// Returns the places of the words that are neither flags nor values.
    pub(super) fn words(&self) -> Vec<usize> {
        let word = |piece: &Piece| if let Piece::Word(at) = piece { Some(*at) } else { None };
        self.0.iter().filter_map(word).collect()
    }

    /// Returns whether the line asks for help.
    pub(super) fn asks_help(&self) -> bool {
        self.0.iter().any(|it| *it == Piece::Letter('h') || *it == Piece::Long("help".to_owned()))
    }

    /// Returns how the flag of this name and letter was spelled.
    pub(super) fn spelling(&self, name: &str, letter: char) -> Spelling {
        let is_long = |it: &Piece| matches!(it, Piece::Long(long) if long == name);
        if self.0.iter().any(is_long) {
            return Spelling::Word;
        }
        let is_given = self.0.contains(&Piece::Letter(letter));
        if is_given { Spelling::Letter } else { Spelling::Absent }
    }
}

/// Notes `--flag` or `--flag=value`; returns whether its value is the next word.
fn long(tree: &Command, command: &Command, flag: &str, pieces: &mut Vec<Piece>) -> bool {
    let (name, value) = flag.split_once('=').map_or((flag, None), |(name, it)| (name, Some(it)));
    pieces.push(Piece::Long(name.to_owned()));
    value.is_none() && takes_next(tree, command, |arg| arg.get_long() == Some(name))
}

/// Notes `-abc`, in which the first letter that takes a value takes the rest; returns whether that
/// is the next word.
fn cluster(tree: &Command, command: &Command, letters: &str, pieces: &mut Vec<Piece>) -> bool {
    let mut rest = letters.chars();
    while let Some(letter) = rest.next() {
        pieces.push(Piece::Letter(letter));
        let takes = takes_next(tree, command, |arg| {
            arg.get_short_and_visible_aliases().is_some_and(|all| all.contains(&letter))
        });
        if takes || rest.as_str().starts_with('=') {
            return takes && rest.as_str().is_empty();
        }
    }
    false
}

/// Returns whether the flag takes the next word for its value: pflag's switches, and flags whose
/// value may be left out, take one behind `=` only.
fn takes_next(tree: &Command, command: &Command, is_it: impl Fn(&Arg) -> bool) -> bool {
    let of = |command: &Command| command.get_arguments().find(|it| is_it(it)).cloned();
    let flag = of(command).or_else(|| of(tree));
    flag.is_some_and(|it| it.get_action().takes_values() && !it.is_require_equals_set())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::tree;

    fn pieces(line: &str) -> Pieces {
        let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
        Pieces::of(&tree("helm"), &words)
    }

    #[test]
    fn a_value_is_no_word() {
        assert_eq!(pieces("helm -n prod install --set a=b web ./c").words(), [3, 6, 7]);
        assert_eq!(pieces("helm install --wait web -fx.yaml ./c --debug").words(), [1, 3, 5]);
        assert_eq!(pieces("helm status -o json -- -web").words(), [1, 5]);
    }

    #[test]
    fn a_letter_is_told_from_a_name() {
        let spelling = |line| pieces(line).spelling("namespace", 'n');
        for line in ["helm install -n my c", "helm install c -nmy", "helm -n=my install c"] {
            assert_eq!(spelling(line), Spelling::Letter, "{line}");
        }
        for line in ["helm install --namespace my c", "helm -n a install --namespace=b c"] {
            assert_eq!(spelling(line), Spelling::Word, "{line}");
        }
        // The value of another flag, and a letter inside of one.
        for line in ["helm install --set -n c", "helm install -fn c", "helm install -- -n c"] {
            assert_eq!(spelling(line), Spelling::Absent, "{line}");
        }
    }
}
