//! Functions that run templates or stop them: `include`, `tpl`, `required`,
//! `fail` (Helm's `pkg/engine/engine.go`).

use std::rc::Rc;

use rutter_gotmpl::{Call, Fault, Function, Functions, Type, Value, quote};

use super::{
    FunctionContext, Mode, Notice,
    signature::{Define, Text, argument},
};

/// Helm counts how deep the includes of one name are nested, and refuses the
/// next one above this.
const MAX_NESTED: u32 = 1000;

/// The name that Helm gives its set of templates; `tpl` reuses it for texts.
const ROOT: &str = "gotpl";

/// What Helm puts around the messages of `required` and `fail` to find them
/// again in the chain of errors.
const START: &str = "HELM_ERR_START";
const END: &str = "HELM_ERR_END";

/// Returns the message of `required` or `fail`, if there is one in `text`.
pub(crate) fn raised(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(START)?;
    rest.rsplit_once(END).map(|(message, _)| message)
}

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    let shared = context.clone();
    functions.insert(
        "include",
        Function::new(&[Type::String, Type::Any], move |call, arguments| {
            include(&shared, call, &argument::<Text>(arguments, 0).text(), argument(arguments, 1))
        }),
    );
    functions.insert(
        "tpl",
        Function::new(&[Type::String, Type::Any], |call, arguments| {
            run_text(call, &argument::<Text>(arguments, 0).text(), argument(arguments, 1))
        }),
    );
    let shared = context.clone();
    functions.two("required", move |message: Text, value: Value| {
        required(&shared, &message.text(), value)
    });
    let shared = context.clone();
    functions.one("fail", move |message: Text| fail(&shared, &message.text()));
}

fn include(
    context: &FunctionContext,
    call: &mut dyn Call,
    name: &str,
    data: Value,
) -> Result<Value, Fault> {
    {
        let mut nested = context.nested.borrow_mut();
        let depth = nested.entry(name.to_owned()).or_default();
        if *depth > MAX_NESTED {
            return Err(Fault::new(format!(
                "rendering template has a nested reference name: {name}: unable to execute template"
            )));
        }
        *depth += 1;
    }
    let result = call.run(name, data);
    if let Some(depth) = context.nested.borrow_mut().get_mut(name) {
        *depth -= 1;
    }
    match result {
        Some(output) => output,
        None => Err(Fault::new(format!(
            "template: no template {} associated with template \"{ROOT}\"",
            quote(name.as_bytes())
        ))),
    }
}

fn run_text(call: &mut dyn Call, text: &str, data: Value) -> Result<Value, Fault> {
    let failed = |what: &str, fault: Fault| {
        let message = format!("{what} {}: {}", quote(text.as_bytes()), fault.message);
        Fault { message, ..fault }
    };
    let output = call
        .run_text(ROOT, text, data)
        .map_err(|fault| failed("cannot parse template", fault))?
        .map_err(|fault| failed("error during tpl function execution for", fault))?;
    // Helm's way to print nothing for a value that is missing.
    Ok(match output {
        Value::String(text) if text.contains("<no value>") => {
            Value::from(text.replace("<no value>", ""))
        }
        other => other,
    })
}

fn required(context: &FunctionContext, message: &str, value: Value) -> Result<Value, Fault> {
    let missing = match &value {
        Value::Nil => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    if !missing {
        return Ok(value);
    }
    if context.mode == Mode::Lint {
        context.note(Notice::Missing(message.to_owned()));
        return Ok(Value::from(""));
    }
    Err(Fault::new(format!("{START}{message}{END}")))
}

fn fail(context: &FunctionContext, message: &str) -> Result<Value, Fault> {
    if context.mode == Mode::Lint {
        context.note(Notice::Failed(message.to_owned()));
        return Ok(Value::from(""));
    }
    Err(Fault::new(format!("{START}{message}{END}")))
}
