//! How each awaited object stands, and what follows from all of them.

use std::{cell::RefCell, collections::BTreeMap};

use ledger::ObjectRef;
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    cluster::{ClusterError, Denied, Kind, Resource},
    object,
    readiness::{Readiness, Rules, State, readiness},
    world::{Observer, Progress},
};

/// What objects should become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Ready, by these rules.
    Ready(Rules),
    /// Gone, or another object by now.
    Gone,
}

/// An object that is waited for.
#[derive(Clone)]
pub(crate) struct Awaited {
    pub(crate) object: ObjectRef,
    pub(crate) resource: Resource,
    /// Where it must be this very object.
    pub(crate) uid: Option<String>,
    /// Its state as the last write answered it.
    pub(crate) first: Option<Value>,
}

/// What became of waiting.
#[derive(Debug)]
pub(crate) struct Unready {
    /// The objects that are not what they should be, with their last state.
    pub(crate) objects: Vec<(ObjectRef, Readiness, Option<Value>)>,
    /// Why waiting ended.
    pub(crate) why: Why,
}

/// Why waiting ended before its goal.
#[derive(Debug)]
pub(crate) enum Why {
    /// The time was up.
    Timeout,
    /// An object cannot get there.
    Failed,
    /// The objects may not be looked at.
    Blind(ClusterError),
}

impl Unready {
    /// Returns what was refused to the user, where that ended the wait.
    pub(crate) fn denied(&self) -> Option<&Denied> {
        match &self.why {
            Why::Blind(error) => error.denied(),
            Why::Timeout | Why::Failed => None,
        }
    }

    /// Returns Helm's text: a line for each object, and the reason (`statuswait.go`).
    pub(crate) fn text(&self) -> String {
        let mut lines: Vec<String> = self
            .objects
            .iter()
            .map(|(object, readiness, _)| {
                let ObjectRef { kind, namespace, name, .. } = object;
                format!(
                    "resource {kind}/{}/{name} not ready. status: {}, message: {}",
                    namespace.as_deref().unwrap_or_default(),
                    readiness.state.word(),
                    readiness.message
                )
            })
            .collect();
        match &self.why {
            Why::Timeout => lines.push("context deadline exceeded".to_owned()),
            Why::Failed => {}
            Why::Blind(error) => lines.push(error.to_string()),
        }
        lines.join("\n")
    }
}

/// What follows from all objects together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Some are on their way.
    Open,
    /// One failed, others are on their way.
    Failed,
    /// One failed, no other is on its way.
    Settled,
    /// All are there.
    Reached,
}

struct Place {
    awaited: Awaited,
    readiness: Readiness,
    last: Option<Value>,
    /// Why it is not ready, as it was told last.
    reason: Option<String>,
}

pub(super) type Name = (Kind, Option<String>, String);

/// How each awaited object stands.
pub(super) struct Board<'a> {
    places: RefCell<BTreeMap<Name, Place>>,
    goal: Goal,
    observer: &'a dyn Observer,
    bell: Notify,
}

impl<'a> Board<'a> {
    pub(super) fn new(awaited: &[Awaited], goal: Goal, observer: &'a dyn Observer) -> Self {
        let places = awaited.iter().map(|one| {
            let name =
                (one.resource.kind.clone(), one.object.namespace.clone(), one.object.name.clone());
            let readiness = Readiness::waiting("not looked at yet");
            (name, Place { awaited: one.clone(), readiness, last: None, reason: None })
        });
        let board =
            Self { places: RefCell::new(places.collect()), goal, observer, bell: Notify::new() };
        for first in awaited.iter().filter_map(|it| it.first.as_ref()) {
            board.saw(first);
        }
        board
    }

    /// Returns when something changed.
    pub(super) async fn changed(&self) {
        self.bell.notified().await;
    }

    pub(super) fn is_reached(&self, object: &ObjectRef) -> bool {
        let places = self.places.borrow();
        let mut found = places.values().filter(|it| it.awaited.object == *object);
        found.all(|it| it.readiness.state == State::Ready)
    }

    /// Takes an object's state.
    pub(super) fn saw(&self, seen: &Value) {
        let Some(kind) = Kind::of(seen) else { return };
        let name =
            (kind, object::namespace(seen).map(str::to_owned), object::name(seen).to_owned());
        let readiness = {
            let places = self.places.borrow();
            let Some(place) = places.get(&name) else { return };
            self.judge(&place.awaited, seen)
        };
        self.set(&name, readiness, Some(seen.clone()));
    }

    fn judge(&self, awaited: &Awaited, seen: &Value) -> Readiness {
        let is_other = awaited.uid.as_deref().is_some_and(|uid| object::uid(seen) != Some(uid));
        match self.goal {
            Goal::Ready(rules) => readiness(seen, rules),
            Goal::Gone if is_other => Readiness::ready("Resource not found"),
            Goal::Gone => {
                let found = readiness(seen, Rules::Kstatus);
                let state = match found.state {
                    State::Terminating => State::Terminating,
                    _ => State::InProgress,
                };
                Readiness { state, message: found.message }
            }
        }
    }

    /// Takes the end of an object.
    pub(super) fn lost(&self, seen: &Value) {
        let Some(kind) = Kind::of(seen) else { return };
        let name =
            (kind, object::namespace(seen).map(str::to_owned), object::name(seen).to_owned());
        self.set(&name, self.absent(), None);
    }

    /// Takes what a list of a kind and namespace did not hold.
    pub(super) fn missed(&self, kind: &Kind, namespace: Option<&str>, present: &[&str]) {
        let gone: Vec<Name> = self
            .places
            .borrow()
            .keys()
            .filter(|(of, within, name)| {
                of == kind && within.as_deref() == namespace && !present.contains(&name.as_str())
            })
            .cloned()
            .collect();
        for name in &gone {
            self.set(name, self.absent(), None);
        }
    }

    fn absent(&self) -> Readiness {
        match self.goal {
            Goal::Gone => Readiness::ready("Resource not found"),
            Goal::Ready(_) => Readiness::waiting("Resource not found"),
        }
    }

    fn set(&self, name: &Name, readiness: Readiness, seen: Option<Value>) {
        let mut places = self.places.borrow_mut();
        let Some(place) = places.get_mut(name) else { return };
        place.last = seen.or(place.last.take());
        if place.readiness == readiness {
            return;
        }
        place.readiness = readiness;
        place.reason = None;
        let readiness = place.readiness.clone();
        let object = place.awaited.object.clone();
        drop(places);
        self.tell(&object, &readiness);
        self.bell.notify_one();
    }

    /// Returns what is there and not ready, with its last state.
    pub(super) fn waiting(&self) -> Vec<(Name, Value)> {
        let places = self.places.borrow();
        let waiting = places.iter().filter(|(_, it)| it.readiness.state != State::Ready);
        waiting.filter_map(|(name, it)| Some((name.clone(), it.last.clone()?))).collect()
    }

    /// Takes the reason for which an object is not ready; tells one that is new.
    pub(super) fn explain(&self, name: &Name, reason: String) {
        let mut places = self.places.borrow_mut();
        let Some(place) = places.get_mut(name) else { return };
        if place.readiness.state == State::Ready || place.reason.as_ref() == Some(&reason) {
            return;
        }
        place.reason = Some(reason.clone());
        let readiness = Readiness { state: place.readiness.state, message: reason };
        let object = place.awaited.object.clone();
        drop(places);
        self.tell(&object, &readiness);
    }

    fn tell(&self, object: &ObjectRef, readiness: &Readiness) {
        let places = self.places.borrow();
        let ready = places.values().filter(|it| it.readiness.state == State::Ready).count();
        let of = places.len();
        drop(places);
        self.observer.progress(&Progress::Waiting { object, readiness, ready, of });
    }

    pub(super) fn verdict(&self) -> Verdict {
        let places = self.places.borrow();
        let has = |state| places.values().any(|it| it.readiness.state == state);
        let is_open = has(State::InProgress) || has(State::Terminating);
        match (has(State::Failed), is_open) {
            (false, false) => Verdict::Reached,
            (false, true) => Verdict::Open,
            (true, true) => Verdict::Failed,
            (true, false) => Verdict::Settled,
        }
    }

    /// Returns what is not there yet.
    pub(super) fn unready(&self, why: Why) -> Unready {
        Unready { objects: self.missing(), why }
    }

    fn missing(&self) -> Vec<(ObjectRef, Readiness, Option<Value>)> {
        self.places
            .borrow()
            .values()
            .filter(|it| it.readiness.state != State::Ready)
            .map(|it| (it.awaited.object.clone(), it.readiness.clone(), it.last.clone()))
            .collect()
    }
}
