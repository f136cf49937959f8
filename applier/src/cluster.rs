//! What the rest of the crate may ask of a Kubernetes API server, and how it answers.
//!
//! Objects are JSON values from end to end. Nothing here knows the kube crate, a release or a
//! plan; [`Cluster`] is implemented by the real client and by the sandbox, and the two answer the
//! same scripts alike.

mod error;
mod kind;
mod table;

use std::rc::Rc;

use futures_util::stream::LocalBoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::table::age;
pub use self::{
    error::{Cause, ClusterError, Denied, FieldConflict},
    kind::{Discovery, Kind, Resource, Scope},
    table::{Column, Row, Sought, Table},
};

/// The field manager under which everything is applied: Helm's own, so that a release can move
/// between the two programs without a conflict (Helm's `kube.ManagedFieldsManager`).
pub const FIELD_MANAGER: &str = "helm";

/// The server's own version (`GET /version`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerVersion {
    /// `1`.
    pub major: String,
    /// `37`, on some providers with a `+`.
    pub minor: String,
    /// `v1.37.2`.
    pub git_version: String,
}

/// Who the server says we are (`SelfSubjectReview`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The user's name.
    pub user: String,
    /// Every group.
    pub groups: Vec<String>,
}

/// Where the server is, as the client's configuration says: evidence of which cluster it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// The server's URL.
    pub url: String,
    /// The certificate authority that was configured, as DER or PEM; nothing where the system's are used.
    pub authority: Option<Vec<u8>>,
}

/// The place of one object.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    /// How its kind is served.
    pub resource: &'a Resource,
    /// Its namespace; `None` for what belongs to the whole cluster.
    pub namespace: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
}

/// How much of each object is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    Whole,
    /// `metadata` alone (`PartialObjectMetadata`): the server sends nothing else.
    Metadata,
}

/// Which objects are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// How their kind is served.
    pub resource: &'a Resource,
    /// Their namespace; `None` for all namespaces.
    pub namespace: Option<&'a str>,
    /// A label selector as in the API's `labelSelector`; empty for all.
    pub labels: &'a str,
    /// A field selector as in the API's `fieldSelector`; empty for all. The sandbox knows
    /// `metadata.name`, `metadata.namespace` and `involvedObject.*`, each with `=`.
    pub fields: &'a str,
    /// How much of each.
    pub depth: Depth,
}

impl<'a> Query<'a> {
    /// Returns the query for every object of a kind in a namespace, or in all of them.
    pub fn all(resource: &'a Resource, namespace: Option<&'a str>) -> Self {
        Self { resource, namespace, labels: "", fields: "", depth: Depth::Whole }
    }
}

/// The answer to a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The objects, each with its `apiVersion` and `kind`, which the server leaves out.
    pub items: Vec<Value>,
    /// Where a watch goes on from.
    pub resource_version: String,
}

/// The answer to a read or a write of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The object as it is now (or would be, of a dry run).
    pub object: Value,
    /// The server's warnings: deprecated versions, unknown fields.
    pub warnings: Vec<String>,
}

/// Whether a write is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is.
    Persist,
    /// It is admitted and answered, and not stored (`dryRun=All`).
    DryRun,
}

/// What an apply does with fields of another manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conflicts {
    /// Refuses with [`ClusterError::Conflict`].
    Refuse,
    /// Takes them over (`force=true`).
    Force,
}

/// What a write does with fields that the kind does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Refuses the object.
    Strict,
    /// Warns.
    Warn,
    /// Drops them.
    Ignore,
}

/// How a server-side apply is made.
#[derive(Clone, Copy, Debug)]
pub struct Apply {
    /// Who applies: [`FIELD_MANAGER`] for everything a release holds.
    pub manager: &'static str,
    /// What happens to other managers' fields.
    pub conflicts: Conflicts,
    /// Whether it is carried out.
    pub effect: Effect,
    /// What happens to unknown fields.
    pub validation: Validation,
}

/// What becomes of the objects that a deleted one owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Propagation {
    /// The garbage collector deletes them afterwards.
    Background,
    /// They are deleted first.
    Foreground,
    /// They stay.
    Orphan,
}

/// How a delete is made.
#[derive(Clone, Copy, Debug)]
pub struct Delete<'a> {
    /// The object's UID: an object of the same name that somebody made since is left alone
    /// ([`ClusterError::Conflict`]).
    pub uid: Option<&'a str>,
    /// What becomes of what it owns.
    pub propagation: Propagation,
    /// Whether it is carried out.
    pub effect: Effect,
}

/// One step of a JSON patch (RFC 6902), of the kinds that we send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchStep {
    /// Refuses the whole patch unless the value is there.
    Test {
        /// A JSON pointer.
        path: String,
        /// What must be there.
        value: Value,
    },
    /// Adds a member or an item.
    Add {
        /// A JSON pointer.
        path: String,
        /// What is put there.
        value: Value,
    },
    /// Replaces what is there.
    Replace {
        /// A JSON pointer.
        path: String,
        /// What is put there.
        value: Value,
    },
    /// Takes a member or an item away.
    Remove {
        /// A JSON pointer.
        path: String,
    },
}

/// What a watch tells.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchEvent {
    /// The object is new or changed.
    Changed(Value),
    /// The object is gone; its last state.
    Gone(Value),
}

/// The events of a watch; the last item before the end may be an error.
pub type Watch<'a> = LocalBoxStream<'a, Result<WatchEvent, ClusterError>>;

/// Which container run of a pod is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The one that runs, or ran last.
    Current,
    /// The one before it: why a container was restarted.
    Previous,
}

/// Which lines of a pod's log are wanted.
#[derive(Clone, Copy, Debug)]
pub struct LogQuery<'a> {
    /// The pod's namespace.
    pub namespace: &'a str,
    /// The pod's name.
    pub pod: &'a str,
    /// The container's name; nothing for the only one.
    pub container: Option<&'a str>,
    /// At most so many lines from the end; `None` for all.
    pub tail_lines: Option<u32>,
    /// Of which run.
    pub run: Run,
}

/// Whether an answer from earlier in this process will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It will.
    Cached,
    /// The server is asked again: kinds have come since.
    Now,
}

/// A Kubernetes API server, or what answers like one.
///
/// Each method is one operation, whatever number of tries the implementation needs for it; what is
/// still [`ClusterError::Retryable`] or [`ClusterError::Unreachable`] when it returns has outlived
/// the implementation's deadline. One thread: nothing needs to be `Send`.
pub trait Cluster {
    /// Returns where the server is, from the configuration alone.
    fn endpoint(&self) -> Endpoint;

    /// Names the operation that later requests belong to: each carries `Audit-ID: OPERATION-n`,
    /// which the server writes into its audit log.
    fn set_operation(&self, operation: &str);

    /// Returns the server's version. The first request of most commands: whether it can be reached.
    async fn server_version(&self) -> Result<ServerVersion, ClusterError>;

    /// Returns what the server serves.
    async fn discover(&self, freshness: Freshness) -> Result<Rc<Discovery>, ClusterError>;

    /// Returns who the server says we are.
    async fn whoami(&self) -> Result<Subject, ClusterError>;

    /// Returns all objects that a query names, whatever number of pages they come in.
    async fn list(&self, query: &Query<'_>) -> Result<Listed, ClusterError>;

    /// Returns objects as the server shows them. A server that shows none of a kind gives their
    /// names and ages.
    async fn table(&self, sought: &Sought<'_>) -> Result<Table, ClusterError>;

    /// Returns one object.
    async fn get(&self, address: &Address<'_>, depth: Depth) -> Result<Value, ClusterError>;

    /// Creates an object (`POST`), under `metadata.generateName` where it has no name.
    ///
    /// Name and namespace are the object's own. [`ClusterError::AlreadyExists`] where the name is
    /// taken. Never sent twice by itself when the answer is lost ([`ClusterError::Unknown`]).
    async fn create(
        &self,
        resource: &Resource,
        object: &Value,
        effect: Effect,
    ) -> Result<Answer, ClusterError>;

    /// Applies an object (server-side apply), which creates it where it is not there.
    ///
    /// Name and namespace are the object's own. With `metadata.uid` an object that is not there is
    /// refused, with `metadata.resourceVersion` one that changed since.
    async fn apply(
        &self,
        resource: &Resource,
        object: &Value,
        options: &Apply,
    ) -> Result<Answer, ClusterError>;

    /// Replaces an object (`PUT`) whose `metadata.resourceVersion`, if given, is still current.
    async fn replace(&self, resource: &Resource, object: &Value) -> Result<Answer, ClusterError>;

    /// Changes an object by a JSON patch.
    async fn patch(
        &self,
        address: &Address<'_>,
        steps: &[PatchStep],
    ) -> Result<Answer, ClusterError>;

    /// Deletes an object.
    ///
    /// Returns the object where it lives on for now (finalizers, grace), `None` where it is gone.
    async fn delete(
        &self,
        address: &Address<'_>,
        options: &Delete<'_>,
    ) -> Result<Option<Value>, ClusterError>;

    /// Watches what a query names from the resource version of a list on.
    ///
    /// Goes on through the server's time-outs by itself; ends with [`ClusterError::Expired`] when
    /// the server has forgotten that resource version: then list again.
    async fn watch<'a>(
        &'a self,
        query: &Query<'_>,
        resource_version: &str,
    ) -> Result<Watch<'a>, ClusterError>;

    /// Returns lines of a pod's log.
    async fn logs(&self, query: &LogQuery<'_>) -> Result<String, ClusterError>;
}
