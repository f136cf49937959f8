//! `rutter repo add`: a repository gets a name.

use std::io::{self, Read as _};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::{
    charts::reason,
    failure::Failure,
    fetch, grammar,
    options::{Duration, Switch},
    repositories::{self, Entry, Repositories},
    session::Session,
    settings::Secret,
};

/// Add a repository
///
/// Its index is fetched and cached first: what is no repository is not added.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to call the repository, and the URL of the folder with its index.yaml
    #[arg(value_name = "NAME URL")]
    words: Vec<String>,

    /// The user to log in as
    #[arg(long, value_name = "NAME")]
    username: Option<String>,

    /// The password to log in with; asked for if there is a user without one
    #[arg(long, value_name = "PASSWORD")]
    password: Option<Secret>,

    /// Read the password from standard input
    #[arg(long)]
    password_stdin: Switch,

    /// Send name and password to every server that the repository points to
    #[arg(long)]
    pass_credentials: Switch,

    /// Put it in the place of a repository of that name
    #[arg(long)]
    force_update: Switch,

    /// The certificate authority that the server's certificate must come from
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,

    /// The certificate to show to the server
    #[arg(long, value_name = "FILE")]
    cert_file: Option<String>,

    /// The key of that certificate
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,

    /// Do not check the server's certificate: whoever answers is believed
    #[arg(long)]
    insecure_skip_tls_verify: Switch,

    /// Add a repository that is known to be gone, too
    #[arg(long)]
    allow_deprecated_repos: Switch,

    /// How long the index may take to come, such as 30s; two minutes if nothing is said
    #[arg(long, value_name = "TIME")]
    timeout: Option<Duration>,
}

/// Repositories that are gone, and what took their place (Helm's list).
const GONE: &[(&str, &str)] = &[
    ("//kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"),
    ("//kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"),
];

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [name, url] = grammar::exactly(session.settings.program, "repo add", &args.words)?;
    if !args.allow_deprecated_repos.is_on() {
        refuse_gone(url)?;
    }
    let folders = session.settings.folders.clone();
    // The first look is without the lock: it is not held while a server is waited for.
    let known = Repositories::read(&folders)?;
    let entry = args.entry(name, url, session)?;
    if name.contains('/') {
        return Err(Failure::new(format_args!(
            "repository name ({name}) contains '/', please specify a different name without '/'"
        )));
    }
    if args.standing(&known, &entry)? == Standing::There {
        return said(name, "already exists with the same configuration, skipping", session);
    }
    repositories::fetchable(url)?;
    let timeout = args.timeout.map_or(session.settings.fetch_timeout, |it| it.0);
    repositories::refresh(&entry, &session.settings, timeout, Some("index.yaml"))
        .map_err(|failure| failure.prefixed(&repositories::unreachable(url)))?;
    Repositories::change(&folders, |repositories| {
        if args.standing(repositories, &entry)? == Standing::Free {
            repositories.put(entry);
        }
        Ok(())
    })?;
    said(name, "has been added to your repositories", session)
}

fn said(name: &str, what: &str, session: &mut Session) -> Result<(), Failure> {
    Ok(session.ui.print(&format!("{name:?} {what}\n"))?)
}

/// What a name stands for already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing, or what may be replaced.
    Free,
    /// The same repository.
    There,
}

pub(in crate::commands) fn refuse_gone(url: &str) -> Result<(), Failure> {
    let gone = GONE.iter().find(|(old, _)| url.contains(old));
    gone.map_or(Ok(()), |(_, new)| {
        let url = fetch::shown(url);
        Err(Failure::new(format_args!("repo {url:?} is no longer available; try {new:?} instead")))
    })
}

impl Args {
    /// Returns what the name stands for.
    ///
    /// # Errors
    ///
    /// Helm's message for a name that stands for another repository.
    fn standing(&self, repositories: &Repositories, entry: &Entry) -> Result<Standing, Failure> {
        match repositories.find(&entry.name) {
            Some(_) if self.force_update.is_on() => Ok(Standing::Free),
            None => Ok(Standing::Free),
            Some(existing) if existing.is_same(entry) => Ok(Standing::There),
            Some(existing) => Err(Failure::new(format_args!(
                "repository name ({}) already exists, please specify a different name",
                entry.name
            ))
            .with_hint(format!(
                "it is {}; --force-update puts the new one in its place",
                existing.shown_url()
            ))),
        }
    }

    fn entry(&self, name: &str, url: &str, session: &mut Session) -> Result<Entry, Failure> {
        let text = |given: &Option<String>| given.clone().unwrap_or_default();
        let username = text(&self.username);
        let password = match self.password.clone().unwrap_or_default() {
            password if username.is_empty() || !password.0.is_empty() => password,
            _ if self.password_stdin.is_on() => piped()?,
            _ => asked(session)?,
        };
        Ok(Entry {
            name: name.to_owned(),
            url: url.to_owned(),
            username,
            password,
            cert_file: text(&self.cert_file),
            key_file: text(&self.key_file),
            ca_file: text(&self.ca_file),
            insecure: self.insecure_skip_tls_verify,
            pass_credentials: self.pass_credentials,
            ..Entry::default()
        })
    }
}

/// All of standard input, without one line end.
fn piped() -> Result<Secret, Failure> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let word = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret(word.strip_suffix('\r').unwrap_or(word).to_owned()))
}

/// Asks on the terminal, which does not show the answer.
///
/// # Errors
///
/// Go's message where standard input is no terminal.
fn asked(session: &mut Session) -> Result<Secret, Failure> {
    session.ui.print("Password: ")?;
    session.ui.flush()?;
    let answer = unseen();
    session.ui.print("\n")?;
    answer.map(Secret)
}

fn unseen() -> Result<String, Failure> {
    let input = io::stdin();
    let failed = |error: rustix::io::Errno| {
        let why = match error {
            rustix::io::Errno::NOTTY => "inappropriate ioctl for device".to_owned(),
            error => reason(&error.into()),
        };
        Failure::new(why).with_hint("--password-stdin reads the password from a pipe")
    };
    let before = tcgetattr(&input).map_err(failed)?;
    let mut silent = before.clone();
    silent.local_modes -= LocalModes::ECHO;
    tcsetattr(&input, OptionalActions::Now, &silent).map_err(failed)?;
    let mut line = String::new();
    let read = input.read_line(&mut line);
    tcsetattr(&input, OptionalActions::Now, &before).map_err(failed)?;
    read?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
