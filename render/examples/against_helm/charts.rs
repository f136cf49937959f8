//! Real charts with mistakes in them.

mod archive;
mod mutation;

use std::sync::Arc;

use render::{
    Capabilities, Chart, Document, File, KubeVersion, NotesScope, Request, SchemaCheck, Values,
    functions::Dns, render,
};
use serde_json::{Value as Json, json};

use crate::{
    asking::{self, Answer, before_go_1_27},
    random::Random,
    set::chain,
    templates::release,
    world,
};

pub(crate) use archive::{Shelf, Source};
use mutation::Edit;

/// A chart, what is other in it, and the user's values.
#[derive(Clone)]
pub(crate) struct Case {
    source: Arc<Source>,
    edits: Vec<Edit>,
    values: Vec<Setting>,
    kube_version: &'static str,
}

/// One place in the user's values.
#[derive(Clone)]
struct Setting {
    path: Vec<String>,
    value: Json,
}

/// Makes a case of one of the charts.
pub(crate) fn case(shelf: &Shelf, mut random: Random) -> Case {
    let source = shelf.pick(&mut random);
    let edits = match random.below(10) {
        0..=1 => 0,
        2..=7 => 1,
        _ => 2 + random.below(3),
    };
    let edits = (0..edits).map(|_| mutation::edit(&source, &mut random)).collect();
    let mut values = Vec::new();
    if random.chance(50)
        && let Some(given) = random.one(&source.given)
    {
        values.push(Setting { path: Vec::new(), value: given.clone() });
    }
    for _ in 0..random.below(4) {
        values.extend(setting(&source, &mut random));
    }
    let kube_version = random.pick(&["", "", "", "1.19.0", "v1.25.3-gke.100", "1.31"]);
    let kube_version = if kube_version.is_empty() { "" } else { kube_version };
    Case { source, edits, values, kube_version: known(kube_version) }
}

/// The same text for as long as the program runs.
fn known(version: &str) -> &'static str {
    ["1.19.0", "v1.25.3-gke.100", "1.31"].into_iter().find(|known| *known == version).unwrap_or("")
}

fn setting(source: &Source, random: &mut Random) -> Option<Setting> {
    let mut path = random.one(&source.paths)?.clone();
    if random.chance(10) {
        let further = random.pick(&["enabled", "nosuch", "0", "a.b", ""]);
        path.push(further.to_owned());
    }
    if random.chance(5) {
        path = vec![
            "global".to_owned(),
            random.pick(&["imageRegistry", "x", "storageClass"]).to_owned(),
        ];
    }
    Some(Setting { path, value: mutation::value(random, 0) })
}

impl asking::Case for Case {
    fn question(&self) -> Json {
        let edited = self.source.edited(&self.edits);
        json!({
            "ask": "release",
            "path": self.source.packed,
            "edits": edited,
            "values": self.user_values().to_string(),
            "kube_version": self.kube_version,
        })
    }

    fn ours(&self) -> Answer {
        self.made().unwrap_or_else(|error| Answer::Failed(chain(&error)))
    }

    fn theirs(&self, answer: &Json) -> Answer {
        asking::failure(answer).unwrap_or_else(|| {
            let part = |name| answer.get(name).cloned().unwrap_or_else(|| json!([]));
            Answer::Made(json!({
                "notes": answer.get("output").cloned().unwrap_or_else(|| json!("")),
                "documents": part("documents"),
                "hooks": part("hooks"),
            }))
        })
    }

    fn excuse(&self, ours: &Answer, theirs: &Answer) -> Option<&'static str> {
        if sorted(ours) == sorted(theirs) {
            return Some("of a schema, in the order of Go's maps");
        }
        before_go_1_27(ours, theirs)
    }

    fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        for at in 0..self.edits.len() {
            let mut less = self.clone();
            less.edits.remove(at);
            smaller.push(less);
        }
        for at in 0..self.values.len() {
            let mut less = self.clone();
            less.values.remove(at);
            smaller.push(less);
        }
        if !self.kube_version.is_empty() {
            smaller.push(Self { kube_version: "", ..self.clone() });
        }
        smaller
    }

    fn show(&self) -> String {
        let mut text = format!("{} {}", self.source.name, self.kube_version);
        for edit in &self.edits {
            text += &format!("\n  {}", edit.show(&self.source));
        }
        for Setting { path, value } in &self.values {
            let value: String = value.to_string().chars().take(300).collect();
            text += &format!("\n  set {path:?} to {value}");
        }
        text
    }
}

impl Case {
    fn user_values(&self) -> Json {
        let mut values = json!({});
        for Setting { path, value } in &self.values {
            let start = &mut values;
            let place = path.iter().fold(start, |place, key| mutation::entry(place, key));
            place.clone_from(value);
        }
        values
    }

    fn made(&self) -> Result<Answer, render::Error> {
        let chart = Chart::load(self.source.files(&self.edits))?;
        let mut capabilities = Capabilities::default();
        if !self.kube_version.is_empty() {
            capabilities.kube_version = KubeVersion::parse(self.kube_version)?;
        }
        let request = Request {
            chart: &chart,
            values: &Values::from_json(&self.user_values()),
            release: release(),
            capabilities: &capabilities,
            schema: SchemaCheck::Enforced,
            notes: NotesScope::Root,
            dns: Dns::Off,
        };
        let made = render(&request, world::tape())?;
        let hooks = made.hooks.iter().map(|hook| {
            let mut shown = document(&hook.document);
            if !hook.events.is_empty() {
                shown["events"] = json!(hook.events);
            }
            if hook.weight != 0 {
                shown["weight"] = json!(hook.weight);
            }
            shown
        });
        Ok(Answer::Made(json!({
            "notes": made.notes,
            "documents": made.documents.iter().map(document).collect::<Json>(),
            "hooks": hooks.collect::<Json>(),
        })))
    }
}

/// Returns what a schema refuses, by name; nothing of any other answer.
fn sorted(answer: &Answer) -> Result<Vec<String>, &Answer> {
    const START: &str = "values don't meet the specifications of the schema(s)";
    let Answer::Failed(text) = answer else { return Err(answer) };
    if !text.starts_with(START) {
        return Err(answer);
    }
    let names = |line: &str| {
        let mut words: Vec<&str> = line.trim_start().split([',', ' ']).collect();
        words.sort_unstable();
        words.concat()
    };
    let mut lines: Vec<String> = text.lines().map(names).collect();
    lines.sort_unstable();
    Ok(lines)
}

fn document(document: &Document) -> Json {
    json!({
        "file": document.source,
        "content": document.text,
        "kind": document.kind,
        "name": document.name,
    })
}

fn file(name: &str, data: &[u8]) -> File {
    File { name: name.to_owned(), data: data.to_vec().into(), modified: None }
}
