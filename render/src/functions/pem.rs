//! PEM blocks as Go's `encoding/pem` reads and writes them.

use super::base64;

/// A block: what is in it, and the bytes.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) label: String,
    pub(super) bytes: Vec<u8>,
}

/// Writes a block, 64 characters a line.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let text = base64::encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.extend(line.iter().map(|byte| char::from(*byte)));
        out.push('\n');
    }
    out + "-----END " + label + "-----\n"
}

/// Returns the first block of a text.
pub(super) fn decode(text: &str) -> Option<Block> {
    let mut left = text;
    loop {
        let (_, after) = left.split_once("-----BEGIN ")?;
        left = after;
        let Some((label, body)) = after.split_once("-----") else { continue };
        let Some((body, _)) = body.split_once(&format!("-----END {label}-----")) else { continue };
        // Headers, if any, end at an empty line.
        let body = match body.split_once("\n\n") {
            Some((headers, body)) if headers.contains(": ") => body,
            _ => body,
        };
        let body: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        if let Ok(bytes) = base64::decode(&body) {
            return Some(Block { label: label.to_owned(), bytes });
        }
    }
}
