//! Constraints: `>=1.2 <2`, `^1`, `~1.2`, `1.x || 2.x`, `1.2 - 1.4`.

use std::{cmp::Ordering, sync::LazyLock};

use regex::Regex;

use super::{Error, Version};

/// What a version must satisfy: all of one of the groups.
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Vec<Comparison>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Tilde,
    Caret,
}

/// From which part on the version of a comparison is open (missing or `x`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    No,
    Major,
    Minor,
    Patch,
}

#[derive(Clone, Debug)]
struct Comparison {
    operator: Operator,
    version: Version,
    open: Open,
}

/// The version in a constraint, with `|` in the classes as the library has it.
const VERSION: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
const OPERATORS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
/// Go's `\s`.
const SPACE: &str = r"[\t\n\x0C\r ]";

/// The library's own expressions, so that its quirks are ours.
struct Grammar {
    single: Regex,
    range: Regex,
    find: Regex,
    valid: Regex,
}

static GRAMMAR: LazyLock<Option<Grammar>> = LazyLock::new(|| {
    let (v, o, s) = (VERSION, OPERATORS, SPACE);
    let valid = format!("^({s}*({o}){s}*({v}){s}*)((?:{s}+|,{s}*)({o}){s}*({v}){s}*)*$");
    Some(Grammar {
        single: Regex::new(&format!("^{s}*({o}){s}*({v}){s}*$")).ok()?,
        range: Regex::new(&format!("{s}*({v}){s}+-{s}+({v}){s}*")).ok()?,
        find: Regex::new(&format!("({o}){s}*({v})")).ok()?,
        valid: Regex::new(&valid).ok()?,
    })
});

impl Constraint {
    /// Reads a constraint (`semver.NewConstraint`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > 512 {
            return Err(Error::ConstraintTooLong);
        }
        let Some(grammar) = &*GRAMMAR else { unreachable!("the expressions are constant") };
        let text = grammar.without_ranges(text);
        let groups: Vec<&str> = text.split("||").collect();
        if groups.len() > 32 {
            return Err(Error::TooManyGroups);
        }
        let groups =
            groups.into_iter().map(|group| grammar.group(group)).collect::<Result<_, _>>()?;
        Ok(Self { groups })
    }

    /// Returns whether `version` satisfies it.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let pre_allowed = group.iter().any(|comparison| !comparison.version.pre.is_empty());
            (version.pre.is_empty() || pre_allowed)
                && group.iter().all(|comparison| comparison.check(version))
        })
    }
}

impl Grammar {
    /// `1.2 - 1.4` becomes `>= 1.2, <= 1.4`.
    fn without_ranges(&self, text: &str) -> String {
        let mut rewritten = text.to_owned();
        for range in self.range.captures_iter(text) {
            let part = |at: usize| range.get(at).map_or("", |part| part.as_str());
            let comparisons = format!(">= {}, <= {} ", part(1), part(11));
            rewritten = rewritten.replacen(part(0), &comparisons, 1);
        }
        rewritten
    }

    fn group(&self, text: &str) -> Result<Vec<Comparison>, Error> {
        if !self.valid.is_match(text) {
            return Err(Error::Constraint(text.to_owned()));
        }
        self.find.find_iter(text).map(|found| self.comparison(found.as_str())).collect()
    }

    fn comparison(&self, text: &str) -> Result<Comparison, Error> {
        let parts = self.single.captures(text).ok_or_else(|| Error::Constraint(text.to_owned()))?;
        let part = |at: usize| parts.get(at).map_or("", |part| part.as_str());
        let is_open = |part: &str| matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (major, minor, patch, pre) = (part(3), part(4), part(5), part(6));
        let (version, open) = if is_open(major) {
            (format!("0.0.0{pre}"), Open::Major)
        } else if is_open(minor) {
            (format!("{major}.0.0{pre}"), Open::Minor)
        } else if is_open(patch) {
            (format!("{major}{minor}.0{pre}"), Open::Patch)
        } else {
            (part(2).to_owned(), Open::No)
        };
        let version = Version::parse(&version).map_err(|_| Error::ConstraintVersion)?;
        let operator = match part(1) {
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::AtLeast,
            "<=" | "=<" => Operator::AtMost,
            "~" | "~>" => Operator::Tilde,
            "^" => Operator::Caret,
            _ if open == Open::No => Operator::Equal,
            _ => Operator::Tilde,
        };
        Ok(Comparison { operator, version, open })
    }
}

impl Comparison {
    fn check(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal => order == Ordering::Equal,
            Operator::NotEqual => self.check_not_equal(version),
            Operator::Greater => self.check_greater(version),
            Operator::Less => order == Ordering::Less,
            Operator::AtLeast => order != Ordering::Less,
            Operator::AtMost if self.open == Open::No => order != Ordering::Greater,
            Operator::AtMost => {
                version.major < self.version.major
                    || (version.major == self.version.major
                        && (version.minor <= self.version.minor || self.open == Open::Minor))
            }
            Operator::Tilde => self.check_tilde(version),
            Operator::Caret => self.check_caret(version),
        }
    }

    fn check_not_equal(&self, version: &Version) -> bool {
        let own = &self.version;
        if self.open == Open::No {
            return version.compare(own) != Ordering::Equal;
        }
        if own.major != version.major {
            return true;
        }
        match self.open {
            Open::Minor => false,
            _ if own.minor != version.minor => true,
            Open::Patch => {
                (!version.pre.is_empty() || !own.pre.is_empty())
                    && super::compare_pre(&version.pre, &own.pre) != Ordering::Equal
            }
            _ => own.patch != version.patch || version.compare(own) != Ordering::Equal,
        }
    }

    fn check_greater(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.open {
            Open::No | Open::Major => match version.major.cmp(&own.major) {
                Ordering::Equal => version.compare(own) == Ordering::Greater,
                order => order == Ordering::Greater,
            },
            Open::Minor => version.major > own.major,
            Open::Patch => (version.major, version.minor) > (own.major, own.minor),
        }
    }

    fn check_tilde(&self, version: &Version) -> bool {
        let own = &self.version;
        if version.compare(own) == Ordering::Less {
            return false;
        }
        let is_zero = (own.major, own.minor, own.patch) == (0, 0, 0);
        if is_zero && !matches!(self.open, Open::Minor | Open::Patch) {
            return true;
        }
        version.major == own.major && (version.minor == own.minor || self.open == Open::Minor)
    }

    fn check_caret(&self, version: &Version) -> bool {
        let own = &self.version;
        if version.compare(own) == Ordering::Less {
            return false;
        }
        if own.major > 0 || self.open == Open::Minor {
            return version.major == own.major;
        }
        if version.major > 0 {
            return false;
        }
        if own.minor > 0 || self.open == Open::Patch {
            return version.minor == own.minor;
        }
        version.minor == 0 && version.patch == own.patch
    }
}
