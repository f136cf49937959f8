//! `snakecase`, `kebabcase` and `camelcase` by the rules of `xstrings` 1.5,
//! which tells words apart by kind of character.

use super::{
    strings::is_space,
    words::{lower, upper},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Upper,
    Letters,
    Connector,
    Punctuation,
    Other,
}

fn is_connector(char: char) -> bool {
    char == '-' || char == '_' || is_space(char)
}

/// Letters of any script; `xstrings` takes one without case for a letter only
/// in the old scripts, which hardly matters: all are copied as they are.
fn is_letter(char: char) -> bool {
    char.is_alphabetic() && (char.is_lowercase() || char.is_uppercase())
}

fn is_punctuation(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_punctuation() && !"$+<=>^`|~".contains(char);
    }
    matches!(char, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}'
        | '\u{3008}'..='\u{3011}')
}

fn kind(char: char) -> Kind {
    match char {
        _ if is_connector(char) => Kind::Connector,
        _ if is_punctuation(char) => Kind::Punctuation,
        _ if char.is_uppercase() => Kind::Upper,
        _ if is_letter(char) => Kind::Letters,
        _ if char.is_numeric() => Kind::Number,
        _ => Kind::Other,
    }
}

/// Takes the first word off `left`.
fn word<'a>(left: &mut &'a [char]) -> Option<(Kind, &'a [char])> {
    let text = *left;
    let first = kind(*text.first()?);
    let run = |wanted: &[Kind], from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|char| wanted.contains(&kind(**char))).count()
    };
    let end = match first {
        Kind::Upper => match text.get(1).map(|char| kind(*char)) {
            Some(Kind::Upper) => {
                let end = run(&[Kind::Upper], 1);
                // In `HTTPServer` the `S` belongs to the next word.
                let next_is_letter = text.get(end).is_some_and(|char| is_letter(*char));
                if next_is_letter { end - 1 } else { end }
            }
            Some(Kind::Letters) => run(&[Kind::Letters], 1),
            _ => 1,
        },
        kind => run(&[kind], 1),
    };
    let (word, rest) = text.split_at(end);
    *left = rest;
    Some((first, word))
}

struct Joined {
    out: String,
    connector: char,
}

impl Joined {
    fn push(&mut self, word: Option<(Kind, &[char])>) {
        let Some((kind, word)) = word else { return };
        let as_it_is = kind != Kind::Upper && kind != Kind::Connector;
        for char in word {
            self.out.push(match *char {
                char if as_it_is => char,
                char if is_connector(char) => self.connector,
                char if char.is_uppercase() => lower(char),
                char => char,
            });
        }
    }

    fn connect_unless(&mut self, word: Option<(Kind, &[char])>, kinds: &[Kind]) {
        if word.is_some_and(|(kind, _)| !kinds.contains(&kind)) {
            self.out.push(self.connector);
        }
    }
}

const ALNUM: [Kind; 2] = [Kind::Letters, Kind::Number];
const BREAKS: [Kind; 2] = [Kind::Connector, Kind::Punctuation];

/// Go's switch falls out where nothing is left, and so does this.
fn joined(text: &str, connector: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut left = chars.as_slice();
    let mut joined = Joined { out: String::with_capacity(text.len() + 8), connector };
    let mut current = word(&mut left);
    while !left.is_empty() {
        let Some((kind, last)) = current else { break };
        if kind != Kind::Connector {
            joined.push(current);
        }
        current = word(&mut left);
        match kind {
            Kind::Number => current = after_number(&mut joined, &mut left, current),
            Kind::Connector => joined.push(Some((kind, last))),
            Kind::Punctuation => {}
            _ => current = after_letters(&mut joined, &mut left, current),
        }
    }
    joined.push(current);
    joined.out
}

type Word<'a> = Option<(Kind, &'a [char])>;

fn after_number<'a>(joined: &mut Joined, left: &mut &'a [char], next: Word<'a>) -> Word<'a> {
    let mut current = next;
    while current.is_some_and(|(kind, _)| ALNUM.contains(&kind)) {
        joined.push(current);
        current = word(left);
    }
    joined.connect_unless(current, &BREAKS);
    current
}

fn after_letters<'a>(joined: &mut Joined, left: &mut &'a [char], next: Word<'a>) -> Word<'a> {
    if next.is_none_or(|(kind, _)| kind != Kind::Number) {
        joined.connect_unless(next, &BREAKS);
        return next;
    }
    if left.is_empty() {
        return next;
    }
    let number = next;
    let mut current = word(left);
    if current.is_none_or(|(kind, _)| kind != Kind::Letters) {
        // `Bld4Floor`: the number belongs to the word before it.
        joined.push(number);
        joined.connect_unless(current, &BREAKS);
        return current;
    }
    // `HTTP2xx`: the number begins a word.
    joined.out.push(joined.connector);
    joined.push(number);
    while current.is_some_and(|(kind, _)| ALNUM.contains(&kind)) {
        joined.push(current);
        current = word(left);
    }
    joined.connect_unless(current, &BREAKS);
    current
}

/// `xstrings.ToSnakeCase`.
pub(super) fn snake(text: &str) -> String {
    joined(text, '_')
}

/// `xstrings.ToKebabCase`.
pub(super) fn kebab(text: &str) -> String {
    joined(text, '-')
}

/// `xstrings.ToPascalCase`, which sprig calls `camelcase`.
pub(super) fn camel(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut current = None;
    let mut first_upper = false;
    let mut last = None;
    for char in chars.by_ref() {
        last = Some(char);
        if !is_connector(char) {
            first_upper = char.is_uppercase();
            current = Some(upper(char));
            break;
        }
        out.push(char);
    }
    if chars.as_str().is_empty() {
        // The last character is written (again, if it is a connector).
        out.extend(current.or(last));
        return out;
    }
    let Some(mut current) = current else { return out };
    for char in chars {
        let before = std::mem::replace(&mut current, char);
        if is_connector(current) && is_connector(before) {
            out.push(before);
            continue;
        }
        if is_connector(before) {
            first_upper = current.is_uppercase();
            current = upper(current);
            continue;
        }
        if first_upper {
            if current.is_uppercase() {
                current = lower(current);
            } else {
                first_upper = false;
            }
        }
        out.push(before);
    }
    out.push(current);
    out
}
