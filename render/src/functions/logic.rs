//! Defaults, conditions and types (sprig's `defaults.go` and `reflect.go`).

use rutter_gotmpl::{Functions, Value};

use super::{
    equal::{deep_equal, is_empty},
    print::kind_name,
    signature::{Define, Text},
};

pub(super) fn add(functions: &mut Functions) {
    functions.one_and_any("default", |default: Value, given: Vec<Value>| {
        given.into_iter().next().filter(|given| !is_empty(given)).unwrap_or(default)
    });
    functions.one("empty", |value: Value| is_empty(&value));
    functions.any("coalesce", |values: Vec<Value>| {
        values.into_iter().find(|value| !is_empty(value)).unwrap_or_default()
    });
    functions.any("all", |values: Vec<Value>| !values.iter().any(is_empty));
    functions.any("any", |values: Vec<Value>| !values.iter().all(is_empty));
    functions.three(
        "ternary",
        |yes: Value, no: Value, condition: bool| {
            if condition { yes } else { no }
        },
    );
    functions.one("typeOf", |value: Value| value.type_name().to_owned());
    functions.two("typeIs", |wanted: Text, value: Value| wanted.text() == value.type_name());
    functions.two("typeIsLike", |wanted: Text, value: Value| {
        let name = value.type_name();
        wanted.text() == name || name.strip_prefix('*') == Some(&wanted.text())
    });
    functions.one("kindOf", |value: Value| kind_name(&value).to_owned());
    functions.two("kindIs", |wanted: Text, value: Value| wanted.text() == kind_name(&value));
    functions.two("deepEqual", |left: Value, right: Value| deep_equal(&left, &right));
}
