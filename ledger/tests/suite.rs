//! The ledger from outside: what callers may rely on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod contract;
mod damage;
mod each_kind;
mod fixtures;
mod fold;
mod processes;
mod samples;
mod verify;
