//! Words: their case, their initials, lines of them (Go's `strings`, and the
//! libraries `goutils` 1.1 and `xstrings` 1.5 that sprig uses).

use rutter_gotmpl::{Fault, Functions, LONGEST_TEXT};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::{
    case::{camel, kebab, snake},
    signature::{Define, Text},
    strings::is_space,
};

pub(super) fn add(functions: &mut Functions) {
    functions.one("upper", |text: Text| map_chars(&text, upper));
    functions.one("lower", |text: Text| map_chars(&text, lower));
    functions.one("title", |text: Text| title(&text.text()));
    functions.one("untitle", |text: Text| untitle(&text.text()));
    functions.one("swapcase", |text: Text| swapcase(&text.text()));
    functions.one("snakecase", |text: Text| snake(&text.text()));
    functions.one("kebabcase", |text: Text| kebab(&text.text()));
    functions.one("camelcase", |text: Text| camel(&text.text()));
    functions.one("initials", |text: Text| initials(text.bytes()));
    functions.one("nospace", |text: Text| nospace(text.bytes()));
    functions.two("abbrev", |width: i64, text: Text| abbreviate(0, width, text.bytes()));
    functions.three("abbrevboth", |left: i64, right: i64, text: Text| {
        if right < 4 || (left > 0 && right < 7) {
            return text.bytes().to_vec();
        }
        abbreviate(left, right, text.bytes())
    });
    functions
        .two("wrap", |width: i64, text: Text| wrap(text.bytes(), width, b"\n", LongWords::Stay));
    functions.three("wrapWith", |width: i64, newline: Text, text: Text| {
        let newline = if newline.bytes().is_empty() { b"\n" } else { newline.bytes() };
        wrap(text.bytes(), width, newline, LongWords::Break)
    });
}

/// Go maps one character to one; where Rust's mapping is longer, Go's has
/// none (`ß` stays `ß` in upper case).
pub(super) fn upper(char: char) -> char {
    let mut mapped = char.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(mapped), None) => mapped,
        _ => char,
    }
}

/// As [`upper`]; the only longer one is `İ`, which Go maps to `i`.
pub(super) fn lower(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

fn map_chars(text: &Text, map: fn(char) -> char) -> String {
    text.text().chars().map(map).collect()
}

/// Go's `strings.Title`: upper case after anything that is no letter, digit,
/// underscore or other non-space beyond ASCII.
fn title(text: &str) -> String {
    let mut before = ' ';
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        out.push(if is_separator(before) { title_case(char) } else { char });
        before = char;
    }
    out
}

/// Upper case but where Unicode has another form for the start of a word.
fn title_case(char: char) -> char {
    match char {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        // Georgian has capitals, but no word begins with one.
        'ა'..='ჿ' => char,
        _ => upper(char),
    }
}

fn is_separator(char: char) -> bool {
    if char.is_ascii() {
        return !(char.is_ascii_alphanumeric() || char == '_');
    }
    !char.is_alphabetic() && !char.is_numeric() && is_space(char)
}

fn untitle(text: &str) -> String {
    let mut at_start = true;
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        out.push(if at_start && !is_space(char) { lower(char) } else { char });
        at_start = is_space(char);
    }
    out
}

/// `goutils` takes title case at the start of a word.
fn swapcase(text: &str) -> String {
    let mut at_start = true;
    let swap = |char: char| match char.general_category() {
        GeneralCategory::UppercaseLetter | GeneralCategory::TitlecaseLetter => {
            at_start = false;
            lower(char)
        }
        GeneralCategory::LowercaseLetter if at_start => {
            at_start = false;
            title_case(char)
        }
        GeneralCategory::LowercaseLetter => upper(char),
        _ => {
            at_start = is_space(char);
            char
        }
    };
    text.chars().map(swap).collect()
}

/// `goutils` looks at bytes and takes each for a character of Latin-1.
fn initials(text: &[u8]) -> String {
    let mut after_gap = true;
    let mut out = String::new();
    for char in text.iter().map(|byte| char::from(*byte)) {
        if is_space(char) {
            after_gap = true;
        } else if after_gap {
            out.push(char);
            after_gap = false;
        }
    }
    out
}

/// As [`initials`]: bytes as Latin-1, but only if there was a space at all.
fn nospace(text: &[u8]) -> Vec<u8> {
    let kept: String =
        text.iter().map(|byte| char::from(*byte)).filter(|char| !is_space(*char)).collect();
    if kept.chars().count() == text.len() { text.to_vec() } else { kept.into_bytes() }
}

const MARKER: &[u8] = b"...";

/// `goutils.AbbreviateFull`; a width that it refuses leaves nothing.
fn abbreviate(offset: i64, width: i64, text: &[u8]) -> Vec<u8> {
    let Ok(width) = usize::try_from(width) else { return text.to_vec() };
    let length = text.len();
    if width < 4 || length <= width {
        return text.to_vec();
    }
    let offset = usize::try_from(offset).unwrap_or_default().min(length);
    let room = width - MARKER.len();
    let offset = if length - offset < room { length - room } else { offset };
    if offset <= 4 {
        return [text.get(..room).unwrap_or_default(), MARKER].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + room < length {
        // What follows is cut again; a width below 4 is refused there.
        let rest = text.get(offset..).unwrap_or_default();
        return [MARKER, &abbreviate(0, i64::try_from(room).unwrap_or_default(), rest)].concat();
    }
    [MARKER, text.get(length - room..).unwrap_or_default()].concat()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LongWords {
    Stay,
    Break,
}

/// `goutils.WrapCustom`.
fn wrap(text: &[u8], width: i64, newline: &[u8], long: LongWords) -> Result<Vec<u8>, Fault> {
    let width = usize::try_from(width.max(1)).map_err(|_| Fault::new("width out of range"))?;
    let mut out = Vec::new();
    let mut left = text;
    while left.len() > width && out.len() <= LONGEST_TEXT {
        if let Some(rest) = left.strip_prefix(b" ") {
            left = rest;
            continue;
        }
        let line = left.get(..=width).unwrap_or(left);
        let (end, after) = match line.iter().rposition(|byte| *byte == b' ') {
            Some(space) => (space, space + 1),
            None if long == LongWords::Break => (width, width),
            None => {
                let tail = left.get(width..).unwrap_or_default();
                match tail.iter().position(|byte| *byte == b' ') {
                    Some(space) => (space + width, space + width + 1),
                    None => break,
                }
            }
        };
        out.extend(left.get(..end).unwrap_or_default());
        out.extend(newline);
        left = left.get(after..).unwrap_or_default();
    }
    out.extend(left);
    Ok(out)
}
