//! Reads: what ledger and cluster know together of releases. Nothing is written.

use ledger::{OperationLocks, Revision, Store};

use crate::{
    cluster::Cluster, error::Error, record::Record, request::Target, situation::Summary,
    world::World,
};

/// Which cluster a read looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The cluster and the ledger.
    Online,
    /// The ledger alone (`--offline`): the cluster that was last met at the server of the
    /// kubeconfig.
    Offline,
}

/// Whether releases that Helm would not find are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// They are not.
    Present,
    /// They are (`--deleted`).
    Deleted,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Where.
    pub sight: Sight,
    /// How far.
    pub scope: Scope,
}

/// Returns the last revision of each release, by namespace and name, in one namespace or in all.
pub async fn list<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    namespace: Option<&ledger::Namespace>,
    look: Look,
) -> Result<Vec<Summary>, Error> {
    let _ = (world, namespace, look);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Returns the revisions of a release, oldest first.
pub async fn history<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
    look: Look,
) -> Result<Vec<Summary>, Error> {
    let _ = (world, target, look);
    Err(Error::Stored("not built yet".to_owned()))
}

/// Returns a revision as Helm's record has it; the last one where none is named.
pub async fn get<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
    (revision, look): (Option<Revision>, Look),
) -> Result<Record, Error> {
    let _ = (world, target, revision, look);
    Err(Error::Stored("not built yet".to_owned()))
}
