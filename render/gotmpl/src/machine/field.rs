//! Fields: of maps, of the host's objects, and their methods.

use super::{Here, Machine, evaluate::Arguments};
use crate::{
    Error, Object,
    builtin::Signature,
    node::{Node, OperandId, Span},
    quote::quote,
    set::MissingKey,
    slot::Slot,
    value::{Map, Value},
};

impl Machine<'_> {
    /// Returns `receiver.a.b.c`; the arguments are the last one's.
    pub(super) fn fields(
        &mut self,
        here: Here<'_>,
        (id, fields): (OperandId, Span),
        receiver: Slot,
        arguments: Arguments,
    ) -> Result<Slot, Error> {
        let Some((last, before)) = here.source.fields(fields).split_last() else {
            return Ok(receiver);
        };
        let mut receiver = receiver;
        for field in before {
            let name = here.source.piece(*field);
            receiver = self.field(here, (id, name), &receiver, Arguments::none())?;
        }
        self.field(here, (id, here.source.piece(*last)), &receiver, arguments)
    }

    fn field(
        &mut self,
        here: Here<'_>,
        (id, name): (OperandId, &str),
        receiver: &Slot,
        arguments: Arguments,
    ) -> Result<Slot, Error> {
        match receiver {
            Slot::Invalid if self.set.options().missing_key == MissingKey::Error => {
                let name = quote(name.as_bytes());
                Err(self.error(format!("nil data; no entry for key {name}")))
            }
            Slot::Invalid => Ok(Slot::Invalid),
            Slot::Interface(Value::Nil) => {
                Err(self.error(format!("nil pointer evaluating interface {{}}.{name}")))
            }
            Slot::Interface(Value::Map(map)) | Slot::Concrete(Value::Map(map)) => {
                self.entry(map, name, &arguments)
            }
            Slot::Interface(Value::Object(object)) | Slot::Concrete(Value::Object(object)) => {
                let found = self.member(here, (id, name), object.as_ref(), arguments)?;
                found.ok_or_else(|| self.no_field(name, receiver))
            }
            _ => Err(self.no_field(name, receiver)),
        }
    }

    fn no_field(&self, name: &str, receiver: &Slot) -> Error {
        self.error(format!("can't evaluate field {name} in type {}", receiver.type_name()))
    }

    fn entry(&self, map: &Map, name: &str, arguments: &Arguments) -> Result<Slot, Error> {
        if !arguments.is_empty() {
            return Err(self.error(format!("{name} is not a method but has arguments")));
        }
        if let Some(value) = map.entries.borrow().get(name) {
            return Ok(Slot::element(map.elem, value.clone()));
        }
        match self.set.options().missing_key {
            MissingKey::Default => Ok(Slot::Invalid),
            MissingKey::Zero => Ok(Slot::zero_element(map.elem)),
            MissingKey::Error => {
                let name = quote(name.as_bytes());
                Err(self.error(format!("map has no entry for key {name}")))
            }
        }
    }

    /// Returns what an object's method, field or entry of that name gives.
    fn member(
        &mut self,
        here: Here<'_>,
        (id, name): (OperandId, &str),
        object: &dyn Object,
        arguments: Arguments,
    ) -> Result<Option<Slot>, Error> {
        let node = Node::Operand(id);
        if let Some((fixed, variadic)) = object.parameters(name) {
            let signature = Signature { fixed, variadic };
            let values = self.arguments::<Value>(here, (name, signature), arguments)?;
            let result = object.call(name, &values).unwrap_or(Ok(Value::Nil));
            return self.returned((name, node), result).map(Some);
        }
        let has_arguments = !arguments.is_empty();
        if !has_arguments && let Some(result) = object.call(name, &[]) {
            return self.returned((name, node), result).map(Some);
        }
        if let Some(value) = object.field(name) {
            if has_arguments {
                return Err(
                    self.error(format!("{name} has arguments but cannot be invoked as function"))
                );
            }
            return Ok(Some(Slot::returned(value)));
        }
        match object.underlying() {
            Some(Value::Map(map)) => self.entry(&map, name, &arguments).map(Some),
            _ => Ok(None),
        }
    }
}
