//! What the user says about values.

/// The flags `-f` and `--set…`, as typed. Their order of precedence is fixed by kind, not by
/// place (Helm's `pkg/cli/values/options.go`).
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ValueOptions {
    /// Read values from a YAML file, or from standard input if it is `-` (repeatable)
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Set a value: a.b=1,c=x (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set a value that stays a string (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set_string: Vec<String>,
    /// Set a value to the content of a file (repeatable)
    #[arg(long, value_name = "KEY=FILE")]
    pub(crate) set_file: Vec<String>,
    /// Set a value that is JSON, or all of a JSON object (repeatable)
    #[arg(long, value_name = "KEY=JSON")]
    pub(crate) set_json: Vec<String>,
    /// Set a value to the rest of the word, whatever is in it (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set_literal: Vec<String>,
}
