//! Mistakes: in lines of templates and values, in metadata, in what there is.

mod whole;

use render::yaml;
use serde_json::{Value as Json, json};

use super::Source;
use crate::random::Random;

/// One mistake in one file.
#[derive(Clone)]
pub(super) struct Edit {
    file: String,
    change: Change,
}

#[derive(Clone)]
enum Change {
    DeleteFile,
    /// The file ends there, in hundredths.
    Cut(usize),
    DeleteLine(usize),
    DoubleLine(usize),
    SwapLines(usize),
    /// A line begins with these instead of its own spaces.
    Indent(usize, usize),
    /// In a line, the first of one text becomes another.
    Replace(usize, String, String),
    /// A text at a place in a line, in hundredths.
    Insert(usize, usize, &'static str),
    /// Metadata in which a place has another value.
    Metadata(Vec<String>, Json),
    /// Another content altogether.
    Whole(String),
}

/// Makes an edit of a chart.
pub(super) fn edit(source: &Source, random: &mut Random) -> Edit {
    match random.below(20) {
        0..=1 => whole::metadata(source, random),
        2 => whole::schema(source, random),
        3 => whole::added(random),
        _ => {
            let mut file = chosen(source, random);
            for _ in 0..3 {
                let is_wanted = file.contains("templates/") || random.chance(40);
                if is_wanted && !file.ends_with(".md") {
                    break;
                }
                file = chosen(source, random);
            }
            let change = change(source, &file, random);
            Edit { file, change }
        }
    }
}

fn chosen(source: &Source, random: &mut Random) -> String {
    random.one(&source.contents).map(|(name, _)| name.clone()).unwrap_or_default()
}

fn change(source: &Source, file: &str, random: &mut Random) -> Change {
    let text = text(source, file);
    let line = random.below(text.lines().count());
    match random.below(24) {
        0 => Change::DeleteFile,
        1 => Change::Cut(random.below(100)),
        2..=5 => Change::DeleteLine(line),
        6..=8 => Change::DoubleLine(line),
        9 => Change::SwapLines(line),
        10..=11 => Change::Indent(line, random.below(10)),
        12..=16 => {
            let insert = random.pick(INSERTED);
            let insert =
                INSERTED.iter().find(|known| **known == insert).copied().unwrap_or_default();
            Change::Insert(line, random.below(100), insert)
        }
        _ => replace(&text, random),
    }
}

/// Replaces a word by another of the same file, or by one that means something.
fn replace(text: &str, random: &mut Random) -> Change {
    let lines: Vec<&str> = text.lines().collect();
    for _ in 0..8 {
        let at = random.below(lines.len());
        let words = words(lines.get(at).copied().unwrap_or_default());
        let Some(old) = random.one(&words) else { continue };
        let other = random.below(lines.len());
        let others = self::words(lines.get(other).copied().unwrap_or_default());
        let new = match random.one(&others) {
            Some(word) if random.chance(50) => (*word).to_owned(),
            _ => random.pick(WORDS).to_owned(),
        };
        return Change::Replace(at, (*old).to_owned(), new);
    }
    Change::DeleteLine(0)
}

fn words(line: &str) -> Vec<&str> {
    let split = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '-' | '"'));
    line.split(split).filter(|word| !word.is_empty()).collect()
}

const INSERTED: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    "\"",
    "'",
    ":",
    ": ",
    "- ",
    "#",
    " ",
    "\t",
    "|",
    "(",
    ")",
    "$",
    ".",
    ",",
    "{",
    "}",
    "[",
    "]",
    "&",
    "*",
    "!",
    "%",
    "@",
    "`",
    "\\",
    "---\n",
    "\n",
    "\n---\n",
    "é",
    "{{ end }}",
    "{{ else }}",
    "{{/*",
    "*/}}",
    "{{ .Values }}",
    "{{ .Release.Name }}",
    "\r",
    "<no value>",
    "null",
    "{{ fail \"x\" }}",
    "{{ required \"r\" .Values.nosuch }}",
    "~",
    "\u{feff}",
    "0",
    "=",
    ":=",
];

const WORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "0",
    "1",
    "-1",
    "1.5",
    "1e6",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "nil",
    ".",
    "$",
    ".Values",
    "toYaml",
    "include",
    "tpl",
    "default",
    "quote",
    "nindent",
    "range",
    "if",
    "with",
    "end",
    "define",
    "else",
    "template",
    "list",
    "dict",
    "len",
    "index",
    "eq",
    "not",
    "and",
    "or",
    "~",
    "yes",
    "on",
    "0x10",
    "010",
    "12345678",
    "2001-01-01",
    "&a",
    "*a",
    "!!str",
    "|-",
    ">",
    "x y",
    ".Values.nosuch",
    ".Values.nosuch.x",
    "kind",
    "metadata",
    "\"helm.sh/hook\"",
    "pre-install",
    "test",
    "annotations",
    "int",
    "b64enc",
    "toString",
    "merge",
    "keys",
    "get",
    "set",
    "fail",
    "required",
    "lookup",
    "fromYaml",
    "toJson",
    "sha256sum",
    "print",
    "printf",
];

/// A value of any type.
pub(super) fn value(random: &mut Random, depth: usize) -> Json {
    match random.below(if depth > 1 { 10 } else { 14 }) {
        0..=1 => Json::Null,
        2..=3 => json!(random.chance(50)),
        4 => json!(random.below(100_000)),
        5 => json!(1.5),
        6 => json!(1_000_000),
        7..=9 => json!(random.pick(&[
            "",
            "text",
            "a: b",
            "{{ .Values.x }}",
            "{{ .Release.Name }}",
            "true",
            "1",
            "x\ny\n",
            "é",
            "{{",
            "- a",
            "1.2.3",
            "10Gi",
            "*",
            "\"q\"",
            " ",
            "{{ include \"nosuch\" . }}",
            "0x1F",
        ])),
        10..=11 => (0..random.below(3)).map(|_| value(random, depth + 1)).collect(),
        _ => {
            let names = ["a", "enabled", "name", "image", "x.y/z", "1", "tag"];
            let count = random.below(4);
            let entries =
                (0..count).map(|_| (random.pick(&names).to_owned(), value(random, depth + 1)));
            entries.collect::<serde_json::Map<_, _>>().into()
        }
    }
}

fn text(source: &Source, file: &str) -> String {
    let found = source.contents.iter().find(|(name, _)| name == file);
    found.map(|(_, data)| String::from_utf8_lossy(data).into_owned()).unwrap_or_default()
}

impl Edit {
    /// Returns the file and its text; nothing where that is no text.
    pub(super) fn target(&self, source: &Source) -> Option<(String, String)> {
        let found = source.contents.iter().find(|(name, _)| *name == self.file);
        let text =
            found.map_or(Some(String::new()), |(_, data)| String::from_utf8(data.clone()).ok());
        Some((self.file.clone(), text?))
    }

    /// Returns the text with the mistake in it; nothing where the file is gone.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        Some(match &self.change {
            Change::DeleteFile => return None,
            Change::Cut(part) => text.chars().take(text.chars().count() * part / 100).collect(),
            Change::DeleteLine(at) => with_line(&lines, *at, |_| String::new()),
            Change::DoubleLine(at) => with_line(&lines, *at, |line| line.repeat(2)),
            Change::SwapLines(at) => {
                let mut lines = lines;
                if at + 1 < lines.len() {
                    lines.swap(*at, at + 1);
                }
                lines.concat()
            }
            Change::Indent(at, spaces) => with_line(&lines, *at, |line| {
                format!("{}{}", " ".repeat(*spaces), line.trim_start_matches(' '))
            }),
            Change::Replace(at, old, new) => {
                with_line(&lines, *at, |line| line.replacen(old.as_str(), new, 1))
            }
            Change::Insert(at, part, new) => with_line(&lines, *at, |line| {
                let count = line.chars().count() * part / 100;
                let before: String = line.chars().take(count).collect();
                let after: String = line.chars().skip(count).collect();
                format!("{before}{new}{after}")
            }),
            Change::Metadata(path, value) => with_value(text, path, value),
            Change::Whole(text) => text.clone(),
        })
    }

    /// Returns it for people to read.
    pub(super) fn show(&self, source: &Source) -> String {
        let before = text(source, &self.file);
        let what = match &self.change {
            Change::DeleteFile => "deleted".to_owned(),
            Change::Cut(part) => format!("cut at {part} %"),
            Change::Metadata(path, value) => format!("{path:?} is {value}"),
            Change::Whole(text) => format!("is {text:?}"),
            Change::DeleteLine(at)
            | Change::DoubleLine(at)
            | Change::SwapLines(at)
            | Change::Indent(at, _)
            | Change::Replace(at, ..)
            | Change::Insert(at, ..) => {
                let after = self.apply(&before).unwrap_or_default();
                let part =
                    |text: &str| text.lines().skip(*at).take(2).collect::<Vec<_>>().join("⏎");
                format!("line {}: {:?} becomes {:?}", at + 1, part(&before), part(&after))
            }
        };
        format!("{}: {what}", self.file)
    }
}

fn with_line(lines: &[&str], at: usize, other: impl Fn(&str) -> String) -> String {
    let changed = lines
        .iter()
        .enumerate()
        .map(|(number, line)| if number == at { other(line) } else { (*line).to_owned() });
    changed.collect()
}

fn with_value(text: &str, path: &[String], value: &Json) -> String {
    let mut whole = yaml::read_json(text).unwrap_or_default();
    let mut place = &mut whole;
    for key in path {
        if let (Json::Array(_), Ok(at)) = (&*place, key.parse::<usize>()) {
            let Some(item) = place.get_mut(at) else { return text.to_owned() };
            place = item;
            continue;
        }
        place = entry(place, key);
    }
    place.clone_from(value);
    whole.to_string()
}

/// Returns the place of a key, in an object that is made where there is none.
pub(super) fn entry<'a>(place: &'a mut Json, key: &str) -> &'a mut Json {
    if !place.is_object() {
        *place = json!({});
    }
    &mut place[key]
}
