//! Documents as the library's encoder writes them.

use std::fmt::Write;

use rutter_gotmpl::{Int, List, Map, Str, Value};

use super::{
    super::{dicts::ZERO_VALUE, print::float, times},
    key::{joined, push_quoted, quoted},
};

/// Writes a document.
///
/// # Errors
/// The library's message, where a value has no TOML.
pub(in crate::functions) fn write(value: &Value) -> Result<String, String> {
    let mut writer = Writer { out: String::new() };
    match plain(value) {
        Value::Nil => {
            return Err(ZERO_VALUE.to_owned());
        }
        Value::Map(map) => writer.entries(&[], &map)?,
        Value::List(list) if is_tables(&list)? => return Err(NO_KEY.to_owned()),
        Value::Object(object) if is_complex(value) => {
            return Err(format!("unsupported type for key '': {}", object.type_name()));
        }
        other => writer.element(&other)?,
    }
    Ok(writer.out)
}

const NO_KEY: &str = "toml: top-level values must be Go maps or structs";
const NIL_ELEMENT: &str = "toml: cannot encode array with nil element";

struct Writer {
    out: String,
}

/// A value without Go's named types: what is underneath, or its text.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(object) => match (times::rfc3339(value), object.underlying()) {
            (Some(_), _) => value.clone(),
            (None, Some(Value::Int(..))) => Value::from(object.print()),
            (None, Some(underlying)) => underlying,
            (None, None) if is_complex(value) => value.clone(),
            (None, None) => match object.marshal() {
                Some(marshalled) => plain(&marshalled),
                None => Value::Map(Map::default()),
            },
        },
        Value::Bytes(bytes) => {
            let items = bytes.iter().map(|byte| Value::Int(i64::from(*byte), Int::Uint8));
            Value::list(items.collect())
        }
        other => other.clone(),
    }
}

/// The one kind of number that TOML has no form for.
fn is_complex(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.type_name() == "complex128")
}

/// Returns whether all elements are tables; none may be `nil`.
fn is_tables(list: &List) -> Result<bool, String> {
    if list.items.iter().any(|item| matches!(item, Value::Nil)) {
        return Err(NIL_ELEMENT.to_owned());
    }
    let tables = list.items.iter().all(|item| matches!(plain(item), Value::Map(_)));
    Ok(tables && !list.items.is_empty())
}

impl Writer {
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn indent(&mut self, key: &[Str]) {
        (1..key.len()).for_each(|_| self.out.push_str("  "));
    }

    /// Scalars and lists first, then tables, each sorted by key.
    fn entries(&mut self, key: &[Str], map: &Map) -> Result<(), String> {
        let mut tables = Vec::new();
        for (name, value) in map.entries.borrow().iter() {
            let value = plain(value);
            let path = [key, std::slice::from_ref(name)].concat();
            match &value {
                Value::Nil => {}
                Value::Map(_) => tables.push((path, value)),
                Value::List(list) if is_tables(list)? => tables.push((path, value)),
                Value::List(list) if list.nil => {}
                _ => {
                    self.indent(&path);
                    let _ = write!(self.out, "{} = ", quoted(name));
                    self.element(&value)?;
                    self.newline();
                }
            }
        }
        for (path, value) in tables {
            match value {
                Value::Map(map) => self.table(&path, &map)?,
                Value::List(list) => self.tables(&path, &list)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn table(&mut self, key: &[Str], map: &Map) -> Result<(), String> {
        if key.len() == 1 {
            self.newline();
        }
        self.indent(key);
        let _ = write!(self.out, "[{}]", joined(key.iter().map(|part| &**part)));
        self.newline();
        self.entries(key, map)
    }

    fn tables(&mut self, key: &[Str], list: &List) -> Result<(), String> {
        for item in list.items.iter() {
            if let Value::Map(map) = plain(item) {
                self.newline();
                self.indent(key);
                let _ = write!(self.out, "[[{}]]", joined(key.iter().map(|part| &**part)));
                self.newline();
                self.entries(key, &map)?;
            }
        }
        Ok(())
    }

    fn element(&mut self, value: &Value) -> Result<(), String> {
        match plain(value) {
            Value::Nil => return Err(NIL_ELEMENT.to_owned()),
            Value::Bool(flag) => {
                let _ = write!(self.out, "{flag}");
            }
            Value::Int(number, Int::Uint64) => {
                let _ = write!(self.out, "{}", number.cast_unsigned());
            }
            Value::Int(number, _) => {
                let _ = write!(self.out, "{number}");
            }
            Value::Float(number) => self.out.push_str(&decimal(number)),
            Value::List(list) => {
                let mut between = "[";
                for item in list.items.iter() {
                    self.out.push_str(between);
                    between = ", ";
                    self.element(item)?;
                }
                self.out.push_str(if list.items.is_empty() { "[]" } else { "]" });
            }
            Value::Map(map) => self.inline(&map)?,
            Value::Object(object) => match times::to_toml(value) {
                Some(time) => self.out.push_str(&time),
                None => return Err(format!("unsupported type: {}", object.type_name())),
            },
            Value::String(text) => push_quoted(&mut self.out, &text),
            Value::RawString(bytes) | Value::Bytes(bytes) => {
                push_quoted(&mut self.out, &String::from_utf8_lossy(&bytes));
            }
        }
        Ok(())
    }

    /// Tables within lists; a comma follows also where the rest is `nil`.
    fn inline(&mut self, map: &Map) -> Result<(), String> {
        let mut direct = Vec::new();
        let mut tables = Vec::new();
        for (name, value) in map.entries.borrow().iter() {
            let value = plain(value);
            let is_table = match &value {
                Value::Map(_) => true,
                Value::List(list) => is_tables(list)?,
                _ => false,
            };
            if is_table { &mut tables } else { &mut direct }.push((name.clone(), value));
        }
        self.out.push('{');
        let count = direct.len() + tables.len();
        for (at, (name, value)) in direct.into_iter().chain(tables).enumerate() {
            if matches!(value, Value::Nil) {
                continue;
            }
            let _ = write!(self.out, "{} = ", quoted(&name));
            self.element(&value)?;
            self.out.push_str(if at + 1 == count { "" } else { ", " });
        }
        self.out.push('}');
        Ok(())
    }
}

/// A float has a point or an exponent.
fn decimal(number: f64) -> String {
    if number.is_nan() {
        return if number.is_sign_negative() { "-nan" } else { "nan" }.to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let text = float(number);
    if text.contains(['e', '.']) { text } else { format!("{text}.0") }
}
