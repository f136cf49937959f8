//! The frozen structs of schema 1. Nothing here is ever edited: field order is the layout.

use super::value::{DescriptionV1, EventIdV1, FactsV1, OutcomeV1, Wire};
use crate::event::{
    Abandoned, Chart, ClusterIdentified, EpochOpened, Evidence, Finished, HookFinished,
    HookStarted, Imported, ImportedFacts, LedgerCreated, ObjectRef, ObjectsApplied, Provenance,
    Recipes, RecordRef, ReleaseRef, Resumed, RevisionClaimed, Server, Started, TailAbandoned,
};

/// A hash, or the name of an object.
type Hash = [u8; 32];

/// Defines a frozen struct and how it stands for today's.
macro_rules! frozen {
    ($($name:ident for $now:ident { $($field:ident: $type:ty,)* })*) => {$(
        #[derive(bincode::Encode, bincode::Decode)]
        pub(crate) struct $name { $($field: $type,)* }

        impl Wire<$now> for $name {
            fn lower(now: &$now) -> Self {
                Self { $($field: Wire::lower(&now.$field),)* }
            }

            fn lift(self) -> Option<$now> {
                Some($now { $($field: self.$field.lift()?,)* })
            }
        }
    )*};
}

// Parts that several bodies share.
frozen! {
    ReleaseRefV1 for ReleaseRef {
        cluster: EventIdV1,
        namespace: String,
        name: String,
        life: u32,
    }

    ObjectRefV1 for ObjectRef {
        api_version: String,
        kind: String,
        namespace: Option<String>,
        name: String,
    }

    RecordRefV1 for RecordRef {
        name: String,
        uid: String,
        resource_version: String,
    }

    EvidenceV1 for Evidence {
        kube_system: Option<String>,
        namespaces: Vec<(String, String)>,
        ca: Option<Hash>,
        server: Option<Hash>,
    }

    ChartV1 for Chart {
        name: String,
        version: String,
        app_version: String,
        digest: Option<Hash>,
        source: Option<Hash>,
        files: Option<Hash>,
    }

    RecipesV1 for Recipes {
        values: Option<Hash>,
        coalesced: Option<Hash>,
        manifest: Option<Hash>,
        hooks: Option<Hash>,
        notes: Option<Hash>,
        plan: Option<Hash>,
        tape: Option<Hash>,
    }

    ProvenanceV1 for Provenance {
        actor: Hash,
        command: Option<Hash>,
        reason: Option<Hash>,
        ticket: Option<Hash>,
    }

    ServerV1 for Server {
        version: String,
        capabilities: Option<Hash>,
    }

    ImportedFactsV1 for ImportedFacts {
        status: u16,
        chart: Option<ChartV1>,
        description: DescriptionV1,
        first_deployed_ns: i64,
        last_deployed_ns: i64,
        deleted_ns: Option<i64>,
        recipes: RecipesV1,
    }
}

// Bodies, in the order of their kinds.
frozen! {
    LedgerCreatedV1 for LedgerCreated {
        public_key: [u8; 32],
        salt: [u8; 16],
        facts: FactsV1,
    }

    EpochOpenedV1 for EpochOpened {
        reason: u16,
        instance: Hash,
        facts: FactsV1,
    }

    ClusterIdentifiedV1 for ClusterIdentified {
        evidence: EvidenceV1,
        details: Option<Hash>,
        facts: FactsV1,
    }

    StartedV1 for Started {
        operation: [u8; 16],
        verb: u16,
        release: ReleaseRefV1,
        revision: u32,
        chart: Option<ChartV1>,
        recipes: RecipesV1,
        provenance: ProvenanceV1,
        rolls_back_to: Option<EventIdV1>,
        rollback_revision: Option<u32>,
        server: ServerV1,
        apply: u16,
        facts: FactsV1,
    }

    RevisionClaimedV1 for RevisionClaimed {
        operation: EventIdV1,
        revision: u32,
        record: RecordRefV1,
        facts: FactsV1,
    }

    ObjectsAppliedV1 for ObjectsApplied {
        operation: EventIdV1,
        barrier: u32,
        count: u32,
        results: Hash,
        facts: FactsV1,
    }

    HookStartedV1 for HookStarted {
        operation: EventIdV1,
        step: u32,
        point: u16,
        object: ObjectRefV1,
        uid: Option<String>,
        facts: FactsV1,
    }

    HookFinishedV1 for HookFinished {
        operation: EventIdV1,
        step: u32,
        outcome: u16,
        evidence: Option<Hash>,
        facts: FactsV1,
    }

    FinishedV1 for Finished {
        operation: EventIdV1,
        outcome: OutcomeV1,
        description: DescriptionV1,
        evidence: Option<Hash>,
        record: Option<RecordRefV1>,
        duration_ns: u64,
        facts: FactsV1,
    }

    ResumedV1 for Resumed {
        operation: EventIdV1,
        provenance: ProvenanceV1,
        facts: FactsV1,
    }

    AbandonedV1 for Abandoned {
        operation: EventIdV1,
        provenance: ProvenanceV1,
        record: Option<RecordRefV1>,
        facts: FactsV1,
    }

    ImportedV1 for Imported {
        release: ReleaseRefV1,
        revision: u32,
        record: RecordRefV1,
        raw: Hash,
        decoded: Option<ImportedFactsV1>,
        facts: FactsV1,
    }

    TailAbandonedV1 for TailAbandoned {
        segment: u32,
        counts: u64,
        last: EventIdV1,
        acknowledged: u64,
        facts: FactsV1,
    }
}
