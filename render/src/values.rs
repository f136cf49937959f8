//! Values: what a chart's templates are filled with.

use std::fmt;

use rutter_gotmpl::{Elem, Int, Map, Value};
use serde_json::Number;

pub(crate) use coalesce::{Nulls, coalesce, coalesce_tables, merge_tables};
pub use overrides::Overrides;
pub(crate) use overrides::load;

mod argument;
mod coalesce;
mod documents;
mod overrides;
pub(crate) mod path;
pub(crate) mod schema;
mod set;
mod written;

/// Values of a chart or of a user: a map as Helm has it in memory.
///
/// Numbers from YAML are `float64` and numbers from `--set` `int64`, as in Helm.
/// A clone is a copy: what happens to one is not seen in the other. `Debug`
/// shows nothing of the content, which may be secret.
#[derive(Default)]
pub struct Values {
    root: Map,
}

impl Values {
    /// Takes `root`, which nobody else should go on changing.
    pub const fn new(root: Map) -> Self {
        Self { root }
    }

    /// Returns the map itself, not a copy.
    pub const fn map(&self) -> &Map {
        &self.root
    }

    /// Returns whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.root.entries.borrow().is_empty()
    }

    /// Returns them as JSON, as Go writes them: a whole `float64` is an integer.
    pub fn to_json(&self) -> serde_json::Value {
        json(&Value::Map(self.root.clone()))
    }

    /// Reads what [`Values::to_json`] or a release record of Helm's has.
    /// Anything but an object gives empty values.
    pub fn from_json(json: &serde_json::Value) -> Self {
        match from_json(json) {
            Value::Map(root) => Self { root },
            _ => Self::default(),
        }
    }

    /// Returns these values with others under them: what an upgrade makes of new values and those
    /// of the last revision (`--reuse-values`, `--reset-then-reuse-values`).
    #[must_use]
    pub fn over(&self, under: &Self) -> Self {
        let over = self.clone();
        coalesce_tables(over.map(), under.clone().map(), &mut Vec::new());
        over
    }

    /// Returns these values with the defaults of a chart under them: what its templates see.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Values`] where a subchart's values are no map.
    pub fn over_defaults(&self, chart: &crate::Chart) -> Result<Self, crate::Error> {
        let root = coalesce(chart, &self.root, Nulls::Act, &mut Vec::new());
        root.map(Self::new).map_err(crate::Error::Values)
    }

    /// Returns them as Helm's `get values` prints them.
    pub fn to_yaml(&self) -> Result<String, crate::yaml::Error> {
        crate::yaml::write(&Value::Map(self.root.clone()))
    }
}

impl Clone for Values {
    fn clone(&self) -> Self {
        Self { root: copy_map(&self.root) }
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Values({} keys)", self.root.entries.borrow().len())
    }
}

/// Returns a map that shares nothing with `map`.
pub(crate) fn copy_map(map: &Map) -> Map {
    let entries =
        map.entries.borrow().iter().map(|(key, value)| (key.clone(), copy(value))).collect();
    Map { elem: map.elem, entries: std::rc::Rc::new(std::cell::RefCell::new(entries)) }
}

/// Returns a value that shares no map with `value`.
pub(crate) fn copy(value: &Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(copy_map(map)),
        Value::List(list) => {
            let mut list = list.clone();
            list.items = std::rc::Rc::new(list.items.iter().map(copy).collect());
            Value::List(list)
        }
        other => other.clone(),
    }
}

/// Returns `value` as Go's `encoding/json` has it.
pub(crate) fn json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Nil | Value::Object(_) => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(number, Int::Uint64) => Json::Number(Number::from(number.cast_unsigned())),
        Value::Int(number, _) => Json::Number(Number::from(*number)),
        Value::Float(number) => float(*number),
        Value::String(text) => Json::String(text.to_string()),
        Value::RawString(bytes) | Value::Bytes(bytes) => {
            Json::String(String::from_utf8_lossy(bytes).into_owned())
        }
        Value::List(list) => Json::Array(list.items.iter().map(json).collect()),
        Value::Map(map) => Json::Object(
            map.entries
                .borrow()
                .iter()
                .map(|(key, value)| (key.to_string(), json(value)))
                .collect(),
        ),
    }
}

/// A whole number that an integer holds exactly is one, as Go prints it.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked before")]
fn float(number: f64) -> serde_json::Value {
    const EXACT: f64 = 9_223_372_036_854_774_784.0; // the largest f64 below 2^63
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return serde_json::Value::Number(Number::from(number as i64));
    }
    Number::from_f64(number).map_or(serde_json::Value::Null, serde_json::Value::Number)
}

/// Returns JSON as Go's `encoding/json` reads it: every number a `float64`.
pub(crate) fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_json).collect()),
        Json::Object(entries) => {
            Value::map(entries.iter().map(|(key, value)| (key.as_str(), from_json(value))))
        }
    }
}

/// Returns an empty `map[string]interface {}`.
pub(crate) fn empty() -> Map {
    Map { elem: Elem::Any, ..Map::default() }
}
