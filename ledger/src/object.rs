//! Objects: content named by its hash, plain or private, and the lists that objects hold.

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, OBJECT, ObjectId, random_bytes};
use crate::error::Error;
use crate::event::{Action, ObjectRef, Uid};

/// Who may see an object, and which pack it lies in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// What may be shown to anyone who may read the cluster: chart files, documents other than
    /// Secrets, plans without values of Secrets. Its name says what it is: equal content has
    /// an equal name.
    Plain,
    /// Everything else: Secrets, values, notes, people, free text, log lines. Its name is salted
    /// and tells nothing about its content.
    Private,
}

impl Class {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Plain, Self::Private];

    /// Returns the number that packs and names hold.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Plain => 1,
            Self::Private => 2,
        }
    }

    /// Returns the word that names its packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Private => "private",
        }
    }
}

/// An object with all that its name is made of. `Debug` does not show private content.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    class: Class,
    salt: [u8; 32],
    content: Vec<u8>,
}

impl Object {
    /// Makes a plain object.
    pub fn plain(content: Vec<u8>) -> Self {
        Self { class: Class::Plain, salt: [0; 32], content }
    }

    /// Makes a private object with fresh salt.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomBytes`].
    pub fn private(content: Vec<u8>) -> Result<Self, Error> {
        Ok(Self { class: Class::Private, salt: random_bytes()?, content })
    }

    /// Puts an object together from what a pack holds.
    pub(crate) fn from_parts(class: Class, salt: [u8; 32], content: Vec<u8>) -> Self {
        Self { class, salt, content }
    }

    /// Returns its class.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Returns its salt; zero for plain ones.
    pub(crate) fn salt(&self) -> &[u8; 32] {
        &self.salt
    }

    /// Returns what it holds.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Returns what it holds, for keeps.
    pub fn into_content(self) -> Vec<u8> {
        self.content
    }

    /// Returns its name: `blake3` of class, salt and content.
    pub fn id(&self) -> ObjectId {
        ObjectId(Digest::derive(OBJECT, &[&[self.class.code()], &self.salt, &self.content]))
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} object of {} bytes", self.class.as_str(), self.content.len())
    }
}

/// A manifest as the ledger keeps it: an ordered list of objects, one a document. Unchanged
/// documents are stored once; the text is their contents one after the other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recipe {
    /// The documents in order.
    pub documents: Vec<ObjectId>,
}

impl Recipe {
    /// Returns the content of the object that holds this list: 32 bytes a document.
    pub fn encode(&self) -> Vec<u8> {
        self.documents.iter().flat_map(|id| id.0.0).collect()
    }

    /// Reads the list back; none where the bytes are no list.
    pub fn decode(content: &[u8]) -> Option<Self> {
        let (ids, rest) = content.as_chunks::<32>();
        let documents = ids.iter().map(|id| ObjectId(Digest(*id))).collect();
        rest.is_empty().then_some(Self { documents })
    }
}

/// What one step of a plan did to one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepResult {
    /// The step of the plan.
    pub step: u32,
    /// The object; of a `generateName` object the name that the server gave.
    pub object: ObjectRef,
    /// Its UID, if it has one.
    pub uid: Option<Uid>,
    /// Its version after the step.
    pub resource_version: Option<String>,
    /// What was done.
    pub action: Action,
    /// A private object with the server's message, for a failure.
    pub message: Option<ObjectId>,
}

/// A [`StepResult`] as JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultLine {
    step: u32,
    api_version: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_version: Option<String>,
    action: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Returns the content of the object that holds these results: one JSON object a line.
pub fn encode_results(results: &[StepResult]) -> Vec<u8> {
    let mut content = Vec::new();
    for result in results {
        let line = ResultLine {
            step: result.step,
            api_version: result.object.api_version.clone(),
            kind: result.object.kind.clone(),
            namespace: result.object.namespace.clone(),
            name: result.object.name.clone(),
            uid: result.uid.as_ref().map(ToString::to_string),
            resource_version: result.resource_version.clone(),
            action: result.action.code(),
            message: result.message.map(|id| id.to_string()),
        };
        // A struct of strings and numbers always serialises.
        content.extend(serde_json::to_vec(&line).unwrap_or_default());
        content.push(b'\n');
    }
    content
}

/// Reads results back; none where the bytes are no such list.
pub fn decode_results(content: &[u8]) -> Option<Vec<StepResult>> {
    let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(decode_result).collect()
}

/// Reads one line.
fn decode_result(line: &[u8]) -> Option<StepResult> {
    let line: ResultLine = serde_json::from_slice(line).ok()?;
    let message = line.message.map(|id| id.parse()).transpose().ok()?;
    Some(StepResult {
        step: line.step,
        object: ObjectRef {
            api_version: line.api_version,
            kind: line.kind,
            namespace: line.namespace,
            name: line.name,
        },
        uid: line.uid.map(Uid),
        resource_version: line.resource_version,
        action: Action::from_code(line.action)?,
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_plain_content_has_one_name_and_equal_private_content_two() {
        let plain = [Object::plain(b"a".to_vec()), Object::plain(b"a".to_vec())];
        let private = [Object::private(b"a".to_vec()), Object::private(b"a".to_vec())];
        let private = private.map(Result::unwrap);
        assert_eq!(plain[0].id(), plain[1].id());
        assert_ne!(private[0].id(), private[1].id());
        assert_ne!(plain[0].id(), private[0].id());
    }

    #[test]
    fn debug_does_not_show_what_is_private() {
        let object = Object::private(b"hunter2".to_vec()).unwrap();
        assert_eq!(format!("{object:?}"), "private object of 7 bytes");
    }

    #[test]
    fn results_and_recipes_read_back() {
        let object = ObjectRef {
            api_version: "v1".to_owned(),
            kind: "Secret".to_owned(),
            namespace: None,
            name: "a".to_owned(),
        };
        let result = StepResult {
            step: 3,
            object,
            uid: Some(Uid("u".to_owned())),
            resource_version: None,
            action: Action::Created,
            message: Some(Object::plain(vec![]).id()),
        };
        let results = vec![result.clone(), StepResult { message: None, ..result }];
        assert_eq!(decode_results(&encode_results(&results)).unwrap(), results);
        let recipe = Recipe { documents: vec![Object::plain(vec![1]).id(); 3] };
        assert_eq!(Recipe::decode(&recipe.encode()).unwrap(), recipe);
        assert!(Recipe::decode(&[1; 33]).is_none());
    }
}
