//! What events name has to be there: other events by their hash, objects by their name, and what
//! those name in turn.

use super::objects::Objects;
use super::{Chain, Report, Severity, Walked};
use crate::digest::ObjectId;
use crate::event::Event;
use crate::object::{Recipe, decode_results};
use crate::wire;

/// Checks every event.
pub(super) fn check(chain: &Chain, objects: &Objects, report: &mut Report) {
    for walked in &chain.walked {
        check_event(walked, chain, report);
        for object in walked.recorded.event.objects() {
            check_object(object, walked, objects, report);
        }
        for list in walked.recorded.event.recipes() {
            let recipe = objects.list(list).and_then(Recipe::decode).unwrap_or_default();
            for document in recipe.documents {
                check_object(document, walked, objects, report);
            }
        }
        if let Event::ObjectsApplied(applied) = &walked.recorded.event {
            let results = objects.list(applied.results).and_then(decode_results);
            for message in results.into_iter().flatten().filter_map(|it| it.message) {
                check_object(message, walked, objects, report);
            }
        }
    }
}

/// Checks what an event says of the ledger itself.
fn check_event(walked: &Walked, chain: &Chain, report: &mut Report) {
    let id = walked.recorded.id;
    match &walked.recorded.event {
        Event::Opaque(opaque) => {
            report.opaque += 1;
            let decoded = wire::decode(opaque.number, opaque.schema, &opaque.body);
            if let Err(error) = decoded {
                let what = format!("event {}: {error}", id.sequence);
                report.add(Severity::Unreadable, &walked.path, walked.offset, what);
            }
        }
        Event::TailAbandoned(abandoned) => {
            let what = format!(
                "events {} to {} were acknowledged and given up",
                abandoned.last.sequence.0 + 1,
                abandoned.acknowledged
            );
            report.add(Severity::TailAbandoned, &walked.path, walked.offset, what);
        }
        event => {
            let Some(named) = event.operation().filter(|it| Some(it.ledger) == chain.ledger) else {
                return;
            };
            let is_there = chain.hash_of(named.sequence) == Some(named.hash);
            if !is_there || named.sequence >= id.sequence {
                let what = format!("event {} names event {named}, which is not there", id.sequence);
                report.add(Severity::Damaged, &walked.path, walked.offset, what);
            }
        }
    }
}

fn check_object(object: ObjectId, walked: &Walked, objects: &Objects, report: &mut Report) {
    if !objects.has(object) {
        let sequence = walked.recorded.id.sequence;
        let what = format!("event {sequence} names object {object}, which is not whole");
        report.add(Severity::Damaged, &walked.path, walked.offset, what);
    }
}
