//! From items to values.

use rutter_gotmpl::{Fault, Map, Str, Value, quote};

use super::{
    escapes::{joined_lines, replaced, without_first_newline},
    lexer::{Item, Kind, Lexer, Problem},
    scalars,
    tables::{As, DEEPEST, Tables},
};

/// Reads a date or time; none if it is not one.
pub(in crate::functions) type Dates<'d> = &'d mut dyn FnMut(&str) -> Result<Option<Value>, Fault>;

/// Why a document was not read.
#[derive(Debug)]
pub(in crate::functions) enum Unread {
    /// It is wrong: the library's whole message.
    Wrong(String),
    /// The local time, by which dates are read, is not to be had.
    Fault(Fault),
}

/// Reads a document. Tables are maps, `[[x]]` gives a list of maps, integers are `int64`.
///
/// # Errors
/// The library's message, and a message of ours where tables or arrays nest more than 1000 deep.
pub(in crate::functions) fn read(text: &[u8], dates: Dates<'_>) -> Result<Value, Unread> {
    let text = without_byte_order_mark(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        return Err(Unread::Wrong(format!("toml: line 1: {NULLS}")));
    }
    let mut parser = Parser {
        lexer: Lexer::new(text),
        tables: Tables::default(),
        key: Str::from(""),
        key_line: 0,
        arrays: 0,
        dates,
    };
    while parser.top_level()? {}
    Ok(Value::Map(parser.tables.into_root()))
}

const NULLS: &str =
    "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";

/// The stack that a level may use, and how much is added when that is no longer left: a template
/// may be deep in others when it reads a document.
const NEEDED: usize = 32 * 1024;
const ADDED: usize = 1024 * 1024;

fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    let marks: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"];
    marks.iter().find_map(|mark| text.strip_prefix(*mark)).unwrap_or(text)
}

fn wrong(line: usize, last_key: &str, message: &str) -> Unread {
    Unread::Wrong(if last_key.is_empty() {
        format!("toml: line {line}: {message}")
    } else {
        format!("toml: line {line} (last key {}): {message}", quote(last_key.as_bytes()))
    })
}

fn check_depth(depth: usize, line: usize) -> Step<()> {
    if depth > DEEPEST {
        return Err(wrong(line, "", &format!("nests more than {DEEPEST} levels deep")));
    }
    Ok(())
}

type Step<T> = Result<T, Unread>;

struct Parser<'a, 'd> {
    lexer: Lexer<'a>,
    tables: Tables,
    /// The last part of the key whose value is read, or nothing.
    key: Str,
    /// The line of the key that was read last.
    key_line: usize,
    /// How many arrays are open.
    arrays: usize,
    dates: Dates<'d>,
}

impl<'a> Parser<'a, '_> {
    /// Puts the line and the key that is being read before a message.
    fn wrong(&self, line: usize, message: &str) -> Unread {
        let last = match (self.tables.name(), &*self.key) {
            (context, "") => context,
            (context, key) if context.is_empty() => key.to_owned(),
            (context, key) => format!("{context}.{key}"),
        };
        wrong(line, &last, message)
    }

    fn wrong_key(&self, message: &str) -> Unread {
        self.wrong(self.key_line, message)
    }

    fn item(&mut self) -> Step<Item<'a>> {
        self.lexer.item().map_err(|Problem { line, message }| self.wrong(line, &message))
    }

    /// Reads a line with what belongs to it; returns whether there was one.
    fn top_level(&mut self) -> Step<bool> {
        match self.item()?.kind {
            Kind::End => return Ok(false),
            Kind::Comment => {
                self.item()?;
            }
            Kind::Table => self.header(Kind::TableEnd, As::Table)?,
            Kind::Tables => self.header(Kind::TablesEnd, As::Element)?,
            _ => {
                let depth = self.tables.depth();
                self.key_value(None)?;
                self.tables.leave(depth);
                self.key = Str::from("");
            }
        }
        Ok(true)
    }

    fn header(&mut self, end: Kind, as_what: As) -> Step<()> {
        let key = self.key_parts(end)?;
        self.tables.open(&key, as_what).map_err(|message| self.wrong_key(&message))?;
        self.tables.note_table();
        Ok(())
    }

    /// Reads the parts of a key, up to what ends it.
    fn key_parts(&mut self, end: Kind) -> Step<Vec<Str>> {
        let mut parts = Vec::new();
        loop {
            let item = self.item()?;
            if parts.is_empty() {
                self.key_line = item.line;
            }
            if item.kind == end {
                return Ok(parts);
            }
            parts.push(self.text(item)?);
            check_depth(parts.len(), self.key_line)?;
        }
    }

    /// Reads a key and its value, and adds it to the table of the context; to `hash`, too, which
    /// is the value of an inline table.
    fn key_value(&mut self, hash: Option<&Map>) -> Step<()> {
        let parts = self.key_parts(Kind::KeyEnd)?;
        let Some((last, parents)) = parts.split_last() else { return Ok(()) };
        self.key = last.clone();
        for name in parents {
            self.enter(name, As::Table)?;
        }
        let item = self.item()?;
        let value = self.value(item, As::Table)?;
        self.tables.set(last, value.clone()).map_err(|message| self.wrong_key(&message))?;
        self.tables.note(last, &value);
        let Some(hash) = hash else { return Ok(()) };
        let mut hash = hash.clone();
        for name in parents {
            hash = self.inner(&hash, name)?;
        }
        hash.entries.borrow_mut().insert(last.clone(), value);
        Ok(())
    }

    fn enter(&mut self, name: &Str, as_what: As) -> Step<()> {
        check_depth(self.tables.depth() + self.arrays + 1, self.key_line)?;
        self.tables.enter(name, as_what).map_err(|message| self.wrong_key(&message))
    }

    /// Returns a table in the value of an inline table, which is made if there is nothing.
    fn inner(&self, hash: &Map, name: &Str) -> Step<Map> {
        let mut entries = hash.entries.borrow_mut();
        let inner = entries.entry(name.clone()).or_insert_with(|| Value::Map(Map::default()));
        if let Value::Map(inner) = inner {
            return Ok(inner.clone());
        }
        let name = quote(self.tables.name().as_bytes());
        Err(self.wrong_key(&format!("{name} is not a table")))
    }

    /// Reads a value; `as_what` is what an inline table in its place is to those that are named.
    fn value(&mut self, item: Item<'a>, as_what: As) -> Step<Value> {
        let made = match item.kind {
            Kind::Integer => scalars::integer(item.text),
            Kind::Float => scalars::float(item.text),
            Kind::Datetime => self.datetime(item.text)?,
            Kind::Bool => Ok(Value::Bool(item.text == "true")),
            Kind::Array => {
                return stacker::maybe_grow(NEEDED, ADDED, || self.array(item.line));
            }
            Kind::Inline => return stacker::maybe_grow(NEEDED, ADDED, || self.inline(as_what)),
            _ => return Ok(Value::String(self.text(item)?)),
        };
        made.map_err(|message| self.wrong(item.line, &message))
    }

    fn datetime(&mut self, text: &str) -> Step<Result<Value, String>> {
        let text = text.replace('z', "Z").replace(['t', ' '], "T");
        let date = (self.dates)(&text).map_err(Unread::Fault)?;
        Ok(date.ok_or_else(|| format!("invalid datetime: {}", quote(text.as_bytes()))))
    }

    /// Returns what a string, or a part of a key, says.
    fn text(&self, item: Item<'a>) -> Step<Str> {
        let said = match item.kind {
            Kind::Escaped => replaced(item.text),
            Kind::Multiline => replaced(&joined_lines(without_first_newline(item.text))),
            Kind::RawMultiline => return Ok(Str::from(without_first_newline(item.text))),
            _ => return Ok(Str::from(item.text)),
        };
        said.map(Str::from).map_err(|message| self.wrong(item.line, &message))
    }

    fn array(&mut self, line: usize) -> Step<Value> {
        self.arrays += 1;
        check_depth(self.tables.depth() + self.arrays, line)?;
        let key = self.key.clone();
        self.tables.note(&key, &Value::list(Vec::new()));
        let mut items = Vec::new();
        loop {
            let item = self.item()?;
            match item.kind {
                Kind::ArrayEnd => break,
                Kind::Comment => {
                    self.item()?;
                }
                _ => items.push(self.value(item, As::Element)?),
            }
        }
        self.arrays -= 1;
        Ok(Value::list(items))
    }

    /// Reads an inline table. Its keys go to the value, and to the document to be compared with
    /// others; of the two, the document's counts where the table is not in an array.
    fn inline(&mut self, as_what: As) -> Step<Value> {
        let (outer, outer_key) = (self.tables.depth(), self.key.clone());
        self.key = Str::from("");
        self.tables.check_open().map_err(|message| {
            wrong(self.key_line, &self.tables.name_with(&outer_key), &message)
        })?;
        self.enter(&outer_key, as_what)?;
        let depth = self.tables.depth();
        let hash = Map::default();
        loop {
            match self.item()?.kind {
                Kind::InlineEnd => break,
                Kind::Comment => {
                    self.item()?;
                }
                _ => {
                    self.key_value(Some(&hash))?;
                    self.tables.leave(depth);
                }
            }
        }
        self.tables.leave(outer);
        self.key = outer_key;
        Ok(Value::Map(hash))
    }
}
