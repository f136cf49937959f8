//! Tokens to nodes, within an action: pipelines, commands, operands.

use super::{Parser, append, number, piece};
use crate::{
    Error,
    complex::Complex,
    lexer::{Item, Token},
    node::{
        Binding, Command, Declaration, Operand, OperandId, OperandKind, Piece, Pipe, PipeId, Span,
    },
    number::Number,
    quote::{quote, unquote, unquote_char},
    stack::with_room,
    value::Value,
};

/// How deep parentheses may nest, as in Go.
const PARENS: usize = 10_000;

impl<'t> Parser<'t> {
    pub(super) fn pipeline(&mut self, context: &str, end: Token) -> Result<PipeId, Error> {
        let position = number(self.peek_non_space().start);
        let (binding, variables) = self.variables_of_pipeline(context)?;
        let mark = self.commands.len();
        loop {
            let item = self.next_non_space();
            match item.token {
                token if token == end => break,
                Token::Bool
                | Token::CharConstant
                | Token::Complex
                | Token::Dot
                | Token::Field
                | Token::Identifier
                | Token::Number
                | Token::Nil
                | Token::RawString
                | Token::String
                | Token::Variable
                | Token::LeftParen => {
                    self.back();
                    let command = self.command()?;
                    self.commands.push(command);
                }
                _ => return Err(self.unexpected(item, context)),
            }
        }
        self.check_commands(mark, context)?;
        let variables = append(&mut self.source.declarations, variables);
        let commands = append(&mut self.source.commands, self.commands.drain(mark..));
        Ok(self.source.add_pipe(Pipe { position, binding, variables, commands }))
    }

    fn variables_of_pipeline(
        &mut self,
        context: &str,
    ) -> Result<(Binding, Vec<Declaration>), Error> {
        let mut variables = Vec::new();
        loop {
            let item = self.peek_non_space();
            if item.token != Token::Variable {
                return Ok((Binding::Declare, variables));
            }
            self.next();
            // `$x foo` is no declaration: what follows may have to be put back.
            let after = self.peek();
            let next = self.peek_non_space();
            if matches!(next.token, Token::Assign | Token::Declare) {
                self.next_non_space();
                variables.push(self.declare(item));
                return Ok((binding(next), variables));
            }
            if next.token != Token::Char || self.text_of(next) != "," {
                self.undeclare(item, after);
                return Ok((Binding::Declare, variables));
            }
            self.next_non_space();
            variables.push(self.declare(item));
            if context != "range" || variables.len() >= 2 {
                return Err(self.error(format!("too many declarations in {context}")));
            }
            let token = self.peek_non_space().token;
            if !matches!(token, Token::Variable | Token::RightDelim | Token::RightParen) {
                return Err(self.error("range can only initialize variables"));
            }
        }
    }

    /// Puts a variable back that is no declaration, and what follows it.
    fn undeclare(&mut self, variable: Item, after: Item) {
        if after.token == Token::Space {
            self.back_three(variable, after);
        } else {
            self.back_two(variable);
        }
    }

    fn declare(&mut self, item: Item) -> Declaration {
        let variable = self.variable(self.text_of(item));
        self.frame.scope.push(variable);
        Declaration { variable, name: piece(item) }
    }

    fn check_commands(&self, mark: usize, context: &str) -> Result<(), Error> {
        let commands = self.commands.get(mark..).unwrap_or_default();
        if commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (index, command) in commands.iter().enumerate().skip(1) {
            let first = self.source.operand(OperandId(command.operands.start)).kind;
            if is_literal(first) {
                return Err(
                    self.error(format!("non executable command in pipeline stage {}", index + 1))
                );
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<Command, Error> {
        let position = number(self.peek_non_space().start);
        let mark = self.operands.len();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                self.operands.push(operand);
            }
            let item = self.next();
            match item.token {
                Token::Space => {}
                Token::RightDelim | Token::RightParen => {
                    self.back();
                    break;
                }
                Token::Pipe => break,
                _ => return Err(self.unexpected(item, "operand")),
            }
        }
        if self.operands.len() == mark {
            return Err(self.error("empty command"));
        }
        let operands = append(&mut self.source.operands, self.operands.drain(mark..));
        Ok(Command { position, operands })
    }

    fn operand(&mut self) -> Result<Option<Operand>, Error> {
        let Some(term) = self.term()? else { return Ok(None) };
        let item = self.peek();
        if item.token != Token::Field {
            return Ok(Some(term));
        }
        // The first field of a chain of them is the last in the pool by now.
        let start = match term.kind {
            OperandKind::Field(fields) => fields.start,
            _ => number(self.source.fields.len()),
        };
        while self.peek().token == Token::Field {
            let field = self.next();
            self.source.fields.push(field_name(field));
        }
        let position = number(item.start);
        let fields = Span { start, end: number(self.source.fields.len()) };
        let kind = match term.kind {
            OperandKind::Field(_) => OperandKind::Field(fields),
            OperandKind::Variable { variable, name, .. } => {
                OperandKind::Variable { variable, name, fields }
            }
            kind if is_literal(kind) => return Err(self.literal_with_field(term)),
            _ => {
                let base = self.keep(term);
                OperandKind::Chain { base, fields }
            }
        };
        Ok(Some(Operand { position, kind }))
    }

    fn keep(&mut self, operand: Operand) -> OperandId {
        self.source.operands.push(operand);
        OperandId(number(self.source.operands.len() - 1))
    }

    fn literal_with_field(&mut self, term: Operand) -> Error {
        let id = self.keep(term);
        let printed = self.source.print(crate::node::Node::Operand(id));
        self.error(format!("unexpected . after term {}", quote(printed.as_bytes())))
    }

    fn term(&mut self) -> Result<Option<Operand>, Error> {
        let item = self.next_non_space();
        let text = self.text_of(item);
        let kind = match item.token {
            Token::Identifier => {
                let Some(callee) = self.names.find(text) else {
                    let name = quote(text.as_bytes());
                    return Err(self.error(format!("function {name} not defined")));
                };
                OperandKind::Function { name: piece(item), callee }
            }
            Token::Dot => OperandKind::Dot,
            Token::Nil => OperandKind::Nil,
            Token::Variable => self.use_variable(item)?,
            Token::Field => OperandKind::Field(append(&mut self.source.fields, [field_name(item)])),
            Token::Bool => OperandKind::Bool(text == "true"),
            Token::CharConstant | Token::Complex | Token::Number => self.number_literal(item)?,
            Token::LeftParen => self.parenthesized()?,
            Token::String | Token::RawString => {
                let bytes = unquote(text).map_err(|_| self.error("invalid syntax"))?;
                let constant = self.constant(Value::string_of_bytes(bytes));
                OperandKind::String { quoted: piece(item), constant }
            }
            _ => {
                self.back();
                return Ok(None);
            }
        };
        // A pipeline in parentheses stands where its inside does.
        let position = match kind {
            OperandKind::Pipe(pipe) => self.source.pipe(pipe).position,
            _ => number(item.start),
        };
        Ok(Some(Operand { position, kind }))
    }

    fn parenthesized(&mut self) -> Result<OperandKind, Error> {
        if self.frame.parens >= PARENS {
            return Err(self.error("max expression depth exceeded"));
        }
        self.frame.parens += 1;
        let pipe = with_room(|| self.pipeline("parenthesized pipeline", Token::RightParen));
        self.frame.parens -= 1;
        pipe.map(OperandKind::Pipe)
    }

    fn use_variable(&mut self, item: Item) -> Result<OperandKind, Error> {
        let text: &'t str = self.text_of(item);
        let variable = self.variable(text);
        if !self.frame.scope.contains(&variable) {
            return Err(self.error(format!("undefined variable {}", quote(text.as_bytes()))));
        }
        Ok(OperandKind::Variable { variable, name: piece(item), fields: Span::default() })
    }

    fn number_literal(&mut self, item: Item) -> Result<OperandKind, Error> {
        let text = self.text_of(item);
        let parsed = match item.token {
            Token::CharConstant => char_constant(text),
            Token::Complex => Number::parse_complex(text),
            _ => Number::parse(text),
        };
        let parsed = parsed.map_err(|detail| self.error(detail))?;
        self.source.numbers.push(parsed);
        let place = number(self.source.numbers.len() - 1);
        let ideal = ideal(text, parsed).map(|value| self.constant(value));
        Ok(OperandKind::Number { text: piece(item), number: place, ideal })
    }
}

/// Returns whether it is one of the terms that cannot be called and have no
/// fields.
fn is_literal(kind: OperandKind) -> bool {
    matches!(
        kind,
        OperandKind::Bool(_)
            | OperandKind::String { .. }
            | OperandKind::Number { .. }
            | OperandKind::Nil
            | OperandKind::Dot
    )
}

fn binding(item: Item) -> Binding {
    if item.token == Token::Assign { Binding::Assign } else { Binding::Declare }
}

fn field_name(item: Item) -> Piece {
    let whole = piece(item);
    Piece { start: whole.start + 1, end: whole.end }
}

fn char_constant(text: &str) -> Result<Number, String> {
    let inner = text.strip_prefix('\'').unwrap_or(text);
    let (decoded, tail) = unquote_char(inner, '\'').map_err(|_| "invalid syntax".to_owned())?;
    if tail != "'" {
        return Err(format!("malformed character constant: {text}"));
    }
    Ok(Number::of_char(decoded.code()))
}

/// Returns the value of a literal where no type is asked for: its looks decide.
fn ideal(text: &str, number: Number) -> Option<Value> {
    if let Some((real, imaginary)) = number.complex {
        return Some(Complex { real, imaginary }.into());
    }
    let is_char = text.starts_with('\'');
    let is_hex = text.len() > 2
        && (text.starts_with("0x") || text.starts_with("0X"))
        && !text.contains(['p', 'P']);
    match number.float {
        Some(float) if !is_char && !is_hex && text.contains(['.', 'e', 'E', 'p', 'P']) => {
            Some(Value::Float(float))
        }
        _ => number.int.map(Value::int),
    }
}
