//! What the ledger keeps of an operation beside what it does.

/// Our own flags on everything that writes.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RecordOptions {
    /// Why this is done; the ledger keeps it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// The ticket or change that this belongs to; the ledger keeps it
    #[arg(long, value_name = "ID")]
    pub(crate) ticket: Option<String>,

    /// Append each event to this file as a line of JSON, once it is durable
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<String>,
}
