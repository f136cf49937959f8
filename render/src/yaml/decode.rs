//! A tree into values: scalars resolved, aliases followed, `<<` merged.

use std::{borrow::Cow, collections::HashSet};

use serde_json::{Map, Value as Json};

use super::{
    Error,
    resolve::{Resolved, resolve},
    target::{AsJson, AsNothing, Key, Target},
    tree::{Id, Kind, Node, Scalar, Tag, Tree},
    typed::{self, Typed},
};

/// How deep values may nest. Go reads ten thousand levels; what is made of the
/// value afterwards is recursive here, and nobody writes a hundred.
pub(super) const MAX_DEPTH: usize = 1000;

/// How many bytes of scalars may come out of aliases.
const MAX_REPEATED: usize = 64 << 20;

/// What happens when a key is set twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duplicates {
    /// The later value is taken, as it is by default.
    Replace,
    /// An error, as in go-yaml's strict mode.
    Refuse,
}

/// Decodes the root of a tree; a tree without nodes is null.
pub(super) fn decode<T: Target>(
    tree: &Tree<'_>,
    target: T,
    duplicates: Duplicates,
) -> Result<T::Value, Error> {
    let mut decoder = Decoder::new(tree, target, duplicates);
    if tree.nodes.is_empty() {
        return Ok(decoder.target.scalar(Resolved::Null, ""));
    }
    let value = decoder.node(0)?;
    if let [(_, line), ..] = decoder.refused.as_slice() {
        let problems: Vec<_> = decoder.refused.iter().map(|(text, _)| text.as_str()).collect();
        let message = format!("yaml: unmarshal errors:\n  {}", problems.join("\n  "));
        return Err(Error::new(message).at(*line, 1));
    }
    if T::IS_JSON && decoder.has_suspects {
        typed::check(&decode(tree, typed::AsTyped, Duplicates::Replace)?)?;
    }
    Ok(value)
}

/// Decodes a tree that all of it must be decodable of, and returns of its mapping what
/// these keys have; of a root that is not so plain, everything.
pub(super) fn decode_some(tree: &Tree<'_>, wanted: &[&str]) -> Result<Json, Error> {
    decode(tree, AsNothing, Duplicates::Replace)?;
    match some(tree, wanted)? {
        Some(object) => Ok(Json::Object(object)),
        None => decode(tree, AsJson, Duplicates::Replace),
    }
}

fn some(tree: &Tree<'_>, wanted: &[&str]) -> Result<Option<Map<String, Json>>, Error> {
    let Some(Node { kind: Kind::Mapping(first), .. }) = tree.node(0) else { return Ok(None) };
    let mut object = Map::new();
    let mut next = *first;
    while let Some(id) = next {
        let key = match tree.node(id).map(|node| &node.kind) {
            Some(Kind::Scalar(key)) if key.tag == Tag::None && !key.is_merge() => key,
            _ => return Ok(None),
        };
        let Some(value) = tree.next(id) else { break };
        next = tree.next(value);
        if wanted.contains(&&*key.text) {
            let mut decoder = Decoder::new(tree, AsJson, Duplicates::Replace);
            object.insert(key.text.clone().into_owned(), decoder.node(value)?);
        }
    }
    Ok(Some(object))
}

struct Decoder<'t, 'a, T> {
    tree: &'t Tree<'a>,
    target: T,
    duplicates: Duplicates,
    count: Count,
    /// The aliases that are being followed.
    following: Vec<Id>,
    depth: usize,
    /// What strict mode refuses, and where.
    refused: Vec<(String, usize)>,
    /// Whether something was seen that JSON cannot hold.
    has_suspects: bool,
}

/// What go-yaml counts to stop documents that grow by their aliases.
#[derive(Default)]
struct Count {
    all: usize,
    aliased: usize,
    repeated: usize,
}

impl Count {
    fn is_excessive(&self) -> bool {
        self.aliased > 100
            && self.all > 1000
            && as_float(self.aliased) / as_float(self.all) > allowed_ratio(self.all)
            || self.repeated > MAX_REPEATED
    }
}

/// Which part of so many nodes may come from aliases: 99 % of a small document,
/// 10 % of a very large one.
fn allowed_ratio(count: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    match count {
        ..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * (as_float(count - LOW) / as_float(HIGH - LOW)),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a count of nodes is far below 2^52")]
fn as_float(count: usize) -> f64 {
    count as f64
}

impl<'t, 'a, T: Target> Decoder<'t, 'a, T> {
    fn new(tree: &'t Tree<'a>, target: T, duplicates: Duplicates) -> Self {
        Self {
            tree,
            target,
            duplicates,
            count: Count { all: 1, ..Count::default() },
            following: Vec::new(),
            depth: 0,
            refused: Vec::new(),
            has_suspects: false,
        }
    }

    fn get(&self, id: Id) -> Result<&'t Node<'a>, Error> {
        self.tree.node(id).ok_or_else(|| Error::new("yaml: unknown problem parsing YAML content"))
    }

    fn error(node: &Node<'_>, message: String) -> Error {
        Error::new(message).at(place(node.line), place(node.column))
    }

    /// Counts a node, and refuses it if there are too many of its kind.
    fn enter(&mut self, node: &Node<'_>) -> Result<(), Error> {
        self.count.all += 1;
        if !self.following.is_empty() {
            self.count.aliased += 1;
            if let Kind::Scalar(scalar) = &node.kind {
                self.count.repeated += scalar.text.len();
            }
        }
        if self.count.is_excessive() {
            let message = "yaml: document contains excessive aliasing";
            return Err(Self::error(node, message.to_owned()));
        }
        if self.depth >= MAX_DEPTH {
            return Err(Self::error(node, format!("yaml: exceeded max depth of {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn node(&mut self, id: Id) -> Result<T::Value, Error> {
        let node = self.get(id)?;
        self.enter(node)?;
        match &node.kind {
            Kind::Scalar(scalar) => self.scalar(node, scalar),
            Kind::Sequence(first) => {
                self.depth += 1;
                let list = self.sequence(*first)?;
                self.depth -= 1;
                Ok(list)
            }
            Kind::Mapping(first) => {
                let mut entries = Entries::default();
                self.depth += 1;
                self.mapping(*first, &mut entries)?;
                self.depth -= 1;
                Ok(self.target.map(entries.list))
            }
            Kind::Alias(name, to) => self.follow(id, name, |decoder| decoder.node(*to)),
        }
    }

    /// Does something within an alias, unless that is being followed already.
    fn follow<R>(
        &mut self,
        id: Id,
        name: &str,
        visit: impl FnOnce(&mut Self) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if self.following.contains(&id) {
            let message = format!("yaml: anchor '{name}' value contains itself");
            return Err(Self::error(self.get(id)?, message));
        }
        self.following.push(id);
        self.depth += 1;
        let result = visit(self)?;
        self.depth -= 1;
        self.following.pop();
        Ok(result)
    }

    fn resolve(node: &Node<'_>, scalar: &Scalar<'_>) -> Result<Resolved, Error> {
        if scalar.tag == Tag::None && !scalar.is_implicit {
            return Ok(Resolved::String);
        }
        resolve(scalar.tag, &scalar.text)
            .map_err(|error| error.at(place(node.line), place(node.column)))
    }

    fn scalar(&mut self, node: &Node<'_>, scalar: &Scalar<'_>) -> Result<T::Value, Error> {
        let resolved = Self::resolve(node, scalar)?;
        self.has_suspects |= matches!(resolved, Resolved::Float(number) if !number.is_finite());
        if scalar.tag == Tag::Binary {
            let text = binary(node, &scalar.text)?;
            return Ok(self.target.scalar(resolved, &text));
        }
        Ok(self.target.scalar(resolved, &scalar.text))
    }

    fn sequence(&mut self, first: Option<Id>) -> Result<T::Value, Error> {
        let mut list = Vec::new();
        let mut next = first;
        while let Some(id) = next {
            list.push(self.node(id)?);
            next = self.tree.next(id);
        }
        Ok(self.target.list(list))
    }

    fn mapping(&mut self, first: Option<Id>, entries: &mut Entries<T>) -> Result<(), Error> {
        let mut next = first;
        while let Some(id) = next {
            let Some(value) = self.tree.next(id) else { break };
            next = self.tree.next(value);
            if let Kind::Scalar(scalar) = &self.get(id)?.kind
                && scalar.is_merge()
            {
                self.merge(value, entries)?;
                continue;
            }
            let (resolved, text) = self.key(id)?;
            let decoded = self.node(value)?;
            self.has_suspects |= matches!(resolved, Resolved::Null | Resolved::Unsigned(_));
            if self.duplicates == Duplicates::Replace
                || self.is_new(entries, value, (resolved, &text))?
            {
                entries.list.push((self.target.key(resolved, &text), decoded));
            }
        }
        Ok(())
    }

    /// Returns whether a key is not yet among the entries, or notes that it is.
    fn is_new(
        &mut self,
        entries: &mut Entries<T>,
        value: Id,
        (resolved, text): (Resolved, &str),
    ) -> Result<bool, Error> {
        let key = Key::new(resolved, text);
        let syntax = typed::key_syntax(&key);
        let is_new = entries.seen.insert(key);
        if !is_new {
            let line = place(self.get(value)?.line);
            self.refused.push((format!("line {line}: key {syntax} already set in map"), line));
        }
        Ok(is_new)
    }

    /// Decodes a key, which must not be a collection.
    fn key(&mut self, id: Id) -> Result<(Resolved, Cow<'t, str>), Error> {
        let node = self.get(id)?;
        if !matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_)) {
            self.enter(node)?;
        }
        match &node.kind {
            Kind::Scalar(scalar) => {
                let resolved = Self::resolve(node, scalar)?;
                if scalar.tag == Tag::Binary {
                    return Ok((resolved, binary(node, &scalar.text)?.into()));
                }
                Ok((resolved, Cow::Borrowed(scalar.text.as_ref())))
            }
            Kind::Alias(name, to) => self.follow(id, name, |decoder| decoder.key(*to)),
            Kind::Sequence(_) | Kind::Mapping(_) => {
                let mut decoder = Decoder {
                    tree: self.tree,
                    target: typed::AsTyped,
                    duplicates: Duplicates::Replace,
                    count: std::mem::take(&mut self.count),
                    following: self.following.clone(),
                    depth: self.depth,
                    refused: Vec::new(),
                    has_suspects: false,
                };
                let key: Typed = decoder.node(id)?;
                let message = format!("yaml: invalid map key: {}", typed::syntax(&key));
                Err(Self::error(node, message))
            }
        }
    }

    /// Puts the entries of a mapping, or of several, into this one. They replace
    /// what stands before `<<`, and are replaced by what stands after it.
    fn merge(&mut self, id: Id, entries: &mut Entries<T>) -> Result<(), Error> {
        let node = self.get(id)?;
        if let Kind::Sequence(first) = node.kind {
            let mut sources = Vec::new();
            let mut next = first;
            while let Some(source) = next {
                sources.push(source);
                next = self.tree.next(source);
            }
            return sources.iter().rev().try_for_each(|&source| self.merge_one(source, entries));
        }
        self.merge_one(id, entries)
    }

    fn merge_one(&mut self, id: Id, entries: &mut Entries<T>) -> Result<(), Error> {
        let node = self.get(id)?;
        match node.kind {
            Kind::Mapping(first) => {
                self.enter(node)?;
                self.depth += 1;
                self.mapping(first, entries)?;
                self.depth -= 1;
                Ok(())
            }
            Kind::Alias(name, to) if matches!(self.get(to)?.kind, Kind::Mapping(_)) => {
                self.enter(node)?;
                self.follow(id, name, |decoder| decoder.merge_one(to, entries))
            }
            _ => {
                let message = "yaml: map merge requires map or sequence of maps as the value";
                Err(Self::error(node, message.to_owned()))
            }
        }
    }
}

/// The entries of a mapping in the order in which they are set.
struct Entries<T: Target> {
    list: Vec<(T::Key, T::Value)>,
    seen: HashSet<Key>,
}

impl<T: Target> Default for Entries<T> {
    fn default() -> Self {
        Self { list: Vec::new(), seen: HashSet::new() }
    }
}

/// A line or column counted from one.
fn place(from_zero: u32) -> usize {
    usize::try_from(from_zero).unwrap_or(usize::MAX).saturating_add(1)
}

/// Decodes base64, in which line breaks do not count. Bytes that are not UTF-8
/// become U+FFFD, one each, on the way through JSON.
fn binary(node: &Node<'_>, text: &str) -> Result<String, Error> {
    let refuse = || {
        Error::new("yaml: !!binary value contains invalid base64 data")
            .at(place(node.line), place(node.column))
    };
    let bytes: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let padding = bytes.iter().rev().take_while(|&&byte| byte == b'=').count();
    if !bytes.len().is_multiple_of(4) || padding > 2 {
        return Err(refuse());
    }
    let mut decoded = Vec::new();
    let (mut bits, mut length) = (0_u32, 0);
    for byte in bytes.iter().take(bytes.len() - padding) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(refuse()),
        };
        bits = bits << 6 | u32::from(value);
        length += 6;
        if length >= 8 {
            length -= 8;
            decoded.push(u8::try_from(bits >> length & 0xFF).unwrap_or_default());
        }
    }
    let mut text = String::new();
    for chunk in decoded.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
    Ok(text)
}
