//! What the user gave: `-f` and the `--set` family, merged in Helm's order.

use rutter_gotmpl::{Map, Value};

use super::{
    Values, argument,
    documents::{Documents, Piece},
    empty, set,
};
use crate::{Error, Excerpt, excerpt, functions::json_read, yaml};

/// The arguments of `-f` and the `--set` family, each in the order given.
///
/// The order between kinds is fixed, whatever the command line's was: files,
/// then `--set-json`, `--set`, `--set-string`, `--set-file`, `--set-literal`
/// (Helm's `pkg/cli/values/options.go`). `Debug` is left out: they hold secrets.
#[derive(Clone, Default)]
pub struct Overrides {
    /// `-f`: names of values files, which may hold several documents.
    pub files: Vec<String>,
    /// `--set-json`: an object, or `key=json,…`.
    pub set_json: Vec<String>,
    /// `--set`: `key=value,…`, where values are typed.
    pub set: Vec<String>,
    /// `--set-string`: the same, but every value is a string.
    pub set_string: Vec<String>,
    /// `--set-file`: the same, but every value names a file that holds it.
    pub set_file: Vec<String>,
    /// `--set-literal`: `key=value`, where the value is everything to the end.
    pub set_literal: Vec<String>,
}

impl Overrides {
    /// Merges all of them; `read` gives a file's content, or says why not in the
    /// words that the user shall see.
    ///
    /// # Errors
    ///
    /// Helm's: a file that cannot be read or is no YAML map, an argument that
    /// does not parse.
    pub fn merge(
        &self,
        read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Values, Error> {
        let mut base = empty();
        for file in &self.files {
            let bytes = read(file).map_err(Error::Values)?;
            let values = load(file, &bytes).map_err(|source| Error::File {
                action: "failed to parse",
                file: file.clone(),
                source: Box::new(source),
            })?;
            base = merged(&base, &values);
        }
        for given in &self.set_json {
            base = with_json(base, given)?;
        }
        for given in &self.set {
            set::typed(given, &base).map_err(argument::refused("--set", given))?;
        }
        for given in &self.set_string {
            set::text(given, &base).map_err(argument::refused("--set-string", given))?;
        }
        for given in &self.set_file {
            set::file(given, &base, read).map_err(argument::refused("--set-file", given))?;
        }
        for given in &self.set_literal {
            set::literal(given, &base).map_err(argument::refused("--set-literal", given))?;
        }
        Ok(Values::new(base))
    }
}

/// Reads a values file: several documents merge, the later winning.
pub(crate) fn load(file: &str, bytes: &[u8]) -> Result<Map, Error> {
    let mut values = empty();
    for document in Documents::of(bytes) {
        let Piece { text, before } = document?;
        let map = yaml::read_map(text).map_err(|error| {
            let at = error.line().zip(error.column()).map(|(at, column)| (before + at, column));
            let text = format!("cannot unmarshal yaml document: {error}");
            let excerpt = at.map(|at| Box::new(masked(file, bytes, at).labelled(said(&error))));
            Error::Yaml { text, at, excerpt }
        })?;
        values = merged(&values, &map);
    }
    Ok(values)
}

/// What the reader says of a text, without where.
fn said(error: &yaml::Error) -> &str {
    let problem = error.problem();
    // go-yaml quotes what it found in backquotes: that may be a value.
    if problem.contains('`') { "" } else { problem.rsplit(": ").next().unwrap_or_default() }
}

/// Returns the lines around a place in a file of values, whose keys are shown and no values.
pub(super) fn masked(file: &str, bytes: &[u8], at: (usize, usize)) -> Excerpt {
    let text = String::from_utf8_lossy(bytes);
    let excerpt = Excerpt::at(file, (&text, at), excerpt::hidden);
    excerpt.noted("values are not shown: they may be secret")
}

/// Merges `over` onto `under` into a new map: maps merge, all else replaces, and
/// null is a value like any other.
fn merged(under: &Map, over: &Map) -> Map {
    let out = empty();
    out.entries.borrow_mut().clone_from(&under.entries.borrow());
    for (key, value) in over.entries.borrow().iter() {
        let both = match (out.entries.borrow().get(key), value) {
            (Some(Value::Map(under)), Value::Map(over)) => Value::Map(merged(under, over)),
            _ => value.clone(),
        };
        out.entries.borrow_mut().insert(key.clone(), both);
    }
    out
}

fn with_json(base: Map, given: &str) -> Result<Map, Error> {
    let trimmed = given.trim();
    let refuse = |what, (reason, at): (&str, usize)| {
        let excerpt = Some(Box::new(argument::shown_json(given, reason, at)));
        Error::FlagJson { what, argument: given.to_owned(), excerpt }
    };
    if !trimmed.starts_with('{') {
        set::json(given, &base).map_err(|it| refuse("", (&it.reason, it.at)))?;
        return Ok(base);
    }
    match json_read::read(trimmed).map_err(|error| refuse(" JSON:", (&error.0, 0)))? {
        Value::Map(map) => Ok(merged(&base, &map)),
        _ => Err(refuse(" JSON:", ("", 0))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merge(overrides: &Overrides, files: &[(&str, &str)]) -> Result<serde_json::Value, String> {
        let mut read = |name: &str| {
            let found = files.iter().find(|(file, _)| *file == name);
            found
                .map(|(_, text)| text.as_bytes().to_vec())
                .ok_or_else(|| format!("open {name}: no such file or directory"))
        };
        overrides.merge(&mut read).map(|values| values.to_json()).map_err(|error| {
            let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
            format!("{error}{}", source.unwrap_or_default())
        })
    }

    fn strings(arguments: &[&str]) -> Vec<String> {
        arguments.iter().map(|argument| (*argument).to_owned()).collect()
    }

    #[test]
    fn the_kind_of_flag_decides_which_wins_as_in_helm() {
        let overrides = Overrides {
            set_literal: strings(&["a=4"]),
            set_string: strings(&["a=9", "b=1"]),
            set: strings(&["b=2,c=3"]),
            set_json: strings(&[r#"{"c":{"d":1}}"#, "e=[1],f=null"]),
            ..Overrides::default()
        };
        let want = json!({"a": "4", "b": "1", "c": 3, "e": [1], "f": null});
        assert_eq!(merge(&overrides, &[]), Ok(want));
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error_in_the_reader_s_words() {
        let overrides = Overrides { files: strings(&["x"]), ..Overrides::default() };
        assert_eq!(merge(&overrides, &[]), Err("open x: no such file or directory".to_owned()));
        let overrides = Overrides { set_file: strings(&["a=x"]), ..Overrides::default() };
        let want = "failed parsing --set-file data: open x: no such file or directory";
        assert_eq!(merge(&overrides, &[]), Err(want.to_owned()));
    }

    #[test]
    fn what_helm_says_of_bad_json() {
        let overrides = Overrides { set_json: strings(&["a={bad"]), ..Overrides::default() };
        assert_eq!(merge(&overrides, &[]), Err("failed parsing --set-json data a={bad".to_owned()));
    }

    // Expected values: Helm's `loader.LoadValues`, asked through `tests/oracle/helm`.
    #[test]
    fn documents_are_split_at_bare_separators_and_at_no_others() {
        let read = |text: &str| {
            let overrides = Overrides { files: strings(&["v"]), ..Overrides::default() };
            merge(&overrides, &[("v", text)])
        };
        let all = json!({"a": 1, "b": 2, "c": 3});
        assert_eq!(read("a: 1\n---\nb: 2\n--- # why\nc: 3\n---  \n"), Ok(all));
        assert_eq!(read("\n---#"), Ok(json!({})));
        let refused = |text: &str, why: &str| {
            assert_eq!(read(text), Err(format!("failed to parse v: {why}")));
        };
        refused("---x", "error reading yaml document: invalid Yaml document separator: x");
        refused(
            "a: 1\n--- {b: 2}",
            "error reading yaml document: invalid Yaml document separator: {b: 2}",
        );
        let converting =
            "cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 2:";
        refused("\"", &format!("{converting} found unexpected end of stream"));
        refused("---\n\t", &format!("{converting} found character that cannot start any token"));
    }
}
