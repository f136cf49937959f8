//! Which line of which template made a line that is no YAML.
//!
//! The chart is rendered once more with who writes what kept; nothing of it is paid for as long as
//! all goes well. What a template made is shown only where it cannot be a Secret.

use std::rc::Rc;

use rutter_gotmpl::{Place, Trace};

use super::{
    Request,
    context::{self, Templates},
    named::Named,
    places,
};
use crate::{Error, Excerpt, ManifestError, excerpt, functions::FunctionContext, yaml};

/// Adds to an error about what a template made (its output is `made`) the lines that it is about.
pub(super) fn explain(
    error: &mut ManifestError,
    made: &str,
    (request, functions): (&Request<'_>, &Rc<FunctionContext>),
) {
    let Some(at) = error.at.or(error.shape) else { return };
    let offset = excerpt::offset(made, at);
    let line = made.get(..offset).unwrap_or_default().matches('\n').count() + 1;
    if let Some((chain, templates)) = chain(error, (made, offset), (request, functions)) {
        let label = format!("wrote line {line} of the output");
        let shown = places::shown(&chain, &templates, |text, at| {
            if is_in_action(text, at) { excerpt::action(text, at) } else { excerpt::word(text, at) }
        });
        error.excerpts.extend(shown.map(|shown| shown.labelled(&label)));
    }
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

/// Returns the places that led to a byte of what the template made, outermost first.
fn chain(
    error: &ManifestError,
    (made, offset): (&str, usize),
    (request, functions): (&Request<'_>, &Rc<FunctionContext>),
) -> Option<(Vec<Place>, Templates)> {
    functions.rewind();
    let (chart, values) = super::prepared(request, &mut Vec::new()).ok()?;
    let templates = context::templates(&chart, &values, &request.release, request.capabilities);
    let trace = trace(&templates, functions, &error.file).ok()??;
    let written = std::str::from_utf8(trace.output()).ok()?;
    let chain = trace.origin(unshortened(written, made, offset)?);
    (!chain.is_empty()).then_some((chain, templates))
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
    fn what_may_be_a_secret_is_known_by_its_document() {
        let made = "kind: ConfigMap\na: b\n---\nkind: Secret\nb: c\n---\nno: kind\n---\nkind: List\n\
                    ---\nkind: \"Service\"\nx: y\n---\nkind: SealedSecret\n";
        let shown: Vec<usize> = (1..=13).filter(|line| !is_secret(made, *line)).collect();
        assert_eq!(shown, [1, 2, 3, 11, 12, 13]);
    }
}
