//! Slash-separated paths (Go's `path`; `path/filepath` on Unix is the same).

use rutter_gotmpl::Functions;

use super::signature::{Define, Text};

pub(super) fn add(functions: &mut Functions) {
    functions.one("base", |path: Text| base(path.bytes()).to_vec());
    functions.one("dir", |path: Text| dir(path.bytes()));
    functions.one("clean", |path: Text| clean(path.bytes()));
    functions.one("ext", |path: Text| ext(path.bytes()).to_vec());
    functions.one("isAbs", |path: Text| path.bytes().starts_with(b"/"));
    functions.alias("osBase", "base");
    functions.alias("osDir", "dir");
    functions.alias("osClean", "clean");
    functions.alias("osExt", "ext");
    functions.alias("osIsAbs", "isAbs");
}

/// The last element; `.` of nothing, `/` of slashes only.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let trimmed = path.get(..end).unwrap_or_default();
    let name = trimmed.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if name.is_empty() { b"/" } else { name }
}

/// All but the last element, cleaned.
fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    clean(path.get(..end).unwrap_or_default())
}

/// From the last dot of the last element on.
fn ext(path: &[u8]) -> &[u8] {
    let name = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    match path.iter().rposition(|byte| *byte == b'.') {
        Some(dot) if dot >= name => path.get(dot..).unwrap_or_default(),
        _ => b"",
    }
}

/// The shortest path that means the same, without looking at files.
pub(super) fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join(b"/".as_slice());
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/".as_slice(), &joined].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
