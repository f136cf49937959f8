//! A template in Tera's language, inside the same chart as those of Go's.

use crate::template;

/// Runs the target.
///
/// # Panics
///
/// Where a promise is broken.
pub fn run(bytes: &[u8]) {
    let metadata = b"apiVersion: v2\nname: x\nversion: 0.1.0\nengine: tera\n";
    template::in_chart(metadata, "x.yaml", bytes);
}
