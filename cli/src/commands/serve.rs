//! `rutter serve`: a folder of packaged charts as a repository over HTTP, as Helm 2 had it.

mod server;
mod site;

use std::{io::Write as _, net::TcpListener, path::PathBuf};

use self::site::Site;
use crate::{charts::reason, failure::Failure, grammar, local, session::Session};

/// Serve a folder of packaged charts as a repository
///
/// The index of the folder is made anew at the start and whenever its archives change. Nobody
/// logs in and everybody may read: keep to this machine, which is the default, or to a network
/// that you trust. Ctrl-C ends it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8879")]
    address: String,

    /// The folder; the repository `local` if none is named
    #[arg(long, value_name = "FOLDER")]
    repo_path: Option<PathBuf>,

    /// Put this in front of the archives' names in the index
    #[arg(long, value_name = "URL", default_value = "")]
    url: String,

    #[arg(hide = true)]
    words: Vec<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::none(session.settings.program, "serve", &args.words)?;
    let folder = if let Some(folder) = &args.repo_path {
        folder.clone()
    } else {
        local::make(&session.settings)?;
        local::folder(&session.settings)
    };
    if !folder.is_dir() {
        let shown = folder.display();
        return Err(Failure::new(format_args!("{shown}: no such folder"))
            .with_hint("--repo-path names a folder with packaged charts (.tgz)"));
    }
    let listener = listener(&args.address)?;
    let address = listener.local_addr()?;
    writeln!(session.ui.out(), "Regenerating index. This may take a moment.")?;
    session.ui.flush()?;
    let site = Site::open(folder, args.url.clone())?;
    writeln!(session.ui.out(), "Now serving you on {address}")?;
    session.ui.flush()?;
    server::run(listener, site)
}

/// Listens. A port alone is one of every address, as in Go.
fn listener(address: &str) -> Result<TcpListener, Failure> {
    let wanted = match address.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None => address.to_owned(),
    };
    TcpListener::bind(&wanted).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::AddrInUse => "bind: address already in use".to_owned(),
            _ => reason(&error),
        };
        Failure::new(format_args!("listen tcp {address}: {reason}"))
            .with_hint("--address 127.0.0.1:0 takes any port that is free")
    })
}
