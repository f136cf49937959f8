//! Flags about Tiller, Helm 2's server. There is none, so there is nothing for them to do; lines
//! that bear them are taken all the same.

use super::Switch;

/// The flags of Helm 2 that every command took, as typed.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct TillerOptions {
    #[arg(long, global = true, hide = true)]
    tls: Option<Switch>,
    #[arg(long, global = true, hide = true)]
    tls_ca_cert: Option<String>,
    #[arg(long, global = true, hide = true)]
    tls_cert: Option<String>,
    #[arg(long, global = true, hide = true)]
    tls_key: Option<String>,
    #[arg(long, global = true, hide = true)]
    tls_hostname: Option<String>,
    #[arg(long, global = true, hide = true)]
    tls_verify: Option<Switch>,
    #[arg(long, global = true, hide = true)]
    home: Option<String>,
    #[arg(long, global = true, hide = true)]
    host: Option<String>,
    #[arg(long, global = true, hide = true)]
    tiller_namespace: Option<String>,
    #[arg(long, global = true, hide = true)]
    tiller_connection_timeout: Option<String>,
}

impl TillerOptions {
    /// Returns what is said, once, of those that were given.
    pub(crate) fn notice(&self) -> Option<String> {
        let flags = [
            ("--tls", self.tls.is_some()),
            ("--tls-ca-cert", self.tls_ca_cert.is_some()),
            ("--tls-cert", self.tls_cert.is_some()),
            ("--tls-key", self.tls_key.is_some()),
            ("--tls-hostname", self.tls_hostname.is_some()),
            ("--tls-verify", self.tls_verify.is_some()),
            ("--home", self.home.is_some()),
            ("--host", self.host.is_some()),
            ("--tiller-namespace", self.tiller_namespace.is_some()),
            ("--tiller-connection-timeout", self.tiller_connection_timeout.is_some()),
        ];
        let given: Vec<&str> = flags.iter().filter(|it| it.1).map(|it| it.0).collect();
        match given.as_slice() {
            [] => None,
            given => Some(format!("there is no Tiller: {} changes nothing", given.join(", "))),
        }
    }
}
