//! Searching, replacing and splitting of byte strings, as Go's `strings` does.

/// Returns where `part` first occurs in `text`.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(0),
        _ if part.len() > text.len() => None,
        _ => text.windows(part.len()).position(|window| window == part),
    }
}

/// Replaces every `old` by `new`; an empty `old` stands before each character
/// and at the end.
pub(super) fn replace(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    if let (Ok(text), Ok(old), Ok(new)) =
        (str::from_utf8(text), str::from_utf8(old), str::from_utf8(new))
    {
        return text.replace(old, new).into_bytes();
    }
    if old.is_empty() {
        return text.to_vec();
    }
    split(text, old, None).join(new)
}

/// Returns how long the text is in which each `old` is replaced by `new`.
pub(super) fn replaced_length(text: &[u8], old: &[u8], new: &[u8]) -> Option<usize> {
    let found = match old {
        [] => text.len() + 1,
        _ => memchr::memmem::find_iter(text, old).count(),
    };
    found.checked_mul(new.len())?.checked_add(text.len())
}

/// Splits at `separator` into `most` parts at most; an empty separator splits
/// into characters.
pub(super) fn split(text: &[u8], separator: &[u8], most: Option<usize>) -> Vec<Vec<u8>> {
    let most = most.unwrap_or(usize::MAX);
    if separator.is_empty() {
        return explode(text, most);
    }
    let mut parts = Vec::new();
    let mut left = text;
    while parts.len() + 1 < most
        && let Some(at) = find(left, separator)
    {
        let (part, after) = left.split_at(at);
        parts.push(part.to_vec());
        left = after.get(separator.len()..).unwrap_or_default();
    }
    parts.push(left.to_vec());
    parts
}

fn explode(text: &[u8], most: usize) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    for chunk in text.utf8_chunks() {
        parts.extend(chunk.valid().chars().map(|char| char.to_string().into_bytes()));
        parts.extend(chunk.invalid().iter().map(|byte| vec![*byte]));
    }
    if parts.len() > most {
        let last = parts.split_off(most.saturating_sub(1)).concat();
        parts.push(last);
    }
    parts
}
