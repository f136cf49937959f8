//! What the API server's types look like to a merge: which maps and lists are
//! merged item by item, and by which keys.
//!
//! The table is made from a real server's `OpenAPI` (`tests/cluster/schemas`);
//! what it does not name is merged as the server merges a custom resource
//! without a schema of its own: maps by key, lists as a whole.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::Value;

/// How values of one type are merged.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// A string, number, boolean or anything else that is replaced whole.
    Scalar,
    /// Anything: maps are merged by key, lists are replaced whole.
    Any,
    /// A type with a name of its own.
    Ref(String),
    /// A map that is replaced whole, or a list that is.
    Atomic,
    /// An object with named fields.
    Struct(BTreeMap<String, Self>),
    /// A map from any key to values of one type.
    Map(Box<Self>),
    /// A list of distinct scalars.
    Set,
    /// A list of objects, each known by the values of some of its fields.
    Keyed {
        /// The fields that make the key, and the value each has where it is not given.
        keys: BTreeMap<String, Value>,
        /// The type of an item.
        item: Box<Self>,
    },
}

/// The table of types.
#[derive(Debug, Deserialize)]
pub(crate) struct Schema {
    /// Types by name.
    types: BTreeMap<String, Shape>,
    /// The kinds the server has, as `group/version/Kind` (`v1/Kind` for the core group).
    kinds: BTreeMap<String, Kind>,
}

/// A kind that the server has.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Kind {
    /// The name of its type in the table.
    pub(crate) shape: String,
    /// The plural that its URLs use.
    pub(crate) resource: String,
    /// Whether its objects live in a namespace.
    pub(crate) namespaced: bool,
}

const ANY: &Shape = &Shape::Any;
const SCALAR: &Shape = &Shape::Scalar;

impl Schema {
    /// Returns the table that is built in.
    pub(crate) fn built_in() -> &'static Self {
        static TABLE: OnceLock<Schema> = OnceLock::new();
        TABLE.get_or_init(|| {
            serde_json::from_str(include_str!("schemas.json"))
                .unwrap_or_else(|error| unreachable!("the committed table is valid: {error}"))
        })
    }

    /// Returns the kinds of the table, by `group/version/Kind`.
    pub(crate) fn kinds(&self) -> &BTreeMap<String, Kind> {
        &self.kinds
    }

    /// Returns whether the table has this kind.
    pub(crate) fn has(&self, api_version: &str, kind: &str) -> bool {
        self.kinds.contains_key(&format!("{api_version}/{kind}"))
    }

    /// Returns the shape of objects with this `apiVersion` and `kind`.
    pub(crate) fn of(&self, api_version: &str, kind: &str) -> &Shape {
        let known = self.kinds.get(&format!("{api_version}/{kind}"));
        let custom = known.is_none().then(|| self.types.get("CustomResource")).flatten();
        known.and_then(|kind| self.types.get(&kind.shape)).or(custom).unwrap_or(ANY)
    }

    /// Follows names until there is a shape.
    pub(crate) fn resolve<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        match shape {
            Shape::Ref(name) => self.types.get(name).map_or(ANY, |shape| self.resolve(shape)),
            other => other,
        }
    }

    /// Returns the shape of the field or entry `name` of a map-like shape.
    pub(crate) fn entry<'a>(&'a self, shape: &'a Shape, name: &str) -> &'a Shape {
        match self.resolve(shape) {
            Shape::Struct(fields) => fields.get(name).map_or(ANY, |shape| self.resolve(shape)),
            Shape::Map(item) => self.resolve(item),
            _ => ANY,
        }
    }

    /// Returns the shape of the items of a list-like shape.
    pub(crate) fn item<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        match self.resolve(shape) {
            Shape::Keyed { item, .. } => self.resolve(item),
            Shape::Set => SCALAR,
            _ => ANY,
        }
    }

    /// Returns the shape one path element further down.
    pub(crate) fn element_shape<'a>(&'a self, shape: &'a Shape, element: &str) -> &'a Shape {
        match element.strip_prefix("f:") {
            Some(name) => self.entry(shape, name),
            None => self.item(shape),
        }
    }

    /// Returns whether `name` is a field that the type itself names, not a map's entry.
    pub(crate) fn names_field(&self, shape: &Shape, name: &str) -> bool {
        self.resolve(shape).names_field(name)
    }
}

impl Shape {
    /// Returns whether this shape, already resolved, names the field `name`.
    pub(crate) fn names_field(&self, name: &str) -> bool {
        matches!(self, Self::Struct(fields) if fields.contains_key(name))
    }
}
