//! Where things are: which cluster, which release, which object, which record.

use std::fmt;

use serde::Serialize;

use super::Facts;
use crate::digest::{ClusterId, Digest, ObjectId};
use crate::name::{LifeNumber, Namespace, ReleaseName};

/// The UID that the API server gave an object: what tells it from a later one of the same name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Uid(pub String);

impl fmt::Display for Uid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What the user can see of a cluster's identity; a context's name is none.
///
/// A user who may read one namespace only has its UID and no other: the fold joins what belongs
/// together. A changed UID is another cluster.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Evidence {
    /// The UID of the namespace `kube-system`.
    pub kube_system: Option<Uid>,
    /// The UIDs of the namespaces that releases are in, as far as they are known.
    pub namespaces: Vec<(Namespace, Uid)>,
    /// The digest of the certificate authority's data in the kubeconfig.
    pub ca: Option<Digest>,
    /// [`Digest::of_server`] of the server's URL.
    pub server: Option<Digest>,
}

/// 3: evidence of which cluster is spoken to. Its own event id is the cluster's [`ClusterId`],
/// until the fold finds that it is one that was known before.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ClusterIdentified {
    /// What could be seen.
    pub evidence: Evidence,
    /// A private object with what is only shown: server URL, context name (JSON).
    pub details: Option<ObjectId>,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// Which release, and which life of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct ReleaseRef {
    /// The cluster, as the writer knew it.
    pub cluster: ClusterId,
    /// The namespace of the release's records.
    pub namespace: Namespace,
    /// The release.
    pub name: ReleaseName,
    /// Which life: an install after an uninstall opens the next one.
    pub life: LifeNumber,
}

/// A Kubernetes object by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// Group and version, such as `apps/v1`.
    pub api_version: String,
    /// Kind, such as `Deployment`.
    pub kind: String,
    /// Its namespace; none for what lives in none.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

/// `Deployment web/nginx`, or `ClusterRole nginx` without a namespace.
impl fmt::Display for ObjectRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(out, "{} {namespace}/{}", self.kind, self.name),
            None => write!(out, "{} {}", self.kind, self.name),
        }
    }
}

/// Helm's record of a revision in the cluster: a Secret such as `sh.helm.release.v1.web.v3`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordRef {
    /// Name of the Secret (or `ConfigMap`).
    pub name: String,
    /// Its UID.
    pub uid: Uid,
    /// Its version when it was written or read.
    pub resource_version: String,
}
