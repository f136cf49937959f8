//! Which place in which template wrote which piece of an output.
//!
//! What a function makes of the output of a template that it ran (`include`
//! and an indent after it, say) is found again by its lines, white space aside.

use std::{cell::Cell, ops::Range, rc::Rc};

use crate::{Place, node::Source};

/// How much a run may keep, in bytes or thereabouts: a hostile template writes
/// without end, and what is kept is only for finding out.
const BUDGET: usize = 64 << 20;

/// What a piece, a call or a run costs beside the bytes of an output.
const COST: usize = 64;

/// How deep runs are kept within each other.
const DEPTH: usize = 1000;

/// An output, and who wrote it.
#[derive(Debug, Default)]
pub struct Trace {
    output: Vec<u8>,
    pieces: Vec<Piece>,
    calls: Vec<Call>,
    runs: Vec<Self>,
    /// How deep runs lie within it.
    height: usize,
}

/// A piece of an output: from the end of the one before it to its own.
#[derive(Debug)]
struct Piece {
    end: usize,
    source: Rc<Source>,
    at: usize,
    /// The call that it was written in.
    call: Option<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A text of the template, which stands there as it was written.
    Text,
    /// The value of an action, in which these runs took place.
    Value(Range<usize>),
}

/// A `{{template}}` action.
#[derive(Debug)]
struct Call {
    source: Rc<Source>,
    at: usize,
    outer: Option<usize>,
}

/// Keeps who writes what while a template runs.
#[derive(Debug)]
pub(crate) struct Recorder {
    pieces: Vec<Piece>,
    calls: Vec<Call>,
    call: Option<usize>,
    runs: Vec<Trace>,
    height: usize,
    /// What may still be kept, by this run and those within it.
    budget: Rc<Cell<usize>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::within(Rc::new(Cell::new(BUDGET)))
    }
}

impl Recorder {
    fn within(budget: Rc<Cell<usize>>) -> Self {
        Self {
            pieces: Vec::new(),
            calls: Vec::new(),
            call: None,
            runs: Vec::new(),
            height: 0,
            budget,
        }
    }

    /// Returns a recorder for a run within this one.
    pub(crate) fn inner(&self) -> Self {
        Self::within(Rc::clone(&self.budget))
    }

    /// Returns how many runs there have been within this one.
    pub(crate) fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Notes that a text was written, which ends at `end` of the output.
    pub(crate) fn text(&mut self, end: usize, source: &Rc<Source>, at: usize) {
        self.piece(end, (source, at), Kind::Text);
    }

    /// Notes that the value of an action was written; `before` runs took place before it.
    pub(crate) fn value(&mut self, end: usize, source: &Rc<Source>, (at, before): (usize, usize)) {
        self.piece(end, (source, at), Kind::Value(before..self.runs.len()));
    }

    fn piece(&mut self, end: usize, (source, at): (&Rc<Source>, usize), kind: Kind) {
        if self.affords(0) {
            let source = Rc::clone(source);
            self.pieces.push(Piece { end, source, at, call: self.call, kind });
        }
    }

    /// Notes that another template is called from here; returns what [`Recorder::leave`] wants.
    pub(crate) fn call(&mut self, source: &Rc<Source>, at: usize) -> Option<usize> {
        let outer = self.call;
        if self.affords(0) {
            self.calls.push(Call { source: Rc::clone(source), at, outer });
            self.call = Some(self.calls.len() - 1);
        }
        outer
    }

    /// Notes that the template that was called is at its end.
    pub(crate) fn leave(&mut self, outer: Option<usize>) {
        self.call = outer;
    }

    /// Keeps what a function has run.
    pub(crate) fn ran(&mut self, trace: Trace) {
        if trace.height < DEPTH && self.affords(trace.output.len()) {
            self.height = self.height.max(trace.height + 1);
            self.runs.push(trace);
        }
    }

    fn affords(&self, bytes: usize) -> bool {
        let left = self.budget.get().checked_sub(COST + bytes);
        self.budget.set(left.unwrap_or_default());
        left.is_some()
    }

    pub(crate) fn into_trace(self, output: Vec<u8>) -> Trace {
        let Self { pieces, calls, runs, height, .. } = self;
        Trace { output, pieces, calls, runs, height }
    }
}

impl Trace {
    /// Returns what was written.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Returns the places that led to the byte at `offset` of the output, outermost first: the
    /// last wrote it, those before called its template. A byte of a text is at its very place, a
    /// byte of a value at that of its action. None, if nobody knows.
    pub fn origin(&self, offset: usize) -> Vec<Place> {
        let mut places = Vec::new();
        let mut at = Some((self, offset));
        while let Some((trace, offset)) = at {
            at = trace.step(offset, &mut places);
        }
        places
    }

    /// Adds the places of one run; returns where it goes on in a run within.
    fn step(&self, offset: usize, places: &mut Vec<Place>) -> Option<(&Self, usize)> {
        let number = self.pieces.partition_point(|piece| piece.end <= offset);
        let piece = self.pieces.get(number)?;
        let before = number.checked_sub(1).and_then(|number| self.pieces.get(number));
        let start = before.map_or(0, |before| before.end);
        let known = places.len();
        let mut call = piece.call;
        while let Some(Call { source, at, outer }) = call.and_then(|call| self.calls.get(call)) {
            places.insert(known, source.place(*at));
            call = *outer;
        }
        match &piece.kind {
            Kind::Text => {
                places.push(piece.source.place(piece.at + (offset - start)));
                None
            }
            Kind::Value(runs) => {
                places.push(piece.source.place(piece.at));
                self.within(offset, start..piece.end, runs)
            }
        }
    }

    /// Looks for the line at `offset` in what was run for the value at `range`, then in what was
    /// run before (its output may have been in a variable).
    fn within(
        &self,
        offset: usize,
        range: Range<usize>,
        runs: &Range<usize>,
    ) -> Option<(&Self, usize)> {
        let value = self.output.get(range.clone())?;
        let mut lines = Lines { bytes: value, next: 0 };
        let at = offset - range.start;
        let (start, line) = lines.find(|(start, line)| at <= start + line.len())?;
        let wanted = line.trim_ascii();
        let last = wanted.len().checked_sub(1)?;
        let indent = line.len() - line.trim_ascii_start().len();
        let column = at.saturating_sub(start + indent).min(last);
        let passed = value.get(..at)?;
        let whole = Lines { bytes: passed, next: 0 };
        let is_same = |(at, line): &(usize, &[u8])| {
            at + line.len() < passed.len() && line.trim_ascii() == wanted
        };
        let nth = whole.filter(is_same).count();
        let own = self.runs.get(runs.clone()).unwrap_or_default();
        let found = own.iter().find_map(|trace| Some((trace, trace.nth_line(wanted, nth)?)));
        let found = found.or_else(|| {
            let others = self.runs.get(..runs.start).unwrap_or_default();
            others.iter().rev().find_map(|trace| Some((trace, trace.nth_line(wanted, 0)?)))
        });
        found.map(|(trace, start)| (trace, start + column))
    }

    /// Returns where the `nth` line begins that is `wanted`, white space aside; the last of them
    /// if there are fewer.
    fn nth_line(&self, wanted: &[u8], nth: usize) -> Option<usize> {
        let lines = Lines { bytes: &self.output, next: 0 };
        let same = lines.filter(|(_, line)| line.trim_ascii() == wanted);
        let (at, line) = same.take(nth + 1).last()?;
        Some(at + (line.len() - line.trim_ascii_start().len()))
    }
}

/// The lines of a text, each with where it begins.
struct Lines<'b> {
    bytes: &'b [u8],
    next: usize,
}

impl<'b> Iterator for Lines<'b> {
    type Item = (usize, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next;
        let rest = self.bytes.get(start..)?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.next = start + length + 1;
        Some((start, rest.get(..length)?))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Fault, Function, Functions, Options, TemplateSet, Type, Value};

    /// A set with an `include` and an `indent` of two.
    fn set(templates: &[(&str, &str)]) -> TemplateSet {
        let mut functions = Functions::default();
        let include = Function::new(&[Type::String, Type::Any], |call, arguments| {
            let Some(Value::String(name)) = arguments.first() else { unreachable!() };
            let data = arguments.get(1).cloned().unwrap_or_default();
            call.run(name, data).unwrap_or_else(|| Err(Fault::new("none")))
        });
        functions.insert("include", include);
        let indent = Function::new(&[Type::String], |_, arguments| {
            let Some(Value::String(text)) = arguments.first() else { unreachable!() };
            Ok(Value::from(format!("\n{text}").replace('\n', "\n  ")))
        });
        functions.insert("indent", indent);
        let mut set = TemplateSet::new(functions, Options::default());
        for (name, text) in templates {
            set.parse(name, text).unwrap();
        }
        set
    }

    /// The places that lead to `needle` in the output of the template `main`.
    fn origin(templates: &[(&str, &str)], needle: &str) -> String {
        let trace = set(templates).run_traced("main", &Value::from("dot")).unwrap();
        let output = String::from_utf8(trace.output().to_vec()).unwrap();
        let offset = output.find(needle).unwrap();
        let places = trace.origin(offset);
        places.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_text_is_at_its_place_and_a_value_at_its_action() {
        let templates = [("main", "a: 1\nb: {{ . }} c\nd: {{ . }}\n")];
        assert_eq!(origin(&templates, " c"), "main:2:10");
        assert_eq!(origin(&templates, "ot c"), "main:2:6");
        assert_eq!(origin(&templates, "d:"), "main:3:0");
    }

    #[test]
    fn what_a_template_wrote_for_a_function_is_found_behind_its_indent() {
        let helpers = "{{ define \"in\" }}x: 1\ny: {{ . }}\nx: 1{{ end }}";
        let main = "a:\n{{- include \"in\" . | indent }}\nb: 2\n";
        let templates = [("helpers", helpers), ("main", main)];
        assert_eq!(origin(&templates, "y"), "main:2:4 helpers:2:0");
        assert_eq!(origin(&templates, ": dot"), "main:2:4 helpers:2:1");
        assert_eq!(origin(&templates, "x: 1\nb"), "main:2:4 helpers:3:0");
        assert_eq!(origin(&templates, "b: 2"), "main:3:0");
        // Through a variable, too.
        let main = "{{ $in := include \"in\" . }}a:\n{{- $in | indent }}\n";
        let templates = [("helpers", helpers), ("main", main)];
        assert_eq!(origin(&templates, "y"), "main:2:4 helpers:2:0");
    }

    #[test]
    fn templates_that_call_each_other_are_a_chain() {
        let helpers = "{{ define \"one\" }}[{{ template \"two\" . }}]{{ end }}\
                       {{ define \"two\" }}{{ range $i := 3 }}deep{{ end }}{{ end }}";
        let templates = [("helpers", helpers), ("main", "\n{{ template \"one\" . }} after")];
        assert_eq!(origin(&templates, "deep"), "main:2:12 helpers:1:31 helpers:1:88");
        assert_eq!(origin(&templates, " after"), "main:2:22");
    }

    #[test]
    fn an_error_knows_by_which_template_actions_it_was_reached() {
        let helpers = "{{ define \"one\" }}{{ .a.b }}{{ end }}";
        let set = set(&[("helpers", helpers), ("main", "\n{{ template \"one\" . }}")]);
        let error = set.run("main", &Value::from("dot")).unwrap_err();
        let callers: Vec<String> = error.callers().iter().map(ToString::to_string).collect();
        assert_eq!(callers, ["main:2:12"]);
        assert_eq!(error.place().unwrap().to_string(), "helpers:1:23");
    }
}
