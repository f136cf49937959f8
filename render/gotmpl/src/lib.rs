//! Go's template language: parse once, run many times, fail as Go fails.
//!
//! A [`TemplateSet`] holds templates that can call each other by name. What it
//! writes, and what it says when something is wrong, is byte for byte what
//! Go's `text/template` (1.26) writes and says, `fmt`'s verbs included.
//!
//! This crate knows nothing of charts, Kubernetes or Helm. It takes data as
//! [`Value`]s and functions as a [`Functions`] table; a function can run
//! templates itself, through [`Call`].
//!
//! ```
//! use rutter_gotmpl::{Function, Functions, Options, TemplateSet, Type, Value};
//!
//! let mut functions = Functions::default();
//! functions.insert("double", Function::new(&[Type::Int], |_, arguments| {
//!     match arguments {
//!         [Value::Int(number, _)] => Ok(Value::int(2 * number)),
//!         _ => unreachable!("arguments are checked against the types"),
//!     }
//! }));
//!
//! let mut set = TemplateSet::new(functions, Options::default());
//! set.parse("greeting", r#"{{define "to"}}Hello, {{.}}!{{end -}}
//! {{range $i, $name := .}}{{double $i}} {{template "to" $name}} {{end}}"#)?;
//! let names = Value::strings(["Ada", "Grace"]);
//! assert_eq!(set.run("greeting", &names)?, "0 Hello, Ada! 2 Hello, Grace! ");
//!
//! set.parse("wrong", "{{\n  double .name }}")?;
//! let error = set.run("wrong", &Value::map([("name", Value::from("Ada"))])).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "template: wrong:2:9: executing \"wrong\" at <.name>: \
//!      wrong type for value; expected int; got string",
//! );
//! # Ok::<(), rutter_gotmpl::Error>(())
//! ```
//!
//! # Where it differs
//!
//! - Keys of maps are UTF-8.
//! - A slice has no room behind its last element, so `slice` reaches as far as
//!   its length; Go's reaches as far as its capacity.
//! - Values that are functions, channels or pointers do not exist; [`Object`]s
//!   stand for the host's own types.
//! - A map that holds itself is printed to a depth of 10,000; Go dies.
//! - Characters are those of the Unicode version of the crate that knows them,
//!   which may be later than Go's.

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
mod trace;
mod unicode;
mod value;

pub use error::{Error, Kind, Place};
pub use format::printed;
pub use function::{Body, Call, Fault, Function, Functions, Type};
pub use quote::quote;
pub use set::{MissingKey, Options, TemplateSet};
pub use trace::Trace;
pub use value::{Elem, Int, List, Map, Object, Str, Value};
