//! Templates by chance in a small chart, and what they write.

mod calls;
mod grammar;
mod operands;
mod secrets;
mod texts;

use render::{
    Capabilities, Chart, File, NotesScope, ReleaseFacts, Request, SchemaCheck, Values, Verb,
    functions::Dns, render,
};
use serde_json::{Value as Json, json};

use crate::{
    asking::{self, Answer, before_go_1_27},
    random::Random,
    set::{chain, shorter},
    world,
};

use grammar::Grammar;

const METADATA: &str = "apiVersion: v2\nname: t\nversion: 1.2.3\nappVersion: \"4.5\"\n\
     keywords: [k1, k2]\nannotations: {an: notation}\nmaintainers: [{name: M, email: m@x}]\n";

/// What the templates are run with.
const VALUES: &str = include_str!("templates/values.yaml");

const FILES: &[(&str, &str)] = &[
    ("Chart.yaml", METADATA),
    ("values.yaml", VALUES),
    ("a.txt", "line 1\nline 2\n"),
    ("conf/b.yaml", "k: v\nl: [1, 2]\n"),
    ("conf/c.json", "{\"a\": 1}"),
    ("empty", ""),
];

/// The template under test: its text is kept as it is, whatever it writes.
const TEMPLATE: &str = "templates/NOTES.txt";
const PARTIALS: &str = "templates/_p.tpl";

#[derive(Clone)]
pub(crate) struct Case {
    template: String,
    partials: String,
    /// The user's values, under `r`.
    values: Json,
}

/// Makes a case.
pub(crate) fn case(random: Random) -> Case {
    let mut other = random.clone();
    let values = if other.chance(30) { json!({ "r": other.values(1) }) } else { json!({}) };
    let (template, partials) = Grammar::new(random).template();
    Case { template, partials, values }
}

/// Returns the names of all functions that are called.
pub(crate) fn functions() -> impl Iterator<Item = &'static str> {
    let with_shapes = calls::SHAPES.iter().map(|(name, ..)| *name);
    let costly = calls::COSTLY.iter().map(|(name, ..)| *name);
    calls::FUNCTIONS.iter().map(|(name, ..)| *name).chain(with_shapes).chain(costly)
}

impl asking::Case for Case {
    fn question(&self) -> Json {
        let files: serde_json::Map<String, Json> =
            self.files().map(|(name, text)| (name.to_owned(), json!(text))).collect();
        json!({ "ask": "render", "files": files, "values": self.values.to_string().replace('\u{7f}', "\\u007f") })
    }

    fn ours(&self) -> Answer {
        let files = self.files().map(|(name, text)| File {
            name: name.to_owned(),
            data: text.as_bytes().to_vec().into(),
            modified: None,
        });
        rendered(files.collect(), &Values::from_json(&self.values))
    }

    fn theirs(&self, answer: &Json) -> Answer {
        let file = format!("t/{TEMPLATE}");
        let made = || answer.get("files").and_then(|files| files.get(&file)).cloned();
        asking::failure(answer).unwrap_or_else(|| Answer::Made(made().unwrap_or(json!(""))))
    }

    fn excuse(&self, ours: &Answer, theirs: &Answer) -> Option<&'static str> {
        if let (Answer::Made(Json::String(ours)), Answer::Made(Json::String(theirs))) =
            (ours, theirs)
            && self.template.contains("values")
            && sorted(ours) == sorted(theirs)
        {
            return Some("of values, in the order of Go's maps");
        }
        excuse(ours, theirs)
    }

    fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        if self.values != json!({}) {
            smaller.push(Self { values: json!({}), ..self.clone() });
        }
        if !self.partials.is_empty() {
            smaller.push(Self { partials: String::new(), ..self.clone() });
        }
        let with = |template| Self { template, ..self.clone() };
        smaller.extend(simpler(&self.template).into_iter().map(with));
        let with = |partials| Self { partials, ..self.clone() };
        smaller.extend(simpler(&self.partials).into_iter().map(with));
        if self.template.len() + self.partials.len() < 60 {
            let with = |template| Self { template, ..self.clone() };
            smaller.extend(shorter(&self.template).into_iter().map(with));
        }
        smaller
    }

    fn show(&self) -> String {
        let mut text = self.template.clone();
        if !self.partials.is_empty() {
            text += &format!("\n  with {}", self.partials);
        }
        if self.values != json!({}) {
            text += &format!("\n  over {}", self.values);
        }
        text
    }
}

impl Case {
    fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        FILES.iter().copied().chain([(TEMPLATE, &*self.template), (PARTIALS, &*self.partials)])
    }
}

/// As the oracle has it.
pub(crate) fn release() -> ReleaseFacts {
    ReleaseFacts {
        name: "rel".to_owned(),
        namespace: "ns".to_owned(),
        revision: 1,
        verb: Verb::Install,
    }
}

/// Returns the notes of a chart of these files, as the oracle renders it.
pub(crate) fn rendered(files: Vec<File>, values: &Values) -> Answer {
    let made = Chart::load(files).and_then(|chart| {
        let request = Request {
            chart: &chart,
            values,
            release: release(),
            capabilities: &Capabilities::default(),
            schema: SchemaCheck::Enforced,
            notes: NotesScope::Root,
            dns: Dns::Off,
        };
        render(&request, world::tape())
    });
    match made {
        Ok(made) => Answer::Made(json!(made.notes)),
        Err(error) => Answer::Failed(chain(&error)),
    }
}

/// Differences that are none of ours.
fn excuse(ours: &Answer, theirs: &Answer) -> Option<&'static str> {
    let text = match theirs {
        Answer::Made(Json::String(text)) | Answer::Failed(text) => text.as_str(),
        _ => return None,
    };
    if has_address(text) {
        return Some("with an address in Go's memory");
    }
    if text.contains("assignment to entry in nil map") {
        return Some("of a nil map, which is an empty one here");
    }
    let said = ours.to_string();
    if said.contains("reflect.Value.Slice: slice index out of bounds") {
        return Some("of a slice into the room that Go leaves behind its end");
    }
    // Before Go 1.27, what is no UTF-8 was written as an escape.
    if said.contains('\u{fffd}') && text.replace("\\ufffd", "\u{fffd}") == made_text(ours) {
        return Some("of JSON in the words of a Go before 1.27");
    }
    before_go_1_27(ours, theirs)
}

fn made_text(answer: &Answer) -> &str {
    match answer {
        Answer::Made(Json::String(text)) => text,
        _ => "",
    }
}

/// Returns the characters that mean something, without their order.
fn sorted(text: &str) -> Vec<char> {
    let mut characters: Vec<char> =
        text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    characters.sort_unstable();
    characters
}

/// Returns whether a pointer was printed: `0xc000123456`.
fn has_address(text: &str) -> bool {
    text.match_indices("0x").any(|(at, _)| {
        let digits = text.get(at + 2..).unwrap_or_default();
        digits.chars().take_while(char::is_ascii_hexdigit).count() >= 9
    })
}

/// Texts that have fewer words, or a parenthesis less.
fn simpler(template: &str) -> Vec<String> {
    let words = words(template);
    let mut made = Vec::new();
    let mut size = words.len();
    while size > 0 {
        for start in (0..words.len()).step_by(size) {
            let kept = words.iter().take(start).chain(words.iter().skip(start + size));
            made.push(kept.copied().collect());
        }
        size /= 2;
    }
    for (open, close) in groups(&words) {
        let (before, after) = (words.iter().take(open), words.iter().skip(close + 1));
        let inside = words.iter().take(close).skip(open + 1);
        for stand_in in ["1", "\"a\"", "."] {
            made.push(before.clone().chain([&stand_in]).chain(after.clone()).copied().collect());
        }
        made.push(before.chain(inside).chain(after).copied().collect());
    }
    made
}

/// Splits a template where it means something.
fn words(template: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let bytes = template.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or_default();
        let splits = matches!(byte, b' ' | b'(' | b')' | b'{' | b'}' | b'|' | b'"')
            || matches!(before, b' ' | b'(' | b')' | b'}' | b'|' | b'"');
        let doubled = byte == before && matches!(byte, b'{' | b'}');
        if splits && !doubled && template.is_char_boundary(at) && at > start {
            words.extend(template.get(start..at));
            start = at;
        }
    }
    words.extend(template.get(start..));
    words
}

/// Returns the places of parentheses that belong together.
fn groups(words: &[&str]) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut groups = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if word.starts_with('(') {
            open.push(at);
        } else if word.starts_with(')') {
            groups.extend(open.pop().map(|open| (open, at)));
        }
    }
    groups
}
