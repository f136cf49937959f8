//! Which server, as whom: the kubeconfig and what the command line puts over it.
//!
//! Reads the files it is handed; finds none by itself and reads no environment but a pod's own.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use kube::config::{
    AuthInfo, Config, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster,
    NamedContext,
};

use crate::cluster::{ClusterError, Endpoint};

/// Whether the server's certificate is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// As the kubeconfig says.
    #[default]
    AsConfigured,
    /// Not at all (`--kube-insecure-skip-tls-verify`).
    None,
}

/// Where the server is found and as whom we come: Helm's global flags.
///
/// `Debug` does not show the token.
#[derive(Clone, Default)]
pub struct Connection {
    /// The kubeconfig files, merged as kubectl does: the first to name something wins. Those that
    /// do not exist are left out.
    pub kubeconfig: Vec<PathBuf>,
    /// The context; the current one where nothing is said (`--kube-context`).
    pub context: Option<String>,
    /// The namespace; the context's where nothing is said (`--namespace`).
    pub namespace: Option<String>,
    /// Whom to act as (`--kube-as-user`).
    pub as_user: Option<String>,
    /// The groups to act as (`--kube-as-group`).
    pub as_groups: Vec<String>,
    /// A bearer token in place of the kubeconfig's credentials (`--kube-token`).
    pub token: Option<String>,
    /// A file with certificate authorities (`--kube-ca-file`).
    pub ca_file: Option<PathBuf>,
    /// The server's URL (`--kube-apiserver`).
    pub server: Option<String>,
    /// The name that the server's certificate must have (`--kube-tls-server-name`).
    pub tls_server_name: Option<String>,
    /// Whether the server's certificate is checked.
    pub verification: Verification,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("kubeconfig", &self.kubeconfig)
            .field("context", &self.context)
            .field("namespace", &self.namespace)
            .field("as_user", &self.as_user)
            .field("as_groups", &self.as_groups)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Returns the namespace that commands work in: what was asked for, else the context's, else
    /// `default`. Talks to nobody.
    pub fn namespace(&self) -> Result<String, ClusterError> {
        if let Some(namespace) = &self.namespace {
            return Ok(namespace.clone());
        }
        let Some(kubeconfig) = self.read()? else { return Ok("default".to_owned()) };
        let wanted = self.context.as_ref().or(kubeconfig.current_context.as_ref());
        let found = kubeconfig.contexts.iter().find(|it| Some(&it.name) == wanted);
        let namespace = found.and_then(|it| it.context.as_ref()?.namespace.clone());
        Ok(namespace.filter(|it| !it.is_empty()).unwrap_or_else(|| "default".to_owned()))
    }

    /// Returns the name of the user that the context names, where there is one. Talks to nobody.
    pub fn user_name(&self) -> Result<Option<String>, ClusterError> {
        let Some(kubeconfig) = self.read()? else { return Ok(None) };
        let wanted = self.context.as_ref().or(kubeconfig.current_context.as_ref());
        let found = kubeconfig.contexts.iter().find(|it| Some(&it.name) == wanted);
        Ok(found.and_then(|it| it.context.as_ref()?.user.clone()))
    }

    /// Returns the name of the context that is used, where there is one.
    pub fn context_name(&self) -> Result<Option<String>, ClusterError> {
        if self.context.is_some() {
            return Ok(self.context.clone());
        }
        Ok(self.read()?.and_then(|kubeconfig| kubeconfig.current_context))
    }

    /// Returns the contexts that there are, sorted by name, each with the name of its cluster. Talks
    /// to nobody.
    pub fn contexts(&self) -> Result<Vec<(String, String)>, ClusterError> {
        let contexts = self.read()?.map(|kubeconfig| kubeconfig.contexts).unwrap_or_default();
        let named = contexts.into_iter().map(|it| {
            let cluster = it.context.map(|context| context.cluster).unwrap_or_default();
            (it.name, cluster)
        });
        let mut named: Vec<_> = named.collect();
        named.sort();
        Ok(named)
    }

    /// Returns where the server is, without a client: for reads that ask no server. Talks to
    /// nobody and never waits.
    pub async fn endpoint(&self) -> Result<Endpoint, ClusterError> {
        let config = self.to_config().await?;
        let authority = config.root_cert.as_ref().map(|certificates| certificates.concat());
        Ok(Endpoint { url: config.cluster_url.to_string(), authority })
    }

    /// Returns what the client crate is configured with.
    pub(super) async fn to_config(&self) -> Result<Config, ClusterError> {
        let mut config = match self.read()? {
            Some(kubeconfig) => self.with_kubeconfig(kubeconfig).await?,
            // A pod without a kubeconfig talks to its own cluster; anybody else gets what kubectl
            // and Helm take for granted.
            None => Config::incluster().or_else(|_| self.bare())?,
        };
        config.default_retry = false;
        config.default_namespace = self.namespace()?;
        if let Some(user) = &self.as_user {
            config.auth_info.impersonate = Some(user.clone());
        }
        if !self.as_groups.is_empty() {
            config.auth_info.impersonate_groups = Some(self.as_groups.clone());
        }
        if let Some(name) = &self.tls_server_name {
            config.tls_server_name = Some(name.clone());
        }
        if self.verification == Verification::None {
            config.accept_invalid_certs = true;
        }
        Ok(config)
    }

    async fn with_kubeconfig(&self, mut kubeconfig: Kubeconfig) -> Result<Config, ClusterError> {
        let context = self.context.clone().or_else(|| kubeconfig.current_context.clone());
        let context = context.unwrap_or_default();
        if !kubeconfig.contexts.iter().any(|it| it.name == context) {
            if self.context.is_some() {
                return Err(unusable(format!("context \"{context}\" does not exist")));
            }
            if self.server.is_none() {
                return self.bare();
            }
            kubeconfig.contexts.push(empty_context(&context));
        }
        self.lay_over(&mut kubeconfig, &context)?;
        let options = KubeConfigOptions { context: Some(context), cluster: None, user: None };
        Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| unusable(error.to_string()))
    }

    /// Puts server, authority and token of the command line over the context's.
    fn lay_over(&self, kubeconfig: &mut Kubeconfig, context: &str) -> Result<(), ClusterError> {
        let named = kubeconfig.contexts.iter_mut().find(|it| it.name == context);
        let Some(named) = named.and_then(|it| it.context.as_mut()) else { return Ok(()) };
        let cluster = named.cluster.clone();
        let cluster = entry(
            &mut kubeconfig.clusters,
            |it| it.name == cluster,
            || NamedCluster { name: cluster.clone(), cluster: None, other: BTreeMap::new() },
        );
        let cluster = cluster.cluster.get_or_insert_default();
        if let Some(server) = &self.server {
            cluster.server = Some(server.clone());
        }
        if let Some(file) = &self.ca_file {
            let path = file.to_str().ok_or_else(|| unusable("the CA's path is no text".into()))?;
            cluster.certificate_authority = Some(path.to_owned());
            cluster.certificate_authority_data = None;
        }
        if let Some(token) = &self.token {
            let user = named.user.get_or_insert_with(|| "token".to_owned()).clone();
            let user = entry(
                &mut kubeconfig.auth_infos,
                |it| it.name == user,
                || NamedAuthInfo { name: user.clone(), auth_info: None, other: BTreeMap::new() },
            );
            user.auth_info =
                Some(AuthInfo { token: Some(token.clone().into()), ..AuthInfo::default() });
        }
        Ok(())
    }

    fn bare(&self) -> Result<Config, ClusterError> {
        let server = self.server.as_deref().unwrap_or("http://localhost:8080");
        let url = server.parse().map_err(|error| unusable(format!("`{server}`: {error}")))?;
        let mut config = Config::new(url);
        config.auth_info.token = self.token.clone().map(Into::into);
        if let Some(file) = &self.ca_file {
            config.root_cert_file = Some(file.clone());
        }
        Ok(config)
    }

    fn read(&self) -> Result<Option<Kubeconfig>, ClusterError> {
        let mut merged: Option<Kubeconfig> = None;
        for path in self.kubeconfig.iter().filter(|path| path.exists()) {
            let next = read_one(path)?;
            merged = Some(match merged {
                None => next,
                Some(first) => first.merge(next).map_err(|error| unusable(error.to_string()))?,
            });
        }
        Ok(merged)
    }
}

/// Reads a kubeconfig. What is said of one that cannot be read is Helm's and repeats none of it:
/// there are tokens in it.
fn read_one(path: &Path) -> Result<Kubeconfig, ClusterError> {
    Kubeconfig::read_from(path).map_err(|_| {
        let path_text = path.display();
        let why = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                format!("open {path_text}: permission denied")
            }
            Err(error) => format!("open {path_text}: {error}"),
            Ok(bytes) => match render::yaml::read_json(bytes) {
                Err(error) => error.problem().to_owned(),
                Ok(_) => "it has not the fields of a kubeconfig".to_owned(),
            },
        };
        unusable(format!("error loading config file \"{path_text}\": {why}"))
    })
}

/// Returns the entry that fits, making it where there is none.
fn entry<T>(list: &mut Vec<T>, fits: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> &mut T {
    let index = list.iter().position(fits).unwrap_or_else(|| {
        list.push(make());
        list.len() - 1
    });
    list.get_mut(index).unwrap_or_else(|| unreachable!("the index was just found or pushed"))
}

fn empty_context(name: &str) -> NamedContext {
    let context = Context { cluster: "flags".to_owned(), ..Default::default() };
    NamedContext { name: name.to_owned(), context: Some(context), other: BTreeMap::new() }
}

fn unusable(message: String) -> ClusterError {
    ClusterError::Unreachable { message }
}
