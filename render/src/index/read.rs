//! An index from bytes: JSON, YAML as Helm writes it, any other YAML.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::{
    Error, Index, LIMIT, Skipped,
    bounded::{self, Bounded},
    builder::{Builder, Manner, unreadable},
    pieces::{self, Outcome},
};
use crate::yaml;

/// The largest YAML that is read as a whole, in bytes: its tree takes many times
/// as much. What is larger must be written so that it can be read in pieces.
const WHOLE: usize = 16 * 1024 * 1024;

/// Reads an index.
pub(super) fn index(bytes: &[u8]) -> Result<(Index, Vec<Skipped>), Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    if bytes.len() > LIMIT {
        return Err(Error::TooLarge { size: bytes.len(), limit: LIMIT });
    }
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(start, Some(b'{' | b'[' | b'"'))
        && let Some(read) = json(bytes)
    {
        return read;
    }
    let reason = match pieces::read(bytes) {
        Outcome::Read(builder) => return builder.done(),
        Outcome::Refused(error) => Some(error),
        Outcome::Unsure => None,
    };
    // The whole text says what is wrong as Helm does, and where.
    if bytes.len() > WHOLE {
        return Err(reason.unwrap_or(Error::TooLarge { size: bytes.len(), limit: WHOLE }));
    }
    whole(bytes).map_err(|error| told_apart(error, bytes))
}

/// Reads YAML of any form, by way of its tree.
pub(super) fn whole(bytes: &[u8]) -> Result<(Index, Vec<Skipped>), Error> {
    let tree = yaml::read_typed_strict(bytes).map_err(|error| unreadable(error.to_string()))?;
    let mut builder = Builder::new(Manner::Yaml);
    match &tree {
        Json::Null => {}
        Json::Object(object) => {
            builder.head(object)?;
            if let Some(entries) = object.get("entries") {
                builder.entries(entries)?;
            }
        }
        other => {
            let (is, prefix) = (crate::chart::kind(other), crate::chart::PREFIX);
            let text = format!("{prefix} {is} into Go value of type repo.IndexFile");
            return Err(unreadable(text));
        }
    }
    builder.done()
}

/// Reads JSON, an entry at a time. Text that is no JSON to its very end may be YAML:
/// Helm asks that first, so what else is wrong with it does not matter.
fn json(bytes: &[u8]) -> Option<Result<(Index, Vec<Skipped>), Error>> {
    let mut state = State { builder: Builder::new(Manner::Json), refused: None };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Top(&mut state).deserialize(&mut reader).and_then(|()| reader.end());
    let Err(error) = read else { return Some(state.builder.done()) };
    serde_json::from_slice::<IgnoredAny>(bytes).ok()?;
    Some(Err(state.refused.unwrap_or_else(|| unreadable(error.to_string()))))
}

struct State {
    builder: Builder,
    refused: Option<Error>,
}

impl State {
    /// Keeps what the builder says; serde's own errors know no place.
    fn keep<E: serde::de::Error>(&mut self, outcome: Result<(), Error>) -> Result<(), E> {
        outcome.map_err(|error| {
            let text = error.to_string();
            self.refused = Some(error);
            E::custom(text)
        })
    }
}

/// The object at the top.
struct Top<'s>(&'s mut State);

/// The object under `entries`.
struct Charts<'s>(&'s mut State);

/// The versions of a chart.
struct Versions<'s>(&'s mut State, String);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an index")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut head = Map::new();
        let mut left = bounded::count();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "entries" => map.next_value_seed(Charts(self.0))?,
                "serverInfo" => drop(map.next_value::<IgnoredAny>()?),
                _ => {
                    let value = map.next_value_seed(Bounded::new(&mut left))?;
                    head.insert(key, value);
                }
            }
        }
        let outcome = self.0.builder.head(&head);
        self.0.keep(outcome)
    }
}

impl<'de> DeserializeSeed<'de> for Charts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Charts<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of charts")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Versions(self.0, name))?;
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Versions<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Versions<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of versions")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        let outcome = self.0.builder.chart(&self.1);
        self.0.keep(outcome)?;
        Ok(())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let outcome = self.0.builder.restart(&self.1);
        self.0.keep(outcome)?;
        let mut at = 0;
        while let Some(entry) = list.next_element_seed(Bounded::new(&mut bounded::count()))? {
            let outcome = self.0.builder.entry(&self.1, at, &entry);
            self.0.keep(outcome)?;
            at += 1;
        }
        Ok(())
    }
}

/// Says what a text is that is no index, where that is plain to see.
fn told_apart(error: Error, bytes: &[u8]) -> Error {
    let Error::Unreadable { text, .. } = error else { return error };
    let start = bytes.trim_ascii_start();
    let starts = |with: &str| {
        start.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()))
    };
    let instead = match start {
        _ if starts("<!doctype html") || starts("<html") => Some("a web page"),
        [b'<', ..] => Some("XML or a web page"),
        [0x1f, 0x8b, ..] => Some("a gzip archive"),
        _ => None,
    };
    Error::Unreadable { text, instead }
}
