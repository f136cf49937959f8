//! Pipelines, commands and arguments.

use super::{Here, Machine};
use crate::{
    Error, Type,
    node::{Binding, CommandId, Declaration, Node, Operand, OperandId, OperandKind, PipeId, Span},
    slot::Slot,
    stack::with_room,
    value::{Int, Value},
};

/// What a command hands to what it calls.
pub(super) struct Arguments {
    /// The operands after the first.
    pub(super) operands: Span,
    /// The value that was piped in, if one was.
    pub(super) piped: Option<Slot>,
}

impl Arguments {
    pub(super) const fn none() -> Self {
        Self { operands: Span { start: 0, end: 0 }, piped: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.operands.is_empty() && self.piped.is_none()
    }
}

impl Machine<'_> {
    /// Returns the value of a pipeline, whose variables stay.
    pub(super) fn pipeline(&mut self, here: Here<'_>, id: PipeId) -> Result<Slot, Error> {
        self.node = Node::Pipe(id);
        let pipe = here.source.pipe(id);
        let mut piped = None;
        for command in pipe.commands.start..pipe.commands.end {
            piped = Some(self.command(here, CommandId(command), piped)?.stripped());
        }
        let value = piped.unwrap_or_default();
        for declaration in here.source.declarations(pipe.variables) {
            match pipe.binding {
                Binding::Declare => self.variables.push((declaration.variable, value.clone())),
                Binding::Assign => self.assign(here, declaration, value.clone())?,
            }
        }
        Ok(value)
    }

    /// Gives a variable that is there a new value.
    pub(super) fn assign(
        &mut self,
        here: Here<'_>,
        declaration: &Declaration,
        value: Slot,
    ) -> Result<(), Error> {
        let own = self.variables.get_mut(self.floor..).unwrap_or_default();
        let found = own.iter_mut().rev().find(|(variable, _)| *variable == declaration.variable);
        let Some((_, old)) = found else {
            let name = here.source.piece(declaration.name);
            return Err(self.error(format!("undefined variable: {name}")));
        };
        *old = value;
        Ok(())
    }

    fn command(
        &mut self,
        here: Here<'_>,
        id: CommandId,
        piped: Option<Slot>,
    ) -> Result<Slot, Error> {
        let operands = here.source.command(id).operands;
        let first = OperandId(operands.start);
        let Operand { kind, .. } = here.source.operand(first);
        let arguments = Arguments { operands: operands.rest(), piped };
        match kind {
            OperandKind::Field(_) | OperandKind::Chain { .. } | OperandKind::Variable { .. } => {
                self.chain(here, first, arguments)
            }
            OperandKind::Function { name, callee } => {
                self.node = Node::Operand(first);
                let name = here.source.piece(name);
                self.function(here, (callee, name, Node::Command(id)), arguments)
            }
            OperandKind::Pipe(pipe) => {
                self.not_a_function(here, first, &arguments)?;
                with_room(|| self.pipeline(here, pipe))
            }
            kind => {
                self.node = Node::Operand(first);
                self.not_a_function(here, first, &arguments)?;
                if matches!(kind, OperandKind::Nil) {
                    return Err(self.error("nil is not a command"));
                }
                self.literal(here, first)
            }
        }
    }

    fn not_a_function(
        &self,
        here: Here<'_>,
        operand: OperandId,
        arguments: &Arguments,
    ) -> Result<(), Error> {
        if arguments.is_empty() {
            return Ok(());
        }
        let printed = here.source.print(Node::Operand(operand));
        Err(self.error(format!("can't give argument to non-function {printed}")))
    }

    /// Returns the value of a literal (or the dot) where any type will do.
    fn literal(&self, here: Here<'_>, id: OperandId) -> Result<Slot, Error> {
        Ok(match here.source.operand(id).kind {
            OperandKind::Dot => here.dot.clone(),
            OperandKind::Bool(truth) => Slot::Concrete(Value::Bool(truth)),
            OperandKind::String { constant, .. } => Slot::Concrete(here.source.constant(constant)),
            OperandKind::Number { ideal: Some(constant), .. } => {
                Slot::Concrete(here.source.constant(constant))
            }
            OperandKind::Number { text, .. } => {
                let text = here.source.piece(text);
                return Err(self.error(format!("{text} overflows int")));
            }
            _ => {
                let printed = here.source.print(Node::Operand(id));
                let printed = crate::quote::quote(printed.as_bytes());
                return Err(self.error(format!("can't evaluate command {printed}")));
            }
        })
    }

    /// Returns the value of a field, a variable, or a chain of fields.
    pub(super) fn chain(
        &mut self,
        here: Here<'_>,
        id: OperandId,
        arguments: Arguments,
    ) -> Result<Slot, Error> {
        self.node = Node::Operand(id);
        match here.source.operand(id).kind {
            OperandKind::Field(fields) => {
                self.fields(here, (id, fields), here.dot.clone(), arguments)
            }
            OperandKind::Variable { variable, name, fields } => {
                let own = self.variables.get(self.floor..).unwrap_or_default();
                let found = own.iter().rev().find(|(known, _)| *known == variable);
                let Some((_, value)) = found else {
                    let name = here.source.piece(name);
                    return Err(self.error(format!("undefined variable: {name}")));
                };
                let value = value.clone();
                if fields.is_empty() {
                    self.not_a_function(here, id, &arguments)?;
                    return Ok(value);
                }
                self.fields(here, (id, fields), value, arguments)
            }
            OperandKind::Chain { base, fields } => {
                if matches!(here.source.operand(base).kind, OperandKind::Nil) {
                    let printed = here.source.print(Node::Operand(id));
                    return Err(
                        self.error(format!("indirection through explicit nil in {printed}"))
                    );
                }
                let receiver = self.argument(here, None, base)?;
                self.fields(here, (id, fields), receiver, arguments)
            }
            _ => self.literal(here, id),
        }
    }

    /// Returns the value of an argument, if it fits the type.
    pub(super) fn argument(
        &mut self,
        here: Here<'_>,
        wanted: Option<Type>,
        id: OperandId,
    ) -> Result<Slot, Error> {
        self.node = Node::Operand(id);
        let value = match here.source.operand(id).kind {
            OperandKind::Dot => here.dot.clone(),
            OperandKind::Nil => {
                let wanted = wanted.unwrap_or(Type::Any);
                return Slot::nil_of(wanted)
                    .ok_or_else(|| self.error(format!("cannot assign nil to {}", wanted.name())));
            }
            OperandKind::Field(_) | OperandKind::Variable { .. } | OperandKind::Chain { .. } => {
                self.chain(here, id, Arguments::none())?
            }
            OperandKind::Pipe(pipe) => with_room(|| self.pipeline(here, pipe))?,
            OperandKind::Function { name, callee } => {
                let name = here.source.piece(name);
                self.function(here, (callee, name, Node::Operand(id)), Arguments::none())?
            }
            _ => return self.constant(here, wanted, id),
        };
        self.fit(value, wanted)
    }

    /// Returns the value of a literal as the type asks for it.
    fn constant(&self, here: Here<'_>, wanted: Option<Type>, id: OperandId) -> Result<Slot, Error> {
        let kind = here.source.operand(id).kind;
        let number = match kind {
            OperandKind::Number { number, .. } => here.source.number(number),
            _ => crate::number::Number::default(),
        };
        let (value, expected) = match (wanted.unwrap_or(Type::Any), kind) {
            (Type::Any | Type::Reflect, _) => return self.literal(here, id),
            (Type::Bool, OperandKind::Bool(truth)) => (Some(Value::Bool(truth)), "bool"),
            (Type::Bool, _) => (None, "bool"),
            (Type::Float, _) => (number.float.map(Value::Float), "float"),
            (Type::Int, _) => (number.int.map(Value::int), "integer"),
            (Type::Int64, _) => {
                (number.int.map(|number| Value::Int(number, Int::Int64)), "integer")
            }
            (Type::Uint32, _) => {
                // Go keeps the lower half of what is too large.
                let low = number.uint.map(|number| i64::from(truncated(number)));
                (low.map(|number| Value::Int(number, Int::Uint32)), "unsigned integer")
            }
            (Type::String, OperandKind::String { constant, .. }) => {
                (Some(here.source.constant(constant)), "string")
            }
            (Type::String, _) => (None, "string"),
            (wanted, _) => {
                let printed = here.source.print(Node::Operand(id));
                let wanted = wanted.name();
                return Err(self.error(format!("can't handle {printed} for arg of type {wanted}")));
            }
        };
        value.map(Slot::Concrete).ok_or_else(|| {
            let printed = here.source.print(Node::Operand(id));
            self.error(format!("expected {expected}; found {printed}"))
        })
    }

    /// Returns the value as a parameter of the type takes it.
    pub(super) fn fit(&self, value: Slot, wanted: Option<Type>) -> Result<Slot, Error> {
        let Some(wanted) = wanted else { return Ok(value) };
        let (value, interface) = match value {
            Slot::Invalid => {
                return Slot::nil_of(wanted).ok_or_else(|| {
                    self.error(format!("invalid value; expected {}", wanted.name()))
                });
            }
            slot if matches!(wanted, Type::Any | Type::Reflect) => return Ok(slot),
            Slot::Interface(value) => (value, true),
            Slot::Concrete(value) => (value, false),
        };
        wanted.take(value).map(Slot::Concrete).map_err(|value| {
            let got = match value {
                Value::Nil if interface => "interface {}",
                ref value => value.type_name(),
            };
            self.error(format!("wrong type for value; expected {}; got {got}", wanted.name()))
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "Go's conversion truncates likewise")]
fn truncated(number: u64) -> u32 {
    number as u32
}
