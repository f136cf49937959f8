//! `rutter get values`: what was given by the user, or what the templates saw.

use serde_json::{Map, Value};

use super::Wanted;
use crate::{
    failure::Failure,
    options::{Format, Output, Switch},
    release::Release,
    session::Session,
    ui::{json_line, yaml},
};

/// Print the values of a release
///
/// These are the values that its user gave; with --all, what the templates saw.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,

    /// Print all values, the chart's defaults included
    #[arg(short = 'a', long)]
    all: Switch,

    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let release = args.wanted.release("get values", session)?;
    let values = if args.all.is_on() { Some(computed(&release)) } else { release.config };
    let text = match args.output.format {
        Format::Json => json_line(&values)?,
        Format::Yaml => yaml(&values)?,
        Format::Table => {
            let kind = if args.all.is_on() { "COMPUTED" } else { "USER-SUPPLIED" };
            format!("{kind} VALUES:\n{}", yaml(&values)?)
        }
    };
    Ok(session.ui.print(&text)?)
}

/// Returns the user's values over the chart's defaults, as Helm computes them from a record, in
/// which no subchart is.
pub(super) fn computed(release: &Release) -> Map<String, Value> {
    let defaults = release.chart.as_ref().and_then(|it| it.values.clone()).unwrap_or_default();
    let mut values = release.config.clone().unwrap_or_default();
    coalesce(&mut values, defaults);
    values
}

/// Helm's `CoalesceTables` for a chart without subcharts: the user wins, maps merge, and a null
/// of the user takes the default away.
fn coalesce(values: &mut Map<String, Value>, defaults: Map<String, Value>) {
    for (key, default) in defaults {
        match (values.get_mut(&key), default) {
            (Some(Value::Null), _) => {
                values.remove(&key);
            }
            (Some(Value::Object(given)), Value::Object(default)) => coalesce(given, default),
            (Some(_), _) | (None, Value::Null) => {}
            (None, default) => {
                values.insert(key, default);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_users_values_win_and_null_takes_a_default_away() {
        let record = json!({
            "config": {"a": {"b": 1}, "gone": null, "own": null},
            "chart": {"values": {"a": {"b": 2, "c": 3}, "gone": 4, "d": 5, "none": null}}
        });
        let release = Release::from_value(record).unwrap();
        assert_eq!(
            Value::Object(computed(&release)),
            json!({"a": {"b": 1, "c": 3}, "d": 5, "own": null})
        );
    }
}
