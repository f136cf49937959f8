//! The command line: what Helm says to the same words.

mod completion;
mod created_chart;
mod dependencies;
mod failures;
mod helm2;
mod lint;
mod mistakes;
mod reads;
mod reference;
mod releases;

use std::fmt::Write as _;

use crate::support::{Answer, Env, helms_part};

/// What a program answered, with its own name called `helm`.
fn shown(answer: &Answer) -> String {
    let mut text = String::new();
    let _ = write!(text, "code {:?}\n{}--\n", answer.code, answer.stdout);
    // Log lines are for other eyes.
    for line in answer.stderr.lines().filter(|line| !line.starts_with("level=")) {
        let _ = writeln!(text, "{line}");
    }
    text.replace("\"rutter", "\"helm").replace(" rutter", " helm").replace("'rutter", "'helm")
}

/// Asserts that rutter answers as Helm does, but for a hint at the end.
#[track_caller]
fn alike(env: &Env, words: &[&str]) {
    let ours = shown(&env.rutter(words));
    let ours = helms_part(&ours);
    let helms = shown(&env.helm(words));
    assert_eq!(ours.trim_end(), helms.trim_end(), "{words:?}");
}
