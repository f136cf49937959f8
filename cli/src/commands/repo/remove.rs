//! `rutter repo remove`: a name of a repository is taken back.

use crate::{failure::Failure, grammar, repositories::Repositories, session::Session};

/// Remove repositories from the list, with what is cached of them
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The repositories to remove
    #[arg(value_name = "REPO")]
    words: Vec<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_least(1, session.settings.program, "repo remove", &args.words)?;
    let folders = session.settings.folders.clone();
    let known = Repositories::read(&folders).map_err(|_| none())?;
    if known.entries().is_empty() {
        return Err(none());
    }
    // As Helm does: those before a name that is not there are removed.
    for name in &args.words {
        let repositories = Repositories::change(&folders, |repositories| {
            let removed = repositories.remove(name);
            removed.ok_or_else(|| Failure::new(format_args!("no repo named {name:?} found")))?;
            Ok(repositories.clone())
        })?;
        repositories.forget(name)?;
        session.ui.print(&format!("{name:?} has been removed from your repositories\n"))?;
    }
    Ok(())
}

fn none() -> Failure {
    Failure::new("no repositories configured")
}
