//! `rutter init`: a first start, as Helm 2 had it. There is no server to start.

use std::{fs, path::Path};

use crate::{
    charts::named,
    failure::Failure,
    grammar, local,
    options::Switch,
    session::Session,
    words,
    work::{home, make_ledger},
};

/// The archive of the charts that were Helm 2's `stable`.
const STABLE: &str = "https://charts.helm.sh/stable";

/// Get ready for Helm 2's words: make the ledger and the repositories `stable` and `local`
///
/// Nothing is put into the cluster: there is no Tiller. From here on a line that only Helm 2
/// understood is taken as it was meant there (`install CHART` without a name, a bare `mysql`).
/// What is there already stays as it is.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The URL of the repository `stable`
    #[arg(long, value_name = "URL", default_value = STABLE)]
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
        say(session, "repository stable", &args.stable_repo_url)?;
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

fn say(session: &mut Session, what: &str, text: &str) -> Result<(), Failure> {
    Ok(session.ui.print(&format!("{:<18} {text}\n", format!("{what}:")))?)
}

/// Makes rutter's own folder, which is nobody else's business.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).map_err(|error| named(folder, &error))
}
