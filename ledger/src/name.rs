//! Names that were checked: a release, a namespace, and the number of a revision.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::error::Error;

/// The longest name of a release: Helm's rule, so that a suffix still fits into 63 characters.
const LONGEST_RELEASE: usize = 53;
/// The longest name of a namespace: RFC 1123's label.
const LONGEST_LABEL: usize = 63;

/// The name of a release: DNS labels with dots between them, at most 53 characters (Helm's
/// `pkg/chart/common/util/validate_name.go`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct ReleaseName(String);

impl ReleaseName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReleaseName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fits = text.len() <= LONGEST_RELEASE && text.split('.').all(is_label);
        fits.then(|| Self(text.to_owned())).ok_or_else(|| Error::NotAReleaseName(text.to_owned()))
    }
}

impl fmt::Display for ReleaseName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The name of a namespace: one DNS label (RFC 1123), at most 63 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Namespace(String);

impl Namespace {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Namespace {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fits = text.len() <= LONGEST_LABEL && is_label(text);
        fits.then(|| Self(text.to_owned())).ok_or_else(|| Error::NotANamespace(text.to_owned()))
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The number of a revision within one life of a release, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Revision(pub u32);

impl Revision {
    /// The first revision of a life.
    pub const FIRST: Self = Self(1);

    /// Returns the number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// The number of a life of a release, from 1: a life goes from an install to its uninstall.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct LifeNumber(pub u32);

impl LifeNumber {
    /// The first life.
    pub const FIRST: Self = Self(1);

    /// Returns the number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for LifeNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Says whether a text is a DNS label: lower case letters, digits and inner hyphens.
fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_helm_takes() {
        for good in ["a", "my-release", "0", "a.b-c", &"a".repeat(53)] {
            assert!(good.parse::<ReleaseName>().is_ok(), "{good}");
        }
        for bad in ["", "A", "a_b", "-a", "a-", "a..b", ".a", "a/b", &"a".repeat(54)] {
            assert!(bad.parse::<ReleaseName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_namespace_has_no_dots() {
        assert!("kube-system".parse::<Namespace>().is_ok());
        assert!("a.b".parse::<Namespace>().is_err());
    }
}
