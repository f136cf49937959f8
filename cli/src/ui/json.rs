//! JSON and YAML as Helm prints them (`pkg/cli/output`).

use std::fmt::Write as _;

use serde::Serialize;

use crate::failure::Failure;

/// Returns one line of JSON with the escapes of Go's encoder: `<`, `>` and `&` could end up in a
/// web page.
pub(crate) fn json_line(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::from_error(&error))?;
    let mut line = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        match c {
            '<' => line.push_str("\\u003c"),
            '>' => line.push_str("\\u003e"),
            '&' => line.push_str("\\u0026"),
            // Go leaves them, but a terminal would obey them: they mean the same as escapes.
            '\u{7f}'..='\u{9f}' => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            '\u{2028}' => line.push_str("\\u2028"),
            '\u{2029}' => line.push_str("\\u2029"),
            _ => line.push(c),
        }
    }
    line.push('\n');
    Ok(line)
}

/// Returns YAML with sorted keys, as Kubernetes' library writes it.
pub(crate) fn yaml(value: &impl Serialize) -> Result<String, Failure> {
    let value = serde_json::to_value(value).map_err(|error| Failure::from_error(&error))?;
    render::yaml::write_json(&value).map_err(|error| Failure::from_error(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: Go's `json.NewEncoder` on the same map.
    #[test]
    fn json_is_escaped_as_go_escapes_it() {
        let value = serde_json::json!({"b": "<a & b>", "a": "é\u{2028}\n"});
        assert_eq!(json_line(&"\u{9b}m").unwrap(), "\"\\u009bm\"\n");
        assert_eq!(
            json_line(&value).unwrap(),
            "{\"a\":\"é\\u2028\\n\",\"b\":\"\\u003ca \\u0026 b\\u003e\"}\n"
        );
    }
}
