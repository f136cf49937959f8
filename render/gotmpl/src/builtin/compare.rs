//! `eq`, `lt` and their kin: which kinds can be compared, and how.

use std::{cmp::Ordering, rc::Rc};

use crate::{Fault, complex::Complex, format::shown, slot::Slot, value::Value};

/// The kinds that Go's comparison knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basic {
    Other,
    Bool,
    Complex,
    Int,
    Float,
    String,
    Uint,
}

/// Returns the number in a named one, such as a duration.
fn number_in(value: &Value) -> Option<i64> {
    match value {
        Value::Object(object) => match object.underlying()? {
            Value::Int(number, _) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

fn basic(value: &Value) -> Basic {
    match value {
        Value::Bool(_) => Basic::Bool,
        Value::Int(_, kind) if kind.is_unsigned() => Basic::Uint,
        Value::Int(..) => Basic::Int,
        Value::Float(_) => Basic::Float,
        Value::String(_) | Value::RawString(_) => Basic::String,
        Value::Object(_) if Complex::of(value).is_some() => Basic::Complex,
        Value::Object(_) if number_in(value).is_some() => Basic::Int,
        _ => Basic::Other,
    }
}

/// Returns whether the first equals any of the others.
pub(super) fn equal(first: &Slot, others: &[Slot]) -> Result<bool, Fault> {
    if others.is_empty() {
        return Err(Fault::new("missing argument for comparison"));
    }
    let left = first.value();
    for other in others {
        let right = other.value();
        let kinds = (basic(left), basic(right));
        let truth = if kinds.0 == kinds.1 {
            same_kind_equal(left, right)?
        } else if matches!(kinds, (Basic::Int, Basic::Uint) | (Basic::Uint, Basic::Int)) {
            integers(left, right) == Some(Ordering::Equal)
        } else if matches!(left, Value::Nil) || matches!(right, Value::Nil) {
            false
        } else {
            return Err(incompatible(left, right));
        };
        if truth {
            return Ok(true);
        }
    }
    Ok(false)
}

fn incompatible(left: &Value, right: &Value) -> Fault {
    let (left, right) = (left.type_name(), right.type_name());
    Fault::new(format!("incompatible types for comparison: {left} and {right}"))
}

#[expect(clippy::float_cmp, reason = "equal is what is asked")]
fn same_kind_equal(left: &Value, right: &Value) -> Result<bool, Fault> {
    Ok(match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left, _), Value::Int(right, _)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right,
        (left, right) if basic(left) == Basic::Int => {
            integers(left, right) == Some(Ordering::Equal)
        }
        (left, right) => match (left.as_bytes(), right.as_bytes()) {
            (Some(left), Some(right)) => left == right,
            _ => return others_equal(left, right),
        },
    })
}

/// Go's kind of a value that is not basic.
fn shape(value: &Value) -> u8 {
    match value {
        Value::List(_) | Value::Bytes(_) => 1,
        Value::Map(_) => 2,
        Value::Object(object) => match object.underlying() {
            Some(Value::Object(_)) | None if object.type_name().starts_with('*') => 3,
            Some(Value::Object(_)) | None => 4,
            Some(inner) => shape(&inner),
        },
        _ => 0,
    }
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.nil,
        _ => false,
    }
}

fn others_equal(left: &Value, right: &Value) -> Result<bool, Fault> {
    if let (Some(left), Some(right)) = (Complex::of(left), Complex::of(right)) {
        return Ok(left == right);
    }
    let none = matches!(left, Value::Nil) || matches!(right, Value::Nil);
    if !none && shape(left) != shape(right) {
        return Err(Fault::new(format!(
            "non-comparable types {}: {}, {}: {}",
            shown(left, 's'),
            left.type_name(),
            right.type_name(),
            shown(right, 'v'),
        )));
    }
    if is_nil(left) || is_nil(right) {
        return Ok(is_nil(left) == is_nil(right));
    }
    match (left, right) {
        (Value::Object(left), Value::Object(right)) if right.underlying().is_none() => {
            Ok(Rc::ptr_eq(left, right))
        }
        _ => Err(Fault::new(format!(
            "non-comparable type {}: {}",
            shown(right, 's'),
            right.type_name()
        ))),
    }
}

/// Compares integers of either kind by what they are worth.
fn integers(left: &Value, right: &Value) -> Option<Ordering> {
    let worth = |value: &Value| match value {
        Value::Int(number, kind) if kind.is_unsigned() => Some(i128::from(number.cast_unsigned())),
        Value::Int(number, _) => Some(i128::from(*number)),
        named => number_in(named).map(i128::from),
    };
    Some(worth(left)?.cmp(&worth(right)?))
}

/// Returns whether the left one is less.
pub(super) fn less(left: &Slot, right: &Slot) -> Result<bool, Fault> {
    let (left, right) = (left.value(), right.value());
    let invalid = || Fault::new("invalid type for comparison");
    let kinds = (basic(left), basic(right));
    if kinds.0 == Basic::Other || kinds.1 == Basic::Other {
        return Err(invalid());
    }
    if let Some(order) = integers(left, right) {
        return Ok(order == Ordering::Less);
    }
    if kinds.0 != kinds.1 {
        return Err(incompatible(left, right));
    }
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => Ok(left < right),
        (left, right) => match (left.as_bytes(), right.as_bytes()) {
            (Some(left), Some(right)) => Ok(left < right),
            _ => Err(invalid()),
        },
    }
}

/// Returns whether the left one is less or equal.
pub(super) fn less_or_equal(left: &Slot, right: &Slot) -> Result<bool, Fault> {
    Ok(less(left, right)? || equal(left, std::slice::from_ref(right))?)
}
