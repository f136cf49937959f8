//! The target `tera`: see `src/tera.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::tera::run(bytes));
