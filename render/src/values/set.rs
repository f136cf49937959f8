//! The grammar of `--set` and its relatives (Helm's `pkg/strvals`).
//!
//! Helm's parser reads rune by rune and stops in silence wherever the text ends
//! in the middle of something that has no value yet (`a[0`, `=x`). What it does
//! in each such place is kept: scripts live on it.

use std::rc::Rc;

use rutter_gotmpl::{Map, Str, Value, quote, quote_rune};

use super::empty;
use crate::functions::json_read;

/// The highest index that a list may be given.
const MAX_INDEX: i64 = 65_536;

/// How deep a name may go.
const MAX_DEPTH: usize = 30;

type Reader<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// What a value may be.
enum Mode<'a> {
    /// `true`, `false`, `null` and integers are what they look like.
    Typed,
    /// Everything is a string.
    Text,
    /// Everything names a file.
    File(Reader<'a>),
    /// Values are JSON.
    Json,
    /// The value is everything to the end; nothing is escaped.
    Literal,
}

/// Whether there may be more to read.
#[derive(PartialEq, Eq)]
enum Flow {
    More,
    End,
}

struct Parser<'t, 'r> {
    rest: &'t str,
    mode: Mode<'r>,
}

/// What stands where a value is expected.
enum Listed {
    /// `{a,b}`.
    List(Value),
    /// Something else.
    Scalar,
    /// The end of the text.
    Nothing,
}

/// Why an argument is refused.
#[derive(Debug)]
pub(super) struct Refused {
    /// Helm's words.
    pub(super) reason: String,
    /// How many bytes of it were read until then.
    pub(super) at: usize,
}

/// Reads an argument of `--set` into `data`.
pub(super) fn typed(argument: &str, data: &Map) -> Result<(), Refused> {
    run(argument, data, Mode::Typed)
}

/// Reads an argument of `--set-string` into `data`.
pub(super) fn text(argument: &str, data: &Map) -> Result<(), Refused> {
    run(argument, data, Mode::Text)
}

/// Reads an argument of `--set-file` into `data`.
pub(super) fn file(argument: &str, data: &Map, read: Reader<'_>) -> Result<(), Refused> {
    run(argument, data, Mode::File(read))
}

/// Reads `key=json,…` of `--set-json` into `data`.
pub(super) fn json(argument: &str, data: &Map) -> Result<(), Refused> {
    run(argument, data, Mode::Json)
}

/// Reads an argument of `--set-literal` into `data`.
pub(super) fn literal(argument: &str, data: &Map) -> Result<(), Refused> {
    run(argument, data, Mode::Literal)
}

fn run(argument: &str, data: &Map, mode: Mode<'_>) -> Result<(), Refused> {
    let mut parser = Parser { rest: argument, mode };
    loop {
        match parser.key(data, 0) {
            Ok(Flow::More) => {}
            Ok(Flow::End) => return Ok(()),
            Err(reason) => {
                return Err(Refused { reason, at: argument.len() - parser.rest.len() });
            }
        }
    }
}

impl Parser<'_, '_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    /// Reads up to one of `stops`, which it returns; nothing at the end.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut read = String::new();
        while let Some(next) = self.next() {
            if stops.contains(&next) {
                return (read, Some(next));
            }
            if next != '\\' || matches!(self.mode, Mode::Literal) {
                read.push(next);
            } else if let Some(escaped) = self.next() {
                read.push(escaped);
            }
        }
        (read, None)
    }

    fn key(&mut self, data: &Map, depth: usize) -> Result<Flow, String> {
        let stops: &[char] = if matches!(self.mode, Mode::Literal) {
            &['=', '[', '.']
        } else {
            &['=', '[', ',', '.']
        };
        let (key, last) = self.until(stops);
        match last {
            None if key.is_empty() => Ok(Flow::End),
            None => Err(format!("key {} has no value", quoted(&key))),
            Some('[') => self.indexed(data, &key, depth),
            Some('=') => self.assigned(data, &key),
            Some(',') => {
                put(data, &key, Value::from(""));
                Err(format!("key {} has no value (cannot end with ,)", quoted(&key)))
            }
            Some(_) => self.nested(data, &key, depth + 1),
        }
    }

    fn indexed(&mut self, data: &Map, key: &str, depth: usize) -> Result<Flow, String> {
        let Some(index) = self.index()? else { return Ok(Flow::End) };
        let mut list = match lookup(data, key) {
            None => Vec::new(),
            Some(value) => as_list(&value)?,
        };
        let result = self.item(&mut list, index, depth);
        put(data, key, Value::list(list));
        result
    }

    fn assigned(&mut self, data: &Map, key: &str) -> Result<Flow, String> {
        if matches!(self.mode, Mode::Json) {
            let value = self.json_value()?;
            put(data, key, value);
            return Ok(Flow::More);
        }
        match self.list()? {
            Listed::List(list) => put(data, key, list),
            Listed::Nothing => {
                put(data, key, Value::from(""));
                return Ok(Flow::End);
            }
            Listed::Scalar => {
                let value = self.scalar()?;
                put(data, key, value);
            }
        }
        Ok(Flow::More)
    }

    fn nested(&mut self, data: &Map, key: &str, depth: usize) -> Result<Flow, String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "value name nested level is greater than maximum supported nested level of \
                 {MAX_DEPTH}"
            ));
        }
        let inner = match lookup(data, key) {
            None => empty(),
            Some(Value::Map(map)) => map,
            Some(other) => return Err(conversion(&other, "map[string]interface {}")),
        };
        let result = self.key(&inner, depth);
        let is_empty = inner.entries.borrow().is_empty();
        if is_empty && result == Ok(Flow::More) {
            return Err(format!("key map {} has no value", quoted(key)));
        }
        if !is_empty {
            put(data, key, Value::Map(inner));
        }
        result
    }

    /// Reads what follows `name[index]`.
    fn item(&mut self, list: &mut Vec<Value>, index: i64, depth: usize) -> Result<Flow, String> {
        if index < 0 {
            return Err(format!("negative {index} index not allowed"));
        }
        let (junk, last) = self.until(&['[', '.', '=']);
        if !junk.is_empty() {
            let runes: Vec<String> = junk.chars().map(quote_rune).collect();
            let runes = runes.join(" ");
            return Err(format!("unexpected data at end of array index: [{runes}]"));
        }
        match last {
            None => Ok(Flow::End),
            Some('=') => {
                let value = self.item_value()?;
                set_index(list, index, value)
            }
            Some('[') => {
                let Some(next) = self.index()? else { return Ok(Flow::End) };
                let known = at(list, index).filter(|value| !matches!(value, Value::Nil));
                let mut inner = known.as_ref().map_or(Ok(Vec::new()), as_list)?;
                let flow = self.item(&mut inner, next, depth)?;
                // What was there is changed where it stands, also if the text ends early.
                if flow == Flow::More || known.is_some() {
                    set_index(list, index, Value::list(inner))?;
                }
                Ok(flow)
            }
            Some(_) => self.item_field(list, index, depth),
        }
    }

    fn item_field(
        &mut self,
        list: &mut Vec<Value>,
        index: i64,
        depth: usize,
    ) -> Result<Flow, String> {
        let inner = match at(list, index) {
            None => empty(),
            Some(Value::Map(map)) => map,
            Some(_) => {
                let map = empty();
                set_index(list, index, Value::Map(map.clone()))?;
                map
            }
        };
        if self.key(&inner, depth)? == Flow::End {
            return Ok(Flow::End);
        }
        set_index(list, index, Value::Map(inner))
    }

    fn item_value(&mut self) -> Result<Value, String> {
        if matches!(self.mode, Mode::Json) {
            return self.json_value();
        }
        match self.list()? {
            Listed::List(list) => Ok(list),
            Listed::Nothing => Ok(Value::from("")),
            Listed::Scalar => self.scalar(),
        }
    }

    /// Reads an index up to its `]`; nothing where the text ends before.
    fn index(&mut self) -> Result<Option<i64>, String> {
        let (digits, last) = self.until(&[']']);
        if last.is_none() {
            return Ok(None);
        }
        atoi(&digits).map(Some).map_err(|why| {
            format!("error parsing index: strconv.Atoi: parsing {}: {why}", quoted(&digits))
        })
    }

    fn list(&mut self) -> Result<Listed, String> {
        if matches!(self.mode, Mode::Literal) {
            return Ok(Listed::Scalar);
        }
        match self.rest.chars().next() {
            None => return Ok(Listed::Nothing),
            Some('{') => self.next(),
            Some(_) => return Ok(Listed::Scalar),
        };
        let mut items = Vec::new();
        loop {
            let (text, last) = self.until(&[',', '}']);
            let Some(last) = last else { return Err("list must terminate with '}'".to_owned()) };
            if last == '}' && self.rest.starts_with(',') {
                self.next();
            }
            items.push(self.value(text)?);
            if last == '}' {
                return Ok(Listed::List(Value::list(items)));
            }
        }
    }

    fn scalar(&mut self) -> Result<Value, String> {
        let stops: &[char] = if matches!(self.mode, Mode::Literal) { &[] } else { &[','] };
        let (text, _) = self.until(stops);
        self.value(text)
    }

    fn value(&mut self, text: String) -> Result<Value, String> {
        match &mut self.mode {
            Mode::Typed => Ok(typed_value(text)),
            Mode::File(read) => read(&text).map(Value::string_of_bytes),
            Mode::Text | Mode::Json | Mode::Literal => Ok(Value::from(text)),
        }
    }

    /// Reads a JSON value and the comma after it; nothing there is null.
    fn json_value(&mut self) -> Result<Value, String> {
        if self.skip_comma() {
            return Ok(Value::Nil);
        }
        let (value, rest) = json_read::read_first(self.rest).map_err(|error| error.0)?;
        self.rest = rest;
        self.skip_comma();
        Ok(value)
    }

    /// Skips white space and one comma; returns whether there was a comma, or
    /// the end.
    fn skip_comma(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return true;
        }
        self.rest.is_empty()
    }
}

/// Types a value as Helm does: an integer has no leading zero and fits.
fn typed_value(text: String) -> Value {
    if text.eq_ignore_ascii_case("true") {
        return Value::Bool(true);
    }
    // Go folds case as Unicode does: ſ is a small s, too.
    if text.replace('ſ', "s").eq_ignore_ascii_case("false") {
        return Value::Bool(false);
    }
    if text.eq_ignore_ascii_case("null") {
        return Value::Nil;
    }
    if text == "0" {
        return Value::int64(0);
    }
    match text.parse() {
        Ok(number) if !text.starts_with('0') => Value::int64(number),
        _ => Value::from(text),
    }
}

/// Go's `strconv.Atoi`, or why it refuses: what comes first in the text decides.
fn atoi(text: &str) -> Result<i64, &'static str> {
    const SYNTAX: &str = "invalid syntax";
    const RANGE: &str = "value out of range";
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() {
        return Err(SYNTAX);
    }
    let mut number: u64 = 0;
    for char in digits.chars() {
        let digit = char.to_digit(10).ok_or(SYNTAX)?;
        let tens = number.checked_mul(10).ok_or(RANGE)?;
        number = tens.checked_add(u64::from(digit)).ok_or(RANGE)?;
    }
    let number = i128::from(number);
    i64::try_from(if text.starts_with('-') { -number } else { number }).map_err(|_| RANGE)
}

/// Go's `%q`.
fn quoted(text: &str) -> String {
    quote(text.as_bytes())
}

fn lookup(data: &Map, key: &str) -> Option<Value> {
    data.entries.borrow().get(key).cloned()
}

/// Sets `key`, unless it is empty.
fn put(data: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        data.entries.borrow_mut().insert(Str::from(key), value);
    }
}

fn at(list: &[Value], index: i64) -> Option<Value> {
    usize::try_from(index).ok().and_then(|index| list.get(index)).cloned()
}

fn set_index(list: &mut Vec<Value>, index: i64, value: Value) -> Result<Flow, String> {
    if index > MAX_INDEX {
        return Err(format!(
            "index of {index} is greater than maximum supported index of {MAX_INDEX}"
        ));
    }
    let place = usize::try_from(index).unwrap_or_default();
    if list.len() <= place {
        list.resize(place + 1, Value::Nil);
    }
    if let Some(slot) = list.get_mut(place) {
        *slot = value;
    }
    Ok(Flow::More)
}

fn as_list(value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::List(list) => Ok(Rc::clone(&list.items).to_vec()),
        other => Err(conversion(other, "[]interface {}")),
    }
}

/// Go's panic text, which Helm turns into an error.
fn conversion(value: &Value, wanted: &str) -> String {
    let is = match value {
        Value::Nil => "nil",
        Value::Bool(_) => "bool",
        Value::Int(..) => "int64",
        Value::Float(_) => "float64",
        Value::String(_) | Value::RawString(_) => "string",
        Value::List(_) => "[]interface {}",
        _ => "map[string]interface {}",
    };
    format!("unable to parse key: interface conversion: interface {{}} is {is}, not {wanted}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::Values;

    fn set(argument: &str) -> Result<Json, String> {
        let data = empty();
        typed(argument, &data).map_err(|refused| refused.reason)?;
        Ok(Values::new(data).to_json())
    }

    // Expected values: Helm's own `pkg/strvals` tests and the binary.
    #[test]
    fn values_have_the_types_that_helm_gives_them() {
        assert_eq!(
            set("a=true,b=NULL,c=0,d=017,e=12,f=-3,g=1.5,h=,i=9223372036854775808"),
            Ok(json!({
                "a": true, "b": null, "c": 0, "d": "017", "e": 12, "f": -3, "g": "1.5",
                "h": "", "i": "9223372036854775808"
            }))
        );
    }

    #[test]
    fn case_is_folded_as_in_unicode() {
        assert_eq!(set("a=falſe,b={FALſE}"), Ok(json!({"a": false, "b": [false]})));
    }

    // Expected values: `pkg/strvals`, asked through `tests/oracle/helm`.
    #[test]
    fn a_json_value_ends_where_it_cannot_go_on() {
        let set = |argument| {
            let data = empty();
            json(argument, &data).map_err(|refused| refused.reason)?;
            Ok::<_, String>(Values::new(data).to_json())
        };
        assert_eq!(set("=1=[]"), Ok(json!({})));
        assert_eq!(set("a=nullb=2"), Ok(json!({"a": null, "b": 2})));
        assert_eq!(set("a=01=2"), Ok(json!({"a": 0, "1": 2})));
        assert_eq!(set(r#"a="\ud83d""#), Ok(json!({"a": "\u{fffd}"})));
        assert!(set("a=1e400").is_err());
    }

    #[test]
    fn names_and_lists_nest() {
        assert_eq!(
            set("a.b.c=1,a.b.d={x,y},l[1].k=v,m[0][1]=z,e\\.f=g\\,h"),
            Ok(json!({
                "a": {"b": {"c": 1, "d": ["x", "y"]}}, "l": [null, {"k": "v"}],
                "m": [[null, "z"]], "e.f": "g,h"
            }))
        );
        assert_eq!(set("a={}"), Ok(json!({"a": [""]})));
    }

    #[test]
    fn a_text_that_ends_early_is_taken_in_silence_where_helm_does() {
        assert_eq!(set("=1"), Ok(json!({})));
        assert_eq!(set("a=1,"), Ok(json!({"a": 1})));
        assert_eq!(set("a[0"), Ok(json!({})));
        let values = Values::from_json(&json!({"a": ["+", [{}, 78]]}));
        typed("a[1][1].", values.map()).unwrap();
        assert_eq!(values.to_json(), json!({"a": ["+", [{}, {}]]}));
    }

    #[test]
    fn what_cannot_be_parsed_is_said_in_helm_s_words() {
        let refused = |argument| set(argument).unwrap_err();
        assert_eq!(refused("novalue"), r#"key "novalue" has no value"#);
        assert_eq!(refused("a,b"), r#"key "a" has no value (cannot end with ,)"#);
        assert_eq!(refused("a={b"), "list must terminate with '}'");
        assert_eq!(
            refused("a[x]=1"),
            r#"error parsing index: strconv.Atoi: parsing "x": invalid syntax"#
        );
        assert_eq!(
            refused("a[9223372036854775808x]=1"),
            r#"error parsing index: strconv.Atoi: parsing "9223372036854775808x": invalid syntax"#
        );
        assert_eq!(refused("\u{7f}.x"), r#"key "x" has no value"#);
        assert_eq!(refused("\u{7f}"), r#"key "\x7f" has no value"#);
        assert_eq!(refused("a[0]x'=1"), r"unexpected data at end of array index: ['x' '\'']");
        assert_eq!(refused("a[-1]=1"), "negative -1 index not allowed");
        assert_eq!(
            refused("a[70000]=1"),
            "index of 70000 is greater than maximum supported index of 65536"
        );
        assert_eq!(
            refused("a=1,a.b=2"),
            "unable to parse key: interface conversion: interface {} is int64, not \
             map[string]interface {}"
        );
    }

    #[test]
    fn a_literal_is_everything_after_the_first_sign() {
        let data = empty();
        literal("a.b=x,y={1}\\,", &data).unwrap();
        assert_eq!(Values::new(data).to_json(), json!({"a": {"b": "x,y={1}\\,"}}));
    }
}
