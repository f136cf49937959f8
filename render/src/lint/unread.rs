//! Values that no template can read.
//!
//! A false alarm would be worse than a silence: a key counts as read as soon as its name stands
//! anywhere in a template or in a text that could be one, and all that is below it as soon as it is
//! handed on as a whole. So only what nothing can mean is told.

use rutter_gotmpl::Value;

use super::{Report, Severity};
use crate::{Chart, File};

/// How a name occurs in the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mention {
    Nowhere,
    /// Only with another name behind it: `image.tag`.
    ByField,
    /// As a whole.
    Whole,
}

/// Tells the values of `values.yaml` that nothing in the chart can reach.
pub(super) fn check(chart: &Chart, report: &mut Report) {
    let mut texts = Vec::new();
    gather(chart, &mut texts);
    if chart.is_library() || chart.templates.is_empty() || all_are_read(&texts) {
        return;
    }
    let written = chart.raw.iter().find(|file| file.name == "values.yaml");
    let written = written.map(|file| file.text().into_owned()).unwrap_or_default();
    let search = Search { texts: &texts, written: &written };
    let mut unread = Vec::new();
    for (key, value) in chart.values.map().entries.borrow().iter() {
        if !is_for_others(chart, key) {
            search.look(key, key, value, &mut unread);
        }
    }
    for path in unread {
        let text = format!("{path} is set, but nothing in the chart reads it");
        report.own(Severity::Warning, "values.yaml", text);
    }
}

/// Whether a key is for a subchart, or for Helm itself.
fn is_for_others(chart: &Chart, key: &str) -> bool {
    let asked = chart.metadata.dependencies.iter().any(|dependency| {
        let mut conditions = dependency.condition.split(',').map(str::trim);
        dependency.name == key
            || dependency.alias == key
            || conditions.any(|path| path.split('.').next() == Some(key))
    });
    asked
        || chart.dependencies.iter().any(|subchart| subchart.name() == key)
        || matches!(key, "global" | "tags" | "exports")
}

/// All texts that may be templates: those of the chart and its subcharts, and what `tpl` may get.
fn gather(chart: &Chart, texts: &mut Vec<String>) {
    let text = |file: &File| file.text().into_owned();
    texts.extend(chart.templates.iter().map(text));
    let others = chart.files.iter().chain(chart.raw.iter().filter(|it| it.name == "values.yaml"));
    texts.extend(others.map(text).filter(|text| text.contains("{{")));
    chart.dependencies.iter().for_each(|subchart| gather(subchart, texts));
}

/// Whether the values are handed on as a whole somewhere: then all of them may be read.
fn all_are_read(texts: &[String]) -> bool {
    texts.iter().any(|text| {
        text.contains("\"Values\"")
            || text.contains("`Values`")
            || occurrences(text, "Values")
                .any(|(before, after)| before == Some('.') && mention(after) == Mention::Whole)
    })
}

struct Search<'t> {
    texts: &'t [String],
    written: &'t str,
}

impl Search<'_> {
    fn look(&self, path: &str, key: &str, value: &Value, unread: &mut Vec<String>) {
        match self.mention(key) {
            Mention::Whole => {}
            Mention::Nowhere if self.is_anchor(key) => {}
            Mention::Nowhere => unread.push(path.to_owned()),
            Mention::ByField => {
                let Value::Map(map) = value else { return };
                for (key, value) in map.entries.borrow().iter() {
                    self.look(&format!("{path}.{key}"), key, value, unread);
                }
            }
        }
    }

    fn mention(&self, key: &str) -> Mention {
        let all = self.texts.iter().flat_map(|text| occurrences(text, key));
        all.map(|(_, after)| mention(after)).max().unwrap_or(Mention::Nowhere)
    }

    /// Whether a key only lends its value to others in the file.
    fn is_anchor(&self, key: &str) -> bool {
        self.written.lines().any(|line| {
            let rest = line.trim_start().strip_prefix(key);
            let rest = rest.and_then(|rest| rest.strip_prefix(':'));
            rest.is_some_and(|rest| rest.trim_start().starts_with('&'))
        })
    }
}

/// What a name means by what stands behind it.
fn mention(after: &str) -> Mention {
    let mut after = after.chars();
    match (after.next(), after.next()) {
        (Some('.'), Some(next)) if next.is_alphabetic() || next == '_' => Mention::ByField,
        _ => Mention::Whole,
    }
}

/// Where `word` stands for itself in a text: what is before it, and all that is behind it.
fn occurrences<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = (Option<char>, &'t str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).filter_map(move |(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        let after = text.get(at + word.len()..)?;
        let inside = before.is_some_and(is_part) || after.chars().next().is_some_and(is_part);
        (!inside && !word.is_empty()).then_some((before, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread(template: &str, values: &str) -> Vec<String> {
        let file = |name: &str, text: &str| File {
            name: name.to_owned(),
            data: text.as_bytes().to_vec().into(),
            modified: None,
        };
        let chart = Chart::load(vec![
            file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
            file("values.yaml", values),
            file("templates/a.yaml", template),
        ]);
        let mut report = Report::default();
        check(&chart.unwrap(), &mut report);
        let first = |text: &str| text.split(' ').next().unwrap().to_owned();
        report.ours.iter().map(|finding| first(&finding.text)).collect()
    }

    #[test]
    fn a_key_that_no_template_names_is_told() {
        let values = "image: {tag: 1, pullPolcy: x}\nreplicas: 1\nreplicsa: 2\n";
        let template =
            "{{ .Values.image.tag }} {{ .Values.image.pullPolicy }} {{ .Values.replicas }}";
        assert_eq!(unread(template, values), ["image.pullPolcy", "replicsa"]);
    }

    #[test]
    fn what_is_handed_on_as_a_whole_counts_as_read() {
        let values = "image: {tag: 1}\nother: 1\n";
        assert_eq!(unread("{{ toYaml .Values.image }}", values), ["other"]);
        assert_eq!(unread("{{ with .Values.image }}{{ .x }}{{ end }}", values), ["other"]);
        for whole in [
            "{{ toYaml .Values }}",
            "{{ range $k, $v := .Values }}{{ end }}",
            "{{ index .Values $x }}",
            "{{ (get . \"Values\").x }}",
            "{{ $v := $.Values }}",
        ] {
            assert_eq!(unread(whole, values), [] as [&str; 0], "{whole}");
        }
    }

    #[test]
    fn values_for_subcharts_anchors_and_templates_in_values_are_no_alarm() {
        let values = "global: {a: 1}\nbase: &base {a: 1}\nname: \"{{ .Values.part }}\"\npart: x\n";
        assert_eq!(unread("{{ tpl .Values.name . }}", values), [] as [&str; 0]);
    }
}
