//! `.helmignore`: which files of a folder are not part of the chart.

use crate::pattern;

/// The rules of one `.helmignore`, and Helm's own.
pub(super) struct Rules {
    rules: Vec<Rule>,
}

struct Rule {
    pattern: String,
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

impl Rules {
    /// Reads a file; the error is Helm's text.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut rules = Vec::new();
        for line in text.lines() {
            rules.extend(Rule::parse(line.trim())?);
        }
        rules.extend(Self::default().rules);
        Ok(Self { rules })
    }

    /// Returns whether the file at `path`, or a folder on the way, is left out.
    pub(super) fn ignore_path(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        folders.any(|folder| self.ignores(folder, Entry::Folder)) || self.ignores(path, Entry::File)
    }

    /// A negated rule leaves out whatever it does not match: Helm's behaviour.
    fn ignores(&self, path: &str, entry: Entry) -> bool {
        self.rules.iter().any(|rule| {
            let wrong_kind = rule.folders_only && entry == Entry::File;
            match rule.sense {
                Sense::Others => wrong_kind || !rule.matches(path),
                Sense::Matching => !wrong_kind && rule.matches(path),
            }
        })
    }
}

impl Default for Rules {
    /// Hidden files among the templates are never part of a chart.
    fn default() -> Self {
        let (sense, subject) = (Sense::Matching, Subject::Path);
        let pattern = "templates/.?*".to_owned();
        Self { rules: vec![Rule { pattern, sense, subject, folders_only: false }] }
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Option<Self>, String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported".to_owned());
        }
        pattern::matches(line, "abc").map_err(|error| error.to_string())?;
        let (sense, rest) =
            line.strip_prefix('!').map_or((Sense::Matching, line), |rest| (Sense::Others, rest));
        let (folders_only, rest) =
            rest.strip_suffix('/').map_or((false, rest), |rest| (true, rest));
        let (subject, pattern) = match rest.strip_prefix('/') {
            Some(rest) => (Subject::Path, rest),
            None if rest.contains('/') => (Subject::Path, rest),
            None => (Subject::Name, rest),
        };
        Ok(Some(Self { pattern: pattern.to_owned(), sense, subject, folders_only }))
    }

    fn matches(&self, path: &str) -> bool {
        let subject = match self.subject {
            Subject::Path => path,
            Subject::Name => path.rsplit('/').next().unwrap_or(path),
        };
        pattern::matches(&self.pattern, subject).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(rules: &str, path: &str) -> bool {
        Rules::parse(rules.as_bytes()).unwrap().ignore_path(path)
    }

    // Expected values: Helm's pkg/ignore tests and the binary.
    #[test]
    fn a_pattern_without_a_slash_matches_the_last_part_anywhere() {
        assert!(ignored("*.md", "a/b/README.md"));
        assert!(!ignored("a/*.md", "a/b/README.md"));
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
        assert!(Rules::parse(b"**/x").is_err());
    }
}
