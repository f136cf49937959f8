//! Whose words are taken: Helm 4's, or Helm 2's as well where a line must be guessed at.
//!
//! What Helm 4 refuses and is harmless is taken always. What must be guessed (a release without a
//! name, `-n` as its name, a bare `mysql`) only where the user said so, once: `rutter init` writes
//! it into the configuration file, `RUTTER_WORDS` wins over that. The file is read when a guess
//! could be made, and not before.

use std::{env, fmt, fs, io, path::PathBuf};

use crate::{
    charts::{named, reason},
    failure::Failure,
    settings::Settings,
};

/// The variable that says whose words are taken.
const VARIABLE: &str = "RUTTER_WORDS";

/// What a new configuration file begins with.
const PREAMBLE: &str = "# rutter's configuration\n\n\
    # helm2: a line that only Helm 2 would understand is taken as Helm 2 meant it.\n\
    # helm4, or nothing: it is refused as Helm 4 refuses it.\n";

/// Whose words are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Words {
    /// Helm 4's alone.
    #[default]
    Helm4,
    /// Helm 2's, where Helm 4 has no meaning for a line.
    Helm2,
}

/// The part of the configuration file that is known here.
#[derive(Debug, Default, serde::Deserialize)]
struct Configuration {
    words: Option<String>,
}

impl Words {
    /// Returns whose words are taken here: `RUTTER_WORDS`, else the configuration file, else
    /// Helm 4's.
    ///
    /// # Errors
    ///
    /// Fails on a word that is neither, and on a file that cannot be read.
    pub(crate) fn chosen(settings: &Settings) -> Result<Self, Failure> {
        match env::var(VARIABLE).unwrap_or_default().as_str() {
            "" => Self::configured(settings),
            word => Self::of(word).ok_or_else(|| unknown(VARIABLE, word)),
        }
    }

    fn configured(settings: &Settings) -> Result<Self, Failure> {
        let path = file(settings);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Helm4),
            text => text.map_err(|error| named(&path, &error))?,
        };
        let place = path.display();
        let configuration: Configuration = toml::from_str(&text).map_err(|error| {
            Failure::new(format_args!("{place}: {}", error.message()))
                .with_hint("the file is TOML: words = \"helm2\"")
        })?;
        match configuration.words.as_deref() {
            None => Ok(Self::Helm4),
            Some(word) => Self::of(word).ok_or_else(|| unknown(&place.to_string(), word)),
        }
    }

    fn of(word: &str) -> Option<Self> {
        match word {
            "helm2" => Some(Self::Helm2),
            "helm4" => Some(Self::Helm4),
            _ => None,
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Helm4 => "helm4",
            Self::Helm2 => "helm2",
        })
    }
}

/// Returns where the configuration file is: in the folder that holds the ledger.
pub(crate) fn file(settings: &Settings) -> PathBuf {
    settings.folders.rutter.join("config.toml")
}

/// Writes `words = "helm2"` into the configuration file and leaves the rest of it as it is.
///
/// # Errors
///
/// Fails where the file cannot be written.
pub(crate) fn choose_helm2(settings: &Settings) -> Result<(), Failure> {
    let path = file(settings);
    let before = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => PREAMBLE.to_owned(),
        text => text.map_err(|error| named(&path, &error))?,
    };
    let after = with_helm2(&before);
    if after == before {
        return Ok(());
    }
    let written = path.with_extension("toml.new");
    let refused = |error: &io::Error| {
        Failure::new(format_args!("open {}: {}", written.display(), reason(error)))
    };
    fs::write(&written, after).map_err(|error| refused(&error))?;
    fs::rename(&written, &path).map_err(|error| named(&path, &error))
}

/// Sets the key in a file's text. It is a key of the top: it stands before the first table.
fn with_helm2(text: &str) -> String {
    const LINE: &str = "words = \"helm2\"";
    let key = |line: &str| line.split('=').next().is_some_and(|key| key.trim() == "words");
    let is_table = |line: &str| line.trim_start().starts_with('[');
    let top = text.lines().take_while(|line| !is_table(line)).count();
    let mut lines: Vec<&str> = text.lines().collect();
    match lines.iter().take(top).position(|line| key(line)) {
        Some(at) => lines.splice(at..=at, [LINE]).for_each(drop),
        None => lines.insert(top, LINE),
    }
    lines.join("\n") + "\n"
}

fn unknown(place: &str, word: &str) -> Failure {
    Failure::new(format_args!("{place}: unknown words {word:?}"))
        .with_hint("helm2 takes Helm 2's words, too; helm4 takes Helm 4's alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read back by the `toml` crate, not by the code that writes.
    fn words(text: &str) -> Option<String> {
        toml::from_str::<Configuration>(text).unwrap().words
    }

    #[test]
    fn the_words_are_written_beside_what_a_file_says_already() {
        assert_eq!(words(&with_helm2(PREAMBLE)).unwrap(), "helm2");
        for before in
            ["", "words = 'helm4'\n", "# mine\nwords=\"helm2\"\n[a]\nwords = 1\n", "[a]\nb = 1"]
        {
            let after = with_helm2(before);
            assert_eq!(words(&after).unwrap(), "helm2", "{before:?} became {after:?}");
            assert_eq!(with_helm2(&after), after);
        }
        assert_eq!(with_helm2("a = 1\n[b]\nc = 2\n"), "a = 1\nwords = \"helm2\"\n[b]\nc = 2\n");
    }
}
