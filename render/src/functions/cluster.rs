//! What is asked of the world outside: `lookup` and `getHostByName`.

use std::rc::Rc;

use rutter_gotmpl::{Call, Fault, Function, Functions, Type, Value};
use serde_json::json;

use super::{
    Dns, FunctionContext, Mode,
    drawn::{draw, question},
    random::below,
    signature::{Text, argument},
};
use crate::tape::{Kind, Lookup};

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    let shared = context.clone();
    let types = [Type::String; 4];
    functions.insert(
        "lookup",
        Function::new(&types, move |call, arguments| lookup(&shared, call, arguments)),
    );
    let shared = context.clone();
    functions.insert(
        "getHostByName",
        Function::new(&[Type::String], move |call, arguments| {
            host(&shared, call, &argument::<Text>(arguments, 0).text())
        }),
    );
}

fn lookup(
    context: &FunctionContext,
    call: &mut dyn Call,
    arguments: &[Value],
) -> Result<Value, Fault> {
    if context.mode == Mode::Lint {
        return Ok(value_of(&json!({})));
    }
    let text = |at: usize| argument::<Text>(arguments, at).text().into_owned();
    let wanted = Lookup { api_version: text(0), kind: text(1), namespace: text(2), name: text(3) };
    let question = (Kind::Lookup, question("lookup", arguments));
    let found = draw(context, call, question, |source| {
        source.lookup(&wanted).map_err(|refusal| Fault::new(refusal.0))
    })?;
    Ok(value_of(&found))
}

/// Go chooses one of the addresses at random, and panics if there is none.
fn host(context: &FunctionContext, call: &mut dyn Call, name: &str) -> Result<Value, Fault> {
    if context.dns == Dns::Off {
        return Ok(Value::from(""));
    }
    let question = (Kind::Host, question("getHostByName", &[Value::from(name)]));
    let address = draw(context, call, question, |source| {
        let addresses = source.addresses(name);
        let chosen = below(source, addresses.len() as u64)?;
        let chosen = usize::try_from(chosen).unwrap_or_default();
        addresses
            .get(chosen)
            .map(|address| json!(address))
            .ok_or_else(|| Fault::new("invalid argument to Intn"))
    })?;
    Ok(value_of(&address))
}

/// Returns JSON from the API server as client-go holds it: whole numbers that
/// fit are `int64`, all others `float64`.
pub(super) fn value_of(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::int64(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(value_of).collect()),
        serde_json::Value::Object(entries) => {
            Value::map(entries.iter().map(|(name, value)| (name.as_str(), value_of(value))))
        }
    }
}
