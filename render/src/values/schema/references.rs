//! Which schema a `$ref` means.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

/// Where Helm says that the schema lies.
pub(super) const ROOT: &str = "file:///values.schema.json";

/// The schemas that have a name of their own inside one document.
pub(super) struct References<'s> {
    /// By URI, without a fragment.
    resources: HashMap<String, &'s Json>,
    /// By URI and name.
    anchors: HashMap<(String, String), &'s Json>,
}

/// A schema and the URI that references in it start from.
pub(super) type Target<'s> = (&'s Json, String);

impl<'s> References<'s> {
    pub(super) fn new(root: &'s Json) -> Self {
        let mut references = Self { resources: HashMap::new(), anchors: HashMap::new() };
        references.resources.insert(ROOT.to_owned(), root);
        references.add(root, ROOT);
        references
    }

    fn add(&mut self, schema: &'s Json, base: &str) {
        let mut base = base.to_owned();
        match schema {
            Json::Array(items) => items.iter().for_each(|item| self.add(item, &base)),
            Json::Object(object) => {
                if let Some(inner) = own_base(schema, &base) {
                    self.resources.insert(inner.clone(), schema);
                    base = inner;
                }
                for name in names(object) {
                    self.anchors.insert((base.clone(), name.to_owned()), schema);
                }
                object.values().for_each(|inner| self.add(inner, &base));
            }
            _ => {}
        }
    }

    /// Returns a reference into the document that leads nowhere, of those that a value may
    /// come to from `schema`.
    pub(super) fn broken(&self, schema: &'s Json) -> Option<&'s str> {
        let object = schema.as_object().filter(|_| own_base(schema, ROOT).is_none())?;
        let reference = object.get("$ref").and_then(Json::as_str);
        if let Some(reference) = reference.filter(|reference| reference.starts_with("#/"))
            && self.find(reference, ROOT).is_none()
        {
            return Some(reference);
        }
        object.iter().find_map(|(keyword, inner)| match (keyword.as_str(), inner) {
            ("properties" | "patternProperties" | "dependentSchemas", Json::Object(schemas)) => {
                schemas.values().find_map(|schema| self.broken(schema))
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Json::Array(schemas)) => {
                schemas.iter().find_map(|schema| self.broken(schema))
            }
            (
                "items"
                | "additionalItems"
                | "additionalProperties"
                | "contains"
                | "not"
                | "if"
                | "then"
                | "else"
                | "propertyNames",
                schema,
            ) => self.broken(schema),
            _ => None,
        })
    }

    /// Returns what `reference` means where references start from `base`;
    /// nothing if it lies outside the document.
    pub(super) fn find(&self, reference: &str, base: &str) -> Option<Target<'s>> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let uri = if uri.is_empty() { base.to_owned() } else { joined(base, uri) };
        let fragment = decoded(fragment);
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let schema = self.anchors.get(&(uri.clone(), fragment))?;
            return Some((schema, uri));
        }
        let mut schema = *self.resources.get(&uri)?;
        let mut base = uri;
        for part in fragment.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            schema = match schema {
                Json::Array(items) => items.get(part.parse::<usize>().ok()?)?,
                other => other.get(&part)?,
            };
            base = own_base(schema, &base).unwrap_or(base);
        }
        Some((schema, base))
    }
}

/// Returns the names that references may call a schema by.
fn names(schema: &Map<String, Json>) -> impl Iterator<Item = &str> {
    let text = |keyword: &str| schema.get(keyword).and_then(Json::as_str);
    let anchors = ["$anchor", "$dynamicAnchor"].map(text);
    let fragments = ["$id", "id"].map(|keyword| Some(text(keyword)?.split_once('#')?.1));
    anchors.into_iter().chain(fragments).flatten()
}

/// Returns the URI that a schema gives itself, if it does.
pub(super) fn own_base(schema: &Json, base: &str) -> Option<String> {
    let id = schema.get("$id").or_else(|| schema.get("id")).and_then(Json::as_str)?;
    let uri = id.split('#').next().filter(|uri| !uri.is_empty())?;
    Some(joined(base, uri))
}

/// Resolves a URI reference against a base (RFC 3986, without dot segments).
fn joined(base: &str, uri: &str) -> String {
    if uri.contains(':') {
        return uri.to_owned();
    }
    let authority = base.find("://").map_or(0, |at| at + 3);
    let root = base
        .get(authority..)
        .and_then(|rest| rest.find('/'))
        .map_or(base.len(), |at| authority + at);
    if uri.starts_with('/') {
        return format!("{}{uri}", base.get(..root).unwrap_or_default());
    }
    let folder = base.rfind('/').map_or(base.len(), |at| at + 1);
    format!("{}{uri}", base.get(..folder).unwrap_or_default())
}

/// Decodes `%41` and the like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = match tail {
            [high, low, ..] if *first == b'%' => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|hex| u8::from_str_radix(hex, 16).ok()),
            _ => None,
        };
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
