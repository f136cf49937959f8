//! Charts that say `engine: tera` in Chart.yaml: templates in Tera's language over the same
//! objects, with the same functions.
//!
//! A set holds the templates of one chart, and the partials of the library charts below it. It
//! reads no files. What is random or looked up comes from the tape that Go's templates use.

mod bridge;
mod budget;
mod names;
mod own;
mod refusal;
mod scope;
mod value;

use std::{cell::OnceCell, collections::BTreeMap, io, rc::Rc};

use ::tera::{Context, Tera};
use rutter_gotmpl::Map;

use crate::{Error, functions::FunctionContext};

/// How many templates a chart may have: they may include each other, each in the one before.
const MAX_TEMPLATES: usize = 500;

/// How many bytes a template may write.
const MAX_OUTPUT: usize = 64 << 20;

/// What the deepest chain of includes and components needs of a stack, in bytes.
const STACK: usize = 128 << 20;

/// The templates of a chart.
pub(crate) struct Set {
    engine: Tera,
    texts: BTreeMap<String, String>,
    library: Rc<bridge::Library>,
    context: OnceCell<Context>,
}

impl Set {
    /// Parses templates, by their full names. Those under `base` are the chart's own and call each
    /// other by what follows; those under `lent` (the libraries') likewise.
    ///
    /// # Errors
    ///
    /// What Tera says of a template that it cannot read, and too many of them.
    pub(crate) fn new(
        texts: BTreeMap<String, String>,
        (base, lent): (&str, &[String]),
        functions: &Rc<FunctionContext>,
    ) -> Result<Self, Error> {
        let mut engine = Tera::default();
        engine.autoescape_on(Vec::<&str>::new());
        names::register(&mut engine);
        let prefixes = std::iter::once(base).chain(lent.iter().map(String::as_str));
        let prefixes: Vec<String> = prefixes.map(|prefix| format!("{prefix}/")).collect();
        let count = texts.len();
        let parsed = stacker::grow(STACK, || {
            engine.set_fallback_prefixes(prefixes)?;
            if count > MAX_TEMPLATES {
                let text = format!("more than {MAX_TEMPLATES} templates");
                return Err(::tera::Error::message(text));
            }
            engine.add_raw_templates(texts.iter())
        });
        parsed.map_err(|error| refusal::parse(base, &error, &texts))?;
        let library = Rc::new(bridge::Library::new(functions));
        Ok(Self { engine, texts, library, context: OnceCell::new() })
    }

    /// Runs a template over what Go's templates see as their scope.
    ///
    /// # Errors
    ///
    /// What Tera says, and an output that is too long.
    pub(crate) fn run(&self, name: &str, scope: &Map) -> Result<String, Error> {
        if scope::is_deep(scope) {
            return Err(refusal::plain(name, "the values are nested too deep"));
        }
        let mut context = self.context.get_or_init(|| scope::context(scope)).clone();
        context.insert_value("template", scope::template(scope));
        let budget = self.library.budget();
        let mut output = Output { text: Vec::new(), budget };
        let running = bridge::run(name, Rc::clone(&self.library), scope);
        let result = stacker::grow(STACK, || self.engine.render_to(name, &context, &mut output));
        drop(running);
        match result {
            Ok(()) => Ok(String::from_utf8_lossy(&output.text).into_owned()),
            Err(error) => Err(refusal::run(name, &error, (&self.texts, budget.refusal()))),
        }
    }
}

/// An output of limited length.
struct Output<'a> {
    text: Vec<u8>,
    budget: &'a budget::Budget,
}

impl io::Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let counted = self.budget.steps(1).and_then(|()| self.budget.text(bytes.len()));
        counted.map_err(|_| io::ErrorKind::QuotaExceeded)?;
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
