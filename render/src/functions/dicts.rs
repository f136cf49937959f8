//! Maps (sprig's `dict.go`). `set`, `unset` and the merges change their
//! argument in place, as in Go.

use std::rc::Rc;

use rutter_gotmpl::{Elem, Fault, Functions, List, Map, Str, Value};

use super::{
    merge::{Clash, merge},
    print::strval,
    semvers,
    signature::{Define, Text, list_of},
};

pub(super) fn add(functions: &mut Functions) {
    functions.any("dict", |values: Vec<Value>| dict(&values));
    add_entries(functions);
    add_selections(functions);
    add_copies(functions);
}

fn add_entries(functions: &mut Functions) {
    functions.two("get", |map: Map, name: Text| {
        map.entries.borrow().get(&key(&name)).cloned().unwrap_or_else(|| Value::from(""))
    });
    functions.three("set", |map: Map, name: Text, value: Value| {
        map.entries.borrow_mut().insert(key(&name), value);
        map
    });
    functions.two("unset", |map: Map, name: Text| {
        map.entries.borrow_mut().remove(&key(&name));
        map
    });
    functions.two("hasKey", |map: Map, name: Text| map.entries.borrow().contains_key(&key(&name)));
    functions.any("dig", |values: Vec<Value>| dig(&values));
}

fn add_selections(functions: &mut Functions) {
    functions.any("keys", |maps: Vec<Map>| {
        let keys: Vec<_> = maps
            .iter()
            .flat_map(|map| map.entries.borrow().keys().cloned().collect::<Vec<_>>())
            .map(Value::String)
            .collect();
        Value::List(List { elem: Elem::String, items: keys.into(), nil: false })
    });
    functions.one("values", |map: Map| list_of(map.entries.borrow().values().cloned().collect()));
    functions.one_and_any("pluck", |name: Text, maps: Vec<Map>| {
        let name = key(&name);
        list_of(maps.iter().filter_map(|map| map.entries.borrow().get(&name).cloned()).collect())
    });
    functions.one_and_any("pick", |map: Map, names: Vec<Text>| {
        let entries = map.entries.borrow();
        let picked = names.iter().map(key).filter_map(|name| {
            let value = entries.get(&name)?.clone();
            Some((name, value))
        });
        Value::map(picked)
    });
    functions.one_and_any("omit", |map: Map, names: Vec<Text>| {
        let entries = map.entries.borrow();
        let names: Vec<Str> = names.iter().map(key).collect();
        let kept = entries.iter().filter(|(name, _)| !names.contains(name));
        Value::map(kept.map(|(name, value)| (name.clone(), value.clone())))
    });
}

fn add_copies(functions: &mut Functions) {
    for name in ["merge", "mustMerge"] {
        functions.one_and_any(name, |map: Map, sources: Vec<Map>| {
            for source in &sources {
                merge(&map, source, Clash::Keep);
            }
            map
        });
    }
    for name in ["mergeOverwrite", "mustMergeOverwrite"] {
        functions.one_and_any(name, |map: Map, sources: Vec<Map>| {
            for source in &sources {
                merge(&map, source, Clash::Overwrite);
            }
            map
        });
    }
    functions.one("deepCopy", |value: Value| match value {
        Value::Nil => Err(Fault::new(ZERO_VALUE)),
        value => Ok(deep_copy(&value)),
    });
    functions.alias("mustDeepCopy", "deepCopy");
}

/// What Go's `reflect` says where it is asked for the type of nothing.
pub(super) const ZERO_VALUE: &str = "reflect: call of reflect.Value.Type on zero Value";

fn key(name: &Text) -> Str {
    name.shared()
}

fn dict(values: &[Value]) -> Value {
    let entry = |pair: &[Value]| {
        let name = match pair.first() {
            Some(Value::String(name)) => name.clone(),
            other => {
                let text = strval(other.unwrap_or(&Value::Nil));
                Str::from(String::from_utf8_lossy(&text))
            }
        };
        (name, pair.get(1).cloned().unwrap_or_else(|| Value::from("")))
    };
    Value::map(values.chunks(2).map(entry))
}

/// `dig "a" "b" DEFAULT MAP`; only a plain map will do, at each step.
fn dig(values: &[Value]) -> Result<Value, Fault> {
    let [path @ .., default, map] = values else {
        return Err(Fault::new("dig needs at least three arguments"));
    };
    if path.is_empty() {
        return Err(Fault::new("dig needs at least three arguments"));
    }
    let mut current = plain_map(map)?;
    let mut names = Vec::new();
    for name in path {
        match name {
            Value::String(name) => names.push(name.clone()),
            other => return Err(conversion(other, "string")),
        }
    }
    let Some(last) = names.pop() else { return Ok(default.clone()) };
    for name in names {
        let step = current.entries.borrow().get(&name).cloned();
        match step {
            None => return Ok(default.clone()),
            Some(step) => current = plain_map(&step)?,
        }
    }
    let found = current.entries.borrow().get(&last).cloned();
    Ok(found.unwrap_or_else(|| default.clone()))
}

fn plain_map(value: &Value) -> Result<Map, Fault> {
    match value {
        Value::Map(map) if map.elem == Elem::Any => Ok(map.clone()),
        other => Err(conversion(other, "map[string]interface {}")),
    }
}

/// Go's panic of a type assertion that does not hold.
fn conversion(value: &Value, wanted: &str) -> Fault {
    let found = match value {
        Value::Nil => "nil".to_owned(),
        other => other.type_name().to_owned(),
    };
    Fault::new(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}

/// Copies lists and maps all the way down (`copystructure`).
pub(super) fn deep_copy(value: &Value) -> Value {
    match value {
        Value::List(list) => {
            let items = list.items.iter().map(deep_copy).collect();
            Value::List(List { items: Rc::new(items), ..list.clone() })
        }
        Value::Map(map) => {
            let entries = map.entries.borrow();
            let copy = Map { elem: map.elem, ..Map::default() };
            copy.entries
                .borrow_mut()
                .extend(entries.iter().map(|(name, value)| (name.clone(), deep_copy(value))));
            Value::Map(copy)
        }
        Value::Object(object) => match object.underlying() {
            Some(map @ Value::Map(_)) => object.over(deep_copy(&map)),
            _ => semvers::deep_copy(value).unwrap_or_else(|| value.clone()),
        },
        other => other.clone(),
    }
}
