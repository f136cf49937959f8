//! Arguments of the `--set` family, well-formed and damaged, laid over values.

mod arguments;

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
