//! Sets of field paths, as `metadata.managedFields` writes them (`FieldsV1`).
//!
//! A path element is kept in the form in which the API server serialises it
//! (`f:spec`, `k:{"name":"web"}`, `v:"x"`), so equal elements are equal strings.
//! Source: structured-merge-diff v6, `fieldpath/set.go` and `serialize.go`.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::{Map, Value, json};

use super::schema::{Schema, Shape};

/// A set of paths to fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    nodes: BTreeMap<String, Node>,
}

/// What is known below one path element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    /// Whether the path that ends here is itself in the set.
    member: bool,
    below: Fields,
}

impl Fields {
    /// Returns whether no path is in the set.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds the path `elements`; an empty path is the object itself and is left out.
    pub(crate) fn insert(&mut self, elements: &[String]) {
        let Some((first, rest)) = elements.split_first() else { return };
        let node = self.nodes.entry(first.clone()).or_default();
        if rest.is_empty() {
            node.member = true;
        } else {
            node.below.insert(rest);
        }
    }

    /// Returns whether the path of the one element `element` is in the set.
    pub(crate) fn has(&self, element: &str) -> bool {
        self.nodes.get(element).is_some_and(|node| node.member)
    }

    /// Returns the paths that go on below `element`, if there are any.
    pub(crate) fn below(&self, element: &str) -> Option<&Self> {
        self.nodes.get(element).map(|node| &node.below).filter(|below| !below.is_empty())
    }

    /// Returns the paths that are in either set.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        for (element, node) in &other.nodes {
            let mine = all.nodes.entry(element.clone()).or_default();
            mine.member |= node.member;
            mine.below = mine.below.union(&node.below);
        }
        all
    }

    /// Returns the paths that are in both sets.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && theirs, Self::intersection, |_| None)
    }

    /// Returns the paths of this set that are not in `other`.
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let keep = |node: &Node| Some(node.clone());
        self.combine(other, |mine, theirs| mine && !theirs, Self::difference, keep)
    }

    /// Returns this set without what lies at or below the paths of `other`.
    pub(crate) fn without_trees(&self, other: &Self) -> Self {
        let mut left = Self::default();
        for (element, node) in &self.nodes {
            let theirs = other.nodes.get(element);
            if theirs.is_some_and(|theirs| theirs.member) {
                continue;
            }
            let below = theirs.map_or_else(
                || node.below.clone(),
                |theirs| node.below.without_trees(&theirs.below),
            );
            left.put(element, Node { member: node.member, below });
        }
        left
    }

    fn combine(
        &self,
        other: &Self,
        member: fn(bool, bool) -> bool,
        below: fn(&Self, &Self) -> Self,
        alone: fn(&Node) -> Option<Node>,
    ) -> Self {
        let mut result = Self::default();
        for (element, node) in &self.nodes {
            let combined = match other.nodes.get(element) {
                Some(theirs) => Some(Node {
                    member: member(node.member, theirs.member),
                    below: below(&node.below, &theirs.below),
                }),
                None => alone(node),
            };
            if let Some(node) = combined {
                result.put(element, node);
            }
        }
        result
    }

    fn put(&mut self, element: &str, node: Node) {
        if node.member || !node.below.is_empty() {
            self.nodes.insert(element.to_owned(), node);
        }
    }

    /// Returns the set with each field that a type names, and below which there
    /// is something, made a member: `spec.replicas` then brings `spec` with it.
    pub(crate) fn with_named_fields(&self, schema: &Schema, shape: &Shape) -> Self {
        let mut result = Self::default();
        for (element, node) in &self.nodes {
            let named = element.strip_prefix("f:").is_some_and(|name| shape.names_field(name));
            let next = schema.element_shape(shape, element);
            let below = node.below.with_named_fields(schema, next);
            let member = node.member || (named && !node.below.is_empty());
            result.put(element, Node { member, below });
        }
        result
    }

    /// Returns each path as the API server prints it in a conflict, e.g.
    /// `.spec.containers[name="web"].image`, in the order of the set.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect_paths("", &mut paths);
        paths
    }

    fn collect_paths(&self, prefix: &str, paths: &mut Vec<String>) {
        for (element, node) in &self.nodes {
            let path = format!("{prefix}{}", print_element(element));
            if node.member {
                paths.push(path.clone());
            }
            node.below.collect_paths(&path, paths);
        }
    }

    /// Returns the set as `FieldsV1`.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        for (element, node) in &self.nodes {
            let mut value = node.below.to_json();
            if let (true, false, Value::Object(below)) =
                (node.member, node.below.is_empty(), &mut value)
            {
                below.insert(".".to_owned(), json!({}));
            }
            object.insert(element.clone(), value);
        }
        Value::Object(object)
    }

    /// Reads a set from `FieldsV1`; what is no object reads as the empty set.
    pub(crate) fn from_json(value: &Value) -> Self {
        let mut fields = Self::default();
        for (element, below) in value.as_object().into_iter().flatten() {
            if element == "." {
                continue;
            }
            let member =
                below.as_object().is_none_or(|below| below.is_empty() || below.contains_key("."));
            fields.put(element, Node { member, below: Self::from_json(below) });
        }
        fields
    }
}

/// Returns the path element of the field `name`.
pub(crate) fn field(name: &str) -> String {
    format!("f:{name}")
}

fn print_element(element: &str) -> String {
    let (kind, rest) = element.split_at(element.len().min(2));
    match kind {
        "f:" => format!(".{rest}"),
        "v:" => format!("[={rest}]"),
        "i:" => format!("[{rest}]"),
        _ => print_key(rest),
    }
}

fn print_key(key: &str) -> String {
    let mut text = String::from("[");
    if let Ok(Value::Object(fields)) = serde_json::from_str(key) {
        for (index, (name, value)) in fields.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            // Writing into a `String` cannot fail.
            let _ = write!(text, "{comma}{name}={value}");
        }
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: &Value) -> Fields {
        Fields::from_json(value)
    }

    #[test]
    fn what_is_read_is_written_again() {
        let value = json!({
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
            "f:spec": {"f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}}}}
        });
        assert_eq!(fields(&value).to_json(), value);
    }

    #[test]
    fn a_difference_keeps_what_lies_below_a_removed_member() {
        let all = fields(&json!({"f:a": {".": {}, "f:b": {}}}));
        let some = fields(&json!({"f:a": {}}));
        assert_eq!(all.difference(&some).to_json(), json!({"f:a": {"f:b": {}}}));
        assert_eq!(all.intersection(&some).to_json(), json!({"f:a": {}}));
        assert_eq!(all.without_trees(&some).to_json(), json!({}));
    }

    #[test]
    fn paths_print_as_in_a_conflict() {
        let set = fields(&json!({
            "f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {"f:image": {}}}},
            "f:metadata": {"f:finalizers": {"v:\"x/y\"": {}}}
        }));
        assert_eq!(
            set.paths(),
            [".metadata.finalizers[=\"x/y\"]", ".spec.containers[name=\"web\"].image"]
        );
    }
}
