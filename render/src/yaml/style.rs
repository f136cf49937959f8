//! How a string may be written, and how it is.

use super::{
    order::Version,
    resolve::{Resolved, guess},
    tree::Tag,
};

/// What go-yaml finds out about a text before it writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// It has a character that reads as a line break.
    pub(super) has_breaks: bool,
    /// It has a character that is only written as an escape.
    pub(super) has_special: bool,
    pub(super) has_tab: bool,
    has_indicator: bool,
    starts_with_space: bool,
    ends_with_space: bool,
    starts_or_ends_with_break: bool,
    /// A space follows a line break.
    has_break_space: bool,
    /// A line break follows a space.
    has_space_break: bool,
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
        let mut after_blank = true;
        let (mut after_space, mut after_break) = (false, false);
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|&(_, next)| next);
            let before_blank = matches!(next, None | Some(' ' | '\t'));
            shape.has_indicator |= if at == 0 {
                is_indicator_at_start(character, before_blank)
            } else {
                character == ':' && before_blank || character == '#' && after_blank
            };
            if character == '\t' {
                shape.has_tab = true;
            } else {
                shape.has_special |= !is_printable(character);
            }
            let is_space = character == ' ';
            let is_break = is_break(character);
            if is_space {
                shape.starts_with_space |= at == 0;
                shape.ends_with_space |= next.is_none();
                shape.has_break_space |= after_break;
            } else if is_break {
                shape.has_breaks = true;
                shape.starts_or_ends_with_break |= at == 0 || next.is_none();
                shape.has_space_break |= after_space;
            }
            (after_space, after_break) = (is_space, is_break);
            after_blank = is_space || is_break || matches!(character, '\t' | '\0');
        }
        shape.has_indicator |= text.starts_with("---") || text.starts_with("...");
        shape
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
            _ if self.has_breaks => Style::Double,
            style => style,
        }
    }

    /// The style itself, or the first that the text allows.
    fn allowed(self, style: Style, version: Version) -> Style {
        let is_special = self.has_special || self.has_tab;
        let is_block_special = self.has_special || (self.has_tab && version == Version::Two);
        match style {
            Style::Plain => {
                let is_allowed = !(self.starts_with_space
                    || self.ends_with_space
                    || self.has_breaks
                    || self.has_indicator
                    || is_special);
                if is_allowed { style } else { self.allowed(Style::Single, version) }
            }
            Style::Single if self.has_break_space || self.has_space_break || is_special => {
                Style::Double
            }
            Style::Literal if self.ends_with_space || self.has_space_break || is_block_special => {
                Style::Double
            }
            style => style,
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
        [digit] => digit.is_ascii_digit(),
        [b'0'..=b'5', digit] => digit.is_ascii_digit(),
        _ => false,
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    starts
        && middle.iter().all(|group| is_sixtieth(group))
        && is_sixtieth(last)
        && is_number(fraction)
}

fn is_indicator_at_start(character: char, before_blank: bool) -> bool {
    match character {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
        | '@' | '`' => true,
        '?' | ':' | '-' => before_blank,
        _ => false,
    }
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
