//! Lines of a file with a place in them marked, as compilers show them.
//!
//! What may be shown is decided by who makes an excerpt: see [`hidden`] for values.

use std::fmt;

/// How many characters of a line are shown; of a longer one, what is around the place.
const WIDTH: usize = 120;

/// How many of them stand before the place at most, if the line is longer.
const BEFORE: usize = 60;

/// A place in a text, with the lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    title: String,
    lines: Vec<Line>,
    notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    number: usize,
    text: String,
    mark: Option<Mark>,
}

/// What is marked in a line, in characters from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    start: usize,
    length: usize,
    label: String,
}

/// What may follow a key and is no value by itself.
const PUNCTUATION: [&str; 13] =
    ["", "[", "]", "{", "}", "[]", "{}", "|", "|-", "|+", ">", ">-", ">+"];

/// A stretch of a text in bytes.
pub(crate) type Span = std::ops::Range<usize>;

impl Excerpt {
    /// Returns the lines around `span` of `text`, which is called `file`.
    pub(crate) fn new(file: &str, text: &str, span: &Span) -> Self {
        let start = floor(text, span.start.min(text.len()));
        let (before, after) = text.split_at(start);
        let number = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let end = (span.len()..after.len()).find(|end| after.is_char_boundary(*end));
        let marked = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
        let marked = marked.lines().next().unwrap_or_default();
        let mark =
            Mark { start: column, length: marked.chars().count().max(1), label: String::new() };
        let first = number.saturating_sub(1);
        let lines = text.split('\n').enumerate().skip(first).take(number + 2 - first);
        let lines = lines.map(|(at, text)| Line {
            number: at + 1,
            text: text.strip_suffix('\r').unwrap_or(text).to_owned(),
            mark: (at == number).then(|| mark.clone()),
        });
        let mut lines: Vec<Line> = lines.collect();
        while lines.last().is_some_and(|line| line.mark.is_none() && line.text.trim().is_empty()) {
            lines.pop();
        }
        lines.iter_mut().for_each(Line::cut);
        let title = format!("{file}:{}:{}", number + 1, column + 1);
        Self { title, lines, notes: Vec::new() }
    }

    /// Returns the lines around a line and a column (from one) of `text` in which `hide` has left
    /// nothing that may be secret.
    pub(crate) fn at(
        file: &str,
        (text, at): (&str, (usize, usize)),
        hide: impl Fn(&str) -> String,
    ) -> Self {
        let (skipped, near) = around(text, at.0);
        let shown = hide(near);
        let start = offset(&shown, (at.0.saturating_sub(skipped), at.1));
        let mut excerpt = Self::new(file, &shown, &(start..start + 1));
        excerpt.lines.iter_mut().for_each(|line| line.number += skipped);
        excerpt.title = format!("{file}:{}:{}", at.0, at.1);
        excerpt
    }

    /// Returns an excerpt of the only line of a text that is no file; `at` in characters.
    pub(crate) fn of_word(title: &str, text: &str, at: usize) -> Self {
        let mark = Mark { start: at, length: 1, label: String::new() };
        let mut line = Line { number: 1, text: text.to_owned(), mark: Some(mark) };
        line.cut();
        Self { title: title.to_owned(), lines: vec![line], notes: Vec::new() }
    }

    /// Says something beside the mark.
    #[must_use]
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        for mark in self.lines.iter_mut().filter_map(|line| line.mark.as_mut()) {
            label.lines().next().unwrap_or_default().clone_into(&mut mark.label);
        }
        self
    }

    /// Says something below the lines.
    #[must_use]
    pub(crate) fn noted(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Returns `FILE:LINE:COLUMN`, both from one, the column in characters.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns what is said below the lines.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl Line {
    /// Cuts what is far from the mark.
    fn cut(&mut self) {
        if self.text.chars().count() <= WIDTH {
            return;
        }
        let start = self.mark.as_ref().map_or(0, |mark| mark.start.saturating_sub(BEFORE));
        let mut text: String = self.text.chars().skip(start).take(WIDTH).collect();
        if start + WIDTH < self.text.chars().count() {
            text.push('…');
        }
        if start > 0 {
            text.insert(0, '…');
        }
        if let Some(mark) = &mut self.mark {
            mark.start = mark.start - start + usize::from(start > 0);
            mark.length = mark.length.min(WIDTH);
        }
        self.text = text;
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.last().map_or(1, |line| line.number.to_string().len());
        write!(f, "{:width$}--> {}\n{:width$} |", "", self.title, "")?;
        for line in &self.lines {
            write!(f, "\n{:width$} |", line.number)?;
            if !line.text.is_empty() {
                write!(f, " {}", line.text)?;
            }
            let Some(mark) = &line.mark else { continue };
            // A tab stays one, so that the mark stands where it does.
            let blank = |c: char| if c == '\t' { c } else { ' ' };
            let before: String = line
                .text
                .chars()
                .map(blank)
                .chain(std::iter::repeat(' '))
                .take(mark.start)
                .collect();
            write!(f, "\n{:width$} | {before}{}", "", "^".repeat(mark.length))?;
            if !mark.label.is_empty() {
                write!(f, " {}", mark.label)?;
            }
        }
        for note in &self.notes {
            write!(f, "\n{:width$} = {note}", "")?;
        }
        Ok(())
    }
}

/// The nearest beginning of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// Returns the lines around a line (from one), or those at the end if there are not as many, and
/// how many lines come before them: nobody needs a copy of a file of 90 MB.
fn around(text: &str, line: usize) -> (usize, &str) {
    const BEFORE: usize = 3;
    const BEHIND: usize = 2;
    let newline = |nth: usize| memchr::memchr_iter(b'\n', text.as_bytes()).nth(nth);
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
    let skipped = line.min(lines).saturating_sub(BEFORE);
    let start = skipped.checked_sub(1).and_then(newline).map_or(0, |newline| newline + 1);
    let end = newline(line.min(lines) + BEHIND).unwrap_or(text.len());
    (skipped, text.get(start..end).unwrap_or_default())
}

/// Returns the byte of `text` at a line and a column, both from one, the column in characters;
/// the line's last visible character if it is shorter.
pub(crate) fn offset(text: &str, (line, column): (usize, usize)) -> usize {
    let mut start = 0;
    let mut lines = text.split('\n');
    for passed in lines.by_ref().take(line.saturating_sub(1)) {
        start += passed.len() + 1;
    }
    let Some(line) = lines.next() else { return text.trim_end().len() };
    let column = column.saturating_sub(1);
    let at = line.char_indices().nth(column).map(|(at, _)| at);
    let last = || line.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    start + at.unwrap_or_else(last)
}

/// Returns the word, text in quotes or single character at a byte of a template.
pub(crate) fn word(text: &str, at: usize) -> Span {
    let rest = text.get(at..).unwrap_or_default();
    let quoted = |quote: char| rest.get(1..).and_then(|rest| rest.find([quote, '\n']));
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
    let length = match rest.chars().next() {
        Some(quote @ ('"' | '`')) => quoted(quote).map_or(1, |end| end + 2),
        _ => rest.find(|c| !is_inner(c)).unwrap_or(rest.len()),
    };
    at..at + length.max(1)
}

/// Returns the whole action around a byte of a template, as far as it is on one line.
pub(crate) fn action(text: &str, at: usize) -> Span {
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let start = before.rfind("{{").filter(|start| *start >= line).unwrap_or(at);
    let end = after.find("}}").map_or(at + 1, |end| at + end + 2);
    start..end
}

/// Returns a text of YAML with `…` in place of what may be secret: all but keys, comments' signs
/// and the punctuation of collections. Lines stay lines; a column stays where it was if nothing
/// was hidden before it in its line.
pub(crate) fn hidden(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let start = line.len() - line.trim_start_matches([' ', '\t', '-']).len();
        let (indent, rest) = line.split_at(start);
        let key = key(rest);
        let (key, value) = rest.split_at(key);
        if PUNCTUATION.contains(&value.trim_matches([' ', '\t', ':', ','])) {
            return line.to_owned();
        }
        let kept = value.len() - value.trim_start_matches([' ', ':']).len();
        format!("{indent}{key}{}…", value.get(..kept).unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How long the key is with which a line begins; 0 if it begins with none.
fn key(line: &str) -> usize {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let end = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            line.get(1..).and_then(|rest| rest.find(quote)).map_or(0, |end| end + 2)
        }
        _ => line.find(|c| !is_inner(c)).unwrap_or(line.len()),
    };
    let after = line.get(end..).unwrap_or_default();
    let is_key = after == ":" || after.starts_with(": ");
    if is_key { end } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_with_a_line_before_and_after_it() {
        let text = "one: 1\ntwo: {{ .Values.x.y }}\nthree: 3\nfour: 4\n";
        let at = text.find(".x.y").unwrap();
        let excerpt = Excerpt::new("web/templates/a.yaml", text, &word(text, at));
        assert_eq!(
            excerpt.labelled("is nil").noted("included from there").to_string(),
            " --> web/templates/a.yaml:2:16\n  \
               |\n\
             1 | one: 1\n\
             2 | two: {{ .Values.x.y }}\n  \
               |                ^^^^ is nil\n\
             3 | three: 3\n  \
               = included from there"
        );
    }

    #[test]
    fn numbers_of_lines_are_aligned_and_the_end_of_a_file_is_a_place() {
        let text = "a\n".repeat(9) + "last";
        let excerpt = Excerpt::new("f", &text, &(text.len()..text.len() + 1)).to_string();
        assert_eq!(excerpt, "  --> f:10:5\n   |\n 9 | a\n10 | last\n   |     ^");
    }

    #[test]
    fn of_a_long_line_what_is_around_the_place_is_shown() {
        let text = "x".repeat(500) + "HERE" + &"y".repeat(500);
        let excerpt = Excerpt::new("f", &text, &(500..504)).to_string();
        let lines: Vec<&str> = excerpt.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() < 130), "{excerpt}");
        let at = lines[2].chars().collect::<String>().find("HERE").unwrap();
        let mark = lines[3].find("^^^^").unwrap();
        assert_eq!(lines[2][..at].chars().count(), mark);
    }

    #[test]
    fn characters_are_counted_and_bytes_are_not() {
        let text = "ключ: {{ x }}";
        let excerpt = Excerpt::new("f", text, &action(text, text.find('x').unwrap())).to_string();
        assert!(excerpt.ends_with("1 | ключ: {{ x }}\n  |       ^^^^^^^"), "{excerpt}");
        let one = Excerpt::new("f", text, &(0..1)).to_string();
        assert!(one.ends_with("\n  | ^"), "{one}");
    }

    #[test]
    fn what_values_hold_is_hidden_and_their_keys_are_not() {
        let text = "password: hunter2\nlist: [\n- hunter2\n- name: hunter2\n  \"a b\": x: y\n\
                    hunter2\n# hunter2\n  block: |\n    hunter2 is: it\nurl: {hunter2: x}";
        assert_eq!(
            hidden(text),
            "password: …\nlist: [\n- …\n- name: …\n  \"a b\": …\n…\n…\n  block: |\n    …\nurl: …"
        );
        assert!(!hidden(text).contains("hunter2"));
    }

    #[test]
    fn of_a_long_file_only_what_is_near_is_looked_at() {
        let lines: Vec<String> = (1..=1000).map(|line| format!("line-{line}: x")).collect();
        let text = lines.join("\n") + "\n";
        let near = |line: usize| around(&text, line);
        assert!(near(500).1.starts_with("line-498: x\n"), "{:?}", near(500));
        assert_eq!(near(500).0, 497);
        for line in [1, 2, 3, 4, 500, 999, 1000] {
            let excerpt = Excerpt::at("f", (&text, (line, 1)), str::to_owned).to_string();
            assert!(excerpt.contains(&format!("{line} | line-{line}: x\n")), "{excerpt}");
        }
    }

    #[test]
    fn a_column_beyond_a_line_is_its_last_character() {
        assert_eq!(offset("a: b\n  cd  \n", (2, 3)), 7);
        assert_eq!(offset("a: b\n  cd  \n", (2, 40)), 8);
        assert_eq!(offset("a: b\n", (9, 1)), 4);
    }
}
