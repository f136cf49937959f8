//! Places in templates as they are shown: the lines of the innermost, and how it came there.

use rutter_gotmpl::{Error, Kind, Place, Value};

use super::{
    context::{Template, Templates},
    failure::About,
};
use crate::{Excerpt, excerpt, excerpt::Span, nearest::nearest, values::path::table};

/// Returns the lines at the innermost place of `chain` (outermost first) that is in a file: not
/// those of a text that `tpl` was given, which come from values and may be secret.
pub(super) fn of_error(error: &Error, chain: &[Place], about: About<'_>) -> Option<Excerpt> {
    let span = |text: &str, at: usize| missing_field(error, text, excerpt::word(text, at));
    let mut shown = shown(chain, about.templates, span)?.labelled(label(error));
    if error.kind() == Kind::Parse
        && let Some(began) = chain.last().and_then(|place| began(place, about.templates))
    {
        shown = shown.noted(format!("the action begins in line {began} and is not closed there"));
    }
    if let Some(name) = meant(error, chain.last(), about) {
        shown = shown.noted(format!("did you mean `{name}`?"));
    }
    Some(shown)
}

/// Narrows the place of a chain of fields to the one that nothing has.
fn missing_field(error: &Error, text: &str, word: Span) -> Span {
    let find = || {
        let detail = error.detail();
        let of_nil = detail.strip_prefix("nil pointer evaluating ");
        let field = match of_nil.and_then(|rest| rest.rsplit_once('.')) {
            Some((_, field)) => field,
            None => detail.strip_prefix("can't evaluate field ")?.split_once(' ')?.0,
        };
        let field = format!(".{field}");
        let inner = text.get(word.clone())?;
        let is_whole = |at: &usize| {
            inner
                .get(at + field.len()..)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let at = inner.match_indices(&field).map(|(at, _)| at).find(is_whole)?;
        Some(word.start + at..word.start + at + field.len())
    };
    find().unwrap_or(word)
}

/// What is said beside the mark: the template's own words, and none that may quote a value.
fn label(error: &Error) -> &str {
    const OWN: [&str; 4] =
        ["nil pointer evaluating ", "template \"", "wrong number of args", "map has no"];
    let detail = error.detail();
    let is_own = error.fault().is_none() && OWN.iter().any(|start| detail.starts_with(start));
    if error.kind() == Kind::Parse || is_own { detail } else { "" }
}

/// Returns the line, from one, in which the action around a place begins, if that is another.
fn began(place: &Place, templates: &Templates) -> Option<usize> {
    let text = templates.get(&place.name)?.file.text();
    let before = text.get(..place.offset?)?;
    let start = before.rfind("{{").filter(|start| before.rfind("}}") < Some(*start))?;
    let line = before.get(..start)?.matches('\n').count() + 1;
    (line < place.line).then_some(line)
}

/// Returns the lines at the innermost place that is in a file, and notes how it came there.
pub(super) fn shown(
    chain: &[Place],
    templates: &Templates,
    span: impl Fn(&str, usize) -> Span,
) -> Option<Excerpt> {
    let in_file = |place: &Place| templates.get(&place.name).map(|it| it.file.text());
    let known = chain.iter().rposition(|place| in_file(place).is_some())?;
    let place = chain.get(known)?;
    let text = in_file(place)?;
    let at = place.offset.unwrap_or_default();
    let excerpt = Excerpt::new(&place.name, &text, &span(&text, at));
    let within = readable(chain.get(known + 1..).unwrap_or_default().iter(), |place| {
        format!("in line {} of the text that `tpl` runs here", place.line)
    });
    let around = readable(chain.get(..known).unwrap_or_default().iter().rev(), |outer| {
        let Some(text) = in_file(outer) else {
            return format!("included from line {} of a text that `tpl` runs", outer.line);
        };
        let at = outer.offset.unwrap_or_default();
        format!("included from {}", Excerpt::new(&outer.name, &text, &(at..at)).title())
    });
    Some(within.into_iter().chain(around).fold(excerpt, Excerpt::noted))
}

/// Returns a note for each place but those in the middle of a chain that nobody would read: that of
/// a template that goes round in circles has a hundred thousand.
fn readable<'p>(
    places: impl ExactSizeIterator<Item = &'p Place> + Clone,
    note: impl Fn(&Place) -> String,
) -> Vec<String> {
    const FIRST: usize = 8;
    const LAST: usize = 4;
    let between = places.len().saturating_sub(FIRST + LAST);
    let left_out = (between > 0).then(|| format!("… {between} more places …"));
    let first = places.clone().take(FIRST).map(&note);
    first.chain(left_out).chain(places.skip(FIRST + between).map(&note)).collect()
}

/// Returns the name that was probably meant by one that is not known.
fn meant(error: &Error, place: Option<&Place>, about: About<'_>) -> Option<String> {
    let detail = error.detail();
    if error.kind() == Kind::Parse {
        let name = detail.strip_prefix("function \"")?.strip_suffix("\" not defined")?;
        return nearest(name, about.set.functions());
    }
    let missing = |start: &str, end: &str| {
        let (_, rest) = detail.split_once(start)?;
        rest.split_once(end).map(|(name, _)| name)
    };
    let template = missing("template \"", "\" not defined")
        .or_else(|| missing("no template \"", "\" associated"));
    if let Some(name) = template {
        let defined = about.set.names().filter(|name| !about.templates.contains_key(*name));
        return nearest(name, defined);
    }
    if !detail.starts_with("nil pointer evaluating") {
        return None;
    }
    let template = about.templates.get(&place?.name)?;
    let path = error.node().trim_start_matches('$').strip_prefix(".Values.")?;
    value(template, path).map(|path| format!(".Values.{path}"))
}

/// Returns the path of values of which the first part that is not set was probably meant.
fn value(template: &Template, path: &str) -> Option<String> {
    let values = template.scope.entries.borrow().get("Values").cloned()?;
    let Value::Object(values) = values else { return None };
    let Some(Value::Map(mut map)) = values.underlying() else { return None };
    let mut known = String::new();
    for part in path.split('.') {
        if let Some(inner) = table(&map, part) {
            map = inner;
            known = format!("{known}{part}.");
            continue;
        }
        let keys: Vec<String> = map.entries.borrow().keys().map(ToString::to_string).collect();
        return nearest(part, keys.iter().map(String::as_str)).map(|name| known + &name);
    }
    None
}
