//! Helm's `common.Values`: a map whose Go type has a name of its own.

use std::rc::Rc;

use rutter_gotmpl::{Map, Object, Value};

/// A map that templates can tell from other maps (`typeOf .Values`).
#[derive(Debug)]
pub(super) struct Named {
    map: Map,
}

impl Named {
    /// Returns `.Values` of a chart, or `.Template`: the map itself, so that templates that
    /// change it see each other's changes.
    pub(super) fn values(map: Map) -> Value {
        Value::Object(Rc::new(Self { map }))
    }

    /// Returns `.Template` of the template called `name`.
    pub(super) fn template(name: &str, base: &str) -> Value {
        match Value::map([("Name", Value::from(name)), ("BasePath", Value::from(base))]) {
            Value::Map(map) => Self::values(map),
            other => other,
        }
    }
}

impl Object for Named {
    fn type_name(&self) -> &'static str {
        "common.Values"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Map(self.map.clone()))
    }

    fn over(&self, underlying: Value) -> Value {
        match underlying {
            Value::Map(map) => Self::values(map),
            other => other,
        }
    }

    fn print(&self) -> String {
        String::new()
    }
}
