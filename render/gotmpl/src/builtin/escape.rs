//! `html`, `js` and `urlquery`.

use crate::{
    format,
    unicode::{first, is_print},
    value::Value,
};

/// Returns the text of the arguments, which is then escaped: as `print`, but
/// nil has no value here.
pub(super) fn plain(values: &[Value]) -> Vec<u8> {
    let values: Vec<Value> = values
        .iter()
        .map(|value| match value {
            Value::Nil => Value::string("<no value>"),
            value => value.clone(),
        })
        .collect();
    let mut out = Vec::new();
    format::print(&mut out, &values);
    out
}

pub(super) fn html(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            0 => out.extend_from_slice("\u{FFFD}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(byte),
        }
    }
}

pub(super) fn js(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(&byte) = rest.first() {
        let (character, length) = first(rest);
        let (raw, tail) = rest.split_at(length.min(rest.len()));
        rest = tail;
        match (byte, character) {
            (b'\\' | b'\'' | b'"', _) => out.extend_from_slice(&[b'\\', byte]),
            (b'<' | b'>' | b'&' | b'=' | 0..=0x1F, _) => {
                out.extend_from_slice(format!("\\u{byte:04X}").as_bytes());
            }
            (0x80.., Some(character)) if !is_print(character) => {
                out.extend_from_slice(format!("\\u{:04X}", u32::from(character)).as_bytes());
            }
            _ => out.extend_from_slice(raw),
        }
    }
}

pub(super) fn url_query(out: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte),
            b' ' => out.push(b'+'),
            _ => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
}
