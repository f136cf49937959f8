//! Lists (sprig's `list.go`).
//!
//! Most functions have a `must` twin; in Go the plain one panics with the
//! error that the twin returns, and the template engine reports both alike.

use rutter_gotmpl::{Elem, Fault, Functions, List, Value};

use super::{
    cast::to_int,
    equal::{deep_equal, is_empty},
    print::kind_name,
    signature::{Define, list_of},
    strings::items,
};

pub(super) fn add(functions: &mut Functions) {
    functions.any("list", |values: Vec<Value>| list_of(values));
    functions.alias("tuple", "list");
    add_ends(functions);
    add_changes(functions);
    add_membership(functions);
    add_parts(functions);
}

fn add_ends(functions: &mut Functions) {
    functions.one("first", |list: Value| {
        Ok(all(&list, "find first on")?.first().cloned().unwrap_or_default())
    });
    functions.one("last", |list: Value| {
        Ok(all(&list, "find last on")?.last().cloned().unwrap_or_default())
    });
    functions.one("rest", |list: Value| {
        let mut items = all(&list, "find rest on")?;
        Ok::<_, Fault>(if items.is_empty() { nil() } else { list_of(items.split_off(1)) })
    });
    functions.one("initial", |list: Value| {
        let mut items = all(&list, "find initial on")?;
        Ok::<_, Fault>(match items.pop() {
            Some(_) => list_of(items),
            None => nil(),
        })
    });
    functions.alias("mustFirst", "first");
    functions.alias("mustLast", "last");
    functions.alias("mustRest", "rest");
    functions.alias("mustInitial", "initial");
}

fn add_changes(functions: &mut Functions) {
    functions.two("append", |list: Value, value: Value| {
        let mut items = all(&list, "push on")?;
        items.push(value);
        Ok::<_, Fault>(list_of(items))
    });
    functions.two("prepend", |list: Value, value: Value| {
        let mut items = all(&list, "prepend on")?;
        items.insert(0, value);
        Ok::<_, Fault>(list_of(items))
    });
    functions.one("reverse", |list: Value| {
        let mut items = all(&list, "find reverse on")?;
        items.reverse();
        Ok::<_, Fault>(list_of(items))
    });
    functions.any("concat", |lists: Vec<Value>| concat(&lists));
    functions.alias("push", "append");
    functions.alias("mustAppend", "append");
    functions.alias("mustPush", "append");
    functions.alias("mustPrepend", "prepend");
    functions.alias("mustReverse", "reverse");
}

fn add_membership(functions: &mut Functions) {
    functions.one("compact", |list: Value| {
        let mut items = all(&list, "compact on")?;
        items.retain(|item| !is_empty(item));
        Ok::<_, Fault>(list_of(items))
    });
    functions.one("uniq", |list: Value| {
        let mut kept: Vec<Value> = Vec::new();
        for item in all(&list, "find uniq on")? {
            if !kept.iter().any(|known| deep_equal(&item, known)) {
                kept.push(item);
            }
        }
        Ok::<_, Fault>(list_of(kept))
    });
    functions.one_and_any("without", |list: Value, omitted: Vec<Value>| {
        let mut items = all(&list, "find without on")?;
        items.retain(|item| !omitted.iter().any(|omitted| deep_equal(item, omitted)));
        Ok::<_, Fault>(list_of(items))
    });
    functions.two("has", |needle: Value, list: Value| match list {
        Value::Nil => Ok(false),
        list => Ok(all(&list, "find has on")?.iter().any(|item| deep_equal(&needle, item))),
    });
    functions.alias("mustCompact", "compact");
    functions.alias("mustUniq", "uniq");
    functions.alias("mustWithout", "without");
    functions.alias("mustHas", "has");
}

fn add_parts(functions: &mut Functions) {
    functions.one_and_any("slice", |list: Value, indices: Vec<Value>| slice(&list, &indices));
    functions.two("chunk", |size: i64, list: Value| chunk(size, &list));
    functions.alias("mustSlice", "slice");
    functions.alias("mustChunk", "chunk");
}

/// What Go says when a method is called on no value at all.
pub(super) const NIL_POINTER: &str =
    "runtime error: invalid memory address or nil pointer dereference";

/// Returns the elements, or sprig's error "Cannot ACTION type KIND".
fn all(list: &Value, action: &str) -> Result<Vec<Value>, Fault> {
    if matches!(list, Value::Nil) {
        return Err(Fault::new(NIL_POINTER));
    }
    items(list).ok_or_else(|| Fault::new(format!("Cannot {action} type {}", kind_name(list))))
}

/// Go's nil `[]interface {}`.
fn nil() -> Value {
    Value::List(List { nil: true, ..List::default() })
}

fn concat(lists: &[Value]) -> Result<Value, Fault> {
    let mut joined = Vec::new();
    for list in lists {
        if matches!(list, Value::Nil) {
            return Err(Fault::new(NIL_POINTER));
        }
        joined.extend(items(list).ok_or_else(|| {
            Fault::new(format!("Cannot concat type {} as list", kind_name(list)))
        })?);
    }
    Ok(if joined.is_empty() { nil() } else { list_of(joined) })
}

/// The element type stays; an empty list gives `nil`.
fn slice(list: &Value, indices: &[Value]) -> Result<Value, Fault> {
    if matches!(list, Value::Nil) {
        return Err(Fault::new(NIL_POINTER));
    }
    let Some(items) = items(list) else {
        return Err(Fault::new(format!(
            "list should be type of slice or array but {}",
            kind_name(list)
        )));
    };
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let start = indices.first().map_or(0, to_int);
    let end = indices.get(1).map_or(i64::try_from(items.len()).unwrap_or(i64::MAX), to_int);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let Some(part) = range.and_then(|(start, end)| items.get(start..end)) else {
        return Err(Fault::new("reflect.Value.Slice: slice index out of bounds"));
    };
    Ok(match list {
        Value::Bytes(bytes) => {
            let from = usize::try_from(start).unwrap_or_default();
            Value::Bytes(bytes.get(from..from + part.len()).unwrap_or_default().into())
        }
        Value::List(list) => {
            Value::List(List { elem: list.elem, items: part.to_vec().into(), nil: false })
        }
        _ => list_of(part.to_vec()),
    })
}

fn chunk(size: i64, list: &Value) -> Result<Value, Fault> {
    if matches!(list, Value::Nil) {
        return Err(Fault::new(NIL_POINTER));
    }
    let items =
        items(list).ok_or_else(|| Fault::new(format!("Cannot chunk type {}", kind_name(list))))?;
    let chunks: Vec<Value> = match usize::try_from(size) {
        _ if items.is_empty() && size > 0 => Vec::new(),
        Ok(size) if size > 0 => items.chunks(size).map(|chunk| list_of(chunk.to_vec())).collect(),
        // What sprig's arithmetic makes of a size below zero.
        _ if size < -1 && items.len() == 1 => vec![list_of(items)],
        _ if size < 0 && items.len() > 1 && too_few(items.len(), size) => Vec::new(),
        _ => return Err(Fault::new("runtime error: makeslice: len out of range")),
    };
    Ok(Value::List(List { elem: Elem::List, items: chunks.into(), nil: false }))
}

/// Returns whether sprig counts no chunks: one less than the elements, divided and rounded down,
/// is -1.
fn too_few(elements: usize, size: i64) -> bool {
    u64::try_from(elements).is_ok_and(|elements| elements - 1 <= size.unsigned_abs())
}
