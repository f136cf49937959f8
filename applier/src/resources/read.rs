//! The objects of a manifest: where they are, and what is there.

use futures_util::{StreamExt as _, stream};
use ledger::ObjectRef;
use serde_json::Value;

use super::{Standing, standing, watch::Watched};
use crate::{
    cluster::{
        Address, Cluster, ClusterError, Depth, Freshness, Kind, Query, Resource, Row, Scope,
        Sought, Table,
    },
    error::Error,
    object,
    plan::prepare,
    readiness::Readiness,
    record::documents_of,
};

/// So many reads are asked for at the same time.
const AT_ONCE: usize = 16;

/// How objects are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the server shows them to a person.
    Table,
    /// As they are: of a Secret this is what is in it, too.
    Whole,
}

/// An object of the manifest.
pub(super) struct Place {
    pub(super) object: ObjectRef,
    /// How its kind is served; none where it is not.
    pub(super) resource: Option<Resource>,
}

/// What is read with one request, or with few.
pub(super) struct Batch {
    pub(super) resource: Resource,
    pub(super) namespace: Option<String>,
    names: Vec<String>,
}

/// What came of a batch.
#[derive(Default)]
pub(super) struct Found {
    pub(super) table: Table,
    /// What of the kind was asked for.
    fields: String,
    /// The kind and namespace that were asked for.
    place: Option<(Kind, Option<String>)>,
    /// What the server says where the user may not look.
    hidden: Option<ClusterError>,
}

/// Returns the objects of a manifest.
pub(super) async fn places<C: Cluster>(
    cluster: &C,
    manifest: &str,
    namespace: &str,
) -> Result<Vec<Place>, Error> {
    let documents = documents_of(manifest);
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let discovery = cluster.discover(Freshness::Cached).await.map_err(Error::Unreachable)?;
    let objects = documents.iter().flat_map(|it| prepare::items(it.object()));
    let named = objects.filter(|it| !object::name(it).is_empty());
    Ok(named
        .map(|object| {
            let mut reference = object::reference(object);
            let kind = Kind::new(reference.api_version.clone(), reference.kind.clone());
            let resource = discovery.find_any_version(&kind).cloned();
            match resource.as_ref().map(|it| it.scope) {
                Some(Scope::Cluster) => reference.namespace = None,
                Some(Scope::Namespaced) => {
                    reference.namespace.get_or_insert_with(|| namespace.to_owned());
                }
                None => {}
            }
            if let Some(resource) = &resource {
                reference.api_version.clone_from(&resource.kind.api_version);
            }
            Place { object: reference, resource }
        })
        .collect())
}

impl Place {
    /// Returns how the object stands by what was found.
    pub(super) fn standing(&self, found: &[Found]) -> Standing {
        let object = self.object.clone();
        let Some(resource) = &self.resource else {
            let reason =
                format!("the server does not serve {} in {}", object.kind, object.api_version);
            let readiness = Readiness::waiting("Resource not found");
            return Standing { object, readiness, reason: Some(reason) };
        };
        let place = (resource.kind.clone(), object.namespace.clone());
        let found = found.iter().find(|it| it.place.as_ref() == Some(&place));
        let row = found.and_then(|it| {
            it.table.rows.iter().find(|row| object::name(&row.object) == object.name)
        });
        if let Some(row) = row {
            return Standing { readiness: standing(&row.object), object, reason: None };
        }
        if let Some(error) = found.and_then(|it| it.hidden.as_ref()) {
            // Whether it is ready nobody can say: it must not be waited for.
            let readiness = Readiness::ready("Resource may not be read");
            return Standing { object, readiness, reason: Some(error.to_string()) };
        }
        Standing { object, readiness: Readiness::waiting("Resource not found"), reason: None }
    }
}

impl Found {
    /// Returns where its objects can be watched, if one of these is among them.
    pub(super) fn watched(&self, batch: &Batch, unready: &[&ObjectRef]) -> Option<Watched> {
        let (kind, namespace) = self.place.as_ref()?;
        let mut of_kind = unready.iter().filter(|it| {
            it.api_version == kind.api_version && it.kind == kind.kind && it.namespace == *namespace
        });
        of_kind.next()?;
        Some(Watched {
            resource: batch.resource.clone(),
            namespace: namespace.clone(),
            labels: String::new(),
            fields: self.fields.clone(),
            version: self.table.resource_version.clone(),
        })
    }
}

/// Sorts objects by kind and namespace, in the order of their first.
pub(super) fn batches(places: &[Place]) -> Vec<Batch> {
    let mut all: Vec<Batch> = Vec::new();
    for place in places {
        let Some(resource) = &place.resource else { continue };
        let (namespace, name) = (&place.object.namespace, &place.object.name);
        let same =
            |it: &&mut Batch| it.resource.kind == resource.kind && it.namespace == *namespace;
        match all.iter_mut().find(same) {
            Some(batch) if batch.names.contains(name) => {}
            Some(batch) => batch.names.push(name.clone()),
            None => all.push(Batch {
                resource: resource.clone(),
                namespace: namespace.clone(),
                names: vec![name.clone()],
            }),
        }
    }
    all
}

/// Reads all batches at the same time.
pub(super) async fn all<C: Cluster>(
    cluster: &C,
    batches: &[Batch],
    form: Form,
) -> Result<Vec<Found>, Error> {
    let reads = stream::iter(batches)
        .map(|batch| async move {
            let read = batch.read(cluster, form).await;
            read.map_err(|source| {
                let doing = format!("could not read {}", batch.resource.plural);
                Error::Cluster { doing, source }
            })
        })
        .buffered(AT_ONCE);
    reads.collect::<Vec<_>>().await.into_iter().collect()
}

impl Batch {
    async fn read<C: Cluster>(&self, cluster: &C, form: Form) -> Result<Found, ClusterError> {
        let fields = self.fields();
        let mut query = Query::all(&self.resource, self.namespace.as_deref());
        query.fields = &fields;
        query.depth = self.depth(form);
        let listed = match table(cluster, &query, form).await {
            Err(error) if error.is_forbidden() => self.one_by_one(cluster, form).await,
            other => other,
        };
        let place = Some((self.resource.kind.clone(), self.namespace.clone()));
        match listed {
            Ok(table) => Ok(Found { table: self.ours(table), fields, place, hidden: None }),
            Err(error) if error.is_forbidden() => {
                Ok(Found { place, hidden: Some(error), ..Found::default() })
            }
            // The kind went away since it was discovered, and its objects with it.
            Err(ClusterError::Unserved { .. }) => Ok(Found { place, ..Found::default() }),
            Err(error) => Err(error),
        }
    }

    /// Returns what spares the server what is not wanted: others, and the records of releases.
    fn fields(&self) -> String {
        match self.names.as_slice() {
            [one] => format!("metadata.name={one}"),
            _ if self.is_of_secrets() => "type!=helm.sh/release.v1".to_owned(),
            _ => String::new(),
        }
    }

    fn depth(&self, form: Form) -> Depth {
        // What is in a Secret is not shown in a table, and need not come here.
        if form == Form::Table && self.is_of_secrets() { Depth::Metadata } else { Depth::Whole }
    }

    fn is_of_secrets(&self) -> bool {
        self.resource.kind == Kind::new("v1", "Secret")
    }

    async fn one_by_one<C: Cluster>(&self, cluster: &C, form: Form) -> Result<Table, ClusterError> {
        let mut table = Table::default();
        for name in &self.names {
            let namespace = self.namespace.as_deref();
            let address = Address { resource: &self.resource, namespace, name };
            let read = match form {
                Form::Table => cluster.table(&Sought::One(address, self.depth(form))).await,
                Form::Whole => cluster.get(&address, Depth::Whole).await.map(|it| whole(vec![it])),
            };
            match read {
                Ok(one) => {
                    table.columns = one.columns;
                    table.rows.extend(one.rows);
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(table)
    }

    /// Leaves the objects of the manifest, in its order.
    fn ours(&self, mut table: Table) -> Table {
        let place = |row: &Row| self.names.iter().position(|it| it == object::name(&row.object));
        table.rows.retain(|row| place(row).is_some());
        table.rows.sort_by_key(place);
        table
    }
}

/// Reads what a query names.
pub(super) async fn table<C: Cluster>(
    cluster: &C,
    query: &Query<'_>,
    form: Form,
) -> Result<Table, ClusterError> {
    match form {
        Form::Table => cluster.table(&Sought::All(*query)).await,
        Form::Whole => {
            let listed = cluster.list(query).await?;
            Ok(Table { resource_version: listed.resource_version, ..whole(listed.items) })
        }
    }
}

fn whole(objects: Vec<Value>) -> Table {
    let rows = objects.into_iter().map(|object| Row { cells: Vec::new(), object });
    Table { rows: rows.collect(), ..Table::default() }
}
