//! Go's classes of characters: letters, digits, what may be printed as it is.

use unicode_properties::{GeneralCategory as Is, UnicodeGeneralCategory};

/// Returns whether Go's `unicode.IsLetter` holds.
pub fn is_letter(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphabetic();
    }
    matches!(
        character.general_category(),
        Is::UppercaseLetter
            | Is::LowercaseLetter
            | Is::TitlecaseLetter
            | Is::ModifierLetter
            | Is::OtherLetter
    )
}

/// Returns whether the character may stand in a name: a letter, a digit of any
/// script, or `_`.
pub(crate) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    is_letter(character) || character.general_category() == Is::DecimalNumber
}

/// Returns whether Go's `strconv.IsPrint` (and `unicode.IsPrint`) holds:
/// letters, marks, numbers, punctuation, symbols, and the ASCII space.
pub(crate) fn is_print(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    !matches!(
        character.general_category(),
        Is::SpaceSeparator
            | Is::LineSeparator
            | Is::ParagraphSeparator
            | Is::Control
            | Is::Format
            | Is::Surrogate
            | Is::PrivateUse
            | Is::Unassigned
    )
}

/// Returns the first character of `bytes` and its length, or `None` and 1 where
/// they do not start with one, as Go's `utf8.DecodeRune` does.
///
/// Empty input gives `None` and 0.
pub(crate) fn first(bytes: &[u8]) -> (Option<char>, usize) {
    let Some(&lead) = bytes.first() else { return (None, 0) };
    let length = match lead {
        0..=0x7F => return (Some(char::from(lead)), 1),
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return (None, 1),
    };
    let character = bytes
        .get(..length)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.chars().next());
    character.map_or((None, 1), |character| (Some(character), length))
}

/// Returns how many characters `bytes` holds, each bad byte being one.
pub(crate) fn count(bytes: &[u8]) -> usize {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.chars().count();
    }
    let mut rest = bytes;
    let mut characters = 0;
    while !rest.is_empty() {
        rest = rest.get(first(rest).1..).unwrap_or_default();
        characters += 1;
    }
    characters
}
