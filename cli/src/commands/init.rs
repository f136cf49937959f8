//! `rutter init`: a first start, as Helm 2 had it. There is no server to start.

use std::{fs, path::Path, time::Duration};

use crate::{
    charts::{STABLE, named},
    failure::Failure,
    grammar, local,
    options::Switch,
    repositories::{self, Entry, Repositories},
    session::Session,
    words,
    work::{home, make_ledger},
};

/// How long the index of `stable` may take to come.
const TO_REFRESH: Duration = Duration::from_secs(120);

/// The archive of the charts that were Helm 2's `stable`.
const ARCHIVED: &str = "https://charts.helm.sh/stable";

/// Get ready for Helm 2's words: make the ledger and the repositories `stable` and `local`
///
/// Nothing is put into the cluster: there is no Tiller. From here on a line that only Helm 2
/// understood is taken as it was meant there (`install CHART` without a name, a bare `mysql`).
/// What is there already stays as it is.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The URL of the repository `stable`
    #[arg(long, value_name = "URL", default_value = ARCHIVED)]
    stable_repo_url: String,

    /// Do not download the index of the repository `stable`
    #[arg(long)]
    skip_refresh: Switch,

    /// Leave the repositories as they are
    #[arg(long)]
    skip_repos: Switch,

    /// Show what would be done
    #[arg(long)]
    dry_run: Switch,

    #[command(flatten)]
    #[allow(dead_code, reason = "taken for Helm 2's sake: there is no Tiller to configure")]
    tiller: TillerFlags,

    #[arg(hide = true)]
    words: Vec<String>,
}

/// What Helm 2 let one say about Tiller.
#[derive(clap::Args, Debug)]
#[allow(dead_code, reason = "taken for Helm 2's sake: there is no Tiller to configure")]
struct TillerFlags {
    #[arg(short = 'c', long, hide = true)]
    client_only: Switch,
    #[arg(long, hide = true)]
    upgrade: Switch,
    #[arg(long, hide = true)]
    force_upgrade: Switch,
    #[arg(long, hide = true)]
    wait: Switch,
    #[arg(long, hide = true)]
    canary_image: Switch,
    #[arg(short = 'i', long, hide = true)]
    tiller_image: Option<String>,
    #[arg(long, hide = true)]
    tiller_tls: Switch,
    #[arg(long, hide = true)]
    tiller_tls_verify: Switch,
    #[arg(long, hide = true)]
    tiller_tls_cert: Option<String>,
    #[arg(long, hide = true)]
    tiller_tls_key: Option<String>,
    #[arg(long, hide = true)]
    tiller_tls_hostname: Option<String>,
    #[arg(long, hide = true)]
    service_account: Option<String>,
    #[arg(long, hide = true)]
    automount_service_account_token: Switch,
    #[arg(long, hide = true)]
    local_repo_url: Option<String>,
    #[arg(long, hide = true)]
    use_deprecated_stable_repository: Switch,
    #[arg(long, hide = true)]
    history_max: Option<String>,
    #[arg(long, hide = true)]
    net_host: Switch,
    #[arg(long, hide = true)]
    node_selectors: Option<String>,
    #[arg(long, hide = true)]
    r#override: Vec<String>,
    #[arg(long, hide = true)]
    replicas: Option<String>,
    #[arg(short = 'o', long, hide = true)]
    output: Option<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::none(session.settings.program, "init", &args.words)?;
    let settings = session.settings.clone();
    let ledger = home(&settings).join("ledger");
    let for_real = !args.dry_run.is_on();
    if settings.cluster.sandbox.is_on() {
        session.say_sandbox();
    }
    if for_real {
        make_folder(&settings.folders.rutter)?;
        make_ledger(&settings)?;
    }
    say(session, "ledger", &ledger.display().to_string())?;
    if !args.skip_repos.is_on() {
        if for_real {
            local::make(&settings)?;
        }
        let stable = if for_real { stable(args, session)? } else { args.stable_repo_url.clone() };
        say(session, "repository stable", &stable)?;
        say(session, "repository local", &local::folder(&settings).display().to_string())?;
    }
    if for_real {
        words::choose_helm2(&settings)?;
    }
    let file = words::file(&settings);
    say(session, "words", &format!("helm2, in {}", file.display()))?;
    say(
        session,
        "server",
        "none is started, none is needed: the cluster is asked with your own rights",
    )
}

/// Adds the repository `stable` where there is none; returns where it is. One that cannot be reached
/// is added all the same: an index can be fetched later.
fn stable(args: &Args, session: &mut Session) -> Result<String, Failure> {
    let url = &args.stable_repo_url;
    super::repo::refuse_gone(url)?;
    repositories::fetchable(url)?;
    let settings = session.settings.clone();
    let entry = Repositories::change(&settings.folders, |repositories| {
        if repositories.find(STABLE).is_none() {
            let entry = Entry { name: STABLE.to_owned(), url: url.clone(), ..Entry::default() };
            repositories.put(entry);
        }
        Ok(repositories.find(STABLE).cloned().unwrap_or_default())
    })?;
    let shown = entry.shown_url();
    if !entry.is_at(url) {
        let program = settings.program;
        let asked = crate::fetch::shown(url);
        session.ui.warn(&format!(
            "there is a repository stable already; `{program} repo add --force-update stable \
             {asked}` puts this one in its place"
        ));
    }
    if !args.skip_refresh.is_on() {
        let label = Some("index.yaml");
        if let Err(failure) = repositories::refresh(&entry, &settings, TO_REFRESH, label) {
            let (program, why) = (settings.program, failure.message());
            session.ui.warn(&format!(
                "the index of stable could not be fetched ({why}); `{program} repo update` does it \
                 once the network is there"
            ));
        }
    }
    Ok(shown)
}

fn say(session: &mut Session, what: &str, text: &str) -> Result<(), Failure> {
    Ok(session.ui.print(&format!("{:<18} {text}\n", format!("{what}:")))?)
}

/// Makes rutter's own folder, which is nobody else's business.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).map_err(|error| named(folder, &error))
}
