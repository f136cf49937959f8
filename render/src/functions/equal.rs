//! Go's `reflect.DeepEqual`, and sprig's idea of what is empty.

use std::rc::Rc;

use rutter_gotmpl::Value;

/// Returns whether two values are equal in type and content. Not-a-number is
/// equal to nothing, unless it is in the very same list or map.
pub(super) fn deep_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left, kind), Value::Int(right, other)) => left == right && kind == other,
        (Value::Float(left), Value::Float(right)) => {
            // Go's `==`, which is Rust's: exactly equal or not.
            left.partial_cmp(right) == Some(std::cmp::Ordering::Equal)
        }
        (Value::String(left), Value::String(right)) => left == right,
        (Value::RawString(left), Value::RawString(right))
        | (Value::Bytes(left), Value::Bytes(right)) => left == right,
        (Value::List(left), Value::List(right)) => {
            left.elem == right.elem
                && left.nil == right.nil
                && left.items.len() == right.items.len()
                && (Rc::ptr_eq(&left.items, &right.items)
                    || left.items.iter().zip(right.items.iter()).all(|(l, r)| deep_equal(l, r)))
        }
        (Value::Map(left), Value::Map(right)) => {
            if left.elem != right.elem {
                return false;
            }
            if Rc::ptr_eq(&left.entries, &right.entries) {
                return true;
            }
            let (left, right) = (left.entries.borrow(), right.entries.borrow());
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right.iter())
                    .all(|((key, l), (other, r))| key == other && deep_equal(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            if Rc::ptr_eq(left, right) {
                return true;
            }
            left.type_name() == right.type_name()
                && match (left.underlying(), right.underlying()) {
                    (Some(left), Some(right)) => deep_equal(&left, &right),
                    _ => left.print() == right.print(),
                }
        }
        _ => false,
    }
}

/// Returns whether sprig's `empty` holds: a struct never is.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.underlying().is_some_and(|value| is_empty(&value)),
        other => !other.is_true(),
    }
}
