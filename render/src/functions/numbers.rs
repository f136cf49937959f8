//! Arithmetic (sprig's `numeric.go`): on `int64`, or on decimals for floats.

use rutter_gotmpl::{Elem, Fault, Functions, LONGEST_TEXT, List, Value};

use super::{
    cast::{to_float, to_int},
    decimal::Decimal,
    print::text_of,
    signature::{Define, Text},
};

pub(super) fn add(functions: &mut Functions) {
    add_casts(functions);
    add_whole(functions);
    add_decimal(functions);
    add_rounding(functions);
    add_ranges(functions);
}

fn add_casts(functions: &mut Functions) {
    functions.one("int", |value: Value| Value::int(to_int(&value)));
    functions.one("int64", |value: Value| Value::int64(to_int(&value)));
    functions.one("float64", |value: Value| to_float(&value));
    functions.one("atoi", |text: Text| Value::int(atoi(&text.text())));
    functions
        .one("toDecimal", |value: Value| Value::int64(octal(&text_of(&value)).unwrap_or_default()));
}

fn add_whole(functions: &mut Functions) {
    functions.one("add1", |value: Value| Value::int64(to_int(&value).wrapping_add(1)));
    functions.any("add", |values: Vec<Value>| {
        Value::int64(values.iter().map(to_int).fold(0, i64::wrapping_add))
    });
    functions.two("sub", |left: Value, right: Value| {
        Value::int64(to_int(&left).wrapping_sub(to_int(&right)))
    });
    functions.two("div", |left: Value, right: Value| divide(&left, &right, i64::wrapping_div));
    functions.two("mod", |left: Value, right: Value| divide(&left, &right, i64::wrapping_rem));
    functions.one_and_any("mul", |first: Value, values: Vec<Value>| {
        Value::int64(values.iter().map(to_int).fold(to_int(&first), i64::wrapping_mul))
    });
    functions.one_and_any("max", |first: Value, values: Vec<Value>| {
        Value::int64(values.iter().map(to_int).fold(to_int(&first), i64::max))
    });
    functions.one_and_any("min", |first: Value, values: Vec<Value>| {
        Value::int64(values.iter().map(to_int).fold(to_int(&first), i64::min))
    });
    functions.alias("biggest", "max");
}

fn add_decimal(functions: &mut Functions) {
    functions
        .one("add1f", |value: Value| decimals(to_float(&value), &[Value::int(1)], Decimal::add));
    functions.any("addf", |values: Vec<Value>| decimals(0.0, &values, Decimal::add));
    functions.one_and_any("subf", |first: Value, values: Vec<Value>| {
        decimals(to_float(&first), &values, Decimal::subtract)
    });
    functions.one_and_any("mulf", |first: Value, values: Vec<Value>| {
        decimals(to_float(&first), &values, Decimal::multiply)
    });
    functions.one_and_any("divf", |first: Value, values: Vec<Value>| {
        decimals(to_float(&first), &values, Decimal::divide)
    });
    functions.one_and_any("maxf", |first: Value, values: Vec<Value>| {
        values.iter().map(to_float).fold(to_float(&first), larger)
    });
    functions.one_and_any("minf", |first: Value, values: Vec<Value>| {
        values.iter().map(to_float).fold(to_float(&first), |left, right| -larger(-left, -right))
    });
}

fn add_rounding(functions: &mut Functions) {
    functions.one("floor", |value: Value| to_float(&value).floor());
    functions.one("ceil", |value: Value| to_float(&value).ceil());
    functions.insert("round", round_function());
}

fn add_ranges(functions: &mut Functions) {
    functions.one("until", |count: i64| {
        until_step(0, count, if count < 0 { -1 } else { 1 }).map(int_list)
    });
    functions.three("untilStep", |start: i64, stop: i64, step: i64| {
        until_step(start, stop, step).map(int_list)
    });
    functions.any("seq", |numbers: Vec<i64>| seq(&numbers));
}

/// `strconv.Atoi`; an error leaves what Go leaves: 0, or the nearest number
/// where it is out of range.
fn atoi(text: &str) -> i64 {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match text.parse() {
        Ok(number) => number,
        Err(_) if text.starts_with('-') => i64::MIN,
        Err(_) => i64::MAX,
    }
}

fn octal(text: &str) -> Option<i64> {
    i64::from_str_radix(text, 8).ok()
}

fn divide(left: &Value, right: &Value, divide: fn(i64, i64) -> i64) -> Result<Value, Fault> {
    match to_int(right) {
        0 => Err(Fault::new("runtime error: integer divide by zero")),
        right => Ok(Value::int64(divide(to_int(left), right))),
    }
}

fn decimals(
    first: f64,
    values: &[Value],
    operation: fn(&Decimal, &Decimal) -> Result<Decimal, Fault>,
) -> Result<f64, Fault> {
    let mut result = Decimal::from_float(first)?;
    for value in values {
        result = operation(&result, &Decimal::from_float(to_float(value))?)?;
    }
    Ok(result.to_float())
}

/// Go's `math.Max`: not-a-number wins, and 0 is larger than -0.
fn larger(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() {
        return f64::NAN;
    }
    if left == 0.0 && right == 0.0 {
        return if left.is_sign_negative() { right } else { left };
    }
    left.max(right)
}

/// `round VALUE PLACES [ON]`: up from a fraction of `ON`, 0.5 by default.
fn round_function() -> rutter_gotmpl::Function {
    use rutter_gotmpl::{Function, Type};
    Function::new(&[Type::Any, Type::Int], |_, arguments| {
        let number = |at: usize| arguments.get(at).map_or(0.0, to_float);
        let on = if arguments.len() > 2 { number(2) } else { 0.5 };
        let scale = 10f64.powf(number(1));
        let scaled = scale * number(0);
        let up = scaled.fract() >= on;
        Ok(Value::Float(if up { scaled.ceil() } else { scaled.floor() } / scale))
    })
    .with_variadic(Type::Float)
}

fn until_step(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let ascending = stop >= start;
    if step == 0 || ascending != (step > 0) {
        return Ok(Vec::new());
    }
    let size = (i128::from(stop) - i128::from(start)) / i128::from(step);
    if size > LONGEST_TEXT as i128 / 32 {
        return Err(Fault::new("runtime error: makeslice: len out of range"));
    }
    let mut numbers = Vec::new();
    let mut number = start;
    while if ascending { number < stop } else { number > stop } {
        numbers.push(number);
        match number.checked_add(step) {
            Some(next) => number = next,
            None => break,
        }
    }
    Ok(numbers)
}

fn int_list(numbers: Vec<i64>) -> Value {
    let items: Vec<Value> = numbers.into_iter().map(Value::int).collect();
    Value::List(List { elem: Elem::Int, items: items.into(), nil: false })
}

fn seq(numbers: &[i64]) -> Result<String, Fault> {
    let (start, step, end) = match *numbers {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return Ok(String::new()),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return Ok(String::new());
    }
    let stop = end.saturating_add(direction);
    let numbers = until_step(start, stop, step.unwrap_or(direction))?;
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Ok(numbers.join(" "))
}
