//! `rutter ledger log`: every event, oldest first.

use ledger::{Event, EventId, LogEntry, Outcome, ReleaseRef};

use crate::{
    failure::Failure,
    grammar,
    options::{Format, Number, Output, Switch},
    release::Time,
    session::Session,
    ui::{Style, Table, json_line, yaml},
    work::home,
};

/// Show what is written in the ledger, oldest first
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Show only what concerns this release, in every namespace and cluster
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    /// Show at most this many events, the newest of them; 0 is all
    #[arg(long, value_name = "N", default_value = "0")]
    max: Number,

    /// Leave the headings of the table out
    #[arg(long)]
    no_headers: Switch,

    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_most(1, session.settings.program, "ledger log", &args.words)?;
    let log = ledger::log(&home(&session.settings));
    let mut entries: Vec<&LogEntry> = log.entries.iter().collect();
    if let Some(name) = args.words.first() {
        entries.retain(|it| concerns(it, &log.entries).is_some_and(|it| it.name.as_str() == name));
    }
    if let Ok(max @ 1..) = usize::try_from(args.max.0) {
        entries.drain(..entries.len().saturating_sub(max));
    }
    let text = match args.output.format {
        Format::Json => lines(&entries)?,
        Format::Yaml => yaml(&entries)?,
        Format::Table => table(&entries, &log.entries, args.no_headers),
    };
    session.ui.print(&text)?;
    for finding in &log.findings {
        session.ui.warn(&finding.to_string());
    }
    Ok(())
}

/// A line of JSON for each event, as `--events` writes them.
fn lines(entries: &[&LogEntry]) -> Result<String, Failure> {
    entries.iter().map(|entry| json_line(&entry.recorded)).collect()
}

fn table(entries: &[&LogEntry], all: &[LogEntry], no_headers: Switch) -> String {
    let mut table = Table::default();
    if !no_headers.is_on() {
        table.add(["EVENT", "TIME", "KIND", "RELEASE", "WHAT"]);
    }
    for entry in entries {
        let recorded = &entry.recorded;
        let release = concerns(entry, all).map_or_else(String::new, |it| {
            format!("{}/{}", it.namespace.as_str(), it.name.as_str())
        });
        table.add([
            &recorded.id.sequence.to_string(),
            &Time::local(recorded.at_ns).format("2006-01-02 15:04:05.000"),
            recorded.event.name(),
            &release,
            &what(&recorded.event),
        ]);
    }
    format!("{}\n", table.to_text(Style::Plain))
}

/// The release that an event belongs to: its own, or that of the operation that it names.
fn concerns<'l>(entry: &'l LogEntry, all: &'l [LogEntry]) -> Option<&'l ReleaseRef> {
    match &entry.recorded.event {
        Event::Started(started) => Some(&started.release),
        Event::Imported(imported) => Some(&imported.release),
        event => {
            let started = operation(event)?;
            let found = all.iter().find(|it| it.recorded.id.sequence == started.sequence)?;
            match &found.recorded.event {
                Event::Started(started) => Some(&started.release),
                _ => None,
            }
        }
    }
}

fn operation(event: &Event) -> Option<EventId> {
    match event {
        Event::RevisionClaimed(it) => Some(it.operation),
        Event::ObjectsApplied(it) => Some(it.operation),
        Event::HookStarted(it) => Some(it.operation),
        Event::HookFinished(it) => Some(it.operation),
        Event::Finished(it) => Some(it.operation),
        Event::Resumed(it) => Some(it.operation),
        Event::Abandoned(it) => Some(it.operation),
        Event::LedgerCreated(_)
        | Event::EpochOpened(_)
        | Event::ClusterIdentified(_)
        | Event::Started(_)
        | Event::Imported(_)
        | Event::TailAbandoned(_)
        | Event::Opaque(_) => None,
    }
}

/// One event in a few words.
fn what(event: &Event) -> String {
    match event {
        Event::Started(it) => {
            let chart = it.chart.as_ref().map(|it| format!(" of {}-{}", it.name, it.version));
            format!("{} revision {}{}", it.verb, it.revision.0, chart.unwrap_or_default())
        }
        Event::RevisionClaimed(it) => format!("revision {}", it.revision.0),
        Event::ObjectsApplied(it) => {
            let objects = if it.count == 1 { "object" } else { "objects" };
            format!("{} {objects} (barrier {})", it.count, it.barrier)
        }
        Event::HookStarted(it) => format!("{} hook {}", it.point, it.object),
        Event::HookFinished(it) => it.outcome.to_string(),
        Event::Finished(it) => ended(it.outcome),
        Event::Imported(it) => {
            let status = it.decoded.as_ref().map_or("unreadable", |it| it.status.as_str());
            format!("revision {} ({status})", it.revision.0)
        }
        Event::EpochOpened(it) => it.reason.to_string(),
        Event::LedgerCreated(_)
        | Event::ClusterIdentified(_)
        | Event::Resumed(_)
        | Event::Abandoned(_)
        | Event::TailAbandoned(_)
        | Event::Opaque(_) => String::new(),
    }
}

fn ended(outcome: Outcome) -> String {
    match outcome {
        Outcome::Deployed => "deployed".to_owned(),
        Outcome::Failed => "failed".to_owned(),
        Outcome::Uninstalled { records } => format!("uninstalled, records {records}"),
        Outcome::Lost { .. } => "lost to another".to_owned(),
    }
}
