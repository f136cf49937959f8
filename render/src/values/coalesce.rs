//! Defaults under what the user gave, subcharts and globals too (Helm's `coalesce.go`).
//!
//! Maps are references here as they are in Go, and the steps are Helm's, one by
//! one: which null deletes and which one stays follows from their order alone.

use rutter_gotmpl::{Map, Str, Value, shown};

use super::{copy_map, empty};
use crate::Chart;

/// Whether nulls have done their work and go, or stay for a later step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// They delete the default and go themselves.
    Act,
    /// They stay.
    Stay,
}

/// Returns `values` with the defaults of `chart` and its subcharts under them,
/// as templates see them; warnings are appended to `log`.
pub(crate) fn coalesce(
    chart: &Chart,
    values: &Map,
    nulls: Nulls,
    log: &mut Vec<String>,
) -> Result<Map, String> {
    let mut merging = Merging { log };
    let values = copy_map(values);
    merging.chart(chart, &values, "", nulls)?;
    Ok(values)
}

/// Puts `under` under `over`, in place: maps merge, `over` wins, nulls stay.
pub(crate) fn merge_tables(over: &Map, under: &Map, log: &mut Vec<String>) {
    Merging { log }.tables(over, under, "", Nulls::Stay);
}

/// Puts `under` under `over`, in place: maps merge, `over` wins, and its nulls take away what is
/// under them (Helm's `CoalesceTables`).
pub(crate) fn coalesce_tables(over: &Map, under: &Map, log: &mut Vec<String>) {
    Merging { log }.tables(over, under, "", Nulls::Act);
}

struct Merging<'a> {
    log: &'a mut Vec<String>,
}

impl Merging<'_> {
    fn chart(
        &mut self,
        chart: &Chart,
        dest: &Map,
        prefix: &str,
        nulls: Nulls,
    ) -> Result<(), String> {
        self.defaults(chart, dest, prefix, nulls);
        let prefix = joined(prefix, chart.name());
        for subchart in &chart.dependencies {
            let name = subchart.name();
            if get(dest, name).is_none() {
                put(dest, name, Value::Map(empty()));
            }
            let inner = match get(dest, name).unwrap_or_default() {
                Value::Map(inner) => inner,
                other => return Err(format!("type mismatch on {name}: {}", shown(&other, 't'))),
            };
            self.globals(&inner, dest, &prefix);
            self.chart(subchart, &inner, &prefix, nulls)?;
        }
        Ok(())
    }

    /// Puts the chart's own defaults under `values`.
    fn defaults(&mut self, chart: &Chart, values: &Map, prefix: &str, nulls: Nulls) {
        let prefix = joined(prefix, chart.name());
        let is_subchart =
            |key: &str| chart.dependencies.iter().any(|subchart| subchart.name() == key);
        for (key, default) in pairs(&copy_map(chart.values.map())) {
            let nulls_below = if is_subchart(&key) { Nulls::Stay } else { nulls };
            match (get(values, &key), default) {
                (None, Value::Nil) if nulls == Nulls::Act => {}
                (None, default) => {
                    without_nulls(&default, nulls);
                    put(values, &key, default);
                }
                (Some(Value::Nil), _) if nulls == Nulls::Act => remove(values, &key),
                (Some(Value::Map(over)), Value::Map(under)) => {
                    without_nulls(&Value::Map(under.clone()), nulls_below);
                    self.tables(&over, &under, &joined(&prefix, &key), nulls_below);
                }
                (Some(Value::Map(_)), default) if !matches!(default, Value::Nil) => {
                    let text = format!("warning: skipped value for {prefix}.{key}: Not a table.");
                    self.log.push(text);
                }
                _ => {}
            }
        }
    }

    fn globals(&mut self, dest: &Map, source: &Map, prefix: &str) {
        let side = |map: &Map, name: &str| match get(map, "global") {
            None => Ok(empty()),
            Some(Value::Map(map)) => Ok(map),
            Some(_) => {
                Err(format!("warning: skipping globals because {name} global is not a table."))
            }
        };
        let (into, from) = match (side(dest, "destination"), side(source, "source")) {
            (Ok(into), Ok(from)) => (into, from),
            (Err(text), _) | (_, Err(text)) => return self.log.push(text),
        };
        for (key, value) in pairs(&from) {
            match (value, get(&into, &key)) {
                (Value::Map(map), None) => put(&into, &key, Value::Map(shallow(&map))),
                (Value::Map(map), Some(Value::Map(under))) => {
                    let top = shallow(&map);
                    self.tables(&top, &under, &joined(prefix, &key), Nulls::Stay);
                    put(&into, &key, Value::Map(top));
                }
                (Value::Map(_), Some(_)) => self.log.push(format!(
                    "Conflict: cannot merge map onto non-map for {key:?}. Skipping."
                )),
                (_, Some(Value::Map(_))) => self.log.push(format!("key {key} is table. Skipping")),
                (value, _) => put(&into, &key, value),
            }
        }
        put(dest, "global", Value::Map(into));
    }

    /// Puts `under` under `over`.
    fn tables(&mut self, over: &Map, under: &Map, prefix: &str, nulls: Nulls) {
        let given: Vec<Str> = under
            .entries
            .borrow()
            .iter()
            .filter(|(_, value)| !matches!(value, Value::Nil))
            .map(|(key, _)| key.clone())
            .collect();
        for (key, value) in pairs(over) {
            if matches!(value, Value::Nil) {
                put(under, &key, Value::Nil);
            }
        }
        for (key, value) in pairs(under) {
            let full = joined(prefix, &key);
            match (get(over, &key), value) {
                (Some(Value::Nil), _)
                    if nulls == Nulls::Act && given.binary_search(&key).is_ok() =>
                {
                    remove(over, &key);
                }
                (None, value) => put(over, &key, value),
                (Some(Value::Map(over)), Value::Map(under)) => {
                    self.tables(&over, &under, &full, nulls);
                }
                (Some(_), value @ Value::Map(_)) => self.log.push(format!(
                    "warning: cannot overwrite table with non table for {full} ({})",
                    plain(&value)
                )),
                (Some(Value::Map(_)), value) if !matches!(value, Value::Nil) => {
                    self.log.push(format!(
                        "warning: destination for {full} is a table. Ignoring non-table value ({})",
                        plain(&value)
                    ));
                }
                _ => {}
            }
        }
    }
}

/// Takes the nulls out of a default that is a map, if nulls act.
fn without_nulls(default: &Value, nulls: Nulls) {
    if let (Value::Map(map), Nulls::Act) = (default, nulls) {
        drop_nulls(map);
    }
}

fn drop_nulls(map: &Map) {
    map.entries.borrow_mut().retain(|_, value| !matches!(value, Value::Nil));
    for (_, value) in pairs(map) {
        if let Value::Map(inner) = value {
            drop_nulls(&inner);
        }
    }
}

/// Returns a map of its own with the same values in it.
fn shallow(map: &Map) -> Map {
    let copy = empty();
    copy.entries.borrow_mut().clone_from(&map.entries.borrow());
    copy
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

/// Returns the entries as they are now: maps may be the same on both sides.
fn pairs(map: &Map) -> Vec<(Str, Value)> {
    map.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn get(map: &Map, key: &str) -> Option<Value> {
    map.entries.borrow().get(key).cloned()
}

fn put(map: &Map, key: &str, value: Value) {
    map.entries.borrow_mut().insert(Str::from(key), value);
}

fn remove(map: &Map, key: &str) {
    map.entries.borrow_mut().remove(key);
}

/// Returns what Go's `%v` prints, near enough for a warning.
fn plain(value: &Value) -> String {
    match value {
        Value::Nil => "<nil>".to_owned(),
        Value::String(text) => text.to_string(),
        Value::List(list) => {
            let items: Vec<String> = list.items.iter().map(plain).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Map(map) => {
            let entries: Vec<String> =
                pairs(map).iter().map(|(key, value)| format!("{key}:{}", plain(value))).collect();
            format!("map[{}]", entries.join(" "))
        }
        other => super::json(other).to_string(),
    }
}
