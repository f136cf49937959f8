//! `rutter list`: the releases there are.

mod selector;

use std::cmp::Ordering;

use regex::Regex;
use serde::Serialize;

use self::selector::Selector;
use crate::{
    failure::Failure,
    grammar,
    options::{Format, Number, Output, ReadOptions, Switch},
    release::Release,
    releases::{Releases, Scope},
    session::Session,
    ui::{Style, Table, json_line, yaml},
};

/// List releases
///
/// Every release of the namespace is shown with its newest revision, sorted by name. Cluster and
/// ledger are looked at together, so releases of other machines and of Helm are in it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// List the releases of every namespace
    #[arg(short = 'A', long)]
    all_namespaces: Switch,

    /// Print names only
    #[arg(short = 'q', long)]
    short: Switch,

    /// Leave the headings of the table out
    #[arg(long)]
    no_headers: Switch,

    /// Print times in this layout of Go's, e.g. "2006-01-02 15:04:05Z0700"
    #[arg(long, value_name = "LAYOUT", default_value = "")]
    time_format: String,

    #[command(flatten)]
    order: Order,

    #[command(flatten)]
    statuses: Statuses,

    /// Show only names that match this regular expression
    #[arg(short = 'f', long, value_name = "REGEX", default_value = "")]
    filter: String,

    /// Show only releases whose labels match: a=b, a!=b, separated by commas
    #[arg(short = 'l', long, value_name = "LABELS", default_value = "")]
    selector: String,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    read: ReadOptions,

    #[command(flatten)]
    #[allow(dead_code, reason = "taken for Helm 2's sake; nothing is left to say")]
    old: OldFlags,

    #[arg(hide = true)]
    words: Vec<String>,
}

/// What had to be said before Helm 4: all statuses are shown anyway, and no column is cut.
#[derive(clap::Args, Debug)]
#[allow(dead_code, reason = "taken for Helm 2's sake; nothing is left to say")]
struct OldFlags {
    #[arg(short = 'a', long, hide = true)]
    all: Switch,

    #[arg(long, hide = true)]
    col_width: Option<Number>,
}

/// What comes first, and how much is shown.
#[derive(clap::Args, Debug)]
struct Order {
    /// Sort by the time of the last change
    #[arg(short = 'd', long)]
    date: Switch,

    /// Sort backwards
    #[arg(short = 'r', long)]
    reverse: Switch,

    /// Show at most this many; 0 is all
    #[arg(short = 'm', long, value_name = "N", default_value = "256")]
    max: Number,

    /// Leave out this many at the beginning
    #[arg(long, value_name = "N", default_value = "0")]
    offset: Number,
}

/// Which statuses are shown; none given is all.
#[derive(clap::Args, Debug)]
struct Statuses {
    /// Show deployed releases
    #[arg(long)]
    deployed: Switch,

    /// Show failed releases
    #[arg(long)]
    failed: Switch,

    /// Show releases with an operation under way
    #[arg(long)]
    pending: Switch,

    /// Show superseded revisions
    #[arg(long)]
    superseded: Switch,

    /// Show releases that were uninstalled and whose history was kept
    #[arg(long)]
    uninstalled: Switch,

    /// Show releases that are being uninstalled
    #[arg(long)]
    uninstalling: Switch,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let filter = filter(args, session)?;
    let scope = match args.all_namespaces {
        Switch::On => Scope::All,
        Switch::Off => Scope::Namespace(session.namespace()),
    };
    let mut releases = Releases::open(session, args.read)?;
    // A revision that is the newest is never superseded: who asks for these alone means all.
    let releases = match args.statuses.names().as_slice() {
        ["superseded"] => releases.all(&scope)?,
        _ => releases.newest(&scope)?,
    };
    let releases = chosen(releases, filter, args)?;
    let style = session.ui.style();
    let text = if args.short.is_on() {
        names(&releases, args.output.format)?
    } else {
        let rows: Vec<_> = releases.iter().map(|it| Row::of(it, &args.time_format)).collect();
        match args.output.format {
            Format::Json => json_line(&rows)?,
            Format::Yaml => yaml(&rows)?,
            Format::Table => table(&rows, args.no_headers, style),
        }
    };
    Ok(session.ui.print(&text)?)
}

/// Returns the regular expression that names must match: the flag's, or the word's, as Helm 2 had it.
fn filter<'a>(args: &'a Args, session: &Session) -> Result<&'a str, Failure> {
    match args.words.as_slice() {
        [word] if args.filter.is_empty() => Ok(word),
        words => {
            grammar::none(session.settings.program, "list", words)?;
            Ok(&args.filter)
        }
    }
}

/// Returns what is shown, in Helm's order of steps (`action.List.Run`).
fn chosen(mut releases: Vec<Release>, filter: &str, args: &Args) -> Result<Vec<Release>, Failure> {
    if !filter.is_empty() {
        let filter = Regex::new(filter)
            .map_err(|error| Failure::new(format_args!("error parsing regexp: {error}")))?;
        releases.retain(|it| filter.is_match(&it.name));
    }
    let found = releases.len();
    let statuses = args.statuses.names();
    if !statuses.is_empty() {
        releases.retain(|it| statuses.contains(&it.info.status.as_str()));
    }
    let selector = Selector::parse(&args.selector).map_err(Failure::new)?;
    releases.retain(|it| selector.matches(&it.labels));
    args.order.sort(&mut releases);
    let offset = usize::try_from(args.order.offset.0).unwrap_or(0);
    let max = match usize::try_from(args.order.max.0) {
        Ok(0) | Err(_) => found,
        Ok(max) => max,
    };
    Ok(releases.into_iter().skip(offset).take(max).collect())
}

impl Order {
    fn sort(&self, releases: &mut [Release]) {
        let by_name = |a: &Release, b: &Release| {
            a.name.cmp(&b.name).then_with(|| a.namespace.cmp(&b.namespace))
        };
        let by_date = |a: &Release, b: &Release| {
            let seconds = |it: &Release| it.info.last_deployed.timestamp().as_second();
            seconds(a).cmp(&seconds(b)).then_with(|| by_name(a, b))
        };
        let compare: &dyn Fn(&Release, &Release) -> Ordering =
            if self.date.is_on() { &by_date } else { &by_name };
        releases.sort_by(compare);
        if self.reverse.is_on() {
            releases.reverse();
        }
    }
}

impl Statuses {
    fn names(&self) -> Vec<&'static str> {
        let all: [(Switch, &[&str]); 6] = [
            (self.deployed, &["deployed"]),
            (self.uninstalled, &["uninstalled"]),
            (self.uninstalling, &["uninstalling"]),
            (self.pending, &["pending-install", "pending-rollback", "pending-upgrade"]),
            (self.failed, &["failed"]),
            (self.superseded, &["superseded"]),
        ];
        all.iter().filter(|(switch, _)| switch.is_on()).flat_map(|(_, it)| *it).copied().collect()
    }
}

fn names(releases: &[Release], format: Format) -> Result<String, Failure> {
    let names: Vec<&str> = releases.iter().map(|it| it.name.as_str()).collect();
    match format {
        Format::Json => json_line(&names),
        Format::Yaml => yaml(&names),
        Format::Table => Ok(names.iter().flat_map(|name| [*name, "\n"]).collect()),
    }
}

/// A release as Helm's list shows it: every field a string.
#[derive(Debug, Serialize)]
struct Row<'r> {
    name: &'r str,
    namespace: &'r str,
    revision: String,
    updated: String,
    status: &'r str,
    chart: String,
    app_version: &'r str,
}

impl<'r> Row<'r> {
    fn of(release: &'r Release, layout: &str) -> Self {
        let time = &release.info.last_deployed;
        let updated = match layout {
            _ if time.is_zero() => "-".to_owned(),
            "" => time.string(),
            layout => time.format(layout),
        };
        Self {
            name: &release.name,
            namespace: &release.namespace,
            revision: release.revision.to_string(),
            updated,
            status: &release.info.status,
            chart: release.chart_name(),
            app_version: release.app_version(),
        }
    }
}

fn table(rows: &[Row<'_>], no_headers: Switch, style: Style) -> String {
    let mut table = Table::default();
    if !no_headers.is_on() {
        let headers =
            ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"];
        headers.into_iter().fold(table.row(), |row, header| row.painted(header, Style::header));
    }
    for row in rows {
        table
            .row()
            .cell(row.name)
            .painted(row.namespace, Style::namespace)
            .cell(&row.revision)
            .cell(&row.updated)
            .painted(row.status, Style::status)
            .cell(&row.chart)
            .cell(row.app_version);
    }
    // Helm's printer ends an empty table with an empty line, too.
    format!("{}\n", table.to_text(style))
}
