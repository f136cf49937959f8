//! Calls: arguments counted and checked, functions of the host's and Go's own.

use super::{Here, Machine, evaluate::Arguments};
use crate::{
    Error, Fault, Type,
    builtin::{Builtin, Signature},
    node::{Callee, Node, OperandId},
    slot::Slot,
    value::Value,
};

/// What a function is handed its arguments as.
pub(super) trait Argument {
    fn of(slot: Slot) -> Self;
}

impl Argument for Value {
    fn of(slot: Slot) -> Self {
        slot.into_value()
    }
}

impl Argument for Slot {
    fn of(slot: Slot) -> Self {
        slot
    }
}

impl Machine<'_> {
    /// Calls a function; `node` is what a message about its failure points at.
    pub(super) fn function(
        &mut self,
        here: Here<'_>,
        (callee, name, node): (Callee, &str, Node),
        arguments: Arguments,
    ) -> Result<Slot, Error> {
        match callee {
            Callee::Host(number) => {
                let Some(function) = self.set.function(number) else {
                    let name = crate::quote::quote(name.as_bytes());
                    return Err(self.error(format!("{name} is not a defined function")));
                };
                let signature =
                    Signature { fixed: &function.parameters, variadic: function.variadic };
                let values = self.arguments::<Value>(here, (name, signature), arguments)?;
                let before = std::mem::replace(&mut self.node, node);
                let result = (function.body)(self, &values);
                self.node = before;
                self.returned((name, node), result)
            }
            Callee::Builtin(builtin @ (Builtin::And | Builtin::Or)) => {
                self.decide(here, builtin, arguments)
            }
            Callee::Builtin(builtin) => {
                let called = callee_name(here, builtin, &arguments);
                let signature = builtin.signature();
                let slots = self.arguments::<Slot>(here, (name, signature), arguments)?;
                let result = builtin.call(&slots, &called);
                let counted =
                    result.and_then(|slot| self.set.meter.value(slot.value()).map(|()| slot));
                counted.map_err(|fault| self.failed((name, node), fault))
            }
        }
    }

    pub(super) fn returned(
        &mut self,
        at: (&str, Node),
        result: Result<Value, Fault>,
    ) -> Result<Slot, Error> {
        let counted = result.and_then(|value| self.set.meter.value(&value).map(|()| value));
        counted.map(Slot::returned).map_err(|fault| self.failed(at, fault))
    }

    fn failed(&mut self, (name, node): (&str, Node), fault: Fault) -> Error {
        self.node = node;
        self.error_for(fault, format!("error calling {name}: "))
    }

    /// Evaluates `and` and `or` up to the argument that decides.
    fn decide(
        &mut self,
        here: Here<'_>,
        builtin: Builtin,
        arguments: Arguments,
    ) -> Result<Slot, Error> {
        let name = if builtin == Builtin::And { "and" } else { "or" };
        self.count((name, builtin.signature()), &arguments)?;
        let mut value = Slot::Invalid;
        for operand in arguments.operands.start..arguments.operands.end {
            value = self.argument(here, Some(Type::Reflect), OperandId(operand))?;
            if value.value().is_true() == (builtin == Builtin::Or) {
                return Ok(value);
            }
        }
        Ok(arguments.piped.unwrap_or(value))
    }

    fn count(
        &self,
        (name, signature): (&str, Signature<'_>),
        arguments: &Arguments,
    ) -> Result<(), Error> {
        let given = arguments.operands.len();
        let count = given + usize::from(arguments.piped.is_some());
        let fixed = signature.fixed.len();
        if signature.variadic.is_some() {
            if count < fixed {
                return Err(self.error(format!(
                    "wrong number of args for {name}: want at least {fixed} got {given}"
                )));
            }
        } else if count != fixed {
            return Err(
                self.error(format!("wrong number of args for {name}: want {fixed} got {count}"))
            );
        }
        Ok(())
    }

    /// Evaluates the arguments, each checked against its type.
    pub(super) fn arguments<T: Argument>(
        &mut self,
        here: Here<'_>,
        called: (&str, Signature<'_>),
        arguments: Arguments,
    ) -> Result<Vec<T>, Error> {
        self.count(called, &arguments)?;
        let signature = called.1;
        let mut types =
            signature.fixed.iter().copied().chain(signature.variadic.into_iter().cycle());
        let Arguments { operands, piped } = arguments;
        let mut values = Vec::with_capacity(operands.len() + 1);
        for operand in operands.start..operands.end {
            values.push(T::of(self.argument(here, types.next(), OperandId(operand))?));
        }
        if let Some(piped) = piped {
            values.push(T::of(self.fit(piped, types.next())?));
        }
        Ok(values)
    }
}

/// Returns how the template writes the first argument of `call`.
fn callee_name(here: Here<'_>, builtin: Builtin, arguments: &Arguments) -> String {
    if builtin != Builtin::Call {
        return String::new();
    }
    if !arguments.operands.is_empty() {
        return here.source.print(Node::Operand(OperandId(arguments.operands.start)));
    }
    match arguments.piped.as_ref().map(Slot::value) {
        None | Some(Value::Nil) => "<invalid Value>".to_owned(),
        Some(value) => match value.as_bytes() {
            Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            None => format!("<{} Value>", value.type_name()),
        },
    }
}
