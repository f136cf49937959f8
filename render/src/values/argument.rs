//! An argument of `--set` as it is shown: the names that it sets, and none of the values.

use super::set::Refused;
use crate::{Error, Excerpt};

/// What stands for a value.
const HIDDEN: char = '…';

/// Says which flag it was, and where in its argument.
pub(super) fn refused(flag: &'static str, argument: &str) -> impl Fn(Refused) -> Error {
    move |Refused { reason, at }| {
        let (shown, column) = masked(argument, at);
        let excerpt = Excerpt::of_word(flag, &shown, column);
        Error::Flag { flag, reason, excerpt: Some(Box::new(excerpt)) }
    }
}

/// Returns an argument of which nothing is wrong by itself.
pub(super) fn shown(flag: &'static str, argument: &str) -> Excerpt {
    Excerpt::of_word(flag, &masked(argument, argument.len()).0, 0)
}

/// Returns an argument of `--set-json` in which JSON does not parse, with Go's reason, which Helm
/// does not tell.
pub(super) fn shown_json(argument: &str, reason: &str, at: usize) -> Excerpt {
    // Others than these tell what was found.
    let is_harmless =
        ["invalid character", "unexpected end"].iter().any(|it| reason.starts_with(it));
    let (shown, column) = masked(argument, at);
    let excerpt = Excerpt::of_word("--set-json", &shown, column);
    if is_harmless { excerpt.labelled(reason) } else { excerpt }
}

/// Returns what was read of an argument until byte `at`, its values hidden, and the place in it of
/// the last character that was read, in characters.
fn masked(argument: &str, at: usize) -> (String, usize) {
    let read = argument.get(..at).unwrap_or(argument);
    let mut shown = String::new();
    let mut chars = read.chars();
    let mut in_value = false;
    let mut braces = 0_usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next();
                if !in_value {
                    shown.push(c);
                    shown.extend(escaped);
                }
            }
            '{' if in_value => braces += 1,
            '}' if in_value => braces = braces.saturating_sub(1),
            ',' if braces == 0 => {
                in_value = false;
                shown.push(c);
            }
            _ if in_value => {}
            '=' => {
                in_value = true;
                shown.extend([c, HIDDEN]);
            }
            c => shown.push(c),
        }
    }
    let column = shown.chars().count().saturating_sub(1);
    if read.len() < argument.len() && !shown.ends_with(HIDDEN) {
        shown.push(HIDDEN);
    }
    (shown, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_values_are_not() {
        let whole = |argument: &str| masked(argument, argument.len());
        assert_eq!(whole("a.b=hunter2,c"), ("a.b=…,c".to_owned(), 6));
        assert_eq!(whole("l={hunter2,hunter2"), ("l=…".to_owned(), 2));
        assert_eq!(whole("a=hunt\\,er2,b[x]"), ("a=…,b[x]".to_owned(), 7));
    }

    #[test]
    fn what_was_not_read_is_not_shown() {
        assert_eq!(masked("a[x]=hunter2", 4), ("a[x]…".to_owned(), 3));
    }
}
