//! JSON as Go's `encoding/json` writes and reads it.

use std::fmt::Write;

use rutter_gotmpl::{Int, Value};

/// Whether `<`, `>` and `&` are written as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    /// As `\u003c`, `\u003e`, `\u0026` (Go's default).
    Escaped,
    /// As they are.
    Raw,
}

/// Why a value has no JSON.
#[derive(Debug)]
pub(super) struct Unsupported(pub(super) String);

/// Writes a value on one line.
pub(super) fn write(value: &Value, html: Html) -> Result<String, Unsupported> {
    let mut writer = Writer { out: String::new(), html, indent: None };
    writer.value(value, 0)?;
    Ok(writer.out)
}

/// Writes a value over several lines, indented by two spaces.
pub(super) fn write_pretty(value: &Value) -> Result<String, Unsupported> {
    let mut writer = Writer { out: String::new(), html: Html::Escaped, indent: Some("  ") };
    writer.value(value, 0)?;
    Ok(writer.out)
}

struct Writer {
    out: String,
    html: Html,
    indent: Option<&'static str>,
}

/// Go's `encoding/json` stops at pointers that lead back to themselves; a map
/// that is set into itself is found by its depth here.
const MAX_DEPTH: usize = 1000;

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Unsupported> {
        if depth > MAX_DEPTH {
            let message =
                "json: unsupported value: encountered a cycle via map[string]interface {}";
            return Err(Unsupported(message.to_owned()));
        }
        match value {
            Value::Nil => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Int(number, Int::Uint64) => {
                let _ = write!(self.out, "{}", number.cast_unsigned());
            }
            Value::Int(number, _) => {
                let _ = write!(self.out, "{number}");
            }
            Value::Float(number) => self.out.push_str(&float(*number)?),
            Value::String(text) => self.string(text),
            Value::RawString(bytes) => {
                let text = lossy(bytes);
                self.string(&text);
            }
            Value::Bytes(bytes) => {
                let text = super::base64::encode(bytes);
                self.string(&text);
            }
            Value::List(list) if list.nil => self.out.push_str("null"),
            Value::List(list) => {
                let items = list.items.iter().map(|item| (None, item));
                self.block(('[', ']'), items, depth)?;
            }
            Value::Map(map) => {
                let entries = map.entries.borrow();
                let items = entries.iter().map(|(name, item)| (Some(&**name), item));
                self.block(('{', '}'), items, depth)?;
            }
            Value::Object(object) => match (object.refusal(), object.members(), object.marshal()) {
                (Some(refusal), ..) => return Err(Unsupported(refusal)),
                (None, Some(members), _) => {
                    let items = members.iter().map(|(name, item)| (Some(*name), item));
                    self.block(('{', '}'), items, depth)?;
                }
                (None, None, Some(value)) => self.value(&value, depth)?,
                (None, None, None) => self.out.push_str("{}"),
            },
        }
        Ok(())
    }

    fn block<'a>(
        &mut self,
        (open, close): (char, char),
        items: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
        depth: usize,
    ) -> Result<(), Unsupported> {
        self.out.push(open);
        let mut empty = true;
        for (name, item) in items {
            if !empty {
                self.out.push(',');
            }
            empty = false;
            self.line(depth + 1);
            if let Some(name) = name {
                self.string(name);
                self.out.push_str(self.indent.map_or(":", |_| ": "));
            }
            self.value(item, depth + 1)?;
        }
        if !empty {
            self.line(depth);
        }
        self.out.push(close);
        Ok(())
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            (0..depth).for_each(|_| self.out.push_str(indent));
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for char in text.chars() {
            match char {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '<' | '>' | '&' if self.html == Html::Escaped => self.escape(char),
                '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => self.escape(char),
                _ => self.out.push(char),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, char: char) {
        let _ = write!(self.out, "\\u{:04x}", u32::from(char));
    }
}

/// Go writes one U+FFFD for each byte that is not UTF-8.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| text.push('\u{fffd}'));
    }
    text
}

/// Go's floats in JSON: an exponent below 1e-6 and from 1e21, without padding.
fn float(number: f64) -> Result<String, Unsupported> {
    if !number.is_finite() {
        let text = super::print::float(number);
        return Err(Unsupported(format!("json: unsupported value: {text}")));
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        return Ok(if size < 1.0 { text } else { text.replacen('e', "e+", 1) });
    }
    Ok(format!("{number}"))
}
