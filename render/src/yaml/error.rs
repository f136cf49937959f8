//! Why a text is no YAML, in go-yaml's words, and where.

use super::write::CANNOT_MARSHAL;

/// An error with go-yaml's text, as Helm prints it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    place: Option<(usize, usize)>,
}

impl Error {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None }
    }

    pub(super) fn at(mut self, line: usize, column: usize) -> Self {
        self.place = Some((line, column));
        self
    }

    /// Puts Go's words for the step that failed before the message.
    pub(super) fn during(mut self, step: &str) -> Self {
        self.message.insert_str(0, ": ");
        self.message.insert_str(0, step);
        self
    }

    /// Returns whether Go panics with it: it is an error even to those who swallow errors.
    pub(crate) fn is_panic(&self) -> bool {
        self.message.starts_with(CANNOT_MARSHAL)
    }

    /// Returns the line in which reading stopped, counted from one. It is the
    /// true line: the one in the message is go-yaml's, which may be one less.
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }

    /// Returns the column in which reading stopped, in characters from one.
    pub fn column(&self) -> Option<usize> {
        self.place.map(|(_, column)| column)
    }

    /// Returns the message from `yaml: ` on, without the step that failed.
    pub fn problem(&self) -> &str {
        self.message.find("yaml: ").and_then(|at| self.message.get(at..)).unwrap_or(&self.message)
    }
}
