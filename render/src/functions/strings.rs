//! Strings: cutting, joining, replacing, indenting (sprig's `strings.go`).
//!
//! Go counts and cuts bytes, so most of this works on bytes and may cut a
//! character in two.

use rutter_gotmpl::{Elem, Fault, Functions, LONGEST_TEXT, List, Map, Value, printed, quote};

use super::{
    bytes,
    limits::fits,
    print::strval,
    signature::{Define, Text},
};

pub(super) fn add(functions: &mut Functions) {
    add_cutting(functions);
    add_searching(functions);
    add_quoting(functions);
    add_lists(functions);
}

fn add_cutting(functions: &mut Functions) {
    functions.none("hello", || "Hello!".to_owned());
    functions.two("trunc", |count: i64, text: Text| trunc(count, text.bytes()).to_vec());
    functions.three("substr", |start: i64, end: i64, text: Text| substr(start, end, text.bytes()));
    functions.one("trim", |text: Text| text.text().trim_matches(is_space).to_owned());
    functions.two("trimAll", |cutset: Text, text: Text| {
        let cutset = cutset.text().into_owned();
        text.text().trim_matches(|char| cutset.contains(char)).to_owned()
    });
    functions.alias("trimall", "trimAll");
    functions.two("trimSuffix", |suffix: Text, text: Text| {
        let bytes = text.bytes();
        bytes.strip_suffix(suffix.bytes()).unwrap_or(bytes).to_vec()
    });
    functions.two("trimPrefix", |prefix: Text, text: Text| {
        let bytes = text.bytes();
        bytes.strip_prefix(prefix.bytes()).unwrap_or(bytes).to_vec()
    });
    functions.two("repeat", |count: i64, text: Text| repeat(count, text.bytes()));
    functions.two("indent", |spaces: i64, text: Text| indent(spaces, text.bytes(), b""));
    functions.two("nindent", |spaces: i64, text: Text| indent(spaces, text.bytes(), b"\n"));
}

fn add_searching(functions: &mut Functions) {
    functions.two("contains", |part: Text, text: Text| {
        bytes::find(text.bytes(), part.bytes()).is_some()
    });
    functions.two("hasPrefix", |part: Text, text: Text| text.bytes().starts_with(part.bytes()));
    functions.two("hasSuffix", |part: Text, text: Text| text.bytes().ends_with(part.bytes()));
    functions.three("replace", |old: Text, new: Text, text: Text| {
        let (text, old, new) = (text.bytes(), old.bytes(), new.bytes());
        // An empty text is found before each character and at the end.
        let most = (text.len() / old.len().max(1) + 1).checked_mul(new.len());
        fits(most.and_then(|most| most.checked_add(text.len())))
            .or_else(|_| fits(bytes::replaced_length(text, old, new)))?;
        Ok::<_, Fault>(bytes::replace(text, old, new))
    });
    functions.three("plural", |one: Text, many: Text, count: i64| {
        if count == 1 { one.bytes().to_vec() } else { many.bytes().to_vec() }
    });
}

fn add_quoting(functions: &mut Functions) {
    functions.any("quote", |values: Vec<Value>| {
        let quoted: Vec<_> = present(&values).map(|value| quote(&strval(value))).collect();
        quoted.join(" ")
    });
    functions.any("squote", |values: Vec<Value>| {
        let quoted: Vec<_> = present(&values)
            .map(|value| [b"'".as_slice(), &printed(value), b"'"].concat())
            .collect();
        quoted.join(b" ".as_slice())
    });
    functions.any("cat", |values: Vec<Value>| {
        let printed: Vec<_> = present(&values).map(printed).collect();
        printed.join(b" ".as_slice())
    });
    functions.one("toString", |value: Value| strval(&value));
}

fn add_lists(functions: &mut Functions) {
    functions.two("join", |separator: Text, values: Value| {
        let parts = strings(&values);
        let between = separator.bytes().len().checked_mul(parts.len());
        let length = parts.iter().map(Vec::len).sum::<usize>();
        fits(between.and_then(|between| between.checked_add(length)))?;
        Ok::<_, Fault>(parts.join(separator.bytes()))
    });
    functions.one("toStrings", |values: Value| match values {
        Value::List(List { elem: Elem::String, .. }) => values,
        other => string_list(strings(&other)),
    });
    functions.two("split", |separator: Text, text: Text| {
        numbered(bytes::split(text.bytes(), separator.bytes(), None))
    });
    functions.three("splitn", |separator: Text, count: i64, text: Text| {
        numbered(splitn(text.bytes(), separator.bytes(), count))
    });
    functions.two("splitList", |separator: Text, text: Text| {
        string_list(bytes::split(text.bytes(), separator.bytes(), None))
    });
    functions.one("sortAlpha", |values: Value| {
        let mut sorted = match items(&values) {
            Some(_) => strings(&values),
            None => vec![strval(&values)],
        };
        sorted.sort();
        string_list(sorted)
    });
}

/// Go's `unicode.IsSpace`; Rust's white space differs in nothing below U+2028.
pub(super) fn is_space(char: char) -> bool {
    char.is_whitespace()
}

fn present(values: &[Value]) -> impl Iterator<Item = &Value> {
    values.iter().filter(|value| !matches!(value, Value::Nil))
}

/// Returns the elements of what Go calls a slice or array, else nothing.
pub(super) fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) => Some(list.items.to_vec()),
        Value::Bytes(bytes) => Some(
            bytes
                .iter()
                .map(|byte| Value::Int(i64::from(*byte), rutter_gotmpl::Int::Uint8))
                .collect(),
        ),
        Value::Object(object) => match object.underlying() {
            Some(list @ (Value::List(_) | Value::Bytes(_))) => items(&list),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the elements as strings, `nil` left out (sprig's `strslice`).
fn strings(value: &Value) -> Vec<Vec<u8>> {
    match items(value) {
        Some(items) => present(&items).map(strval).collect(),
        None => present(std::slice::from_ref(value)).map(strval).collect(),
    }
}

/// Returns a `[]string`.
pub(super) fn string_list(strings: Vec<Vec<u8>>) -> Value {
    let items = strings.into_iter().map(Value::string_of_bytes).collect::<Vec<_>>();
    Value::List(List { elem: Elem::String, items: items.into(), nil: false })
}

/// Returns Go's `map[string]string` of parts: `_0`, `_1` and so on.
fn numbered(parts: Vec<Vec<u8>>) -> Map {
    let map = Map { elem: Elem::String, ..Map::default() };
    for (at, part) in parts.into_iter().enumerate() {
        let part = Value::string_of_bytes(part);
        map.entries.borrow_mut().insert(format!("_{at}").into(), part);
    }
    map
}

/// Go's `strings.SplitN`: no part for 0, all for a negative count.
fn splitn(text: &[u8], separator: &[u8], count: i64) -> Vec<Vec<u8>> {
    match count {
        0 => Vec::new(),
        count => bytes::split(text, separator, usize::try_from(count).ok()),
    }
}

fn trunc(count: i64, text: &[u8]) -> &[u8] {
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count < 0 {
        let from = text.len().saturating_sub(size);
        return text.get(from..).unwrap_or(text);
    }
    text.get(..size).unwrap_or(text)
}

fn substr(start: i64, end: i64, text: &[u8]) -> Result<Vec<u8>, Fault> {
    let length = text.len();
    let at = |index: i64| usize::try_from(index).ok();
    if start < 0 {
        let part = at(end).and_then(|end| text.get(..end));
        return part
            .map(<[u8]>::to_vec)
            .ok_or_else(|| Fault::new(out_of_range(&format!("[:{end}]"), end, length)));
    }
    let from = at(start).unwrap_or(usize::MAX);
    match at(end).filter(|end| *end <= length) {
        None => text.get(from..).map(<[u8]>::to_vec).ok_or_else(|| {
            Fault::new(format!("runtime error: slice bounds out of range [{start}:{length}]"))
        }),
        Some(to) => text.get(from..to).map(<[u8]>::to_vec).ok_or_else(|| {
            Fault::new(format!("runtime error: slice bounds out of range [{start}:{end}]"))
        }),
    }
}

/// Go's message for `text[:end]`.
fn out_of_range(range: &str, end: i64, length: usize) -> String {
    if end < 0 {
        return format!("runtime error: slice bounds out of range {range}");
    }
    format!("runtime error: slice bounds out of range {range} with length {length}")
}

fn repeat(count: i64, text: &[u8]) -> Result<Vec<u8>, Fault> {
    let Ok(count) = usize::try_from(count) else {
        return Err(Fault::new("strings: negative Repeat count"));
    };
    match count.checked_mul(text.len()) {
        Some(size) if size <= LONGEST_TEXT => Ok(text.repeat(count)),
        _ => Err(Fault::new("strings: Repeat output length overflow")),
    }
}

fn indent(spaces: i64, text: &[u8], before: &[u8]) -> Result<Vec<u8>, Fault> {
    let pad = repeat(spaces, b" ")?;
    let mut out = Vec::with_capacity(before.len() + text.len() + text.len() / 2);
    out.extend(before);
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        out.extend(&pad);
        out.extend(line);
    }
    Ok(out)
}
