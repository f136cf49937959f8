//! The documents of a file as Kubernetes' `YAMLOrJSONDecoder` reads them: a stream of JSON as
//! long as it is one, else YAML between lines of `---`.

use serde_json::{Value as Json, error::Category};

use super::templates::told;
use crate::{
    chart::{Fields, Problem},
    yaml,
};

/// What Helm's linter reads of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
}

/// A document: an object, nothing (comments only), or why it is neither. Nothing follows an error.
pub(super) type Document = Result<Option<Object>, String>;

/// Reads all documents of a file.
pub(super) fn read(text: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    let head: String = text.chars().take(4096).collect();
    if head.trim_start().starts_with('{') {
        from_json(text, &mut documents);
    } else {
        from_yaml(text, None, &mut documents);
    }
    documents
}

/// Reads JSON values. If that stops at once or after one of them, the rest may be YAML.
fn from_json(text: &str, documents: &mut Vec<Document>) {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let mut read = 0;
    while let Some(next) = stream.next() {
        let error = match next {
            Ok(json) => match object(&json).map_err(told) {
                Ok(object) => {
                    documents.push(Ok(object));
                    read = stream.byte_offset();
                    continue;
                }
                Err(text) => return documents.push(Err(text)),
            },
            Err(error) => error,
        };
        let rest = text.get(read..).unwrap_or_default();
        let (text, offset) = complaint(&error, text, read);
        if documents.len() > 1 {
            return documents.push(Err(text));
        }
        let text = offset.map_or(text.clone(), |offset| format!("json: offset {offset}: {text}"));
        let line = rest.find(|c: char| !c.is_whitespace() || c == '\n').unwrap_or(rest.len());
        let rest = rest.get(line..).unwrap_or_default();
        let rest = rest.strip_prefix('\n').unwrap_or(rest);
        return from_yaml(rest, Some(text), documents);
    }
}

/// Go's words for JSON that is none, and after how many bytes it stopped.
fn complaint(error: &serde_json::Error, text: &str, read: usize) -> (String, Option<usize>) {
    if error.classify() == Category::Eof {
        return ("unexpected EOF".to_owned(), None);
    }
    let lines: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (lines + error.column().saturating_sub(1)).max(read);
    let found = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let said = error.to_string();
    let what = [
        ("key must be a string", "looking for beginning of object key string"),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("trailing comma", "looking for beginning of object key string"),
        ("invalid number", "in numeric literal"),
    ];
    let what = what.iter().find(|(theirs, _)| said.starts_with(theirs));
    let what = what.map_or("looking for beginning of value", |(_, go)| go);
    (format!("invalid character {found:?} {what}"), Some(at + 1))
}

/// Reads YAML documents; `first` is what is said if the first of them is none.
fn from_yaml(text: &str, first: Option<String>, documents: &mut Vec<Document>) {
    let mut first = first;
    for piece in pieces(text) {
        let document = piece.and_then(|piece| {
            let json = yaml::read_typed(&piece).map_err(|error| error.to_string())?;
            object(&json).map_err(told)
        });
        let document = document.map_err(|text| first.take().unwrap_or(text));
        first = None;
        let is_end = document.is_err();
        documents.push(document);
        if is_end {
            return;
        }
    }
}

/// Splits at lines that begin with `---`; a comment may follow it, and nothing else.
fn pieces(text: &str) -> Vec<Result<String, String>> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for line in text.lines() {
        if let Some(after) = line.strip_prefix("---") {
            let after = after.trim();
            if !after.is_empty() && !after.starts_with('#') {
                pieces.push(Err(format!("invalid Yaml document separator: {after}")));
                return pieces;
            }
            if !piece.is_empty() {
                pieces.push(Ok(std::mem::take(&mut piece)));
                continue;
            }
        }
        piece.push_str(line);
        piece.push('\n');
    }
    if !piece.is_empty() {
        pieces.push(Ok(piece));
    }
    pieces
}

/// Reads what Helm's `k8sYamlStruct` takes.
fn object(json: &Json) -> Result<Option<Object>, Problem> {
    let Some(fields) = Fields::top(json, "rules.k8sYamlStruct")? else { return Ok(None) };
    let mut object = Object::default();
    fields.text("apiVersion", &mut object.api_version)?;
    fields.text("kind", &mut object.kind)?;
    if let Some(metadata) = fields.inner("metadata", "rules.k8sYamlMetadata")? {
        metadata.text("name", &mut object.name)?;
        metadata.text("namespace", &mut String::new())?;
    }
    Ok(Some(object))
}
