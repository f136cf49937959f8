//! `rutter ledger show`: one event, whole, or an object that an event names.

use std::io::Write as _;

use ledger::{Event, Ledger, LocalStore, ObjectId, ready};
use serde_json::Value;

use crate::{
    failure::Failure,
    grammar,
    session::Session,
    work::{home, ledger_failure},
};

/// Show one event, or an object that an event names
///
/// An event is shown as JSON, with what is known of a failure; the names in it that stand for objects can be given to --object.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The number of the event
    #[arg(value_name = "SEQUENCE")]
    words: Vec<String>,

    /// Print the content of this object instead, as it was kept
    #[arg(long, value_name = "NAME")]
    object: Option<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let home = home(&session.settings);
    if let Some(name) = &args.object {
        grammar::none(session.settings.program, "ledger show", &args.words)?;
        let id: ObjectId = name.parse().map_err(ledger_failure)?;
        let ledger = ready(Ledger::open(LocalStore::reader(&home))).map_err(ledger_failure)?;
        let content = ready(ledger.get(id)).map_err(ledger_failure)?;
        return Ok(session.ui.out().write_all(&content)?);
    }
    let [word] = grammar::exactly(session.settings.program, "ledger show", &args.words)?;
    let wanted: u64 = word
        .parse()
        .map_err(|_| Failure::new(format_args!("{word:?} is not the number of an event")))?;
    let log = ledger::log(&home);
    let entry = log.entries.iter().find(|it| it.recorded.id.sequence.0 == wanted);
    let Some(entry) = entry else {
        return Err(Failure::new(format_args!("the ledger has no event {wanted}"))
            .with_hint("`rutter ledger log` lists them"));
    };
    let mut shown = serde_json::to_value(entry).map_err(|error| Failure::from_error(&error))?;
    if let (Some(evidence), Some(fields)) = (evidence(&entry.recorded.event), shown.as_object_mut())
    {
        let ledger = ready(Ledger::open(LocalStore::reader(&home))).map_err(ledger_failure)?;
        let content = ready(ledger.get(evidence)).map_err(ledger_failure)?;
        let text = || Value::String(String::from_utf8_lossy(&content).into_owned());
        let content = serde_json::from_slice(&content).unwrap_or_else(|_| text());
        fields.insert("evidence_content".to_owned(), content);
    }
    if let (Some(source), Some(fields)) = (source(&entry.recorded.event), shown.as_object_mut()) {
        let ledger = ready(Ledger::open(LocalStore::reader(&home))).map_err(ledger_failure)?;
        // What was taken back is not there; the event is.
        let content = ready(ledger.get(source)).ok().map(|content| {
            let text = String::from_utf8_lossy(&content).into_owned();
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        });
        fields.insert("source_content".to_owned(), content.unwrap_or(Value::Null));
    }
    let text = serde_json::to_string_pretty(&shown).map_err(|error| Failure::from_error(&error))?;
    Ok(writeln!(session.ui.out(), "{text}")?)
}

/// What shows why something failed.
fn evidence(event: &Event) -> Option<ObjectId> {
    match event {
        Event::Finished(finished) => finished.evidence,
        Event::HookFinished(finished) => finished.evidence,
        _ => None,
    }
}

/// What says where a chart came from.
fn source(event: &Event) -> Option<ObjectId> {
    match event {
        Event::Started(started) => started.chart.as_ref()?.source,
        _ => None,
    }
}
