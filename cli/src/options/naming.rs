//! What a new release is called, and which chart it comes from.

use std::{borrow::Cow, path::Path};

use super::Switch;
use crate::failure::Failure;

/// Flags that name a release in place of a word.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct NameOptions {
    /// Make a name up from the chart's and the time; NAME is left out then
    #[arg(short = 'g', long)]
    pub(crate) generate_name: Switch,

    /// Make the name with this template; NAME is left out then
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) name_template: Option<String>,
}

/// Helm 2's flag for the name of a release.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OldNameOptions {
    #[arg(long, hide = true, value_name = "NAME")]
    name: Option<String>,
}

impl OldNameOptions {
    /// Returns the words of a command with the name where Helm 4 has it: before the others.
    pub(crate) fn before<'w>(&self, words: &'w [String]) -> Cow<'w, [String]> {
        match &self.name {
            Some(name) => Cow::Owned([std::slice::from_ref(name), words].concat()),
            None => Cow::Borrowed(words),
        }
    }
}

/// Where a release gets its name from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// From the command line.
    Given(String),
    /// From a template, which has still to be run.
    Template(String),
    /// From the chart's place and the time.
    Generated,
    /// From nowhere: nobody says it.
    Missing,
}

impl NameOptions {
    /// Returns where the name comes from, and the chart, in Helm's order of looking
    /// (`Install.NameAndChart`); `default` is what `template` calls a release without a name.
    ///
    /// # Errors
    ///
    /// Helm's messages for too few, too many and contradicting names.
    pub(crate) fn name_and_chart<'w>(
        &self,
        words: &'w [String],
        default: Option<&str>,
    ) -> Result<(Naming, &'w str), Failure> {
        match words {
            [_, _, rest @ ..] if !rest.is_empty() => Err(Failure::new(format_args!(
                "expected at most two arguments, unexpected arguments: {}",
                rest.join(", ")
            ))),
            [name, chart, ..] => {
                let flag = match (self.generate_name, &self.name_template) {
                    (Switch::On, _) => "--generate-name",
                    (_, Some(_)) => "--name-template",
                    _ => return Ok((Naming::Given(name.clone()), chart)),
                };
                Err(Failure::new(format_args!("cannot set {flag} and also specify a name")))
            }
            [chart] => match (&self.name_template, default, self.generate_name) {
                (Some(template), ..) if !template.is_empty() => {
                    Ok((Naming::Template(template.clone()), chart))
                }
                (_, Some(default), _) => Ok((Naming::Given(default.to_owned()), chart)),
                (_, None, Switch::On) => Ok((Naming::Generated, chart)),
                (_, None, Switch::Off) => Ok((Naming::Missing, chart)),
            },
            [] => Err(nameless()),
        }
    }
}

/// What Helm says of a release without a name.
pub(crate) fn nameless() -> Failure {
    Failure::new("must either provide a name or specify --generate-name")
}

/// Returns the name that Helm makes up: the chart's up to its first dot, and the seconds.
pub(crate) fn generated(chart: &str, seconds: i64) -> String {
    let base = Path::new(chart).file_name().map(|it| it.to_string_lossy()).unwrap_or_default();
    let base = base.split('.').next().unwrap_or_default();
    let base = if base.is_empty() { "chart" } else { base };
    format!("{base}-{seconds}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_name_is_the_charts_and_the_time() {
        assert_eq!(generated("charts/web-1.2.3.tgz", 7), "web-1-7");
        assert_eq!(generated("./", 7), "chart-7");
        assert_eq!(generated("../web/", 7), "web-7");
    }

    #[test]
    fn helm_2s_name_flag_stands_for_the_first_word() {
        let chart = ["./chart".to_owned()];
        let named = |name: Option<&str>| OldNameOptions { name: name.map(str::to_owned) };
        assert_eq!(*named(Some("web")).before(&chart), ["web".to_owned(), "./chart".to_owned()]);
        assert_eq!(*named(None).before(&chart), chart);
        // An empty variable is an empty name, not none.
        assert_eq!(*named(Some("")).before(&chart), [String::new(), "./chart".to_owned()]);
    }

    #[test]
    fn a_name_is_not_given_twice() {
        let options = NameOptions { generate_name: Switch::On, name_template: None };
        let words = ["web".to_owned(), "./chart".to_owned()];
        let refused = options.name_and_chart(&words, None).unwrap_err().to_string();
        assert_eq!(refused, "Error: cannot set --generate-name and also specify a name");
    }
}
