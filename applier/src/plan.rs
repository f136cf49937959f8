//! A plan: what is to be done, step by step, as a value that can be printed, stored and carried
//! out later.

mod build;
mod live;
pub(crate) mod prepare;

use ledger::{HookPoint, ObjectRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::{
    build::{Inputs, build, build_uninstall, event},
    live::{Detail, Live, Sighting},
};

/// A list of steps in barriers: those of one barrier are carried out at the same time, a barrier
/// begins when the one before it is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The step's number, from 0.
    pub number: u32,
    /// The barrier it belongs to, from 0.
    pub barrier: u32,
    /// What is done.
    pub act: Act,
    /// To which object; its name is empty where the server is to make one.
    pub object: Named,
    /// The UID it had when the plan was made: what is deleted, or what is changed, is that object
    /// and no later one of its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Its resource version then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_version: Option<String>,
    /// Where the wanted object is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Wanted>,
    /// Managers that applied it client-side: their fields become ours first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managers: Vec<String>,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Makes an object that is not there.
    Create,
    /// Changes one that is.
    Update,
    /// Nothing: the object is as wanted.
    Unchanged,
    /// Takes over one that belongs to nobody.
    Adopt,
    /// Applies one of which nothing can be known yet: its kind or its namespace is only made on
    /// the way, or the user may not read it.
    Blind,
    /// Makes one that is not there, and leaves one that is as it is: `crds/`, the namespace.
    CreateIfMissing,
    /// Deletes one that is no longer wanted.
    Delete,
    /// Lets go of one that is no longer wanted and stays.
    Keep,
    /// Nothing: the object is gone already.
    Gone,
    /// Nothing: somebody else's object has this name by now.
    Foreign,
    /// Runs a hook.
    Hook(Point),
    /// Waits for all objects.
    Wait,
}

/// When a hook runs, with its word as in the annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Point(pub HookPoint);

/// Where a step finds the wanted object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// An object of a document of the manifest, each from 0; most documents hold one.
    Document {
        /// The document.
        document: usize,
        /// The object in it.
        item: usize,
    },
    /// A hook of the revision, from 0.
    Hook(usize),
    /// The object itself; never a Secret.
    Here(Value),
}

/// An object by name, as plans are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// Group and version.
    pub api_version: String,
    /// Kind.
    pub kind: String,
    /// Namespace; none for what lives in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl From<&Named> for ObjectRef {
    fn from(named: &Named) -> Self {
        Self {
            api_version: named.api_version.clone(),
            kind: named.kind.clone(),
            namespace: named.namespace.clone(),
            name: named.name.clone(),
        }
    }
}

impl From<ObjectRef> for Named {
    fn from(object: ObjectRef) -> Self {
        let ObjectRef { api_version, kind, namespace, name } = object;
        Self { api_version, kind, namespace, name }
    }
}

impl From<Point> for String {
    fn from(point: Point) -> Self {
        point.0.as_str().to_owned()
    }
}

impl TryFrom<String> for Point {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let found = HookPoint::ALL.iter().find(|it| it.as_str() == word);
        found.map(|point| Self(*point)).ok_or_else(|| format!("`{word}` is no point of a hook"))
    }
}

impl Plan {
    /// Returns the steps barrier by barrier.
    pub fn barriers(&self) -> impl Iterator<Item = &[Step]> {
        self.steps.chunk_by(|a, b| a.barrier == b.barrier)
    }

    /// Returns whether nothing of a release's objects changes.
    pub fn is_nothing(&self) -> bool {
        let is_still = |act| matches!(act, Act::Unchanged | Act::Keep | Act::Gone | Act::Wait);
        self.steps.iter().all(|it| is_still(it.act))
    }
}
