//! Which objects an event names.

use super::{Description, Event, Outcome, Provenance, Recipes};
use crate::digest::ObjectId;

impl Event {
    /// Returns every object that the event names; what lists hold in turn is not among them.
    pub fn objects(&self) -> Vec<ObjectId> {
        match self {
            Self::LedgerCreated(_)
            | Self::EpochOpened(_)
            | Self::RevisionClaimed(_)
            | Self::HookStarted(_)
            | Self::TailAbandoned(_)
            | Self::Opaque(_) => Vec::new(),
            Self::ClusterIdentified(it) => it.details.into_iter().collect(),
            Self::Started(it) => {
                let chart = it.chart.iter().flat_map(|chart| [chart.source, chart.files]);
                let server = [it.server.capabilities];
                let all = chart.chain(of_recipes(&it.recipes)).chain(server).flatten();
                all.chain(of_provenance(&it.provenance)).collect()
            }
            Self::ObjectsApplied(it) => vec![it.results],
            Self::HookFinished(it) => it.evidence.into_iter().collect(),
            Self::Finished(it) => {
                let holder = match it.outcome {
                    Outcome::Lost { holder } => holder,
                    Outcome::Deployed | Outcome::Failed | Outcome::Uninstalled { .. } => None,
                };
                [it.evidence, holder, of_description(it.description)]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::Resumed(it) => of_provenance(&it.provenance).collect(),
            Self::Abandoned(it) => of_provenance(&it.provenance).collect(),
            Self::Imported(it) => {
                let decoded = it.decoded.iter().flat_map(|decoded| {
                    let chart = decoded.chart.iter().flat_map(|chart| [chart.source, chart.files]);
                    let description = [of_description(decoded.description)];
                    chart.chain(description).chain(of_recipes(&decoded.recipes)).flatten()
                });
                decoded.chain([it.raw]).collect()
            }
        }
    }

    /// Returns those of its objects that are a [`crate::Recipe`].
    pub fn recipes(&self) -> Vec<ObjectId> {
        let recipes = match self {
            Self::Started(started) => Some(&started.recipes),
            Self::Imported(imported) => imported.decoded.as_ref().map(|it| &it.recipes),
            _ => None,
        };
        recipes.into_iter().flat_map(|it| [it.manifest, it.hooks]).flatten().collect()
    }
}

fn of_recipes(it: &Recipes) -> [Option<ObjectId>; 7] {
    [it.values, it.coalesced, it.manifest, it.hooks, it.notes, it.plan, it.tape]
}

fn of_provenance(it: &Provenance) -> impl Iterator<Item = ObjectId> + use<> {
    [Some(it.actor), it.command, it.reason, it.ticket].into_iter().flatten()
}

fn of_description(description: Description) -> Option<ObjectId> {
    match description {
        Description::Text(object) => Some(object),
        _ => None,
    }
}
