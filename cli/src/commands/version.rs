//! `rutter version`: what this is, and which Helm it speaks like.

use std::io::Write as _;

use render::Vocabulary;
use serde_json::json;

use crate::{failure::Failure, grammar, options::Switch, session::Session};

/// Print the version
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Print the number only
    #[arg(long)]
    short: Switch,

    /// Print by this template of Go's, e.g. "Version: {{.Version}}"
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,

    #[command(flatten)]
    #[allow(dead_code, reason = "taken for Helm 2's sake; there is one version to print")]
    sides: Sides,

    #[arg(hide = true)]
    words: Vec<String>,
}

/// Helm 2 was two programs, and could be asked for either one's version.
#[derive(clap::Args, Debug)]
#[allow(dead_code, reason = "taken for Helm 2's sake; there is one version to print")]
struct Sides {
    #[arg(short = 'c', long, hide = true)]
    client: Switch,

    #[arg(short = 's', long, hide = true)]
    server: Switch,
}

/// The version of Helm whose commands, output and exit codes are followed.
const HELM: &str = "v4.3.1";

/// The version of Kubernetes whose types that Helm knows.
const KUBERNETES: &str = "v1.37";

/// Our own version.
const OWN: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let program = session.settings.program;
    grammar::none(program, "version", &args.words)?;
    if let Some(template) = args.template.as_deref().filter(|it| !it.is_empty()) {
        let facts = json!({
            "Version": HELM, "GitCommit": format!("rutter-{OWN}"), "GitTreeState": "clean",
            "GoVersion": "", "KubeClientVersion": KUBERNETES,
        });
        let text = render::run_alone("_", template, &facts, Vocabulary::Go);
        let text = text.map_err(|error| Failure::from_error(&error))?;
        return Ok(session.ui.print(&text)?);
    }
    let text = match (program, args.short) {
        ("helm", Switch::On) => HELM.to_owned(),
        // Scripts take `Version:"v…"` out of this line, so it has Helm's form; the rest says
        // honestly what answers.
        ("helm", Switch::Off) => format!(
            "version.BuildInfo{{Version:\"{HELM}\", GitCommit:\"rutter-{OWN}\", \
             GitTreeState:\"clean\", GoVersion:\"\", KubeClientVersion:\"{KUBERNETES}\"}}"
        ),
        (_, Switch::On) => format!("v{OWN}"),
        (_, Switch::Off) => format!("rutter v{OWN}, in place of Helm {HELM}"),
    };
    writeln!(session.ui.out(), "{text}")?;
    Ok(())
}
