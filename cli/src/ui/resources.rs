//! Live objects as kubectl prints them: columns three spaces apart, none narrower than six
//! (`tabwriter.NewWriter(out, 6, 4, 3, ' ', …)` in cli-runtime's `printers`), and what keeps them
//! from being ready.

use std::fmt::Write as _;

use applier::{
    Table,
    resources::{Resources, Standing},
};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::failure::harmless;

/// The least width of a column but the last.
const NARROWEST: usize = 6;
/// What is between two columns.
const GAP: usize = 3;

/// Returns the tables of live objects, each under its heading, in Helm's form; below them what
/// keeps objects from being ready. Empty where there is nothing.
pub(crate) fn resources(seen: &Resources) -> String {
    let mut text = String::new();
    for group in &seen.groups {
        let _ = writeln!(text, "==> {}", group.title);
        for table in &group.tables {
            text.push_str(&rows(table));
        }
        text.push('\n');
    }
    let told: Vec<&Standing> = seen.objects.iter().filter(|it| is_told(it)).collect();
    if !told.is_empty() {
        text.push_str("==> NOT READY\n");
        for standing in told {
            let _ = writeln!(text, "{}", line(standing));
        }
        text.push('\n');
    }
    text
}

/// What is not ready is told, and what may not be read.
fn is_told(standing: &Standing) -> bool {
    !standing.is_ready() || standing.reason.is_some()
}

/// Returns an object and how it stands in one line.
pub(crate) fn line(standing: &Standing) -> String {
    let text = harmless(standing.text());
    format!("{}/{}: {text}", standing.object.kind, standing.object.name)
}

/// Returns a table as kubectl prints it, without the columns of wide tables.
fn rows(table: &Table) -> String {
    let shown: Vec<usize> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.priority == 0)
        .map(|(number, _)| number)
        .collect();
    let head = shown.iter().filter_map(|it| table.columns.get(*it));
    let mut lines = vec![head.map(|it| it.name.to_uppercase()).collect::<Vec<_>>()];
    for row in &table.rows {
        lines.push(shown.iter().map(|it| row.cells.get(*it).map_or(String::new(), cell)).collect());
    }
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|it| it.get(column));
        (cells.map(|it| it.width()).max().unwrap_or(0) + GAP).max(NARROWEST)
    };
    let widths: Vec<usize> = (0..shown.len()).map(width).collect();
    lines.iter().map(|line| row(line, &widths)).collect()
}

fn row(cells: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (number, (cell, width)) in cells.iter().zip(widths).enumerate() {
        text.push_str(cell);
        if number + 1 < cells.len() {
            text.push_str(&" ".repeat(width.saturating_sub(cell.width())));
        }
    }
    text.push('\n');
    text
}

/// Returns a cell as text: its first line.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.split_once(['\n', '\r', '\x0c']) {
        Some((first, _)) => harmless(&format!("{first}...")),
        None => harmless(&text),
    }
}

#[cfg(test)]
mod tests {
    use applier::{Column, Row};
    use serde_json::json;

    use super::*;

    fn column(name: &str, priority: i64) -> Column {
        Column { name: name.to_owned(), priority }
    }

    /// Printed by kubectl 1.37.1 for a `ConfigMap` of one entry.
    #[test]
    fn a_table_is_kubectls() {
        let row = Row {
            cells: vec![json!("cm1"), json!("x"), json!(1), json!("4s")],
            object: Value::Null,
        };
        let table = Table {
            columns: vec![
                column("Name", 0),
                column("Wide", 1),
                column("Data", 0),
                column("Age", 0),
            ],
            rows: vec![row],
            ..Table::default()
        };
        assert_eq!(rows(&table), "NAME   DATA   AGE\ncm1    1      4s\n");
    }

    #[test]
    fn of_a_cell_the_first_line_is_shown() {
        assert_eq!(cell(&json!("a\nb")), "a...");
        assert_eq!(cell(&Value::Null), "");
    }
}
