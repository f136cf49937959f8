//! How functions ask the tape.

use rutter_gotmpl::{Call, Fault, Value, printed};
use sha2::{Digest, Sha256};

use super::{FunctionContext, encoding::hex};
use crate::tape::{Kind, Source};

/// Asks the tape at the place that is running.
pub(super) fn draw(
    context: &FunctionContext,
    call: &dyn Call,
    question: (Kind, String),
    draw: impl FnOnce(&mut dyn Source) -> Result<serde_json::Value, Fault>,
) -> Result<serde_json::Value, Fault> {
    context.tape_mut().answer(call.place(), question, draw)
}

/// Names a question: the function, and a hash of its arguments (there may be
/// passwords among them).
pub(super) fn question(function: &str, arguments: &[Value]) -> String {
    let mut hash = Sha256::new();
    for argument in arguments {
        let printed = printed(argument);
        hash.update(printed.len().to_be_bytes());
        hash.update(printed);
    }
    let digest = hex(&hash.finalize());
    format!("{function} {}", digest.get(..16).unwrap_or_default())
}
