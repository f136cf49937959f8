//! Patterns of `.Files.Glob`, as the gobwas library has them with `/` as separator.

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(char),
    /// `?`: one character, but not `/`.
    One,
    /// `*`: anything without `/`.
    Within,
    /// `**`: anything.
    Across,
    /// `[abc]`, `[a-z]`, with `!` after the bracket for all others.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `{a,b}`.
    Either(Vec<Vec<Self>>),
}

/// A pattern.
pub(super) struct Glob {
    parts: Vec<Part>,
}

impl Glob {
    /// Reads a pattern; one that is none matches everything, as in Helm.
    pub(super) fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        let parts = match parse(&chars, Nesting::Top) {
            Some((parts, [])) => parts,
            _ => vec![Part::Across],
        };
        Self { parts }
    }

    /// Returns whether all of `name` matches.
    pub(super) fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        run(&self.parts, &name, &mut |rest| rest.is_empty())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Top,
    Braces,
}

/// Reads parts up to the end, or to the `,` or `}` that ends an alternative.
fn parse(pattern: &[char], nesting: Nesting) -> Option<(Vec<Part>, &[char])> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    loop {
        rest = match rest {
            [] => break,
            [',' | '}', ..] if nesting == Nesting::Braces => break,
            ['*', '*', tail @ ..] => {
                parts.push(Part::Across);
                tail
            }
            ['*', tail @ ..] => {
                parts.push(Part::Within);
                tail
            }
            ['?', tail @ ..] => {
                parts.push(Part::One);
                tail
            }
            ['[', tail @ ..] => {
                let (class, tail) = class(tail)?;
                parts.push(class);
                tail
            }
            ['{', tail @ ..] => {
                let (either, tail) = either(tail)?;
                parts.push(either);
                tail
            }
            ['\\', literal, tail @ ..] | [literal, tail @ ..] => {
                parts.push(Part::Literal(*literal));
                tail
            }
        };
    }
    Some((parts, rest))
}

fn class(pattern: &[char]) -> Option<(Part, &[char])> {
    let (negated, mut rest) = match pattern {
        ['!', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut ranges = Vec::new();
    loop {
        rest = match rest {
            [']', tail @ ..] if !ranges.is_empty() => {
                return Some((Part::Class { negated, ranges }, tail));
            }
            [low, '-', high, tail @ ..] if *high != ']' => {
                ranges.push((*low, *high));
                tail
            }
            ['\\', c, tail @ ..] | [c, tail @ ..] => {
                ranges.push((*c, *c));
                tail
            }
            [] => return None,
        };
    }
}

fn either(pattern: &[char]) -> Option<(Part, &[char])> {
    let mut choices = Vec::new();
    let mut rest = pattern;
    loop {
        let (parts, tail) = parse(rest, Nesting::Braces)?;
        choices.push(parts);
        match tail {
            [',', tail @ ..] => rest = tail,
            ['}', tail @ ..] => return Some((Part::Either(choices), tail)),
            _ => return None,
        }
    }
}

/// Matches `parts` at the start of `name` and asks `then` about the rest.
fn run(parts: &[Part], name: &[char], then: &mut dyn FnMut(&[char]) -> bool) -> bool {
    let Some((part, parts)) = parts.split_first() else { return then(name) };
    let mut one = |accepts: bool| {
        accepts && name.split_first().is_some_and(|(_, rest)| run(parts, rest, then))
    };
    let first = name.first().copied();
    match part {
        Part::Literal(c) => one(first == Some(*c)),
        Part::One => one(first.is_some_and(|c| c != '/')),
        Part::Class { negated, ranges } => one(first.is_some_and(|c| {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
        })),
        Part::Within | Part::Across => {
            let reach = match part {
                Part::Across => name.len(),
                _ => name.iter().position(|c| *c == '/').unwrap_or(name.len()),
            };
            (0..=reach).any(|skip| name.get(skip..).is_some_and(|rest| run(parts, rest, then)))
        }
        Part::Either(choices) => {
            choices.iter().any(|choice| run(choice, name, &mut |rest| run(parts, rest, then)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: the gobwas library's own tests.
    #[test]
    fn matches_what_gobwas_matches() {
        for (pattern, name, want) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "a/b.txt", false),
            ("**.txt", "a/b.txt", true),
            ("a/**/c", "a/b/b/c", true),
            ("a/**/c", "a/c", false),
            ("config/{a,b}.yaml", "config/b.yaml", true),
            ("config/{a,b}.yaml", "config/c.yaml", false),
            ("{*,**/}x", "a/x", true),
            ("[a-c]?", "bz", true),
            ("[!a-c]?", "bz", false),
            ("\\*", "*", true),
            ("ab", "abc", false),
            ("[", "anything/at/all", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(name), want, "{pattern} {name}");
        }
    }
}
