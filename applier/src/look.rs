//! Looking at a release and its cluster: which cluster is it, what can it do, what is there. Reads
//! only.

use std::collections::BTreeMap;

use ledger::{
    ClusterId, Digest, Evidence, Ledger, Life, Namespace, OperationLocks, Release, ReleaseKey,
    RevisionEntry, Status, Store, Uid,
};
use render::{Capabilities, KubeVersion};
use serde_json::Value;

use crate::{
    claim,
    cluster::{
        Address, Cluster, ClusterError, Depth, Discovery, Freshness, Kind, Listed, Query, Resource,
        Scope, ServerVersion,
    },
    error::Error,
    object,
    record::Record,
    request::Target,
    situation::{KnownBy, Seen, Situation, Summary},
    view,
    world::World,
};

/// Looks at a release: is the cluster there, what can it do, what is known of the release. Writes
/// nothing. The first thing that a command which changes something does.
///
/// # Errors
///
/// [`Error::Unreachable`] where nobody answers.
pub async fn look<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
) -> Result<Situation, Error> {
    look_as_allowed(world, target, Hidden::Refuse).await
}

/// Looks at a release as [`look`] does; records that the user may not see count as not there. For
/// finding out what he would have to be allowed.
pub async fn look_overlooking<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
) -> Result<Situation, Error> {
    look_as_allowed(world, target, Hidden::Overlook).await
}

/// What becomes of what the user may not see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// Without it nothing is done.
    Refuse,
    /// It counts as not there.
    Overlook,
}

async fn look_as_allowed<C: Cluster, S: Store + OperationLocks>(
    world: &mut World<'_, C, S>,
    target: &Target,
    hidden: Hidden,
) -> Result<Situation, Error> {
    world.ledger.refresh().await?;
    let cluster = world.cluster;
    let server = cluster.server_version().await.map_err(Error::Unreachable)?;
    let namespace = target.namespace.as_str();
    let labels = format!("name={},owner=helm", target.name);
    let secrets = claim::secrets();
    let query =
        Query { labels: &labels, depth: Depth::Metadata, ..Query::all(&secrets, Some(namespace)) };
    let namespaces = [target.namespace.clone()];
    let (discovery, records, identity, subject) = tokio::join!(
        cluster.discover(Freshness::Cached),
        cluster.list(&query),
        identify(cluster, &namespaces),
        cluster.whoami(),
    );
    let discovery = discovery.map_err(Error::Unreachable)?;
    let is_hidden = records.as_ref().is_err_and(ClusterError::is_forbidden);
    let records = match records {
        Err(error) if hidden == Hidden::Overlook && error.is_forbidden() => {
            Listed { items: Vec::new(), resource_version: String::new() }
        }
        records => records.map_err(failed_query)?,
    };
    let mut seen = Seen {
        evidence: identity.evidence(world.ledger),
        url: identity.url,
        records: records.items,
        subject: subject.unwrap_or_default(),
        is_hidden,
        ..Seen::default()
    };
    seen.records.sort_by_key(|it| view::labels(it).map_or(0, |label| label.revision));
    let key = key(world.ledger, &seen.evidence, target);
    let bodies = read_bodies(world, (target, key.as_ref()), &mut seen).await?;
    let capabilities = capabilities(&server, &discovery)?;
    situation(world, (target, key), (server, capabilities), (seen, bodies)).await
}

fn failed_query(source: ClusterError) -> Error {
    Error::Cluster { doing: "query: failed to query with labels".to_owned(), source }
}

/// What was seen of a cluster's identity.
#[derive(Default)]
pub(crate) struct Identity {
    kube_system: Option<Uid>,
    namespaces: Vec<(Namespace, Uid)>,
    authority: Option<Vec<u8>>,
    url: String,
}

impl Identity {
    /// Returns the evidence as this ledger keeps it.
    pub(crate) fn evidence<S: Store>(&self, ledger: &Ledger<S>) -> Evidence {
        Evidence {
            kube_system: self.kube_system.clone(),
            namespaces: self.namespaces.clone(),
            ca: self.authority.as_deref().map(Digest::of),
            server: ledger.id().map(|id| Digest::of_server(id, &self.url)),
        }
    }
}

/// Reads as much of a cluster's identity as the user may.
pub(crate) async fn identify<C: Cluster>(cluster: &C, namespaces: &[Namespace]) -> Identity {
    let endpoint = cluster.endpoint();
    let reads = namespaces.iter().map(|it| uid_of_namespace(cluster, it.as_str()));
    let (kube_system, uids) = tokio::join!(
        uid_of_namespace(cluster, "kube-system"),
        futures_util::future::join_all(reads)
    );
    let found = namespaces.iter().cloned().zip(uids);
    Identity {
        kube_system,
        namespaces: found.filter_map(|(name, uid)| Some((name, uid?))).collect(),
        authority: endpoint.authority,
        url: endpoint.url,
    }
}

async fn uid_of_namespace<C: Cluster>(cluster: &C, name: &str) -> Option<Uid> {
    let resource = Resource {
        kind: Kind::new("v1", "Namespace"),
        plural: "namespaces".to_owned(),
        scope: Scope::Cluster,
        verbs: Vec::new(),
    };
    let address = Address { resource: &resource, namespace: None, name };
    let found = cluster.get(&address, Depth::Metadata).await.ok()?;
    object::uid(&found).map(|uid| Uid(uid.to_owned()))
}

/// Returns the ledger's name of the release, if it knows the cluster.
pub(crate) fn key<S: Store>(
    ledger: &Ledger<S>,
    evidence: &Evidence,
    target: &Target,
) -> Option<ReleaseKey> {
    let cluster = ledger.state().cluster_matching(evidence)?;
    Some(key_in(cluster, target))
}

/// Returns the ledger's name of a release in a cluster.
pub(crate) fn key_in(cluster: ClusterId, target: &Target) -> ReleaseKey {
    ReleaseKey { cluster, namespace: target.namespace.clone(), name: target.name.clone() }
}

/// Returns what templates see of a server.
fn capabilities(server: &ServerVersion, discovery: &Discovery) -> Result<Capabilities, Error> {
    let kube_version = KubeVersion::parse(&server.git_version)
        .map_err(|error| Error::Document(error.to_string()))?;
    Ok(Capabilities { kube_version, api_versions: discovery.api_versions() })
}

/// Returns the entry of the ledger that speaks of this very record.
pub(crate) fn entry_of<'a>(
    release: &'a Release,
    secret: &Value,
) -> Option<(&'a Life, &'a RevisionEntry)> {
    let uid = object::uid(secret)?;
    let lives = release.lives.values().rev();
    let mut found = lives.flat_map(|life| life.revisions.values().map(move |it| (life, it)));
    found.find(|(_, entry)| entry.record.as_ref().is_some_and(|it| it.uid.0 == uid))
}

/// Returns the entry of the ledger that says what a record says now. A record that says that its
/// operation is under way is the business of that operation, if that is ours.
pub(crate) fn known<'a>(
    release: &'a Release,
    secret: &Value,
) -> Option<(&'a Life, &'a RevisionEntry)> {
    let (life, entry) = entry_of(release, secret)?;
    let label = view::labels(secret)?;
    let operation = object::annotation(secret, claim::OPERATION);
    let is_ours = || release.operations.iter().any(|it| Some(&*it.id().to_string()) == operation);
    let is_same = label.status == entry.status || (is_under_way(label.status) && is_ours());
    is_same.then_some((life, entry))
}

/// Says whether a state is one in which somebody is, or was, at work.
fn is_under_way(status: Status) -> bool {
    status.is_pending() || status == Status::Uninstalling
}

/// Says whether the ledger knows a record as it is now.
fn is_known(release: Option<&Release>, secret: &Value) -> bool {
    release.is_some_and(|it| known(it, secret).is_some())
}

/// Reads the records that the ledger does not know, and returns those from the deployed one on,
/// which is what the next revision builds on.
async fn read_bodies<C: Cluster, S: Store>(
    world: &World<'_, C, S>,
    (target, key): (&Target, Option<&ReleaseKey>),
    seen: &mut Seen,
) -> Result<BTreeMap<u32, Record>, Error> {
    let release = key.and_then(|key| world.ledger.state().release(key));
    let unknown: Vec<&Value> = seen.records.iter().filter(|it| !is_known(release, it)).collect();
    seen.foreign = read_secrets(world.cluster, target, &unknown).await?;
    let labels = seen.records.iter().filter_map(view::labels);
    let deployed = labels.filter(|it| it.status == Status::Deployed).map(|it| it.revision);
    let latest = seen.records.iter().filter_map(view::labels).map(|it| it.revision).max();
    let from = deployed.max().or(latest).unwrap_or(0);
    let mut bodies = BTreeMap::new();
    for secret in &seen.records {
        let Some(label) = view::labels(secret).filter(|it| it.revision >= from) else { continue };
        let whole = seen.foreign.iter().find(|it| object::uid(it) == object::uid(secret));
        let known = release.and_then(|it| Some((it, entry_of(it, secret)?)));
        let mut record = match (whole, known) {
            (Some(whole), _) => {
                let name = object::name(whole).to_owned();
                Record::from_secret(whole).map_err(|source| Error::Record { name, source })?
            }
            (None, Some((release, (life, entry)))) => {
                view::record(world.ledger, (release, life), entry).await?
            }
            (None, None) => continue,
        };
        label.status.as_str().clone_into(&mut record.info.status);
        bodies.insert(label.revision, record);
    }
    Ok(bodies)
}

/// Reads records whole: one by one where they are few, else all of the release at once.
async fn read_secrets<C: Cluster>(
    cluster: &C,
    target: &Target,
    wanted: &[&Value],
) -> Result<Vec<Value>, Error> {
    let failed = |source| Error::Cluster { doing: "could not read Helm's records".into(), source };
    let secrets = claim::secrets();
    let namespace = Some(target.namespace.as_str());
    if wanted.len() > 2 {
        let labels = format!("name={},owner=helm", target.name);
        let query = Query { labels: &labels, ..Query::all(&secrets, namespace) };
        let listed = cluster.list(&query).await.map_err(failed)?.items;
        let is_wanted = |it: &Value| wanted.iter().any(|one| object::uid(one) == object::uid(it));
        return Ok(listed.into_iter().filter(is_wanted).collect());
    }
    let mut found = Vec::new();
    for secret in wanted {
        let address = Address { resource: &secrets, namespace, name: object::name(secret) };
        match cluster.get(&address, Depth::Whole).await {
            Ok(secret) => found.push(secret),
            Err(ClusterError::NotFound { .. }) => {}
            Err(source) => return Err(failed(source)),
        }
    }
    Ok(found)
}

async fn situation<C: Cluster, S: Store>(
    world: &World<'_, C, S>,
    (target, key): (&Target, Option<ReleaseKey>),
    (server, capabilities): (ServerVersion, Capabilities),
    (seen, bodies): (Seen, BTreeMap<u32, Record>),
) -> Result<Situation, Error> {
    let release = key.as_ref().and_then(|key| world.ledger.state().release(key));
    let mut revisions = Vec::new();
    for secret in &seen.records {
        revisions.extend(summary(world.ledger, release, secret, &seen).await?);
    }
    let is_deployed = |it: &&Record| it.status() == Status::Deployed;
    Ok(Situation {
        target: target.clone(),
        server,
        capabilities,
        revisions,
        latest: bodies.values().next_back().cloned(),
        deployed: bodies.values().rev().find(is_deployed).cloned(),
        records: bodies,
        key,
        seen,
    })
}

/// Returns what a list says of a record: what the ledger knows of it, or what is in it.
async fn summary<S: Store>(
    ledger: &Ledger<S>,
    release: Option<&Release>,
    secret: &Value,
    seen: &Seen,
) -> Result<Option<Summary>, Error> {
    let whole = seen.foreign.iter().find(|it| object::uid(it) == object::uid(secret));
    if let Some(whole) = whole {
        return Ok(view::summary_of_secret(whole));
    }
    let known = release.and_then(|it| Some((it, entry_of(it, secret)?)));
    match known {
        Some((release, (_, entry))) => {
            view::summary(ledger, release, entry, KnownBy::Both).await.map(Some)
        }
        None => Ok(None),
    }
}
