//! The functions that the oracle offers to templates, once more.

use rutter_gotmpl::{Call, Fault, Function, Functions, Int, Type, Value};

type Outcome = Result<Value, Fault>;

/// Returns the table.
pub(crate) fn functions() -> Functions {
    use Type::{Any, Bool, Float, Int, Int64, List, Map, String, Strings};
    let mut table = Functions::default();
    let mut add = |name, parameters: &[Type], body: fn(&mut dyn Call, &[Value]) -> Outcome| {
        table.insert(name, Function::new(parameters, body));
    };
    add("upper", &[String], |_, a| Ok(Value::string(text(a, 0).to_uppercase())));
    add("repeat", &[Int, String], repeat);
    add("inc", &[Int], |_, a| Ok(Value::int(int(a, 0).wrapping_add(1))));
    add("add64", &[Int64, Int64], |_, a| Ok(Value::int64(int(a, 0).wrapping_add(int(a, 1)))));
    add("half", &[Float], |_, a| Ok(half(a)));
    add("invert", &[Bool], |_, a| Ok(Value::Bool(!a.first().is_some_and(Value::is_true))));
    add("keys", &[Map], |_, a| Ok(keys(a)));
    add("same", &[Any], |_, a| Ok(a.first().cloned().unwrap_or_default()));
    add("nothing", &[], |_, _| Ok(Value::Nil));
    add("typeOf", &[Any], |_, a| Ok(Value::string(a.first().map_or("", Value::type_name))));
    add("fail", &[String], |_, a| Err(Fault::new(text(a, 0))));
    add("explode", &[], |_, _| Err(Fault::new("exploded")));
    add("bytesOf", &[String], |_, a| Ok(Value::Bytes(bytes(a, 0).into())));
    add("join", &[String, Strings], |_, a| Ok(join(a)));
    add("firstOf", &[List], first_of);
    let mut many = |name, fixed: &[Type], rest, body: fn(&mut dyn Call, &[Value]) -> Outcome| {
        table.insert(name, Function::new(fixed, body).with_variadic(rest));
    };
    many("list", &[], Any, |_, a| Ok(Value::list(a.to_vec())));
    many("dict", &[], Any, dict);
    many("strs", &[], String, |_, a| Ok(strs(a)));
    many("sumOf", &[Int], Int, |_, a| Ok(sum(a)));
    table
}

fn bytes(arguments: &[Value], at: usize) -> Vec<u8> {
    arguments.get(at).and_then(Value::as_bytes).unwrap_or_default().to_vec()
}

fn text(arguments: &[Value], at: usize) -> String {
    String::from_utf8_lossy(&bytes(arguments, at)).into_owned()
}

fn int(arguments: &[Value], at: usize) -> i64 {
    match arguments.get(at) {
        Some(Value::Int(number, _)) => *number,
        _ => 0,
    }
}

fn repeat(_: &mut dyn Call, arguments: &[Value]) -> Outcome {
    let Ok(count) = usize::try_from(int(arguments, 0)) else {
        return Err(Fault::new("strings: negative Repeat count"));
    };
    Ok(Value::string_of_bytes(bytes(arguments, 1).repeat(count)))
}

fn half(arguments: &[Value]) -> Value {
    match arguments {
        [Value::Float(number)] => Value::Float(number / 2.0),
        _ => Value::Nil,
    }
}

fn keys(arguments: &[Value]) -> Value {
    let count = match arguments {
        [Value::Map(map)] => map.entries.borrow().len(),
        _ => 0,
    };
    Value::int(i64::try_from(count).unwrap_or(0))
}

fn join(arguments: &[Value]) -> Value {
    let items: Vec<_> = match arguments.get(1) {
        Some(Value::List(list)) => {
            list.items.iter().map(|item| item.as_bytes().unwrap_or_default().to_vec()).collect()
        }
        _ => Vec::new(),
    };
    Value::string_of_bytes(items.join(bytes(arguments, 0).as_slice()))
}

fn first_of(_: &mut dyn Call, arguments: &[Value]) -> Outcome {
    let first = match arguments {
        [Value::List(list)] => list.items.first().cloned(),
        _ => None,
    };
    first.ok_or_else(|| Fault::new("runtime error: index out of range [0] with length 0"))
}

fn strs(arguments: &[Value]) -> Value {
    Value::List(rutter_gotmpl::List {
        elem: rutter_gotmpl::Elem::String,
        items: arguments.to_vec().into(),
        nil: false,
    })
}

fn sum(arguments: &[Value]) -> Value {
    let sum = (0..arguments.len()).fold(0_i64, |sum, at| sum.wrapping_add(int(arguments, at)));
    Value::Int(sum, Int::Int)
}

/// The keys are what Go's `fmt.Sprint` makes of them; a template can say that.
fn dict(_: &mut dyn Call, arguments: &[Value]) -> Outcome {
    let mut set =
        rutter_gotmpl::TemplateSet::new(Functions::default(), rutter_gotmpl::Options::default());
    set.parse("key", "{{print .k}}").map_err(|error| Fault::new(error.to_string()))?;
    let mut entries = Vec::new();
    for pair in arguments.chunks(2) {
        let data = Value::map([("k", pair.first().cloned().unwrap_or_default())]);
        let key = set.run("key", &data).map_err(|error| Fault::new(error.to_string()))?;
        entries.push((key, pair.get(1).cloned().unwrap_or_default()));
    }
    Ok(Value::map(entries))
}
