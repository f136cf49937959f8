//! What Tera refuses, in the form of Helm's errors.

use std::collections::BTreeMap;

use ::tera::{Error, ErrorKind};

use super::names;
use crate::{Excerpt, Place, TemplateError, functions, nearest};

/// What is known of an error.
#[derive(Default)]
struct Known {
    message: String,
    file: String,
    line: usize,
    /// In characters, from one.
    column: usize,
    /// How many characters are at fault.
    length: usize,
    notes: Vec<String>,
}

/// Says that templates do not parse, or ask for what is not there.
pub(super) fn parse(base: &str, error: &Error, texts: &BTreeMap<String, String>) -> crate::Error {
    let known = known(error);
    let text = match known.file.as_str() {
        "" => format!("parse error in ({base}): {}", known.message),
        file => format!("parse error at ({file}:{}): {}", known.line, known.message),
    };
    let hint = "the chart itself is at fault, whatever its values: look at that line of it";
    refused(TemplateError { hint: Some(hint), ..described(text, &known, texts) })
}

/// Says that a template failed while it ran; of an output that is refused Tera does not know why.
pub(super) fn run(
    name: &str,
    error: &Error,
    (texts, refusal): (&BTreeMap<String, String>, Option<String>),
) -> crate::Error {
    let mut known = known(error);
    if matches!(error.kind(), ErrorKind::Io(_)) {
        let too_long = || format!("it wrote more than {} MiB", super::MAX_OUTPUT >> 20);
        known.message = refusal.unwrap_or_else(too_long);
    }
    let raised = functions::raised(&known.message).map(str::to_owned);
    let message = raised.clone().unwrap_or_else(|| known.message.clone());
    known.message.clone_from(&message);
    let text = match known.file.as_str() {
        "" => format!("execution error in ({name}): {message}"),
        file => {
            let Known { line, column, .. } = &known;
            format!("execution error at ({file}:{line}:{column}): {message}")
        }
    };
    let hint = if raised.is_some() {
        "the chart asks for other values: set what it names, with --set or -f"
    } else {
        "`rutter show values` shows which values the chart expects"
    };
    let raised = raised.is_some();
    refused(TemplateError { raised, hint: Some(hint), ..described(text, &known, texts) })
}

/// Says that a template cannot run, whatever is in it.
pub(super) fn plain(name: &str, message: &str) -> crate::Error {
    let text = format!("execution error in ({name}): {message}");
    refused(described(text, &Known::default(), &BTreeMap::new()))
}

fn known(error: &Error) -> Known {
    let report = error.to_string();
    match error.kind() {
        ErrorKind::SyntaxError(fault) | ErrorKind::RenderingError(fault) => {
            let span = fault.span();
            let width = span.end_col.saturating_sub(span.start_col);
            Known {
                message: fault.message().to_owned(),
                file: fault.filename().to_owned(),
                line: span.start_line,
                column: span.start_col + 1,
                length: if span.start_line == span.end_line { width } else { 1 },
                notes: notes(&report),
            }
        }
        _ => read(&report),
    }
}

/// Reads Tera's report on the first of several faults: `error: …`, then `--> FILE:LINE:COLUMN`.
fn read(report: &str) -> Known {
    let mut lines = report.lines();
    let first = lines.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    let place = lines.next().and_then(|line| line.trim_start().strip_prefix("--> "));
    let Some((file, line, column)) = place.and_then(split) else {
        return Known { message: report.to_owned(), ..Known::default() };
    };
    let length =
        report.lines().find_map(|line| line.split_once('^').map(|(_, rest)| rest.len() + 1));
    let more = report.matches("\n\nerror: ").count();
    let notes = if more == 0 { Vec::new() } else { vec![format!("and {more} more of the kind")] };
    let file = file.to_owned();
    Known { message, file, line, column, length: length.unwrap_or(1), notes }
}

/// `note: called from FILE:LINE:COLUMN`, innermost first.
fn notes(report: &str) -> Vec<String> {
    let notes = report.lines().filter_map(|line| line.strip_prefix("note: "));
    let included = |note: &str| note.replacen("called from", "included from", 1);
    notes.map(included).collect()
}

fn split(place: &str) -> Option<(&str, usize, usize)> {
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, line.parse().ok()?, column.parse().ok()?))
}

fn refused(error: TemplateError) -> crate::Error {
    crate::Error::Template(Box::new(error))
}

/// Adds the lines that it is about.
fn described(text: String, known: &Known, texts: &BTreeMap<String, String>) -> TemplateError {
    let place = (!known.file.is_empty()).then(|| Place {
        file: known.file.clone(),
        line: known.line,
        column: known.column.checked_sub(1),
    });
    let excerpt = texts.get(&known.file).map(|text| {
        let start = crate::excerpt::offset(text, (known.line, known.column));
        let marked = text.get(start..).unwrap_or_default().chars().take(known.length);
        let length: usize = marked.map(char::len_utf8).sum();
        let excerpt = Excerpt::new(&known.file, text, &(start..start + length.max(1)));
        let excerpt = match meant(&known.message) {
            Some(name) => excerpt.noted(format!("did you mean `{name}`?")),
            None => excerpt,
        };
        known.notes.iter().fold(excerpt, Excerpt::noted)
    });
    TemplateError { text, place, excerpt, chain: Vec::new(), raised: false, hint: None }
}

/// Returns the filter or function that was probably meant by one that is not known.
fn meant(message: &str) -> Option<String> {
    let starts = ["Unknown filter `", "Unknown function `"];
    let rest = starts.iter().find_map(|start| message.strip_prefix(start))?;
    nearest::nearest(rest.strip_suffix('`')?, names::all())
}
