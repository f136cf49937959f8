//! What runs may use. Go knows no such bounds: there a template that doubles a text forty times
//! takes the memory of the machine, and one that counts to a billion twice runs for years.

use std::cell::Cell;

use crate::{Fault, value::Value};

/// The longest text that anything makes: what a template writes, what a function returns.
pub const LONGEST_TEXT: usize = 1 << 26;

/// The longest list that a function returns, in elements.
const LONGEST_LIST: usize = 1 << 22;

/// How deep [`Value::weight`] looks.
const DEEPEST: usize = 1_000;

/// What an element of a list or map takes, roughly, in bytes.
const ELEMENT: u64 = 32;

/// What all runs of a set may use together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements, and rounds of `range`.
    pub steps: u64,
    /// Bytes that templates write and functions return, a list's element counted as 32.
    pub bytes: u64,
}

impl Limits {
    /// No bounds but the longest text and Go's own depths.
    pub const NONE: Self = Self { steps: u64::MAX, bytes: u64::MAX };
}

impl Default for Limits {
    fn default() -> Self {
        Self::NONE
    }
}

/// What is left of the limits.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, steps: Cell::new(limits.steps), bytes: Cell::new(limits.bytes) }
    }

    /// Counts a step.
    pub(crate) fn step(&self) -> Result<(), Fault> {
        match self.steps.get().checked_sub(1) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(Fault::new(format!("stopped after {} steps", self.limits.steps))),
        }
    }

    /// Counts a text, and refuses one that is too long.
    pub(crate) fn text(&self, length: usize) -> Result<(), Fault> {
        if length > LONGEST_TEXT {
            return Err(Fault::new(format!("a text longer than {LONGEST_TEXT} bytes")));
        }
        self.bytes(length as u64)
    }

    /// Counts what a function returned.
    pub(crate) fn value(&self, value: &Value) -> Result<(), Fault> {
        match value {
            Value::String(text) => self.text(text.len()),
            Value::RawString(bytes) | Value::Bytes(bytes) => self.text(bytes.len()),
            Value::List(list) if list.items.len() > LONGEST_LIST => {
                Err(Fault::new(format!("a list longer than {LONGEST_LIST} elements")))
            }
            Value::List(list) => self.bytes(ELEMENT.saturating_mul(list.items.len() as u64)),
            Value::Nil
            | Value::Bool(_)
            | Value::Int(..)
            | Value::Float(_)
            | Value::Map(_)
            | Value::Object(_) => Ok(()),
        }
    }

    fn bytes(&self, count: u64) -> Result<(), Fault> {
        match self.bytes.get().checked_sub(count) {
            Some(left) => {
                self.bytes.set(left);
                Ok(())
            }
            None => Err(Fault::new(format!("stopped after making {} bytes", self.limits.bytes))),
        }
    }
}

/// How much there is to walk through in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Bytes of texts and keys, and 32 for each value.
    pub bytes: u64,
    /// Whether it nests deeper than 1,000 levels, as what holds itself does; what is deeper was
    /// not counted.
    pub is_deep: bool,
}

impl Value {
    /// Returns how much there is to walk through in it, where a list or map that is in it twice
    /// counts twice; nothing if that is more than `most` bytes.
    ///
    /// Ask before you walk: a list of forty lists, each of the one before twice, takes a kilobyte
    /// and has a trillion elements.
    ///
    /// ```
    /// use rutter_gotmpl::Value;
    ///
    /// let mut list = Value::from("x");
    /// for _ in 0..40 {
    ///     list = Value::list(vec![list.clone(), list]);
    /// }
    /// assert_eq!(list.weight(1 << 20), None);
    /// assert_eq!(Value::from("four").weight(1 << 20).unwrap().bytes, 36);
    /// ```
    pub fn weight(&self, most: u64) -> Option<Weight> {
        let mut weight = Weight { bytes: 0, is_deep: false };
        let mut ahead = vec![(self.clone(), 0)];
        while let Some((value, depth)) = ahead.pop() {
            weight.bytes += ELEMENT + own_bytes(&value);
            if weight.bytes > most {
                return None;
            }
            if depth > DEEPEST {
                weight.is_deep = true;
                continue;
            }
            match value {
                Self::List(list) => {
                    ahead.extend(list.items.iter().map(|item| (item.clone(), depth + 1)));
                }
                Self::Map(map) => {
                    let entries = map.entries.borrow();
                    ahead.extend(entries.values().map(|item| (item.clone(), depth + 1)));
                }
                Self::Object(object) => {
                    ahead.extend(object.underlying().map(|inner| (inner, depth + 1)));
                }
                _ => {}
            }
        }
        Some(weight)
    }
}

/// Returns the bytes of a text, or of the keys of a map.
fn own_bytes(value: &Value) -> u64 {
    let bytes = match value {
        Value::String(text) => text.len(),
        Value::RawString(bytes) | Value::Bytes(bytes) => bytes.len(),
        Value::Map(map) => map.entries.borrow().keys().map(|key| key.len()).sum(),
        _ => 0,
    };
    bytes as u64
}
