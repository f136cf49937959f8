//! Errors of the template engine in Helm's words (its `engine.go`).

use rutter_gotmpl::{self as gotmpl, TemplateSet};

use super::{context::Templates, places};
use crate::{Place, TemplateError, functions};

/// What an error is about: the templates, by file and as they were parsed.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) templates: &'a Templates,
    pub(super) set: &'a TemplateSet,
}

/// Says that `file` does not parse.
pub(super) fn parse(file: &str, error: &gotmpl::Error, about: About<'_>) -> TemplateError {
    let parts: Vec<&str> = error.message().split(": ").collect();
    let hint = Some("the chart itself is at fault, whatever its values: look at that line of it");
    let text = match parts.as_slice() {
        [_, location, .., last] => format!("parse error at ({location}): {last}"),
        [_, last] => format!("parse error at ({last}): {last}"),
        _ => format!("parse error in ({file}): {}", error.message()),
    };
    TemplateError { hint, ..described(text, error, about) }
}

/// Says that `file` failed while it ran.
pub(super) fn run(file: &str, error: &gotmpl::Error, about: About<'_>) -> TemplateError {
    if error.kind() == gotmpl::Kind::Missing {
        return described(error.message().to_owned(), error, about);
    }
    let mut parts = error.message().splitn(3, ": ");
    let (Some(_), Some(location), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        let text = format!("execution error in ({file}): {}", error.message());
        return described(text, error, about);
    };
    if let Some(message) = functions::raised(rest) {
        let text = format!("execution error at ({location}): {message}");
        let hint = Some("the chart asks for other values: set what it names, with --set or -f");
        return TemplateError { raised: true, hint, ..described(text, error, about) };
    }
    let text = frames(error).unwrap_or_else(|| error.message().to_owned());
    described(text, error, about)
}

/// Returns a frame for each link of the chain, or nothing if one of them is not
/// the template engine's own.
fn frames(error: &gotmpl::Error) -> Option<String> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut add = |text: &str| -> Option<()> {
        let frame = Frame::read(text)?;
        if frames.last() != Some(&frame) {
            frames.push(frame);
        }
        Some(())
    };
    let mut current = error;
    loop {
        add(current.message())?;
        let Some(fault) = current.fault() else { break };
        add(&fault.message)?;
        let Some(cause) = fault.cause.as_deref() else { break };
        current = cause;
    }
    let text: String = frames.iter().map(Frame::print).collect();
    Some(text.trim().to_owned())
}

/// One link: where, what was executed, what was wrong.
#[derive(PartialEq, Eq)]
struct Frame {
    location: String,
    executed: String,
    message: String,
}

impl Frame {
    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("template: ")?;
        if rest.starts_with("no template ") {
            let (location, executed) = (String::new(), String::new());
            return Some(Self { location, executed, message: text.to_owned() });
        }
        Self::read_executing(rest).or_else(|| {
            let (location, message) = rest.rsplit_once(": ")?;
            let (location, executed) = (location.to_owned(), String::new());
            Some(Self { location, executed, message: before_next(message).to_owned() })
        })
    }

    fn read_executing(text: &str) -> Option<Self> {
        let (location, rest) = text.split_once(": executing ")?;
        let (name, rest) = rest.strip_prefix('"')?.split_once('"')?;
        let (node, message) = rest.strip_prefix(" at <")?.split_once(">: ")?;
        Some(Self {
            location: location.to_owned(),
            executed: format!("executing \"{name}\" at <{node}>:"),
            message: before_next(message).to_owned(),
        })
    }

    fn print(&self) -> String {
        let mut text = String::new();
        for (part, end) in
            [(&self.location, "\n  "), (&self.executed, "\n    "), (&self.message, "\n")]
        {
            if !part.is_empty() {
                text.push_str(part);
                text.push_str(end);
            }
        }
        text
    }
}

/// The message of a link ends where the text of the next one begins.
fn before_next(message: &str) -> &str {
    message.split_once(" template:").map_or(message, |(before, _)| before)
}

/// Adds the places to a text: the chain outermost first, and the lines of the innermost that is
/// in a file.
fn described(text: String, error: &gotmpl::Error, about: About<'_>) -> TemplateError {
    let mut chain = Vec::new();
    let mut hint = None;
    let mut innermost = error;
    let mut current = Some(error);
    while let Some(link) = current {
        chain.extend(link.callers().iter().rev().chain(link.place()).cloned());
        hint = link.hint().or(hint);
        innermost = link;
        current = link.fault().and_then(|fault| fault.cause.as_deref());
    }
    let excerpt = places::of_error(innermost, &chain, about);
    let mut chain: Vec<Place> = chain.into_iter().map(Place::from).collect();
    let place = chain.pop();
    let hint = hint.or(Some("`rutter show values` shows which values the chart expects"));
    TemplateError { text, place, excerpt, chain, raised: false, hint }
}

impl From<gotmpl::Place> for Place {
    fn from(place: gotmpl::Place) -> Self {
        Self { file: place.name, line: place.line, column: place.column }
    }
}
