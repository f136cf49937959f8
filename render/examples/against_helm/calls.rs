//! Which functions the templates call, and what comes of it.

use std::{collections::BTreeMap, fmt};

use crate::{
    asking::{Answer, Case as _},
    random::Random,
    templates,
};

const CONDITIONS: &[&str] =
    &["if ", "with ", "range ", "define ", "block ", "(and ", " and ", "(or ", " or "];

/// How often each function stands in a template that ran to its end, all of it, and how often
/// it is what a template failed of.
#[derive(Default)]
pub(crate) struct Calls(BTreeMap<String, (usize, usize)>);

impl Calls {
    /// Runs the templates of these numbers here; Helm is not asked.
    pub(crate) fn count(numbers: std::ops::Range<u64>, seed: u64) -> Self {
        let mut calls = Self::default();
        for name in templates::functions() {
            calls.0.insert(name.to_owned(), (0, 0));
        }
        for number in numbers {
            let case = templates::case(Random::new(seed, number));
            match case.ours() {
                Answer::Made(_) => calls.ran(&case.show()),
                Answer::Failed(text) => calls.failed(&text),
                Answer::None(_) => {}
            }
        }
        calls
    }

    fn ran(&mut self, template: &str) {
        // What stands behind a condition may not have run.
        if CONDITIONS.iter().any(|word| template.contains(word)) {
            return;
        }
        for word in template.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            if let Some((ran, _)) = self.0.get_mut(word) {
                *ran += 1;
            }
        }
    }

    fn failed(&mut self, text: &str) {
        for before in ["error calling ", "wrong number of args for ", " at <"] {
            let Some((_, after)) = text.split_once(before) else { continue };
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let name = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
            if let Some((_, failed)) = self.0.get_mut(name) {
                *failed += 1;
                return;
            }
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_key(|(_, counts)| **counts);
        writeln!(formatter, "{:>8} {:>8}", "ran", "failed")?;
        for (name, (ran, failed)) in &rows {
            writeln!(formatter, "{ran:>8} {failed:>8} {name}")?;
        }
        write!(formatter, "{} functions", rows.len())
    }
}
