//! `index`, `slice` and `len`.

use std::rc::Rc;

use crate::{
    Fault,
    slot::Slot,
    value::{Int, List, Value},
};

/// Returns what the named map or slice is underneath, or the value itself.
fn inner(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.underlying().unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    }
}

/// Returns `item[indexes[0]][indexes[1]]…`.
pub(super) fn index(item: &Slot, indexes: &[Slot]) -> Result<Slot, Fault> {
    if matches!(item.value(), Value::Nil) {
        return Err(Fault::new("index of untyped nil"));
    }
    let mut item = item.clone().stripped();
    for index in indexes {
        item = step(&item, index.value())?;
    }
    Ok(item)
}

fn step(item: &Slot, index: &Value) -> Result<Slot, Fault> {
    let past_end = |what: &str| Fault::new(format!("reflect: {what} index out of range"));
    match inner(item.value()) {
        Value::Nil => Err(Fault::new("index of nil pointer")),
        Value::List(list) => {
            let at = position(index, list.items.len())?;
            let value = list.items.get(at).ok_or_else(|| past_end("slice"))?;
            Ok(Slot::element(list.elem, value.clone()))
        }
        Value::Bytes(bytes) => {
            let at = position(index, bytes.len())?;
            bytes.get(at).map(|byte| byte_slot(*byte)).ok_or_else(|| past_end("slice"))
        }
        Value::Map(map) => {
            let key = match index {
                Value::String(key) => key,
                Value::RawString(_) => return Ok(Slot::zero_element(map.elem)),
                Value::Nil => {
                    return Err(Fault::new("value is nil; should be of type string"));
                }
                other => {
                    let name = other.type_name();
                    return Err(Fault::new(format!("value has type {name}; should be string")));
                }
            };
            Ok(match map.entries.borrow().get(key) {
                Some(value) => Slot::element(map.elem, value.clone()),
                None => Slot::zero_element(map.elem),
            })
        }
        value => match value.as_bytes() {
            Some(bytes) => {
                let at = position(index, bytes.len())?;
                bytes.get(at).map(|byte| byte_slot(*byte)).ok_or_else(|| past_end("string"))
            }
            None => {
                Err(Fault::new(format!("can't index item of type {}", item.value().type_name())))
            }
        },
    }
}

fn byte_slot(byte: u8) -> Slot {
    Slot::Concrete(Value::Int(i64::from(byte), Int::Uint8))
}

/// Returns the number of an element; one past the last is let through.
fn position(index: &Value, length: usize) -> Result<usize, Fault> {
    match &inner(index) {
        Value::Int(number, _) => usize::try_from(*number)
            .ok()
            .filter(|&at| at <= length)
            .ok_or_else(|| Fault::new(format!("index out of range: {number}"))),
        Value::Nil => Err(Fault::new("cannot index slice/array with nil")),
        _ => {
            let name = index.type_name();
            Err(Fault::new(format!("cannot index slice/array with type {name}")))
        }
    }
}

/// Returns `item[i:j]`; without `j` up to the end, without `i` from the start.
pub(super) fn slice(item: &Slot, indexes: &[Slot]) -> Result<Slot, Fault> {
    if matches!(item.value(), Value::Nil) {
        return Err(Fault::new("slice of untyped nil"));
    }
    if indexes.len() > 3 {
        return Err(Fault::new(format!("too many slice indexes: {}", indexes.len())));
    }
    let value = inner(item.value());
    let length = match &value {
        Value::List(list) => list.items.len(),
        Value::Bytes(bytes) => bytes.len(),
        value => match value.as_bytes() {
            Some(_) if indexes.len() == 3 => {
                return Err(Fault::new("cannot 3-index slice a string"));
            }
            Some(bytes) => bytes.len(),
            None => {
                let name = item.value().type_name();
                return Err(Fault::new(format!("can't slice item of type {name}")));
            }
        },
    };
    let mut bounds = [0, length, length];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        // Unlike `index`, `slice` does not look into interfaces.
        *bound = match index {
            Slot::Interface(_) => {
                return Err(Fault::new("cannot index slice/array with type interface {}"));
            }
            index => position(index.value(), length)?,
        };
    }
    let [from, to, most] = bounds;
    if from > to {
        return Err(Fault::new(format!("invalid slice index: {from} > {to}")));
    }
    if to > most {
        return Err(Fault::new(format!("invalid slice index: {to} > {most}")));
    }
    Ok(Slot::Concrete(match &value {
        Value::List(list) => Value::List(List {
            items: Rc::new(list.items.get(from..to).unwrap_or_default().to_vec()),
            ..list.clone()
        }),
        Value::Bytes(bytes) => Value::Bytes(bytes.get(from..to).unwrap_or_default().into()),
        value => {
            let bytes = value.as_bytes().unwrap_or_default();
            Value::string_of_bytes(bytes.get(from..to).unwrap_or_default().to_vec())
        }
    }))
}

/// Returns how many elements or bytes the value has.
pub(super) fn length(item: &Slot) -> Result<Slot, Fault> {
    let length = match (item, inner(item.value())) {
        (Slot::Invalid, _) => {
            return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value"));
        }
        (_, Value::Nil) => return Err(Fault::new("len of nil pointer")),
        (_, Value::List(list)) => list.items.len(),
        (_, Value::Map(map)) => map.entries.borrow().len(),
        (_, Value::Bytes(bytes)) => bytes.len(),
        (_, value) => {
            let Some(bytes) = value.as_bytes() else {
                let name = item.value().type_name();
                return Err(Fault::new(format!("len of type {name}")));
            };
            bytes.len()
        }
    };
    Ok(Slot::Concrete(Value::int(i64::try_from(length).unwrap_or(i64::MAX))))
}
