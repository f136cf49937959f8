//! How a new release gets its name when nobody says it.

use crate::{failure::Failure, options::generated};

/// Returns the name that Helm makes up from the chart's place and the time.
pub(crate) fn generated_now(chart: &str) -> String {
    generated(chart, jiff::Timestamp::now().as_second())
}

/// Returns the name that a template makes.
pub(crate) fn from_template(template: &str) -> Result<String, Failure> {
    let _ = template;
    Err(Failure::new("--name-template is not supported yet"))
}

/// What Helm says of a word that is no name for a release.
pub(crate) fn refused(name: &str) -> Failure {
    Failure::new(format_args!(
        "release name check failed: release name {name:?}: invalid release name, must match regex \
         ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must \
         not be longer than 53"
    ))
}
