//! One value against one schema: the order of things, references, combinations.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{
    Failure, Text, formats,
    references::{ROOT, References, own_base},
};
use crate::functions::regexes;

/// How many schemas one value may be handed on to by reference alone.
const MAX_REFERENCES: usize = 200;

/// A schema document, ready to check values.
pub(super) struct Checker<'s> {
    pub(super) draft: u16,
    root: &'s Json,
    references: References<'s>,
    /// Whether formats are, which in later drafts only the schemas of schemas want.
    asserts_formats: bool,
}

/// What keywords have looked at of an object or a list.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) names: BTreeSet<String>,
    pub(super) items: BTreeSet<usize>,
}

/// A value that is being checked against one schema.
pub(super) struct Look<'a> {
    pub(super) schema: &'a Map<String, Json>,
    /// Where references in the schema start from.
    pub(super) base: &'a str,
    pub(super) value: &'a Json,
    pub(super) at: &'a [String],
    pub(super) seen: Seen,
    pub(super) failures: Vec<Failure>,
    references: usize,
}

impl<'s> Checker<'s> {
    pub(super) fn new(root: &'s Json) -> Self {
        let named = root.get("$schema").and_then(Json::as_str).unwrap_or_default();
        let draft = match named {
            _ if named.contains("draft-04") => 4,
            _ if named.contains("draft-06") => 6,
            _ if named.contains("draft-07") => 7,
            _ if named.contains("2019-09") => 2019,
            _ => 2020,
        };
        Self { draft, root, references: References::new(root), asserts_formats: draft < 2019 }
    }

    /// A schema of schemas.
    pub(super) fn of_schemas(root: &'s Json) -> Self {
        Self { asserts_formats: true, ..Self::new(root) }
    }

    /// Returns what Helm says where a part of the schema refers to one that is not there.
    pub(super) fn broken(&self) -> Option<String> {
        let reference = self.references.broken(self.root)?;
        Some(format!("json-pointer in \"{ROOT}{reference}\" not found"))
    }

    pub(super) fn run(&self, values: &Json) -> Result<(), Failure> {
        self.check((self.root, ROOT), values, &[], 0).map(drop)
    }

    /// Checks a value; a failure of type, constant, choice or format is the
    /// only one that is told.
    fn check(
        &self,
        (schema, base): (&Json, &str),
        value: &Json,
        at: &[String],
        references: usize,
    ) -> Result<Seen, Failure> {
        let schema_object = match schema {
            Json::Bool(false) => return Err(Failure::new(at, "false schema")),
            Json::Object(object) => object,
            _ => return Ok(Seen::default()),
        };
        let base = own_base(schema, base).unwrap_or_else(|| base.to_owned());
        let mut look = Look {
            schema: schema_object,
            base: &base,
            value,
            at,
            seen: Seen::default(),
            failures: Vec::new(),
            references,
        };
        let is_reference = look.schema.get("$ref").is_some_and(Json::is_string);
        if self.draft >= 2019 || !is_reference {
            self.itself(&look)?;
        }
        self.reference(&mut look, "$ref");
        if self.draft >= 2019 || !is_reference {
            self.keywords(&mut look);
            for keyword in ["$recursiveRef", "$dynamicRef"] {
                self.reference(&mut look, keyword);
            }
            self.combinations(&mut look);
            self.unevaluated(&mut look);
        }
        let mut failures = look.failures;
        match (failures.len(), failures.pop()) {
            (_, None) => Ok(look.seen),
            (1, Some(failure)) => Err(failure),
            (_, Some(failure)) => {
                failures.push(failure);
                Err(Failure { at: at.to_vec(), text: Text::Group, causes: failures })
            }
        }
    }

    /// `type`, `const`, `enum`, `format`.
    fn itself(&self, look: &Look<'_>) -> Result<(), Failure> {
        let fail = |text: String| Err(Failure::new(look.at, text));
        let is = kind(look.value);
        let wanted: Vec<&str> = match look.schema.get("type") {
            Some(Json::String(kind)) => vec![kind],
            Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        let fits = |kind: &&str| *kind == is || (*kind == "integer" && is_integer(look.value));
        if !wanted.is_empty() && !wanted.iter().any(fits) {
            let ordered: Vec<&str> =
                KINDS.iter().copied().filter(|kind| wanted.contains(kind)).collect();
            return fail(format!("got {is}, want {}", ordered.join(" or ")));
        }
        if let Some(constant) = look.schema.get("const").filter(|_| self.draft >= 6)
            && !equal(look.value, constant)
        {
            return fail(match constant {
                Json::Array(_) | Json::Object(_) => "'const' failed".to_owned(),
                other => format!("value must be {}", display(other)),
            });
        }
        if let Some(choices) = look.schema.get("enum").and_then(Json::as_array)
            && !choices.iter().any(|choice| equal(look.value, choice))
        {
            return fail(match choices.as_slice() {
                all if all.iter().any(|it| it.is_array() || it.is_object()) => {
                    "'enum' failed".to_owned()
                }
                [one] => format!("value must be {}", display(one)),
                all => {
                    let all: Vec<String> = all.iter().map(display).collect();
                    format!("value must be one of {}", all.join(", "))
                }
            });
        }
        let format = look.schema.get("format").and_then(Json::as_str);
        if let (Some(format), Some(text)) = (format, look.value.as_str())
            && self.asserts_formats
            && let Err(reason) = formats::check(format, text)
        {
            return fail(format!("{} is not valid {format}: {reason}", super::quoted(text)));
        }
        Ok(())
    }

    /// Checks the same value against what `keyword` refers to. What lies
    /// outside the document is not fetched, and lets everything through.
    fn reference(&self, look: &mut Look<'_>, keyword: &str) {
        let Some(reference) = look.schema.get(keyword).and_then(Json::as_str) else { return };
        let Some((schema, base)) = self.references.find(reference, look.base) else { return };
        if look.references > MAX_REFERENCES {
            look.failures.push(Failure::new(look.at, "reference cycle"));
            return;
        }
        match self.check((schema, &base), look.value, look.at, look.references + 1) {
            Ok(seen) => look.seen.merge(seen),
            Err(failure) => {
                let at = look.at.to_vec();
                look.failures.push(Failure { at, text: Text::Reference, causes: failure.parts() });
            }
        }
    }

    /// Checks the same value against another schema.
    pub(super) fn same(&self, look: &Look<'_>, schema: &Json) -> Result<Seen, Failure> {
        self.check((schema, look.base), look.value, look.at, look.references)
    }

    /// Checks a part of the value.
    pub(super) fn part(
        &self,
        look: &Look<'_>,
        schema: &Json,
        part: &Json,
        name: String,
    ) -> Result<(), Failure> {
        let mut at = look.at.to_vec();
        at.push(name);
        self.check((schema, look.base), part, &at, 0).map(drop)
    }

    /// Checks a text that is no part of the value: the name of a property.
    pub(super) fn alone(
        &self,
        look: &Look<'_>,
        schema: &Json,
        value: &Json,
    ) -> Result<(), Failure> {
        self.check((schema, look.base), value, &[], 0).map(drop)
    }

    /// `not`, `allOf`, `anyOf`, `oneOf`, `if`.
    fn combinations(&self, look: &mut Look<'_>) {
        let schema = look.schema;
        if let Some(not) = schema.get("not")
            && self.same(look, not).is_ok()
        {
            look.fail("'not' failed");
        }
        if let Some(all) = schema.get("allOf").and_then(Json::as_array) {
            let mut causes = Vec::new();
            for one in all {
                match self.same(look, one) {
                    Ok(seen) => look.seen.merge(seen),
                    Err(failure) => causes.push(failure),
                }
            }
            if !causes.is_empty() {
                look.fail_because("'allOf' failed", causes);
            }
        }
        if let Some(any) = schema.get("anyOf").and_then(Json::as_array) {
            let mut causes = Vec::new();
            for one in any {
                match self.same(look, one) {
                    Ok(seen) => look.seen.merge(seen),
                    Err(failure) => causes.push(failure),
                }
            }
            if causes.len() == any.len() && !any.is_empty() {
                look.fail_because("'anyOf' failed", causes);
            }
        }
        if let Some(one) = schema.get("oneOf").and_then(Json::as_array) {
            self.one_of(look, one);
        }
        self.conditional(look);
    }

    fn one_of(&self, look: &mut Look<'_>, choices: &[Json]) {
        let mut causes = Vec::new();
        let mut matched = None;
        for (index, choice) in choices.iter().enumerate() {
            match (self.same(look, choice), matched) {
                (Ok(seen), None) => {
                    matched = Some(index);
                    look.seen.merge(seen);
                }
                (Ok(_), Some(first)) => {
                    look.fail(format!("'oneOf' failed, subschemas {first}, {index} matched"));
                    return;
                }
                (Err(failure), None) => causes.push(failure),
                (Err(_), Some(_)) => {}
            }
        }
        if matched.is_none() && !choices.is_empty() {
            look.fail_because("'oneOf' failed, none matched", causes);
        }
    }

    fn conditional(&self, look: &mut Look<'_>) {
        let Some(condition) = look.schema.get("if").filter(|_| self.draft >= 7) else { return };
        let then = match self.same(look, condition) {
            Ok(seen) => {
                look.seen.merge(seen);
                "then"
            }
            Err(_) => "else",
        };
        if let Some(schema) = look.schema.get(then) {
            self.add(look, schema);
        }
    }

    /// `unevaluatedProperties`, `unevaluatedItems`.
    fn unevaluated(&self, look: &mut Look<'_>) {
        if self.draft < 2019 {
            return;
        }
        match look.value {
            Json::Object(object) => {
                let Some(schema) = look.schema.get("unevaluatedProperties") else { return };
                let left = object.iter().filter(|(name, _)| !look.seen.names.contains(*name));
                for (name, value) in left.collect::<Vec<_>>() {
                    let result = self.part(look, schema, value, name.clone());
                    look.failures.extend(result.err());
                }
                look.seen.names.extend(object.keys().cloned());
            }
            Json::Array(items) => {
                let Some(schema) = look.schema.get("unevaluatedItems") else { return };
                let left = items.iter().enumerate();
                let left = left.filter(|(index, _)| !look.seen.items.contains(index));
                for (index, item) in left.collect::<Vec<_>>() {
                    let result = self.part(look, schema, item, index.to_string());
                    look.failures.extend(result.err());
                }
                look.seen.items.extend(0..items.len());
            }
            _ => {}
        }
    }

    /// Adds what a look at the same value by another schema gave.
    pub(super) fn add(&self, look: &mut Look<'_>, schema: &Json) {
        match self.same(look, schema) {
            Ok(seen) => look.seen.merge(seen),
            Err(failure) => look.failures.push(failure),
        }
    }
}

/// Returns whether `text` matches a pattern of Go's; one that is none matches.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    regexes::compile(pattern).is_ok_and(|regex| regex.is_match(text.as_bytes()))
}

impl Look<'_> {
    pub(super) fn fail(&mut self, text: impl Into<String>) {
        self.failures.push(Failure::new(self.at, text));
    }

    pub(super) fn fail_because(&mut self, text: impl Into<String>, causes: Vec<Failure>) {
        self.failures.push(Failure { causes, ..Failure::new(self.at, text) });
    }
}

impl Seen {
    pub(super) fn merge(&mut self, other: Self) {
        self.names.extend(other.names);
        self.items.extend(other.items);
    }
}

/// The kinds in the order in which the library lists them.
const KINDS: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];

const fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn is_integer(value: &Json) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Numbers are equal if their values are, whatever their form.
pub(super) fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            a == b
                || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if a.total_cmp(&b).is_eq())
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}

fn display(value: &Json) -> String {
    match value {
        Json::String(text) => super::quoted(text),
        Json::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}
