//! Go's template language: parse once, run many times, fail as Go fails.
//!
//! This crate knows nothing of charts, Kubernetes or Helm. It takes data as
//! [`Value`]s and functions as a [`Functions`] table.

mod builtin;
mod complex;
mod error;
mod format;
mod function;
mod lexer;
mod machine;
mod node;
mod number;
mod parser;
mod quote;
mod set;
mod slot;
mod stack;
mod unicode;
mod value;

pub use error::{Error, Kind, Place};
pub use function::{Body, Call, Fault, Function, Functions, Type};
pub use set::{MissingKey, Options, TemplateSet};
pub use value::{Elem, Int, List, Map, Object, Str, Value};
