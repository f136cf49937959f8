//! What a document holds, before scalars are resolved and aliases followed.

use std::borrow::Cow;

/// The number of a node in its tree.
pub(super) type Id = u32;

/// The nodes of a document.
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

/// A node; the children of a collection are chained by `next`.
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) next: Option<Id>,
    /// The line in which it starts, from zero.
    pub(super) line: u32,
    /// The column in which it starts, from zero, in characters.
    pub(super) column: u32,
}

/// What a node is.
pub(super) enum Kind<'a> {
    Scalar(Scalar<'a>),
    /// The first element.
    Sequence(Option<Id>),
    /// The first key; keys and values take turns.
    Mapping(Option<Id>),
    /// The anchor's name and node.
    Alias(&'a str, Id),
}

/// A scalar that has not been resolved.
pub(super) struct Scalar<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) tag: Tag,
    /// Written plain (or with the tag `!`), so that its form decides.
    pub(super) is_implicit: bool,
}

/// The tags that mean something to go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    Null,
    Bool,
    Int,
    Float,
    String,
    Timestamp,
    Binary,
    Merge,
    Other,
}

impl Tag {
    /// Returns the tag that is written `!!name`, from its long form.
    pub(super) fn from_uri(uri: &str) -> Self {
        match uri.strip_prefix("tag:yaml.org,2002:") {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("str") => Self::String,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            _ if uri.is_empty() => Self::None,
            _ => Self::Other,
        }
    }

    /// Returns the short form, as errors have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None | Self::Other => "",
            Self::Null => "!!null",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::String => "!!str",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
            Self::Merge => "!!merge",
        }
    }
}

impl Scalar<'_> {
    /// Returns whether it is the key whose value is merged into the mapping.
    pub(super) fn is_merge(&self) -> bool {
        self.text == "<<" && (self.is_implicit || self.tag == Tag::Merge)
    }
}

impl<'a> Tree<'a> {
    pub(super) fn node(&self, id: Id) -> Option<&Node<'a>> {
        self.nodes.get(usize::try_from(id).unwrap_or(usize::MAX))
    }

    pub(super) fn next(&self, id: Id) -> Option<Id> {
        self.node(id).and_then(|node| node.next)
    }
}
