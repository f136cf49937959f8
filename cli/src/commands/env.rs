//! `rutter env`: where files are looked for and how a cluster is reached.

use std::io::Write as _;

use crate::{failure::Failure, grammar, session::Session, settings::Settings, words::Words};

/// Print the environment that commands run in
///
/// With a name, only the value of that variable.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The variable to print
    #[arg(value_name = "VARIABLE")]
    words: Vec<String>,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    grammar::at_most(1, session.settings.program, "env", &args.words)?;
    let variables = variables(&session.settings, &session.namespace());
    let out = session.ui.out();
    match args.words.first() {
        Some(name) => {
            let value = variables.iter().find(|(it, _)| it == name).map(|(_, value)| value);
            writeln!(out, "{}", value.map_or("", String::as_str))?;
        }
        None => {
            for (name, value) in &variables {
                writeln!(out, "{name}=\"{value}\"")?;
            }
        }
    }
    Ok(())
}

/// Returns Helm's variables sorted by name, then ours unless we go by the name of `helm`.
pub(crate) fn variables(settings: &Settings, namespace: &str) -> Vec<(&'static str, String)> {
    let Settings { folders, cluster, .. } = settings;
    let path = |path: &std::path::Path| path.display().to_string();
    let mut variables = vec![
        ("HELM_BIN", settings.binary.clone()),
        ("HELM_BURST_LIMIT", settings.burst_limit.to_string()),
        ("HELM_CACHE_HOME", path(&folders.cache)),
        ("HELM_CONFIG_HOME", path(&folders.config)),
        ("HELM_CONTENT_CACHE", path(&folders.content_cache)),
        ("HELM_DATA_HOME", path(&folders.data)),
        ("HELM_DEBUG", settings.debug.to_string()),
        ("HELM_KUBEAPISERVER", cluster.server.clone()),
        ("HELM_KUBEASGROUPS", cluster.as_groups.join(",")),
        ("HELM_KUBEASUSER", cluster.as_user.clone()),
        ("HELM_KUBECAFILE", cluster.ca_file.clone()),
        ("HELM_KUBECONTEXT", cluster.context.clone()),
        ("HELM_KUBEINSECURE_SKIP_TLS_VERIFY", cluster.insecure.to_string()),
        ("HELM_KUBETLS_SERVER_NAME", cluster.tls_server_name.clone()),
        ("HELM_KUBETOKEN", cluster.token.0.clone()),
        ("HELM_MAX_HISTORY", settings.max_history.to_string()),
        ("HELM_NAMESPACE", namespace.to_owned()),
        ("HELM_PLUGINS", path(&folders.plugins)),
        ("HELM_QPS", format!("{:.2}", settings.qps)),
        ("HELM_REGISTRY_CONFIG", path(&folders.registry_config)),
        ("HELM_REPOSITORY_CACHE", path(&folders.repository_cache)),
        ("HELM_REPOSITORY_CONFIG", path(&folders.repository_config)),
    ];
    // Helm shows the flag only, not the variable that it stands for.
    if let Some(flag) = &cluster.kubeconfig_flag {
        variables.push(("KUBECONFIG", flag.clone()));
    }
    if settings.program != "helm" {
        variables.push(("RUTTER_HOME", path(&folders.rutter)));
        variables.push(("RUTTER_SANDBOX", cluster.sandbox.to_string()));
        variables.push(("RUTTER_WORDS", Words::chosen(settings).unwrap_or_default().to_string()));
    }
    variables
}
