//! What an operation writes down, from `Started` to `Finished`.

use serde::Serialize;

use super::Facts;
use super::place::{ObjectRef, RecordRef, ReleaseRef, Uid};
use super::words::{ApplyMethod, Description, HookOutcome, HookPoint, Outcome, Verb};
use crate::digest::{Digest, EventId, ObjectId, OperationId};
use crate::name::Revision;

/// The chart of a revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Chart {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of what it packages; empty where it says none.
    pub app_version: String,
    /// Digest of the archive or folder as it was read.
    pub digest: Option<Digest>,
    /// A private object with where it came from: path, repository, OCI reference (may hold hosts
    /// and credentials).
    pub source: Option<ObjectId>,
    /// A plain object with the chart's files.
    pub files: Option<ObjectId>,
}

/// The objects that a revision is made of.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Recipes {
    /// The user's values (private).
    pub values: Option<ObjectId>,
    /// The values that templates saw, chart defaults included (private).
    pub coalesced: Option<ObjectId>,
    /// The manifest: a [`crate::Recipe`], one object a document (plain).
    pub manifest: Option<ObjectId>,
    /// The hooks, likewise (plain).
    pub hooks: Option<ObjectId>,
    /// NOTES.txt as rendered (private).
    pub notes: Option<ObjectId>,
    /// The plan (plain, without values of Secrets).
    pub plan: Option<ObjectId>,
    /// What was random or looked up while rendering (private).
    pub tape: Option<ObjectId>,
}

/// Who did it, how and why: private objects all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Provenance {
    /// OS user and host (claimed), Kubernetes user and groups (confirmed), CI identity (claimed),
    /// as JSON.
    pub actor: ObjectId,
    /// The command line, as a JSON list.
    pub command: Option<ObjectId>,
    /// `--reason`.
    pub reason: Option<ObjectId>,
    /// `--ticket`.
    pub ticket: Option<ObjectId>,
}

/// What is known of the API server.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Server {
    /// Its version, such as `v1.34.2`; empty when it was not asked.
    pub version: String,
    /// A plain object with the capabilities that templates saw.
    pub capabilities: Option<ObjectId>,
}

/// 4: an operation is about to write to the cluster. Durable before the first write.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Started {
    /// The operation's own name.
    pub operation: OperationId,
    /// What it does.
    pub verb: Verb,
    /// To which release.
    pub release: ReleaseRef,
    /// The revision it wants to claim; for an uninstall the revision that it takes down.
    pub revision: Revision,
    /// From which chart; none for an uninstall.
    pub chart: Option<Chart>,
    /// What it is made of; empty for an uninstall, but for the plan.
    pub recipes: Recipes,
    /// Who, how and why.
    pub provenance: Provenance,
    /// For a rollback: the event that began the revision it goes back to.
    pub rolls_back_to: Option<EventId>,
    /// The number of that revision, as Helm shows it.
    pub rollback_revision: Option<Revision>,
    /// The server it speaks to.
    pub server: Server,
    /// How objects are written.
    pub apply: ApplyMethod,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 5: Helm's record of the revision exists in the cluster and is ours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RevisionClaimed {
    /// The operation's `Started`.
    pub operation: EventId,
    /// The revision that was claimed.
    pub revision: Revision,
    /// The record that says so.
    pub record: RecordRef,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 6: the steps up to one barrier of the plan were done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ObjectsApplied {
    /// The operation's `Started`.
    pub operation: EventId,
    /// Which barrier, from 0.
    pub barrier: u32,
    /// How many results the list has.
    pub count: u32,
    /// A plain object with the list of [`crate::StepResult`]s (`crate::encode_results`).
    pub results: ObjectId,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 7: a hook is about to run (without UID), or its object exists now (with it): the same step may
/// have both.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HookStarted {
    /// The operation's `Started`.
    pub operation: EventId,
    /// The step of the plan.
    pub step: u32,
    /// When in the operation.
    pub point: HookPoint,
    /// The hook's object.
    pub object: ObjectRef,
    /// Its UID, once it has one: `resume` finds it by this.
    pub uid: Option<Uid>,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 8: a hook came to an end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HookFinished {
    /// The operation's `Started`.
    pub operation: EventId,
    /// The step of the plan.
    pub step: u32,
    /// How it ended.
    pub outcome: HookOutcome,
    /// A private object with messages and last log lines, for a failure.
    pub evidence: Option<ObjectId>,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 9: an operation came to its end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finished {
    /// The operation's `Started`.
    pub operation: EventId,
    /// How.
    pub outcome: Outcome,
    /// Helm's sentence.
    pub description: Description,
    /// A private object with the evidence of a failure: reasons, last log lines, warnings.
    pub evidence: Option<ObjectId>,
    /// The record as it was last written, when it could be.
    pub record: Option<RecordRef>,
    /// How long it took, in nanoseconds, by the caller's monotonic clock.
    pub duration_ns: u64,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 10: an interrupted operation goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Resumed {
    /// The operation's `Started`.
    pub operation: EventId,
    /// Who resumed it, how and why.
    pub provenance: Provenance,
    /// Facts beyond the schema.
    pub facts: Facts,
}

/// 11: an interrupted operation was given up; what it did stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Abandoned {
    /// The operation's `Started`.
    pub operation: EventId,
    /// Who gave it up, how and why.
    pub provenance: Provenance,
    /// The record as it was last written, when it could be.
    pub record: Option<RecordRef>,
    /// Facts beyond the schema.
    pub facts: Facts,
}
