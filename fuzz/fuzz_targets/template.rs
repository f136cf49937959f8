//! The target `template`: see `src/template.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::template::run(bytes));
