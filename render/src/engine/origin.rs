//! Which line of which template made a line that is no YAML.
//!
//! The chart is rendered once more with who writes what kept; nothing of it is paid for as long as
//! all goes well. What a template made is shown only where it cannot be a Secret.

use std::rc::Rc;

use rutter_gotmpl::Trace;

use super::{
    Request,
    context::{self, Templates},
    named::Named,
    places,
};
use crate::{
    Error, Excerpt, ManifestError,
    excerpt::{self, Span},
    functions::FunctionContext,
    yaml,
};

/// Adds to an error about what a template made (its output is `made`) the lines that it is about.
pub(super) fn explain(
    error: &mut ManifestError,
    made: &str,
    (request, functions): (&Request<'_>, &Rc<FunctionContext>),
) {
    let Some(at) = error.at.or(error.shape) else { return };
    let offset = excerpt::offset(made, at);
    let line = made.get(..offset).unwrap_or_default().matches('\n').count() + 1;
    error.excerpts.extend(template(error, (made, offset), (request, functions)));
    let made_by = format!("{} (its output)", error.file);
    if is_secret(made, line) {
        if let Some(excerpt) = error.excerpts.pop() {
            let note = "what it wrote is not shown: it may be part of a Secret";
            error.excerpts.push(excerpt.noted(note));
        }
        return;
    }
    let label = error.reason.rsplit(": ").next().unwrap_or_default();
    let label = if error.at.is_some() { label } else { "" };
    let shown = Excerpt::new(&made_by, made, &(offset..offset + 1));
    error.excerpts.push(shown.labelled(label));
}

/// Returns the lines of the template that wrote a byte of what was made.
fn template(
    error: &ManifestError,
    (made, offset): (&str, usize),
    (request, functions): (&Request<'_>, &Rc<FunctionContext>),
) -> Option<Excerpt> {
    let (chart, values) = super::prepared(request, &mut Vec::new()).ok()?;
    let templates = context::templates(&chart, &values, &request.release, request.capabilities);
    let line = made.get(..offset)?.matches('\n').count() + 1;
    let own = templates.get(&error.file)?;
    if !own.engine.is_empty() {
        let text = own.file.text();
        let span = likely(&text, made.split('\n').nth(line - 1)?)?;
        let label = format!("probably wrote line {line} of the output");
        return Some(Excerpt::new(&error.file, &text, &span).labelled(&label));
    }
    functions.rewind();
    let trace = trace(&templates, functions, &error.file).ok()??;
    let written = std::str::from_utf8(trace.output()).ok()?;
    let chain = trace.origin(unshortened(written, made, offset)?);
    let shown = places::shown(&chain, &templates, |text, at| {
        if is_in_action(text, at) { excerpt::action(text, at) } else { excerpt::word(text, at) }
    })?;
    Some(shown.labelled(&format!("wrote line {line} of the output")))
}

/// Returns the only line of a template that can have written a line, by what stands in it before
/// the first action: Tera does not tell who wrote what.
fn likely(template: &str, line: &str) -> Option<Span> {
    let mut start = 0;
    let mut found = Vec::new();
    for candidate in template.split_inclusive('\n') {
        let text = candidate.trim();
        let fits = match text.split_once('{') {
            None => !text.is_empty() && text == line.trim(),
            Some((before, _)) => !before.is_empty() && line.trim_start().starts_with(before),
        };
        if fits {
            let at = start + (candidate.len() - candidate.trim_start().len());
            found.push(at..at + text.len());
        }
        start += candidate.len();
    }
    let [only] = found.as_slice() else { return None };
    Some(only.clone())
}

/// Runs the templates up to `file`, which it traces.
fn trace(
    templates: &Templates,
    functions: &Rc<FunctionContext>,
    file: &str,
) -> Result<Option<Trace>, Error> {
    let parsed = super::parsed(templates, functions)?;
    for name in parsed.order {
        let Some((template, scope)) = super::scope(templates, name) else { continue };
        if !template.engine.is_empty() {
            continue; // only Go's templates tell who wrote what, and change what others see
        }
        let scope = Named::values(scope);
        if name == file {
            return Ok(parsed.go.run_traced(name, &scope).ok());
        }
        if parsed.go.run(name, &scope).is_err() {
            break;
        }
    }
    Ok(None)
}

/// Returns the byte of `written` that is at `offset` of `made`, from which each `<no value>` has
/// been taken; nothing if the two do not belong together.
fn unshortened(written: &str, made: &str, offset: usize) -> Option<usize> {
    const NOTHING: &str = "<no value>";
    if written.replace(NOTHING, "") != made {
        return None;
    }
    let taken = written.match_indices(NOTHING).enumerate();
    let before = taken.take_while(|(number, (at, _))| at - number * NOTHING.len() <= offset);
    Some(offset + before.count() * NOTHING.len())
}

fn is_in_action(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.rfind("{{") > before.rfind("}}")
}

/// Whether the document in which a line stands may be a Secret: it says so, it is a list of
/// anything, or nobody knows what it is.
fn is_secret(made: &str, line: usize) -> bool {
    let document =
        yaml::split(made).into_iter().take_while(|document| document.line <= line).last();
    let Some(document) = document else { return true };
    let mut kinds = document.text.lines().filter_map(|line| line.strip_prefix("kind:"));
    let Some(kind) = kinds.next() else { return true };
    let kind = kind.trim().trim_matches(['"', '\'']).to_lowercase();
    let is_word = !kind.is_empty() && kind.chars().all(char::is_alphanumeric);
    !is_word || kind == "list" || kind.contains("secret") || kinds.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_of_an_output_is_counted() {
        let written = "a: <no value>b\n<no value>c";
        let made = "a: b\nc";
        let found = |part: &str| unshortened(written, made, made.find(part)?);
        assert_eq!(found("a"), Some(0));
        assert_eq!(found("b"), written.find('b'));
        assert_eq!(found("c"), written.rfind('c'));
        assert_eq!(unshortened("other", made, 0), None);
    }

    #[test]
    fn a_line_is_likely_to_be_from_the_only_one_that_begins_so() {
        let template = "a: {{ x }}\nb:\n  c: {{ y }}\n  {{ z }}\n";
        let likely = |line| likely(template, line).map(|span| &template[span]);
        assert_eq!(likely("a: b: c"), Some("a: {{ x }}"));
        assert_eq!(likely("  c: 1"), Some("c: {{ y }}"));
        assert_eq!(likely("b:"), Some("b:"));
        assert_eq!(likely("  d: 1"), None);
    }

    #[test]
    fn what_may_be_a_secret_is_known_by_its_document() {
        let made = "kind: ConfigMap\na: b\n---\nkind: Secret\nb: c\n---\nno: kind\n---\nkind: List\n\
                    ---\nkind: \"Service\"\nx: y\n---\nkind: SealedSecret\n";
        let shown: Vec<usize> = (1..=13).filter(|line| !is_secret(made, *line)).collect();
        assert_eq!(shown, [1, 2, 3, 11, 12, 13]);
    }
}
