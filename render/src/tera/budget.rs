//! What Tera's templates may use: as much as Go's.
//!
//! Tera counts nothing itself. What passes through our hands is counted here: each call of a
//! function or filter of ours, each number of `range`, each piece of output. What Tera does alone,
//! an empty loop over values or `~`, is not seen; who renders for strangers watches the process.

use std::cell::{Cell, RefCell};

use ::tera::{Error, TeraResult, Value as Theirs, value::ValueKind};
use rutter_gotmpl::{LONGEST_TEXT, Limits, Value};

use crate::functions::limits::{HEAVIEST, OF_A_CHART};

/// How deep a value may nest that goes into a function of Go's.
const DEEPEST: usize = 1_000;

/// What an element of a list or map takes, roughly, in bytes.
const ELEMENT: u64 = 32;

/// What is left for the templates of a chart.
pub(super) struct Budget {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
    /// Why there is no more, for those whom Tera does not let say it.
    refusal: RefCell<Option<String>>,
}

impl Default for Budget {
    fn default() -> Self {
        let limits = OF_A_CHART;
        let (steps, bytes) = (Cell::new(limits.steps), Cell::new(limits.bytes));
        Self { limits, steps, bytes, refusal: RefCell::default() }
    }
}

impl Budget {
    /// Counts steps.
    pub(super) fn steps(&self, count: u64) -> TeraResult<()> {
        let refusal = || format!("stopped after {} steps", self.limits.steps);
        self.take(&self.steps, count, refusal)
    }

    /// Refuses a text that would be too long.
    pub(super) fn fits(&self, length: usize) -> TeraResult<()> {
        if length > LONGEST_TEXT {
            return Err(self.refused(format!("a text longer than {LONGEST_TEXT} bytes")));
        }
        Ok(())
    }

    /// Counts a text, and refuses one that would be too long.
    pub(super) fn text(&self, length: usize) -> TeraResult<()> {
        self.fits(length)?;
        let refusal = || format!("stopped after making {} bytes", self.limits.bytes);
        self.take(&self.bytes, length as u64, refusal)
    }

    /// Counts what a function returned.
    pub(super) fn value(&self, value: &Value) -> TeraResult<()> {
        self.text(match value {
            Value::String(text) => text.len(),
            Value::RawString(bytes) | Value::Bytes(bytes) => bytes.len(),
            Value::List(list) => list.items.len(),
            _ => 0,
        })
    }

    /// Refuses what there is too much of to walk through: a list of forty lists, each of the one
    /// before twice, has a trillion elements.
    pub(super) fn weigh(&self, value: &Theirs) -> TeraResult<()> {
        let mut left = HEAVIEST;
        weigh(value, &mut left, DEEPEST).map_err(|refusal| self.refused(refusal))
    }

    /// Returns why there is no more.
    pub(super) fn refusal(&self) -> Option<String> {
        self.refusal.borrow().clone()
    }

    fn take(&self, left: &Cell<u64>, count: u64, refusal: impl Fn() -> String) -> TeraResult<()> {
        let rest = left.get().checked_sub(count).ok_or_else(|| self.refused(refusal()))?;
        left.set(rest);
        Ok(())
    }

    fn refused(&self, refusal: String) -> Error {
        *self.refusal.borrow_mut() = Some(refusal.clone());
        Error::message(refusal)
    }
}

fn weigh(value: &Theirs, left: &mut u64, depth: usize) -> Result<(), String> {
    let bytes = match value.kind() {
        ValueKind::String | ValueKind::Bytes => value.len().unwrap_or_default(),
        _ => 0,
    };
    let rest = left.checked_sub(ELEMENT + bytes as u64);
    *left = rest.ok_or_else(|| format!("a value of more than {HEAVIEST} bytes"))?;
    let Some(depth) = depth.checked_sub(1) else {
        return Err(format!("a value that nests more than {DEEPEST} levels deep"));
    };
    let items = value.as_array().unwrap_or_default().iter();
    let values = value.as_map().into_iter().flatten().map(|(_, value)| value);
    items.chain(values).try_for_each(|value| weigh(value, left, depth))
}
