//! Names that the cluster and the kubeconfig know.

use applier::{Cluster, ClusterError, Depth, Kind, Query, Resource, Scope, object};

use super::{Choices, Directive};
use crate::{
    connection::connection,
    failure::Failure,
    session::Session,
    work::{Asking, Work},
};

/// The namespaces of the cluster; files where it cannot be asked, as in Helm.
pub(super) fn namespaces(session: &mut Session) -> Choices {
    match named(session) {
        Ok(Ok(names)) => (names, Directive::NoFiles),
        Ok(Err(_)) | Err(_) => (Vec::new(), Directive::Files),
    }
}

fn named(session: &mut Session) -> Result<Result<Vec<String>, ClusterError>, Failure> {
    let mut work = Work::to_read(session, Asking::Cluster)?;
    work.run(async |world| Ok(listed(world.cluster).await))
}

async fn listed(cluster: &impl Cluster) -> Result<Vec<String>, ClusterError> {
    let resource = Resource {
        kind: Kind::new("v1", "Namespace"),
        plural: "namespaces".to_owned(),
        scope: Scope::Cluster,
        verbs: Vec::new(),
    };
    let query = Query { depth: Depth::Metadata, ..Query::all(&resource, None) };
    let listed = cluster.list(&query).await?;
    Ok(listed.items.iter().map(|it| object::name(it).to_owned()).collect())
}

/// The contexts of the kubeconfig, each with its cluster.
pub(super) fn contexts(session: &Session) -> Choices {
    let contexts = connection(&session.settings).contexts().unwrap_or_default();
    let choice = |(name, cluster): (String, String)| format!("{name}\t{cluster}");
    (contexts.into_iter().map(choice).collect(), Directive::NoFiles)
}
