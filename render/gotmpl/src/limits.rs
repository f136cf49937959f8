//! What runs may use. Go knows no such bounds: there a template that doubles a text forty times
//! takes the memory of the machine, and one that counts to a billion twice runs for years.

use std::cell::Cell;

use crate::{Fault, stack::with_room, value::Value};

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
        self.weigh(&mut weight, (most, 0)).then_some(weight)
    }

    /// Adds what is in it; returns whether that is still no more than the most.
    fn weigh(&self, weight: &mut Weight, (most, depth): (u64, usize)) -> bool {
        weight.bytes += ELEMENT + own_bytes(self);
        if weight.bytes > most {
            return false;
        }
        if depth > DEEPEST {
            weight.is_deep = true;
            return true;
        }
        let mut inner = |value: &Self| value.weigh(weight, (most, depth + 1));
        match self {
            Self::List(list) => with_room(|| list.items.iter().all(inner)),
            Self::Map(map) => with_room(|| map.entries.borrow().values().all(inner)),
            Self::Object(object) => object.underlying().is_none_or(|value| inner(&value)),
            Self::Nil
            | Self::Bool(_)
            | Self::Int(..)
            | Self::Float(_)
            | Self::String(_)
            | Self::RawString(_)
            | Self::Bytes(_) => true,
        }
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
