//! A value as `encoding/json` writes it.

use std::fmt::Write as _;

use super::{
    Error,
    decode::MAX_DEPTH,
    number,
    source::{Source, View, base64},
};

/// Writes a value as Go's `json.Marshal` does: on one line, keys by their bytes.
pub(super) fn write<'v, S: Source<'v>>(value: &S) -> Result<String, Error> {
    let mut text = String::new();
    write_value(&mut text, value.view(), 0)?;
    Ok(text)
}

fn write_value<'v, S: Source<'v>>(
    text: &mut String,
    value: View<'v, S>,
    depth: usize,
) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(format!("yaml: exceeded max depth of {MAX_DEPTH}")));
    }
    match value {
        View::Unsupported(refusal) => return Err(Error::new(refusal)),
        View::Null => text.push_str("null"),
        View::Bool(value) => text.push_str(if value { "true" } else { "false" }),
        View::Number(number) => text.push_str(&number),
        View::Float(number) if number.is_finite() => text.push_str(&number::json(number)),
        View::Float(number) => {
            let name = match number {
                _ if number.is_nan() => "NaN",
                _ if number > 0.0 => "+Inf",
                _ => "-Inf",
            };
            return Err(Error::new(format!("json: unsupported value: {name}")));
        }
        View::String(string) => quote(text, &string),
        View::Binary(bytes) => quote(text, &base64(&bytes)),
        View::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write_value(text, item.view(), depth + 1)?;
            }
            text.push(']');
        }
        View::Map(mut entries) | View::Fields(mut entries) => {
            entries.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
            text.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                quote(text, key.as_ref());
                text.push(':');
                write_value(text, value.view(), depth + 1)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// A JSON string with Go's escapes, those for HTML among them.
fn quote(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\x08' => text.push_str("\\b"),
            '\x0C' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\0'..='\x1F' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}
