//! Compares the YAML reader and emitter with Go's on texts made at random.
//!
//! `RUTTER_YAML_ORACLE` names a program that reads a JSON question a line,
//! `{"yaml": text}` or `{"value": json}`, and answers with what
//! `sigs.k8s.io/yaml` makes of it: `json` (a text read), `error`, `yaml` (the
//! value written again), `yaml_error`, and if it knows them `strict_error`,
//! `raw` (`YAMLToJSON`) and `pretty` (`toYamlPretty`).
//!
//! `yaml_against_go COUNT SEED [FILE…]`: the files are asked whole and in
//! pieces with mistakes in them, the rest is made up.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, BufWriter},
    process::{Command, ExitCode, Stdio},
    sync::mpsc,
    thread,
};

use render::yaml;
use rutter_gotmpl::Value;
use serde_json::json;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let count: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let seed: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let files: Vec<String> = arguments
        .filter_map(|path| fs::read(path).ok())
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .collect();
    let oracle = env::var("RUTTER_YAML_ORACLE").expect("RUTTER_YAML_ORACLE names the oracle");
    let mut child = Command::new(oracle)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut input = BufWriter::new(child.stdin.take().expect("it is piped"));
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    let (sender, questions) = mpsc::sync_channel::<Question>(4096);
    let writer = thread::spawn(move || {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for file in &files {
            ask(&mut input, &sender, Question::Text(file.clone()));
        }
        for _ in 0..count {
            let question = random.question(&files);
            ask(&mut input, &sender, question);
        }
    });
    let mut tally = BTreeMap::<&str, usize>::new();
    let mut differences = 0;
    for line in output.lines() {
        let line = line.expect("the oracle answers");
        let question = questions.recv().expect("each answer has a question");
        let answer: serde_json::Value = serde_json::from_str(&line).expect("answers are JSON");
        if answer["error"] == "panic" {
            *tally.entry("Go panicked").or_default() += 1;
            continue;
        }
        let failures = match &question {
            Question::Text(text) => compare_text(text, &answer, &mut tally),
            Question::Value(value) => compare_value(value, &answer, &mut tally),
        };
        for failure in failures {
            differences += 1;
            if differences <= 20 {
                println!("--- {question:?}\n{failure}");
            }
        }
    }
    writer.join().expect("all was asked");
    println!("{tally:?}, {differences} differences");
    if differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Debug)]
enum Question {
    Text(String),
    Value(serde_json::Value),
}

fn ask(input: &mut impl std::io::Write, sender: &mpsc::SyncSender<Question>, question: Question) {
    let line = match &question {
        Question::Text(text) => json!({ "yaml": text }),
        Question::Value(value) => json!({ "value": value }),
    };
    writeln!(input, "{line}").expect("the oracle listens");
    input.flush().expect("the oracle listens");
    sender.send(question).expect("someone waits for answers");
}

fn compare_text<'t>(
    text: &str,
    answer: &serde_json::Value,
    tally: &mut BTreeMap<&'t str, usize>,
) -> Vec<String> {
    let mut failures = Vec::new();
    let expected = answer["error"].as_str().unwrap_or_default();
    match yaml::read(text) {
        Err(error) => {
            *tally.entry("texts refused").or_default() += 1;
            if error.to_string() != expected {
                failures.push(format!("error: {error}\n   Go: {expected}"));
            }
        }
        Ok(value) => {
            *tally.entry("texts read").or_default() += 1;
            if expected.is_empty() {
                compare_read(text, &value, answer, &mut failures);
            } else {
                failures.push(format!("read: {value:?}\n   Go: {expected}"));
            }
        }
    }
    if let Some(expected) = answer["strict_error"].as_str() {
        let error = yaml::read_strict(text).err().map(|error| error.to_string());
        if error.as_deref() != Some(expected) {
            failures.push(format!("strict: {error:?}\n   Go: {expected}"));
        }
    } else if expected.is_empty() && answer["raw"].is_string() && yaml::read_strict(text).is_err() {
        failures.push("strict: an error where Go has none".to_owned());
    }
    failures
}

fn compare_read(text: &str, value: &Value, answer: &serde_json::Value, failures: &mut Vec<String>) {
    let read = to_json(value);
    let expected = &answer["json"];
    if !is_same(&read, expected) {
        failures.push(format!("read: {read}\n  Go: {expected}"));
        return;
    }
    compare_written(value, answer, failures);
    if let Some(raw) = answer["raw"].as_str() {
        let json = yaml::read_json(text).map_err(|error| error.to_string());
        let expected = serde_json::from_str::<serde_json::Value>(raw).map(as_kubernetes);
        if json.as_ref().ok() != expected.as_ref().ok() {
            failures.push(format!("json: {json:?}\n  Go: {expected:?}"));
        }
    }
}

fn compare_written(value: &Value, answer: &serde_json::Value, failures: &mut Vec<String>) {
    let expected = answer["yaml"].as_str().unwrap_or_default();
    let expected_error = answer["yaml_error"].as_str().unwrap_or_default();
    match yaml::write(value) {
        Ok(written) if written == expected => {}
        Err(error) if error.to_string() == expected_error => {}
        written => {
            failures.push(format!("written: {written:?}\n     Go: {expected:?} {expected_error}"))
        }
    }
    if let Some(expected) = answer["pretty"].as_str() {
        let written = yaml::write_pretty(value);
        if written.as_deref().ok() != Some(expected) {
            failures.push(format!("pretty: {written:?}\n    Go: {expected:?}"));
        }
    }
}

fn compare_value<'t>(
    json: &serde_json::Value,
    answer: &serde_json::Value,
    tally: &mut BTreeMap<&'t str, usize>,
) -> Vec<String> {
    *tally.entry("values written").or_default() += 1;
    let mut failures = Vec::new();
    compare_written(&from_json(json), answer, &mut failures);
    failures
}

/// Numbers as apimachinery reads JSON.
fn as_kubernetes(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) if number.as_i64().is_none() => {
            match number.as_f64() {
                // `-0` is an integer to Go.
                Some(0.0) => 0.into(),
                number => number.into(),
            }
        }
        serde_json::Value::Array(items) => items.into_iter().map(as_kubernetes).collect(),
        serde_json::Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, as_kubernetes(value))).collect()
        }
        other => other,
    }
}

fn is_same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((ka, a), (kb, b))| ka == kb && is_same(a, b))
        }
        (a, b) => a == b,
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_ref().into(),
        Value::List(list) => list.items.iter().map(to_json).collect(),
        Value::Map(map) => {
            let entries = map.entries.borrow();
            entries.iter().map(|(key, value)| (key.to_string(), to_json(value))).collect()
        }
        _ => serde_json::Value::Null,
    }
}

fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => {
            Value::map(entries.iter().map(|(key, value)| (key.as_str(), from_json(value))))
        }
    }
}

/// xorshift: the same texts for the same seed.
struct Random(u64);

const PIECES: &[&str] = &[
    "a",
    "b",
    "c: ",
    "key: ",
    ": ",
    ":",
    "- ",
    "-",
    "- - ",
    "\n",
    "\n",
    "\n",
    "\n  ",
    "\n  ",
    "\n    ",
    " ",
    "  ",
    "? ",
    "?",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ",",
    "'",
    "''",
    "\"",
    "|",
    ">",
    "|-\n",
    "|+\n",
    ">2\n",
    "|1-\n",
    ">-\n",
    "|\n  x\n",
    "#",
    " # c\n",
    "&a ",
    "&b ",
    "*a",
    "*b",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!bool ",
    "!!null ",
    "!!binary ",
    "!!timestamp ",
    "!!merge ",
    "!!map ",
    "!t ",
    "! ",
    "!<x> ",
    "!e!t ",
    "!%41 ",
    "<<: ",
    "<<",
    "---\n",
    "--- ",
    "...\n",
    "%YAML 1.1\n",
    "%YAML 1.2\n",
    "%TAG !e! tag:x,2000:\n",
    "%FOO\n",
    "\t",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "yes",
    "no",
    "true",
    "1",
    "0x1F",
    "1e3",
    ".inf",
    "null",
    "~",
    "2001-01-01",
    "\\n",
    "\\x41",
    "\\u00e9",
    "\\\n",
    "\\q",
    "\u{feff}",
    "é",
    "😀",
    "{{ .Values.x }}",
    "\u{7f}",
    "\u{1}",
    "@",
    "`",
    "%",
    "YQ==",
    "word",
    "two words",
    "http://x/y",
    "a:b",
    "x: y",
    "=",
    "0",
    "-1",
    "1_0",
    "0o7",
    "1:30",
    "1.5",
    "18446744073709551615",
    "key: value\n",
    "- item\n",
    "key:\n",
    "  nested: 1\n",
    "list: [a, b]\n",
    "map: {a: 1}\n",
    "\"quoted\"",
    "'single'",
    "multi\n  line",
    "m: &m {a: 1}\n",
    "n: {<<: *m}\n",
];

const LETTERS: &[&str] = &[
    "a",
    "b",
    "Z",
    "0",
    "1",
    "2",
    "9",
    "10",
    "_",
    "-",
    ".",
    ":",
    " ",
    "  ",
    ": ",
    " #",
    "#",
    "'",
    "\"",
    "\\",
    "\n",
    "\n\n",
    "\n ",
    " \n",
    "\t",
    "\r",
    ",",
    "[",
    "]",
    "{",
    "}",
    "&",
    "*",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "?",
    "=",
    "<<",
    "~",
    "yes",
    "no",
    "on",
    "n",
    "null",
    "true",
    "0x",
    "0o",
    "0b",
    "e",
    "E",
    "+",
    ".inf",
    "2001-01-01",
    "T10:00:00Z",
    "é",
    "ß",
    "Ω",
    "日本",
    "😀",
    "\u{feff}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{7f}",
    "\u{9f}",
    "\u{fffd}",
    "\u{1}",
    "\u{1b}",
    "word",
    "longer-word",
    "the quick brown fox jumps",
    "12:30",
    "60",
    "/",
    "$",
    "{{ x }}",
    "---",
    "...",
    "-0",
    "1_000",
];

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % limit.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn question(&mut self, files: &[String]) -> Question {
        match self.below(10) {
            0..=2 => Question::Text(self.soup()),
            3 => Question::Text(format!("{}: {}", self.scalar(), self.scalar())),
            4..=5 => {
                let value = self.value(0);
                let text = yaml::write_json(&value).unwrap_or_default();
                Question::Text(self.damaged(&text))
            }
            6..=7 if !files.is_empty() => {
                let piece = self.piece(&files[self.0 as usize % files.len()]);
                Question::Text(self.damaged(&piece))
            }
            6..=7 => Question::Text(self.soup()),
            _ => Question::Value(self.value(0)),
        }
    }

    fn soup(&mut self) -> String {
        let most = if self.below(4) == 0 { 60 } else { 12 };
        let length = 1 + self.below(most);
        (0..length).map(|_| self.one(PIECES)).collect()
    }

    fn scalar(&mut self) -> String {
        const NUMERIC: &[&str] = &[
            "0", "1", "7", "8", "9", "12", "1", "2", "_", ".", "-", "+", "e", "E", "x", "o", "b",
            "0x", "0b", "0o", ":", "T", "Z", "-", "2001", "01", "02", "29", "30", "f", "A", " ",
            "t", ",",
        ];
        let length = 1 + self.below(8);
        (0..length).map(|_| self.one(NUMERIC)).collect()
    }

    fn string(&mut self) -> String {
        let most = match self.below(12) {
            0 => 60,
            1..=3 => 12,
            _ => 3,
        };
        (0..self.below(most)).map(|_| self.one(LETTERS)).collect()
    }

    fn value(&mut self, depth: usize) -> serde_json::Value {
        match self.below(if depth > 4 { 6 } else { 10 }) {
            0 => serde_json::Value::Null,
            1 => (self.below(2) == 0).into(),
            2 => match self.below(4) {
                0 => i64::try_from(self.below(2_000_000)).unwrap_or(0).into(),
                1 => f64::from_bits(self.next() << 11 ^ self.next()).into(),
                2 => self.scalar().parse::<f64>().unwrap_or(0.5).into(),
                _ => self.next().into(),
            },
            3..=5 => self.string().into(),
            6 | 7 => (0..self.below(5)).map(|_| self.value(depth + 1)).collect(),
            _ => (0..self.below(6)).map(|_| (self.string(), self.value(depth + 1))).collect(),
        }
    }

    /// Some lines of a file.
    fn piece(&mut self, file: &str) -> String {
        let lines: Vec<_> = file.split_inclusive('\n').collect();
        let start = self.below(lines.len());
        let count = 1 + self.below(60);
        lines.iter().skip(start).take(count).copied().collect()
    }

    /// A text with up to three mistakes.
    fn damaged(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..self.below(4) {
            let boundaries: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
            let at = boundaries.get(self.below(boundaries.len())).copied().unwrap_or(0);
            match self.below(3) {
                0 => text.insert_str(at, self.one(PIECES)),
                1 if !text.is_empty() => {
                    text.remove(at);
                }
                _ => {
                    let end = boundaries.iter().copied().find(|&end| end > at + self.below(20));
                    text.replace_range(at..end.unwrap_or(text.len()), self.one(PIECES));
                }
            }
        }
        text
    }
}
