//! Tokens to nodes: the statements, and the templates that a text defines.

mod pipeline;

use std::rc::Rc;

use crate::{
    Error, Kind, Place,
    error::Parts,
    lexer::{Item, Lexer, Token},
    node::{Branch, Command, Operand, PipeId, Source, Span, Statement, Template, Word},
    quote::{quote, unquote},
    stack::with_room,
    value::Value,
};

/// The functions that a text may call.
pub(crate) trait Names {
    /// Returns what the name calls.
    fn find(&self, name: &str) -> Option<crate::node::Callee>;
}

/// Parses `text` as the template called `name` and returns it and what it
/// defines, in the order of their ends; it is the last.
pub(crate) fn parse(name: &str, text: &str, names: &dyn Names) -> Result<Vec<Template>, Error> {
    if u32::try_from(text.len()).is_err() {
        return Err(refuse(name, (1, 0), "a template of 4 GiB or more".to_owned()));
    }
    let words = [("break", Token::Break), ("continue", Token::Continue)];
    let taken = words.into_iter().filter(|(word, _)| names.find(word).is_some());
    let taken = taken.map(|(_, token)| token).collect();
    let mut parser = Parser {
        lexer: Lexer::new(text, taken),
        text,
        names,
        source: Source { name: name.into(), text: text.into(), ..Source::default() },
        variables: vec!["$"],
        frame: Frame::new(name.to_owned()),
        statements: Vec::new(),
        commands: Vec::new(),
        operands: Vec::new(),
        trees: Vec::new(),
    };
    let body = parser.file()?;
    parser.add(body)?;
    let source = Rc::new(parser.source);
    let template = |(name, body): (String, Span)| Template {
        name: name.into(),
        empty: is_empty(&source, body),
        source: Rc::clone(&source),
        body,
    };
    Ok(parser.trees.into_iter().map(template).collect())
}

/// Returns Go's parse error.
fn refuse(name: &str, (line, offset): (usize, usize), detail: String) -> Error {
    Error::new(Parts {
        kind: Kind::Parse,
        message: format!("template: {name}:{line}: {detail}"),
        detail,
        place: Some(Place { name: name.to_owned(), line, column: None, offset: Some(offset) }),
        template: name.to_owned(),
        node: String::new(),
        fault: None,
        callers: Vec::new(),
    })
}

fn is_empty(source: &Source, body: Span) -> bool {
    source.statements(body).iter().all(|statement| match statement {
        Statement::Text(piece) => source.piece(*piece).trim().is_empty(),
        _ => false,
    })
}

/// A place in a text and what has been made of it.
pub(super) struct Parser<'t> {
    lexer: Lexer<'t>,
    text: &'t str,
    pub(super) names: &'t dyn Names,
    pub(super) source: Source,
    /// The names of variables; their place is their number.
    variables: Vec<&'t str>,
    pub(super) frame: Frame,
    /// What belongs to lists, pipelines and commands that are not at their
    /// end: the innermost last.
    statements: Vec<Statement>,
    pub(super) commands: Vec<Command>,
    pub(super) operands: Vec<Operand>,
    trees: Vec<(String, Span)>,
}

/// What belongs to one template of a text: the file, a definition, a block.
pub(super) struct Frame {
    name: String,
    tokens: [Item; 3],
    peeked: usize,
    /// The variables that may be used here.
    pub(super) scope: Vec<u32>,
    action_line: usize,
    ranges: usize,
    pub(super) parens: usize,
}

/// How a list of statements ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    End,
    Else,
}

/// A statement, or the end of a list of them.
enum Parsed {
    Statement(Statement),
    Ending(Ending),
}

impl Ending {
    fn print(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

impl Frame {
    fn new(name: String) -> Self {
        Self {
            name,
            tokens: [Item::default(); 3],
            peeked: 0,
            scope: vec![0],
            action_line: 0,
            ranges: 0,
            parens: 0,
        }
    }
}

/// Reading tokens, with up to three of them put back.
impl<'t> Parser<'t> {
    pub(super) fn next(&mut self) -> Item {
        if self.frame.peeked > 0 {
            self.frame.peeked -= 1;
        } else {
            self.frame.tokens[0] = self.lexer.next_item();
        }
        self.frame.tokens.get(self.frame.peeked).copied().unwrap_or_default()
    }

    pub(super) fn back(&mut self) {
        self.frame.peeked += 1;
    }

    /// Puts back `item` and, before it, the token that is still there.
    pub(super) fn back_two(&mut self, item: Item) {
        self.frame.tokens[1] = item;
        self.frame.peeked = 2;
    }

    pub(super) fn back_three(&mut self, first: Item, second: Item) {
        self.frame.tokens[1] = second;
        self.frame.tokens[2] = first;
        self.frame.peeked = 3;
    }

    pub(super) fn peek(&mut self) -> Item {
        let item = self.next();
        self.back();
        item
    }

    pub(super) fn next_non_space(&mut self) -> Item {
        loop {
            let item = self.next();
            if item.token != Token::Space {
                return item;
            }
        }
    }

    pub(super) fn peek_non_space(&mut self) -> Item {
        let item = self.next_non_space();
        self.back();
        item
    }

    pub(super) fn text_of(&self, item: Item) -> &'t str {
        self.text.get(item.start..item.end).unwrap_or_default()
    }

    /// Returns the number of a variable's name.
    pub(super) fn variable(&mut self, name: &'t str) -> u32 {
        let known = self.variables.iter().position(|known| *known == name);
        let number = known.unwrap_or_else(|| {
            self.variables.push(name);
            self.variables.len() - 1
        });
        // A text has fewer names than bytes.
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    pub(super) fn error(&self, detail: impl Into<String>) -> Error {
        let Item { line, start, .. } = self.frame.tokens[0];
        refuse(&self.source.name, (line, start), detail.into())
    }

    pub(super) fn unexpected(&self, item: Item, context: &str) -> Error {
        if item.token != Token::Error {
            return self.error(format!("unexpected {} in {context}", self.print(item)));
        }
        let error = self.lexer.error();
        let line = self.frame.action_line;
        if line == 0 || line == item.line {
            return self.error(error);
        }
        let action = if error.ends_with(" action") { "" } else { " in action" };
        self.error(format!("{error}{action} started at {}:{line}", self.source.name))
    }

    fn print(&self, item: Item) -> String {
        let text = self.text_of(item);
        match item.token {
            Token::Eof => "EOF".to_owned(),
            Token::Error => self.lexer.error().to_owned(),
            token if token.is_keyword() => format!("<{text}>"),
            _ if text.len() > 10 => {
                let cut: String = text.chars().take(10).collect();
                format!("{}...", quote(cut.as_bytes()))
            }
            _ => quote(text.as_bytes()),
        }
    }

    fn expect(&mut self, token: Token, context: &str) -> Result<Item, Error> {
        let item = self.next_non_space();
        if item.token == token { Ok(item) } else { Err(self.unexpected(item, context)) }
    }
}

/// The statements.
impl Parser<'_> {
    fn file(&mut self) -> Result<Span, Error> {
        let mark = self.statements.len();
        while self.peek().token != Token::Eof {
            if self.at_definition() {
                self.in_new_frame("definition", Self::definition)?;
                continue;
            }
            match self.text_or_action()? {
                Parsed::Statement(statement) => self.statements.push(statement),
                Parsed::Ending(ending) => {
                    return Err(self.error(format!("unexpected {}", ending.print())));
                }
            }
        }
        Ok(self.list(mark))
    }

    /// Reads `{{define`, if that is next.
    fn at_definition(&mut self) -> bool {
        if self.peek().token != Token::LeftDelim {
            return false;
        }
        let delim = self.next();
        let defines = self.next_non_space().token == Token::Define;
        if !defines {
            self.back_two(delim);
        }
        defines
    }

    /// Moves a finished list to its pool; those within it are there already.
    fn list(&mut self, mark: usize) -> Span {
        append(&mut self.source.statements, self.statements.drain(mark..))
    }

    fn in_new_frame<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let outer = std::mem::replace(&mut self.frame, Frame::new(name.to_owned()));
        let result = parse(self);
        self.frame = outer;
        result
    }

    fn definition(&mut self) -> Result<(), Error> {
        const CONTEXT: &str = "define clause";
        let name = self.next_non_space();
        self.frame.name = self.template_name(name, CONTEXT)?;
        self.expect(Token::RightDelim, CONTEXT)?;
        let (body, ending) = self.items()?;
        if ending != Ending::End {
            return Err(self.error(format!("unexpected {} in {CONTEXT}", ending.print())));
        }
        self.add(body)
    }

    fn add(&mut self, body: Span) -> Result<(), Error> {
        let name = &self.frame.name;
        let Some(known) = self.trees.iter_mut().find(|(known, _)| known == name) else {
            self.trees.push((name.clone(), body));
            return Ok(());
        };
        if is_empty(&self.source, known.1) {
            known.1 = body;
        } else if !is_empty(&self.source, body) {
            let name = quote(name.as_bytes());
            return Err(self.error(format!("template: multiple definition of template {name}")));
        }
        Ok(())
    }

    /// Parses statements up to `{{end}}` or `{{else}}`.
    fn items(&mut self) -> Result<(Span, Ending), Error> {
        let mark = self.statements.len();
        while self.peek_non_space().token != Token::Eof {
            match self.text_or_action()? {
                Parsed::Statement(statement) => self.statements.push(statement),
                Parsed::Ending(ending) => return Ok((self.list(mark), ending)),
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Parsed, Error> {
        let item = self.next_non_space();
        match item.token {
            Token::Text => Ok(Parsed::Statement(Statement::Text(piece(item)))),
            Token::LeftDelim => {
                self.frame.action_line = item.line;
                let parsed = with_room(|| self.action());
                self.frame.action_line = 0;
                parsed
            }
            _ => Err(self.unexpected(item, "input")),
        }
    }

    fn action(&mut self) -> Result<Parsed, Error> {
        let statement = match self.next_non_space().token {
            Token::Block => self.block()?,
            Token::Break => self.jump("{{break}}", Statement::Break)?,
            Token::Continue => self.jump("{{continue}}", Statement::Continue)?,
            Token::Else => return self.else_clause().map(Parsed::Ending),
            Token::End => {
                self.expect(Token::RightDelim, "end")?;
                return Ok(Parsed::Ending(Ending::End));
            }
            Token::If => self.branch(Word::If)?,
            Token::Range => self.branch(Word::Range)?,
            Token::Template => self.call()?,
            Token::With => self.branch(Word::With)?,
            _ => {
                self.back();
                Statement::Action(self.pipeline("command", Token::RightDelim)?)
            }
        };
        Ok(Parsed::Statement(statement))
    }

    fn jump(&mut self, printed: &str, statement: Statement) -> Result<Statement, Error> {
        let item = self.next_non_space();
        if item.token != Token::RightDelim {
            return Err(self.unexpected(item, printed));
        }
        if self.frame.ranges == 0 {
            return Err(self.error(format!("{printed} outside {{{{range}}}}")));
        }
        Ok(statement)
    }

    /// Leaves an `if` or `with` that follows for the branch that it belongs to.
    fn else_clause(&mut self) -> Result<Ending, Error> {
        if !matches!(self.peek_non_space().token, Token::If | Token::With) {
            self.expect(Token::RightDelim, "else")?;
        }
        Ok(Ending::Else)
    }

    fn branch(&mut self, word: Word) -> Result<Statement, Error> {
        let variables = self.frame.scope.len();
        let context = match word {
            Word::If => "if",
            Word::With => "with",
            Word::Range => "range",
        };
        let pipe = self.pipeline(context, Token::RightDelim)?;
        self.frame.ranges += usize::from(word == Word::Range);
        let (body, ending) = self.items()?;
        self.frame.ranges -= usize::from(word == Word::Range);
        let otherwise = match ending {
            Ending::End => None,
            Ending::Else => Some(self.otherwise(word)?),
        };
        self.frame.scope.truncate(variables);
        Ok(Statement::Branch(Branch { word, pipe, body, otherwise }))
    }

    /// Parses what follows `{{else`: `if …` and `with …` are a branch within
    /// it that shares its end.
    fn otherwise(&mut self, word: Word) -> Result<Span, Error> {
        let token = self.peek().token;
        if (word, token) == (Word::If, Token::If) || (word, token) == (Word::With, Token::With) {
            self.next();
            let inner = with_room(|| self.branch(word))?;
            return Ok(append(&mut self.source.statements, [inner]));
        }
        let (body, ending) = self.items()?;
        if ending != Ending::End {
            return Err(self.error(format!("expected end; found {}", ending.print())));
        }
        Ok(body)
    }

    fn block(&mut self) -> Result<Statement, Error> {
        const CONTEXT: &str = "block clause";
        let item = self.next_non_space();
        let name = self.template_name(item, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Token::RightDelim)?;
        let ending = self.in_new_frame(&name, |parser| {
            let (body, ending) = parser.items()?;
            if ending == Ending::End {
                parser.add(body)?;
            }
            Ok(ending)
        })?;
        if ending != Ending::End {
            return Err(self.error(format!("unexpected {} in {CONTEXT}", ending.print())));
        }
        Ok(self.template(item, &name, Some(pipe)))
    }

    fn call(&mut self) -> Result<Statement, Error> {
        const CONTEXT: &str = "template clause";
        let item = self.next_non_space();
        let name = self.template_name(item, CONTEXT)?;
        if self.next_non_space().token == Token::RightDelim {
            return Ok(self.template(item, &name, None));
        }
        self.back();
        let pipe = self.pipeline(CONTEXT, Token::RightDelim)?;
        Ok(self.template(item, &name, Some(pipe)))
    }

    fn template(&mut self, item: Item, name: &str, pipe: Option<PipeId>) -> Statement {
        let name = self.constant(Value::string(name));
        Statement::Template { position: number(item.start), name, pipe }
    }

    fn template_name(&mut self, item: Item, context: &str) -> Result<String, Error> {
        if !matches!(item.token, Token::String | Token::RawString) {
            return Err(self.unexpected(item, context));
        }
        let bytes = unquote(self.text_of(item)).map_err(|_| self.error("invalid syntax"))?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    pub(super) fn constant(&mut self, value: Value) -> u32 {
        self.source.constants.push(value);
        number(self.source.constants.len() - 1)
    }
}

impl Source {
    /// Adds a pipeline and returns its number.
    pub(super) fn add_pipe(&mut self, pipe: crate::node::Pipe) -> PipeId {
        self.pipes.push(pipe);
        PipeId(number(self.pipes.len() - 1))
    }
}

/// Returns a count of things in a text as the nodes keep it: a text is shorter
/// than 4 GiB, and has no more things than bytes.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn piece(item: Item) -> crate::node::Piece {
    crate::node::Piece { start: number(item.start), end: number(item.end) }
}

/// Moves `items` to the end of `pool` and returns where they lie.
pub(super) fn append<T>(pool: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> Span {
    let start = number(pool.len());
    pool.extend(items);
    Span { start, end: number(pool.len()) }
}
