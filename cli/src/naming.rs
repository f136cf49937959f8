//! How a new release gets its name when nobody says it.

use render::{Vocabulary, run_alone, tape::Tape};
use serde_json::Value;

use crate::{failure::Failure, options::generated, sources::System};

/// Returns the name that Helm makes up from the chart's place and the time.
pub(crate) fn generated_now(chart: &str) -> String {
    generated(chart, jiff::Timestamp::now().as_second())
}

/// Returns the name that a template makes.
pub(crate) fn from_template(template: &str) -> Result<String, Failure> {
    let tape = Tape::recording(Box::new(System));
    run_alone("name-template", template, &Value::Null, Vocabulary::Sprig(tape))
        .map_err(|error| Failure::from_error(&error))
}

/// What Helm says of a word that is no name for a release.
pub(crate) fn refused(name: &str) -> Failure {
    Failure::new(format_args!(
        "release name check failed: release name {name:?}: invalid release name, must match regex \
         ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must \
         not be longer than 53"
    ))
}
