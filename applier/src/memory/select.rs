//! Label and field selectors, as lists and watches take them.
//!
//! Source: apimachinery, `pkg/labels/selector.go`. Of field selectors only
//! `metadata.*` and `involvedObject.*` with `=` and `!=` are known.

use serde_json::Value;

/// Returns whether an object is selected; empty selectors select all.
pub(crate) fn matches(object: &Value, labels: &str, fields: &str) -> bool {
    let label = |name: &str| {
        let labels = object.pointer("/metadata/labels").and_then(Value::as_object);
        labels.and_then(|labels| labels.get(name)).and_then(Value::as_str)
    };
    let field = |name: &str| {
        let pointer = format!("/{}", name.replace('.', "/"));
        Some(object.pointer(&pointer).and_then(Value::as_str).unwrap_or_default())
    };
    requirements(labels).iter().all(|requirement| holds(requirement, label))
        && requirements(fields).iter().all(|requirement| holds(requirement, field))
}

/// Splits at the commas outside of parentheses.
fn requirements(selector: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    selector
        .split(move |letter: char| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter == ',' && depth == 0
        })
        .map(str::trim)
        .filter(|requirement| !requirement.is_empty())
        .collect()
}

fn holds<'a>(requirement: &str, value: impl Fn(&str) -> Option<&'a str>) -> bool {
    let one_of = |list: &str, value: Option<&str>| {
        let list = list.trim().trim_start_matches('(').trim_end_matches(')');
        list.split(',').any(|item| Some(item.trim()) == value)
    };
    if let Some((name, list)) = requirement.split_once(" notin ") {
        return !one_of(list, value(name.trim()));
    }
    if let Some((name, list)) = requirement.split_once(" in ") {
        return one_of(list, value(name.trim()));
    }
    if let Some((name, wanted)) = requirement.split_once("!=") {
        return value(name.trim()) != Some(wanted.trim());
    }
    if let Some((name, wanted)) = requirement.split_once('=') {
        return value(name.trim()) == Some(wanted.trim_start_matches('=').trim());
    }
    match requirement.strip_prefix('!') {
        Some(name) => value(name.trim()).is_none(),
        None => value(requirement).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_select_as_kubectl_documents_them() {
        let object =
            json!({"metadata": {"name": "web", "labels": {"owner": "helm", "env": "prod"}}});
        for (labels, expected) in [
            ("", true),
            ("owner=helm", true),
            ("owner==helm,env!=prod", false),
            ("env in (prod, test),owner", true),
            ("env notin (prod)", false),
            ("!tier", true),
        ] {
            assert_eq!(matches(&object, labels, ""), expected, "{labels}");
        }
        assert!(matches(&object, "", "metadata.name=web"));
        assert!(!matches(&object, "", "metadata.name=db"));
    }
}
