//! Random texts and numbers, drawn from the tape.

use std::rc::Rc;

use rutter_gotmpl::{Fault, Function, Functions, LONGEST_TEXT, Type, Value};
use serde_json::json;

use super::{
    FunctionContext, base64,
    drawn::{draw, question},
    encoding::hex,
    signature::{Text, argument},
};
use crate::tape::{Kind, Refusal, Source};

pub(super) fn add(functions: &mut Functions, context: &Rc<FunctionContext>) {
    let alphabets: [(&str, IsIn); 4] = [
        ("randAlphaNum", |byte| byte.is_ascii_alphanumeric()),
        ("randAlpha", |byte| byte.is_ascii_alphabetic()),
        ("randNumeric", |byte| byte.is_ascii_digit()),
        ("randAscii", |byte| (b' '..=b'~').contains(&byte)),
    ];
    for (name, is_in) in alphabets {
        let alphabet: Vec<u8> = (0..=127).filter(|byte| is_in(*byte)).collect();
        add_drawn(functions, context, (name, &[Type::Int]), move |source, arguments| {
            Ok(json!(letters(source, &alphabet, argument(arguments, 0))?))
        });
    }
    add_drawn(functions, context, ("randBytes", &[Type::Int]), |source, arguments| {
        let mut bytes = vec![0; size(argument(arguments, 0), "makeslice: len out of range")?];
        source.random(&mut bytes)?;
        Ok(json!(base64::encode(&bytes)))
    });
    add_drawn(functions, context, ("randInt", &[Type::Int, Type::Int]), |source, arguments| {
        let (low, high): (i64, i64) = (argument(arguments, 0), argument(arguments, 1));
        let width = high.wrapping_sub(low);
        if width <= 0 {
            return Err(Fault::new("invalid argument to Intn"));
        }
        Ok(json!(low + below(source, width.cast_unsigned())?.cast_signed()))
    });
    add_drawn(functions, context, ("shuffle", &[Type::String]), |source, arguments| {
        let mut chars: Vec<char> = argument::<Text>(arguments, 0).text().chars().collect();
        for at in (1..chars.len()).rev() {
            let other = below(source, at as u64 + 1)?;
            chars.swap(at, usize::try_from(other).unwrap_or_default());
        }
        Ok(json!(chars.into_iter().collect::<String>()))
    });
    add_drawn(functions, context, ("uuidv4", &[]), |source, _| Ok(json!(uuid(source)?)));
}

/// Whether a character belongs to an alphabet.
type IsIn = fn(u8) -> bool;

/// Adds a function whose result is drawn: a string, or an `int`.
pub(super) fn add_drawn(
    functions: &mut Functions,
    context: &Rc<FunctionContext>,
    (name, types): (&'static str, &[Type]),
    body: impl Fn(&mut dyn Source, &[Value]) -> Result<serde_json::Value, Fault> + 'static,
) {
    let context = context.clone();
    let function = Function::new(types, move |call, arguments| {
        let question = (Kind::Random, question(name, arguments));
        let answer = draw(&context, call, question, |source| body(source, arguments))?;
        Ok(match answer {
            serde_json::Value::Number(number) => Value::int(number.as_i64().unwrap_or_default()),
            serde_json::Value::String(text) => Value::from(text),
            _ => Value::from(""),
        })
    });
    functions.insert(name, function);
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.0)
    }
}

fn size(count: i64, refusal: &str) -> Result<usize, Fault> {
    match usize::try_from(count) {
        Ok(size) if size <= LONGEST_TEXT => Ok(size),
        _ => Err(Fault::new(format!("runtime error: {refusal}"))),
    }
}

/// A negative count is an error in `goutils`, which sprig drops.
fn letters(source: &mut dyn Source, alphabet: &[u8], count: i64) -> Result<String, Fault> {
    let count = if count < 0 { 0 } else { size(count, "makeslice: len out of range")? };
    let mut text = String::with_capacity(count);
    let mut bytes = [0; 64];
    // Bytes of the last, incomplete round through the alphabet are dropped:
    // all letters are equally likely.
    let fair = 256 / alphabet.len() * alphabet.len();
    while text.len() < count {
        source.random(&mut bytes)?;
        let fitting = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let letters = fitting.filter_map(|byte| alphabet.get(byte % alphabet.len()));
        text.extend(letters.take(count - text.len()).map(|byte| char::from(*byte)));
    }
    Ok(text)
}

/// Returns a number below `limit`, all equally likely; 0 if there is none.
pub(super) fn below(source: &mut dyn Source, limit: u64) -> Result<u64, Fault> {
    if limit == 0 {
        return Ok(0);
    }
    let fair = u64::MAX - u64::MAX % limit;
    loop {
        let mut bytes = [0; 8];
        source.random(&mut bytes)?;
        let number = u64::from_be_bytes(bytes);
        if number < fair {
            return Ok(number % limit);
        }
    }
}

/// RFC 9562, version 4.
fn uuid(source: &mut dyn Source) -> Result<String, Fault> {
    let mut bytes = [0; 16];
    source.random(&mut bytes)?;
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    let digits = hex(&bytes);
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts: Vec<&str> = parts.iter().filter_map(|(from, to)| digits.get(*from..*to)).collect();
    Ok(parts.join("-"))
}
