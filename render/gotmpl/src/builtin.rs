//! Go's own functions: their names, their types, and what they do.

mod compare;
mod escape;
mod index;

use crate::{Fault, Type, format, slot::Slot, value::Value};

/// One of Go's own functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    And,
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Js,
    Le,
    Len,
    Lt,
    Ne,
    Not,
    Or,
    Print,
    Printf,
    Println,
    Slice,
    UrlQuery,
}

/// The types of a function's parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature<'t> {
    pub(crate) fixed: &'t [Type],
    pub(crate) variadic: Option<Type>,
}

/// All of them, by their names.
const NAMES: [(&str, Builtin); 19] = [
    ("and", Builtin::And),
    ("call", Builtin::Call),
    ("eq", Builtin::Eq),
    ("ge", Builtin::Ge),
    ("gt", Builtin::Gt),
    ("html", Builtin::Html),
    ("index", Builtin::Index),
    ("js", Builtin::Js),
    ("le", Builtin::Le),
    ("len", Builtin::Len),
    ("lt", Builtin::Lt),
    ("ne", Builtin::Ne),
    ("not", Builtin::Not),
    ("or", Builtin::Or),
    ("print", Builtin::Print),
    ("printf", Builtin::Printf),
    ("println", Builtin::Println),
    ("slice", Builtin::Slice),
    ("urlquery", Builtin::UrlQuery),
];

impl Builtin {
    /// Returns the function of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, builtin)| *builtin)
    }

    /// Returns the names of all of them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Returns the types of its parameters.
    pub(crate) fn signature(self) -> Signature<'static> {
        use Type::{Any, Reflect, String};
        let (fixed, variadic): (&'static [Type], _) = match self {
            Self::And | Self::Or | Self::Call | Self::Index | Self::Slice | Self::Eq => {
                (&[Reflect], Some(Reflect))
            }
            Self::Len | Self::Not => (&[Reflect], None),
            Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => (&[Reflect, Reflect], None),
            Self::Html | Self::Js | Self::UrlQuery | Self::Print | Self::Println => {
                (&[], Some(Any))
            }
            Self::Printf => (&[String], Some(Any)),
        };
        Signature { fixed, variadic }
    }

    /// Calls it. `callee` is how the template names the first argument, for
    /// `call` alone.
    ///
    /// `and` and `or` are not called but evaluated argument by argument; here
    /// they would be given all that they need no longer look at.
    pub(crate) fn call(self, arguments: &[Slot], callee: &str) -> Result<Slot, Fault> {
        const NOTHING: &Slot = &Slot::Invalid;
        let first = arguments.first().unwrap_or(NOTHING);
        let second = arguments.get(1).unwrap_or(NOTHING);
        let rest = arguments.get(1..).unwrap_or_default();
        let truth = match self {
            Self::And | Self::Or => return Ok(arguments.last().unwrap_or(NOTHING).clone()),
            Self::Call => return Err(uncallable(first, callee)),
            Self::Index => return index::index(first, rest),
            Self::Slice => return index::slice(first, rest),
            Self::Len => return index::length(first),
            Self::Html | Self::Js | Self::UrlQuery | Self::Print | Self::Printf | Self::Println => {
                return Ok(Slot::Concrete(Value::string_of_bytes(self.text(arguments))));
            }
            Self::Not => !first.value().is_true(),
            Self::Eq => compare::equal(first, rest)?,
            Self::Ne => !compare::equal(first, std::slice::from_ref(second))?,
            Self::Lt => compare::less(first, second)?,
            Self::Ge => !compare::less(first, second)?,
            Self::Le => compare::less_or_equal(first, second)?,
            Self::Gt => !compare::less_or_equal(first, second)?,
        };
        Ok(Slot::Concrete(Value::Bool(truth)))
    }

    fn text(self, arguments: &[Slot]) -> Vec<u8> {
        let values: Vec<Value> = arguments.iter().map(|slot| slot.value().clone()).collect();
        let mut out = Vec::new();
        match self {
            Self::Print => format::print(&mut out, &values),
            Self::Println => format::println(&mut out, &values),
            Self::Printf => {
                let (format, values) = values.split_first().unwrap_or((&Value::Nil, &[]));
                format::printf(&mut out, format.as_bytes().unwrap_or_default(), values);
            }
            _ => {
                let text = escape::plain(&values);
                match self {
                    Self::Html => escape::html(&mut out, &text),
                    Self::Js => escape::js(&mut out, &text),
                    _ => escape::url_query(&mut out, &text),
                }
            }
        }
        out
    }
}

/// Returns why the value cannot be called: no value that templates meet here
/// is a function.
fn uncallable(callee: &Slot, name: &str) -> Fault {
    match callee.value() {
        Value::Nil => Fault::new("call of nil"),
        value => Fault::new(format!("non-function {name} of type {}", value.type_name())),
    }
}
