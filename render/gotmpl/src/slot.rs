//! A value and how Go's reflection would see it: whether it is there at all,
//! and whether it comes out of an `interface {}` or has a type of its own.
//!
//! The difference shows in messages and in what a nil may do.

use std::rc::Rc;

use crate::{
    Object, Type,
    value::{Elem, List, Map, Value},
};

/// Go's `reflect.Value`.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot {
    /// The zero `reflect.Value`: nothing, not even a nil.
    #[default]
    Invalid,
    /// An element of a map or slice of `interface {}`; it may be nil.
    Interface(Value),
    /// A value of a type; never [`Value::Nil`].
    Concrete(Value),
}

impl Slot {
    /// Returns what a function that returns `interface {}` gives.
    pub(crate) fn returned(value: Value) -> Self {
        match value {
            Value::Nil => Self::Interface(value),
            value => Self::Concrete(value),
        }
    }

    /// Returns what Go's `reflect.ValueOf` gives.
    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Nil => Self::Invalid,
            value => Self::Concrete(value),
        }
    }

    /// Forgets that the value was in an interface.
    pub(crate) fn stripped(self) -> Self {
        match self {
            Self::Interface(value) => Self::of(value),
            slot => slot,
        }
    }

    /// Returns the value, nil if there is none.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Invalid => Value::Nil,
            Self::Interface(value) | Self::Concrete(value) => value,
        }
    }

    /// Returns the value, nil if there is none.
    pub(crate) fn value(&self) -> &Value {
        match self {
            Self::Invalid => &Value::Nil,
            Self::Interface(value) | Self::Concrete(value) => value,
        }
    }

    /// Returns what Go prints for its type.
    pub(crate) fn type_name(&self) -> &str {
        match self {
            Self::Interface(_) => "interface {}",
            slot => slot.value().type_name(),
        }
    }

    /// Returns an element of a map or slice of `elem`.
    pub(crate) fn element(elem: Elem, value: Value) -> Self {
        match elem {
            Elem::Any => Self::Interface(value),
            _ => Self::Concrete(value),
        }
    }

    /// Returns the zero of the element type.
    pub(crate) fn zero_element(elem: Elem) -> Self {
        match elem {
            Elem::Any => Self::Interface(Value::Nil),
            Elem::String => Self::Concrete(Value::string("")),
            Elem::Int => Self::Concrete(Value::int(0)),
            Elem::Int64 => Self::Concrete(Value::int64(0)),
            Elem::Map => Self::Concrete(Value::Map(Map::default())),
            Elem::Bytes => Self::Concrete(Value::Object(Rc::new(NoBytes))),
            Elem::List => Self::Concrete(Value::List(List { nil: true, ..List::default() })),
        }
    }

    /// Returns the zero of a parameter's type, if that is a kind of nil.
    pub(crate) fn nil_of(wanted: Type) -> Option<Self> {
        Some(match wanted {
            Type::Any => Self::Interface(Value::Nil),
            Type::Reflect => Self::Invalid,
            Type::Bytes => Self::Concrete(Value::Bytes([].into())),
            Type::List => Self::Concrete(Value::List(List { nil: true, ..List::default() })),
            Type::Strings => Self::Concrete(Value::List(List {
                elem: Elem::String,
                nil: true,
                ..List::default()
            })),
            Type::Map => Self::Concrete(Value::Map(Map::default())),
            Type::Object(name) if name.starts_with('*') => Self::Interface(Value::Nil),
            _ => return None,
        })
    }
}

/// Go's nil `[]byte`: JSON has `null` for it, all else takes it for an empty one.
#[derive(Debug)]
struct NoBytes;

impl Object for NoBytes {
    fn type_name(&self) -> &'static str {
        Type::Bytes.name()
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Bytes([].into()))
    }

    fn marshal(&self) -> Option<Value> {
        Some(Value::Nil)
    }

    fn print(&self) -> String {
        "[]".to_owned()
    }
}

impl Type {
    /// Returns Go's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Reflect => "reflect.Value",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::String => "string",
            Self::Bytes => "[]uint8",
            Self::List => "[]interface {}",
            Self::Strings => "[]string",
            Self::Map => "map[string]interface {}",
            Self::Object(name) => name,
        }
    }

    /// Returns the value as a function with such a parameter takes it, or
    /// gives it back if it does not fit.
    pub(crate) fn take(self, value: Value) -> Result<Value, Value> {
        use crate::value::Int;
        let fits = match (self, &value) {
            (Self::Any | Self::Reflect, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Int, Value::Int(_, Int::Int))
            | (Self::Int64, Value::Int(_, Int::Int64))
            | (Self::Uint32, Value::Int(_, Int::Uint32))
            | (Self::Float, Value::Float(_))
            | (Self::String, Value::String(_) | Value::RawString(_))
            | (Self::Bytes, Value::Bytes(_)) => true,
            (Self::List, Value::List(list)) => list.elem == Elem::Any,
            (Self::Strings, Value::List(list)) => list.elem == Elem::String,
            (Self::Map, Value::Map(map)) => map.elem == Elem::Any,
            (Self::Object(wanted), Value::Object(object)) => {
                let name = object.type_name();
                name == wanted || name.strip_prefix('*') == Some(wanted)
            }
            (_, Value::Object(object)) => {
                // A named map or slice may stand for the plain one.
                let inner = object.underlying();
                return match inner {
                    Some(inner @ (Value::Map(_) | Value::List(_) | Value::Bytes(_))) => {
                        self.take(inner).map_err(|_| value)
                    }
                    _ => Err(value),
                };
            }
            _ => false,
        };
        if fits { Ok(value) } else { Err(value) }
    }
}
