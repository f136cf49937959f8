//! A whole number, with the messages of Go's pflag for what is none.

use std::{num::IntErrorKind, str::FromStr};

/// The value of a flag that takes a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) i64);

impl FromStr for Number {
    type Err = NotNumber;

    fn from_str(text: &str) -> Result<Self, NotNumber> {
        text.parse().map(Self).map_err(|why: std::num::ParseIntError| {
            let why = match why.kind() {
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "value out of range",
                _ => "invalid syntax",
            };
            NotNumber { text: text.to_owned(), why }
        })
    }
}

/// A word that is no whole number, with the message of Go's `strconv.ParseInt`.
#[derive(Debug, thiserror::Error)]
#[error("strconv.ParseInt: parsing {text:?}: {why}")]
pub(crate) struct NotNumber {
    text: String,
    why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_number_is_refused_in_the_words_of_go() {
        assert_eq!("-3".parse::<Number>().unwrap(), Number(-3));
        let refused = "abc".parse::<Number>().unwrap_err();
        assert_eq!(refused.to_string(), r#"strconv.ParseInt: parsing "abc": invalid syntax"#);
        let refused = "99999999999999999999".parse::<Number>().unwrap_err();
        assert!(refused.to_string().ends_with("value out of range"));
    }
}
