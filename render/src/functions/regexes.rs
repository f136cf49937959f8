//! Regular expressions: Go's syntax and templates on the `regex` crate, which
//! is the same engine (RE2) with other words.

use std::{cell::RefCell, collections::HashMap};

use regex::bytes::{Captures, Regex, RegexBuilder};
use rutter_gotmpl::{Elem, Fault, Functions, LONGEST_TEXT, List, Value};

use super::{
    regex_syntax,
    signature::{Define, Text},
    strings::string_list,
};

pub(super) fn add(functions: &mut Functions) {
    functions.two("regexMatch", |pattern: Text, text: Text| {
        compile(&pattern.text()).is_ok_and(|regex| regex.is_match(text.bytes()))
    });
    functions.two("mustRegexMatch", |pattern: Text, text: Text| {
        Ok::<_, Fault>(compile(&pattern.text())?.is_match(text.bytes()))
    });
    pair(functions, ["regexFind", "mustRegexFind"], |functions, name, compile| {
        functions.two(name, move |pattern: Text, text: Text| {
            let found =
                compile(&pattern)?.find(text.bytes()).map(|found| found.as_bytes().to_vec());
            Ok::<_, Fault>(found.unwrap_or_default())
        });
    });
    pair(functions, ["regexFindAll", "mustRegexFindAll"], |functions, name, compile| {
        functions.three(name, move |pattern: Text, text: Text, count: i64| {
            Ok::<_, Fault>(find_all(&compile(&pattern)?, text.bytes(), count))
        });
    });
    pair(functions, ["regexReplaceAll", "mustRegexReplaceAll"], |functions, name, compile| {
        functions.three(name, move |pattern: Text, text: Text, template: Text| {
            let regex = compile(&pattern)?;
            Ok::<_, Fault>(replace_all(&regex, text.bytes(), |captures, out| {
                expand(&regex, captures, template.bytes(), out);
            }))
        });
    });
    let literally = ["regexReplaceAllLiteral", "mustRegexReplaceAllLiteral"];
    pair(functions, literally, |functions, name, compile| {
        functions.three(name, move |pattern: Text, text: Text, new: Text| {
            Ok::<_, Fault>(replace_all(&compile(&pattern)?, text.bytes(), |_, out| {
                out.extend(new.bytes());
            }))
        });
    });
    pair(functions, ["regexSplit", "mustRegexSplit"], |functions, name, compile| {
        functions.three(name, move |pattern: Text, text: Text, count: i64| {
            Ok::<_, Fault>(split(&compile(&pattern)?, text.bytes(), count))
        });
    });
    functions.one("regexQuoteMeta", |text: Text| {
        let special = |char: &u8| b"\\.+*?()|[]{}^$".contains(char);
        let quote = |byte: &u8| if special(byte) { vec![b'\\', *byte] } else { vec![*byte] };
        text.bytes().iter().flat_map(quote).collect::<Vec<u8>>()
    });
}

type Compile = fn(&Text) -> Result<Regex, Fault>;

/// Adds a function and its `must` twin, which differ in the words of the error.
fn pair(
    functions: &mut Functions,
    [plain, must]: [&'static str; 2],
    add: impl Fn(&mut Functions, &'static str, Compile),
) {
    add(functions, plain, must_compile);
    add(functions, must, |pattern| compile(&pattern.text()));
}

thread_local! {
    /// Compiled patterns: charts use few, many times over.
    static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
}

/// How many patterns are kept; beyond that all are forgotten.
const MAX_COMPILED: usize = 256;

/// Go's `regexp.Compile`.
///
/// # Errors
///
/// Go's words, which quote what is wrong.
pub(crate) fn compile(pattern: &str) -> Result<Regex, Fault> {
    if let Some(regex) = COMPILED.with_borrow(|known| known.get(pattern).cloned()) {
        return Ok(regex);
    }
    let refused = |message: String| Fault::new(format!("error parsing regexp: {message}"));
    let translated = regex_syntax::translate(pattern).map_err(refused)?;
    let regex = RegexBuilder::new(&translated)
        .size_limit(MAX_SIZE)
        .build()
        .map_err(|_| refused(format!("expression too large: `{pattern}`")))?;
    COMPILED.with_borrow_mut(|known| {
        if known.len() >= MAX_COMPILED {
            known.clear();
        }
        known.insert(pattern.to_owned(), regex.clone());
    });
    Ok(regex)
}

/// The size of a compiled pattern in bytes; Go's limit is of this order.
const MAX_SIZE: usize = 128 << 20;

/// Go's `regexp.MustCompile`, which names the pattern.
fn must_compile(pattern: &Text) -> Result<Regex, Fault> {
    let pattern = pattern.text();
    compile(&pattern).map_err(|fault| {
        let quoted = if pattern.contains('`') {
            rutter_gotmpl::quote(pattern.as_bytes())
        } else {
            format!("`{pattern}`")
        };
        Fault::new(format!("regexp: Compile({quoted}): {}", fault.message))
    })
}

/// All matches as Go counts them: an empty one right after another is none.
fn matches<'t>(regex: &'t Regex, text: &'t [u8]) -> impl Iterator<Item = Captures<'t>> {
    let mut before = None;
    regex.captures_iter(text).filter(move |captures| {
        let (start, end) = captures.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()));
        // Go looks for matches between characters only.
        let is_inside = text.get(start).is_some_and(|byte| byte & 0xc0 == 0x80);
        let counts = start != end || (before != Some(start) && !is_inside);
        before = Some(end);
        counts
    })
}

fn find_all(regex: &Regex, text: &[u8], count: i64) -> Value {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let found: Vec<Vec<u8>> = matches(regex, text)
        .take(count)
        .filter_map(|captures| Some(captures.get(0)?.as_bytes().to_vec()))
        .collect();
    if found.is_empty() {
        return Value::List(List { elem: Elem::String, nil: true, ..List::default() });
    }
    string_list(found)
}

fn replace_all(
    regex: &Regex,
    text: &[u8],
    replacement: impl Fn(&Captures<'_>, &mut Vec<u8>),
) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for captures in matches(regex, text) {
        let Some(whole) = captures.get(0) else { continue };
        out.extend(text.get(copied..whole.start()).unwrap_or_default());
        replacement(&captures, &mut out);
        copied = whole.end();
        if out.len() > LONGEST_TEXT {
            return out; // which is refused
        }
    }
    out.extend(text.get(copied..).unwrap_or_default());
    out
}

/// Go's `Regexp.Expand`: `$name`, `${name}`, `$1`, `$$`; a name is as long as
/// letters, digits and underscores go, and an unknown one is empty.
fn expand(regex: &Regex, captures: &Captures<'_>, template: &[u8], out: &mut Vec<u8>) {
    let mut left = template;
    while let Some(at) = left.iter().position(|byte| *byte == b'$')
        && out.len() <= LONGEST_TEXT
    {
        let (plain, rest) = left.split_at(at);
        out.extend(plain);
        let rest = rest.get(1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix(b"$") {
            out.push(b'$');
            left = after;
            continue;
        }
        let Some((name, after)) = group_name(rest) else {
            out.push(b'$');
            left = rest;
            continue;
        };
        let group = match name.parse::<usize>() {
            Ok(number) if name.bytes().all(|byte| byte.is_ascii_digit()) => captures.get(number),
            _ => {
                let index = regex.capture_names().position(|group| group == Some(name));
                index.and_then(|index| captures.get(index))
            }
        };
        out.extend(group.map_or(b"".as_slice(), |group| group.as_bytes()));
        left = after;
    }
    out.extend(left);
}

/// Returns the group that the text after a `$` names, and what follows it.
fn group_name(rest: &[u8]) -> Option<(&str, &[u8])> {
    let (rest, braces) = match rest.strip_prefix(b"{") {
        Some(inner) => (inner, true),
        None => (rest, false),
    };
    let text = rest.utf8_chunks().next()?.valid();
    let end =
        text.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(text.len());
    let name = text.get(..end).filter(|name| !name.is_empty())?;
    let after = rest.get(end..)?;
    if braces { Some((name, after.strip_prefix(b"}")?)) } else { Some((name, after)) }
}

/// Go's `Regexp.Split`: as many parts as `count` at most, none for 0.
fn split(regex: &Regex, text: &[u8], count: i64) -> Value {
    if count == 0 {
        return Value::List(List { elem: Elem::String, nil: true, ..List::default() });
    }
    if text.is_empty() && !regex.as_str().is_empty() {
        return string_list(vec![Vec::new()]);
    }
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let (mut from, mut to) = (0, 0);
    for captures in matches(regex, text) {
        let Some(whole) = captures.get(0) else { continue };
        if parts.len() == most - 1 {
            break;
        }
        to = whole.start();
        if whole.end() != 0 {
            parts.push(text.get(from..to).unwrap_or_default().to_vec());
        }
        from = whole.end();
    }
    if to != text.len() {
        parts.push(text.get(from..).unwrap_or_default().to_vec());
    }
    string_list(parts)
}
