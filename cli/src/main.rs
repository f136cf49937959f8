//! `rutter`: words in, words out.

fn main() {}
