//! The whole thing, from outside: one binary, so that it is linked once.
//!
//! A file that is not listed here is not run; `architecture` looks for that.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on should panic"
)]
#![allow(dead_code, reason = "what tests share is there before all of its users are")]

mod architecture;
mod commands;
mod connection;
mod contract;
mod errors;
mod live;
mod packaging;
mod repositories;
mod support;
