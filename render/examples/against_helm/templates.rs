//! Templates by chance in a small chart, and what they write.

mod calls;
mod grammar;
mod operands;
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
const VALUES: &str = r#"
s: hello
empty: ""
num: "12"
uni: "héllo ✓ 😀"
multi: "a b\n  c\n\nd\n"
html: "<a href=\"x\">&'é=</a>"
quo: "say \"hi\" `x` \\ $1"
n: 42
zero: 0
neg: -7.5
f: 3.14159
big: 12345678
huge: 1e21
tiny: 1e-7
yes: true
no: false
l: [a, 1, null, {x: y}, [2]]
ls: [c, a, b, a]
ln: [3, 1.5, 2]
el: []
lm: [{a: 1, k: x}, {a: 2}, {k: null, b: {c: 1}}]
m: {a: {b: {c: deep}}, list: [1, 2], x: mx, k: 1, "": none}
em: {}
num1: {one: 1, two: 2.5}
ver: 1.22.3-beta.1
tplt: "{{ .Values.s | upper }}"
"#;

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
}

/// Makes a case.
pub(crate) fn case(random: Random) -> Case {
    let (template, partials) = Grammar::new(random).template();
    Case { template, partials }
}

impl asking::Case for Case {
    fn question(&self) -> Json {
        let files: serde_json::Map<String, Json> =
            self.files().map(|(name, text)| (name.to_owned(), json!(text))).collect();
        json!({ "ask": "render", "files": files })
    }

    fn ours(&self) -> Answer {
        let files = self.files().map(|(name, text)| File {
            name: name.to_owned(),
            data: text.as_bytes().to_vec().into(),
            modified: None,
        });
        let made = Chart::load(files.collect()).and_then(|chart| {
            let request = Request {
                chart: &chart,
                values: &Values::default(),
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

    fn theirs(&self, answer: &Json) -> Answer {
        let file = format!("t/{TEMPLATE}");
        let made = || answer.get("files").and_then(|files| files.get(&file)).cloned();
        asking::failure(answer).unwrap_or_else(|| Answer::Made(made().unwrap_or(json!(""))))
    }

    fn excuse(&self, ours: &Answer, theirs: &Answer) -> Option<&'static str> {
        excuse(ours, theirs)
    }

    fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
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
        if self.partials.is_empty() {
            return self.template.clone();
        }
        format!("{}\n  with {}", self.template, self.partials)
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
    before_go_1_27(ours, theirs)
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
