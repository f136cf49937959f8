//! The four walks of server-side apply: which fields a configuration names,
//! two objects merged, two objects compared, and an object without some fields.
//!
//! Source: structured-merge-diff v6, `typed/{tofieldset,merge,compare,remove}.go`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    fields::{Fields, field},
    mistakes::Mistake,
    schema::{Schema, Shape},
};

/// Why a list could not be merged item by item.
pub(crate) type Refusal = String;

/// Which fields differ between two objects.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// Fields that only the first has.
    pub(crate) removed: Fields,
    /// Fields that both have, with other values.
    pub(crate) modified: Fields,
    /// Fields that only the second has.
    pub(crate) added: Fields,
}

/// How a value at hand is walked.
enum Way {
    Leaf,
    Entries,
    Items,
}

fn way(shape: &Shape, value: &Value) -> Way {
    match (shape, value) {
        (Shape::Keyed { .. }, _) if Mistake::ReplacesLists.is_made() => Way::Leaf,
        (Shape::Struct(_) | Shape::Map(_), _) | (Shape::Any, Value::Object(_)) => Way::Entries,
        (Shape::Set | Shape::Keyed { .. }, _) => Way::Items,
        (Shape::Scalar | Shape::Atomic | Shape::Any | Shape::Ref(_), _) => Way::Leaf,
    }
}

/// Returns the path element of a list's item.
fn item_element(shape: &Shape, item: &Value) -> Result<String, Refusal> {
    let Shape::Keyed { keys, .. } = shape else { return Ok(format!("v:{item}")) };
    let fields = item.as_object().ok_or("an item of a list with keys is no object")?;
    let mut key = Map::new();
    for (name, default) in keys {
        let value = fields.get(name).unwrap_or(default);
        if !value.is_null() || fields.contains_key(name) {
            key.insert(name.clone(), value.clone());
        }
    }
    if key.is_empty() {
        let names = keys.keys().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" ");
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{names}] (and \
             doesn't have default values for any key fields)"
        ));
    }
    Ok(format!("k:{}", Value::Object(key)))
}

/// Returns the fields that `value` names.
pub(crate) fn named(schema: &Schema, shape: &Shape, value: &Value) -> Result<Fields, Refusal> {
    let mut fields = Fields::default();
    name_fields(schema, schema.resolve(shape), value, &mut Vec::new(), &mut fields)?;
    Ok(fields)
}

fn name_fields(
    schema: &Schema,
    shape: &Shape,
    value: &Value,
    path: &mut Vec<String>,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    match way(shape, value) {
        Way::Leaf => fields.insert(path),
        Way::Entries => {
            for (name, entry) in value.as_object().into_iter().flatten() {
                path.push(field(name));
                name_fields(schema, schema.entry(shape, name), entry, path, fields)?;
                let empty = entry.as_object().is_some_and(Map::is_empty);
                if entry.is_null() || empty || !schema.names_field(shape, name) {
                    fields.insert(path);
                }
                path.pop();
            }
        }
        Way::Items => {
            for item in value.as_array().into_iter().flatten() {
                path.push(item_element(shape, item)?);
                name_fields(schema, schema.item(shape), item, path, fields)?;
                fields.insert(path);
                path.pop();
            }
        }
    }
    Ok(())
}

/// Returns `live` with `wanted` merged into it; what `wanted` names wins.
pub(crate) fn merged(
    schema: &Schema,
    shape: &Shape,
    live: Option<&Value>,
    wanted: Option<&Value>,
) -> Result<Option<Value>, Refusal> {
    let (Some(mine), Some(theirs)) = (live, wanted) else {
        return Ok(wanted.or(live).cloned());
    };
    let shape = schema.resolve(shape);
    if is_empty(mine) && is_empty(theirs) {
        return Ok(Some(theirs.clone()));
    }
    match way(shape, theirs) {
        Way::Leaf => Ok(Some(theirs.clone())),
        Way::Entries => merge_entries(schema, shape, mine, theirs),
        Way::Items => merge_items(schema, shape, mine, theirs),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

fn merge_entries(
    schema: &Schema,
    shape: &Shape,
    live: &Value,
    wanted: &Value,
) -> Result<Option<Value>, Refusal> {
    let (none, mut result) = (Map::new(), Map::new());
    let (live, wanted) = (live.as_object().unwrap_or(&none), wanted.as_object().unwrap_or(&none));
    for name in live.keys().chain(wanted.keys().filter(|name| !live.contains_key(*name))) {
        let entry = schema.entry(shape, name);
        if let Some(value) = merged(schema, entry, live.get(name), wanted.get(name))? {
            result.insert(name.clone(), value);
        }
    }
    Ok((!result.is_empty()).then_some(Value::Object(result)))
}

/// A list's items by their path elements, in the order of the list.
fn index<'a>(
    shape: &Shape,
    list: &'a Value,
) -> Result<(Vec<String>, BTreeMap<String, &'a Value>), Refusal> {
    let (mut order, mut items) = (Vec::new(), BTreeMap::new());
    for (position, item) in list.as_array().into_iter().flatten().enumerate() {
        let element =
            item_element(shape, item).map_err(|why| format!("element {position}: {why}"))?;
        if items.insert(element.clone(), item).is_some() {
            let key = element.get(2..).unwrap_or_default();
            return Err(format!("duplicate entries for key {key}"));
        }
        order.push(element);
    }
    Ok((order, items))
}

/// Merges two lists; the order is that of `wanted`, with the items that only
/// `live` has kept where they stand between the shared ones.
fn merge_items(
    schema: &Schema,
    shape: &Shape,
    live: &Value,
    wanted: &Value,
) -> Result<Option<Value>, Refusal> {
    let (left_order, left) = index(shape, live)?;
    let (right_order, right) = index(shape, wanted)?;
    let order = merge_order(&left_order, &right_order);
    let mut result = Vec::new();
    for element in order {
        let (mine, theirs) = (left.get(&element).copied(), right.get(&element).copied());
        result.extend(merged(schema, schema.item(shape), mine, theirs)?);
    }
    Ok((!result.is_empty()).then_some(Value::Array(result)))
}

fn merge_order(left: &[String], right: &[String]) -> Vec<String> {
    let mut shared = right.iter().filter(|element| left.contains(element));
    let mut next_shared = shared.next();
    let (mut order, mut l, mut r): (Vec<String>, usize, usize) = (Vec::new(), 0, 0);
    while l < left.len() || r < right.len() {
        if let (Some(mine), Some(theirs)) = (left.get(l), right.get(r)) {
            if mine == theirs {
                order.push(mine.clone());
                (l, r, next_shared) = (l + 1, r + 1, shared.next());
                continue;
            }
            if right.contains(mine) && next_shared.is_some_and(|next| next != mine) {
                l += 1;
                continue;
            }
        }
        if let Some(mine) = left.get(l) {
            if !right.contains(mine) {
                order.push(mine.clone());
                l += 1;
                continue;
            }
            if order.contains(mine) {
                l += 1;
            }
        }
        if let Some(theirs) = right.get(r) {
            order.push(theirs.clone());
            r += 1;
            if next_shared == Some(theirs) {
                next_shared = shared.next();
            }
        }
    }
    order
}

/// Returns which fields differ between `old` and `new`.
pub(crate) fn compared(
    schema: &Schema,
    shape: &Shape,
    old: &Value,
    new: &Value,
) -> Result<Difference, Refusal> {
    let mut difference = Difference::default();
    compare(schema, shape, (Some(old), Some(new)), &mut Vec::new(), &mut difference)?;
    Ok(difference)
}

fn compare(
    schema: &Schema,
    shape: &Shape,
    (old, new): (Option<&Value>, Option<&Value>),
    path: &mut Vec<String>,
    difference: &mut Difference,
) -> Result<(), Refusal> {
    let Some(walked) = new.or(old) else { return Ok(()) };
    let shape = schema.resolve(shape);
    let both_empty = old.is_none_or(is_empty) && new.is_none_or(is_empty);
    let way = if both_empty { Way::Leaf } else { way(shape, walked) };
    match way {
        Way::Leaf => {}
        Way::Entries => compare_entries(schema, shape, (old, new), path, difference)?,
        Way::Items => compare_items(schema, shape, (old, new), path, difference)?,
    }
    match (old, new) {
        (None, _) => difference.added.insert(path),
        (_, None) => difference.removed.insert(path),
        (Some(old), Some(new)) if matches!(way, Way::Leaf) && old != new => {
            difference.modified.insert(path);
        }
        _ => {}
    }
    Ok(())
}

fn compare_entries(
    schema: &Schema,
    shape: &Shape,
    (old, new): (Option<&Value>, Option<&Value>),
    path: &mut Vec<String>,
    difference: &mut Difference,
) -> Result<(), Refusal> {
    let none = Map::new();
    let old = old.and_then(Value::as_object).unwrap_or(&none);
    let new = new.and_then(Value::as_object).unwrap_or(&none);
    for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
        path.push(field(name));
        let pair = (old.get(name), new.get(name));
        compare(schema, schema.entry(shape, name), pair, path, difference)?;
        path.pop();
    }
    Ok(())
}

fn compare_items(
    schema: &Schema,
    shape: &Shape,
    (old, new): (Option<&Value>, Option<&Value>),
    path: &mut Vec<String>,
    difference: &mut Difference,
) -> Result<(), Refusal> {
    let (old_order, old) = index(shape, old.unwrap_or(&Value::Null))?;
    let (new_order, new) = index(shape, new.unwrap_or(&Value::Null))?;
    let added = new_order.iter().filter(|element| !old.contains_key(*element));
    for element in old_order.iter().chain(added) {
        path.push(element.clone());
        let pair = (old.get(element).copied(), new.get(element).copied());
        compare(schema, schema.item(shape), pair, path, difference)?;
        path.pop();
    }
    Ok(())
}

/// Returns `value` without the fields of `fields`, or `None` if nothing is left.
pub(crate) fn without(
    schema: &Schema,
    shape: &Shape,
    value: &Value,
    fields: &Fields,
) -> Option<Value> {
    let shape = schema.resolve(shape);
    if is_empty(value) && (value.is_array() || value.is_object()) {
        return None;
    }
    match (shape, value) {
        (Shape::Atomic, Value::Array(_) | Value::Object(_)) | (Shape::Any, Value::Array(_)) => None,
        (_, Value::Object(entries)) => {
            let left = entries.iter().filter_map(|(name, entry)| {
                let left = kept(schema, schema.entry(shape, name), (&field(name), entry), fields)?;
                Some((name.clone(), left))
            });
            let left: Map<_, _> = left.collect();
            (!left.is_empty()).then_some(Value::Object(left))
        }
        (Shape::Set | Shape::Keyed { .. }, Value::Array(items)) => {
            let left = items.iter().filter_map(|item| {
                let element = item_element(shape, item).ok()?;
                kept(schema, schema.item(shape), (&element, item), fields)
            });
            let left: Vec<_> = left.collect();
            (!left.is_empty()).then_some(Value::Array(left))
        }
        _ => Some(value.clone()),
    }
}

/// Returns what is left of an entry or item, null where nothing is; `None` if it goes as a whole.
fn kept(
    schema: &Schema,
    shape: &Shape,
    (element, value): (&str, &Value),
    fields: &Fields,
) -> Option<Value> {
    if fields.has(element) {
        return None;
    }
    let left = match fields.below(element) {
        None => Some(value.clone()),
        Some(below) => without(schema, shape, value, below),
    };
    Some(left.unwrap_or(Value::Null))
}

/// Returns the fields of `value` that its type does not have, as dotted paths.
pub(crate) fn unknown(schema: &Schema, shape: &Shape, value: &Value) -> Vec<String> {
    let mut fields = Vec::new();
    collect_unknown(schema, schema.resolve(shape), value, "", &mut fields);
    fields
}

fn collect_unknown(
    schema: &Schema,
    shape: &Shape,
    value: &Value,
    path: &str,
    fields: &mut Vec<String>,
) {
    match (shape, value) {
        (Shape::Struct(known), Value::Object(entries)) => {
            for (name, entry) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{name}");
                if known.contains_key(name) {
                    collect_unknown(schema, schema.entry(shape, name), entry, &path, fields);
                } else {
                    fields.push(path);
                }
            }
        }
        (Shape::Map(item), Value::Object(entries)) => {
            for (name, entry) in entries {
                let path = format!("{path}.{name}");
                collect_unknown(schema, schema.resolve(item), entry, &path, fields);
            }
        }
        (Shape::Keyed { item, .. }, Value::Array(items)) => {
            for (index, entry) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                collect_unknown(schema, schema.resolve(item), entry, &path, fields);
            }
        }
        _ => {}
    }
}
