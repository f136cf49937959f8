//! Templates by name, and the functions and options that they share.

use std::{cell::RefCell, collections::HashMap, fmt, rc::Rc};

use crate::{
    Error, Function, Functions, Kind, Trace, Value,
    builtin::Builtin,
    error::Parts,
    limits::{Limits, Meter},
    machine,
    node::{Callee, Template},
    parser::{Names, parse},
    quote::quote,
    value::Str,
};

/// What a map answers for a key that it does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingKey {
    /// No value (`missingkey=default`): prints as `<no value>`, and its fields
    /// have no value either.
    #[default]
    Default,
    /// The zero of the map's element type (`missingkey=zero`): for
    /// `interface {}` that is nil, and a field of nil is an error.
    Zero,
    /// An error (`missingkey=error`).
    Error,
}

/// How templates run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What a map answers for a key that it does not have.
    pub missing_key: MissingKey,
    /// What all runs of the set may use together.
    pub limits: Limits,
}

/// A set of templates that can call each other by name.
pub struct TemplateSet {
    functions: Vec<Function>,
    numbers: HashMap<&'static str, u32>,
    options: Options,
    templates: HashMap<Str, Rc<Template>>,
    texts: RefCell<HashMap<Text, Parsed>>,
    pub(crate) meter: Meter,
}

/// A name and a text that was parsed under it.
type Text = (Str, Str);

/// The templates of a text, the one of the whole text last.
pub(crate) type Parsed = Rc<[Rc<Template>]>;

/// The templates of a text that runs outside the set, seen before those of the
/// set and of the text that runs it.
#[derive(Debug)]
pub(crate) struct Overlay {
    pub(crate) templates: Parsed,
    pub(crate) outer: Option<Rc<Self>>,
}

impl TemplateSet {
    /// Returns an empty set, whose templates may call `functions` and Go's own.
    pub fn new(functions: Functions, options: Options) -> Self {
        let mut numbers = HashMap::new();
        let mut table = Vec::new();
        for (name, function) in functions {
            numbers.insert(name, u32::try_from(table.len()).unwrap_or(u32::MAX));
            table.push(function);
        }
        Self {
            functions: table,
            numbers,
            options,
            templates: HashMap::new(),
            texts: RefCell::default(),
            meter: Meter::new(options.limits),
        }
    }

    /// Parses `text` as the template called `name`, and adds it and what it
    /// defines.
    ///
    /// A later definition replaces an earlier one unless it is empty (only
    /// white space and comments), as in Go.
    ///
    /// # Errors
    ///
    /// Returns Go's parse error; the set is as it was then.
    pub fn parse(&mut self, name: &str, text: &str) -> Result<(), Error> {
        for template in parse(name, text, self)? {
            if !template.empty || !self.templates.contains_key(&template.name) {
                self.templates.insert(template.name.clone(), Rc::new(template));
            }
        }
        Ok(())
    }

    /// Returns the names of all templates, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.templates.keys().map(|name| &**name)
    }

    /// Returns the names of all functions that templates may call, in no order.
    pub fn functions(&self) -> impl Iterator<Item = &'static str> {
        self.numbers.keys().copied().chain(Builtin::names())
    }

    /// Returns whether there is a template called `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.templates.contains_key(name)
    }

    /// Runs the template called `name` over `data` and returns its output, in
    /// which bytes that are not UTF-8 are replaced by U+FFFD.
    ///
    /// # Errors
    ///
    /// Returns Go's error text; what had been written until then is lost.
    pub fn run(&self, name: &str, data: &Value) -> Result<String, Error> {
        let bytes = self.run_bytes(name, data)?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Runs the template called `name` over `data` and returns its output as
    /// it is: templates can write any bytes.
    ///
    /// # Errors
    ///
    /// As [`TemplateSet::run`].
    pub fn run_bytes(&self, name: &str, data: &Value) -> Result<Vec<u8>, Error> {
        let template = self.templates.get(name).ok_or_else(|| missing(name))?;
        machine::run(self, template, data)
    }

    /// Runs as [`TemplateSet::run_bytes`] does, and keeps which place in which
    /// template wrote each piece of the output: for finding out, not for speed.
    ///
    /// # Errors
    ///
    /// As [`TemplateSet::run`].
    pub fn run_traced(&self, name: &str, data: &Value) -> Result<Trace, Error> {
        let template = self.templates.get(name).ok_or_else(|| missing(name))?;
        machine::run_traced(self, template, data)
    }

    pub(crate) fn template(&self, name: &str) -> Option<Rc<Template>> {
        self.templates.get(name).map(Rc::clone)
    }

    pub(crate) fn function(&self, number: u32) -> Option<&Function> {
        self.functions.get(number as usize)
    }

    pub(crate) fn options(&self) -> Options {
        self.options
    }

    /// Parses a text that will not be part of the set, or finds it among those
    /// that were parsed before.
    pub(crate) fn parse_text(&self, name: &str, text: &str) -> Result<Parsed, Error> {
        let key = (Str::from(name), Str::from(text));
        if let Some(parsed) = self.texts.borrow().get(&key) {
            return Ok(Rc::clone(parsed));
        }
        let parsed: Parsed = parse(name, text, self)?.into_iter().map(Rc::new).collect();
        self.texts.borrow_mut().insert(key, Rc::clone(&parsed));
        Ok(parsed)
    }
}

impl Names for TemplateSet {
    fn find(&self, name: &str) -> Option<Callee> {
        let host = self.numbers.get(name).map(|number| Callee::Host(*number));
        host.or_else(|| Builtin::named(name).map(Callee::Builtin))
    }
}

impl fmt::Debug for TemplateSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.templates.keys().collect();
        names.sort();
        formatter.debug_struct("TemplateSet").field("templates", &names).finish_non_exhaustive()
    }
}

impl Overlay {
    /// Returns the template called `name`: the innermost that is not empty,
    /// else the outermost.
    pub(crate) fn find(
        &self,
        name: &str,
        in_set: impl FnOnce() -> Option<Rc<Template>>,
    ) -> Option<Rc<Template>> {
        let mut empty = None;
        let mut overlay = Some(self);
        while let Some(current) = overlay {
            match current.templates.iter().find(|template| *template.name == *name) {
                Some(template) if template.empty => empty = Some(Rc::clone(template)),
                Some(template) => return Some(Rc::clone(template)),
                None => {}
            }
            overlay = current.outer.as_deref();
        }
        in_set().or(empty)
    }
}

fn missing(name: &str) -> Error {
    let detail = format!("no template {}", quote(name.as_bytes()));
    Error::new(Parts {
        kind: Kind::Missing,
        message: format!("template: {detail} associated with template \"\""),
        detail,
        place: None,
        template: name.to_owned(),
        node: String::new(),
        fault: None,
        callers: Vec::new(),
    })
}
