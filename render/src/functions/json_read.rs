//! Reads JSON with the errors of Go's `encoding/json`.

use rutter_gotmpl::{Map, Value};

use super::cast::parse_float;

/// Why a text is no JSON, in Go's words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid(pub(crate) String);

/// Reads one value; numbers are `float64`.
pub(crate) fn read(text: &str) -> Result<Value, Invalid> {
    let mut reader = Reader { text, at: 0, overflow: None };
    let value = reader.value("looking for beginning of value", 0)?;
    reader.space();
    match reader.peek() {
        Some(char) => Err(unexpected(char, "after top-level value")),
        None => reader.checked(value),
    }
}

/// Reads one value off the beginning of a text, and returns what follows it (Go's `Decoder`).
pub(crate) fn read_first(text: &str) -> Result<(Value, &str), Invalid> {
    let mut reader = Reader { text, at: 0, overflow: None };
    let value = reader.value("looking for beginning of value", 0)?;
    Ok((reader.checked(value)?, reader.rest()))
}

/// Returns what Go says where JSON of one kind is read into another type.
pub(super) fn mismatch(value: &Value, wanted: &str) -> Invalid {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Float(_) | Value::Int(..) => "number",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "string",
    };
    Invalid(format!("json: cannot unmarshal {kind} into Go value of type {wanted}"))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// A number that no float holds: found late, as the text is scanned first.
    overflow: Option<&'a str>,
}

const MAX_DEPTH: usize = 1000;

fn unexpected(char: char, context: &str) -> Invalid {
    let char = rutter_gotmpl::quote_rune(char);
    Invalid(format!("invalid character {char} {context}"))
}

impl<'a> Reader<'a> {
    /// Refuses what was read if a number in it is too large.
    fn checked(&self, value: Value) -> Result<Value, Invalid> {
        self.overflow.map_or(Ok(value), |number| {
            let into = "into Go value of type float64";
            Err(Invalid(format!("json: cannot unmarshal number {number} {into}")))
        })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn next(&mut self) -> Result<char, Invalid> {
        let char = self.peek().ok_or_else(end)?;
        self.at += char.len_utf8();
        Ok(char)
    }

    fn value(&mut self, context: &str, depth: usize) -> Result<Value, Invalid> {
        if depth > MAX_DEPTH {
            return Err(Invalid("exceeded max depth".to_owned()));
        }
        self.space();
        match self.peek().ok_or_else(end)? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            '"' => Ok(Value::from(self.string()?)),
            't' => self.literal("true", Value::Bool(true)),
            'f' => self.literal("false", Value::Bool(false)),
            'n' => self.literal("null", Value::Nil),
            '-' | '0'..='9' => self.number(),
            char => Err(unexpected(char, context)),
        }
    }

    fn literal(&mut self, name: &str, value: Value) -> Result<Value, Invalid> {
        for expected in name.chars() {
            let char = self.next()?;
            if char != expected {
                let context = format!("in literal {name} (expecting '{expected}')");
                return Err(unexpected(char, &context));
            }
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, Invalid> {
        let map = Map::default();
        self.next()?;
        self.space();
        if self.peek() == Some('}') {
            self.next()?;
            return Ok(Value::Map(map));
        }
        loop {
            self.space();
            match self.peek().ok_or_else(end)? {
                '"' => {}
                char => return Err(unexpected(char, "looking for beginning of object key string")),
            }
            let name = self.string()?;
            self.space();
            match self.next()? {
                ':' => {}
                char => return Err(unexpected(char, "after object key")),
            }
            let value = self.value("looking for beginning of value", depth + 1)?;
            map.entries.borrow_mut().insert(name.into(), value);
            self.space();
            match self.next()? {
                ',' => {}
                '}' => return Ok(Value::Map(map)),
                char => return Err(unexpected(char, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Invalid> {
        let mut items = Vec::new();
        self.next()?;
        self.space();
        if self.peek() == Some(']') {
            self.next()?;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value("looking for beginning of value", depth + 1)?);
            self.space();
            match self.next()? {
                ',' => {}
                ']' => return Ok(Value::list(items)),
                char => return Err(unexpected(char, "after array element")),
            }
        }
    }

    fn digits(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    }

    /// Go 1.27 has one wording for all that is wrong within a number.
    fn digit(&mut self) -> Result<char, Invalid> {
        match self.next()? {
            digit @ '0'..='9' => Ok(digit),
            char => Err(unexpected(char, "in numeric literal")),
        }
    }

    fn number(&mut self) -> Result<Value, Invalid> {
        let from = self.at;
        if self.peek() == Some('-') {
            self.next()?;
        }
        if self.digit()? != '0' {
            self.digits();
        }
        if self.peek() == Some('.') {
            self.next()?;
            self.digit()?;
            self.digits();
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.next()?;
            if matches!(self.peek(), Some('+' | '-')) {
                self.next()?;
            }
            self.digit()?;
            self.digits();
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        let number = parse_float(text);
        if number.is_none() {
            self.overflow.get_or_insert(text);
        }
        Ok(Value::Float(number.unwrap_or_default()))
    }

    fn string(&mut self) -> Result<String, Invalid> {
        self.next()?;
        let mut out = String::new();
        loop {
            match self.next()? {
                '"' => return Ok(out),
                '\\' => self.escape(&mut out)?,
                char if char < ' ' => return Err(unexpected(char, "in string")),
                char => out.push(char),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), Invalid> {
        out.push(match self.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            char @ ('"' | '\\' | '/') => char,
            'u' => self.unicode()?,
            char => return Err(Invalid(format!("invalid escape sequence `\\{char}` in string"))),
        });
        Ok(())
    }

    /// Two surrogates are one character, one alone is U+FFFD.
    fn unicode(&mut self) -> Result<char, Invalid> {
        let first = self.hex()?;
        if !(0xd800..0xe000).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
        }
        let after = self.at;
        if first < 0xdc00 && self.rest().starts_with("\\u") {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = after;
        }
        Ok('\u{fffd}')
    }

    fn hex(&mut self) -> Result<u32, Invalid> {
        let from = self.at;
        let mut code = 0;
        for _ in 0..4 {
            let char = self.next()?;
            let Some(digit) = char.to_digit(16) else {
                let seen: String =
                    self.text.get(from..).unwrap_or_default().chars().take(4).collect();
                return Err(Invalid(format!("invalid escape sequence `\\u{seen}` in string")));
            };
            code = code * 16 + digit;
        }
        Ok(code)
    }
}

fn end() -> Invalid {
    Invalid("unexpected end of JSON input".to_owned())
}
