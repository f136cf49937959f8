//! How a string may be written, and how it is.

use super::{
    order::Version,
    resolve::{Resolved, guess},
    tree::Tag,
};

/// What go-yaml finds out about a text before it writes it: a set of facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape(u16);

/// A fact about a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fact {
    /// It has a character that reads as a line break.
    Breaks = 1 << 0,
    /// It has a character that is only written as an escape.
    Special = 1 << 1,
    Tab = 1 << 2,
    /// It has what would not be read as a part of a plain text.
    Indicator = 1 << 3,
    StartsWithSpace = 1 << 4,
    EndsWithSpace = 1 << 5,
    StartsOrEndsWithBreak = 1 << 6,
    /// A space follows a line break.
    BreakSpace = 1 << 7,
    /// A line break follows a space.
    SpaceBreak = 1 << 8,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Shape {
    /// Looks at a text.
    pub(super) fn of(text: &str) -> Self {
        let mut shape = Self::default();
        if text.starts_with("---") || text.starts_with("...") {
            shape.add(Fact::Indicator);
        }
        let mut before = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            shape.look_at(before, character, characters.peek().copied());
            before = Some(character);
        }
        shape
    }

    /// Looks at a character and its neighbours.
    fn look_at(&mut self, before: Option<char>, character: char, next: Option<char>) {
        let is_before_blank = matches!(next, None | Some(' ' | '\t'));
        let is_indicator = match (character, before) {
            (':', _) | ('?' | '-', None) => is_before_blank,
            ('#', Some(before)) => is_break(before) || matches!(before, ' ' | '\t' | '\0'),
            (_, Some(_)) => false,
            (_, None) => "#,[]{}&*!|>'\"%@`".contains(character),
        };
        if is_indicator {
            self.add(Fact::Indicator);
        }
        if character == '\t' {
            self.add(Fact::Tab);
        } else if !is_printable(character) {
            self.add(Fact::Special);
        }
        if character == ' ' {
            self.look_at_space(before, next);
        } else if is_break(character) {
            self.look_at_break(before, next);
        }
    }

    fn look_at_space(&mut self, before: Option<char>, next: Option<char>) {
        match before {
            None => self.add(Fact::StartsWithSpace),
            Some(before) if is_break(before) => self.add(Fact::BreakSpace),
            Some(_) => {}
        }
        if next.is_none() {
            self.add(Fact::EndsWithSpace);
        }
    }

    fn look_at_break(&mut self, before: Option<char>, next: Option<char>) {
        self.add(Fact::Breaks);
        if before.is_none() || next.is_none() {
            self.add(Fact::StartsOrEndsWithBreak);
        }
        if before == Some(' ') {
            self.add(Fact::SpaceBreak);
        }
    }

    fn add(&mut self, fact: Fact) {
        self.0 |= fact as u16;
    }

    pub(super) fn has(self, fact: Fact) -> bool {
        self.0 & fact as u16 != 0
    }

    fn has_any(self, facts: &[Fact]) -> bool {
        facts.iter().any(|&fact| self.has(fact))
    }

    /// Chooses the style of a value.
    pub(super) fn style(self, text: &str, version: Version) -> Style {
        let style = if text.contains('\n') {
            Style::Literal
        } else if text.is_empty() || !reads_as_string(text, version) {
            Style::Double
        } else {
            Style::Plain
        };
        self.allowed(style, version)
    }

    /// Chooses the style of a key that stands on one line with its colon.
    pub(super) fn key_style(self, text: &str, version: Version) -> Style {
        match self.style(text, version) {
            Style::Literal => Style::Double,
            _ if self.has(Fact::Breaks) => Style::Double,
            style => style,
        }
    }

    /// The style itself, or the first that the text allows.
    fn allowed(self, style: Style, version: Version) -> Style {
        use Fact::{
            BreakSpace, Breaks, EndsWithSpace, Indicator, SpaceBreak, Special,
            StartsOrEndsWithBreak, StartsWithSpace, Tab,
        };
        let refused: &[Fact] = match style {
            Style::Plain => &[
                Breaks,
                Special,
                Tab,
                Indicator,
                StartsWithSpace,
                EndsWithSpace,
                StartsOrEndsWithBreak,
            ],
            Style::Single => &[BreakSpace, SpaceBreak, Special, Tab],
            Style::Literal if version == Version::Three => &[EndsWithSpace, SpaceBreak, Special],
            Style::Literal => &[EndsWithSpace, SpaceBreak, Special, Tab],
            Style::Double => &[],
        };
        match style {
            _ if !self.has_any(refused) => style,
            Style::Plain => self.allowed(Style::Single, version),
            _ => Style::Double,
        }
    }
}

/// Returns whether a plain text would be read as a string by any YAML reader.
fn reads_as_string(text: &str, version: Version) -> bool {
    guess(text, Tag::None) == Resolved::String
        && !is_sexagesimal(text)
        && !(version == Version::Three && is_signed_octal(text))
}

/// `0o-17`, which version 3 reads as a number.
fn is_signed_octal(text: &str) -> bool {
    text.starts_with("0o") && {
        let digits = text.replace('_', "");
        let digits = digits.get(2..).and_then(|text| text.strip_prefix(['+', '-']));
        digits.is_some_and(|digits| {
            !digits.starts_with('+') && u64::from_str_radix(digits, 8).is_ok()
        })
    }
}

/// `^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`
fn is_sexagesimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut groups = unsigned.split(':');
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let starts = groups.next().is_some_and(|first| {
        first.starts_with(|first: char| first.is_ascii_digit()) && is_number(first)
    });
    let groups: Vec<_> = groups.collect();
    let Some((last, middle)) = groups.split_last() else { return false };
    let is_sixtieth = |group: &str| match group.as_bytes() {
        [digit] | [b'0'..=b'5', digit] => digit.is_ascii_digit(),
        _ => false,
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    starts
        && middle.iter().all(|group| is_sixtieth(group))
        && is_sixtieth(last)
        && is_number(fraction)
}

/// Returns whether go-yaml reads the character as a line break.
pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns whether go-yaml writes the character as it is: not beyond the basic
/// plane, where it knows no character.
pub(super) fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{A0}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFFD}')
}

/// Returns whether JSON holds the text, but go-yaml does not read it back as it
/// is: it refuses DEL and most C1 controls, and folds NEL.
pub(super) fn is_altered_by_json(text: &str) -> bool {
    text.chars().any(|character| matches!(character, '\x7F'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
}
