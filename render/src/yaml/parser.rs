//! Tokens into events: libyaml's grammar as a machine with a stack of states.

use super::{
    Error,
    cursor::Mark,
    scanner::Scanner,
    token::{Kind, Style, TagParts, Token},
    tree::{Scalar, Tag},
};

mod flow;

/// What the grammar finds.
pub(super) enum Event<'a> {
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    Alias(&'a str),
    Scalar(Scalar<'a>),
    SequenceStart,
    MappingStart,
    /// The end of a sequence or mapping.
    End,
}

/// An event, where it starts, and the anchor that it carries.
pub(super) struct Found<'a> {
    pub(super) event: Event<'a>,
    pub(super) mark: Mark,
    pub(super) anchor: Option<&'a str>,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    StreamStart,
    ImplicitDocument,
    DocumentContent,
    DocumentEnd,
    Done,
    BlockNode,
    BlockEntry,
    IndentlessEntry,
    BlockKey,
    BlockValue,
    FlowFirstEntry,
    FlowEntry,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowFirstKey,
    FlowKey,
    FlowValue,
    FlowNoValue,
}

/// Where a node stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Block,
    /// The value of a block mapping: also a sequence that is not indented.
    BlockValue,
    Flow,
}

/// What may stand before a node.
#[derive(Default)]
struct Properties<'a> {
    anchor: Option<&'a str>,
    tag: String,
    start: Option<Mark>,
}

/// Reads the events of the first document.
pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    directives: Vec<TagParts<'a>>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            scanner: Scanner::new(bytes),
            state: State::StreamStart,
            states: Vec::new(),
            directives: Vec::new(),
        }
    }

    /// Returns the next event.
    pub(super) fn next(&mut self) -> Result<Found<'a>, Error> {
        match self.state {
            State::StreamStart => {
                self.scanner.peek()?;
                self.scanner.take();
                self.state = State::ImplicitDocument;
                self.next()
            }
            State::ImplicitDocument => self.document_start(),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::Done => Ok(found(Event::StreamEnd, Mark::default())),
            State::BlockNode => self.node(Place::Block),
            State::BlockEntry => self.block_entry(),
            State::IndentlessEntry => self.indentless_entry(),
            State::BlockKey => self.block_key(),
            State::BlockValue => self.block_value(),
            State::FlowFirstEntry => self.flow_entry(None),
            State::FlowEntry => self.flow_entry(Some("did not find expected ',' or ']'")),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => {
                let mark = self.scanner.peek()?.mark;
                self.state = State::FlowEntry;
                Ok(found(Event::End, mark))
            }
            State::FlowFirstKey => self.flow_key(None),
            State::FlowKey => self.flow_key(Some("did not find expected ',' or '}'")),
            State::FlowValue => self.flow_value(),
            State::FlowNoValue => {
                let mark = self.scanner.peek()?.mark;
                self.state = State::FlowKey;
                Ok(empty(mark))
            }
        }
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::Done);
    }

    /// Takes the token that ends a collection.
    fn end(&mut self, mark: Mark) -> Found<'a> {
        self.scanner.take();
        self.pop_state();
        found(Event::End, mark)
    }

    /// Reads a node, after which the machine is in `then`.
    fn node_then(&mut self, place: Place, then: State) -> Result<Found<'a>, Error> {
        self.states.push(then);
        self.node(place)
    }

    fn empty_then(&mut self, mark: Mark, then: State) -> Found<'a> {
        self.state = then;
        empty(mark)
    }

    fn document_start(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        let mark = token.mark;
        match token.kind {
            Kind::StreamEnd => {
                self.state = State::Done;
                Ok(found(Event::StreamEnd, mark))
            }
            Kind::Version(..) | Kind::TagDirective(..) | Kind::DocumentStart => {
                self.directives()?;
                let token = self.scanner.peek()?;
                if !matches!(token.kind, Kind::DocumentStart) {
                    let problem = "did not find expected <document start>";
                    return Err(parser_error(problem, token.mark));
                }
                self.scanner.take();
                self.states.push(State::DocumentEnd);
                self.state = State::DocumentContent;
                Ok(found(Event::DocumentStart, mark))
            }
            _ => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                Ok(found(Event::DocumentStart, mark))
            }
        }
    }

    /// Takes directives and adds the handles that are always known.
    fn directives(&mut self) -> Result<(), Error> {
        let mut has_version = false;
        loop {
            let token = self.scanner.peek()?;
            let mark = token.mark;
            match &token.kind {
                Kind::Version(..) if has_version => {
                    return Err(parser_error("found duplicate %YAML directive", mark));
                }
                Kind::Version(1, 1) => has_version = true,
                Kind::Version(..) => {
                    return Err(parser_error("found incompatible YAML document", mark));
                }
                Kind::TagDirective(parts) => {
                    let parts = parts.as_ref().clone();
                    self.add_directive(parts, mark)?;
                }
                _ => break,
            }
            self.scanner.take();
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if self.prefix(handle).is_none() {
                self.directives.push(TagParts { handle: handle.into(), rest: prefix.into() });
            }
        }
        Ok(())
    }

    fn add_directive(&mut self, parts: TagParts<'a>, mark: Mark) -> Result<(), Error> {
        if self.prefix(&parts.handle).is_some() {
            return Err(parser_error("found duplicate %TAG directive", mark));
        }
        self.directives.push(parts);
        Ok(())
    }

    /// What a handle stands for.
    fn prefix(&self, handle: &str) -> Option<&str> {
        let parts = self.directives.iter().find(|parts| parts.handle == handle)?;
        Some(&parts.rest)
    }

    fn document_content(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::Version(..)
            | Kind::TagDirective(..)
            | Kind::DocumentStart
            | Kind::DocumentEnd
            | Kind::StreamEnd => {
                let mark = token.mark;
                self.pop_state();
                Ok(empty(mark))
            }
            _ => self.node(Place::Block),
        }
    }

    fn document_end(&mut self) -> Result<Found<'a>, Error> {
        let mark = self.scanner.peek()?.mark;
        self.state = State::Done;
        Ok(found(Event::DocumentEnd, mark))
    }

    /// Reads what may stand before a node: an anchor and a tag, in any order.
    fn properties(&mut self) -> Result<Properties<'a>, Error> {
        let mut properties = Properties::default();
        let mut tag = None;
        for _ in 0..2 {
            let token = self.scanner.peek()?;
            let mark = token.mark;
            match &token.kind {
                Kind::Anchor(name) if properties.anchor.is_none() => {
                    properties.anchor = Some(name);
                }
                Kind::Tag(..) if tag.is_none() => {}
                _ => break,
            }
            properties.start.get_or_insert(mark);
            if let Some(Token { kind: Kind::Tag(parts), .. }) = self.scanner.take() {
                tag = Some((parts, mark));
            }
        }
        self.scanner.peek()?;
        let Some((parts, mark)) = tag else { return Ok(properties) };
        let TagParts { handle, rest } = *parts;
        properties.tag = if handle.is_empty() {
            rest.into_owned()
        } else {
            match self.prefix(&handle).map(|prefix| format!("{prefix}{rest}")) {
                Some(tag) if !tag.is_empty() => tag,
                _ => return Err(parser_error("found undefined tag handle", mark)),
            }
        };
        Ok(properties)
    }

    fn node(&mut self, place: Place) -> Result<Found<'a>, Error> {
        if let Token { kind: Kind::Alias(name), mark } = self.scanner.peek()? {
            let (name, mark) = (*name, *mark);
            self.scanner.take();
            self.pop_state();
            return Ok(found(Event::Alias(name), mark));
        }
        let properties = self.properties()?;
        let token = self.scanner.peek()?;
        let mark = properties.start.unwrap_or(token.mark);
        let anchor = properties.anchor;
        let is_block = place != Place::Flow;
        let (event, state) = match &token.kind {
            Kind::BlockEntry if place == Place::BlockValue => {
                (Event::SequenceStart, State::IndentlessEntry)
            }
            Kind::Scalar(..) => {
                let event = Event::Scalar(self.scalar(&properties.tag));
                return Ok(Found { event, mark, anchor });
            }
            Kind::FlowSequenceStart => (Event::SequenceStart, State::FlowFirstEntry),
            Kind::FlowMappingStart => (Event::MappingStart, State::FlowFirstKey),
            Kind::BlockSequenceStart if is_block => (Event::SequenceStart, State::BlockEntry),
            Kind::BlockMappingStart if is_block => (Event::MappingStart, State::BlockKey),
            _ if anchor.is_some() || !properties.tag.is_empty() => {
                self.pop_state();
                let is_implicit = properties.tag.is_empty();
                let tag = Tag::from_uri(&properties.tag);
                let event = Event::Scalar(Scalar { text: "".into(), tag, is_implicit });
                return Ok(Found { event, mark, anchor });
            }
            _ => return Err(parser_error("did not find expected node content", token.mark)),
        };
        if state != State::IndentlessEntry {
            self.scanner.take();
        }
        self.state = state;
        Ok(Found { event, mark, anchor })
    }

    fn scalar(&mut self, tag: &str) -> Scalar<'a> {
        self.pop_state();
        let (text, style) = match self.scanner.take() {
            Some(Token { kind: Kind::Scalar(text, style), .. }) => (text, style),
            _ => ("".into(), Style::Plain),
        };
        let is_implicit = tag.is_empty() && style == Style::Plain || tag == "!";
        Scalar { text, tag: Tag::from_uri(tag), is_implicit }
    }

    fn block_entry(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        let mark = token.mark;
        match token.kind {
            Kind::BlockEntry => {
                self.scanner.take();
                match self.scanner.peek()?.kind {
                    Kind::BlockEntry | Kind::BlockEnd => {
                        Ok(self.empty_then(mark, State::BlockEntry))
                    }
                    _ => self.node_then(Place::Block, State::BlockEntry),
                }
            }
            Kind::BlockEnd => Ok(self.end(mark)),
            _ => Err(parser_error("did not find expected '-' indicator", mark)),
        }
    }

    fn indentless_entry(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        let mark = token.mark;
        if !matches!(token.kind, Kind::BlockEntry) {
            self.pop_state();
            return Ok(found(Event::End, mark));
        }
        self.scanner.take();
        match self.scanner.peek()?.kind {
            Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => {
                Ok(self.empty_then(mark, State::IndentlessEntry))
            }
            _ => self.node_then(Place::Block, State::IndentlessEntry),
        }
    }

    fn block_key(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        let mark = token.mark;
        match token.kind {
            Kind::Key => {
                self.scanner.take();
                match self.scanner.peek()?.kind {
                    Kind::Key | Kind::Value | Kind::BlockEnd => {
                        Ok(self.empty_then(mark, State::BlockValue))
                    }
                    _ => self.node_then(Place::BlockValue, State::BlockValue),
                }
            }
            Kind::BlockEnd => Ok(self.end(mark)),
            _ => Err(parser_error("did not find expected key", mark)),
        }
    }

    fn block_value(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        let mark = token.mark;
        if !matches!(token.kind, Kind::Value) {
            return Ok(self.empty_then(mark, State::BlockKey));
        }
        self.scanner.take();
        match self.scanner.peek()?.kind {
            Kind::Key | Kind::Value | Kind::BlockEnd => Ok(self.empty_then(mark, State::BlockKey)),
            _ => self.node_then(Place::BlockValue, State::BlockKey),
        }
    }
}

fn found(event: Event<'_>, mark: Mark) -> Found<'_> {
    Found { event, mark, anchor: None }
}

/// A scalar that is not written: null.
fn empty<'a>(mark: Mark) -> Found<'a> {
    found(Event::Scalar(Scalar { text: "".into(), tag: Tag::None, is_implicit: true }), mark)
}

/// An error at a token. go-yaml counts its line from zero, and does not name
/// the first.
fn parser_error(problem: &str, mark: Mark) -> Error {
    let message = match mark.line {
        0 => format!("yaml: {problem}"),
        line => format!("yaml: line {line}: {problem}"),
    };
    Error::new(message).at(mark.line + 1, mark.column + 1)
}
