//! What a meaning looks like: Helm's colours for its tables, and ours for progress.

/// Turns meanings into colour, or leaves the text alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    /// Text as it is.
    Plain,
    /// ANSI colours.
    Coloured,
}

impl Style {
    /// Returns the style for a stream that shows colour or does not.
    pub(crate) fn when(colour: impl Into<bool>) -> Self {
        if colour.into() { Self::Coloured } else { Self::Plain }
    }

    /// A heading of a table: bold.
    pub(crate) fn header(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// The name of a namespace: cyan.
    pub(crate) fn namespace(self, text: &str) -> String {
        self.paint("36", text)
    }

    /// The status of a release: green, red, yellow, blue as in Helm's `coloroutput`.
    pub(crate) fn status(self, status: &str) -> String {
        let code = match status {
            "deployed" => "32",
            "failed" | "unknown" => "31",
            "pending-install" | "pending-upgrade" | "pending-rollback" | "uninstalling" => "33",
            _ => return status.to_owned(),
        };
        self.paint(code, status)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
