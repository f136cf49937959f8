//! `--show-only`: what some templates of the chart made.

use crate::failure::Failure;

/// Returns the documents of `manifests` that come from the templates that `patterns` name, in the
/// order of the patterns. A pattern is a path inside the chart and may have Go's wildcards.
///
/// # Errors
///
/// Helm's message for a pattern that meets nothing.
pub(super) fn chosen(manifests: &str, patterns: &[String]) -> Result<String, Failure> {
    let documents = render::yaml::split(manifests);
    let mut text = String::new();
    for pattern in patterns {
        let mut found = documents
            .iter()
            .filter(|it| {
                path(it.text).is_some_and(|path| matches(pattern.as_bytes(), path.as_bytes()))
            })
            .peekable();
        if found.peek().is_none() {
            return Err(Failure::new(format_args!("could not find template {pattern} in chart")));
        }
        for document in found {
            text.push_str("---\n");
            text.push_str(document.text);
            text.push('\n');
        }
    }
    Ok(text)
}

/// The path inside the chart of the template that made a document: what follows the chart's name
/// in its first `# Source:` line.
fn path(document: &str) -> Option<&str> {
    document.lines().find_map(|line| {
        let (_, source) = line.split_once("# Source: ")?;
        source.split_once('/').map(|(_, path)| path).filter(|path| !path.is_empty())
    })
}

/// Go's `filepath.Match`: `*` and `?` do not cross a slash; a bad pattern matches nothing.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern, path) {
        ([], path) => path.is_empty(),
        ([b'*', rest @ ..], _) => {
            let reach = path.iter().take_while(|byte| **byte != b'/').count();
            (0..=reach).any(|skip| matches(rest, path.get(skip..).unwrap_or_default()))
        }
        ([b'?', rest @ ..], [byte, path @ ..]) if *byte != b'/' => matches(rest, path),
        ([b'[', rest @ ..], [byte, path @ ..]) => match class(rest, *byte) {
            Some((true, rest)) => matches(rest, path),
            _ => false,
        },
        ([b'\\', literal, rest @ ..] | [literal, rest @ ..], [byte, path @ ..]) => {
            literal == byte && matches(rest, path)
        }
        _ => false,
    }
}

/// Whether `byte` is in the class that begins here, and the pattern after it.
fn class(pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match pattern {
        [b'^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut found = false;
    loop {
        match rest {
            [b']', after @ ..] => return Some((found != negated, after)),
            [low, b'-', high, after @ ..] => {
                found |= (*low..=*high).contains(&byte);
                rest = after;
            }
            [b'\\', literal, after @ ..] | [literal, after @ ..] => {
                found |= *literal == byte;
                rest = after;
            }
            [] => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFESTS: &str = "---\n# Source: web/templates/a.yaml\na: 1\n---\n\
                             # Source: web/charts/db/templates/b.yaml\nb: 1\n";

    #[test]
    fn documents_are_chosen_by_the_path_of_their_template() {
        let chosen = |pattern: &str| chosen(MANIFESTS, &[pattern.to_owned()]);
        assert_eq!(
            chosen("templates/*.yaml").unwrap(),
            "---\n# Source: web/templates/a.yaml\na: 1\n\n"
        );
        assert!(chosen("charts/db/templates/[a-b].yaml").is_ok());
        assert_eq!(
            chosen("*.yaml").unwrap_err().to_string(),
            "Error: could not find template *.yaml in chart"
        );
    }
}
