//! The ledger from outside: what callers may rely on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]
#![allow(clippy::disallowed_methods, reason = "a test may look around")]
#![allow(clippy::print_stdout, reason = "what was tried is counted and printed")]
#![allow(
    clippy::large_enum_variant,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "a test is read from top to bottom"
)]

mod contract;
mod damage;
mod each_kind;
mod fixtures;
mod fold;
mod processes;
mod samples;
mod verify;
