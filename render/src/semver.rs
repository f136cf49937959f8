//! Versions and constraints as Helm understands them: `Masterminds/semver` 3.5.
//!
//! Looser than Semantic Versioning: a leading `v`, missing parts, and leading
//! zeros are fine. A pre-release satisfies a constraint only if the group of
//! constraints that is looked at names one itself.

use std::{cmp::Ordering, fmt};

mod constraint;

pub use constraint::Constraint;

/// A version. Its `Display` is the normal form, without a leading `v`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number, 0 if it is not given.
    pub minor: u64,
    /// The third number, 0 if it is not given.
    pub patch: u64,
    /// What follows `-`, or "".
    pub pre: String,
    /// What follows `+`, or "".
    pub metadata: String,
    /// The text as it was given.
    pub original: String,
}

/// Why a text is no version or no constraint, in the library's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No version at all.
    #[error("invalid semantic version")]
    Version,
    /// A version of more than 256 bytes.
    #[error("version string is too long (max 256 bytes)")]
    VersionTooLong,
    /// A number that 64 bits do not hold.
    #[error(
        "error parsing version segment: strconv.ParseUint: parsing \"{0}\": value out of range"
    )]
    Number(String),
    /// A numeric part of the pre-release that starts with 0.
    #[error("version segment starts with 0")]
    LeadingZero,
    /// No constraint at all.
    #[error("improper constraint: {0:?}")]
    Constraint(String),
    /// A version in a constraint that is none.
    #[error("constraint parser error")]
    ConstraintVersion,
    /// A constraint of more than 512 bytes.
    #[error("constraint string is too long (max 512 bytes)")]
    ConstraintTooLong,
    /// More than 32 alternatives.
    #[error("too many constraint groups (max 32)")]
    TooManyGroups,
}

impl Error {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Version | Self::VersionTooLong | Self::Number(_) | Self::LeadingZero => {
                "a version looks like 1.2.3, 1.2.3-rc.1 or v1.2"
            }
            _ => "a constraint looks like >=1.2.0 <2.0.0, ^1.2 or 1.x || 2.x",
        }
    }
}

impl Version {
    /// Reads a version loosely (`semver.NewVersion`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > 256 {
            return Err(Error::VersionTooLong);
        }
        let rest = text.strip_prefix('v').unwrap_or(text);
        let (rest, metadata) = match rest.split_once('+') {
            Some((rest, metadata)) => (rest, Some(metadata)),
            None => (rest, None),
        };
        let (numbers, pre) = match rest.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (rest, None),
        };
        let mut parts = numbers.split('.');
        let mut next = || parts.next().map(check_digits).transpose();
        let (major, minor, patch) = (next()?, next()?, next()?);
        let identifiers_fit = |text: Option<&str>| text.is_none_or(are_identifiers);
        if parts.next().is_some() || !identifiers_fit(pre) || !identifiers_fit(metadata) {
            return Err(Error::Version);
        }
        let number = |digits: Option<&str>| match digits {
            Some(digits) => digits.parse().map_err(|_| Error::Number(digits.to_owned())),
            None => Ok(0),
        };
        let (major, minor, patch) =
            (number(Some(major.unwrap_or_default()))?, number(minor)?, number(patch)?);
        let pre = pre.unwrap_or_default();
        let zero = |part: &str| {
            part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit())
        };
        if pre.split('.').any(zero) {
            return Err(Error::LeadingZero);
        }
        Ok(Self {
            major,
            minor,
            patch,
            pre: pre.to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
        })
    }

    /// Reads a version strictly (`semver.StrictNewVersion`): three numbers without leading zeros
    /// and no `v` before them.
    ///
    /// # Errors
    ///
    /// As [`Version::parse`], and [`Error::Version`] for what only that one takes.
    pub fn parse_strict(text: &str) -> Result<Self, Error> {
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        let is_number = |part: &str| {
            part.bytes().all(|byte| byte.is_ascii_digit())
                && (part.len() == 1 || !part.starts_with('0'))
        };
        if numbers.split('.').count() != 3 || !numbers.split('.').all(is_number) {
            return Err(Error::Version);
        }
        Self::parse(text)
    }

    /// Compares by precedence; metadata does not count.
    pub fn compare(&self, other: &Self) -> Ordering {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| {
            match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_pre(&self.pre, &other.pre),
            }
        })
    }
}

fn check_digits(part: &str) -> Result<&str, Error> {
    let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(part) } else { Err(Error::Version) }
}

fn are_identifiers(text: &str) -> bool {
    text.split('.').all(|part| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

/// Compares pre-releases part by part: a missing part first, then numbers,
/// then texts.
fn compare_pre(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let (left, right) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (left, right) => (left.unwrap_or_default(), right.unwrap_or_default()),
        };
        if left == right {
            continue;
        }
        if left.is_empty() || right.is_empty() {
            return left.len().cmp(&right.len());
        }
        return match (left.parse::<u64>(), right.parse::<u64>()) {
            (Ok(left), Ok(right)) => {
                // Equal numbers in other digits: Masterminds says less.
                if left > right { Ordering::Greater } else { Ordering::Less }
            }
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => left.cmp(right),
        };
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(formatter, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(formatter, "+{}", self.metadata)?;
        }
        Ok(())
    }
}
