//! Which chart is meant, beyond its path, and how its server is entered.

use std::path::PathBuf;

use super::Switch;
use crate::{fetch::Access, settings::Secret};

/// Flags about finding a chart.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ChartOptions {
    /// The version of the chart, or a range; one that lies in a folder or an archive has but one
    #[arg(long, value_name = "CONSTRAINT")]
    pub(crate) version: Option<String>,
    /// Take development versions, too
    #[arg(long)]
    pub(crate) devel: Switch,
    /// The URL of the repository to look in; it need not be added
    #[arg(long, value_name = "URL")]
    pub(crate) repo: Option<String>,

    #[command(flatten)]
    pub(crate) remote: RemoteOptions,
}

/// Flags about entering a server that has charts.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct RemoteOptions {
    /// The user to log in to the chart's server as
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// The password to log in with
    #[arg(long, value_name = "PASSWORD")]
    pub(crate) password: Option<Secret>,
    /// Send name and password to every server that the repository points to
    #[arg(long)]
    pub(crate) pass_credentials: Switch,
    /// The certificate authority that the server's certificate must come from
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The certificate to show to the server
    #[arg(long, value_name = "FILE")]
    pub(crate) cert_file: Option<PathBuf>,
    /// The key of that certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Do not check the server's certificate: whoever answers is believed
    #[arg(long)]
    pub(crate) insecure_skip_tls_verify: Switch,
    /// Ask by HTTP where HTTPS is written
    #[arg(long)]
    pub(crate) plain_http: Switch,
}

impl ChartOptions {
    /// Returns the version that is asked for; empty is the newest that is no development version.
    pub(crate) fn constraint(&self) -> String {
        let asked = self.version.as_deref().map(str::trim).unwrap_or_default();
        if asked.is_empty() && self.devel.is_on() {
            return ">0.0.0-0".to_owned();
        }
        asked.to_owned()
    }
}

impl RemoteOptions {
    /// Returns how the server of `home` is entered.
    pub(crate) fn access(&self, home: &str) -> Access {
        let file = |path: &Option<PathBuf>| path.clone().filter(|it| !it.as_os_str().is_empty());
        Access {
            home: Some(home.to_owned()),
            username: self.username.clone().unwrap_or_default(),
            password: self.password.clone().unwrap_or_default(),
            pass_credentials: self.pass_credentials,
            ca_file: file(&self.ca_file),
            cert_file: file(&self.cert_file),
            key_file: file(&self.key_file),
            insecure: self.insecure_skip_tls_verify,
            plain_http: self.plain_http,
        }
    }
}
