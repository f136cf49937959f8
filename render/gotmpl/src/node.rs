//! What a parsed text is: its nodes, where they stand, and Go's print of them.
//!
//! Nodes lie in pools and name each other by number, children side by side:
//! a text of any depth is freed without recursion, and running it follows no
//! pointers.

use std::rc::Rc;

use crate::{Place, Str, Value, builtin::Builtin, number::Number, quote::quote};

/// A run of neighbours in a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A piece of the text, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Piece {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The number of a pipeline.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PipeId(pub(crate) u32);

/// The number of an operand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OperandId(pub(crate) u32);

/// The number of a command.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CommandId(pub(crate) u32);

/// The number of a statement.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StatementId(pub(crate) u32);

/// One text with everything defined in it.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The name under which it was parsed.
    pub(crate) name: Str,
    pub(crate) text: Str,
    pub(crate) statements: Vec<Statement>,
    pub(crate) pipes: Vec<Pipe>,
    pub(crate) commands: Vec<Command>,
    pub(crate) operands: Vec<Operand>,
    /// The names of fields, without their dots.
    pub(crate) fields: Vec<Piece>,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) constants: Vec<Value>,
    pub(crate) numbers: Vec<Number>,
}

/// A template: a name and a list of statements in a text.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) name: Str,
    pub(crate) source: Rc<Source>,
    pub(crate) body: Span,
    /// Nothing but white space and comments.
    pub(crate) empty: bool,
}

/// What stands between texts, and the texts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Statement {
    Text(Piece),
    Action(PipeId),
    Branch(Branch),
    /// `{{template}}`, also what `{{block}}` leaves behind.
    Template {
        position: u32,
        /// The number of a string constant.
        name: u32,
        pipe: Option<PipeId>,
    },
    Break,
    Continue,
}

/// `if`, `with` and `range`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branch {
    pub(crate) word: Word,
    pub(crate) pipe: PipeId,
    pub(crate) body: Span,
    pub(crate) otherwise: Option<Span>,
}

/// Which branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    If,
    With,
    Range,
}

/// What a pipeline does with its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    Declare,
    Assign,
}

/// Commands, each of which passes its value to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pipe {
    pub(crate) position: u32,
    pub(crate) binding: Binding,
    /// Declarations.
    pub(crate) variables: Span,
    pub(crate) commands: Span,
}

/// A variable to the left of `:=` or `=`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declaration {
    /// The number of the variable's name in this text.
    pub(crate) variable: u32,
    pub(crate) name: Piece,
}

/// Operands: a value, or something to call and its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) position: u32,
    pub(crate) operands: Span,
}

/// A value, or something to call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub(crate) position: u32,
    pub(crate) kind: OperandKind,
}

/// What an operand is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OperandKind {
    Dot,
    Nil,
    Bool(bool),
    Number {
        text: Piece,
        /// Its place among the numbers.
        number: u32,
        /// The value that it has where no type is asked for, among the
        /// constants; `None` if it overflows `int`.
        ideal: Option<u32>,
    },
    String {
        quoted: Piece,
        /// Its place among the constants.
        constant: u32,
    },
    Field(Span),
    Variable {
        variable: u32,
        name: Piece,
        fields: Span,
    },
    /// `(…).field` or `function.field`.
    Chain {
        base: OperandId,
        fields: Span,
    },
    Pipe(PipeId),
    Function {
        name: Piece,
        callee: Callee,
    },
}

/// What a name calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee {
    /// A function of the host's, by its number.
    Host(u32),
    /// One of Go's own.
    Builtin(Builtin),
}

/// A node, for messages that say where.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Node {
    #[default]
    None,
    Statement(StatementId),
    Pipe(PipeId),
    Command(CommandId),
    Operand(OperandId),
}

impl Span {
    /// Returns whether there is nothing in it.
    pub(crate) fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Returns how many there are.
    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Returns the run without its first.
    pub(crate) fn rest(self) -> Self {
        Self { start: self.end.min(self.start + 1), end: self.end }
    }

    fn of<T>(self, pool: &[T]) -> &[T] {
        pool.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl Source {
    pub(crate) fn piece(&self, piece: Piece) -> &str {
        self.text.get(piece.start as usize..piece.end as usize).unwrap_or_default()
    }

    pub(crate) fn statements(&self, span: Span) -> &[Statement] {
        span.of(&self.statements)
    }

    pub(crate) fn statement(&self, id: StatementId) -> Option<&Statement> {
        self.statements.get(id.0 as usize)
    }

    pub(crate) fn pipe(&self, id: PipeId) -> Pipe {
        const NONE: Span = Span { start: 0, end: 0 };
        const EMPTY: Pipe =
            Pipe { position: 0, binding: Binding::Declare, variables: NONE, commands: NONE };
        self.pipes.get(id.0 as usize).copied().unwrap_or(EMPTY)
    }

    pub(crate) fn command(&self, id: CommandId) -> Command {
        const EMPTY: Command = Command { position: 0, operands: Span { start: 0, end: 0 } };
        self.commands.get(id.0 as usize).copied().unwrap_or(EMPTY)
    }

    pub(crate) fn operand(&self, id: OperandId) -> Operand {
        const EMPTY: Operand = Operand { position: 0, kind: OperandKind::Nil };
        self.operands.get(id.0 as usize).copied().unwrap_or(EMPTY)
    }

    pub(crate) fn fields(&self, span: Span) -> &[Piece] {
        span.of(&self.fields)
    }

    pub(crate) fn declarations(&self, span: Span) -> &[Declaration] {
        span.of(&self.declarations)
    }

    pub(crate) fn constant(&self, number: u32) -> Value {
        self.constants.get(number as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn number(&self, number: u32) -> Number {
        self.numbers.get(number as usize).copied().unwrap_or_default()
    }

    /// Returns the place of a byte of the text.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let text = self.text.get(..offset).unwrap_or_default();
        Place {
            name: self.name.to_string(),
            line: 1 + text.bytes().filter(|&byte| byte == b'\n').count(),
            column: Some(text.rfind('\n').map_or(offset, |newline| offset - newline - 1)),
            offset: Some(offset),
        }
    }

    /// Returns the byte at which the node stands.
    pub(crate) fn position(&self, node: Node) -> usize {
        let position = match node {
            Node::None => 0,
            Node::Statement(id) => match self.statement(id) {
                Some(Statement::Text(piece)) => piece.start,
                Some(Statement::Action(pipe) | Statement::Branch(Branch { pipe, .. })) => {
                    self.pipe(*pipe).position
                }
                Some(Statement::Template { position, .. }) => *position,
                Some(Statement::Break | Statement::Continue) | None => 0,
            },
            Node::Pipe(id) => self.pipe(id).position,
            Node::Command(id) => self.command(id).position,
            Node::Operand(id) => self.operand(id).position,
        };
        position as usize
    }

    /// Returns Go's print of the node.
    pub(crate) fn print(&self, node: Node) -> String {
        let mut out = String::new();
        match node {
            Node::None => {}
            Node::Statement(id) => {
                if let Some(statement) = self.statement(id) {
                    self.print_statement(&mut out, statement);
                }
            }
            Node::Pipe(id) => self.print_pipe(&mut out, id),
            Node::Command(id) => self.print_command(&mut out, id),
            Node::Operand(id) => self.print_operand(&mut out, id),
        }
        out
    }

    fn print_statement(&self, out: &mut String, statement: &Statement) {
        match statement {
            Statement::Action(pipe) => {
                out.push_str("{{");
                self.print_pipe(out, *pipe);
                out.push_str("}}");
            }
            Statement::Template { name, pipe, .. } => {
                out.push_str("{{template ");
                let name = self.constant(*name);
                out.push_str(&quote(name.as_bytes().unwrap_or_default()));
                if let Some(pipe) = pipe {
                    out.push(' ');
                    self.print_pipe(out, *pipe);
                }
                out.push_str("}}");
            }
            // No message is about these: one about a branch is about its pipeline.
            Statement::Text(_) | Statement::Branch(_) | Statement::Break | Statement::Continue => {}
        }
    }

    fn print_pipe(&self, out: &mut String, id: PipeId) {
        let pipe = self.pipe(id);
        for (index, declaration) in self.declarations(pipe.variables).iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_str(self.piece(declaration.name));
        }
        if !pipe.variables.is_empty() {
            out.push_str(if pipe.binding == Binding::Assign { " = " } else { " := " });
        }
        for (index, command) in (pipe.commands.start..pipe.commands.end).enumerate() {
            if index > 0 {
                out.push_str(" | ");
            }
            self.print_command(out, CommandId(command));
        }
    }

    fn print_command(&self, out: &mut String, id: CommandId) {
        let operands = self.command(id).operands;
        for operand in operands.start..operands.end {
            if operand > operands.start {
                out.push(' ');
            }
            self.print_argument(out, OperandId(operand));
        }
    }

    /// Prints an operand, a pipeline in parentheses.
    fn print_argument(&self, out: &mut String, id: OperandId) {
        if let OperandKind::Pipe(pipe) = self.operand(id).kind {
            crate::stack::with_room(|| {
                out.push('(');
                self.print_pipe(out, pipe);
                out.push(')');
            });
        } else {
            self.print_operand(out, id);
        }
    }

    fn print_operand(&self, out: &mut String, id: OperandId) {
        match self.operand(id).kind {
            OperandKind::Dot => out.push('.'),
            OperandKind::Nil => out.push_str("nil"),
            OperandKind::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            OperandKind::Number { text, .. } => out.push_str(self.piece(text)),
            OperandKind::String { quoted, .. } => out.push_str(self.piece(quoted)),
            OperandKind::Field(fields) => self.print_fields(out, fields),
            OperandKind::Variable { name, fields, .. } => {
                out.push_str(self.piece(name));
                self.print_fields(out, fields);
            }
            OperandKind::Chain { base, fields } => {
                self.print_argument(out, base);
                self.print_fields(out, fields);
            }
            OperandKind::Pipe(pipe) => self.print_pipe(out, pipe),
            OperandKind::Function { name, .. } => out.push_str(self.piece(name)),
        }
    }

    fn print_fields(&self, out: &mut String, fields: Span) {
        for field in self.fields(fields) {
            out.push('.');
            out.push_str(self.piece(*field));
        }
    }
}
