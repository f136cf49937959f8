//! A text of YAML.
//!
//! What was read is written and read again: that is the same value. All readers agree on what is
//! YAML, and who refuses it points into the text.

use render::yaml::{self, Error};
use rutter_gotmpl::Value;

/// Runs the target.
///
/// # Panics
///
/// Where a promise is broken.
pub fn run(bytes: &[u8]) {
    let read = yaml::read(bytes);
    match &read {
        Ok(value) => comes_back(value),
        Err(error) => points_into(error, bytes),
    }
    if let Ok(strict) = yaml::read_strict(bytes) {
        let lenient = read.as_ref().expect("what is YAML to the strict is YAML");
        assert!(same(&strict, lenient), "the strict read another value");
    }
    let integers = yaml::read_integers(bytes);
    assert_eq!(read.is_ok(), integers.is_ok(), "the reader of integers is of another mind");
    for other in [yaml::read_json(bytes), yaml::read_typed(bytes), yaml::read_typed_strict(bytes)] {
        match other {
            Ok(_) => assert!(read.is_ok(), "one reader takes what is no YAML"),
            Err(error) => points_into(&error, bytes),
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        split(text);
    }
}

fn comes_back(value: &Value) {
    if is_lost_by_go(value) {
        return;
    }
    let Ok(text) = yaml::write(value) else { return };
    let again = yaml::read(&text).expect("what was written is YAML");
    assert!(same(value, &again), "another value came back from {text:?}");
    assert_eq!(yaml::write(&again).expect("what was written can be"), text);
}

/// Whether go-yaml, as we do, writes something in it that it reads otherwise: a key `<<`, which
/// becomes a merge, and line ends that are only Unicode's, which become those of lines.
pub(crate) fn is_lost_by_go(value: &Value) -> bool {
    let has_line_end = |text: &str| text.contains(['\u{85}', '\u{2028}', '\u{2029}']);
    match value {
        Value::Map(map) => map
            .entries
            .borrow()
            .iter()
            .any(|(key, value)| &**key == "<<" || has_line_end(key) || is_lost_by_go(value)),
        Value::List(list) => list.items.iter().any(is_lost_by_go),
        Value::String(text) => has_line_end(text),
        _ => false,
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Map(left), Value::Map(right)) => {
            let (left, right) = (left.entries.borrow(), right.entries.borrow());
            let mut pairs = left.iter().zip(right.iter());
            left.len() == right.len() && pairs.all(|(l, r)| l.0 == r.0 && same(l.1, r.1))
        }
        (Value::List(left), Value::List(right)) => {
            let mut pairs = left.items.iter().zip(right.items.iter());
            left.items.len() == right.items.len() && pairs.all(|(left, right)| same(left, right))
        }
        // Go writes a zero below zero as one that is not.
        (Value::Float(left), Value::Float(right)) => (left - right).abs() <= 0.0,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Nil, Value::Nil) => true,
        _ => false,
    }
}

fn points_into(error: &Error, bytes: &[u8]) {
    assert!(!error.to_string().is_empty() && !error.problem().is_empty(), "an error without words");
    let Some(line) = error.line() else { return };
    // A line ends in \n, \r, \r\n, U+0085, U+2028 or U+2029, in UTF-16 too: no more than bytes.
    assert!((1..=bytes.len() + 2).contains(&line), "line {line} of {}", bytes.len());
    assert!(error.column().is_some_and(|column| column <= bytes.len() + 2), "a column outside");
}

/// The documents of a file stand where they say, one after the other.
fn split(file: &str) {
    let mut end = 0;
    for document in yaml::split(file) {
        let Some(rest) = file.get(document.offset..) else { panic!("a document outside") };
        assert!(document.offset >= end && rest.starts_with(document.text), "a document elsewhere");
        let before = file.get(..document.offset).unwrap_or_default();
        assert_eq!(document.line, before.matches('\n').count() + 1);
        end = document.offset + document.text.len();
    }
}
