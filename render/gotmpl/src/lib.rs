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
//! # Data
//!
//! A [`Value`] is what Go would hold in an `interface {}`, with its Go type, because templates can
//! tell: `{{printf "%T" .}}` prints it, and `eq` refuses to compare an `int` with a `float64`.
//! Cloning one copies a pointer. Maps and slices are shared as Go shares them: who changes a map
//! through one [`Value`] changes it for all.
//!
//! ```
//! use rutter_gotmpl::{Functions, Options, TemplateSet, Value};
//!
//! let mut set = TemplateSet::new(Functions::default(), Options::default());
//! set.parse("types", r#"{{range .}}{{printf "%T:%v " . .}}{{end}}"#)?;
//! let data = Value::list(vec![
//!     Value::from("text"),
//!     Value::int(1),
//!     Value::int64(2),
//!     Value::Float(3.5),
//!     Value::strings(["a", "b"]),
//!     Value::map([("key", Value::Bool(true))]),
//! ]);
//! assert_eq!(
//!     set.run("types", &data)?,
//!     "string:text int:1 int64:2 float64:3.5 []string:[a b] map[string]interface {}:map[key:true] ",
//! );
//! # Ok::<(), rutter_gotmpl::Error>(())
//! ```
//!
//! A key that a map does not have is what [`MissingKey`] says it is: no value, the zero value, or
//! an error.
//!
//! # Templates in files
//!
//! [`TemplateSet::parse`] is called once for each file; the name is what errors call it. All
//! definitions of all files are one namespace, in which the last one that is not empty counts, so
//! the order of the files matters. Parsed templates are kept: run them as often as you like.
//!
//! ```
//! use rutter_gotmpl::{Functions, Options, TemplateSet, Value};
//!
//! let mut set = TemplateSet::new(Functions::default(), Options::default());
//! set.parse("page.txt", "{{template \"title\" .name}}\n")?;
//! set.parse("parts.txt", r#"{{define "title"}}= {{.}} ={{end}}"#)?;
//! assert_eq!(set.run("page.txt", &Value::map([("name", Value::from("Go"))]))?, "= Go =\n");
//! assert_eq!(
//!     set.run("other.txt", &Value::Nil).unwrap_err().to_string(),
//!     "template: no template \"other.txt\" associated with template \"\"",
//! );
//! # Ok::<(), rutter_gotmpl::Error>(())
//! ```
//!
//! # Functions
//!
//! Go's own (`and`, `or`, `not`, `eq` …, `index`, `slice`, `len`, `print` …, `html`, `js`,
//! `urlquery`, `call`) are always there. A [`Function`] of your own says which Go types it takes;
//! arguments are counted and checked against them before its body runs, with Go's messages. It
//! refuses with a [`Fault`], whose text stands at the end of the error as `error calling NAME: …`.
//!
//! Through the [`Call`] that it is handed, a function can run another template and go on with its
//! text, which the `template` action cannot:
//!
//! ```
//! use rutter_gotmpl::{Fault, Function, Functions, Options, TemplateSet, Type, Value};
//!
//! let mut functions = Functions::default();
//! functions.insert("include", Function::new(&[Type::String, Type::Any], |call, arguments| {
//!     let [Value::String(name), data] = arguments else { unreachable!("checked before") };
//!     match call.run(name, data.clone()) {
//!         Some(ran) => ran,
//!         None => Err(Fault::new(format!("no template {name:?}"))),
//!     }
//! }));
//! functions.insert("upper", Function::new(&[Type::String], |_, arguments| {
//!     let [Value::String(text)] = arguments else { unreachable!("checked before") };
//!     Ok(Value::from(text.to_uppercase()))
//! }));
//! let mut set = TemplateSet::new(functions, Options::default());
//! set.parse("t", r#"{{define "who"}}{{.}}!{{end}}{{include "who" "me" | upper}}"#)?;
//! assert_eq!(set.run("t", &Value::Nil)?, "ME!");
//! # Ok::<(), rutter_gotmpl::Error>(())
//! ```
//!
//! A type of your own, with fields and methods, is an [`Object`].
//!
//! # Errors
//!
//! [`Error`] prints as Go prints it, to the byte. Its pieces can be had one by one:
//!
//! ```
//! use rutter_gotmpl::{Functions, Kind, Options, TemplateSet, Value};
//!
//! let mut set = TemplateSet::new(Functions::default(), Options::default());
//! set.parse("greeting.txt", "Hello,\n  {{index .names 2}}")?;
//! let data = Value::map([("names", Value::list(vec![Value::from("Ada")]))]);
//! let error = set.run("greeting.txt", &data).unwrap_err();
//! assert_eq!(error.kind(), Kind::Run);
//! assert_eq!(error.detail(), "error calling index: index out of range: 2");
//! let place = error.place().unwrap();
//! assert_eq!((place.name.as_str(), place.line, place.column), ("greeting.txt", 2, Some(4)));
//! # Ok::<(), rutter_gotmpl::Error>(())
//! ```
//!
//! # Limits
//!
//! Templates that call each other without an end stop with Go's error at its depth of 100,000;
//! functions that run templates can be 2,100 deep within each other, where Go's stack would end
//! later and the program with it. No text is longer than [`LONGEST_TEXT`], and no list that a function returns than 4 million
//! elements. Who runs templates of
//! strangers gives a set [`Limits`] as well:
//!
//! ```
//! use rutter_gotmpl::{Functions, Limits, Options, TemplateSet, Value};
//!
//! let limits = Limits { steps: 1_000_000, ..Limits::NONE };
//! let mut set = TemplateSet::new(Functions::default(), Options { limits, ..Options::default() });
//! set.parse("t", "{{range .}}{{range $}}{{end}}{{end}}")?;
//! let error = set.run("t", &Value::int(1_000_000)).unwrap_err();
//! assert_eq!(error.detail(), "stopped after 1000000 steps");
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
mod limits;
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
pub use format::{printed, shown};
pub use function::{Body, Call, Fault, Function, Functions, Type};
pub use limits::{LONGEST_TEXT, Limits, Weight};
pub use quote::{quote, quote_rune};
pub use set::{MissingKey, Options, TemplateSet};
pub use trace::Trace;
pub use unicode::is_letter;
pub use value::{Elem, Int, List, Map, Object, Str, Value};
