//! The sandbox's cluster: an API server in this process, without the server.
//!
//! It carries server-side apply out as the real one does: managed fields, shared
//! ownership, removal, typed conflicts, lists merged by their keys. What it does
//! not have: admission, defaults, validation of values, controllers. A sandbox's
//! workloads are ready as soon as they are written ([`MemoryCluster::sandbox`]).
//!
//! The same scripts run against it and against a real server, and the answers
//! are compared: it is a second opinion, not a mock.

mod fields;
mod file;
mod merge;
mod mistakes;
mod objects;
mod owners;
mod refusals;
mod schema;
mod select;
mod settle;
mod tables;

use std::{cell::RefCell, io, path::PathBuf, rc::Rc, time::Duration};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::cluster::{
    Address, Answer, Apply, Cluster, ClusterError, Delete, Depth, Discovery, Effect, Endpoint,
    Freshness, Kind, Listed, LogQuery, PatchStep, Query, Resource, Scope, ServerVersion, Sought,
    Subject, Table, Validation, Watch, WatchEvent,
};

#[cfg(feature = "testing")]
pub use self::mistakes::Mistake;
use self::{
    file::Keep,
    objects::{Fresh, Objects, Place, resource_name},
    schema::Schema,
};

/// How often a watch looks for what another process has written.
const LOOK: Duration = Duration::from_millis(50);

/// Namespaces that every cluster has.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// A cluster that lives in this process, or in a folder.
#[derive(Debug)]
pub struct MemoryCluster {
    keep: Keep,
    controllers: Controllers,
}

/// Whether anything stands in for the controllers of a real cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Controllers {
    /// Nothing does: objects have the status that somebody gives them.
    None,
    /// Workloads are ready at once.
    AtOnce,
}

impl MemoryCluster {
    /// Returns an empty cluster that ends with the value, and in which nothing acts by itself.
    pub fn in_memory() -> Self {
        let keep = Keep::Memory(RefCell::new(Objects::default()));
        let cluster = Self { keep, controllers: Controllers::None };
        // Memory cannot fail to be written.
        let _ = cluster.found_namespaces(&uuid::Uuid::new_v4().to_string());
        cluster
    }

    /// Returns the cluster that is kept in `folder`, which is made at the first write.
    ///
    /// Its workloads are ready as soon as they are written.
    pub fn sandbox(folder: PathBuf) -> Self {
        Self { keep: Keep::Folder(folder), controllers: Controllers::AtOnce }
    }

    /// Makes the namespaces that every cluster has. Which cluster it is, is read off their UIDs, so
    /// one `place` always has the same.
    fn found_namespaces(&self, place: &str) -> io::Result<()> {
        let namespaces = Resource {
            kind: Kind::new("v1", "Namespace"),
            plural: "namespaces".to_owned(),
            scope: Scope::Cluster,
            verbs: Vec::new(),
        };
        let made = self.keep.write(|objects| {
            for name in NAMESPACES {
                let object = json!({"metadata": {"name": name}, "status": {"phase": "Active"}});
                let founded = Fresh { uid: founding_uid(place, name), ..fresh() };
                objects.create(&namespaces, &object, Effect::Persist, &founded)?;
            }
            Ok::<_, ClusterError>(())
        })?;
        // Another process that was first is as good.
        let _ = made;
        Ok(())
    }

    fn read(&self) -> Result<Objects, ClusterError> {
        let objects = self.keep.read().map_err(|error| broken(&error))?;
        if objects.version() > 0 {
            return Ok(objects);
        }
        // A sandbox that has never been written looks as it will after the first write.
        let keep = Keep::Memory(RefCell::new(Objects::default()));
        let young = Self { keep, controllers: self.controllers };
        young.found_namespaces(&self.place()).map_err(|error| broken(&error))?;
        young.keep.read().map_err(|error| broken(&error))
    }

    /// Where the cluster is kept; nowhere in particular for one in memory.
    fn place(&self) -> String {
        match &self.keep {
            Keep::Memory(_) => String::new(),
            Keep::Folder(folder) => folder.display().to_string(),
        }
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&mut Objects) -> Result<T, ClusterError>,
    ) -> Result<T, ClusterError> {
        if self.keep.read().map_err(|error| broken(&error))?.version() == 0 {
            self.found_namespaces(&self.place()).map_err(|error| broken(&error))?;
        }
        self.keep.write(change).map_err(|error| broken(&error))?
    }

    /// Carries a write out and lets the object settle.
    fn write_object(
        &self,
        resource: &Resource,
        effect: Effect,
        change: impl FnOnce(&mut Objects, &Fresh) -> Result<Value, ClusterError>,
    ) -> Result<Answer, ClusterError> {
        let fresh = fresh();
        let object = match effect {
            Effect::Persist => self.write(|objects| {
                let object = change(objects, &fresh)?;
                let place = Place::of(resource, &object);
                if self.controllers == Controllers::AtOnce {
                    settle::settle(objects, &place, &fresh.time);
                }
                Ok(objects.get(&place).cloned().unwrap_or(object))
            })?,
            Effect::DryRun => change(&mut self.read()?, &fresh)?,
        };
        Ok(Answer { object, warnings: Vec::new() })
    }
}

impl Cluster for MemoryCluster {
    fn endpoint(&self) -> Endpoint {
        Endpoint { url: "memory:sandbox".to_owned(), authority: None }
    }

    fn set_operation(&self, _operation: &str) {}

    async fn server_version(&self) -> Result<ServerVersion, ClusterError> {
        Ok(ServerVersion {
            major: "1".to_owned(),
            minor: "37".to_owned(),
            git_version: "v1.37.2".to_owned(),
        })
    }

    async fn discover(&self, _freshness: Freshness) -> Result<Rc<Discovery>, ClusterError> {
        let objects = self.read()?;
        let custom = objects
            .list("customresourcedefinitions.apiextensions.k8s.io", None)
            .flat_map(|(_, object)| custom_resources(object));
        let built_in = Schema::built_in().kinds().iter().filter_map(|(name, kind)| {
            let (api_version, name) = name.rsplit_once('/')?;
            let scope = if kind.namespaced { Scope::Namespaced } else { Scope::Cluster };
            Some(resource(Kind::new(api_version, name), &kind.resource, scope))
        });
        Ok(Rc::new(Discovery::new(built_in.chain(custom), Vec::new())))
    }

    async fn whoami(&self) -> Result<Subject, ClusterError> {
        Ok(Subject { user: "sandbox".to_owned(), groups: vec!["system:masters".to_owned()] })
    }

    async fn list(&self, query: &Query<'_>) -> Result<Listed, ClusterError> {
        let objects = self.read()?;
        let name = resource_name(query.resource);
        let items = objects
            .list(&name, query.namespace)
            .filter(|(_, object)| select::matches(object, query.labels, query.fields))
            .map(|(_, object)| at_depth(object, query.depth))
            .collect();
        Ok(Listed { items, resource_version: objects.version().to_string() })
    }

    async fn table(&self, sought: &Sought<'_>) -> Result<Table, ClusterError> {
        let (kind, depth, listed) = match sought {
            Sought::All(query) => {
                let whole = Query { depth: Depth::Whole, ..*query };
                (&query.resource.kind, query.depth, self.list(&whole).await?)
            }
            Sought::One(address, depth) => {
                let items = vec![self.get(address, Depth::Whole).await?];
                let one = Listed { items, resource_version: String::new() };
                (&address.resource.kind, *depth, one)
            }
        };
        let mut table = tables::table(kind, listed.items, jiff::Timestamp::now());
        table.resource_version = listed.resource_version;
        for row in &mut table.rows {
            row.object = at_depth(&row.object, depth);
        }
        Ok(table)
    }

    async fn get(&self, address: &Address<'_>, depth: Depth) -> Result<Value, ClusterError> {
        let place = place(address);
        let objects = self.read()?;
        let object = objects.get(&place);
        object
            .map(|object| at_depth(object, depth))
            .ok_or_else(|| refusals::not_found(address.resource, &place))
    }

    async fn create(
        &self,
        resource: &Resource,
        object: &Value,
        effect: Effect,
    ) -> Result<Answer, ClusterError> {
        self.serve(resource)?;
        self.write_object(resource, effect, |objects, fresh| {
            objects.create(resource, object, effect, fresh)
        })
    }

    async fn apply(
        &self,
        resource: &Resource,
        object: &Value,
        options: &Apply,
    ) -> Result<Answer, ClusterError> {
        self.serve(resource)?;
        let unknown = objects::unknown_fields(resource, object);
        if options.validation == Validation::Strict && !unknown.is_empty() {
            return Err(refusals::unknown_fields(&unknown));
        }
        self.write_object(resource, options.effect, |objects, fresh| {
            objects.apply(resource, object, options, fresh)
        })
    }

    async fn replace(&self, resource: &Resource, object: &Value) -> Result<Answer, ClusterError> {
        self.write_object(resource, Effect::Persist, |objects, fresh| {
            objects.replace(resource, object, fresh)
        })
    }

    async fn patch(
        &self,
        address: &Address<'_>,
        steps: &[PatchStep],
    ) -> Result<Answer, ClusterError> {
        let place = place(address);
        self.write_object(address.resource, Effect::Persist, |objects, fresh| {
            objects.patch(address.resource, &place, steps, fresh)
        })
    }

    async fn delete(
        &self,
        address: &Address<'_>,
        options: &Delete<'_>,
    ) -> Result<Option<Value>, ClusterError> {
        let place = place(address);
        let refuse = |object: Option<&Value>| {
            let Some(object) = object else {
                return Err(refusals::not_found(address.resource, &place));
            };
            let uid = object.pointer("/metadata/uid").and_then(Value::as_str);
            match options.uid {
                Some(wanted) if Some(wanted) != uid => {
                    Err(refusals::recreated(address.resource, &place, (wanted, uid)))
                }
                _ => Ok(()),
            }
        };
        if options.effect == Effect::DryRun {
            return refuse(self.read()?.get(&place)).map(|()| None);
        }
        self.write(|objects| {
            refuse(objects.get(&place))?;
            Ok(objects.delete(&place, &fresh()))
        })
    }

    async fn watch<'a>(
        &'a self,
        query: &Query<'_>,
        resource_version: &str,
    ) -> Result<Watch<'a>, ClusterError> {
        let from: u64 =
            resource_version.parse().map_err(|_| refusals::expired(resource_version))?;
        let view = View {
            resource: resource_name(query.resource),
            namespace: query.namespace.map(str::to_owned),
            labels: query.labels.to_owned(),
            fields: query.fields.to_owned(),
            depth: query.depth,
        };
        let events = stream::unfold(Some((from, view)), move |state| async move {
            let (from, view) = state?;
            match self.next_events(from, &view).await {
                Ok((version, events)) => Some((
                    stream::iter(events.into_iter().map(Ok).collect::<Vec<_>>()),
                    Some((version, view)),
                )),
                Err(error) => Some((stream::iter(vec![Err(error)]), None)),
            }
        });
        Ok(events.flatten().boxed_local())
    }

    async fn logs(&self, _query: &LogQuery<'_>) -> Result<String, ClusterError> {
        Ok(String::new())
    }
}

/// What a watch looks at.
struct View {
    resource: String,
    namespace: Option<String>,
    labels: String,
    fields: String,
    depth: Depth,
}

impl MemoryCluster {
    /// Waits until something changes in a view after `from`.
    async fn next_events(
        &self,
        from: u64,
        view: &View,
    ) -> Result<(u64, Vec<WatchEvent>), ClusterError> {
        loop {
            let objects = self.read()?;
            let changes = objects
                .changes_after(from, &view.resource, view.namespace.as_deref())
                .ok_or_else(|| refusals::expired(&from.to_string()))?;
            let events: Vec<_> =
                changes.into_iter().filter_map(|event| view.shown(event)).collect();
            if !events.is_empty() {
                return Ok((objects.version(), events));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Refuses a kind that nothing serves (any more).
    fn serve(&self, resource: &Resource) -> Result<(), ClusterError> {
        let kind = &resource.kind;
        if Schema::built_in().has(&kind.api_version, &kind.kind) {
            return Ok(());
        }
        let objects = self.read()?;
        let mut custom = objects
            .list("customresourcedefinitions.apiextensions.k8s.io", None)
            .flat_map(|(_, object)| custom_resources(object));
        let served = custom.any(|known| known.kind == *kind);
        if served { Ok(()) } else { Err(refusals::unserved(kind)) }
    }
}

impl View {
    fn shown(&self, event: WatchEvent) -> Option<WatchEvent> {
        let (WatchEvent::Changed(object) | WatchEvent::Gone(object)) = &event;
        if !select::matches(object, &self.labels, &self.fields) {
            return None;
        }
        Some(match event {
            WatchEvent::Changed(object) => WatchEvent::Changed(at_depth(&object, self.depth)),
            WatchEvent::Gone(object) => WatchEvent::Gone(at_depth(&object, self.depth)),
        })
    }
}

fn place(address: &Address<'_>) -> Place {
    Place {
        resource: resource_name(address.resource),
        namespace: match address.resource.scope {
            Scope::Cluster => String::new(),
            Scope::Namespaced => address.namespace.unwrap_or_default().to_owned(),
        },
        name: address.name.to_owned(),
    }
}

fn at_depth(object: &Value, depth: Depth) -> Value {
    match depth {
        Depth::Whole => object.clone(),
        Depth::Metadata => json!({
            "apiVersion": object.get("apiVersion"),
            "kind": object.get("kind"),
            "metadata": object.get("metadata"),
        }),
    }
}

fn resource(kind: Kind, plural: &str, scope: Scope) -> Resource {
    let verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
    Resource { kind, plural: plural.to_owned(), scope, verbs: verbs.map(str::to_owned).to_vec() }
}

/// Returns what a `CustomResourceDefinition` makes the server serve.
fn custom_resources(definition: &Value) -> Vec<Resource> {
    let text = |pointer| definition.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let scope = if text("/spec/scope") == "Cluster" { Scope::Cluster } else { Scope::Namespaced };
    let versions = definition.pointer("/spec/versions").and_then(Value::as_array);
    let served = versions
        .into_iter()
        .flatten()
        .filter(|version| version.get("served").and_then(Value::as_bool).unwrap_or_default());
    served
        .filter_map(|version| version.get("name").and_then(Value::as_str))
        .map(|version| {
            let api_version = format!("{}/{version}", text("/spec/group"));
            let kind = Kind::new(api_version, text("/spec/names/kind"));
            resource(kind, text("/spec/names/plural"), scope)
        })
        .collect()
}

/// The sandbox's file cannot be read or written.
fn broken(error: &io::Error) -> ClusterError {
    ClusterError::Unreachable { message: format!("the sandbox's cluster cannot be used: {error}") }
}

/// The UID of a namespace that a cluster is born with.
fn founding_uid(place: &str, name: &str) -> String {
    let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        ledger::Digest::of(format!("{place}\0{name}").as_bytes()).0;
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn fresh() -> Fresh {
    let now = jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default();
    let uid = uuid::Uuid::new_v4();
    // The letters of apimachinery's `rand.SafeEncodeString`.
    let letters = b"bcdfghjklmnpqrstvwxz2456789";
    let suffix = uid.as_bytes().iter().rev().take(5);
    let suffix = suffix.filter_map(|byte| letters.get(usize::from(*byte) % letters.len()));
    Fresh {
        time: now.to_string(),
        uid: uid.to_string(),
        suffix: suffix.map(|letter| char::from(*letter)).collect(),
    }
}
