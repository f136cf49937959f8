//! The target `archive`: see `src/archive.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::archive::run(bytes));
