//! JSON values that cannot grow without bound: a few bytes of text make many more of memory.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

/// How many values may lie in one: far more than an entry of an index has.
const MOST: usize = 750_000;

/// Reads a value, counting what lies in it.
pub(super) struct Bounded<'c>(&'c mut usize);

/// Returns a count for one value.
pub(super) const fn count() -> usize {
    MOST
}

impl<'c> Bounded<'c> {
    /// Takes what may be read off `left`.
    pub(super) const fn new(left: &'c mut usize) -> Self {
        Self(left)
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        *self.0 = self
            .0
            .checked_sub(1)
            .ok_or_else(|| D::Error::custom(format_args!("more than {MOST} values in one")))?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Bounded(self.0))? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            object.insert(key, map.next_value_seed(Bounded(self.0))?);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mut left: usize) -> serde_json::Result<Json> {
        let mut reader = serde_json::Deserializer::from_str(text);
        Bounded::new(&mut left).deserialize(&mut reader)
    }

    #[test]
    fn a_value_is_what_serde_makes_of_it() {
        let text = r#"{"a": [1, -2, 2.5, "x", null, true, {"b": "\u0041"}]}"#;
        assert_eq!(read(text, MOST).unwrap(), serde_json::from_str::<Json>(text).unwrap());
    }

    #[test]
    fn a_value_of_too_many_is_refused() {
        assert!(read("[1, 2]", 3).is_ok());
        assert!(read("[1, 2, 3]", 3).is_err());
    }
}
