//! The claim of a revision: Helm's record in the cluster, made, renewed, brought to its end.
//!
//! Creating the record is the lock against real Helm and every other machine. Its annotations say
//! to other rutters who holds it, and for how long; real Helm sees a `pending-…` release.

use std::{cell::RefCell, time::Duration};

use jiff::Timestamp;
use ledger::{EventId, LedgerId, OperationId, RecordRef, Uid};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    cluster::{
        Address, Cluster, ClusterError, Delete, Depth, Effect, Kind, PatchStep, Propagation,
        Resource, Scope,
    },
    error::{Error, Holder},
    object,
    record::{Record, RecordError},
};

/// The annotation with the ledger's id.
pub(crate) const LEDGER: &str = "rutter/ledger";
/// The annotation with the operation's id.
pub(crate) const OPERATION: &str = "rutter/operation";
/// The annotation with the ledger's last event when the claim was made.
pub(crate) const HEAD: &str = "rutter/head";
/// The annotation that says until when the claim holds unless it is renewed.
pub(crate) const EXPIRES: &str = "rutter/expires";

/// A claim is renewed so often.
const RENEWAL: Duration = Duration::from_secs(10);
/// A claim that nobody renews holds so long.
const LIFETIME: Duration = Duration::from_secs(30);

/// Who claims.
#[derive(Clone, Copy)]
pub(crate) struct Claimant {
    pub(crate) ledger: LedgerId,
    pub(crate) operation: OperationId,
    pub(crate) head: EventId,
}

/// A revision that is ours.
pub(crate) struct Claim {
    /// What the record says; the cluster has it as it was last written.
    pub(crate) record: Record,
    claimant: Claimant,
    state: RefCell<RecordRef>,
}

/// Why a claim was not made.
pub(crate) enum Refused {
    /// Somebody else's record is there.
    Taken(Holder),
    /// The server, or the way to it, failed.
    Cluster(ClusterError),
    /// The record cannot be written at all.
    Record(RecordError),
}

impl From<ClusterError> for Refused {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(error)
    }
}

/// Returns how Secrets are served: always so.
pub(crate) fn secrets() -> Resource {
    let kind = Kind::new("v1", "Secret");
    Resource { kind, plural: "secrets".to_owned(), scope: Scope::Namespaced, verbs: Vec::new() }
}

impl Claim {
    /// Claims a revision by creating its record. One that this operation made before is taken up.
    pub(crate) async fn make<C: Cluster>(
        cluster: &C,
        record: Record,
        claimant: Claimant,
        now_ns: i64,
    ) -> Result<Self, Refused> {
        let mut secret = record.to_secret().map_err(Refused::Record)?;
        object::set_meta(&mut secret, "labels", "createdAt", &seconds(now_ns));
        sign(&mut secret, claimant, now_ns);
        let made = cluster.create(&secrets(), &secret, Effect::Persist).await;
        let answer = match made {
            Ok(answer) => answer.object,
            Err(ClusterError::AlreadyExists { .. } | ClusterError::Unknown { .. }) => {
                read_own(cluster, &record, claimant).await?
            }
            Err(error) => return Err(Refused::Cluster(error)),
        };
        Ok(Self { record, claimant, state: RefCell::new(reference(&answer)) })
    }

    /// Claims a record that is there by replacing it, if it is still as it was read.
    pub(crate) async fn take<C: Cluster>(
        cluster: &C,
        (record, mut there): (Record, Value),
        claimant: Claimant,
        now_ns: i64,
    ) -> Result<Self, Refused> {
        let is_ours =
            object::annotation(&there, OPERATION) == Some(&claimant.operation.to_string());
        if !is_ours {
            let mut secret = record.to_secret().map_err(Refused::Record)?;
            object::set_meta(&mut secret, "labels", "modifiedAt", &seconds(now_ns));
            sign(&mut secret, claimant, now_ns);
            keep_version(&mut secret, &there);
            there = match cluster.replace(&secrets(), &secret).await {
                Ok(answer) => answer.object,
                Err(ClusterError::Conflict { .. } | ClusterError::Unknown { .. }) => {
                    read_own(cluster, &record, claimant).await?
                }
                Err(error) => return Err(Refused::Cluster(error)),
            };
        }
        Ok(Self { record, claimant, state: RefCell::new(reference(&there)) })
    }

    /// Returns the record as the ledger names it.
    pub(crate) fn reference(&self) -> RecordRef {
        self.state.borrow().clone()
    }

    /// Renews the claim for as long as it is polled; returns when it is lost: the record is gone, or
    /// speaks of another operation, or somebody ended it. A process that was frozen for longer than
    /// its claim holds learns so before it does anything more. What fails otherwise is tried again
    /// at the next turn.
    pub(crate) async fn keep<C: Cluster>(
        cluster: &C,
        (name, namespace): (String, String),
        operation: OperationId,
        clock: &dyn Fn() -> i64,
    ) -> ClusterError {
        let secrets = secrets();
        let address = Address { resource: &secrets, namespace: Some(&namespace), name: &name };
        let path = |key: &str| format!("/metadata/annotations/{}", key.replace('/', "~1"));
        loop {
            sleep(RENEWAL).await;
            let steps = [
                PatchStep::Test { path: path(OPERATION), value: operation.to_string().into() },
                PatchStep::Replace { path: path(EXPIRES), value: expiry(clock()).into() },
            ];
            if let Err(
                error @ (ClusterError::NotFound { .. }
                | ClusterError::Invalid { .. }
                | ClusterError::Conflict { .. }),
            ) = cluster.patch(&address, &steps).await
            {
                return error;
            }
        }
    }

    /// Writes the record's end. The claim stays signed, and holds no longer.
    pub(crate) async fn settle<C: Cluster>(
        &self,
        cluster: &C,
        now_ns: i64,
    ) -> Result<RecordRef, Refused> {
        let mut secret = self.record.to_secret().map_err(Refused::Record)?;
        object::set_meta(&mut secret, "labels", "modifiedAt", &seconds(now_ns));
        object::set_meta(&mut secret, "annotations", LEDGER, &self.claimant.ledger.to_string());
        let operation = self.claimant.operation.to_string();
        object::set_meta(&mut secret, "annotations", OPERATION, &operation);
        let mut version = self.state.borrow().resource_version.clone();
        for _ in 0..5 {
            set_version(&mut secret, &version);
            match cluster.replace(&secrets(), &secret).await {
                Ok(answer) => {
                    *self.state.borrow_mut() = reference(&answer.object);
                    return Ok(self.reference());
                }
                // A renewal came between, or the answer was lost.
                Err(ClusterError::Conflict { .. } | ClusterError::Unknown { .. }) => {
                    let there = read_own(cluster, &self.record, self.claimant).await?;
                    object::resource_version(&there).unwrap_or_default().clone_into(&mut version);
                }
                Err(error) => return Err(Refused::Cluster(error)),
            }
        }
        Err(Refused::Cluster(ClusterError::Conflict {
            message: "the record kept changing".to_owned(),
            fields: Vec::new(),
        }))
    }
}

/// Reads the record, if it is this operation's.
async fn read_own<C: Cluster>(
    cluster: &C,
    record: &Record,
    claimant: Claimant,
) -> Result<Value, Refused> {
    let secrets = secrets();
    let name = record.secret_name();
    let address = Address { resource: &secrets, namespace: Some(&record.namespace), name: &name };
    let there = cluster.get(&address, Depth::Whole).await?;
    if object::annotation(&there, OPERATION) == Some(&claimant.operation.to_string()) {
        Ok(there)
    } else {
        Err(Refused::Taken(holder(&there)))
    }
}

/// Puts a status into a record that is there, body and labels in step. Returns it as it is now.
pub(crate) async fn set_status<C: Cluster>(
    cluster: &C,
    (name, namespace): (&str, &str),
    change: &dyn Fn(&mut Record),
    now_ns: i64,
) -> Result<(), Error> {
    let failed =
        |source| Error::Cluster { doing: format!("could not update record {name}"), source };
    let secrets = secrets();
    let address = Address { resource: &secrets, namespace: Some(namespace), name };
    for attempt in 0.. {
        let there = match cluster.get(&address, Depth::Whole).await {
            Err(error) if error.is_not_found() => return Ok(()),
            other => other.map_err(failed)?,
        };
        let unreadable = |source| Error::Record { name: name.to_owned(), source };
        let mut record = Record::from_secret(&there).map_err(unreadable)?;
        change(&mut record);
        let mut secret = record.to_secret().map_err(unreadable)?;
        object::set_meta(&mut secret, "labels", "modifiedAt", &seconds(now_ns));
        if let Some(annotations) = there.pointer("/metadata/annotations").and_then(Value::as_object)
        {
            for (key, value) in annotations.iter().filter(|(key, _)| *key != EXPIRES) {
                object::set_meta(
                    &mut secret,
                    "annotations",
                    key,
                    value.as_str().unwrap_or_default(),
                );
            }
        }
        keep_version(&mut secret, &there);
        match cluster.replace(&secrets, &secret).await {
            Ok(_) => return Ok(()),
            Err(ClusterError::Conflict { .. } | ClusterError::Unknown { .. }) if attempt < 5 => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

/// Deletes a record.
pub(crate) async fn delete<C: Cluster>(
    cluster: &C,
    (name, namespace): (&str, &str),
    uid: Option<&str>,
) -> Result<(), ClusterError> {
    let secrets = secrets();
    let address = Address { resource: &secrets, namespace: Some(namespace), name };
    let options = Delete { uid, propagation: Propagation::Background, effect: Effect::Persist };
    match cluster.delete(&address, &options).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

/// Says who holds a record.
pub(crate) fn holder(secret: &Value) -> Holder {
    let word = |key| object::annotation(secret, key).unwrap_or_default();
    let by = match word(LEDGER) {
        "" => "Helm, or a client like it".to_owned(),
        ledger => format!(
            "ledger {}, operation {}",
            ledger.get(..12).unwrap_or(ledger),
            word(OPERATION).get(..12).unwrap_or_default()
        ),
    };
    Holder {
        by,
        record: format!(
            "{}/{}",
            object::namespace(secret).unwrap_or_default(),
            object::name(secret)
        ),
        since: object::meta(secret, "creationTimestamp").unwrap_or_default().to_owned(),
        until: word(EXPIRES).to_owned(),
    }
}

/// Says whether a claim of a rutter holds at this time; none where no rutter claimed.
pub(crate) fn is_held(secret: &Value, now_ns: i64) -> Option<bool> {
    object::annotation(secret, OPERATION)?;
    let until = object::annotation(secret, EXPIRES).and_then(|it| it.parse::<Timestamp>().ok());
    Some(until.is_some_and(|until| until.as_nanosecond() > i128::from(now_ns)))
}

/// Returns the record's name, UID and version.
pub(crate) fn reference(secret: &Value) -> RecordRef {
    RecordRef {
        name: object::name(secret).to_owned(),
        uid: Uid(object::uid(secret).unwrap_or_default().to_owned()),
        resource_version: object::resource_version(secret).unwrap_or_default().to_owned(),
    }
}

fn sign(secret: &mut Value, claimant: Claimant, now_ns: i64) {
    let words = [
        (LEDGER, claimant.ledger.to_string()),
        (OPERATION, claimant.operation.to_string()),
        (HEAD, format!("{}-{}", claimant.head.sequence, claimant.head.hash)),
        (EXPIRES, expiry(now_ns)),
    ];
    for (key, value) in words {
        object::set_meta(secret, "annotations", key, &value);
    }
}

fn keep_version(secret: &mut Value, there: &Value) {
    set_version(secret, object::resource_version(there).unwrap_or_default());
}

fn set_version(secret: &mut Value, version: &str) {
    if let Some(metadata) = secret.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("resourceVersion".to_owned(), json!(version));
    }
}

fn expiry(now_ns: i64) -> String {
    let lifetime = i64::try_from(LIFETIME.as_nanos()).unwrap_or(i64::MAX);
    time(now_ns.saturating_add(lifetime)).to_string()
}

fn seconds(now_ns: i64) -> String {
    (now_ns / 1_000_000_000).to_string()
}

/// Returns a moment, which this century's always are.
pub(crate) fn time(ns: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(ns)).unwrap_or(Timestamp::UNIX_EPOCH)
}
