//! Where words go: standard output is data, standard error is talk.

mod json;
mod meter;
mod progress;
mod report;
mod resources;
mod style;
mod table;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

pub(crate) use self::{
    json::{json_line, yaml},
    meter::Meter,
    progress::Teller,
    report::{Content, Detail, Report, hooks},
    resources::{line, resources},
    style::Style,
    table::Table,
};

/// When colour is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Colour {
    /// On a terminal.
    #[default]
    Auto,
    /// On everything.
    Always,
    /// On nothing.
    Never,
}

/// The two streams of a command.
#[derive(Debug)]
pub(crate) struct Ui {
    out: io::BufWriter<io::Stdout>,
    colour: Colour,
}

impl Ui {
    /// Returns the streams of this process.
    pub(crate) fn new(colour: Colour) -> Self {
        Self { out: io::BufWriter::new(io::stdout()), colour }
    }

    /// Returns where data goes. It is flushed at the end of the command and before talk.
    pub(crate) fn out(&mut self) -> &mut impl Write {
        &mut self.out
    }

    /// Returns how data is styled.
    pub(crate) fn style(&self) -> Style {
        Style::when(match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => io::stdout().is_terminal(),
        })
    }

    /// Returns whether data goes to a terminal, where somebody looks at it.
    pub(crate) fn is_seen() -> bool {
        io::stdout().is_terminal()
    }

    /// Writes `text` to where data goes.
    pub(crate) fn print(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Hands everything written so far to the system.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Warns in the form of Helm's log, which tools filter out by its `level=`.
    pub(crate) fn warn(&mut self, message: &str) {
        self.talk(&format!("level=WARN msg={}", quoted(message)));
    }

    /// Warns with facts, each with its name, in the form of Helm's log.
    pub(crate) fn warn_with(&mut self, message: &str, facts: &[(&str, &str)]) {
        let mut line = format!("level=WARN msg={}", quoted(message));
        for (name, fact) in facts {
            let _ = write!(line, " {name}={}", quoted(fact));
        }
        self.talk(&line);
    }

    /// Tells something that is good to know: to the eye, or as a line of log.
    pub(crate) fn inform(&mut self, message: &str) {
        if io::stderr().is_terminal() {
            self.talk(&format!("\x1b[2m{message}\x1b[0m"));
        } else {
            self.talk(&format!("level=INFO msg={}", quoted(message)));
        }
    }

    /// Says one line to the user. That nobody hears it is no reason to stop.
    pub(crate) fn talk(&mut self, line: &str) {
        let _ = self.out.flush();
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// Returns facts as lines, each after its heading.
pub(crate) fn headed(lines: &[(&str, String)]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|(heading, fact)| format!("{heading}: {fact}\n")).collect();
    lines.concat()
}

/// Quotes a value as Go's slog text handler does: only when it has to be.
pub(crate) fn quoted(text: &str) -> String {
    let bare = !text.is_empty()
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '"' && c != '=');
    if bare { text.to_owned() } else { format!("{text:?}") }
}
