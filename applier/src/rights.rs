//! What a user must be allowed to do for an operation to come to its end: read off its plan, no
//! more and no less.
//!
//! Pure. What everybody who is logged in may do (`/version`, discovery, asking who one is) is left
//! out; what an operation does without, at a price, is marked as optional and says the price.

mod escalation;
mod objects;
mod records;
mod yaml;

use std::collections::BTreeMap;

use ledger::Verb;
use render::{Document, Hook};
use serde_json::Value;

use crate::{
    cluster::{Discovery, Kind, Resource, Scope},
    plan::{Plan, Step, Wanted, prepare},
    request::{Target, Waiting},
};

/// What rights are counted for.
pub(crate) struct Operation<'a> {
    pub(crate) verb: Verb,
    pub(crate) target: &'a Target,
    pub(crate) plan: &'a Plan,
    pub(crate) documents: &'a [Document],
    pub(crate) hooks: &'a [Hook],
    pub(crate) discovery: &'a Discovery,
    pub(crate) waiting: Waiting,
    pub(crate) records: Records,
}

/// What is known of a release's records.
#[derive(Clone, Copy, Default)]
pub(crate) struct Records {
    /// How many there are.
    pub(crate) count: usize,
    /// How many of them have to be read whole: others made them.
    pub(crate) unknown: usize,
    /// Of an uninstall: how many are deleted. Else how many are kept; 0 for all.
    pub(crate) limit: usize,
    /// Whether a failure is undone.
    pub(crate) undo: Undo,
}

/// Whether a failure is undone.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Undo {
    /// It is not.
    #[default]
    Never,
    /// It is.
    OnFailure,
}

/// What a user must be allowed to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rights {
    verb: String,
    release: String,
    namespace: String,
    /// The release's namespace, where it is to be made: whoever makes it can bind roles in it.
    namespace_object: Option<Value>,
    all: BTreeMap<Access, Need>,
    /// Rules of roles that the release makes: nobody may grant what he has not.
    granted: Vec<(Option<String>, Value)>,
}

/// One verb on one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Access {
    /// None for the whole cluster.
    pub(crate) namespace: Option<String>,
    pub(crate) group: String,
    pub(crate) resource: String,
    /// The one object that is meant; all where there is none.
    pub(crate) name: Option<String>,
    pub(crate) verb: &'static str,
}

/// Whether an operation can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// It cannot.
    Required,
    /// It can, at this price.
    Optional(&'static str),
}

/// What rights are for: the objects of a kind in a namespace.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) namespace: Option<&'a str>,
    pub(crate) group: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Spot<'a> {
    /// Returns where objects of a kind are.
    fn of(resource: &'a Resource, namespace: Option<&'a str>) -> Self {
        let namespace = match resource.scope {
            Scope::Cluster => None,
            Scope::Namespaced => namespace,
        };
        Self { namespace, group: resource.kind.group(), resource: &resource.plural }
    }

    fn core(namespace: Option<&'a str>, resource: &'a str) -> Self {
        Self { namespace, group: "", resource }
    }
}

impl Rights {
    /// Adds rights; one that is needed anyway is not optional.
    fn add(&mut self, spot: Spot<'_>, verbs: &[&'static str], need: Need) {
        for verb in verbs {
            self.add_one(spot, (verb, None), need);
        }
    }

    fn add_one(&mut self, spot: Spot<'_>, (verb, name): (&'static str, Option<&str>), need: Need) {
        let access = Access {
            namespace: spot.namespace.map(str::to_owned),
            group: spot.group.to_owned(),
            resource: spot.resource.to_owned(),
            name: name.map(str::to_owned),
            verb,
        };
        let known = self.all.entry(access).or_insert(need);
        *known = (*known).min(need);
    }

    /// Returns the rights as an administrator can apply them: roles, and bindings to the user.
    pub fn to_yaml(&self, user: &str) -> String {
        yaml::text(self, user)
    }
}

/// Returns what an operation needs.
pub(crate) fn count(operation: &Operation<'_>) -> Rights {
    let mut rights = Rights {
        verb: operation.verb.to_string(),
        release: operation.target.name.to_string(),
        namespace: operation.target.namespace.to_string(),
        ..Rights::default()
    };
    records::count(&mut rights, operation);
    objects::count(&mut rights, operation);
    if operation.verb != Verb::Uninstall {
        escalation::count(&mut rights, operation);
    }
    rights
}

impl Operation<'_> {
    /// Returns the object of a step as the manifest has it.
    fn object(&self, step: &Step) -> Option<Value> {
        match step.wanted.as_ref()? {
            Wanted::Document { document, item } => {
                let document = self.documents.get(*document)?;
                prepare::items(document.object()).get(*item).map(|it| (*it).clone())
            }
            Wanted::Hook(number) => Some(self.hooks.get(*number)?.document.object().clone()),
            Wanted::Here(object) => Some(object.clone()),
        }
    }

    /// Returns how the kind of a step's object is served, or will be.
    fn resource(&self, step: &Step) -> Option<Resource> {
        let kind = Kind::new(step.object.api_version.as_str(), step.object.kind.as_str());
        self.discovery.find_any_version(&kind).cloned().or_else(|| self.brought(&kind))
    }

    /// Returns how a kind will be served that a definition of the release brings.
    fn brought(&self, kind: &Kind) -> Option<Resource> {
        let definitions = self.plan.steps.iter().filter_map(|it| self.object(it));
        let mut fitting = definitions.filter(|it| prepare::kinds_of_definition(it).contains(kind));
        let definition = fitting.next()?;
        let text = |pointer| definition.pointer(pointer).and_then(Value::as_str);
        let scope = match text("/spec/scope") {
            Some("Cluster") => Scope::Cluster,
            _ => Scope::Namespaced,
        };
        let plural = text("/spec/names/plural")?.to_owned();
        Some(Resource { kind: kind.clone(), plural, scope, verbs: Vec::new() })
    }
}
