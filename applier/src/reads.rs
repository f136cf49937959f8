//! Reads: what ledger and cluster know together of releases. Nothing is written.
//!
//! One metadata-only list of the release records; those that the ledger does not know are read
//! whole, one by one where they are few, else with one more list.

use std::collections::BTreeMap;

use ledger::{
    ClusterId, Digest, Ledger, Life, Namespace, OperationLocks, Release, Revision, RevisionEntry,
    State, Store,
};
use serde_json::Value;

use crate::{
    claim,
    cluster::{Address, Cluster, ClusterError, Depth, Query},
    error::{Deleted, Error},
    look, object,
    record::Record,
    request::Target,
    situation::{KnownBy, Summary},
    view,
    world::World,
};

/// So many records are read one by one.
const FEW: usize = 2;

/// Which cluster a read looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The cluster and the ledger.
    Online,
    /// The ledger alone (`--offline`): the cluster that was last met at the server of the
    /// kubeconfig.
    Offline,
}

/// Whether what Helm would not find is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It is not.
    Present,
    /// It is (`--deleted`): releases that were uninstalled, revisions whose record is gone.
    Deleted,
}

/// How far a read looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Where.
    pub sight: Sight,
    /// How far.
    pub scope: Scope,
}

/// Returns the last revision of each release, by namespace and name, in one namespace or in all.
///
/// # Errors
///
/// [`Error::Unreachable`] where the cluster does not answer: never a list that misses releases.
pub async fn list<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    namespace: Option<&Namespace>,
    look: Look,
) -> Result<Vec<Summary>, Error> {
    // The last revision of a release is never superseded, but for a moment.
    let place = (namespace, "owner=helm,status!=superseded");
    let sight = Sighted::read(world, place, look).await?;
    let mut latest: BTreeMap<Target, Summary> = BTreeMap::new();
    for summary in sight.summaries(Extent::Newest).await? {
        latest.insert(summary.target.clone(), summary);
    }
    Ok(latest.into_values().collect())
}

/// Returns every revision of each release (`list --superseded`), by namespace, name and number.
///
/// # Errors
///
/// As [`list`].
pub async fn revisions<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    namespace: Option<&Namespace>,
    look: Look,
) -> Result<Vec<Summary>, Error> {
    let sight = Sighted::read(world, (namespace, "owner=helm"), look).await?;
    sight.summaries(Extent::All).await
}

/// Returns the revisions of a release, oldest first.
///
/// # Errors
///
/// [`Error::NotFound`] where there is none.
pub async fn history<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
    look: Look,
) -> Result<Vec<Summary>, Error> {
    let selector = format!("name={},owner=helm", target.name);
    let place = (Some(&target.namespace), selector.as_str());
    let sight = Sighted::read(world, place, look).await?;
    let mut all = sight.summaries(Extent::Release(target)).await?;
    all.retain(|it| it.target == *target);
    if all.is_empty() { Err(sight.not_found(target)) } else { Ok(all) }
}

/// Returns a revision as Helm's record has it; the last one where none is named. What the ledger
/// has of a revision whose record was pruned is as good as the record.
///
/// # Errors
///
/// [`Error::NotFound`] where there is none.
pub async fn get<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
    (revision, look): (Option<Revision>, Look),
) -> Result<Record, Error> {
    let selector = format!("name={},owner=helm", target.name);
    let place = (Some(&target.namespace), selector.as_str());
    let sight = Sighted::look(world, place, look).await?;
    let found = sight.records.iter().filter_map(|it| Some((view::labels(it)?.revision, it)));
    let secret = match revision {
        Some(wanted) => found.into_iter().find(|(number, _)| *number == wanted.0),
        None => found.into_iter().max_by_key(|(number, _)| *number),
    };
    let release = sight.release(target);
    if let Some((_, secret)) = secret {
        let known = release.and_then(|it| look::known(it, secret).map(|entry| (it, entry)));
        if let Some((release, (life, entry))) = known {
            return view::record(sight.ledger, (release, life), entry).await;
        }
        let read = read_one(sight.api, secret).await?;
        return read.ok_or_else(|| sight.not_found(target));
    }
    let life = release.and_then(Release::latest_life);
    let is_there = !sight.records.is_empty();
    let may_show = look.sight == Sight::Offline || look.scope == Scope::Deleted || is_there;
    let is_shown = |it: &&Release| look.scope == Scope::Deleted || is_there || !it.is_deleted();
    let found =
        release.filter(is_shown).zip(life).filter(|_| may_show).and_then(|(release, life)| {
            let entry = match revision {
                Some(revision) => life.revisions.get(&revision),
                None => life.latest(),
            };
            entry.map(|entry| (release, life, entry))
        });
    match found {
        Some((release, life, entry)) => view::record(sight.ledger, (release, life), entry).await,
        None => Err(sight.not_found(target)),
    }
}

/// Which revisions are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent<'t> {
    /// The last one of each release.
    Newest,
    /// Every one.
    All,
    /// Those of one release.
    Release(&'t Target),
}

/// What a read saw.
struct Sighted<'w, C, S> {
    look: Look,
    namespace: Option<Namespace>,
    api: &'w C,
    /// What nobody works on is marked in it as interrupted.
    ledger: &'w Ledger<S>,
    cluster: Option<ClusterId>,
    /// Metadata of the records, or more; after [`Sighted::read`], of those that the ledger knows.
    records: Vec<Value>,
    /// Records that the ledger does not know, whole.
    foreign: Vec<Value>,
}

impl<'w, C: Cluster, S: Store + OperationLocks> Sighted<'w, C, S> {
    /// Looks, and reads what the ledger does not know.
    async fn read(
        world: &'w mut World<'_, C, S>,
        place: (Option<&Namespace>, &str),
        look: Look,
    ) -> Result<Self, Error> {
        let mut sight = Self::look(world, place, look).await?;
        let all = std::mem::take(&mut sight.records);
        let (known, unknown): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| sight.knows(it));
        sight.records = known;
        let is_whole = |it: &Value| it.get("data").is_some();
        if unknown.iter().all(is_whole) {
            sight.foreign = unknown;
        } else if unknown.len() <= FEW {
            let mut foreign = Vec::new();
            for secret in &unknown {
                foreign.extend(read_secret(sight.api, secret).await?);
            }
            sight.foreign = foreign;
        } else {
            let listed = records(sight.api, place, Depth::Whole).await?;
            sight.foreign = listed.into_iter().filter(|it| !sight.knows(it)).collect();
        }
        Ok(sight)
    }

    /// Looks at the records' metadata. Where the ledger knows nothing at all, they are read whole
    /// at once: they would be anyway.
    async fn look(
        world: &'w mut World<'_, C, S>,
        (namespace, selector): (Option<&Namespace>, &str),
        look: Look,
    ) -> Result<Self, Error> {
        world.ledger.refresh().await?;
        world.ledger.mark_interrupted();
        let mut sight = Self {
            look,
            namespace: namespace.cloned(),
            api: world.cluster,
            ledger: world.ledger,
            cluster: None,
            records: Vec::new(),
            foreign: Vec::new(),
        };
        if look.sight == Sight::Offline {
            let endpoint = sight.api.endpoint();
            let authority = endpoint.authority.as_deref().map(Digest::of);
            sight.cluster = sight.ledger.id().and_then(|id| {
                sight.state().cluster_at(authority, Digest::of_server(id, &endpoint.url))
            });
            return Ok(sight);
        }
        let knows_nothing = sight.state().releases().next().is_none();
        let depth = if knows_nothing { Depth::Whole } else { Depth::Metadata };
        let namespaces: Vec<Namespace> = namespace.cloned().into_iter().collect();
        let (identity, listed) = tokio::join!(
            look::identify(sight.api, &namespaces),
            records(sight.api, (namespace, selector), depth)
        );
        sight.cluster = sight.state().cluster_matching(&identity.evidence(sight.ledger));
        sight.records = listed?;
        Ok(sight)
    }

    fn state(&self) -> &'w State {
        self.ledger.state()
    }

    fn release(&self, target: &Target) -> Option<&'w Release> {
        self.state().release(&look::key_in(self.cluster?, target))
    }

    /// Says whether the ledger knows a record as it is now.
    fn knows(&self, secret: &Value) -> bool {
        target_of(secret)
            .and_then(|target| self.release(&target))
            .is_some_and(|release| look::known(release, secret).is_some())
    }

    /// Returns what a list says of all that was seen.
    async fn summaries(&self, extent: Extent<'_>) -> Result<Vec<Summary>, Error> {
        let mut all = Vec::new();
        for secret in &self.records {
            let Some(target) = target_of(secret) else { continue };
            let release = self.release(&target);
            let known = release.and_then(|it| look::known(it, secret).map(|entry| (it, entry)));
            if let Some((release, (_, entry))) = known {
                all.push(view::summary(self.ledger, release, entry, KnownBy::Both).await?);
            }
        }
        all.extend(self.foreign.iter().filter_map(view::summary_of_secret));
        for (release, entry) in self.only_in_ledger(extent) {
            all.push(view::summary(self.ledger, release, entry, KnownBy::Ledger).await?);
        }
        all.sort_by(|a, b| (&a.target, a.revision).cmp(&(&b.target, b.revision)));
        all.dedup_by(|a, b| (&a.target, a.revision) == (&b.target, b.revision));
        Ok(all)
    }

    /// Returns revisions that the ledger alone knows, as far as they are asked for.
    fn only_in_ledger<'a>(
        &'a self,
        extent: Extent<'a>,
    ) -> impl Iterator<Item = (&'w Release, &'w RevisionEntry)> + 'a {
        let is_here = |it: &&Release| {
            Some(it.key.cluster) == self.cluster
                && self.namespace.as_ref().is_none_or(|namespace| it.key.namespace == *namespace)
        };
        let is_asked_for = |it: &&Release| match (self.look.sight, self.look.scope) {
            (_, Scope::Deleted) => true,
            (Sight::Offline, Scope::Present) => !it.is_deleted(),
            (Sight::Online, Scope::Present) => false,
        };
        let is_meant = move |it: &&Release| match extent {
            Extent::Release(target) => it.key.name == target.name,
            Extent::Newest | Extent::All => true,
        };
        let releases = self.state().releases().filter(is_here).filter(is_asked_for);
        releases.filter(is_meant).flat_map(move |release| {
            let revisions = release.latest_life().map(|life: &Life| life.revisions.values().rev());
            let wanted = if extent == Extent::Newest { 1 } else { usize::MAX };
            revisions.into_iter().flatten().take(wanted).map(move |entry| (release, entry))
        })
    }

    fn not_found(&self, target: &Target) -> Error {
        let is_known = self
            .release(target)
            .and_then(Release::latest_life)
            .is_some_and(|life| !life.revisions.is_empty());
        Error::NotFound {
            name: target.name.to_string(),
            deleted: if is_known { Deleted::Known } else { Deleted::Never },
        }
    }
}

/// Returns the release that a record speaks of.
fn target_of(secret: &Value) -> Option<Target> {
    Some(Target {
        namespace: object::namespace(secret)?.parse().ok()?,
        name: object::label(secret, "name")?.parse().ok()?,
    })
}

async fn records<C: Cluster>(
    cluster: &C,
    (namespace, selector): (Option<&Namespace>, &str),
    depth: Depth,
) -> Result<Vec<Value>, Error> {
    let secrets = claim::secrets();
    let namespace = namespace.map(Namespace::as_str);
    let query = Query { labels: selector, depth, ..Query::all(&secrets, namespace) };
    let listed = cluster.list(&query).await.map_err(|source| match source {
        ClusterError::Unreachable { .. }
        | ClusterError::Unauthorized { .. }
        | ClusterError::Unknown { .. }
        | ClusterError::Retryable { .. } => Error::Unreachable(source),
        source => Error::Cluster { doing: "list: failed to list".to_owned(), source },
    })?;
    Ok(listed.items)
}

async fn read_secret<C: Cluster>(cluster: &C, secret: &Value) -> Result<Option<Value>, Error> {
    let secrets = claim::secrets();
    let name = object::name(secret);
    let address = Address { resource: &secrets, namespace: object::namespace(secret), name };
    match cluster.get(&address, Depth::Whole).await {
        Ok(secret) => Ok(Some(secret)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(source) => {
            Err(Error::Cluster { doing: format!("could not read record {name}"), source })
        }
    }
}

async fn read_one<C: Cluster>(cluster: &C, secret: &Value) -> Result<Option<Record>, Error> {
    let whole = match secret.get("data") {
        Some(_) => Some(secret.clone()),
        None => read_secret(cluster, secret).await?,
    };
    let Some(whole) = whole else { return Ok(None) };
    let name = object::name(&whole).to_owned();
    Record::from_secret(&whole).map(Some).map_err(|source| Error::Record { name, source })
}
