//! What the API server says where it refuses, word for word.
//!
//! Source: apimachinery, `pkg/api/errors/errors.go`.

use std::fmt::Display;

use crate::cluster::{Cause, ClusterError, Kind, Resource};

use super::objects::{Place, resource_name};

pub(crate) fn not_found(resource: &Resource, place: &Place) -> ClusterError {
    let message = format!("{} {:?} not found", resource_name(resource), place.name);
    ClusterError::NotFound { message }
}

pub(crate) fn no_namespace(namespace: &str) -> ClusterError {
    ClusterError::NotFound { message: format!("namespaces {namespace:?} not found") }
}

pub(crate) fn already_exists(resource: &Resource, place: &Place) -> ClusterError {
    let message = format!("{} {:?} already exists", resource_name(resource), place.name);
    ClusterError::AlreadyExists { message }
}

pub(crate) fn unserved(kind: &Kind) -> ClusterError {
    ClusterError::Unserved { kind: kind.clone() }
}

pub(crate) fn nameless(resource: &Resource) -> ClusterError {
    let sentence = "Required value: name or generateName is required";
    ClusterError::Invalid {
        message: format!(
            "{} {:?} is invalid: metadata.name: {sentence}",
            qualified_kind(&resource.kind),
            ""
        ),
        causes: vec![Cause {
            field: "metadata.name".to_owned(),
            reason: "FieldValueRequired".to_owned(),
            message: sentence.to_owned(),
        }],
    }
}

/// The lists of a configuration cannot be merged item by item.
pub(crate) fn invalid(resource: &Resource, place: &Place, why: &str) -> ClusterError {
    let Kind { api_version, kind } = &resource.kind;
    let version = if api_version.contains('/') { String::new() } else { "/".to_owned() };
    let name = match place.namespace.as_str() {
        "" => format!("/{}", place.name),
        namespace => format!("{namespace}/{}", place.name),
    };
    ClusterError::Refused {
        code: 500,
        message: format!(
            "failed to create typed patch object ({name}; {version}{api_version}, Kind={kind}): {why}"
        ),
    }
}

/// The object is not the one that was meant, or changed since it was read.
pub(crate) fn precondition(
    resource: &Resource,
    place: &Place,
    field: &str,
    (wanted, live): (&str, Option<&str>),
) -> ClusterError {
    let why = if field == "uid" {
        format!(
            "Precondition failed: UID in precondition: {wanted}, UID in object meta: {}",
            live.unwrap_or_default()
        )
    } else {
        "the object has been modified; please apply your changes to the latest version and try \
         again"
            .to_owned()
    };
    ClusterError::Conflict {
        message: format!(
            "Operation cannot be fulfilled on {} {:?}: {why}",
            resource_name(resource),
            place.name
        ),
        fields: Vec::new(),
    }
}

/// The object that is to be deleted is another one than was meant.
pub(crate) fn recreated(
    resource: &Resource,
    place: &Place,
    (wanted, live): (&str, Option<&str>),
) -> ClusterError {
    ClusterError::Conflict {
        message: format!(
            "Operation cannot be fulfilled on {} {:?}: the UID in the precondition ({wanted}) does \
             not match the UID in record ({}). The object might have been deleted and then recreated",
            qualified_kind(&resource.kind),
            place.name,
            live.unwrap_or_default()
        ),
        fields: Vec::new(),
    }
}

pub(crate) fn bad_patch(why: &dyn Display) -> ClusterError {
    ClusterError::Invalid {
        message: format!("the server rejected our request due to an error in our request: {why}"),
        causes: Vec::new(),
    }
}

/// Fields that the kind does not have.
pub(crate) fn unknown_fields(fields: &[String]) -> ClusterError {
    let list: Vec<_> = fields.iter().map(|field| format!("unknown field {field:?}")).collect();
    ClusterError::Refused {
        code: 400,
        message: format!("strict decoding error: {}", list.join(", ")),
    }
}

pub(crate) fn expired(version: &str) -> ClusterError {
    ClusterError::Expired { message: format!("too old resource version: {version}") }
}

fn qualified_kind(kind: &Kind) -> String {
    match kind.group() {
        "" => kind.kind.clone(),
        group => format!("{}.{group}", kind.kind),
    }
}
