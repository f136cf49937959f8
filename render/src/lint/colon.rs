//! The line where a colon is missing: YAML's readers notice it a line or more later.

use super::{Report, Severity};
use crate::{File, yaml};

/// How many lines that could lack a colon are tried, from where reading stopped backwards.
const TRIES: usize = 20;

/// A line that lacks a colon after its first word.
#[derive(Debug, PartialEq, Eq)]
struct Gap<'a> {
    /// Its number, counted from one.
    line: usize,
    /// The whole line.
    text: &'a str,
    /// The word that should be a key.
    key: &'a str,
    /// How many characters stand before the place of the colon.
    before: usize,
}

/// Points at the line whose key has no colon, if that is what is wrong.
pub(super) fn check(file: &File, error: &yaml::Error, report: &mut Report) {
    let Ok(text) = std::str::from_utf8(&file.data) else { return };
    let Some(gap) = gap(text, error.line()) else { return };
    let path = format!("{}:{}:{}", file.name, gap.line, gap.before + 1);
    let number = gap.line.to_string();
    let text = format!(
        "a colon is missing after `{}`\n    {number} | {}\n    {} | {}^",
        gap.key,
        gap.text,
        " ".repeat(number.len()),
        " ".repeat(gap.before),
    );
    report.own(Severity::Error, &path, text);
}

/// Returns the nearest line, at or above the one in which reading stopped, that with a colon more
/// lets the reader come further.
fn gap(text: &str, stopped: Option<usize>) -> Option<Gap<'_>> {
    let stopped = stopped.unwrap_or(usize::MAX);
    let mut start = 0;
    let mut candidates = Vec::new();
    for (at, line) in text.split_inclusive('\n').enumerate().take(stopped) {
        let ended = line.trim_end_matches(['\n', '\r']);
        if let Some((end, key)) = first_word(ended) {
            let before = ended.get(..end)?.chars().count();
            candidates.push((start + end, Gap { line: at + 1, text: ended, key, before }));
        }
        start += line.len();
    }
    let mut tried = candidates.into_iter().rev().take(TRIES);
    tried.find(|(place, _)| comes_further(text, *place, stopped)).map(|(_, gap)| gap)
}

/// The end and the text of the word that a line begins with, if it could be a key without its
/// colon: nothing or a blank follows it.
fn first_word(line: &str) -> Option<(usize, &str)> {
    let inner = line.trim_start().trim_start_matches("- ").trim_start();
    let start = line.len() - inner.len();
    let is_of_a_word = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    let end = inner.find(|c| !is_of_a_word(c)).unwrap_or(inner.len());
    let (word, rest) = inner.split_at_checked(end)?;
    let is_key = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (is_key && (rest.is_empty() || rest.starts_with(' '))).then_some((start + end, word))
}

/// Whether the text is read to its end, or beyond line `stopped`, with a colon at `place`.
fn comes_further(text: &str, place: usize, stopped: usize) -> bool {
    let Some((head, tail)) = text.split_at_checked(place) else { return false };
    match yaml::read_map(format!("{head}:{tail}").as_bytes()) {
        Ok(_) => true,
        Err(error) => error.line().is_some_and(|line| line > stopped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(usize, &str)> {
        let error = yaml::read_map(text.as_bytes()).unwrap_err();
        gap(text, error.line()).map(|gap| (gap.line, gap.key))
    }

    #[test]
    fn the_line_is_the_one_that_lacks_the_colon() {
        let right = "a: 1\nimage:\n  repository: nginx\n  # why\n  tag: x\nports:\n- name: web\n  port: 80\n";
        let colons = right.match_indices(':').map(|(at, _)| at);
        for at in colons {
            let mut text = right.to_owned();
            text.remove(at);
            let line = right[..at].matches('\n').count() + 1;
            assert_eq!(found(&text).map(|(line, _)| line), Some(line), "{text}");
        }
    }

    #[test]
    fn what_else_is_wrong_is_not_taken_for_a_missing_colon() {
        for text in ["a: [1\nb: 2\n", "a: 1\n b: 2\n", "\tkey: 1\n", "a: |\n  some words\n\tb: 1\n"]
        {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_colon_belongs_behind_the_first_word() {
        let gap = gap("a: 1\n- key value\n", None);
        assert_eq!(gap, None);
        assert_eq!(first_word("  - key value"), Some((7, "key")));
        assert_eq!(first_word("  key: value"), None);
        assert_eq!(first_word("# words"), None);
    }
}
