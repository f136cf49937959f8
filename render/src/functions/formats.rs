//! Data formats to and from text (Helm's `funcs.go`, sprig's `defaults.go`).
//!
//! The plain functions swallow errors or give them as data, the `must` ones
//! fail; Helm's own replace sprig's of the same name.

use std::rc::Rc;

use rutter_gotmpl::{Fault, Functions, Type, Value};

use super::{
    FunctionContext,
    json::{self, Html, Unsupported},
    json_read::{self, Invalid},
    signature::{Define, Text, argument},
    times::clocked,
    toml::{self, Unread},
};
use crate::yaml;

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    add_json(functions);
    add_yaml(functions);
    add_toml(functions, context);
}

impl From<Unsupported> for Fault {
    fn from(error: Unsupported) -> Self {
        Self::new(error.0)
    }
}

impl From<Invalid> for Fault {
    fn from(error: Invalid) -> Self {
        Self::new(error.0)
    }
}

fn add_json(functions: &mut Functions) {
    functions.one("toJson", |value: Value| json::write(&value, Html::Escaped).unwrap_or_default());
    functions
        .one("mustToJson", |value: Value| json::write(&value, Html::Escaped).map_err(Fault::from));
    functions.one("toRawJson", |value: Value| json::write(&value, Html::Raw).map_err(Fault::from));
    functions.alias("mustToRawJson", "toRawJson");
    functions.one("toPrettyJson", |value: Value| json::write_pretty(&value).unwrap_or_default());
    functions
        .one("mustToPrettyJson", |value: Value| json::write_pretty(&value).map_err(Fault::from));
    functions.one("fromJson", |text: Text| match json_read::read(&text.text()) {
        Ok(map @ Value::Map(_)) => map,
        Ok(Value::Nil) => Value::Map(rutter_gotmpl::Map::default()),
        Ok(other) => error_map(&json_read::mismatch(&other, "map[string]interface {}").0),
        Err(Invalid(message)) => error_map(&message),
    });
    functions.one("fromJsonArray", |text: Text| match json_read::read(&text.text()) {
        Ok(list @ Value::List(_)) => list,
        Ok(Value::Nil) => Value::list(Vec::new()),
        Ok(other) => error_list(json_read::mismatch(&other, "[]interface {}").0),
        Err(Invalid(message)) => error_list(message),
    });
    functions.one("mustFromJson", |text: Text| json_read::read(&text.text()).map_err(Fault::from));
}

fn add_yaml(functions: &mut Functions) {
    functions.one("toYaml", |value: Value| trimmed(yaml::write(&value).unwrap_or_default()));
    functions.one("mustToYaml", |value: Value| {
        yaml::write(&value).map(trimmed).map_err(|error| Fault::new(error.to_string()))
    });
    functions.one("toYamlPretty", |value: Value| match yaml::write_pretty(&value) {
        Ok(text) => Ok(trimmed(text)),
        Err(error) if error.is_panic() => Err(Fault::new(error.to_string())),
        Err(_) => Ok(String::new()),
    });
    functions.one("fromYaml", |text: Text| match yaml::read_map(text.bytes()) {
        Ok(map) => Value::Map(map),
        Err(error) => error_map(&error.to_string()),
    });
    functions.one("fromYamlArray", |text: Text| match yaml::read_list(text.bytes()) {
        Ok(items) => Value::list(items),
        Err(error) => error_list(error.to_string()),
    });
}

fn add_toml(functions: &mut Functions, context: &Rc<FunctionContext>) {
    functions.one("toToml", |value: Value| match (&value, toml::write(&value)) {
        (Value::Nil, Err(panic)) => Err(Fault::new(panic)),
        (_, Ok(text) | Err(text)) => Ok(text),
    });
    functions.one("mustToToml", |value: Value| toml::write(&value).map_err(Fault::new));
    let from_toml = clocked(context, &[Type::String], |clock, arguments| {
        let text: Text = argument(arguments, 0);
        match toml::read(text.bytes(), &mut |date| clock.toml(date)) {
            Ok(value) => Ok(value),
            Err(Unread::Wrong(message)) => Ok(error_map(&message)),
            Err(Unread::Fault(fault)) => Err(fault),
        }
    });
    functions.insert("fromToml", from_toml);
}

fn trimmed(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

fn error_map(message: &str) -> Value {
    Value::map([("Error", Value::from(message))])
}

fn error_list(message: String) -> Value {
    Value::list(vec![Value::from(message)])
}
