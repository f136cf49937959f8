//! `-o`: the form in which a command gives its answer.

use std::str::FromStr;

/// A form that Helm's `-o` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text for people.
    #[default]
    Table,
    /// One line of JSON.
    Json,
    /// YAML with sorted keys.
    Yaml,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        match text {
            "table" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "yaml" => Ok(Self::Yaml),
            _ => Err(UnknownFormat),
        }
    }
}

/// A form that Helm does not know.
#[derive(Debug, thiserror::Error)]
#[error("invalid format type")]
pub(crate) struct UnknownFormat;

/// The flag itself, for commands that have it.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Output {
    /// Print in this form: table, json or yaml
    #[arg(short = 'o', long = "output", value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,
}
