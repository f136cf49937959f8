//! Functions that templates may call: their Go types and their bodies.

use std::{collections::HashMap, rc::Rc};

use crate::{Error, Value};

/// The Go type of a parameter, against which arguments are checked before a
/// function is called (with Go's message where they do not fit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything, also `nil`.
    Any,
    /// `reflect.Value`: as [`Type::Any`].
    Reflect,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `float64`.
    Float,
    /// `string`.
    String,
    /// `[]byte`.
    Bytes,
    /// `[]interface {}`.
    List,
    /// `[]string`.
    Strings,
    /// `map[string]interface {}`.
    Map,
    /// A type of the host's own, by the name [`crate::Object::type_name`] gives.
    Object(&'static str),
}

/// Why a function refused; the engine adds the place and the function's name.
#[derive(Debug)]
pub struct Fault {
    /// Go's `error.Error()` text.
    pub message: String,
    /// The error of a template that the function ran, if that is why: Go's
    /// `errors.Unwrap`.
    pub cause: Option<Box<Error>>,
}

/// What a running template offers to the function it calls.
///
/// The engine implements it; `include` and `tpl` need it, most functions do not.
pub trait Call {
    /// Runs the template called `name` over `data` and returns its output (a
    /// string value), or `None` if there is no such template.
    fn run(&mut self, name: &str, data: Value) -> Option<Result<Value, Fault>>;

    /// Parses `text` as a template called `name` that sees all templates of the
    /// running set (its own definitions do not outlive the call), and runs it.
    ///
    /// The outer error says that the text does not parse, the inner one that
    /// it failed while it ran: the caller words the two differently.
    fn run_text(
        &mut self,
        name: &str,
        text: &str,
        data: Value,
    ) -> Result<Result<Value, Fault>, Fault>;

    /// Returns the name of the template that is running and the byte offset of
    /// the call in it: together with a run counter, the key of the tape.
    fn place(&self) -> (Rc<str>, usize);
}

/// A function's body. It may keep state of its own: it is a closure.
pub type Body = Rc<dyn Fn(&mut dyn Call, &[Value]) -> Result<Value, Fault>>;

/// A function: Go's signature and what it does.
#[derive(Clone)]
pub struct Function {
    /// The fixed parameters.
    pub parameters: Vec<Type>,
    /// The type of further arguments, if the function is variadic.
    pub variadic: Option<Type>,
    /// What it does. It is called with as many arguments as the signature
    /// allows, each of the type the signature says.
    pub body: Body,
}

/// Functions by name.
#[derive(Clone, Default)]
pub struct Functions {
    table: HashMap<&'static str, Function>,
}

impl Functions {
    /// Adds or replaces a function.
    pub fn insert(&mut self, name: &'static str, function: Function) {
        self.table.insert(name, function);
    }

    /// Returns the function called `name`.
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.table.get(name)
    }
}

impl IntoIterator for Functions {
    type Item = (&'static str, Function);
    type IntoIter = std::collections::hash_map::IntoIter<&'static str, Function>;

    fn into_iter(self) -> Self::IntoIter {
        self.table.into_iter()
    }
}

impl Function {
    /// Returns a function with fixed parameters.
    pub fn new(
        parameters: &[Type],
        body: impl Fn(&mut dyn Call, &[Value]) -> Result<Value, Fault> + 'static,
    ) -> Self {
        Self { parameters: parameters.to_vec(), variadic: None, body: Rc::new(body) }
    }

    /// Makes the function variadic.
    #[must_use]
    pub fn with_variadic(mut self, variadic: Type) -> Self {
        self.variadic = Some(variadic);
        self
    }
}

impl Fault {
    /// Returns a fault with Go's error text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cause: None }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { message: error.message().to_owned(), cause: Some(Box::new(error)) }
    }
}
