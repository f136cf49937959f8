//! TOML by chance, most of it nearly right, and what is read in it.

mod pieces;

use render::{File, Values};
use serde_json::{Value as Json, json};

use crate::{
    asking::{self, Answer},
    random::Random,
    templates,
};

use pieces::{DATES, ENDS, JUNK, NAMES, NUMBERS, OTHERS, STRINGS};

/// Says all that can be told of the document's value: types, texts, and what is written again.
const TEMPLATE: &str = r#"{{define "shown"}}{{$type := printf "%T" .}}{{$type}}
{{- if eq $type "map[string]interface {}"}}({{range $key, $value := .}}{{printf "%q" $key}}:
{{- template "shown" $value}},{{end}})
{{- else if hasPrefix "[]" $type}}[{{range .}}{{template "shown" .}},{{end}}]
{{- else}}={{printf "%v" .}}{{end}}{{end -}}
{{$value := fromToml (b64dec .Values.document)}}{{template "shown" $value}}
{{$value}}
{{toYaml $value}}
{{toToml $value}}
{{toJson $value}}
{{fromToml (toToml $value)}}
"#;

const PLACE: &str = "templates/NOTES.txt";

/// A document; it need not be UTF-8.
#[derive(Clone)]
pub(crate) struct Case(Vec<u8>);

impl asking::Case for Case {
    fn question(&self) -> Json {
        let files: serde_json::Map<String, Json> =
            self.files().into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
        json!({ "ask": "render", "files": files })
    }

    fn ours(&self) -> Answer {
        let files = self.files().into_iter().map(|(name, text)| File {
            name: name.to_owned(),
            data: text.into_bytes().into(),
            modified: None,
        });
        templates::rendered(files.collect(), &Values::default())
    }

    fn theirs(&self, answer: &Json) -> Answer {
        let made = || answer["files"][format!("t/{PLACE}")].clone();
        asking::failure(answer).unwrap_or_else(|| Answer::Made(made()))
    }

    fn smaller(&self) -> Vec<Self> {
        let mut made = Vec::new();
        let mut size = self.0.len();
        while size > 0 {
            for start in (0..self.0.len()).step_by(size) {
                let kept = self.0.iter().take(start).chain(self.0.iter().skip(start + size));
                made.push(Self(kept.copied().collect()));
            }
            size /= 2;
        }
        made
    }

    fn show(&self) -> String {
        self.0.escape_ascii().to_string()
    }
}

impl Case {
    fn files(&self) -> [(&'static str, String); 3] {
        let values = json!({ "document": base64(&self.0) }).to_string();
        let metadata = "apiVersion: v2\nname: t\nversion: 1.2.3\n".to_owned();
        [("Chart.yaml", metadata), ("values.yaml", values), (PLACE, TEMPLATE.to_owned())]
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let at = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > three.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

/// Makes a case.
pub(crate) fn case(mut random: Random) -> Case {
    let mut text = String::new();
    for _ in 0..=random.below(6) {
        line(&mut random, &mut text);
    }
    let mut bytes = text.into_bytes();
    while random.chance(40) {
        damage(&mut random, &mut bytes);
    }
    Case(bytes)
}

fn line(random: &mut Random, out: &mut String) {
    match random.below(10) {
        0..=5 => key_value(random, out),
        6 | 7 => {
            *out += "[";
            key(random, out);
            *out += "]";
        }
        8 => {
            *out += "[[";
            key(random, out);
            *out += "]]";
        }
        _ => {
            *out += random.pick(&["", "# é", "#\u{1}", " ", "\u{feff}", "=", "[]", "[[]]", "[a]]"]);
        }
    }
    *out += random.pick(ENDS);
}

fn key(random: &mut Random, out: &mut String) {
    *out += random.pick(NAMES);
    while random.chance(30) {
        *out += random.pick(&[".", ".", ".", " . ", "\t.", "..", " "]);
        *out += random.pick(NAMES);
    }
}

fn key_value(random: &mut Random, out: &mut String) {
    key(random, out);
    *out += random
        .pick(&[" = ", "=", "=\t", " =", " = ", " = ", "=", "=", " = ", " : ", "", "==", " =\n"]);
    value(random, out, 0);
}

fn value(random: &mut Random, out: &mut String, depth: usize) {
    match random.below(if depth > 3 { 6 } else { 10 }) {
        0 | 1 => *out += random.pick(NUMBERS),
        2 => *out += random.pick(STRINGS),
        3 => *out += random.pick(DATES),
        4 => number(random, out),
        5 => *out += random.pick(OTHERS),
        6 | 7 => listed(random, out, ["[", "]"], |random, out| value(random, out, depth + 1)),
        _ => listed(random, out, ["{", "}"], |random, out| {
            key(random, out);
            *out += random.pick(&["=", " = ", "=", " ", "=\n"]);
            value(random, out, depth + 1);
        }),
    }
}

fn listed(
    random: &mut Random,
    out: &mut String,
    [open, close]: [&str; 2],
    mut one: impl FnMut(&mut Random, &mut String),
) {
    const SPACE: &[&str] = &["", "", "", "", " ", "\n", "# c\n", "\t", "\r\n"];
    *out += open;
    *out += random.pick(SPACE);
    let count = random.below(4);
    for at in 0..count {
        one(random, out);
        *out += random.pick(SPACE);
        if at + 1 < count || random.chance(20) {
            *out += random.pick(&[",", ",", ",", ",", ",", ", ", ",\n", ",,", "", ";"]);
            *out += random.pick(SPACE);
        }
    }
    if !random.chance(3) {
        *out += close;
    }
}

fn number(random: &mut Random, out: &mut String) {
    for _ in 0..=random.below(6) {
        *out += random.pick(&[
            "0", "1", "9", "_", ".", "e", "-", "+", ":", "T", "Z", "x", "b", "f", " ", "2", "5",
        ]);
    }
}

fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len() + 1);
    match random.below(10) {
        0..=2 if at < bytes.len() => {
            bytes.remove(at);
        }
        3 => bytes.truncate(at),
        4 if random.chance(20) => {
            let byte = random.one(&[0xff, 0xc3, 0xfe, 0x80, 0xed]).copied().unwrap_or_default();
            bytes.insert(at, byte);
        }
        5 if random.chance(10) => {
            let mark: &[u8] = [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"][random.below(3)];
            bytes.splice(0..0, mark.iter().copied());
        }
        _ => {
            let junk = random.pick(JUNK).bytes();
            bytes.splice(at..at, junk);
        }
    }
}
