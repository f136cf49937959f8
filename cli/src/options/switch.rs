//! A flag that is on or off, as Go's pflag has it: `--x`, `--x=false`, never `--x false`.

use std::{fmt, str::FromStr};

/// What a flag without a value of its own says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Switch {
    /// It was not given, or taken back.
    #[default]
    Off,
    /// It was given.
    On,
}

impl Switch {
    /// Returns whether the flag holds.
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

impl FromStr for Switch {
    type Err = NotBoolean;

    /// Reads what Go's `strconv.ParseBool` reads.
    fn from_str(text: &str) -> Result<Self, NotBoolean> {
        match text {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Self::On),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Self::Off),
            _ => Err(NotBoolean(text.to_owned())),
        }
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_on() { "true" } else { "false" })
    }
}

/// A word that Go does not take for a boolean, with Go's message.
#[derive(Debug, thiserror::Error)]
#[error("strconv.ParseBool: parsing {0:?}: invalid syntax")]
pub(crate) struct NotBoolean(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_takes_for_a_boolean_is_one() {
        assert_eq!("T".parse::<Switch>().unwrap(), Switch::On);
        assert_eq!("0".parse::<Switch>().unwrap(), Switch::Off);
        let refused = "yes".parse::<Switch>().unwrap_err();
        assert_eq!(refused.to_string(), r#"strconv.ParseBool: parsing "yes": invalid syntax"#);
    }
}
