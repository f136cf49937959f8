//! Values into YAML, by the way that Helm's own take.

use super::{
    Error, compose, decode,
    emit::{Emitter, IsValue, Role, Rules},
    json, number,
    order::{self, Version},
    resolve::{Resolved, guess},
    source::{Name, Source, View, base64},
    style::{Fact, Shape, is_altered_by_json},
    tree::Tag,
    typed::AsTyped,
};

/// go-yaml v2, as `sigs.k8s.io/yaml` uses it.
const PLAIN: Rules = Rules { width: 80, version: Version::Two };

/// go-yaml v3 with an indent of two, as `toYamlPretty` uses it.
const PRETTY: Rules = Rules { width: usize::MAX, version: Version::Three };

/// The longest key that surely stands on one line with its colon in JSON.
const SHORT_KEY: usize = 160;

/// What go-yaml v3 panics with, before the name of a type.
pub(super) const CANNOT_MARSHAL: &str = "cannot marshal type: ";

/// How deep go-yaml reads the JSON that it is given.
const MAX_DEPTH: usize = 10_000;

/// Writes a value as `sigs.k8s.io/yaml`'s `Marshal`.
pub(super) fn marshal<'v, S: Source<'v>>(value: &S) -> Result<String, Error> {
    let mut writer = Writer { emitter: Emitter::new(PLAIN), mode: Mode::ThroughJson };
    match writer.write(value.view()) {
        Ok(()) => Ok(writer.emitter.finish()),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Altered) => marshal_slowly(value),
    }
}

/// Goes the whole way: JSON text, read as YAML, written again.
fn marshal_slowly<'v, S: Source<'v>>(value: &S) -> Result<String, Error> {
    let text = json::write(value).map_err(|error| error.during("error marshaling into JSON"))?;
    let tree = compose::compose(text.as_bytes())?;
    let typed = decode::decode(&tree, AsTyped, decode::Duplicates::Replace)?;
    let mut writer = Writer { emitter: Emitter::new(PLAIN), mode: Mode::Read };
    match writer.write((&typed).view()) {
        Ok(()) => Ok(writer.emitter.finish()),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Altered) => Err(Error::new("yaml: unknown problem generating YAML content")),
    }
}

/// Writes a value as go-yaml v3's encoder with an indent of two.
pub(super) fn marshal_pretty<'v, S: Source<'v>>(value: &S) -> Result<String, Error> {
    let mut writer = Writer { emitter: Emitter::new(PRETTY), mode: Mode::Directly };
    match writer.write(value.view_directly()) {
        Ok(()) => Ok(writer.emitter.finish()),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Altered) => Err(Error::new("yaml: unknown problem generating YAML content")),
    }
}

/// Where the values that are written come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// They are written as they would be after the way through JSON.
    ThroughJson,
    /// They have come through JSON.
    Read,
    /// They do not go through JSON.
    Directly,
}

/// Why writing stopped.
enum Stop {
    /// The way through JSON changes something: it has to be gone.
    Altered,
    Failed(Error),
}

struct Writer {
    emitter: Emitter,
    mode: Mode,
}

/// A collection that is being written.
enum Open<'v, S> {
    List(std::vec::IntoIter<S>, isize),
    Map(std::vec::IntoIter<(Name<'v>, S)>, isize),
}

impl Writer {
    /// Writes a value, without recursion.
    fn write<'v, S: Source<'v>>(&mut self, value: View<'v, S>) -> Result<(), Stop> {
        let mut stack: Vec<Open<'v, S>> = Vec::new();
        stack.extend(self.start(value, IsValue::No)?);
        while let Some(open) = stack.last_mut() {
            let Some((value, is_value)) = self.next(open)? else {
                stack.pop();
                continue;
            };
            let view = match self.mode {
                Mode::Directly => value.view_directly(),
                _ => value.view(),
            };
            stack.extend(self.start(view, is_value)?);
            if stack.len() > MAX_DEPTH {
                let message = format!("yaml: exceeded max depth of {MAX_DEPTH}");
                return Err(Stop::Failed(Error::new(message)));
            }
        }
        Ok(())
    }

    /// Writes what stands before the next value of a collection and returns
    /// that, or ends the collection.
    fn next<S>(&mut self, open: &mut Open<'_, S>) -> Result<Option<(S, IsValue)>, Stop> {
        match open {
            Open::List(items, before) => {
                let Some(item) = items.next() else {
                    self.emitter.indent = *before;
                    return Ok(None);
                };
                self.emitter.start_line();
                self.emitter.block_indicator("-");
                Ok(Some((item, IsValue::No)))
            }
            Open::Map(entries, before) => {
                let Some((key, value)) = entries.next() else {
                    self.emitter.indent = *before;
                    return Ok(None);
                };
                self.key(key.as_ref())?;
                Ok(Some((value, IsValue::Yes)))
            }
        }
    }

    /// Writes a scalar or an empty collection; opens any other.
    fn start<'v, S>(
        &mut self,
        value: View<'v, S>,
        is_value: IsValue,
    ) -> Result<Option<Open<'v, S>>, Stop> {
        match value {
            View::Unsupported(kind) if self.mode == Mode::Directly => {
                return Err(Stop::Failed(Error::new(format!("{CANNOT_MARSHAL}{kind}"))));
            }
            View::Unsupported(_) => return Err(Stop::Altered),
            View::Null => self.emitter.word("null"),
            View::Bool(value) => self.emitter.word(if value { "true" } else { "false" }),
            View::Number(number) => self.emitter.word(&number),
            View::Float(number) => self.float(number)?,
            View::String(text) => self.string(&text)?,
            View::Binary(bytes) => self.binary(&bytes),
            View::List(items) if items.is_empty() => self.emitter.word("[]"),
            View::Map(entries) | View::Fields(entries) if entries.is_empty() => {
                self.emitter.word("{}");
            }
            View::List(items) => {
                let before = self.emitter.deepen_list(is_value);
                return Ok(Some(Open::List(items.into_iter(), before)));
            }
            View::Map(entries) => {
                let before = self.emitter.deepen();
                let version =
                    if self.mode == Mode::Directly { Version::Three } else { Version::Two };
                let sorted = order::sort(entries, |(key, _)| key.as_ref(), version);
                return Ok(Some(Open::Map(sorted.into_iter(), before)));
            }
            View::Fields(fields) => {
                let before = self.emitter.deepen();
                return Ok(Some(Open::Map(fields.into_iter(), before)));
            }
        }
        Ok(None)
    }

    fn key(&mut self, key: &str) -> Result<(), Stop> {
        let shape = Shape::of(key);
        let is_altered = shape.has(Fact::Special) && is_altered_by_json(key);
        if self.mode == Mode::ThroughJson && (is_altered || key.len() > SHORT_KEY) {
            return Err(Stop::Altered);
        }
        self.emitter.start_line();
        if shape.has(Fact::Breaks) || key.len() > 128 {
            self.emitter.block_indicator("?");
            self.emitter.string(key, shape, Role::Value);
            self.emitter.start_line();
            self.emitter.block_indicator(":");
        } else {
            self.emitter.string(key, shape, Role::Key);
            self.emitter.colon();
        }
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<(), Stop> {
        let shape = Shape::of(text);
        if self.mode == Mode::ThroughJson && shape.has(Fact::Special) && is_altered_by_json(text) {
            return Err(Stop::Altered);
        }
        self.emitter.string(text, shape, Role::Value);
        Ok(())
    }

    fn float(&mut self, number: f64) -> Result<(), Stop> {
        if self.mode == Mode::Directly {
            self.emitter.word(&number::general(number));
            return Ok(());
        }
        if !number.is_finite() {
            return Err(Stop::Altered);
        }
        match guess(&number::json(number), Tag::None) {
            Resolved::Int(number) => self.emitter.word(&number.to_string()),
            Resolved::Unsigned(number) => self.emitter.word(&number.to_string()),
            _ => self.emitter.word(&number::general(number)),
        }
        Ok(())
    }

    /// Writes bytes as go-yaml v3 does: with a tag, in lines of 70.
    fn binary(&mut self, bytes: &[u8]) {
        self.emitter.word("!!binary");
        let digits = base64(bytes);
        if digits.len() / 70 == 0 {
            self.emitter.string(&digits, Shape::default(), Role::Value);
            return;
        }
        let mut lines = String::new();
        let mut rest = digits.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(70));
            lines.push_str(line);
            lines.push('\n');
            rest = after;
        }
        self.emitter.string(&lines, Shape::of(&lines), Role::Value);
    }
}
