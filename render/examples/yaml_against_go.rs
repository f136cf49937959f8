//! Compares the YAML reader and emitter with Go's on texts made at random.
//!
//! `RUTTER_YAML_ORACLE` names the program that `tests/oracle/build yaml` builds;
//! `tests/oracle/README.md` has its questions and answers.
//!
//! `yaml_against_go COUNT SEED [FILE…]`: the files are asked whole and in
//! pieces with mistakes in them, the rest is made up.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a tool for developers, which stops where something is wrong"
)]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, BufWriter},
    process::{Command, ExitCode, Stdio},
    sync::mpsc,
    thread,
};

use render::yaml;
use serde_json::json;

use compare::{text_differences, value_differences};

#[path = "../tests/yaml/compare.rs"]
mod compare;

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
        let (kind, failures) = match &question {
            Question::Text(text) if answer["error"] == "" => {
                ("texts read", text_differences(text, &answer))
            }
            Question::Text(text) => ("texts refused", text_differences(text, &answer)),
            Question::Value(value) => ("values written", value_differences(value, &answer)),
        };
        *tally.entry(kind).or_default() += 1;
        differences += failures.len();
        if differences <= 20 && !failures.is_empty() {
            println!("--- {question:?}\n{}", failures.join("\n"));
        }
    }
    writer.join().expect("all was asked");
    child.wait().expect("the oracle ends");
    println!("{tally:?}");
    let asked: usize = tally.values().sum();
    println!("{} passed, {differences} failed", asked.saturating_sub(differences));
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
            3 => Question::Text(format!("{}: {}", self.scalar(), self.scalar())),
            4..=5 => {
                let value = self.value(0);
                let text = yaml::write_json(&value).unwrap_or_default();
                Question::Text(self.damaged(&text))
            }
            6..=7 if !files.is_empty() => {
                let file = self.below(files.len());
                let piece = self.piece(&files[file]);
                Question::Text(self.damaged(&piece))
            }
            8..=9 => Question::Value(self.value(0)),
            _ => Question::Text(self.soup()),
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
