//! What a rendering needs beside a chart and values: the same for every input, so that a crash
//! can be had again.

use render::{
    Capabilities, Chart, Error, File, NotesScope, ReleaseFacts, Rendered, Request, SchemaCheck,
    Values, Verb,
    functions::Dns,
    tape::{Lookup, Recording, Refusal, Replay, Source, Tape},
};
use serde_json::{Value, json};

/// Numbers that look random (xorshift), an early clock and an empty cluster.
struct World(u64);

impl Source for World {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        for byte in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = self.0.to_be_bytes()[0];
        }
        Ok(())
    }

    fn now(&mut self) -> i64 {
        1_700_000_000_000_000_000
    }

    fn zone(&mut self) -> String {
        "UTC".to_owned()
    }

    fn lookup(&mut self, _: &Lookup) -> Result<Value, Refusal> {
        Ok(json!({}))
    }

    fn addresses(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Returns a tape that draws from such a world.
pub(crate) fn fresh() -> Tape {
    Tape::recording(Box::new(World(1)))
}

/// Returns a tape that gives all of these answers again.
pub(crate) fn replayed(recording: &Recording) -> Tape {
    Tape::replaying(recording.clone(), Replay::Everything, Box::new(World(2)))
}

/// Returns a file of a chart.
pub(crate) fn file(name: &str, bytes: &[u8]) -> File {
    File { name: name.to_owned(), data: bytes.into(), modified: None }
}

/// Renders a chart as a first install of the release `r`.
pub(crate) fn render(chart: &Chart, values: &Values, tape: Tape) -> Result<Rendered, Error> {
    let request = Request {
        chart,
        values,
        release: ReleaseFacts {
            name: "r".to_owned(),
            namespace: "ns".to_owned(),
            revision: 1,
            verb: Verb::Install,
        },
        capabilities: &Capabilities::default(),
        schema: SchemaCheck::Enforced,
        notes: NotesScope::Root,
        dns: Dns::Off,
    };
    render::render(&request, tape)
}

/// Returns all that was rendered, as one text.
pub(crate) fn written(rendered: &Rendered) -> String {
    let hooks = rendered.hooks.iter().map(|hook| &hook.document);
    let documents = rendered.documents.iter().chain(hooks);
    let texts = documents.map(|document| format!("---\n# {}\n{}", document.source, document.text));
    texts.chain([rendered.notes.clone()]).collect::<Vec<_>>().join("\n")
}
