//! `rutter history`: the revisions of a release, oldest first.

use serde::Serialize;

use crate::{
    charts::Provenance,
    failure::Failure,
    grammar,
    options::{Format, Number, Output, ReadOptions, Switch},
    release::{Release, Time},
    releases::{Releases, is_release_name},
    session::Session,
    ui::{Style, Table, headed, json_line, yaml},
};

/// Show the revisions of a release
///
/// The number of a revision can be given to `rollback`, to `status` and to `get`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    words: Vec<String>,

    /// Show at most this many revisions, the newest of them
    #[arg(long, value_name = "N", default_value = "256")]
    max: Number,

    /// Show to which revision a rollback went
    #[arg(long)]
    show_rollback_revision: Switch,

    /// Show with each revision where its chart came from
    #[arg(long)]
    details: Switch,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    read: ReadOptions,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [name] = grammar::exactly(session.settings.program, "history", &args.words)?;
    let mut releases = Releases::open(session, args.read)?;
    if !is_release_name(name) {
        return Err(Failure::new(format_args!("release name is invalid: {name}")));
    }
    let history = releases.history(&session.namespace(), name)?;
    let max = usize::try_from(args.max.0).unwrap_or(0);
    let skipped = history.len().saturating_sub(max);
    let mut rows: Vec<Row<'_>> = history.iter().skip(skipped).map(Row::of).collect();
    if args.details.is_on() {
        for (row, release) in rows.iter_mut().zip(history.iter().skip(skipped)) {
            row.source = releases.source(release);
        }
    }
    let text = match args.output.format {
        Format::Json => json_line(&rows)?,
        Format::Yaml => yaml(&rows)?,
        Format::Table if args.details.is_on() => details(&rows),
        Format::Table => table(&rows, args.show_rollback_revision),
    };
    Ok(session.ui.print(&text)?)
}

/// A revision as Helm's history shows it.
#[derive(Debug, Serialize)]
struct Row<'r> {
    revision: u64,
    #[serde(skip_serializing_if = "Time::is_zero")]
    updated: Time,
    status: &'r str,
    chart: String,
    app_version: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rollback_revision: Option<u64>,
    description: &'r str,
    /// Only `--details` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Provenance>,
}

impl<'r> Row<'r> {
    fn of(release: &'r Release) -> Self {
        let info = &release.info;
        Self {
            revision: release.revision,
            updated: info.last_deployed.clone(),
            status: &info.status,
            chart: release.chart_name(),
            app_version: release.app_version(),
            rollback_revision: Some(info.rollback_revision).filter(|it| *it > 0),
            description: &info.description,
            source: None,
        }
    }
}

/// Returns a paragraph for each revision.
fn details(rows: &[Row<'_>]) -> String {
    let paragraph = |row: &Row<'_>| {
        let mut lines = vec![
            ("REVISION", row.revision.to_string()),
            ("UPDATED", row.updated.ansic()),
            ("STATUS", row.status.to_owned()),
            ("CHART", row.chart.clone()),
            ("APP VERSION", row.app_version.to_owned()),
            ("DESCRIPTION", row.description.to_owned()),
        ];
        if let Some(revision) = row.rollback_revision {
            lines.push(("ROLLBACK", revision.to_string()));
        }
        lines.extend(row.source.iter().flat_map(Provenance::lines));
        headed(&lines)
    };
    rows.iter().map(paragraph).collect::<Vec<_>>().join("\n")
}

fn table(rows: &[Row<'_>], rollbacks: Switch) -> String {
    let mut table = Table::default();
    let mut header = vec!["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"];
    if rollbacks.is_on() {
        header.insert(5, "ROLLBACK");
    }
    let mut cells = table.row();
    for cell in header {
        cells = cells.cell(cell);
    }
    for row in rows {
        let cells = table
            .row()
            .cell(row.revision.to_string())
            .cell(row.updated.ansic())
            .cell(row.status)
            .cell(&row.chart)
            .cell(row.app_version);
        let cells = match (rollbacks, row.rollback_revision) {
            (Switch::Off, _) => cells,
            (Switch::On, Some(revision)) => cells.cell(revision.to_string()),
            (Switch::On, None) => cells.cell(""),
        };
        cells.cell(row.description);
    }
    format!("{}\n", table.to_text(Style::Plain))
}
