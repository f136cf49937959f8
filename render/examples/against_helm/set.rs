//! Arguments of the `--set` family, well-formed and damaged, laid over values.

use std::collections::BTreeMap;

use render::{Overrides, url::Url};
use rutter_gotmpl::{Int, Value};
use serde_json::{Value as Json, json};

use crate::{
    asking::{self, Answer},
    random::Random,
};

/// Flags, and the values file that they are laid over.
#[derive(Clone)]
pub(crate) struct Case {
    /// As JSON, which is YAML; or a YAML text as it is.
    values: Option<String>,
    flags: Vec<(Flag, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    Set,
    String,
    Json,
    Literal,
    File,
}

/// A name that no `--set-file` has.
const VALUES: &str = "values.yaml";

/// The files that `--set-file` may name.
const FILES: &[(&str, &str)] =
    &[("f", "one\n"), ("dir/g.txt", "two, {three}\\"), ("é", ""), ("h", "\u{0}a=b")];

impl asking::Case for Case {
    fn question(&self) -> Json {
        let files: BTreeMap<&str, &str> = FILES.iter().copied().collect();
        let mut question = json!({ "ask": "overrides", "files": files });
        question["values"] = self.values.iter().map(String::as_str).collect();
        for (name, flag) in [
            ("set", Flag::Set),
            ("string", Flag::String),
            ("json", Flag::Json),
            ("literal", Flag::Literal),
            ("file", Flag::File),
        ] {
            question[name] = json!(self.texts(flag));
        }
        question
    }

    fn ours(&self) -> Answer {
        let overrides = Overrides {
            files: self.values.iter().map(|_| VALUES.to_owned()).collect(),
            set_json: self.texts(Flag::Json),
            set: self.texts(Flag::Set),
            set_string: self.texts(Flag::String),
            set_file: self.texts(Flag::File),
            set_literal: self.texts(Flag::Literal),
        };
        let mut read = |name: &str| match &self.values {
            Some(values) if name == VALUES => Ok(values.clone().into_bytes()),
            _ => file(name),
        };
        match overrides.merge(&mut read) {
            Ok(values) => Answer::Made(marked(&Value::Map(values.map().clone()))),
            Err(error) => Answer::Failed(chain(&error)),
        }
    }

    fn theirs(&self, answer: &Json) -> Answer {
        let made = || as_floats(answer.get("json").cloned().unwrap_or_default());
        asking::failure(answer).unwrap_or_else(|| Answer::Made(made()))
    }

    fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        if self.values.is_some() {
            smaller.push(Self { values: None, ..self.clone() });
        }
        for at in 0..self.flags.len() {
            let mut less = self.clone();
            less.flags.remove(at);
            smaller.push(less);
        }
        for (at, (flag, text)) in self.flags.iter().enumerate() {
            for text in shorter(text) {
                let mut less = self.clone();
                less.flags[at] = (*flag, text);
                smaller.push(less);
            }
        }
        if let Some(values) = &self.values {
            let texts = shorter(values).into_iter();
            smaller.extend(texts.map(|text| Self { values: Some(text), ..self.clone() }));
        }
        smaller
    }

    fn show(&self) -> String {
        let flags = self.flags.iter().map(|(flag, text)| match flag {
            Flag::Set => format!("--set {text:?}"),
            Flag::String => format!("--set-string {text:?}"),
            Flag::Json => format!("--set-json {text:?}"),
            Flag::Literal => format!("--set-literal {text:?}"),
            Flag::File => format!("--set-file {text:?}"),
        });
        let flags: Vec<String> = flags.collect();
        format!("{} over {:?}", flags.join(" "), self.values.as_deref().unwrap_or_default())
    }
}

impl Case {
    fn texts(&self, flag: Flag) -> Vec<String> {
        let texts = self.flags.iter().filter(|(kind, _)| *kind == flag);
        texts.map(|(_, text)| text.clone()).collect()
    }
}

/// As Helm's `readFile`: a URL first of all, though no scheme is known here.
fn file(name: &str) -> Result<Vec<u8>, String> {
    if name.trim() == "-" {
        return Ok(Vec::new());
    }
    Url::parse(name).map_err(|error| error.to_string())?;
    let found = FILES.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, text)| text.as_bytes().to_vec())
        .ok_or_else(|| format!("open {name}: no such file or directory"))
}

/// Returns the whole chain, as it is printed.
pub(crate) fn chain(error: &render::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text += &format!(": {inner}");
        source = inner.source();
    }
    text
}

/// Returns a value as the oracle does: integers of Go's are marked.
fn marked(value: &Value) -> Json {
    match value {
        Value::Nil | Value::Object(_) => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Int(number, Int::Int64) => json!({ "$int64": number }),
        Value::Int(number, _) => json!({ "$int": number }),
        Value::Float(number) => json!(number),
        Value::String(text) => json!(&**text),
        Value::RawString(bytes) | Value::Bytes(bytes) => json!(String::from_utf8_lossy(bytes)),
        Value::List(list) => list.items.iter().map(marked).collect(),
        Value::Map(map) => {
            let entries = map.entries.borrow();
            entries.iter().map(|(key, value)| (key.to_string(), marked(value))).collect()
        }
    }
}

/// Go writes a whole float without its point.
fn as_floats(json: Json) -> Json {
    match json {
        Json::Number(number) => json!(number.as_f64()),
        Json::Array(items) => items.into_iter().map(as_floats).collect(),
        Json::Object(entries) if entries.keys().any(|key| key.starts_with("$int")) => {
            Json::Object(entries)
        }
        Json::Object(entries) => {
            entries.into_iter().map(|(key, inner)| (key, as_floats(inner))).collect()
        }
        other => other,
    }
}

/// Returns texts that have less: halves, then quarters, down to one character.
pub(crate) fn shorter(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut made = Vec::new();
    let mut size = characters.len();
    while size > 0 {
        for start in (0..characters.len()).step_by(size) {
            let kept = characters.iter().take(start).chain(characters.iter().skip(start + size));
            made.push(kept.collect());
        }
        size /= 2;
    }
    made
}

const KEYS: &[&str] = &[
    "a", "b", "c", "list", "map", "num", "str", "nil", "x", "y", "image", "1", "0", "true", "null",
    "é", "日本", "a b", "a-b", "a\\.b", "a\\,b", "a\\=b", "a\\[b", "\\\\", "\\", "", " ", "\"",
    "'", "\u{7f}", "\u{200b}", "😀", "\n", "\t", "{", "}", "{a}", "#", "~", "A", "global",
    "\u{a0}", "\u{feff}", "\u{1}", "$x", "%s", "a]",
];

const SCALARS: &[&str] = &[
    "1",
    "0",
    "-1",
    "-0",
    "+1",
    "00",
    "01",
    "017",
    "0x1F",
    "1_000",
    "1.5",
    "1e3",
    "1e6",
    ".5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "true",
    "false",
    "TRUE",
    "False",
    "tRuE",
    "null",
    "NULL",
    "nUll",
    "nil",
    "~",
    "falſe",
    "yes",
    "no",
    "on",
    "a",
    "value",
    "a b",
    " a",
    "a ",
    "",
    "\"\"",
    "\"a\"",
    "'a'",
    "a\\,b",
    "a\\=b",
    "a=b",
    "a.b",
    "a[0]",
    "\\{a\\}",
    "\\n",
    "\\\\",
    "\\",
    "é",
    "日本",
    "😀",
    "\n",
    "\t",
    "\u{0}",
    "\u{7f}",
    "\u{200b}",
    "http://x/y?z=1&w={2}",
    "{",
    "}",
    "[",
    "]",
    "١",
    "１",
    "-",
    "+",
    "--1",
    "1 ",
    " 1",
    "Infinity",
    "NaN",
    ".inf",
    "1-1",
    "2001-01-01",
];

const JSONS: &[&str] = &[
    "1",
    "-1",
    "0",
    "-0",
    "01",
    "1.5",
    "1e3",
    "1E+400",
    "1e-400",
    "1.",
    ".5",
    "-",
    "+1",
    "9223372036854775807",
    "9007199254740993",
    "123456789012345678901234567890",
    "true",
    "false",
    "null",
    "True",
    "tru",
    "nul",
    "\"\"",
    "\"a\"",
    "\"a,b\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\q\"",
    "\"\\u12\"",
    "\"\n\"",
    "\"\t\"",
    "\"é\"",
    "\"open",
    "'a'",
    "[]",
    "{}",
    "[1,2]",
    "[1,]",
    "[,]",
    "[1 2]",
    "[",
    "]",
    "{\"a\":1}",
    "{\"a\":{\"b\":null}}",
    "{a:1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\":1,\"a\":2}",
    "{",
    "}",
    "",
    " ",
    "\u{a0}",
    "\u{feff}1",
    " 1 ",
    "1 2",
    "nullx",
    "1x",
    "\"a\"b",
    "[[[]]]",
    "{\"\":1}",
    "\u{2028}",
    "NaN",
    "1e5",
    "0.1e1",
    "-0.0",
    "1.0",
    "/*c*/1",
];

const INDEXES: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "0",
    "1",
    "-1",
    "+1",
    "-0",
    "00",
    "007",
    "1 ",
    " 1",
    "",
    "x",
    "1.5",
    "0x1",
    "1e1",
    "1_0",
    "65535x",
    "65537",
    "99999999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "\\1",
    "é",
    "١",
    "a\"b",
    "\n",
    "0]",
];

const NAMES: &[&str] = &["f", "dir/g.txt", "é", "h", "nosuch", "", " ", "a\\,b", "f ", "%zz", "-"];

/// What may stand anywhere.
const JUNK: &[&str] = &[
    ",", ".", "=", "[", "]", "{", "}", "\\", "\"", "'", " ", "0", "1", "a", "[0]", "[1].", "=1",
    ",a=", "{}", "={", "},", "][", "..", "==", ",,", "\\,", "é", "\u{0}", "null", "-1", "[0][0]",
    "[65536]", "\t", "\u{a0}", "\u{2028}", "\u{ad}", "😀", "[-1]",
];

/// Makes a case.
pub(crate) fn case(mut random: Random) -> Case {
    let values = match random.below(10) {
        0..=3 => None,
        4..=8 => Some(random.values(0).to_string()),
        _ => Some(random.text_values()),
    };
    let mut flags = vec![random.flag()];
    while random.chance(15) {
        flags.push(random.flag());
    }
    Case { values, flags }
}

impl Random {
    fn flag(&mut self) -> (Flag, String) {
        let flag = match self.below(20) {
            0..=7 => Flag::Set,
            8..=10 => Flag::String,
            11..=15 => Flag::Json,
            16..=17 => Flag::Literal,
            _ => Flag::File,
        };
        let mut text = if flag == Flag::Json && self.chance(15) {
            let value = self.values(0).to_string();
            format!("{}{value}{}", self.pick(&["", " ", "\n"]), self.pick(&["", " ", "x", ","]))
        } else {
            self.assignments(flag)
        };
        while self.chance(20) {
            text = self.damaged(&text);
        }
        (flag, text)
    }

    fn assignments(&mut self, flag: Flag) -> String {
        let mut text = self.assignment(flag);
        while self.chance(35) {
            text += ",";
            text += &self.assignment(flag);
        }
        if self.chance(5) {
            text += ",";
        }
        text
    }

    fn assignment(&mut self, flag: Flag) -> String {
        let mut text = self.key();
        let most = if self.chance(2) { 40 } else { 4 };
        for _ in 0..self.below(most) {
            if self.chance(40) {
                text += &format!("[{}]", self.index());
            } else {
                text += ".";
                text += &self.key();
            }
        }
        if self.chance(97) {
            text += "=";
        }
        text + &self.value(flag)
    }

    fn key(&mut self) -> String {
        if self.chance(75) {
            return self.pick(&["a", "b", "c", "list", "map", "num", "str", "nil"]).to_owned();
        }
        self.pick(KEYS).to_owned()
    }

    fn index(&mut self) -> String {
        if self.below(4000) == 0 {
            return "65536".to_owned(); // a list that long takes long to print
        }
        if self.chance(80) {
            return self.below(4).to_string();
        }
        self.pick(INDEXES).to_owned()
    }

    fn value(&mut self, flag: Flag) -> String {
        match flag {
            Flag::Json if self.chance(70) => self.pick(JSONS).to_owned(),
            Flag::Json => self.values(1).to_string(),
            Flag::File if self.chance(80) => self.pick(NAMES).to_owned(),
            _ if self.chance(20) => {
                let count = self.below(4);
                let items: Vec<String> = (0..count).map(|_| self.scalar()).collect();
                let after = self.pick(&["", "", "", ",", "x", "{", " "]);
                format!("{{{}}}{after}", items.join(","))
            }
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> String {
        if self.chance(10) {
            return self.next().cast_signed().to_string();
        }
        self.pick(SCALARS).to_owned()
    }

    /// Values to lay flags over, of the names that flags use.
    fn values(&mut self, depth: usize) -> Json {
        let names = ["a", "b", "c", "list", "map", "num", "str", "nil"];
        match if depth == 0 { 8 } else { self.below(if depth > 3 { 6 } else { 10 }) } {
            0 => Json::Null,
            1 => json!(self.chance(50)),
            2 => json!(self.below(100)),
            3 => json!(f64::from(u32::try_from(self.below(1000)).unwrap_or(0)) / 8.0),
            4 | 5 => json!(self.pick(SCALARS)),
            6 | 7 => (0..self.below(4)).map(|_| self.values(depth + 1)).collect(),
            _ => {
                let count = self.below(5);
                let entries = (0..count).map(|_| {
                    let name = self.pick(&names).to_owned();
                    (name, self.values(depth + 1))
                });
                entries.collect::<serde_json::Map<_, _>>().into()
            }
        }
    }

    /// Values files that are not simply a map.
    fn text_values(&mut self) -> String {
        let pieces = [
            "a: 1\n",
            "b: [x, y]\n",
            "---\n",
            "--- \n",
            "map: {a: 1}\n",
            "list:\n- 1\n- a: 2\n",
            "null\n",
            "# c\n",
            "a: &x {b: 1}\nc: *x\n",
            "- 1\n",
            "text\n",
            "a: b: c\n",
            "~\n",
            "\n",
            "num: 0x10\nstr: yes\n",
            "a: 1\na: 2\n",
            "\u{feff}a: 1\n",
            "...\n",
            "--- # x\n",
            "1: 2\ntrue: 3\n",
            "a: 1e400\n",
            "? {a: 1}\n: 2\n",
            "nil:\n",
            "\ta: 1\n",
            "{a: 1",
        ];
        let count = 1 + self.below(4);
        (0..count).map(|_| self.pick(&pieces)).collect()
    }

    fn damaged(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.below(characters.len() + 1);
        match self.below(5) {
            0 if at < characters.len() => {
                characters.remove(at);
            }
            1 => {
                let end = (at + self.below(5)).min(characters.len());
                characters.drain(at..end);
            }
            2 => {
                let end = (at + 1 + self.below(8)).min(characters.len());
                let copied: Vec<char> = characters.drain(at..end).collect();
                let twice = copied.iter().chain(&copied).copied();
                characters.splice(at..at, twice);
            }
            _ => {
                let piece = self.pick(JUNK);
                characters.splice(at..at, piece.chars());
            }
        }
        characters.into_iter().collect()
    }
}
