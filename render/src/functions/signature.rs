//! From Rust types to Go signatures: a function's parameters are written once,
//! as the parameters of its body, and the engine's types follow from them.

use std::{borrow::Cow, rc::Rc};

use rutter_gotmpl::{Fault, Function, Functions, List, Map, Str, Type, Value};

/// A Go string as an argument; it need not be UTF-8.
#[derive(Clone, Debug)]
pub(super) struct Text(Value);

impl Text {
    /// Returns its bytes, which is what Go's functions count and cut.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.0 {
            Value::String(text) => text.as_bytes(),
            Value::RawString(bytes) => bytes,
            _ => &[],
        }
    }

    /// Returns it as text; bytes that are not UTF-8 become U+FFFD, as in
    /// Go's conversion to runes.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Value::String(text) => Cow::Borrowed(text),
            Value::RawString(bytes) => String::from_utf8_lossy(bytes),
            _ => Cow::Borrowed(""),
        }
    }
}

impl Text {
    /// Returns it as text that shares the bytes where they are UTF-8.
    pub(super) fn shared(&self) -> Str {
        match &self.0 {
            Value::String(text) => text.clone(),
            _ => Str::from(self.text()),
        }
    }
}

/// A parameter: its Go type, and how the body gets it.
pub(super) trait Parameter: Sized {
    const TYPE: Type;

    /// Takes the argument, whose type the engine has checked.
    fn take(value: &Value) -> Self;
}

impl Parameter for Value {
    const TYPE: Type = Type::Any;

    fn take(value: &Value) -> Self {
        value.clone()
    }
}

impl Parameter for Text {
    const TYPE: Type = Type::String;

    fn take(value: &Value) -> Self {
        Self(value.clone())
    }
}

impl Parameter for bool {
    const TYPE: Type = Type::Bool;

    fn take(value: &Value) -> Self {
        matches!(value, Value::Bool(true))
    }
}

impl Parameter for i64 {
    const TYPE: Type = Type::Int;

    fn take(value: &Value) -> Self {
        match value {
            Value::Int(number, _) => *number,
            _ => 0,
        }
    }
}

impl Parameter for f64 {
    const TYPE: Type = Type::Float;

    fn take(value: &Value) -> Self {
        match value {
            Value::Float(number) => *number,
            _ => 0.0,
        }
    }
}

impl Parameter for Map {
    const TYPE: Type = Type::Map;

    /// The literal `nil` is an empty map.
    fn take(value: &Value) -> Self {
        match value {
            Value::Map(map) => map.clone(),
            Value::Object(object) => match object.underlying() {
                Some(Value::Map(map)) => map,
                _ => Self::default(),
            },
            _ => Self::default(),
        }
    }
}

impl Parameter for List {
    const TYPE: Type = Type::List;

    /// The literal `nil` is a nil slice.
    fn take(value: &Value) -> Self {
        match value {
            Value::List(list) => list.clone(),
            Value::Object(object) => match object.underlying() {
                Some(Value::List(list)) => list,
                _ => Self { nil: true, ..Self::default() },
            },
            _ => Self { nil: true, ..Self::default() },
        }
    }
}

/// A result: what a body may return.
pub(super) trait Answer {
    fn answer(self) -> Result<Value, Fault>;
}

impl Answer for Value {
    fn answer(self) -> Result<Value, Fault> {
        Ok(self)
    }
}

impl Answer for bool {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::Bool(self))
    }
}

impl Answer for f64 {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::Float(self))
    }
}

impl Answer for String {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::from(self))
    }
}

impl Answer for Vec<u8> {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::string_of_bytes(self))
    }
}

impl Answer for Map {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::Map(self))
    }
}

impl<T: Answer> Answer for Result<T, Fault> {
    fn answer(self) -> Result<Value, Fault> {
        self.and_then(Answer::answer)
    }
}

/// Takes argument number `at`; a missing one is `nil`, which the engine's
/// check of the count rules out.
pub(super) fn argument<P: Parameter>(arguments: &[Value], at: usize) -> P {
    P::take(arguments.get(at).unwrap_or(&Value::Nil))
}

fn rest<P: Parameter>(arguments: &[Value], from: usize) -> Vec<P> {
    arguments.iter().skip(from).map(P::take).collect()
}

/// How functions get into the table.
pub(super) trait Define {
    /// Adds a function of no parameter.
    fn none<R: Answer>(&mut self, name: &'static str, body: impl Fn() -> R + 'static);

    /// Adds a function of one parameter.
    fn one<A: Parameter, R: Answer>(&mut self, name: &'static str, body: impl Fn(A) -> R + 'static);

    /// Adds a function of two parameters.
    fn two<A: Parameter, B: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A, B) -> R + 'static,
    );

    /// Adds a function of three parameters.
    fn three<A: Parameter, B: Parameter, C: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A, B, C) -> R + 'static,
    );

    /// Adds a function of any number of parameters of one type.
    fn any<V: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(Vec<V>) -> R + 'static,
    );

    /// Adds a function of one parameter and any number of another type.
    fn one_and_any<A: Parameter, V: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A, Vec<V>) -> R + 'static,
    );

    /// Gives a function a second name.
    fn alias(&mut self, name: &'static str, of: &str);
}

impl Define for Functions {
    fn none<R: Answer>(&mut self, name: &'static str, body: impl Fn() -> R + 'static) {
        self.insert(name, Function::new(&[], move |_, _| body().answer()));
    }

    fn one<A: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A) -> R + 'static,
    ) {
        let call = move |arguments: &[Value]| body(argument(arguments, 0)).answer();
        self.insert(name, Function::new(&[A::TYPE], move |_, arguments| call(arguments)));
    }

    fn two<A: Parameter, B: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A, B) -> R + 'static,
    ) {
        let call = move |arguments: &[Value]| {
            body(argument(arguments, 0), argument(arguments, 1)).answer()
        };
        self.insert(name, Function::new(&[A::TYPE, B::TYPE], move |_, arguments| call(arguments)));
    }

    fn three<A: Parameter, B: Parameter, C: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A, B, C) -> R + 'static,
    ) {
        let call = move |arguments: &[Value]| {
            body(argument(arguments, 0), argument(arguments, 1), argument(arguments, 2)).answer()
        };
        let types = [A::TYPE, B::TYPE, C::TYPE];
        self.insert(name, Function::new(&types, move |_, arguments| call(arguments)));
    }

    fn any<V: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(Vec<V>) -> R + 'static,
    ) {
        let call = move |arguments: &[Value]| body(rest(arguments, 0)).answer();
        let function = Function::new(&[], move |_, arguments| call(arguments));
        self.insert(name, function.with_variadic(V::TYPE));
    }

    fn one_and_any<A: Parameter, V: Parameter, R: Answer>(
        &mut self,
        name: &'static str,
        body: impl Fn(A, Vec<V>) -> R + 'static,
    ) {
        let call =
            move |arguments: &[Value]| body(argument(arguments, 0), rest(arguments, 1)).answer();
        let function = Function::new(&[A::TYPE], move |_, arguments| call(arguments));
        self.insert(name, function.with_variadic(V::TYPE));
    }

    fn alias(&mut self, name: &'static str, of: &str) {
        let Some(function) = self.get(of).cloned() else {
            unreachable!("{of} is added before {name}")
        };
        self.insert(name, function);
    }
}

/// Returns a list of `[]interface {}`.
pub(super) fn list_of(items: Vec<Value>) -> Value {
    Value::List(List { items: Rc::new(items), ..List::default() })
}
