//! How an operation behaves: what it waits for, and whether it happens at all.

use std::str::FromStr;

use super::Switch;

/// What `--wait` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Wait for hooks only: what holds without the flag.
    Hooks,
    /// Wait until every object is ready, by kstatus' rules.
    Ready,
    /// Wait until every object is ready, by Helm 3's rules.
    Legacy,
}

impl FromStr for Wait {
    type Err = UnknownWait;

    /// Reads Helm's three strategies and its two deprecated booleans.
    fn from_str(text: &str) -> Result<Self, UnknownWait> {
        match text {
            "watcher" | "true" => Ok(Self::Ready),
            "legacy" => Ok(Self::Legacy),
            "hookOnly" | "false" => Ok(Self::Hooks),
            _ => Err(UnknownWait(text.to_owned())),
        }
    }
}

/// A strategy that Helm does not know, in Helm's words.
#[derive(Debug, thiserror::Error)]
#[error("invalid wait input {0:?}. Valid inputs are watcher, hookOnly, and legacy")]
pub(crate) struct UnknownWait(String);

/// What `--dry-run` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DryRun {
    /// Do it.
    None,
    /// Render only; no cluster is asked.
    Client,
    /// Ask the cluster, change nothing.
    Server,
}

impl DryRun {
    /// Returns what the word after `--dry-run=` means, and what Helm warns about when it is an
    /// old one.
    ///
    /// # Errors
    ///
    /// Helm's message (`cmdGetDryRunFlagStrategy`) if it is no word of the flag.
    pub(crate) fn of(word: &str) -> Result<(Self, Option<String>), UnknownDryRun> {
        match word {
            "unset" => Ok((
                Self::Client,
                Some(
                    "--dry-run is deprecated and should be replaced with '--dry-run=client'"
                        .to_owned(),
                ),
            )),
            "client" => Ok((Self::Client, None)),
            "server" => Ok((Self::Server, None)),
            "none" => Ok((Self::None, None)),
            _ => {
                let switch: Switch = word.parse().map_err(|_| UnknownDryRun(word.to_owned()))?;
                let (meant, name) =
                    if switch.is_on() { (Self::Client, "client") } else { (Self::None, "none") };
                let warning = format!(
                    "boolean '--dry-run={word}' flag is deprecated and must be replaced with \
                     '--dry-run={name}'"
                );
                Ok((meant, Some(warning)))
            }
        }
    }
}

/// A word that `--dry-run` does not take, in Helm's words.
#[derive(Debug, thiserror::Error)]
#[error("invalid dry-run value ({0:?}). Must be \"none\", \"server\", or \"client\"")]
pub(crate) struct UnknownDryRun(pub(crate) String);
