//! What a template computes with: Go's kinds, and no others.
//!
//! Maps are references, as in Go: a clone of a [`Map`] is the same map, and a
//! change through one is seen through the other. Everything else is a value.

use std::{cell::RefCell, collections::BTreeMap, fmt, rc::Rc};

/// A Go string that is valid UTF-8; cloning it copies no bytes.
pub type Str = Rc<str>;

/// A value as Go's templates see it.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Go's `nil`: an interface that holds nothing.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// Any of Go's integers, with its type.
    Int(i64, Int),
    /// `float64`.
    Float(f64),
    /// `string`, valid UTF-8.
    String(Str),
    /// `string` whose bytes are not valid UTF-8 (what `b64dec` can make).
    RawString(Rc<[u8]>),
    /// `[]byte`.
    Bytes(Rc<[u8]>),
    /// A slice.
    List(List),
    /// A map with string keys, ranged over in the order of its keys.
    Map(Map),
    /// A value of the host's own, with methods and fields.
    Object(Rc<dyn Object>),
}

/// The integer types of Go that templates meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Int {
    /// `int`: what a literal is, and what `len` returns.
    #[default]
    Int,
    /// `int64`: what sprig's arithmetic returns.
    Int64,
    /// `int32`, also `rune`.
    Int32,
    /// `uint8`, also `byte`.
    Uint8,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
}

/// The element type of a slice or map, where it is not `interface {}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elem {
    /// `interface {}`.
    #[default]
    Any,
    /// `string`.
    String,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `map[string]interface {}`.
    Map,
    /// `[]uint8`.
    Bytes,
    /// `[]interface {}`.
    List,
}

/// A slice: its element type and its elements.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The element type.
    pub elem: Elem,
    /// The elements; shared, so copy before a change.
    pub items: Rc<Vec<Value>>,
    /// Go's nil slice: it has no elements, `toJson` writes `null` for it and
    /// `deepEqual` tells it from an empty slice. All else takes it for empty.
    pub nil: bool,
}

/// A map with string keys: a reference, as in Go.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// The element type.
    pub elem: Elem,
    /// The entries; every clone of this map shares them.
    pub entries: Rc<RefCell<BTreeMap<Str, Value>>>,
}

/// A value of the host's own: what would be a struct or a named type of the program's in Go.
pub trait Object: fmt::Debug {
    /// Returns the name that Go's `%T` would print, e.g. `engine.files`.
    fn type_name(&self) -> &str;

    /// Returns the field called `name`, if there is one.
    fn field(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// Returns the parameters of the method called `name`, and the type of
    /// further ones if it is variadic: arguments are counted and checked as Go
    /// does before [`Object::call`] is called. A method that is not known here
    /// is called without arguments only.
    fn parameters(&self, name: &str) -> Option<(&'static [crate::Type], Option<crate::Type>)> {
        let _ = name;
        None
    }

    /// Calls the method called `name`, or returns `None` if there is none.
    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, crate::Fault>> {
        let _ = (name, arguments);
        None
    }

    /// Returns what the object is underneath, where Go's type is a named map
    /// or slice (`range`, `len` and `index` work on it), else `None`.
    fn underlying(&self) -> Option<Value> {
        None
    }

    /// Returns a value of the same named type over another [`Object::underlying`]
    /// one: a copy. Unless the type says otherwise that is the plain value.
    fn over(&self, underlying: Value) -> Value {
        underlying
    }

    /// Returns the fields that Go's `encoding/json` would write, in the order of
    /// the Go struct, where that is what it is. Maps have no order of their own.
    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// Returns the value that Go's `encoding/json` would write in its place,
    /// or `None` if it is written as `{}`.
    fn marshal(&self) -> Option<Value> {
        self.members().map(Value::map).or_else(|| self.underlying())
    }

    /// Returns what Go's `encoding/json` says where it does not write such a value.
    fn refusal(&self) -> Option<String> {
        None
    }

    /// Returns itself to those who know the type and want it back.
    fn as_any(&self) -> Option<&dyn std::any::Any> {
        None
    }

    /// Returns what Go's `%v` prints for it.
    fn print(&self) -> String;

    /// Returns the fields of a struct without a `String` method, all of them, in its order:
    /// `printf` writes each by its verb. A type name with a `*` is that of a pointer to it.
    fn printed_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// Returns what an action (`{{ . }}`) prints for it. That differs from `%v`
    /// where Go's `String` method is that of a pointer.
    fn print_in_action(&self) -> String {
        self.print()
    }
}

impl Value {
    /// Returns a string value.
    pub fn string(text: impl Into<Str>) -> Self {
        Self::String(text.into())
    }

    /// Returns a string of any bytes.
    pub fn string_of_bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::string(text),
            Err(error) => Self::RawString(error.into_bytes().into()),
        }
    }

    /// Returns an `int`.
    pub const fn int(number: i64) -> Self {
        Self::Int(number, Int::Int)
    }

    /// Returns an `int64`.
    pub const fn int64(number: i64) -> Self {
        Self::Int(number, Int::Int64)
    }

    /// Returns a `[]interface {}`.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List { elem: Elem::Any, items: Rc::new(items), nil: false })
    }

    /// Returns a `[]string`.
    pub fn strings<T: Into<Str>>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().map(Self::string).collect();
        Self::List(List { elem: Elem::String, items: Rc::new(items), nil: false })
    }

    /// Returns a `map[string]interface {}`.
    pub fn map<K: Into<Str>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Self::Map(Map { elem: Elem::Any, entries: Rc::new(RefCell::new(entries)) })
    }

    /// Returns the bytes of a string, or `None` if it is something else.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::String(text) => Some(text.as_bytes()),
            Self::RawString(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns what Go's `%T` prints for it.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_, kind) => kind.name(),
            Self::Float(_) => "float64",
            Self::String(_) | Self::RawString(_) => "string",
            Self::Bytes(_) => "[]uint8",
            Self::List(list) => list.elem.list_type(),
            Self::Map(map) => map.elem.map_type(),
            Self::Object(object) => object.type_name(),
        }
    }

    /// Returns whether a template takes it for true, as Go's `IsTrue` does.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(number, _) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::String(text) => !text.is_empty(),
            Self::RawString(bytes) | Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(list) => !list.items.is_empty(),
            Self::Map(map) => !map.entries.borrow().is_empty(),
            Self::Object(object) => match crate::complex::Complex::of(self) {
                Some(complex) => !complex.is_zero(),
                None => object.underlying().is_none_or(|value| value.is_true()),
            },
        }
    }
}

impl Int {
    /// Returns Go's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Int32 => "int32",
            Self::Uint8 => "uint8",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
        }
    }

    /// Returns whether it has no sign; a `uint64` above the greatest `int64`
    /// is then kept as a negative number of the same bits.
    pub fn is_unsigned(self) -> bool {
        matches!(self, Self::Uint8 | Self::Uint32 | Self::Uint64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}
