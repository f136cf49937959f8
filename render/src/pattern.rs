//! Shell patterns as Go's `path/filepath.Match` has them.

/// A pattern that is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub(crate) struct BadPattern;

/// Returns whether all of `name` matches `pattern`: `*` and `?` do not match `/`,
/// `[a-z]` and `[^a-z]` are classes, `\` takes the next character as it is.
pub(crate) fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    check(&pattern)?;
    Ok(here(&pattern, &name))
}

/// Walks the pattern once, so that a bad one is refused whatever the name.
fn check(pattern: &[char]) -> Result<(), BadPattern> {
    let mut rest = pattern;
    while let [first, tail @ ..] = rest {
        rest = match first {
            '[' => class(tail, '\0').ok_or(BadPattern)?.1,
            '\\' => tail.split_first().ok_or(BadPattern)?.1,
            _ => tail,
        };
    }
    Ok(())
}

fn here(pattern: &[char], name: &[char]) -> bool {
    match pattern {
        [] => name.is_empty(),
        ['*', rest @ ..] => {
            let reach = name.iter().position(|c| *c == '/').unwrap_or(name.len());
            (0..=reach).any(|skip| name.get(skip..).is_some_and(|name| here(rest, name)))
        }
        ['?', rest @ ..] => match name {
            [c, tail @ ..] if *c != '/' => here(rest, tail),
            _ => false,
        },
        ['[', rest @ ..] => match name {
            [c, tail @ ..] => {
                class(rest, *c).is_some_and(|(is_in, rest)| is_in && here(rest, tail))
            }
            [] => false,
        },
        ['\\', literal, rest @ ..] | [literal, rest @ ..] => match name {
            [c, tail @ ..] if c == literal => here(rest, tail),
            _ => false,
        },
    }
}

/// Reads a class after its `[`; returns whether `c` is in it and what follows.
fn class(pattern: &[char], c: char) -> Option<(bool, &[char])> {
    let (negated, mut rest) = match pattern {
        ['^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut is_in = false;
    let mut ranges = 0;
    loop {
        if let [']', after @ ..] = rest
            && ranges > 0
        {
            return Some((is_in != negated, after));
        }
        let (low, after) = member(rest)?;
        let (high, after) = match after {
            ['-', after @ ..] => member(after)?,
            after => (low, after),
        };
        is_in |= (low..=high).contains(&c);
        ranges += 1;
        rest = after;
    }
}

fn member(pattern: &[char]) -> Option<(char, &[char])> {
    match pattern {
        [] | ['-' | ']', ..] | ['\\'] => None,
        ['\\', c, rest @ ..] | [c, rest @ ..] if !rest.is_empty() => Some((*c, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: Go's path/filepath match_test.go.
    #[test]
    fn matches_what_go_matches() {
        for (pattern, name, want) in [
            ("abc", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*", "ab/c", Ok(false)),
            ("a*/b", "abc/b", Ok(true)),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", Ok(true)),
            ("ab[c]", "abc", Ok(true)),
            ("ab[e-g]", "abc", Ok(false)),
            ("ab[^e-g]", "abc", Ok(true)),
            ("a\\*b", "ab", Ok(false)),
            ("a?b", "a/b", Ok(false)),
            ("[\\-x]", "-", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[-]", "-", Err(BadPattern)),
            ("[x-]", "x", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("a[", "ab", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
        ] {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
    }
}
