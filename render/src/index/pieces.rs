//! An index in pieces: entries are cut out of the text by their indentation and
//! read one by one, so that neither time nor memory grows with anything but the
//! entries themselves.
//!
//! This takes YAML that is written as Helm and everybody else writes it. Whatever
//! else is met (a document that is one flow mapping, tabs, a key set twice) makes
//! it unsure, and the reader for any YAML decides. A cut in a wrong place always
//! leaves a quote or a bracket open, and so never goes unseen.

use std::{
    panic,
    sync::{Arc, atomic::AtomicUsize},
    thread,
};

use serde_json::{Map, Value as Json};

use super::{
    Error, block,
    builder::{Builder, MOST, Manner},
    entry,
};
use crate::yaml;

/// The most that may stand beside the entries, in bytes.
const HEAD: usize = 1024 * 1024;

/// The largest entry that the reader for any YAML is asked about, in bytes.
const ENTRY: usize = 4 * 1024 * 1024;

/// How many threads read, if there is enough for them: more wait for memory rather
/// than work.
const SHARES: usize = 4;

/// What is worth a thread, in bytes.
const SHARE: usize = 512 * 1024;

/// What reading in pieces led to.
pub(super) enum Outcome {
    /// An index.
    Read(Builder),
    /// An entry that Helm refuses the whole index for; the place is missing.
    Refused(Error),
    /// A form that is not known here.
    Unsure,
}

/// Reads an index.
pub(super) fn read(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else { return Outcome::Unsure };
    let mut builder = Builder::new(Manner::Yaml);
    match top(&mut builder, text) {
        Some(Ok(())) => Outcome::Read(builder),
        Some(Err(error)) => Outcome::Refused(error),
        None => Outcome::Unsure,
    }
}

type Unsure = Option<Result<(), Error>>;

/// Reads the keys at the top.
fn top(builder: &mut Builder, text: &str) -> Unsure {
    let mut head = Map::new();
    let mut has_entries = false;
    let mut rest = text.strip_prefix("---\n").unwrap_or(text);
    while let Some(block) = next_block(&mut rest, 0) {
        if !block.as_bytes().first()?.is_ascii_alphabetic() {
            return None;
        }
        if let Some(entries) = block.strip_prefix("entries:") {
            if std::mem::replace(&mut has_entries, true) {
                return None;
            }
            match charts(builder, entries)? {
                Ok(()) => {}
                refused => return Some(refused),
            }
            continue;
        }
        if block.len() > HEAD {
            return None;
        }
        let Ok(Json::Object(read)) = yaml::read_typed_strict(block) else { return None };
        for (key, value) in read {
            if head.insert(key, value).is_some() {
                return None;
            }
        }
    }
    if head.contains_key("entries") || first_indent(rest).is_some() {
        return None;
    }
    Some(builder.head(&head))
}

/// Reads what stands behind `entries:`.
fn charts(builder: &mut Builder, text: &str) -> Unsure {
    let (line, mut rest) = text.split_once('\n').unwrap_or((text, ""));
    if !matches!(line.trim_matches(' '), "" | "{}") {
        return None;
    }
    let Some(indent) = first_indent(rest) else { return Some(Ok(())) };
    if indent == 0 || line.contains('{') {
        return None;
    }
    let mut charts = Vec::new();
    while let Some(block) = next_chart(&mut rest, indent) {
        if charts.len() == MOST {
            return Some(Err(Error::TooMany { limit: MOST }));
        }
        charts.push(chart(block, indent)?);
    }
    if first_indent(rest).is_some() {
        return None;
    }
    for read in read_all(&charts, text.len(), &builder.listed()) {
        match read? {
            Ok(part) => builder.join(part)?,
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(()))
}

/// A chart in the text.
struct Chart<'a> {
    name: &'a str,
    versions: &'a str,
}

fn chart(block: &str, indent: usize) -> Option<Chart<'_>> {
    let (line, versions) = block.split_once('\n').unwrap_or((block, ""));
    let (name, inline) = line.get(indent..)?.split_once(':')?;
    if !is_name(name) || !matches!(inline.trim_matches(' '), "" | "[]") {
        return None;
    }
    let is_empty = first_indent(versions).is_none();
    (is_empty || !inline.contains('[')).then_some(Chart { name, versions })
}

/// What a share of the charts led to; nothing where that is not sure.
type Part = Option<Result<Builder, Error>>;

/// Reads charts that are together of that many bytes, at several places at once if
/// they are many; the answers are in the order of the charts.
fn read_all<'a>(charts: &'a [Chart<'a>], bytes: usize, listed: &Arc<AtomicUsize>) -> Vec<Part> {
    let shares = shares(charts, bytes / SHARES.min(bytes / SHARE + 1));
    let Some((first, others)) = shares.split_first() else { return Vec::new() };
    thread::scope(|scope| {
        let start = |share: &'a [Chart<'a>]| {
            thread::Builder::new()
                .spawn_scoped(scope, move || part(share, listed))
                .map_err(|_| share)
        };
        let started: Vec<_> = others.iter().copied().map(start).collect();
        let mut parts = vec![part(first, listed)];
        for other in started {
            parts.push(match other {
                Ok(other) => other.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
                // There are no more threads to be had.
                Err(share) => part(share, listed),
            });
        }
        parts
    })
}

/// Divides charts into neighbours of at least that many bytes together.
fn shares<'c, 'a>(charts: &'c [Chart<'a>], least: usize) -> Vec<&'c [Chart<'a>]> {
    let mut bytes = 0;
    let shares = charts.chunk_by(|chart, _| {
        bytes += chart.versions.len();
        let goes_on = bytes <= least;
        if !goes_on {
            bytes = 0;
        }
        goes_on
    });
    shares.collect()
}

fn part(charts: &[Chart<'_>], listed: &Arc<AtomicUsize>) -> Part {
    let mut builder = Builder::part(listed);
    for Chart { name, versions } in charts {
        if builder.has(name) {
            return None;
        }
        if let Err(error) = builder.chart(name) {
            return Some(Err(error));
        }
        if let Err(error) = versions_of(&mut builder, name, versions)? {
            return Some(Err(error));
        }
    }
    builder.sort();
    Some(Ok(builder))
}

fn versions_of(builder: &mut Builder, name: &str, text: &str) -> Unsure {
    let Some(indent) = first_indent(text) else { return Some(Ok(())) };
    if is_too_long(text, indent) {
        return Some(Err(Error::TooMany { limit: MOST }));
    }
    let (mut rest, mut at) = (text, 0);
    while let Some(block) = next_block(&mut rest, indent) {
        if !block.get(indent..)?.starts_with("- ") {
            return None;
        }
        if let Some(entry) = entry::read(block) {
            match builder.ready(name, entry) {
                Ok(()) => at += 1,
                refused => return Some(refused),
            }
            continue;
        }
        let list = match block::read(block) {
            Some(list) => list,
            None => any_yaml(block)?,
        };
        let [item] = list.as_array()?.as_slice() else { return None };
        match builder.entry(name, at, item) {
            Ok(()) => at += 1,
            refused => return Some(refused),
        }
    }
    first_indent(rest).is_none().then_some(Ok(()))
}

/// Says whether a list has more versions than an index may, before any of them takes memory.
fn is_too_long(text: &str, indent: usize) -> bool {
    let dash = format!("\n{:indent$}- ", "");
    text.len() > MOST * dash.len()
        && memchr::memmem::find_iter(text.as_bytes(), &dash).nth(MOST).is_some()
}

/// Reads an entry that is written in an uncommon way.
fn any_yaml(block: &str) -> Option<Json> {
    if block.len() > ENTRY {
        return None;
    }
    yaml::read_typed_strict(block).ok()
}

/// Names that are surely texts, and as surely keys.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.len() <= 256
        && name.bytes().all(is_plain)
        && matches!(yaml::plain(name), Some(Json::String(_)))
}

/// Returns how far the first line is indented that says something.
fn first_indent(text: &str) -> Option<usize> {
    text.split('\n').find_map(indent)
}

/// Returns how far a line is indented; blank lines and comments are not.
fn indent(line: &str) -> Option<usize> {
    let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
    match line.as_bytes().get(spaces) {
        None | Some(b'#') => None,
        Some(_) => Some(spaces),
    }
}

/// Cuts off the next line at `wanted` spaces with all that is indented further.
/// Nothing is left, or something that does not belong there.
fn next_block<'a>(rest: &mut &'a str, wanted: usize) -> Option<&'a str> {
    cut(rest, wanted, |_| true)
}

/// Cuts off the next chart; its versions may be indented as far as its name.
fn next_chart<'a>(rest: &mut &'a str, wanted: usize) -> Option<&'a str> {
    cut(rest, wanted, |content| !content.starts_with('-'))
}

fn cut<'a>(rest: &mut &'a str, wanted: usize, begins: impl Fn(&str) -> bool) -> Option<&'a str> {
    let text = *rest;
    let (mut start, mut at) = (None, 0);
    while at < text.len() {
        let left = text.get(at..)?;
        let end = memchr::memchr(b'\n', left.as_bytes()).unwrap_or(left.len());
        let line = left.get(..end)?;
        if let Some(indent) = indent(line) {
            let is_next = indent == wanted && begins(line.get(indent..).unwrap_or_default());
            match start {
                None if is_next => start = Some(at),
                None => return None,
                Some(_) if is_next || indent < wanted => break,
                Some(_) => {}
            }
        }
        at += end + 1;
    }
    let at = at.min(text.len());
    let (block, left) = (text.get(start?..at)?, text.get(at..)?);
    *rest = left;
    Some(block)
}
