//! A query on labels in Kubernetes' notation (`k8s.io/apimachinery/pkg/labels`).

/// Requirements that must all hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selector(Vec<Requirement>);

#[derive(Debug, PartialEq, Eq)]
enum Requirement {
    Exists(String),
    Missing(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
}

impl Selector {
    /// Reads `a=b,c!=d,e,!f,g in (h,i),j notin (k)`; an empty text matches everything.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = split(text);
        parts.into_iter().map(Requirement::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Returns whether `labels` meet every requirement.
    pub(super) fn matches(&self, labels: &[(String, String)]) -> bool {
        let value =
            |key: &str| labels.iter().find(|(it, _)| it == key).map(|(_, value)| value.as_str());
        self.0.iter().all(|requirement| match requirement {
            Requirement::Exists(key) => value(key).is_some(),
            Requirement::Missing(key) => value(key).is_none(),
            Requirement::In(key, wanted) => {
                value(key).is_some_and(|it| wanted.iter().any(|one| one == it))
            }
            Requirement::NotIn(key, refused) => {
                !value(key).is_some_and(|it| refused.iter().any(|one| one == it))
            }
        })
    }
}

impl Requirement {
    fn parse(part: &str) -> Result<Self, String> {
        let part = part.trim();
        if let Some((key, value)) = part.split_once("!=") {
            return Ok(Self::NotIn(named(key, part)?, vec![value.trim().to_owned()]));
        }
        if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
            return Ok(Self::In(named(key, part)?, vec![value.trim().to_owned()]));
        }
        if let Some((head, values)) = part.strip_suffix(')').and_then(|it| it.split_once('(')) {
            let values = values.split(',').map(|it| it.trim().to_owned()).collect();
            let head = head.trim_end();
            return match (head.strip_suffix(" notin"), head.strip_suffix(" in")) {
                (Some(key), _) => Ok(Self::NotIn(named(key, part)?, values)),
                (_, Some(key)) => Ok(Self::In(named(key, part)?, values)),
                _ => Err(refused(part)),
            };
        }
        match part.strip_prefix('!') {
            Some(key) => Ok(Self::Missing(named(key, part)?)),
            None => Ok(Self::Exists(named(part, part)?)),
        }
    }
}

/// Splits at commas that are not in parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    if text.trim().is_empty() { Vec::new() } else { parts }
}

fn named(key: &str, part: &str) -> Result<String, String> {
    let key = key.trim();
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if key.is_empty() || !key.chars().all(known) { Err(refused(part)) } else { Ok(key.to_owned()) }
}

fn refused(part: &str) -> String {
    format!("unable to parse requirement: found '{part}', expected: identifier")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_matched_as_kubernetes_matches_them() {
        let labels = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
        let matches = |text: &str| Selector::parse(text).unwrap().matches(&labels);
        assert!(matches("") && matches("a=1") && matches("a==1,b!=3") && matches("c!=1"));
        assert!(matches("a in (1,2),!c") && matches("b") && matches("b notin (1)"));
        assert!(!matches("a=2") && !matches("c") && !matches("!a") && !matches("a notin (1, 2)"));
        assert!(Selector::parse("a=1,,b").is_err());
    }
}
