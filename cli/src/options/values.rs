//! What the user says about values.

use std::{fs, io::Read as _, path::Path};

use render::{Chart, Excerpt, Overrides, Values};

use crate::{charts, failure::Failure};

/// The flags `-f` and `--set…`, as typed. Their order of precedence is fixed by kind, not by
/// place (Helm's `pkg/cli/values/options.go`).
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ValueOptions {
    /// Read values from a YAML file, or from standard input if it is `-` (repeatable)
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Set a value: a.b=1,c=x (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set a value that stays a string (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set_string: Vec<String>,
    /// Set a value to the content of a file (repeatable)
    #[arg(long, value_name = "KEY=FILE")]
    pub(crate) set_file: Vec<String>,
    /// Set a value that is JSON, or all of a JSON object (repeatable)
    #[arg(long, value_name = "KEY=JSON")]
    pub(crate) set_json: Vec<String>,
    /// Set a value to the rest of the word, whatever is in it (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set_literal: Vec<String>,
}

impl ValueOptions {
    /// Reads the files and merges everything in Helm's order.
    ///
    /// # Errors
    ///
    /// Helm's messages for files that cannot be read or are no YAML, and for words that say no
    /// value.
    pub(crate) fn merged(&self) -> Result<Values, Failure> {
        let merged = self.overrides().merge(&mut |name| content(name));
        merged.map_err(|error| Failure::from_render(&error))
    }

    /// Shows where the values were written that a schema refuses, if that is the error.
    pub(crate) fn shown(&self, failure: Failure, error: &render::Error, chart: &Chart) -> Failure {
        let render::Error::Schema(refused) = error else { return failure };
        let overrides = self.overrides();
        let mut shown: Vec<Excerpt> = Vec::new();
        for path in &refused.paths {
            let written = overrides.written(path, chart, &mut |name| content(name));
            shown.extend(written.filter(|excerpt| !shown.contains(excerpt)));
        }
        shown.iter().take(MOST_SHOWN).fold(failure, Failure::with_excerpt)
    }

    fn overrides(&self) -> Overrides {
        Overrides {
            files: self.files.iter().flat_map(|list| comma_separated(list)).collect(),
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
        }
    }
}

/// How many places of values are shown at most.
const MOST_SHOWN: usize = 5;

/// The content of a values file: a path, or `-` for standard input.
fn content(name: &str) -> Result<Vec<u8>, String> {
    let name = name.trim();
    let failed = |error: &std::io::Error| format!("open {name}: {}", charts::reason(error));
    if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        return Ok(bytes);
    }
    fs::read(Path::new(name)).map_err(|error| failed(&error))
}

/// pflag's string slice: one line of CSV, in which quotes keep commas.
pub(crate) fn comma_separated(list: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut rest = list.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(part) = parts.last_mut() else { break };
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                part.push('"');
            }
            '"' if quoted || part.is_empty() => quoted = !quoted,
            ',' if !quoted => parts.push(String::new()),
            c => part.push(c),
        }
    }
    if list.is_empty() { Vec::new() } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_at_commas_outside_of_quotes() {
        assert_eq!(comma_separated("a,b"), ["a", "b"]);
        assert_eq!(comma_separated(r#""a,b",c"#), ["a,b", "c"]);
        assert_eq!(comma_separated(r#""a""b""#), [r#"a"b"#]);
        assert!(comma_separated("").is_empty());
    }
}
