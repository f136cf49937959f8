//! Which names Kubernetes takes for objects of which kind (`apimachinery`, `api/validation`).

use rutter_gotmpl::quote;

use super::documents::Object;

/// What an object's name has to be.
enum Rule {
    /// RFC 1123: labels of lower case letters, digits and dashes, with dots between them.
    Subdomain,
    /// One label of RFC 1123.
    Label,
    /// One label of RFC 1035, which begins with a letter.
    OldLabel,
    /// Anything that fits into the path of a URL.
    Segment,
    /// Anything.
    Free,
}

/// Says what is wrong with an object's name, in Helm's words.
pub(super) fn refused(object: &Object) -> Option<String> {
    let name = quote(object.name.as_bytes());
    let mut errors: Vec<String> = Vec::new();
    for problem in problems(&rule(&object.kind), &object.name) {
        let error = format!("metadata.name: Invalid value: {name}: {problem}");
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    let errors = match errors.as_slice() {
        [] => return None,
        [one] => one.clone(),
        all => format!("[{}]", all.join(", ")),
    };
    Some(format!(
        "object name does not conform to Kubernetes naming requirements: {name}: {errors}"
    ))
}

fn rule(kind: &str) -> Rule {
    match kind.to_lowercase().as_str() {
        "service" => Rule::OldLabel,
        "namespace" => Rule::Label,
        "certificatesigningrequest" => Rule::Free,
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => Rule::Segment,
        _ => Rule::Subdomain,
    }
}

fn problems(rule: &Rule, name: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let longest = match rule {
        Rule::Subdomain => 253,
        Rule::Label | Rule::OldLabel => 63,
        Rule::Segment | Rule::Free => usize::MAX,
    };
    if name.len() > longest {
        problems.push(format!("must be no more than {longest} bytes"));
    }
    match rule {
        Rule::Subdomain if !is_subdomain(name) => problems.push(format!(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \
             '-' or '.', and must start and end with an alphanumeric character (e.g. \
             'example.com', regex used for validation is '{LABEL}(\\.{LABEL})*')"
        )),
        Rule::Label if !is_label(name) && is_subdomain(name) => {
            problems.push("must not contain dots".to_owned());
        }
        Rule::Label if !is_label(name) => problems.push(format!(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \
             '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or \
             '123-abc', regex used for validation is '{LABEL}')"
        )),
        Rule::OldLabel if !is_old_label(name) => problems.push(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start \
             with an alphabetic character, and end with an alphanumeric character (e.g. \
             'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                .to_owned(),
        ),
        Rule::Segment => segment(name, &mut problems),
        _ => {}
    }
    problems
}

/// How Kubernetes writes a label.
const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

fn segment(name: &str, problems: &mut Vec<String>) {
    if matches!(name, "." | "..") {
        return problems.push(format!("may not be '{name}'"));
    }
    for part in ['/', '%'] {
        if name.contains(part) {
            problems.push(format!("may not contain '{part}'"));
        }
    }
}

fn is_subdomain(name: &str) -> bool {
    name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = label.as_bytes();
    bytes.first().is_some_and(is_edge)
        && bytes.last().is_some_and(is_edge)
        && bytes.iter().all(|byte| is_edge(byte) || *byte == b'-')
}

fn is_old_label(label: &str) -> bool {
    is_label(label) && label.starts_with(|c: char| c.is_ascii_lowercase())
}
