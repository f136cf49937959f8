//! What goes wrong when a template is parsed or run, in Go's words.

use std::fmt;

use crate::Fault;

/// A template that does not parse, or that failed while it ran.
///
/// Its [`Display`](fmt::Display) is exactly the text of Go's error. Where it
/// happened is there in pieces too, for those who say it in their own way.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.parts.message)]
pub struct Error {
    parts: Box<Parts>,
}

/// When it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// While the text was parsed: the text is not a template.
    Parse,
    /// While the template ran.
    Run,
    /// Before it ran: there is no template of that name.
    Missing,
}

/// Where in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name under which the text was parsed (a file, usually): not the
    /// name of the definition in it.
    pub name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The byte in the line, counted from 0 as Go does; parse errors have none.
    pub column: Option<usize>,
    /// The byte in the text, counted from 0. Of a parse error it is the last
    /// token that was read.
    pub offset: Option<usize>,
}

/// The pieces of which Go's text is made.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) detail: String,
    pub(crate) place: Option<Place>,
    pub(crate) template: String,
    pub(crate) node: String,
    pub(crate) fault: Option<Fault>,
    /// Where `{{template}}` led to it, innermost first.
    pub(crate) callers: Vec<Place>,
}

impl Error {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Box::new(parts) }
    }

    /// Returns when it went wrong.
    pub fn kind(&self) -> Kind {
        self.parts.kind
    }

    /// Returns Go's whole text, the same as [`Display`](fmt::Display).
    pub fn message(&self) -> &str {
        &self.parts.message
    }

    /// Returns what went wrong, without where: the end of Go's text.
    pub fn detail(&self) -> &str {
        &self.parts.detail
    }

    /// Returns where it went wrong; a missing template is nowhere.
    pub fn place(&self) -> Option<&Place> {
        self.parts.place.as_ref()
    }

    /// Returns the places of the `{{template}}` actions that led there, innermost
    /// first. Go does not tell them.
    pub fn callers(&self) -> &[Place] {
        &self.parts.callers
    }

    pub(crate) fn called_from(mut self, place: Place) -> Self {
        self.parts.callers.push(place);
        self
    }

    /// Returns the name of the template that ran (Go's `executing "NAME"`), or
    /// of the text that did not parse.
    pub fn template(&self) -> &str {
        &self.parts.template
    }

    /// Returns Go's printing of the piece of the template that failed (Go's
    /// `at <NODE>`), empty for parse errors.
    pub fn node(&self) -> &str {
        &self.parts.node
    }

    /// Returns why the called function refused, if that is what happened: Go's
    /// `errors.Unwrap`.
    pub fn fault(&self) -> Option<&Fault> {
        self.parts.fault.as_ref()
    }

    /// Returns what a user might do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        let detail = self.detail();
        if detail.starts_with("nil pointer evaluating") {
            Some(
                "a value on the way is not set: set it, or put the chain into parentheses, (.a.b).c",
            )
        } else if detail.starts_with("incompatible types for comparison") {
            Some(
                "numbers from values are float64, literals are int: convert one with int or float64",
            )
        } else if detail.contains("stopped after ") || detail.contains(" longer than ") {
            Some("no chart needs that much: does a template go round in circles?")
        } else if detail.contains("not defined") {
            Some("is the name spelt right, and the file that defines it there?")
        } else {
            None
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.name, self.line)?;
        self.column.map_or(Ok(()), |column| write!(formatter, ":{column}"))
    }
}
