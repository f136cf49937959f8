//! Rights as an administrator applies them: a Role for each namespace, a `ClusterRole` where there
//! must be one, and bindings.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::{Value, json};

use super::{Access, Need, Rights};

/// The verbs of rules that differ in nothing else.
type Rules<'a> = BTreeMap<(Need, &'a str, &'a str, Option<&'a str>), Vec<&'static str>>;

pub(super) fn text(rights: &Rights, user: &str) -> String {
    let mut text = format!(
        "# What `{user}` needs to {} the release `{}` in the namespace `{}`, and no more.\n",
        rights.verb, rights.release, rights.namespace
    );
    text.push_str(
        "# Rules that are marked as optional may be left out, at the price that is told.\n",
    );
    if let Some(namespace) = &rights.namespace_object {
        let name = namespace.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let _ = write!(
            text,
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {}\n---\n",
            quoted(name)
        );
    }
    let granted = rights.granted.iter().map(|(namespace, _)| namespace.as_deref());
    let places: BTreeSet<Option<&str>> =
        rights.all.keys().map(|it| it.namespace.as_deref()).chain(granted).collect();
    // The release's own role first, what is of the whole cluster last.
    let own = Some(rights.namespace.as_str());
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|it| (it.is_none(), *it != own, *it));
    let parts: Vec<String> = places.into_iter().map(|it| part(rights, it, user)).collect();
    text.push_str(&parts.join("---\n"));
    text
}

/// Returns a role and its binding.
fn part(rights: &Rights, namespace: Option<&str>, user: &str) -> String {
    let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
    // A role for each verb, so that one does not take away what another gives. Names of releases
    // are unique in a namespace; elsewhere those of both are together.
    let Rights { verb, release, .. } = rights;
    let name = match namespace {
        Some(_) if namespace == Some(&rights.namespace) => format!("rutter-{verb}-{release}"),
        _ => format!("rutter-{verb}-{}-{release}", rights.namespace),
    };
    let mut text = head(kind, (&name, namespace));
    text.push_str("rules:\n");
    let mut rules: Rules<'_> = BTreeMap::new();
    for (access, need) in rights.all.iter().filter(|(it, _)| it.namespace.as_deref() == namespace) {
        let Access { group, resource, name, verb, .. } = access;
        let rule = (*need, group.as_str(), resource.as_str(), name.as_deref());
        rules.entry(rule).or_default().push(verb);
    }
    for ((need, group, resource, name), verbs) in &rules {
        if let Need::Optional(price) = need {
            let _ = writeln!(text, "# optional: without it {price}");
        }
        let mut rule = json!({"apiGroups": [group], "resources": [resource], "verbs": verbs});
        if let (Some(name), Some(rule)) = (name, rule.as_object_mut()) {
            rule.insert("resourceNames".to_owned(), json!([name]));
        }
        push_rule(&mut text, &rule);
    }
    let granted = rights.granted.iter().filter(|(it, _)| it.as_deref() == namespace);
    for (_, rule) in granted {
        text.push_str("# a role of the release says this, and nobody may grant what he has not\n");
        push_rule(&mut text, rule);
    }
    text.push_str("---\n");
    text.push_str(&head(&format!("{kind}Binding"), (&name, namespace)));
    let _ = write!(
        text,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: {}\nsubjects:\n{}",
        quoted(&name),
        subject(user)
    );
    text
}

fn head(kind: &str, (name, namespace): (&str, Option<&str>)) -> String {
    let mut text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {}\n",
        quoted(name)
    );
    if let Some(namespace) = namespace {
        let _ = writeln!(text, "  namespace: {}", quoted(namespace));
    }
    text
}

fn subject(user: &str) -> String {
    match user.strip_prefix("system:serviceaccount:").and_then(|it| it.split_once(':')) {
        Some((namespace, name)) => format!(
            "- kind: ServiceAccount\n  name: {}\n  namespace: {}\n",
            quoted(name),
            quoted(namespace)
        ),
        None => format!(
            "- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: {}\n",
            quoted(user)
        ),
    }
}

/// Writes a rule, whose members are lists of words. JSON is YAML.
fn push_rule(text: &mut String, rule: &Value) {
    let members = rule.as_object().into_iter().flatten();
    for (number, (member, words)) in members.enumerate() {
        let dash = if number == 0 { "-" } else { " " };
        let words = words.as_array().into_iter().flatten().map(Value::to_string);
        let _ = writeln!(text, "{dash} {member}: [{}]", words.collect::<Vec<_>>().join(", "));
    }
}

/// A word that a YAML reader could take for something else than text is quoted.
fn quoted(word: &str) -> String {
    let is_plain = word.starts_with(|it: char| it.is_ascii_alphabetic())
        && word.chars().all(|it| it.is_ascii_alphanumeric() || "-./".contains(it))
        && !matches!(
            word.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if is_plain { word.to_owned() } else { Value::from(word).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::Spot;

    #[test]
    fn rules_that_differ_in_verbs_alone_are_one_and_what_is_optional_says_its_price() {
        let mut rights = Rights {
            verb: "install".to_owned(),
            release: "web".to_owned(),
            namespace: "prod".to_owned(),
            ..Rights::default()
        };
        let secrets = Spot::core(Some("prod"), "secrets");
        rights.add(secrets, &["list", "create"], Need::Required);
        rights.add(secrets, &["patch"], Need::Optional("it is slower"));
        let text = rights.to_yaml("system:serviceaccount:ci:robot");
        let rules = "rules:\n- apiGroups: [\"\"]\n  resources: [\"secrets\"]\n  verbs: [\"create\", \
                     \"list\"]\n# optional: without it it is slower\n- apiGroups: [\"\"]\n  \
                     resources: [\"secrets\"]\n  verbs: [\"patch\"]\n";
        assert!(text.contains(rules), "{text}");
        assert!(
            text.ends_with("- kind: ServiceAccount\n  name: robot\n  namespace: ci\n"),
            "{text}"
        );
    }

    #[test]
    fn words_that_yaml_takes_for_others_are_quoted() {
        assert_eq!(quoted("web-1"), "web-1");
        assert_eq!(quoted("1e3"), "\"1e3\"");
        assert_eq!(quoted("off"), "\"off\"");
        assert_eq!(quoted("system:node"), "\"system:node\"");
    }
}
