//! Runs templates: the state of a run, and its statements.

mod call;
mod evaluate;
mod field;

use std::rc::Rc;

use crate::{
    Call, Error, Fault, Kind,
    error::Parts,
    format,
    limits::LONGEST_TEXT,
    node::{
        Binding, Branch, Node, Piece, Pipe, PipeId, Source, Span, Statement, StatementId, Template,
        Word,
    },
    quote::quote,
    set::{Overlay, TemplateSet},
    slot::Slot,
    stack::with_room,
    trace::{Recorder, Trace},
    value::{Int, Value},
};

/// How deep templates may call each other, as in Go.
const DEPTH: usize = 100_000;

/// How deep functions that run templates may be in each other: on Go's stack there is room for more,
/// and no error where there is none.
const RUNS: usize = 2_100;

/// A run.
pub(crate) struct Machine<'s> {
    set: &'s TemplateSet,
    /// The templates of the text that is running, if that is not in the set.
    overlay: Option<Rc<Overlay>>,
    out: Vec<u8>,
    /// Variables by the number of their name, the innermost last.
    variables: Vec<(u32, Slot)>,
    /// Where the variables of this template begin.
    floor: usize,
    template: Rc<Template>,
    /// What a message would point at.
    node: Node,
    /// How many templates call each other.
    depth: usize,
    /// The same over all runs that functions have begun within this one.
    runs: usize,
    /// Who wrote what, if that is kept.
    recorder: Option<Box<Recorder>>,
}

/// The text that runs, and its dot.
#[derive(Clone, Copy)]
struct Here<'h> {
    source: &'h Source,
    dot: &'h Slot,
}

/// How a list of statements ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// Runs the template over `data` and returns what it wrote.
pub(crate) fn run(
    set: &TemplateSet,
    template: &Rc<Template>,
    data: &Value,
) -> Result<Vec<u8>, Error> {
    let mut machine = Machine::new(set, template);
    machine.enter(Rc::clone(template), &Slot::of(data.clone()))?;
    let counted = set.meter.text(machine.out.len());
    counted.map_err(|fault| machine.error_for(fault, String::new()))?;
    Ok(machine.out)
}

/// Does the same, and keeps who wrote what.
pub(crate) fn run_traced(
    set: &TemplateSet,
    template: &Rc<Template>,
    data: &Value,
) -> Result<Trace, Error> {
    let mut machine = Machine::new(set, template);
    machine.recorder = Some(Box::default());
    machine.enter(Rc::clone(template), &Slot::of(data.clone()))?;
    Ok(machine.recorder.unwrap_or_default().into_trace(machine.out))
}

impl<'s> Machine<'s> {
    fn new(set: &'s TemplateSet, template: &Rc<Template>) -> Self {
        Self {
            set,
            overlay: None,
            out: Vec::with_capacity(template.source.text.len()),
            variables: Vec::with_capacity(16),
            floor: 0,
            template: Rc::clone(template),
            node: Node::None,
            depth: 0,
            runs: 0,
            recorder: None,
        }
    }
}

impl Machine<'_> {
    /// Counts a step, and looks how long the text has become.
    fn step(&self) -> Result<(), Error> {
        let counted = self.set.meter.step();
        let counted = counted.and_then(|()| match self.out.len() {
            0..=LONGEST_TEXT => Ok(()),
            _ => self.set.meter.text(self.out.len()),
        });
        counted.map_err(|fault| self.error_for(fault, String::new()))
    }

    /// Returns an error at the current node, in Go's words.
    fn error(&self, detail: impl Into<String>) -> Error {
        self.error_for(Fault::new(detail), String::new())
    }

    /// Returns an error at the current node; `before` introduces the fault.
    fn error_for(&self, fault: Fault, before: String) -> Error {
        let source = &self.template.source;
        let place = source.place(source.position(self.node));
        let node = source.print(self.node);
        let template = &self.template.name;
        let quoted = quote(template.as_bytes());
        let called = !before.is_empty();
        let detail = before + &fault.message;
        Error::new(Parts {
            kind: Kind::Run,
            message: format!("template: {place}: executing {quoted} at <{node}>: {detail}"),
            detail,
            place: Some(place),
            template: template.to_string(),
            node,
            fault: called.then_some(fault),
            callers: Vec::new(),
        })
    }

    /// Runs a template with variables of its own.
    fn enter(&mut self, template: Rc<Template>, data: &Slot) -> Result<(), Error> {
        let source = Rc::clone(&template.source);
        let body = template.body;
        let node = std::mem::replace(&mut self.node, Node::None);
        let outer = std::mem::replace(&mut self.template, template);
        let mark = self.variables.len();
        let floor = std::mem::replace(&mut self.floor, mark);
        self.variables.push((0, data.clone()));
        let result = with_room(|| self.walk(Here { source: &source, dot: data }, body));
        self.variables.truncate(mark);
        self.floor = floor;
        self.template = outer;
        self.node = node;
        result.map(drop)
    }

    fn walk(&mut self, here: Here<'_>, body: Span) -> Result<Flow, Error> {
        for (id, statement) in (body.start..).zip(here.source.statements(body)) {
            self.step()?;
            let flow = match statement {
                Statement::Text(piece) => self.write(here, *piece),
                Statement::Action(pipe) => self.action(here, *pipe)?,
                Statement::Branch(branch) => with_room(|| self.branch(here, branch))?,
                Statement::Template { name, pipe, position } => {
                    self.node = Node::Statement(StatementId(id));
                    self.call_template(here, (*name, *position), *pipe)?
                }
                Statement::Break => Flow::Break,
                Statement::Continue => Flow::Continue,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn action(&mut self, here: Here<'_>, pipe: PipeId) -> Result<Flow, Error> {
        let ran_before = self.recorder.as_ref().map(|recorder| recorder.runs());
        let value = self.pipeline(here, pipe)?;
        if here.source.pipe(pipe).variables.is_empty() {
            self.print(&value);
            if let Some(recorder) = &mut self.recorder {
                let at = here.source.pipe(pipe).position as usize;
                let at = (at, ran_before.unwrap_or_default());
                recorder.value(self.out.len(), &self.template.source, at);
            }
        }
        Ok(Flow::Next)
    }

    fn write(&mut self, here: Here<'_>, piece: Piece) -> Flow {
        self.out.extend_from_slice(here.source.piece(piece).as_bytes());
        if let Some(recorder) = &mut self.recorder {
            recorder.text(self.out.len(), &self.template.source, piece.start as usize);
        }
        Flow::Next
    }

    fn print(&mut self, value: &Slot) {
        match value {
            Slot::Invalid => self.out.extend_from_slice(b"<no value>"),
            Slot::Interface(value) | Slot::Concrete(value) => match value {
                Value::Object(object) if object.underlying().is_none() => {
                    self.out.extend_from_slice(object.print_in_action().as_bytes());
                }
                value => format::print_one(&mut self.out, value),
            },
        }
    }

    fn call_template(
        &mut self,
        here: Here<'_>,
        (name, position): (u32, u32),
        pipe: Option<PipeId>,
    ) -> Result<Flow, Error> {
        let Value::String(name) = here.source.constant(name) else { return Ok(Flow::Next) };
        let Some(template) = self.lookup(&name) else {
            return Err(self.error(format!("template {} not defined", quote(name.as_bytes()))));
        };
        if self.depth >= DEPTH {
            return Err(self.error(format!("exceeded maximum template depth ({DEPTH})")));
        }
        let data = match pipe {
            Some(pipe) => self.pipeline(here, pipe)?,
            None => Slot::Invalid,
        };
        let position = position as usize;
        let source = &self.template.source;
        let outer = self.recorder.as_mut().and_then(|it| it.call(source, position));
        self.depth += 1;
        let result = self.enter(template, &data);
        self.depth -= 1;
        if let Some(recorder) = &mut self.recorder {
            recorder.leave(outer);
        }
        result.map_err(|error| error.called_from(here.source.place(position)))?;
        Ok(Flow::Next)
    }

    fn lookup(&self, name: &str) -> Option<Rc<Template>> {
        let in_set = || self.set.template(name);
        match &self.overlay {
            Some(overlay) => overlay.find(name, in_set),
            None => in_set(),
        }
    }

    fn branch(&mut self, here: Here<'_>, branch: &Branch) -> Result<Flow, Error> {
        let mark = self.variables.len();
        let flow = if branch.word == Word::Range {
            self.range(here, branch)
        } else {
            self.choose(here, branch)
        };
        self.variables.truncate(mark);
        flow
    }

    /// Runs `if` and `with`.
    fn choose(&mut self, here: Here<'_>, branch: &Branch) -> Result<Flow, Error> {
        let value = self.pipeline(here, branch.pipe)?;
        if value.value().is_true() {
            let dot = if branch.word == Word::With { &value } else { here.dot };
            return self.walk(Here { dot, ..here }, branch.body);
        }
        branch.otherwise.map_or(Ok(Flow::Next), |otherwise| self.walk(here, otherwise))
    }

    fn range(&mut self, here: Here<'_>, branch: &Branch) -> Result<Flow, Error> {
        let value = self.pipeline(here, branch.pipe)?;
        let loop_ = Loop {
            here,
            body: branch.body,
            pipe: here.source.pipe(branch.pipe),
            mark: self.variables.len(),
        };
        let ran = match value.value() {
            // Its error shows what it is itself.
            Value::Object(object) => match object.underlying() {
                Some(Value::Int(..)) if loop_.pipe.variables.len() > 1 => {
                    Err(self.only_one_variable(value.value()))
                }
                Some(Value::Int(end, kind)) => self.iterate(
                    loop_,
                    numbers(end, kind)
                        .map(|number| (Slot::Invalid, Slot::Concrete(object.over(number)))),
                ),
                Some(inner) => self.elements(loop_, &inner),
                None => self.elements(loop_, value.value()),
            },
            value => self.elements(loop_, value),
        }?;
        match branch.otherwise {
            // A break in there ends this range, as in Go, though a continue goes
            // on with the one around it.
            Some(otherwise) if !ran => match self.walk(here, otherwise)? {
                Flow::Continue => Ok(Flow::Continue),
                Flow::Next | Flow::Break => Ok(Flow::Next),
            },
            _ => Ok(Flow::Next),
        }
    }

    fn only_one_variable(&self, value: &Value) -> Error {
        let value = format::shown(value, 'v');
        self.error(format!("can't use {value} to iterate over more than one variable"))
    }

    /// Runs the body for each element; returns whether there were any.
    fn elements(&mut self, loop_: Loop<'_>, value: &Value) -> Result<bool, Error> {
        match value {
            Value::Nil => Ok(false),
            Value::Int(number, kind) => {
                if loop_.pipe.variables.len() > 1 {
                    return Err(self.only_one_variable(value));
                }
                let numbers = numbers(*number, *kind);
                self.iterate(loop_, numbers.map(|number| (Slot::Invalid, Slot::Concrete(number))))
            }
            Value::List(list) => {
                let items = Rc::clone(&list.items);
                let slots = items.iter().map(|item| Slot::element(list.elem, item.clone()));
                self.iterate(loop_, numbered(slots))
            }
            Value::Bytes(bytes) => {
                let kind = Int::Uint8;
                let slots = bytes.iter().map(|byte| Value::Int(i64::from(*byte), kind));
                self.iterate(loop_, numbered(slots.map(Slot::Concrete)))
            }
            Value::Map(map) => {
                // The body may change the map: what it held before counts.
                let entries: Vec<_> = map
                    .entries
                    .borrow()
                    .iter()
                    .map(|(key, item)| (key.clone(), item.clone()))
                    .collect();
                let slots = entries.into_iter().map(|(key, item)| {
                    (Slot::Concrete(Value::String(key)), Slot::element(map.elem, item))
                });
                self.iterate(loop_, slots)
            }
            value => {
                let value = format::shown(value, 'v');
                Err(self.error(format!("range can't iterate over {value}")))
            }
        }
    }

    fn iterate(
        &mut self,
        loop_: Loop<'_>,
        elements: impl Iterator<Item = (Slot, Slot)>,
    ) -> Result<bool, Error> {
        let mut ran = false;
        for (index, element) in elements {
            ran = true;
            self.step()?;
            self.bind(loop_, index, &element)?;
            let flow = self.walk(Here { dot: &element, ..loop_.here }, loop_.body)?;
            self.variables.truncate(loop_.mark);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(ran)
    }

    /// Gives the variables of a range their values for one round.
    fn bind(&mut self, loop_: Loop<'_>, index: Slot, element: &Slot) -> Result<(), Error> {
        let declarations = loop_.here.source.declarations(loop_.pipe.variables);
        match (declarations, loop_.pipe.binding) {
            ([], _) => {}
            ([one], Binding::Assign) => self.assign(loop_.here, one, element.clone())?,
            ([first, second, ..], Binding::Assign) => {
                self.assign(loop_.here, first, index)?;
                self.assign(loop_.here, second, element.clone())?;
            }
            ([_], Binding::Declare) => self.set_top(1, element.clone()),
            ([_, _, ..], Binding::Declare) => {
                self.set_top(1, element.clone());
                self.set_top(2, index);
            }
        }
        Ok(())
    }

    fn set_top(&mut self, depth: usize, value: Slot) {
        let length = self.variables.len();
        if let Some((_, top)) = length.checked_sub(depth).and_then(|at| self.variables.get_mut(at))
        {
            *top = value;
        }
    }
}

/// A range that runs.
#[derive(Clone, Copy)]
struct Loop<'h> {
    here: Here<'h>,
    body: Span,
    pipe: Pipe,
    /// How many variables there are between rounds.
    mark: usize,
}

/// Returns the integers below `end`.
fn numbers(end: i64, kind: Int) -> impl Iterator<Item = Value> {
    let end = if kind.is_unsigned() && end < 0 { i64::MAX } else { end };
    (0..end).map(move |number| Value::Int(number, kind))
}

fn numbered(elements: impl Iterator<Item = Slot>) -> impl Iterator<Item = (Slot, Slot)> {
    (0..).zip(elements).map(|(index, element)| (Slot::Concrete(Value::int(index)), element))
}

impl Machine<'_> {
    /// Runs a template for a function: with an output of its own, and as deep
    /// as from the start.
    fn run_nested(&mut self, template: Rc<Template>, data: Value) -> Result<Value, Fault> {
        if self.runs >= RUNS {
            return Err(Fault::new(format!("exceeded maximum template depth ({RUNS})")));
        }
        let out = std::mem::take(&mut self.out);
        let depth = std::mem::replace(&mut self.depth, 0);
        let inner = self.recorder.as_ref().map(|recorder| Box::new(recorder.inner()));
        let outer = std::mem::replace(&mut self.recorder, inner);
        self.runs += 1;
        let result = self.enter(template, &Slot::of(data));
        self.runs -= 1;
        self.depth = depth;
        let written = std::mem::replace(&mut self.out, out);
        let inner = std::mem::replace(&mut self.recorder, outer);
        result?;
        self.set.meter.text(written.len())?;
        if let (Some(recorder), Some(inner)) = (&mut self.recorder, inner) {
            recorder.ran(inner.into_trace(written.clone()));
        }
        Ok(Value::string_of_bytes(written))
    }
}

impl Call for Machine<'_> {
    fn run(&mut self, name: &str, data: Value) -> Option<Result<Value, Fault>> {
        let template = self.lookup(name)?;
        Some(self.run_nested(template, data))
    }

    fn run_text(
        &mut self,
        name: &str,
        text: &str,
        data: Value,
    ) -> Result<Result<Value, Fault>, Fault> {
        let parsed = self.set.parse_text(name, text)?;
        let Some(template) = parsed.last().map(Rc::clone) else {
            return Ok(Ok(Value::string("")));
        };
        let outer = self.overlay.clone();
        self.overlay = Some(Rc::new(Overlay { templates: parsed, outer: outer.clone() }));
        let result = self.run_nested(template, data);
        self.overlay = outer;
        Ok(result)
    }

    fn place(&self) -> (Rc<str>, usize) {
        (Rc::clone(&self.template.name), self.template.source.position(self.node))
    }
}
