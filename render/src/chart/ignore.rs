//! `.helmignore`: which files of a folder are not part of the chart.

use std::collections::HashSet;

use crate::{Error, pattern::Pattern};

/// The longest line that Helm reads (`bufio.MaxScanTokenSize`), in bytes.
const MAX_LINE: usize = 64 * 1024;

/// The rules of one `.helmignore`, and Helm's own: which files of a folder are not part of the
/// chart.
///
/// Paths are relative to the chart's folder, with `/` between their parts.
pub struct Ignore {
    /// Rules that are a name: what is so called is left out, wherever it lies.
    names: HashSet<String>,
    rules: Vec<Rule>,
}

struct Rule {
    pattern: Pattern,
    sense: Sense,
    subject: Subject,
    folders_only: bool,
}

/// Which files a rule leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// Those that match.
    Matching,
    /// Those that do not: `!` before the pattern.
    Others,
}

/// What a pattern is compared with.
#[derive(Clone, Copy)]
enum Subject {
    /// The whole path.
    Path,
    /// Its last part.
    Name,
}

/// What lies at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    File,
    Folder,
}

impl Ignore {
    /// Reads a `.helmignore`; an empty one leaves out what Helm always does.
    ///
    /// # Errors
    ///
    /// Helm's texts, for a pattern that is none and for `**`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        Self::parse_lines(bytes).map_err(Error::Chart)
    }

    fn parse_lines(bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut ignore = Self { names: HashSet::new(), rules: Vec::new() };
        // Hidden files among the templates are never part of a chart.
        for line in text.lines().chain(["templates/.?*"]) {
            if line.len() >= MAX_LINE {
                return Err("bufio.Scanner: token too long".to_owned());
            }
            ignore.add(line.trim())?;
        }
        Ok(ignore)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported".to_owned());
        }
        let is_name = !line.starts_with('!') && !line.contains(['/', '*', '?', '[', '\\']);
        if is_name {
            self.names.insert(line.to_owned());
        } else {
            self.rules.push(Rule::parse(line)?);
        }
        Ok(())
    }

    /// Returns whether the file at `path`, or a folder on the way, is left out.
    pub fn ignores_file(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        folders.any(|folder| self.ignores(folder, Entry::Folder)) || self.ignores(path, Entry::File)
    }

    /// Returns whether the folder at `path` is left out, with all that is in it.
    pub fn ignores_folder(&self, path: &str) -> bool {
        self.ignores(path, Entry::Folder)
    }

    /// A negated rule leaves out whatever it does not match: Helm's behaviour.
    fn ignores(&self, path: &str, entry: Entry) -> bool {
        self.names.contains(last_part(path))
            || self.rules.iter().any(|rule| {
                let wrong_kind = rule.folders_only && entry == Entry::File;
                match rule.sense {
                    Sense::Others => wrong_kind || !rule.matches(path),
                    Sense::Matching => !wrong_kind && rule.matches(path),
                }
            })
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Self, String> {
        let (sense, rest) =
            line.strip_prefix('!').map_or((Sense::Matching, line), |rest| (Sense::Others, rest));
        let (folders_only, rest) =
            rest.strip_suffix('/').map_or((false, rest), |rest| (true, rest));
        let (subject, rest) = match rest.strip_prefix('/') {
            Some(rest) => (Subject::Path, rest),
            None if rest.contains('/') => (Subject::Path, rest),
            None => (Subject::Name, rest),
        };
        let pattern = Pattern::new(rest).map_err(|error| error.to_string())?;
        Ok(Self { pattern, sense, subject, folders_only })
    }

    fn matches(&self, path: &str) -> bool {
        self.pattern.matches(match self.subject {
            Subject::Path => path,
            Subject::Name => last_part(path),
        })
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(rules: &str, path: &str) -> bool {
        Ignore::parse(rules.as_bytes()).unwrap().ignores_file(path)
    }

    // Expected values: Helm's pkg/ignore tests and the binary.
    #[test]
    fn a_pattern_without_a_slash_matches_the_last_part_anywhere() {
        assert!(ignored("*.md", "a/b/README.md"));
        assert!(!ignored("a/*.md", "a/b/README.md"));
        assert!(ignored("README.md", "a/README.md"));
        assert!(ignored("/README.md", "README.md"));
        assert!(!ignored("/README.md", "a/README.md"));
    }

    #[test]
    fn a_folder_takes_its_files_with_it() {
        assert!(ignored("ci/", "ci/test.yaml"));
        assert!(!ignored("ci/", "ci"));
        assert!(ignored("", "templates/.hidden.yaml"));
    }

    #[test]
    fn a_negated_rule_leaves_out_all_that_it_does_not_match() {
        assert!(ignored("!cfg/x.txt", "Chart.yaml"));
    }

    #[test]
    fn double_stars_are_refused() {
        assert!(Ignore::parse(b"**/x").is_err());
    }
}
