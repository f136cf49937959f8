//! Room for recursion: templates may nest as deep as Go's can.

/// The stack that one step of recursion may use before it comes by here again.
const NEEDED: usize = 128 * 1024;

/// How much is added when that is no longer left.
const ADDED: usize = 2 * 1024 * 1024;

/// Runs `step` with enough stack for it, on a new piece if need be.
pub(crate) fn with_room<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(NEEDED, ADDED, step)
}
