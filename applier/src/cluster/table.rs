//! Objects as a server shows them to a person: columns, and a row of cells for each
//! (`meta.k8s.io/v1`, `Table`).

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Address, Depth, Query};
use crate::object;

/// Which objects are to be shown.
#[derive(Clone, Copy, Debug)]
pub enum Sought<'a> {
    /// All that a query names; its depth says how much of each object comes with its row.
    All(Query<'a>),
    /// One, and how much of it comes with its row.
    One(Address<'a>, Depth),
}

/// Objects as the server shows them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns, those of wide tables too.
    pub columns: Vec<Column>,
    /// A row for each object.
    pub rows: Vec<Row>,
    /// Where a watch goes on from; empty where a single object was read.
    pub resource_version: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading: `Up-to-date`.
    pub name: String,
    /// 0 is always shown; what is more, only where there is room (`kubectl get -o wide`).
    pub priority: i64,
}

/// An object in a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// A cell for each column: text or numbers.
    pub cells: Vec<Value>,
    /// The object, as much of it as was asked for.
    pub object: Value,
}

impl Table {
    /// Returns the table with these headings, all of them always shown.
    pub(crate) fn with_columns(names: &[&str]) -> Self {
        let columns = names.iter().map(|it| Column { name: (*it).to_owned(), priority: 0 });
        Self { columns: columns.collect(), ..Self::default() }
    }

    /// Returns what kubectl shows of objects of which nobody says more: name and age.
    pub(crate) fn bare(objects: impl IntoIterator<Item = Value>, now: Timestamp) -> Self {
        let mut table = Self::with_columns(&["Name", "Age"]);
        table.rows.extend(objects.into_iter().map(|object| {
            let cells = vec![json!(object::name(&object)), json!(age(&object, now))];
            Row { cells, object }
        }));
        table
    }
}

/// Returns how long ago an object was made; `<unknown>` where it does not say.
pub(crate) fn age(object: &Value, now: Timestamp) -> String {
    let made =
        object::meta(object, "creationTimestamp").and_then(|it| it.parse::<Timestamp>().ok());
    made.map_or_else(|| "<unknown>".to_owned(), |made| duration(now.as_second() - made.as_second()))
}

/// Returns a span of seconds as kubectl writes ages (apimachinery's `duration.HumanDuration`).
fn duration(seconds: i64) -> String {
    if seconds < 0 {
        return if seconds < -1 { "<invalid>".to_owned() } else { "0s".to_owned() };
    }
    let [minutes, hours, days] = [60, 3600, 86400].map(|unit| seconds / unit);
    let two = |large: i64, unit: &str, small: i64, rest: &str| {
        let mut text = format!("{large}{unit}");
        if small > 0 {
            let _ = write!(text, "{small}{rest}");
        }
        text
    };
    match (minutes, hours) {
        (..2, _) => format!("{seconds}s"),
        (..10, _) => two(minutes, "m", seconds % 60, "s"),
        (..180, _) => format!("{minutes}m"),
        (_, ..8) => two(hours, "h", minutes % 60, "m"),
        (_, ..48) => format!("{hours}h"),
        (_, ..192) => two(days, "d", hours % 24, "h"),
        (_, ..17520) => format!("{days}d"),
        (_, ..70080) => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of `TestHumanDuration` in apimachinery's `duration_test.go`.
    #[test]
    fn ages_are_written_as_kubectl_writes_them() {
        const HOUR: i64 = 3600;
        const DAY: i64 = 24 * HOUR;
        for (seconds, text) in [
            (-2, "<invalid>"),
            (-1, "0s"),
            (1, "1s"),
            (70, "70s"),
            (190, "3m10s"),
            (70 * 60, "70m"),
            (47 * HOUR, "47h"),
            (49 * HOUR, "2d1h"),
            (8 * DAY + 2 * HOUR, "8d"),
            (367 * DAY, "367d"),
            (2 * 365 * DAY + 25 * HOUR, "2y1d"),
            (8 * 365 * DAY + 2 * HOUR, "8y"),
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }
}
