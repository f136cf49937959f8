//! Keywords for objects, lists, texts and numbers, in the library's order.

use serde_json::{Map, Value as Json};

use super::{
    checker::{Checker, Look, equal, matches},
    grouped, quoted, quoted_list,
};

impl Checker<'_> {
    pub(super) fn keywords(&self, look: &mut Look<'_>) {
        match look.value {
            Json::Object(object) => self.object(look, object),
            Json::Array(items) => self.list(look, items),
            Json::String(text) => text_keywords(look, text),
            Json::Number(number) => {
                if let Some(number) = number.as_f64() {
                    self.number(look, number);
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn object(&self, look: &mut Look<'_>, object: &Map<String, Json>) {
        bounds(look, object.len(), ["minProperties", "maxProperties"]);
        if let Some(missing) = look.schema.get("required").and_then(|it| missing(object, it)) {
            let word = if missing.len() == 1 { "property" } else { "properties" };
            look.fail(format!("missing {word} {}", quoted_list(missing)));
        }
        self.dependent(look, object, "dependencies");
        self.properties(look, object);
        if self.draft >= 6 {
            self.names(look, object);
        }
        if self.draft >= 2019 {
            self.dependent(look, object, "dependentSchemas");
            self.dependent(look, object, "dependentRequired");
        }
    }

    fn names(&self, look: &mut Look<'_>, object: &Map<String, Json>) {
        let Some(schema) = look.schema.get("propertyNames") else { return };
        for name in object.keys() {
            if let Err(failure) = self.alone(look, schema, &Json::String(name.clone())) {
                let text = format!("invalid propertyName {}", quoted(name));
                look.fail_because(text, failure.parts());
            }
        }
    }

    /// What must be there, or hold, because a property is there.
    fn dependent(&self, look: &mut Look<'_>, object: &Map<String, Json>, keyword: &str) {
        let Some(all) = look.schema.get(keyword).and_then(Json::as_object) else { return };
        for (name, wanted) in all.iter().filter(|(name, _)| object.contains_key(*name)) {
            if !wanted.is_array() {
                self.add(look, wanted);
            } else if let Some(missing) = missing(object, wanted) {
                let (missing, name) = (quoted_list(missing), quoted(name));
                look.fail(format!("properties {missing} required, if {name} exists"));
            }
        }
    }

    fn properties(&self, look: &mut Look<'_>, object: &Map<String, Json>) {
        let schema = look.schema;
        let properties = schema.get("properties").and_then(Json::as_object);
        let patterns = schema.get("patternProperties").and_then(Json::as_object);
        let additional = schema.get("additionalProperties");
        let mut refused = Vec::new();
        for (name, value) in object {
            let own = properties.and_then(|all| all.get(name));
            let by_pattern = patterns.into_iter().flatten();
            let by_pattern = by_pattern.filter(|(pattern, _)| matches(pattern, name));
            let mut schemas: Vec<&Json> =
                own.into_iter().chain(by_pattern.map(|(_, schema)| schema)).collect();
            match additional {
                _ if !schemas.is_empty() => {}
                None => continue,
                Some(Json::Bool(false)) => refused.push(name.as_str()),
                Some(additional) => schemas.push(additional),
            }
            for schema in schemas {
                let result = self.part(look, schema, value, name.clone());
                look.failures.extend(result.err());
            }
            look.seen.names.insert(name.clone());
        }
        if !refused.is_empty() {
            look.fail(format!("additional properties {} not allowed", quoted_list(refused)));
        }
    }

    fn list(&self, look: &mut Look<'_>, items: &[Json]) {
        bounds(look, items.len(), ["minItems", "maxItems"]);
        if look.schema.get("uniqueItems") == Some(&Json::Bool(true))
            && let Some((first, second)) = duplicates(items)
        {
            look.fail(format!("items at {first} and {second} are equal"));
        }
        let (by_place, rest) = if self.draft < 2020 {
            match look.schema.get("items") {
                Some(Json::Array(schemas)) => {
                    (schemas.as_slice(), look.schema.get("additionalItems"))
                }
                other => ([].as_slice(), other),
            }
        } else {
            let places = look.schema.get("prefixItems").and_then(Json::as_array);
            (places.map_or([].as_slice(), Vec::as_slice), look.schema.get("items"))
        };
        let tuple = self.draft < 2020 && matches!(look.schema.get("items"), Some(Json::Array(_)));
        for (index, item) in items.iter().enumerate() {
            let Some(schema) = by_place.get(index).or(rest) else { break };
            if tuple && index >= by_place.len() && *schema == Json::Bool(false) {
                let count = items.len() - index;
                look.fail(format!("last {count} additionalItem(s) not allowed"));
                break;
            }
            let result = self.part(look, schema, item, index.to_string());
            look.failures.extend(result.err());
            look.seen.items.insert(index);
        }
        self.contains(look, items);
    }

    fn contains(&self, look: &mut Look<'_>, items: &[Json]) {
        let Some(schema) = look.schema.get("contains").filter(|_| self.draft >= 6) else { return };
        let mut causes = Vec::new();
        let mut matched = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match self.part(look, schema, item, index.to_string()) {
                Ok(()) => matched.push(index),
                Err(failure) => causes.push(failure),
            }
        }
        if self.draft >= 2020 {
            look.seen.items.extend(&matched);
        }
        let places: Vec<String> = matched.iter().map(usize::to_string).collect();
        let (count, places) = (matched.len(), places.join(" "));
        let limit = |keyword| {
            look.schema.get(keyword).filter(|_| self.draft >= 2019).and_then(Json::as_u64)
        };
        let (min, max) = (limit("minContains"), limit("maxContains"));
        let count_u64 = count as u64;
        match min {
            Some(min) if count_u64 < min && count == 0 => {
                let text =
                    format!("min {min} items required to match contains schema, but none matched");
                look.fail_because(text, causes);
            }
            Some(min) if count_u64 < min => look.fail_because(
                format!(
                    "min {min} items required to match contains schema, but matched {count} items \
                     at {places}"
                ),
                causes,
            ),
            None if count == 0 => look.fail_because("no items match contains schema", causes),
            _ => {}
        }
        if let Some(max) = max.filter(|max| count_u64 > *max) {
            look.fail(format!(
                "max {max} items required to match contains schema, but matched {count} items at \
                 {places}"
            ));
        }
    }

    fn number(&self, look: &mut Look<'_>, number: f64) {
        let schema = look.schema;
        // In draft 4 the exclusive ones are flags of the others.
        let flag = |keyword: &str| schema.get(keyword) == Some(&Json::Bool(true));
        let (low, high) = (limit(schema, "minimum"), limit(schema, "maximum"));
        let (mut min, mut max) = (low, high);
        let mut above = limit(schema, "exclusiveMinimum").filter(|_| self.draft >= 6);
        let mut below = limit(schema, "exclusiveMaximum").filter(|_| self.draft >= 6);
        if self.draft == 4 && flag("exclusiveMinimum") {
            (min, above) = (None, low);
        }
        if self.draft == 4 && flag("exclusiveMaximum") {
            (max, below) = (None, high);
        }
        let mut check = |keyword: &str, want: Option<f64>, fits: fn(f64, f64) -> bool| {
            if let Some(want) = want.filter(|want| !fits(number, *want)) {
                let (got, want) = (grouped(number), grouped(want));
                look.fail(format!("{keyword}: got {got}, want {want}"));
            }
        };
        check("minimum", min, |number, want| number >= want);
        check("maximum", max, |number, want| number <= want);
        check("exclusiveMinimum", above, |number, want| number > want);
        check("exclusiveMaximum", below, |number, want| number < want);
        check("multipleOf", limit(schema, "multipleOf"), is_multiple);
    }
}

fn text_keywords(look: &mut Look<'_>, text: &str) {
    bounds(look, text.chars().count(), ["minLength", "maxLength"]);
    if let Some(pattern) = look.schema.get("pattern").and_then(Json::as_str)
        && !matches(pattern, text)
    {
        look.fail(format!("{} does not match pattern {}", quoted(text), quoted(pattern)));
    }
}

fn limit(schema: &Map<String, Json>, keyword: &str) -> Option<f64> {
    schema.get(keyword).and_then(Json::as_f64)
}

/// The library computes with fractions of decimals; this is as exact for the
/// numbers that people write.
fn is_multiple(number: f64, of: f64) -> bool {
    let times = (number / of).round();
    (times * of - number).abs() <= 1e-9 * number.abs().max(1e-9)
}

/// `minX` and `maxX` of a count.
fn bounds(look: &mut Look<'_>, count: usize, [min, max]: [&str; 2]) {
    #[allow(clippy::cast_precision_loss, reason = "nothing has 2^52 parts")]
    let got = count as f64;
    for (keyword, want) in [(min, limit(look.schema, min)), (max, limit(look.schema, max))] {
        let Some(want) = want else { continue };
        if (keyword == min && got < want) || (keyword == max && got > want) {
            look.fail(format!("{keyword}: got {}, want {}", grouped(got), grouped(want)));
        }
    }
}

/// Returns the names in `wanted` that the object does not have, if any.
fn missing<'a>(object: &Map<String, Json>, wanted: &'a Json) -> Option<Vec<&'a str>> {
    let names = wanted.as_array()?.iter().filter_map(Json::as_str);
    let missing: Vec<&str> = names.filter(|name| !object.contains_key(*name)).collect();
    (!missing.is_empty()).then_some(missing)
}

fn duplicates(items: &[Json]) -> Option<(usize, usize)> {
    items.iter().enumerate().find_map(|(second, item)| {
        let before = items.iter().take(second);
        before.enumerate().find(|(_, other)| equal(item, other)).map(|(first, _)| (first, second))
    })
}
