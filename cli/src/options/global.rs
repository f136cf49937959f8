//! The flags that every command takes, as typed.

use super::{Number, Switch, tiller::TillerOptions};

/// Helm's global flags. What they mean together with the environment is in
/// [`Settings`](crate::settings::Settings).
#[derive(clap::Args, Debug, Default)]
#[command(next_help_heading = "Global flags")]
pub(crate) struct Global {
    /// The namespace to work in
    #[arg(short = 'n', long, global = true, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// The kubeconfig file to read
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) kubeconfig: Option<String>,
    /// The context of the kubeconfig to use; `rutter-sandbox` is a toy cluster in a file
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) kube_context: Option<String>,
    /// The bearer token to authenticate with
    #[arg(long, global = true, value_name = "TOKEN")]
    pub(crate) kube_token: Option<String>,
    /// The user to impersonate
    #[arg(long, global = true, value_name = "USER")]
    pub(crate) kube_as_user: Option<String>,
    /// A group to impersonate (repeatable)
    #[arg(long, global = true, value_name = "GROUP")]
    pub(crate) kube_as_group: Vec<String>,
    /// The address and port of the API server
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) kube_apiserver: Option<String>,
    /// The certificate authority that the API server's certificate must come from
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) kube_ca_file: Option<String>,
    /// The name that the API server's certificate must bear
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) kube_tls_server_name: Option<String>,
    /// Do not check the API server's certificate: whoever answers is believed
    #[arg(long, global = true)]
    pub(crate) kube_insecure_skip_tls_verify: Option<Switch>,
    /// Say more about what is done
    #[arg(long, global = true)]
    pub(crate) debug: Option<Switch>,
    /// Colour the output: never, auto or always
    #[arg(long, global = true, value_name = "WHEN", alias = "colour")]
    pub(crate) color: Option<String>,
    /// The file with the credentials of registries
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) registry_config: Option<String>,
    /// The file with the names and URLs of repositories
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) repository_config: Option<String>,
    /// The folder with cached repository indexes
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) repository_cache: Option<String>,
    /// The folder with cached charts
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) content_cache: Option<String>,
    /// Taken for Helm's sake: requests are not throttled by the client
    #[arg(long, global = true, value_name = "N")]
    pub(crate) burst_limit: Option<Number>,
    /// Taken for Helm's sake: requests are not throttled by the client
    #[arg(long, global = true, value_name = "N")]
    pub(crate) qps: Option<f32>,
    #[command(flatten)]
    pub(crate) tiller: TillerOptions,
    /// How the namespace was spelled: Helm 2 had another meaning for the letter.
    #[arg(skip)]
    pub(crate) namespace_by: Spelling,
}

/// How a flag was spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// It was not given.
    #[default]
    Absent,
    /// By its letter, and never by its name.
    Letter,
    /// By its name, perhaps by its letter, too.
    Word,
}
