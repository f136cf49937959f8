//! Fuzz targets: what reads a stranger's bytes, and what must hold whatever the bytes are.
//!
//! Each module is a target: a function that takes bytes, and panics where a promise of `render` is
//! broken. That nothing panics, hangs or takes the machine's memory is libFuzzer's to watch.

#![allow(clippy::expect_used, reason = "a broken promise stops the fuzzer")]

pub mod archive;
pub mod template;
pub mod tera;
pub mod values;
pub mod yaml;

mod world;
