//! Where a value was written: by a flag, in a file of the user's, or among the defaults.

use rutter_gotmpl::{Map, Value};

use super::{Overrides, argument, documents::Documents, empty, overrides::masked, set};
use crate::{Chart, Excerpt, File, yaml};

type Reader<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// How a flag reads its argument into a map.
type Parse<'a> = &'a mut dyn FnMut(&str, &Map) -> bool;

impl Overrides {
    /// Returns where the value at `path` was written last, part by part from the top chart's
    /// values: what wins, with its key shown and not the value. Nothing, if it stands nowhere by
    /// itself: the root, a default of a library, an import.
    pub fn written(&self, path: &[String], chart: &Chart, read: Reader<'_>) -> Option<Excerpt> {
        if path.is_empty() {
            return None;
        }
        let found = self.by_flag(path).or_else(|| self.in_file(path, read));
        found.or_else(|| by_default(path, chart))
    }

    fn by_flag(&self, path: &[String]) -> Option<Excerpt> {
        let nothing: &mut dyn FnMut(&str) -> Result<Vec<u8>, String> = &mut |_| Ok(Vec::new());
        let flags: [(&'static str, &[String], Parse<'_>); 5] = [
            ("--set-literal", &self.set_literal, &mut |it, map| set::literal(it, map).is_ok()),
            ("--set-file", &self.set_file, &mut |it, map| set::file(it, map, nothing).is_ok()),
            ("--set-string", &self.set_string, &mut |it, map| set::text(it, map).is_ok()),
            ("--set", &self.set, &mut |it, map| set::typed(it, map).is_ok()),
            ("--set-json", &self.set_json, &mut |it, map| set::json(it, map).is_ok()),
        ];
        flags.into_iter().find_map(|(flag, arguments, parse)| {
            let sets = |given: &&String| {
                let map = empty();
                parse(given, &map) && has(&Value::Map(map), path)
            };
            arguments.iter().rev().find(sets).map(|given| argument::shown(flag, given))
        })
    }

    fn in_file(&self, path: &[String], read: Reader<'_>) -> Option<Excerpt> {
        // What standard input said is gone.
        let mut files = self.files.iter().rev().filter(|file| file.trim() != "-");
        files.find_map(|file| in_text(file, &read(file).ok()?, path))
    }
}

/// Looks into the defaults of the chart, which go before those of the subchart that the path
/// leads to.
fn by_default(path: &[String], chart: &Chart) -> Option<Excerpt> {
    let (mut chart, mut path, mut folder) = (chart, path, chart.name().to_owned());
    loop {
        let is_values = |file: &&File| file.name == "values.yaml";
        if let Some(file) = chart.raw.iter().find(is_values)
            && let Some(excerpt) = in_text(&format!("{folder}/values.yaml"), &file.data, path)
        {
            return Some(excerpt);
        }
        let (first, rest) = path.split_first()?;
        chart = chart.dependencies.iter().find(|subchart| subchart.name() == first)?;
        folder = format!("{folder}/charts/{first}");
        path = rest;
    }
}

fn in_text(file: &str, text: &[u8], path: &[String]) -> Option<Excerpt> {
    let documents: Vec<_> = Documents::of(text).map_while(Result::ok).collect();
    documents.into_iter().rev().find_map(|document| {
        let (line, column) = yaml::find(&document.text, path)?;
        Some(masked(file, text, (document.before + line, column)))
    })
}

fn has(value: &Value, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match value {
        Value::Map(map) => map.entries.borrow().get(&**first).is_some_and(|inner| has(inner, rest)),
        Value::List(list) => first
            .parse()
            .ok()
            .and_then(|at: usize| list.items.get(at))
            .is_some_and(|it| has(it, rest)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        let file = |name: &str, text: &str| File {
            name: name.to_owned(),
            data: text.as_bytes().into(),
            modified: None,
        };
        Chart::load(vec![
            file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            file("values.yaml", "a: 1\nsub:\n  b: 2\n"),
            file("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"),
            file("charts/sub/values.yaml", "b: 3\nc:\n  - d: hunter2\n"),
        ])
        .unwrap()
    }

    fn written(overrides: &Overrides, path: &str) -> Option<String> {
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        let mut read = |name: &str| match name {
            "my.yaml" => Ok(b"x: 1\n---\na: hunter2\n".to_vec()),
            other => Err(other.to_owned()),
        };
        let excerpt = overrides.written(&path, &chart(), &mut read)?;
        let text = excerpt.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        Some(excerpt.title().to_owned())
    }

    #[test]
    fn what_wins_is_where_a_value_is_written() {
        let strings = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let none = Overrides::default();
        assert_eq!(written(&none, "a").as_deref(), Some("web/values.yaml:1:1"));
        assert_eq!(written(&none, "sub.b").as_deref(), Some("web/values.yaml:3:3"));
        assert_eq!(written(&none, "sub.c.0.d").as_deref(), Some("web/charts/sub/values.yaml:3:5"));
        assert_eq!(written(&none, "nowhere"), None);
        let mut given = Overrides { files: strings(&["my.yaml"]), ..Overrides::default() };
        assert_eq!(written(&given, "a").as_deref(), Some("my.yaml:3:1"));
        given.set = strings(&["c=1,a=hunter2", "sub.c[0].d=hunter2"]);
        assert_eq!(written(&given, "a").as_deref(), Some("--set"));
        assert_eq!(written(&given, "sub.c.0.d").as_deref(), Some("--set"));
        assert_eq!(written(&given, "sub.b").as_deref(), Some("web/values.yaml:3:3"));
    }
}
