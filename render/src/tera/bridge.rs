//! Calls of Go's functions from Tera's templates.
//!
//! Tera wants functions that any thread may call; ours belong to the rendering that is under way.
//! So what they need lies in a slot of the thread while a template runs.

use std::{
    cell::RefCell,
    hash::{Hash as _, Hasher as _},
    rc::Rc,
};

use ::tera::{Error, Kwargs, TeraResult, Value as Theirs};
use rutter_gotmpl::{Call, Fault, Functions, Map, Type, Value, printed};

use super::{
    budget::Budget,
    value::{from_tera, to_tera},
};
use crate::functions::{self, FunctionContext};

thread_local! {
    static RUNNING: RefCell<Option<Rc<Running>>> = const { RefCell::new(None) };
}

/// The functions of a rendering.
pub(super) struct Library {
    functions: Functions,
    budget: Budget,
}

/// A template that runs.
struct Running {
    library: Rc<Library>,
    template: Rc<str>,
    files: Value,
}

/// As long as this lives, functions work.
pub(super) struct Guard {
    before: Option<Rc<Running>>,
}

/// A filter or a function, and the function of Go's behind it.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its name in Tera.
    pub(super) name: &'static str,
    /// Its name in Go.
    pub(super) go: &'static str,
    /// Its named arguments, in Go's order. What is piped into a filter comes last.
    pub(super) arguments: &'static [&'static str],
}

impl Library {
    pub(super) fn new(context: &Rc<FunctionContext>) -> Self {
        Self { functions: functions::table(context), budget: Budget::default() }
    }

    /// Returns what its callers may use.
    pub(super) const fn budget(&self) -> &Budget {
        &self.budget
    }
}

/// Makes functions work for a template.
pub(super) fn run(template: &str, library: Rc<Library>, scope: &Map) -> Guard {
    let files = scope.entries.borrow().get("Files").cloned().unwrap_or_default();
    let running = Rc::new(Running { library, template: template.into(), files });
    Guard { before: RUNNING.with(|slot| slot.replace(Some(running))) }
}

impl Drop for Guard {
    fn drop(&mut self) {
        RUNNING.with(|slot| slot.replace(self.before.take()));
    }
}

fn running() -> TeraResult<Rc<Running>> {
    let running = RUNNING.with(|slot| slot.borrow().clone());
    running.ok_or_else(|| Error::message("no template runs"))
}

/// Asks the budget of the template that runs.
pub(super) fn within(ask: impl FnOnce(&Budget) -> TeraResult<()>) -> TeraResult<()> {
    ask(&running()?.library.budget)
}

/// Calls a function with what is piped into it, if it is a filter, and its named arguments.
pub(super) fn call(row: Row, piped: Option<&Theirs>, given: &Kwargs) -> TeraResult<Theirs> {
    refuse_unknown(row, given)?;
    let mut arguments = Vec::new();
    for name in row.arguments {
        arguments.push(weighed(&given.must_get::<Theirs>(name)?)?);
    }
    if let Some(piped) = piped {
        arguments.push(weighed(piped)?);
    }
    call_go(row.go, arguments).map(|value| to_tera(&value))
}

fn weighed(value: &Theirs) -> TeraResult<Value> {
    within(|budget| budget.weigh(value))?;
    Ok(from_tera(value))
}

/// Calls a function of Go's by its name.
pub(super) fn call_go(name: &str, arguments: Vec<Value>) -> TeraResult<Value> {
    let running = running()?;
    let budget = &running.library.budget;
    budget.steps(1)?;
    let function = running.library.functions.get(name);
    let function = function.ok_or_else(|| Error::message(format!("no function {name}")))?;
    let fixed = function.parameters.iter().copied();
    let types = fixed.chain(function.variadic.into_iter().cycle());
    let arguments: Vec<Value> = arguments
        .into_iter()
        .zip(types)
        .map(|(value, wanted)| fit(value, wanted))
        .collect::<Result<_, _>>()?;
    let mut caller = Caller { template: Rc::clone(&running.template), at: at(name, &arguments) };
    let done = (function.body)(&mut caller, &arguments);
    let value = done.map_err(|fault| Error::message(fault.message))?;
    budget.value(&value)?;
    Ok(value)
}

/// Calls a method of the chart's files.
pub(super) fn files(methods: &[&str], argument: &str) -> TeraResult<Value> {
    within(|budget| budget.steps(1))?;
    let mut value = running()?.files.clone();
    for (number, method) in methods.iter().enumerate() {
        let Value::Object(files) = &value else { return Ok(Value::Nil) };
        let arguments = if number == 0 { vec![Value::from(argument)] } else { Vec::new() };
        value = match files.call(method, &arguments) {
            Some(Ok(value)) => value,
            Some(Err(fault)) => return Err(Error::message(fault.message)),
            None => return Ok(Value::Nil),
        };
        within(|budget| budget.value(&value))?;
    }
    Ok(value)
}

fn refuse_unknown(row: Row, given: &Kwargs) -> TeraResult<()> {
    for (key, _) in given.iter() {
        if !row.arguments.iter().any(|known| key.as_str() == Some(known)) {
            let known = row.arguments.join("`, `");
            let known = if known.is_empty() { "none".to_owned() } else { format!("`{known}`") };
            return Err(Error::message(format!(
                "`{}` has no argument `{key}`, but {known}",
                row.name
            )));
        }
    }
    Ok(())
}

/// Returns a value as a parameter of Go's takes it.
fn fit(value: Value, wanted: Type) -> TeraResult<Value> {
    #[expect(clippy::cast_precision_loss, reason = "as in Go")]
    Ok(match (wanted, value) {
        (Type::Int, Value::Int(number, _)) => Value::int(number),
        (Type::Float, Value::Int(number, _)) => Value::Float(number as f64),
        (Type::Strings, Value::List(mut list)) => {
            list.elem = rutter_gotmpl::Elem::String;
            Value::List(list)
        }
        (Type::Any | Type::Reflect, value)
        | (Type::Int64, value @ Value::Int(..))
        | (Type::Float, value @ Value::Float(_))
        | (Type::Bool, value @ Value::Bool(_))
        | (Type::String, value @ (Value::String(_) | Value::RawString(_)))
        | (Type::List, value @ Value::List(_))
        | (Type::Map, value @ Value::Map(_)) => value,
        (wanted, value) => {
            let (wanted, got) = (go_name(wanted), value.type_name().to_owned());
            return Err(Error::message(format!(
                "wrong type for value; expected {wanted}; got {got}"
            )));
        }
    })
}

fn go_name(wanted: Type) -> &'static str {
    match wanted {
        Type::Int | Type::Int64 | Type::Uint32 => "an integer",
        Type::Float => "a number",
        Type::Bool => "a boolean",
        Type::String | Type::Bytes => "a string",
        Type::List | Type::Strings => "an array",
        Type::Map => "a map",
        Type::Any | Type::Reflect | Type::Object(_) => "a value",
    }
}

/// What stands for a call's place on the tape: Tera does not tell it. The same question of the
/// same template is told apart by how often it was asked.
fn at(name: &str, arguments: &[Value]) -> usize {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    name.hash(&mut hasher);
    for argument in arguments {
        printed(argument).hash(&mut hasher);
    }
    // Short enough for a float, which JSON may make of it.
    usize::try_from(hasher.finish() >> 16).unwrap_or_default()
}

/// FNV-1a: the same on every machine and in every version.
struct Fnv(u64);

impl std::hash::Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

struct Caller {
    template: Rc<str>,
    at: usize,
}

impl Call for Caller {
    fn run(&mut self, _: &str, _: Value) -> Option<Result<Value, Fault>> {
        None
    }

    fn run_text(&mut self, _: &str, _: &str, _: Value) -> Result<Result<Value, Fault>, Fault> {
        Err(Fault::new("a template of Tera's runs no text"))
    }

    fn place(&self) -> (Rc<str>, usize) {
        (Rc::clone(&self.template), self.at)
    }
}
