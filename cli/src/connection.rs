//! Which cluster the flags and the environment mean.

use std::path::PathBuf;

use applier::{Connection, Verification};

use crate::settings::{ClusterSettings, Settings};

/// Returns how the cluster is reached.
pub(crate) fn connection(settings: &Settings) -> Connection {
    let cluster = &settings.cluster;
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Connection {
        kubeconfig: files(cluster),
        context: given(&cluster.context),
        namespace: given(&cluster.namespace),
        as_user: given(&cluster.as_user),
        as_groups: cluster.as_groups.clone(),
        token: given(&cluster.token.0),
        ca_file: given(&cluster.ca_file).map(PathBuf::from),
        server: given(&cluster.server),
        tls_server_name: given(&cluster.tls_server_name),
        verification: if cluster.insecure.is_on() {
            Verification::None
        } else {
            Verification::AsConfigured
        },
    }
}

/// `KUBECONFIG` may be a list; without it there is the file in the home folder.
fn files(cluster: &ClusterSettings) -> Vec<PathBuf> {
    if cluster.kubeconfig.is_empty() {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        return home.map(|home| home.join(".kube/config")).into_iter().collect();
    }
    std::env::split_paths(&cluster.kubeconfig).filter(|it| !it.as_os_str().is_empty()).collect()
}
