//! How sprig merges maps: `mergo` 1.0.1, with and without overwriting.

use rutter_gotmpl::{Map, Value};

use super::equal::is_empty;

/// Which value stays where both maps have one and neither is a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// The target's, unless it is empty.
    Keep,
    /// The source's, empty or not.
    Overwrite,
}

/// Merges `source` into `target`, in place.
///
/// Where both have a map, the target's is filled; a value that the target
/// lacks is taken over as it is, so a map is shared from then on.
pub(super) fn merge(target: &Map, source: &Map, clash: Clash) {
    // The two may be the same map, so no entry is borrowed for long.
    let entries: Vec<_> = {
        let entries = source.entries.borrow();
        entries.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    for (name, value) in entries {
        let old = target.entries.borrow().get(&name).cloned();
        if matches!(value, Value::Nil) {
            if clash == Clash::Overwrite {
                target.entries.borrow_mut().insert(name, value);
            }
            continue;
        }
        if let (Some(Value::Map(old)), Value::Map(new)) = (&old, &value) {
            merge(old, new, clash);
            if !old.entries.borrow().is_empty() {
                continue;
            }
        }
        let replace = clash == Clash::Overwrite || old.is_none_or(|old| is_zero(&old));
        if replace {
            target.entries.borrow_mut().insert(name, value);
        }
    }
}

/// Go's zero values, and lists and maps without elements.
fn is_zero(value: &Value) -> bool {
    is_empty(value)
}
