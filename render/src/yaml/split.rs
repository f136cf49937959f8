//! A rendered file into its documents, as Helm's `SplitManifests` does it.

use std::ops::Range;

/// One document of a rendered file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// The text, without white space before it.
    pub text: &'a str,
    /// Where the text starts in the file, in bytes.
    pub offset: usize,
    /// The line of the file in which the text starts, counted from one.
    pub line: usize,
}

/// Splits a rendered file where a line starts with `---`, drops what is blank,
/// and trims what stands before the first character (Helm's `manifest.go`).
///
/// A `---` in the first column splits wherever it stands, also inside a block
/// scalar, and text may follow it on the same line.
pub fn split(file: &str) -> Vec<Document<'_>> {
    let mut documents = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for range in pieces(file) {
        let Some(piece) = file.get(range.clone()) else { continue };
        let text = piece.trim_start_matches(is_space);
        if text.is_empty() {
            continue;
        }
        let offset = range.start + (piece.len() - text.len());
        line += file.get(counted..offset).map_or(0, |passed| passed.matches('\n').count());
        counted = offset;
        documents.push(Document { text, offset, line });
    }
    documents
}

/// The stretches between separators: `(?m)^---[ \t]*` after trimming the file.
fn pieces(file: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = file.len() - file.trim_start_matches(is_space).len();
    let mut line = start;
    while let Some(rest) = file.get(line..) {
        if let Some(after) = rest.strip_prefix("---") {
            pieces.push(start..line);
            start = file.len() - after.trim_start_matches([' ', '\t']).len();
        }
        let Some(end) = rest.find('\n') else { break };
        line += end + 1;
    }
    pieces.push(start.min(file.len())..file.len());
    pieces
}

/// Go's `unicode.IsSpace`, which is Unicode's `White_Space`.
fn is_space(character: char) -> bool {
    character.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected values follow Helm's regular expression `(?m)^---[ \t]*` and
    // its `SplitManifests`, which also the tests of Helm's `manifest_test.go` use.

    fn texts(file: &str) -> Vec<&str> {
        split(file).into_iter().map(|document| document.text).collect()
    }

    #[test]
    fn a_line_of_dashes_separates_and_blank_documents_are_dropped() {
        assert_eq!(texts("\n---\na: 1\n---  \n\n---\nb: 2\n"), ["a: 1\n", "b: 2\n"]);
        assert_eq!(texts(" \n\t"), [] as [&str; 0]);
        assert_eq!(texts("---"), [] as [&str; 0]);
    }

    #[test]
    fn text_may_follow_the_dashes() {
        assert_eq!(
            texts("---apiVersion: v1\n--- # c\nkind: x"),
            ["apiVersion: v1\n", "# c\nkind: x"]
        );
        assert_eq!(texts("----\na: 1"), ["-\na: 1"]);
    }

    #[test]
    fn only_the_first_column_separates_but_also_inside_a_block() {
        assert_eq!(texts("a: |\n  x\n  ---\n  y\n"), ["a: |\n  x\n  ---\n  y\n"]);
        assert_eq!(texts("a: |\n---\nb\n"), ["a: |\n", "b\n"]);
    }

    #[test]
    fn a_document_knows_where_it_starts() {
        let file = "\n\n---\n# c\na: 1\n---\n\n  b: 2\n";
        let places: Vec<_> =
            split(file).into_iter().map(|document| (document.offset, document.line)).collect();
        assert_eq!(places, [(6, 4), (file.find("b:").unwrap(), 8)]);
    }
}
