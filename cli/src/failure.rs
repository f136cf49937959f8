//! Why a command ended badly, as its user is told: what, from what, and what to do about it.
//!
//! The first line is Helm's (`Error: ` and the chain of causes joined by colons), because scripts
//! and eyes look for it. What we have to add comes below.

use std::{error::Error, fmt, io};

use render::Excerpt;

/// The end of a command that did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads our output any more, which is nobody's mistake.
    BrokenPipe,
    /// Something was refused or went wrong.
    Said(Said),
}

/// What is said about a failure.
#[derive(Debug)]
pub(crate) struct Said {
    message: String,
    /// The places that it is about, with the lines there.
    excerpts: Vec<String>,
    hint: Option<String>,
    /// What an administrator can apply against it.
    manifest: Option<String>,
    cause: Cause,
    code: u8,
}

/// What kind of failure it is, as far as somebody decides on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Any.
    Any,
    /// A right is missing.
    Denied,
    /// The server does not know who we are.
    Unknown,
    /// What was asked for is done; something beside it is not.
    Beside,
}

impl Failure {
    /// Says `message`, which is the whole of Helm's text after `Error: `. Exit code 1.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        let message = harmless(&message.to_string());
        Self::Said(Said {
            message,
            excerpts: Vec::new(),
            hint: None,
            manifest: None,
            cause: Cause::Any,
            code: 1,
        })
    }

    /// Says what `error` says and what caused it, joined as Go joins wrapped errors.
    pub(crate) fn from_error(error: &(dyn Error + 'static)) -> Self {
        Self::new(chain(error))
    }

    /// Says what render says, where, and what to do about it.
    pub(crate) fn from_render(error: &render::Error) -> Self {
        Self::from_error(error).about(error)
    }

    /// Adds where an error of render's is, and what to do about it.
    pub(crate) fn about(self, error: &render::Error) -> Self {
        let failure = self.with_hint_of(error.hint());
        error.excerpts().into_iter().fold(failure, Self::with_excerpt)
    }

    /// Shows a place, with the lines there, below the message.
    pub(crate) fn with_excerpt(mut self, excerpt: &Excerpt) -> Self {
        if let Self::Said(said) = &mut self {
            said.excerpts.push(harmless(&excerpt.to_string()));
        }
        self
    }

    /// Adds what the user can do, unless something was said already.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Said(said) = &mut self {
            said.hint.get_or_insert_with(|| harmless(&hint.into()));
        }
        self
    }

    /// Adds a hint if there is one.
    pub(crate) fn with_hint_of(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.with_hint(hint),
            None => self,
        }
    }

    /// Says what kind of failure it is.
    pub(crate) fn with_cause(mut self, cause: Cause) -> Self {
        if let Self::Said(said) = &mut self {
            said.cause = cause;
        }
        self
    }

    /// Returns whether it is of this kind.
    pub(crate) fn is(&self, cause: Cause) -> bool {
        matches!(self, Self::Said(said) if said.cause == cause)
    }

    /// Says what the user can do in place of what was said.
    pub(crate) fn with_other_hint(mut self, hint: &str) -> Self {
        if let Self::Said(said) = &mut self {
            said.hint = Some(harmless(hint));
        }
        self
    }

    /// Shows below the hint what an administrator can apply against it.
    pub(crate) fn with_manifest(mut self, manifest: String) -> Self {
        if let Self::Said(said) = &mut self {
            said.manifest = Some(manifest);
        }
        self
    }

    /// Puts `prefix: ` before the message, as Helm does with `INSTALLATION FAILED`. What is done
    /// has not failed, whatever else has.
    pub(crate) fn prefixed(mut self, prefix: &str) -> Self {
        if let Self::Said(said) = &mut self
            && said.cause != Cause::Beside
        {
            said.message = format!("{prefix}: {}", said.message);
        }
        self
    }

    /// Puts `prefix: ` before a message that says that the cluster cannot be reached.
    pub(crate) fn unreachable(self, prefix: &str) -> Self {
        match &self {
            Self::Said(said) if said.message.starts_with("kubernetes cluster unreachable") => {
                self.prefixed(prefix)
            }
            _ => self,
        }
    }

    /// Returns whether the message is this one.
    pub(crate) fn says(&self, message: &str) -> bool {
        matches!(self, Self::Said(said) if said.message == message)
    }

    /// Returns the message, for a line of a list.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::BrokenPipe => "broken pipe".to_owned(),
            Self::Said(said) => said.message.clone(),
        }
    }

    /// Returns the hint, if there is one.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::BrokenPipe => None,
            Self::Said(said) => said.hint.as_deref(),
        }
    }

    /// Ends with `code` instead of 1: for words of our own only (`ledger verify`).
    pub(crate) fn with_code(mut self, code: u8) -> Self {
        if let Self::Said(said) = &mut self {
            said.code = code;
        }
        self
    }

    /// Returns the code that the process ends with.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::BrokenPipe => 0,
            Self::Said(said) => said.code,
        }
    }
}

impl Failure {
    /// Returns what is said on standard error by a program of that name. As `helm`, whose messages
    /// scripts compare, what is not Helm's are lines of log.
    pub(crate) fn text(&self, program: &str) -> String {
        legible(match self {
            Self::Said(said) if program == "helm" => {
                let excerpts = said.excerpts.iter().flat_map(|excerpt| excerpt.lines());
                let hint = said.hint.iter().map(|hint| format!("hint: {hint}"));
                let ours = excerpts.map(str::to_owned).chain(hint);
                let logged = ours.map(|line| format!("level=INFO msg={line:?}"));
                let first = format!("Error: {}", said.message);
                std::iter::once(first).chain(logged).collect::<Vec<_>>().join("\n")
            }
            _ => self.to_string(),
        })
    }
}

/// Writes control characters as escapes: a message may quote what a stranger wrote, and a terminal
/// must not obey it.
fn legible(text: String) -> String {
    let is_order = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(is_order) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if is_order(c) {
            clean.extend(c.escape_default());
        } else {
            clean.push(c);
        }
    }
    clean
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Said(said) = self else { return Ok(()) };
        write!(f, "Error: {}", said.message)?;
        for (number, excerpt) in said.excerpts.iter().enumerate() {
            let is_apart = number > 0 || said.message.ends_with('\n');
            write!(f, "{}{excerpt}", if is_apart { "\n" } else { "\n\n" })?;
        }
        if let Some(hint) = &said.hint {
            write!(f, "\n\nhint: {hint}")?;
        }
        match &said.manifest {
            Some(manifest) => write!(
                f,
                "\nThis is all that it needs, for an administrator to apply (`--print-rbac` prints \
                 it alone):\n\n{}",
                manifest.trim_end()
            ),
            None => Ok(()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::from_error(&error),
        }
    }
}

/// The text with escapes in place of control characters: a server's words reach a terminal, and
/// must not steer it.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns the message of `error` and of everything that caused it, outermost first.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_helms_line_then_a_hint() {
        let failure = Failure::new("release: not found").with_hint("it was uninstalled");
        assert_eq!(failure.to_string(), "Error: release: not found\n\nhint: it was uninstalled");
        assert_eq!(failure.code(), 1);
    }

    #[test]
    fn a_message_gives_the_terminal_no_orders() {
        let failure = Failure::new("no \u{1b}[2J\u{9b}m\r here\n\tat all");
        let text = "Error: no \\u{1b}[2J\\u{9b}m\\r here\n\tat all";
        assert_eq!(failure.text("rutter"), text);
    }

    #[test]
    fn what_a_server_says_does_not_steer_a_terminal() {
        let failure = Failure::new("no chart \u{1b}[31mred\r\n\tfound");
        assert_eq!(failure.to_string(), "Error: no chart \\u{1b}[31mred\\r\n\tfound");
    }

    #[test]
    fn a_reader_that_left_is_no_failure() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(failure.code(), 0);
    }
}
