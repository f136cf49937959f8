//! What the environment and the global flags say, read once, before anything else.

use std::{env, path::PathBuf};

use crate::{
    failure::Failure,
    fetch::{self, Proxies},
    options::{Duration, Global, Spelling, Switch},
    ui::Colour,
};

/// The context that stands for the sandbox, whatever a kubeconfig says.
const SANDBOX_CONTEXT: &str = "rutter-sandbox";

/// Everything a command may want to know about where it runs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The name that we were called by: `helm` through a symlink, else `rutter`.
    pub(crate) program: &'static str,
    /// The first word of the command line, for `HELM_BIN`.
    pub(crate) binary: String,
    /// Whether to say more.
    pub(crate) debug: Switch,
    /// When to use colour.
    pub(crate) colour: Colour,
    /// How to find the cluster and who to be there.
    pub(crate) cluster: ClusterSettings,
    /// Where Helm's and our files are.
    pub(crate) folders: Folders,
    /// Which proxies requests go through.
    pub(crate) proxies: Proxies,
    /// How long a file may take to come, where no flag says so (`RUTTER_FETCH_TIMEOUT`).
    pub(crate) fetch_timeout: std::time::Duration,
    /// How many revisions the cluster keeps of a release; 0 is all.
    pub(crate) max_history: i64,
    /// Taken for Helm's sake, and shown by `env`.
    pub(crate) burst_limit: i64,
    /// Taken for Helm's sake, and shown by `env`.
    pub(crate) qps: f32,
}

/// The connection flags; empty is not given, as in Helm.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClusterSettings {
    /// The toy cluster in a file instead of a real one.
    pub(crate) sandbox: Switch,
    /// The namespace that was asked for.
    pub(crate) namespace: String,
    /// How it was asked for on the command line.
    pub(crate) namespace_by: Spelling,
    /// `KUBECONFIG` or the flag; may be a list of files.
    pub(crate) kubeconfig: String,
    /// The flag alone, which `env` shows.
    pub(crate) kubeconfig_flag: Option<String>,
    /// The context in it.
    pub(crate) context: String,
    /// A bearer token. Never printed but by `env`, as in Helm.
    pub(crate) token: Secret,
    /// The user to be.
    pub(crate) as_user: String,
    /// The groups to be in.
    pub(crate) as_groups: Vec<String>,
    /// The server's URL.
    pub(crate) server: String,
    /// The certificate authority's file.
    pub(crate) ca_file: String,
    /// The name in the server's certificate.
    pub(crate) tls_server_name: String,
    /// Whether whoever answers is believed.
    pub(crate) insecure: Switch,
}

/// A word that `Debug` does not show.
#[derive(Clone, Default)]
pub(crate) struct Secret(pub(crate) String);

impl From<String> for Secret {
    fn from(word: String) -> Self {
        Self(word)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "(secret)" })
    }
}

/// Where files are: Helm's, so that both find the same, and ours.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    pub(crate) cache: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) plugins: PathBuf,
    pub(crate) registry_config: PathBuf,
    pub(crate) repository_config: PathBuf,
    pub(crate) repository_cache: PathBuf,
    pub(crate) content_cache: PathBuf,
    /// `RUTTER_HOME`: the ledger and the sandbox.
    pub(crate) rutter: PathBuf,
}

impl Settings {
    /// Reads the environment; flags win over it.
    ///
    /// # Errors
    ///
    /// Fails on a colour mode that Helm does not know.
    pub(crate) fn read(program: &'static str, global: &Global) -> Result<Self, Failure> {
        let debug = global.debug.unwrap_or_else(|| switch("HELM_DEBUG"));
        let burst_limit = global.burst_limit.map(|it| it.0);
        Ok(Self {
            program,
            binary: env::args().next().unwrap_or_default(),
            debug,
            colour: colour(global.color.as_deref())?,
            cluster: ClusterSettings::read(global),
            folders: Folders::read(global),
            proxies: Proxies::read(),
            fetch_timeout: parsed::<Duration>("RUTTER_FETCH_TIMEOUT")
                .map_or(fetch::TO_FINISH, |it| it.0),
            max_history: parsed("HELM_MAX_HISTORY").unwrap_or(10),
            burst_limit: burst_limit.or_else(|| parsed("HELM_BURST_LIMIT")).unwrap_or(100),
            qps: global.qps.or_else(|| parsed("HELM_QPS")).unwrap_or(0.0),
        })
    }
}

impl ClusterSettings {
    /// Takes `-n` for something else than a namespace, and returns its value.
    pub(crate) fn take_namespace_flag(&mut self) -> String {
        std::mem::replace(&mut self.namespace, text("HELM_NAMESPACE"))
    }

    fn read(global: &Global) -> Self {
        let groups = text("HELM_KUBEASGROUPS");
        let groups = groups.trim_matches([',', ' ']);
        let groups = match groups {
            "" => Vec::new(),
            groups => groups.split(',').map(str::to_owned).collect(),
        };
        let context = flag_or(global.kube_context.as_ref(), "HELM_KUBECONTEXT");
        let toy = switch("RUTTER_SANDBOX").is_on() || context == SANDBOX_CONTEXT;
        Self {
            sandbox: if toy { Switch::On } else { Switch::Off },
            namespace: flag_or(global.namespace.as_ref(), "HELM_NAMESPACE"),
            namespace_by: global.namespace_by,
            kubeconfig: flag_or(global.kubeconfig.as_ref(), "KUBECONFIG"),
            kubeconfig_flag: global.kubeconfig.clone().filter(|it| !it.is_empty()),
            context,
            token: Secret(flag_or(global.kube_token.as_ref(), "HELM_KUBETOKEN")),
            as_user: flag_or(global.kube_as_user.as_ref(), "HELM_KUBEASUSER"),
            as_groups: match global.kube_as_group.as_slice() {
                [] => groups,
                given => given.to_vec(),
            },
            server: flag_or(global.kube_apiserver.as_ref(), "HELM_KUBEAPISERVER"),
            ca_file: flag_or(global.kube_ca_file.as_ref(), "HELM_KUBECAFILE"),
            tls_server_name: flag_or(
                global.kube_tls_server_name.as_ref(),
                "HELM_KUBETLS_SERVER_NAME",
            ),
            insecure: global
                .kube_insecure_skip_tls_verify
                .unwrap_or_else(|| switch("HELM_KUBEINSECURE_SKIP_TLS_VERIFY")),
        }
    }
}

impl Folders {
    fn read(global: &Global) -> Self {
        let home = PathBuf::from(text("HOME"));
        let folder = |own: &str, xdg: &str, default: &str| match (text(own), text(xdg)) {
            (own, _) if !own.is_empty() => PathBuf::from(own),
            (_, xdg) if !xdg.is_empty() => PathBuf::from(xdg).join("helm"),
            _ => home.join(default).join("helm"),
        };
        let cache = folder("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache");
        let config = folder("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config");
        let data = folder("HELM_DATA_HOME", "XDG_DATA_HOME", ".local/share");
        let file = |flag: Option<&String>, variable: &str, default: PathBuf| match flag {
            Some(path) => PathBuf::from(path),
            None => env::var_os(variable).map_or(default, PathBuf::from),
        };
        let rutter = match (text("RUTTER_HOME"), text("XDG_DATA_HOME")) {
            (own, _) if !own.is_empty() => PathBuf::from(own),
            (_, xdg) if !xdg.is_empty() => PathBuf::from(xdg).join("rutter"),
            _ => home.join(".local/share/rutter"),
        };
        Self {
            plugins: file(None, "HELM_PLUGINS", data.join("plugins")),
            registry_config: file(
                global.registry_config.as_ref(),
                "HELM_REGISTRY_CONFIG",
                config.join("registry/config.json"),
            ),
            repository_config: file(
                global.repository_config.as_ref(),
                "HELM_REPOSITORY_CONFIG",
                config.join("repositories.yaml"),
            ),
            repository_cache: file(
                global.repository_cache.as_ref(),
                "HELM_REPOSITORY_CACHE",
                cache.join("repository"),
            ),
            content_cache: file(
                global.content_cache.as_ref(),
                "HELM_CONTENT_CACHE",
                cache.join("content"),
            ),
            rutter,
            cache,
            config,
            data,
        }
    }
}

/// Helm's rule: the flag, else `NO_COLOR`, else `HELM_COLOR` if it says something known.
fn colour(flag: Option<&str>) -> Result<Colour, Failure> {
    let known = |word: &str| match word {
        "never" => Some(Colour::Never),
        "auto" => Some(Colour::Auto),
        "always" => Some(Colour::Always),
        _ => None,
    };
    match flag {
        Some(word) => known(word).ok_or_else(|| {
            Failure::new(format_args!(
                "invalid color mode {word:?}: must be one of: never, auto, always"
            ))
        }),
        None if !text("NO_COLOR").is_empty() => Ok(Colour::Never),
        None => Ok(known(&text("HELM_COLOR").to_lowercase()).unwrap_or_default()),
    }
}

/// The value of a variable; one that is not set and one that is not text are empty.
fn text(variable: &str) -> String {
    env::var(variable).unwrap_or_default()
}

fn flag_or(flag: Option<&String>, variable: &str) -> String {
    flag.cloned().unwrap_or_else(|| text(variable))
}

fn switch(variable: &str) -> Switch {
    text(variable).parse().unwrap_or_default()
}

fn parsed<T: std::str::FromStr>(variable: &str) -> Option<T> {
    text(variable).parse().ok()
}
