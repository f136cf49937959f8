//! Keys as the library shows them: `a."b c"`.

use std::fmt::Write as _;

/// Returns the parts with points between them.
pub(super) fn joined<'k>(key: impl IntoIterator<Item = &'k str>) -> String {
    key.into_iter().map(quoted).collect::<Vec<_>>().join(".")
}

/// Returns a part as it can stand in a document: without quotes, if it can.
pub(super) fn quoted(name: &str) -> String {
    let is_bare = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    let mut out = String::new();
    push_quoted(&mut out, name);
    out
}

/// Adds a text in double quotes.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}
