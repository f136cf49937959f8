//! The target `values`: see `src/values.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::values::run(bytes));
