//! A text into tokens, as libyaml's scanner cuts it, with go-yaml's errors.
//!
//! What is a key shows only at the `:` after it. Until then every place where a
//! key may start is remembered, and the tokens that belong before it (KEY, the
//! start of a mapping) are put into the queue afterwards.

use std::collections::VecDeque;

use super::{
    Error,
    cursor::{Cursor, Mark},
    scan_block::BlockStyle,
    token::{Kind, Token},
};

/// go-yaml's `max_flow_level` and `max_indents`.
const MAX_DEPTH: usize = 10_000;

/// How many characters a key without `?` may have, and still be one.
const MAX_KEY: usize = 1024;

/// Cuts a text into tokens.
pub(super) struct Scanner<'a> {
    pub(super) cursor: Cursor<'a>,
    queue: VecDeque<Queued<'a>>,
    /// How many tokens have been handed out.
    taken: usize,
    /// The column of the innermost block collection; -1 outside of all.
    pub(super) indent: isize,
    indents: Vec<isize>,
    /// One for each flow collection that is open, and one for the block level.
    keys: Vec<PossibleKey>,
    /// The level at which the next token may turn out to be a key.
    possible_at: Option<usize>,
    /// Whether a key may start here.
    pub(super) key_allowed: bool,
}

/// A token, and the level at which it was thought to be a key.
struct Queued<'a> {
    token: Token<'a>,
    possible_at: Option<usize>,
}

/// Whether a key may have started somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Chance {
    #[default]
    None,
    Possible,
    /// Nothing but a key can stand there.
    Required,
}

/// A place where a key without `?` may have started.
#[derive(Clone, Copy, Debug, Default)]
struct PossibleKey {
    chance: Chance,
    /// The number of the key's first token.
    token: usize,
    mark: Mark,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let token = Token { kind: Kind::StreamStart, mark: Mark::default() };
        let start = Queued { token, possible_at: None };
        Self {
            cursor: Cursor::new(bytes),
            queue: VecDeque::from([start]),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            keys: vec![PossibleKey::default()],
            possible_at: None,
            key_allowed: true,
        }
    }

    /// Returns the next token without taking it.
    pub(super) fn peek(&mut self) -> Result<&Token<'a>, Error> {
        while self.queue.is_empty() || self.is_head_a_possible_key()? {
            self.fetch()?;
        }
        let head = self.queue.front().map(|queued| &queued.token);
        head.ok_or_else(|| Error::new("yaml: unknown problem parsing YAML content"))
    }

    /// Takes the token that [`Self::peek`] has shown.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        self.taken += 1;
        self.queue.pop_front().map(|queued| queued.token)
    }

    /// An error at this place. go-yaml names the line unless it is the first.
    pub(super) fn error(&self, problem: &str) -> Error {
        let Mark { line, column } = self.cursor.mark();
        let message = match line {
            0 => format!("yaml: {problem}"),
            line => format!("yaml: line {}: {problem}", line + 1),
        };
        Error::new(message).at(line + 1, column + 1)
    }

    fn is_head_a_possible_key(&mut self) -> Result<bool, Error> {
        let Some(level) = self.queue.front().and_then(|queued| queued.possible_at) else {
            return Ok(false);
        };
        match self.keys.get(level) {
            Some(key) if key.token == self.taken => self.is_still_possible(level),
            _ => Ok(false),
        }
    }

    /// A key ends on the line on which it starts, within 1024 characters.
    fn is_still_possible(&mut self, level: usize) -> Result<bool, Error> {
        let here = self.cursor.mark();
        let Some(key) = self.keys.get_mut(level) else { return Ok(false) };
        if key.chance == Chance::None {
            return Ok(false);
        }
        if key.mark.line == here.line && key.mark.column + MAX_KEY >= here.column {
            return Ok(true);
        }
        if key.chance == Chance::Required {
            return Err(self.error("could not find expected ':'"));
        }
        key.chance = Chance::None;
        Ok(false)
    }

    /// Remembers this place as one where a key may start.
    fn save_key(&mut self) -> Result<(), Error> {
        if !self.key_allowed {
            return Ok(());
        }
        let column = isize::try_from(self.cursor.column()).unwrap_or(isize::MAX);
        let is_required = !self.in_flow() && self.indent == column;
        let key = PossibleKey {
            chance: if is_required { Chance::Required } else { Chance::Possible },
            token: self.taken + self.queue.len(),
            mark: self.cursor.mark(),
        };
        self.forget_key()?;
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
        self.possible_at = Some(self.keys.len() - 1);
        Ok(())
    }

    /// Gives up the place at this level where a key may have started.
    fn forget_key(&mut self) -> Result<(), Error> {
        if self.keys.last().is_some_and(|key| key.chance == Chance::Required) {
            return Err(self.error("could not find expected ':'"));
        }
        if let Some(key) = self.keys.last_mut() {
            key.chance = Chance::None;
        }
        Ok(())
    }

    pub(super) fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    fn push(&mut self, kind: Kind<'a>, mark: Mark) {
        let possible_at = self.possible_at.take();
        self.queue.push_back(Queued { token: Token { kind, mark }, possible_at });
    }

    /// Enters a block collection if this column is deeper than the last. Its
    /// token goes before the token with number `at`, or to the end.
    fn enter(&mut self, column: usize, at: Option<usize>, token: Token<'a>) -> Result<(), Error> {
        let column = isize::try_from(column).unwrap_or(isize::MAX);
        if self.in_flow() || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(self.error(&format!("exceeded max depth of {MAX_DEPTH}")));
        }
        self.insert(at, token);
        Ok(())
    }

    fn insert(&mut self, before: Option<usize>, token: Token<'a>) {
        // A token that has been handed out cannot be preceded any more; go-yaml
        // then puts the other to the end.
        let place = before.and_then(|number| number.checked_sub(self.taken));
        let place = place.unwrap_or(self.queue.len()).min(self.queue.len());
        self.queue.insert(place, Queued { token, possible_at: None });
    }

    /// Leaves the block collections that are deeper than `column`.
    fn leave(&mut self, column: isize) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.cursor.mark());
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Puts at least one more token into the queue.
    fn fetch(&mut self) -> Result<(), Error> {
        self.cursor.need(1)?;
        self.skip_to_token()?;
        self.leave(isize::try_from(self.cursor.column()).unwrap_or(isize::MAX));
        self.cursor.need(4)?;
        let byte = self.cursor.peek(0);
        if byte == 0 {
            return self.fetch_end();
        }
        if self.cursor.column() == 0 && byte == b'%' {
            return self.fetch_directive();
        }
        if self.cursor.is_document_indicator() {
            let kind = if byte == b'-' { Kind::DocumentStart } else { Kind::DocumentEnd };
            return self.fetch_document_indicator(kind);
        }
        self.fetch_content(byte)
    }

    fn fetch_content(&mut self, byte: u8) -> Result<(), Error> {
        let in_flow = self.in_flow();
        match byte {
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_blank_or_end(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_blank_or_end(1) => self.fetch_key(),
            b':' if in_flow || self.cursor.is_blank_or_end(1) => self.fetch_value(),
            b'*' => self.fetch_anchor(Kind::Alias),
            b'&' => self.fetch_anchor(Kind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !in_flow => self.fetch_block_scalar(BlockStyle::Literal),
            b'>' if !in_flow => self.fetch_block_scalar(BlockStyle::Folded),
            b'\'' | b'"' => self.fetch_quoted(byte),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => self.refuse_start(),
            _ if self.cursor.is_blank_or_end(0) => self.refuse_start(),
            _ => self.fetch_plain(),
        }
    }

    fn refuse_start(&self) -> Result<(), Error> {
        Err(self.error("found character that cannot start any token"))
    }

    /// Passes white space, comments and line breaks.
    fn skip_to_token(&mut self) -> Result<(), Error> {
        loop {
            self.cursor.need(1)?;
            if self.cursor.column() == 0 && self.cursor.is_byte_order_mark() {
                self.cursor.skip();
            }
            self.cursor.need(1)?;
            while self.cursor.peek(0) == b' '
                || (self.cursor.peek(0) == b'\t' && (self.in_flow() || !self.key_allowed))
            {
                self.cursor.skip();
                self.cursor.need(1)?;
            }
            self.skip_comment()?;
            if !self.cursor.is_break(0) {
                return Ok(());
            }
            self.cursor.need(2)?;
            self.cursor.skip_line();
            if !self.in_flow() {
                self.key_allowed = true;
            }
        }
    }

    /// Passes a comment up to the end of its line, if one starts here.
    pub(super) fn skip_comment(&mut self) -> Result<(), Error> {
        if self.cursor.peek(0) != b'#' {
            return Ok(());
        }
        self.cursor.skip_ascii_line();
        while !self.cursor.is_break_or_end(0) {
            self.cursor.skip();
            if self.cursor.is_plain() {
                self.cursor.skip_run(|byte| !matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2));
            }
            self.cursor.need(1)?;
        }
        Ok(())
    }

    fn fetch_end(&mut self) -> Result<(), Error> {
        if self.cursor.column() != 0 {
            self.cursor.new_line();
        }
        self.leave(-1);
        self.forget_key()?;
        self.key_allowed = false;
        self.push(Kind::StreamEnd, self.cursor.mark());
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Error> {
        self.leave(-1);
        self.forget_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let kind = self.scan_directive()?;
        self.push(kind, mark);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.leave(-1);
        self.forget_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        for _ in 0..3 {
            self.cursor.skip();
        }
        self.push(kind, mark);
        Ok(())
    }

    /// Passes an indicator of one character and puts its token into the queue.
    fn push_indicator(&mut self, kind: Kind<'a>) {
        let mark = self.cursor.mark();
        self.cursor.skip();
        self.push(kind, mark);
    }

    fn fetch_flow_start(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.save_key()?;
        let token = self.taken + self.queue.len();
        self.keys.push(PossibleKey { token, ..PossibleKey::default() });
        if self.keys.len() - 1 > MAX_DEPTH {
            return Err(self.error(&format!("exceeded max depth of {MAX_DEPTH}")));
        }
        self.key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind<'a>) -> Result<(), Error> {
        self.forget_key()?;
        if self.in_flow()
            && let Some(key) = self.keys.pop()
            && let Some(place) = key.token.checked_sub(self.taken)
            && let Some(queued) = self.queue.get_mut(place)
        {
            // Where nothing inside could be a key, this is the collection's own
            // start: go-yaml does not take `[]` for a key.
            queued.possible_at = None;
        }
        self.key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Error> {
        self.forget_key()?;
        self.key_allowed = true;
        self.push_indicator(Kind::FlowEntry);
        Ok(())
    }

    /// Checks that an entry or a key may start here, and enters its collection.
    fn start_block(&mut self, kind: Kind<'a>, refusal: &str) -> Result<(), Error> {
        if self.in_flow() {
            return Ok(());
        }
        if !self.key_allowed {
            return Err(self.error(refusal));
        }
        let mark = self.cursor.mark();
        self.enter(mark.column, None, Token { kind, mark })
    }

    fn fetch_block_entry(&mut self) -> Result<(), Error> {
        self.start_block(
            Kind::BlockSequenceStart,
            "block sequence entries are not allowed in this context",
        )?;
        self.forget_key()?;
        self.key_allowed = true;
        self.push_indicator(Kind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Error> {
        self.start_block(Kind::BlockMappingStart, "mapping keys are not allowed in this context")?;
        self.forget_key()?;
        self.key_allowed = !self.in_flow();
        self.push_indicator(Kind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Error> {
        let level = self.keys.len() - 1;
        if self.is_still_possible(level)? {
            let key = self.keys.get(level).copied().unwrap_or_default();
            self.insert(Some(key.token), Token { kind: Kind::Key, mark: key.mark });
            let start = Token { kind: Kind::BlockMappingStart, mark: key.mark };
            self.enter(key.mark.column, Some(key.token), start)?;
            if let Some(key) = self.keys.last_mut() {
                key.chance = Chance::None;
            }
            self.key_allowed = false;
        } else {
            self.start_block(
                Kind::BlockMappingStart,
                "mapping values are not allowed in this context",
            )?;
            self.key_allowed = !self.in_flow();
        }
        self.push_indicator(Kind::Value);
        Ok(())
    }

    fn fetch_anchor(&mut self, kind: fn(&'a str) -> Kind<'a>) -> Result<(), Error> {
        self.save_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let name = self.scan_anchor()?;
        self.push(kind(name), mark);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<(), Error> {
        self.save_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let parts = self.scan_tag()?;
        self.push(Kind::Tag(Box::new(parts)), mark);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: BlockStyle) -> Result<(), Error> {
        self.forget_key()?;
        self.key_allowed = true;
        let mark = self.cursor.mark();
        let kind = self.scan_block_scalar(style)?;
        self.push(kind, mark);
        Ok(())
    }

    fn fetch_quoted(&mut self, quote: u8) -> Result<(), Error> {
        self.save_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let kind = self.scan_quoted(quote)?;
        self.push(kind, mark);
        Ok(())
    }

    fn fetch_plain(&mut self) -> Result<(), Error> {
        self.save_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark();
        let kind = self.scan_plain()?;
        self.push(kind, mark);
        Ok(())
    }
}
