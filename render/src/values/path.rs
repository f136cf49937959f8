//! Values by path: `a.b.c`, as Helm's `Values.Table` and `PathValue` read them.

use rutter_gotmpl::{Map, Value};

/// Returns the map at `path`, if every part of it is one.
pub(crate) fn table(values: &Map, path: &str) -> Option<Map> {
    path.split('.').try_fold(values.clone(), |map, part| {
        let inner = map.entries.borrow().get(part).cloned();
        match inner {
            Some(Value::Map(inner)) => Some(inner),
            _ => None,
        }
    })
}

/// Returns the value at `path`, unless it is a map.
pub(crate) fn value(values: &Map, path: &str) -> Option<Value> {
    let (map, key) = match path.rsplit_once('.') {
        None => (values.clone(), path),
        Some((tables, key)) => (table(values, tables)?, key),
    };
    let found = map.entries.borrow().get(key).cloned();
    found.filter(|value| !matches!(value, Value::Map(_)))
}
