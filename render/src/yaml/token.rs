//! What the scanner finds in a text.

use std::borrow::Cow;

use super::cursor::Mark;

/// A token and where it starts.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) mark: Mark,
}

/// What a token is.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    StreamStart,
    StreamEnd,
    /// `%YAML` with major and minor version.
    Version(u8, u8),
    /// `%TAG` with handle and prefix.
    TagDirective(Box<TagParts<'a>>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    Tag(Box<TagParts<'a>>),
    Scalar(Cow<'a, str>, Style),
}

/// The two parts of a tag or of its directive.
#[derive(Clone, Debug)]
pub(super) struct TagParts<'a> {
    pub(super) handle: Cow<'a, str>,
    /// The suffix of a tag; what the handle stands for in a directive.
    pub(super) rest: Cow<'a, str>,
}

/// How a scalar is written, as far as its meaning depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// Between quotes or as a block: always a string, unless a tag says more.
    Quoted,
}
