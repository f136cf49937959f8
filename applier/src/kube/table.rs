//! What a server answers to whoever asks for a table: one, or the objects where it has none of
//! their kind (an aggregated server may not).
//!
//! Pure.

use jiff::Timestamp;
use serde_json::Value;

use super::with_kind;
use crate::cluster::{Column, Resource, Row, Table};

/// Adds a page of an answer to a table.
pub(super) fn add(table: &mut Table, page: &Value, resource: &Resource) {
    let version = page.pointer("/metadata/resourceVersion").and_then(Value::as_str);
    version.unwrap_or_default().clone_into(&mut table.resource_version);
    if page.get("kind").and_then(Value::as_str) != Some("Table") {
        let objects = match page.get("items").and_then(Value::as_array) {
            Some(items) => items.clone(),
            None => vec![page.clone()],
        };
        let objects = objects.into_iter().map(|it| with_kind(it, resource));
        let bare = Table::bare(objects, Timestamp::now());
        table.columns = bare.columns;
        table.rows.extend(bare.rows);
        return;
    }
    if table.columns.is_empty() {
        table.columns = list(page, "columnDefinitions").iter().map(column).collect();
    }
    table.rows.extend(list(page, "rows").iter().map(|row| Row {
        cells: list(row, "cells").to_vec(),
        object: with_kind(row.get("object").cloned().unwrap_or_default(), resource),
    }));
}

/// Returns where the next page begins; empty after the last.
pub(super) fn next(page: &Value) -> String {
    page.pointer("/metadata/continue").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn column(definition: &Value) -> Column {
    Column {
        name: definition.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        priority: definition.get("priority").and_then(Value::as_i64).unwrap_or(0),
    }
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::{Kind, Scope};

    #[test]
    fn a_server_without_tables_gives_names_and_ages() {
        let resource = Resource {
            kind: Kind::new("x.io/v1", "Thing"),
            plural: "things".to_owned(),
            scope: Scope::Namespaced,
            verbs: Vec::new(),
        };
        let mut table = Table::default();
        let page = json!({"kind": "ThingList", "items": [{"metadata": {"name": "a"}}]});
        add(&mut table, &page, &resource);
        assert_eq!(table.rows[0].cells, [json!("a"), json!("<unknown>")]);
        assert_eq!(table.rows[0].object["kind"], "Thing");
        assert_eq!(next(&page), "");
    }
}
