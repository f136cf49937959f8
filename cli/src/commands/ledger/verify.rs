//! `rutter ledger verify`: is everything what was acknowledged?

use std::io::Write as _;

use ledger::{Report, Severity};
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    grammar,
    options::{Format, Output},
    session::Session,
    ui::{json_line, yaml},
    work::home,
};

/// Check that the ledger is what was acknowledged
///
/// Every byte is read and hashed again. Exit codes: 0 clean, 10 damaged, 11 tail abandoned,
/// 12 forked, 13 unverifiable, 14 unreadable, 75 try again.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,

    #[arg(hide = true)]
    words: Vec<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::none(session.settings.program, "ledger verify", &args.words)?;
    let home = home(&session.settings);
    let report = ledger::verify(&home, &[]);
    match args.output.format {
        Format::Json => session.ui.print(&json_line(&schema(&report)?)?)?,
        Format::Yaml => session.ui.print(&yaml(&schema(&report)?)?)?,
        Format::Table => print(&report, &home.display().to_string(), session)?,
    }
    if report.is_clean() {
        return Ok(());
    }
    let found = report.findings.iter().filter(|it| it.severity != Severity::Note).count();
    Err(Failure::new(format_args!("the ledger is not what was acknowledged: {found} findings"))
        .with_hint("keep a copy of the folder as it is before anything else is done with it")
        .with_code(report.exit_code()))
}

fn print(report: &Report, home: &str, session: &mut Session) -> Result<(), Failure> {
    let out = session.ui.out();
    let (Some(ledger), Some(head)) = (report.ledger, report.head) else {
        writeln!(out, "there is no ledger in {home}")?;
        return list(report, session);
    };
    writeln!(out, "LEDGER: {ledger}")?;
    writeln!(out, "HEAD: {head}")?;
    writeln!(out, "EVENTS: {} ({} of later versions)", report.events, report.opaque)?;
    writeln!(out, "OBJECTS: {}", report.objects)?;
    writeln!(out, "BYTES READ: {}", report.bytes)?;
    let verdict = if report.is_clean() { "clean" } else { "not clean" };
    writeln!(out, "VERDICT: {verdict}")?;
    list(report, session)
}

fn list(report: &Report, session: &mut Session) -> Result<(), Failure> {
    for finding in &report.findings {
        let severity = serde_json::to_value(finding.severity).unwrap_or_default();
        let severity = severity.as_str().unwrap_or_default();
        writeln!(session.ui.out(), "{severity}: {finding}")?;
    }
    Ok(())
}

/// Our own JSON says which one it is.
fn schema(report: &Report) -> Result<Value, Failure> {
    let report = serde_json::to_value(report).map_err(|error| Failure::from_error(&error))?;
    Ok(json!({"schema": "rutter.ledger.verify/1", "report": report}))
}
