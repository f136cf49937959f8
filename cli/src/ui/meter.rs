//! How far a download is: one line on a terminal that is written over and over, and gone at the end.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

/// What takes less time than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the line is written.
const PACE: Duration = Duration::from_millis(100);

/// The line of one download.
#[derive(Debug)]
pub(crate) struct Meter {
    label: String,
    total: Option<u64>,
    next: Instant,
    state: State,
}

/// What is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nobody is looking.
    Off,
    /// Nothing yet.
    Waiting,
    /// A line.
    Shown,
}

impl Meter {
    /// Starts a line that is shown only on a terminal; `total` is in bytes.
    pub(crate) fn new(label: &str, total: Option<u64>) -> Self {
        let state = if io::stderr().is_terminal() { State::Waiting } else { State::Off };
        Self { label: label.to_owned(), total, next: Instant::now() + PATIENCE, state }
    }

    /// Says how many bytes came.
    pub(crate) fn reached(&mut self, bytes: u64) {
        let now = Instant::now();
        if self.state == State::Off || now < self.next {
            return;
        }
        self.next = now + PACE;
        self.state = State::Shown;
        let _ = write!(io::stderr(), "\r\x1b[K{}", line(&self.label, bytes, self.total));
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.state == State::Shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(label: &str, bytes: u64, total: Option<u64>) -> String {
    match total {
        Some(total) if total > 0 => {
            let percent = bytes.saturating_mul(100) / total;
            format!("  {label}: {} of {} ({percent} %)", amount(bytes), amount(total))
        }
        _ => format!("  {label}: {}", amount(bytes)),
    }
}

/// Megabytes with one digit behind the point.
fn amount(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_much_of_how_much() {
        assert_eq!(line("a.tgz", 1_250_000, Some(5_000_000)), "  a.tgz: 1.2 MB of 5.0 MB (25 %)");
        assert_eq!(line("a.tgz", 1_250_000, None), "  a.tgz: 1.2 MB");
    }
}
