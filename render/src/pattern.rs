//! Shell patterns as Go's `path/filepath.Match` has them.

/// A pattern that is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub(crate) struct BadPattern;

/// A pattern for all of a name: `*` and `?` do not match `/`, `[a-z]` and `[^a-z]`
/// are classes, `\` takes the next character as it is.
pub(crate) struct Pattern(Vec<char>);

impl Pattern {
    /// Takes a pattern, or refuses it whatever the names will be.
    pub(crate) fn new(text: &str) -> Result<Self, BadPattern> {
        let pattern: Vec<char> = text.chars().collect();
        check(&pattern)?;
        Ok(Self(pattern))
    }

    /// Returns whether all of `name` matches.
    pub(crate) fn matches(&self, name: &str) -> bool {
        here(&self.0, &name.chars().collect::<Vec<_>>())
    }
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

/// Follows the pattern; where it fails, the last `*` takes one character more. An earlier one need
/// not be asked again: it took the least that it could.
fn here(pattern: &[char], name: &[char]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    let mut star: Option<(&[char], &[char])> = None;
    loop {
        if let ['*', rest @ ..] = pattern {
            star = Some((rest, name));
            pattern = rest;
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        if let Some(next) = one(pattern, name) {
            (pattern, name) = next;
            continue;
        }
        match star {
            Some((rest, [c, tail @ ..])) if *c != '/' => {
                star = Some((rest, tail));
                (pattern, name) = (rest, tail);
            }
            _ => return false,
        }
    }
}

/// Matches one character; returns what follows in the pattern and in the name.
fn one<'p, 'n>(pattern: &'p [char], name: &'n [char]) -> Option<(&'p [char], &'n [char])> {
    let (c, tail) = name.split_first()?;
    let (is_in, rest) = match pattern {
        [] => return None,
        ['?', rest @ ..] => (*c != '/', rest),
        ['[', rest @ ..] => class(rest, *c)?,
        ['\\', literal, rest @ ..] | [literal, rest @ ..] => (c == literal, rest),
    };
    is_in.then_some((rest, tail))
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

    fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
        Pattern::new(pattern).map(|pattern| pattern.matches(name))
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let pattern = format!("{}b", "*a".repeat(50));
        assert_eq!(matches(&pattern, &"a".repeat(500)), Ok(false));
    }

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
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Ok(false)),
            ("*x/*y", "ax/by", Ok(true)),
            ("*a*b", "a/ab", Ok(false)),
        ] {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
    }
}
