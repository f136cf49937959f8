//! `rutter repo update`: the newest indexes, several at a time.

use std::sync::mpsc;

use crate::{
    failure::{Failure, harmless},
    options::Duration,
    repositories::{self, Entry, Presence, Repositories},
    session::Session,
};

/// Fetch the newest indexes of repositories
///
/// Without names, of all of them. A repository that gives none keeps the index that is cached.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The repositories to update; all if there are none
    #[arg(value_name = "REPO")]
    words: Vec<String>,

    /// How long each index may take to come, such as 30s; two minutes if nothing is said
    #[arg(long, value_name = "TIME")]
    timeout: Option<Duration>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let entries = wanted(&args.words, session)?;
    let timeout = args.timeout.map_or(session.settings.fetch_timeout, |it| it.0);
    updated(&entries, timeout, session)
}

/// Returns the repositories that are meant.
fn wanted(names: &[String], session: &Session) -> Result<Vec<Entry>, Failure> {
    let folders = &session.settings.folders;
    let repositories = Repositories::read(folders).map_err(|failure| {
        failure.prefixed(&format!("failed loading file: {}", folders.repository_config.display()))
    })?;
    if repositories.presence() == Presence::Missing || repositories.entries().is_empty() {
        return Err(Failure::new("no repositories found. You must add one before updating")
            .with_hint("`repo add NAME URL` adds one"));
    }
    if let Some(name) = names.iter().find(|name| repositories.find(name).is_none()) {
        return Err(Failure::new(format_args!(
            "no repositories found matching '{name}'.  Nothing will be updated"
        )));
    }
    let is_wanted = |entry: &&Entry| names.is_empty() || names.contains(&entry.name);
    Ok(repositories.entries().iter().filter(is_wanted).cloned().collect())
}

/// Brings the cached indexes of these repositories up to date, several at a time, and tells of each
/// in Helm's words as it is done. `dependency update` says the same.
///
/// # Errors
///
/// Helm's message with the URLs of those that failed, after all were asked.
pub(crate) fn updated(
    entries: &[Entry],
    timeout: std::time::Duration,
    session: &mut Session,
) -> Result<(), Failure> {
    for entry in entries {
        repositories::fetchable(&entry.url)?;
    }
    session.ui.print("Hang tight while we grab the latest from your chart repositories...\n")?;
    session.ui.flush()?;
    let label = (entries.len() == 1).then_some("index.yaml");
    let settings = session.settings.clone();
    let mut failed = Vec::new();
    let mut hint = None;
    std::thread::scope(|scope| {
        let (done, outcomes) = mpsc::channel();
        for entry in entries {
            let (done, settings) = (done.clone(), &settings);
            scope.spawn(move || {
                let outcome = repositories::refresh(entry, settings, timeout, label);
                // Nobody listens only if printing failed, and then it does not matter.
                let _ = done.send((entry, outcome));
            });
        }
        drop(done);
        for (entry, outcome) in outcomes {
            let (name, url) = (&entry.name, harmless(&entry.shown_url()));
            let line = match outcome {
                Ok(_) => {
                    format!("...Successfully got an update from the {name:?} chart repository\n")
                }
                Err(failure) => {
                    let why = failure.message();
                    hint = failure.hint().map(str::to_owned).or(hint.take());
                    failed.push(url.clone());
                    format!(
                        "...Unable to get an update from the {name:?} chart repository \
                         ({url}):\n\t{why}\n"
                    )
                }
            };
            session.ui.print(&line)?;
            session.ui.flush()?;
        }
        Ok::<_, Failure>(())
    })?;
    if failed.is_empty() {
        return Ok(session.ui.print("Update Complete. ⎈Happy Helming!⎈\n")?);
    }
    let failed = failed.join(" ");
    let failure =
        Failure::new(format_args!("failed to update the following repositories: [{failed}]"));
    Err(failure.with_hint_of(hint).with_hint("the indexes that were cached are still there"))
}
