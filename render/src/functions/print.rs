//! How Go prints: `%v`, `%q`, and sprig's `strval`.

use rutter_gotmpl::{Elem, Int, Value};

/// Returns what sprig's `strval` makes of a value: strings and bytes as they
/// are, all else as `%v` prints it.
pub(super) fn strval(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.as_bytes().to_vec(),
        Value::RawString(bytes) | Value::Bytes(bytes) => bytes.to_vec(),
        other => printed(other),
    }
}

/// Returns what `%v` prints.
pub(super) fn printed(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    print(&mut out, value);
    out
}

fn print(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Nil => out.extend(b"<nil>"),
        Value::Bool(flag) => out.extend(flag.to_string().bytes()),
        Value::Int(number, Int::Uint64) => out.extend(number.cast_unsigned().to_string().bytes()),
        Value::Int(number, _) => out.extend(number.to_string().bytes()),
        Value::Float(number) => out.extend(float(*number).bytes()),
        Value::String(text) => out.extend(text.bytes()),
        Value::RawString(bytes) => out.extend(bytes.iter()),
        Value::Bytes(bytes) => {
            let numbers: Vec<_> = bytes.iter().map(ToString::to_string).collect();
            out.extend(format!("[{}]", numbers.join(" ")).bytes());
        }
        Value::List(list) => {
            out.push(b'[');
            for (at, item) in list.items.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                print(out, item);
            }
            out.push(b']');
        }
        Value::Map(map) => {
            out.extend(b"map[");
            for (at, (key, item)) in map.entries.borrow().iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                out.extend(key.bytes());
                out.push(b':');
                print(out, item);
            }
            out.push(b']');
        }
        Value::Object(object) => out.extend(object.print().bytes()),
    }
}

/// Returns a float as `%v` prints it: the shortest digits that read back, with
/// an exponent of at least two digits below 1e-4 and from 1e6.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if exponent < -4 || exponent >= 6 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    format!("{number}")
}

/// Returns bytes as `%q` prints a string (`strconv.Quote`).
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|char| quote(&mut out, char));
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

fn quote(out: &mut String, char: char) {
    let code = u32::from(char);
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        _ if is_printable(char) => out.push(char),
        _ if code < 0x20 || code == 0x7f => out.push_str(&format!("\\x{code:02x}")),
        _ if code < 0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
        _ => out.push_str(&format!("\\U{code:08x}")),
    }
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and
/// the ASCII space.
fn is_printable(char: char) -> bool {
    // Only the first character of a string is escaped for being a mark.
    let mut escaped = String::from("a");
    escaped.push(char);
    escaped.escape_debug().count() == 2 || matches!(char, '\'')
}

/// Returns what `%T` prints.
pub(super) fn type_name(value: &Value) -> String {
    match value {
        Value::Nil => "<nil>".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Int(_, int) => int_name(*int).to_owned(),
        Value::Float(_) => "float64".to_owned(),
        Value::String(_) | Value::RawString(_) => "string".to_owned(),
        Value::Bytes(_) => "[]uint8".to_owned(),
        Value::List(list) => format!("[]{}", elem_name(list.elem)),
        Value::Map(map) => format!("map[string]{}", elem_name(map.elem)),
        Value::Object(object) => object.type_name().to_owned(),
    }
}

fn elem_name(elem: Elem) -> &'static str {
    match elem {
        Elem::Any => "interface {}",
        Elem::String => "string",
        Elem::Int => "int",
        Elem::Int64 => "int64",
        Elem::Map => "map[string]interface {}",
        Elem::Bytes => "[]uint8",
        Elem::List => "[]interface {}",
    }
}

fn int_name(int: Int) -> &'static str {
    match int {
        Int::Int => "int",
        Int::Int64 => "int64",
        Int::Int32 => "int32",
        Int::Uint8 => "uint8",
        Int::Uint32 => "uint32",
        Int::Uint64 => "uint64",
    }
}

/// Returns the name of Go's `reflect.Kind`.
pub(super) fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(_, int) => int_name(*int),
        Value::Float(_) => "float64",
        Value::String(_) | Value::RawString(_) => "string",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(object) if object.type_name().starts_with('*') => "ptr",
        Value::Object(object) => {
            object.underlying().map_or("struct", |underlying| kind_name(&underlying))
        }
    }
}
