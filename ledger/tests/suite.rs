//! The ledger from outside: what callers may rely on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod contract;
mod samples;
mod verify;
