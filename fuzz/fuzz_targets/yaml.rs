//! The target `yaml`: see `src/yaml.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::yaml::run(bytes));
