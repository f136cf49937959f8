//! A template outside of any chart: the name of a release, a report on one.

use std::rc::Rc;

use rutter_gotmpl::{MissingKey, Options, TemplateSet};
use serde_json::Value;

use crate::{
    Error,
    functions::{Dns, FunctionContext, Mode, limits::OF_A_CHART, table},
    tape::Tape,
    values::from_json,
};

/// Which functions a lone template may call beyond those of Go's language.
#[derive(Debug)]
pub enum Vocabulary {
    /// None, as in `helm get all --template`.
    Go,
    /// Sprig's, as in `helm install --name-template`; what is random comes from this tape.
    Sprig(Tape),
}

/// Runs the template `text`, called `name` in messages, over `data`.
///
/// # Errors
///
/// [`Error::Lone`], in Go's words.
pub fn run_alone(
    name: &str,
    text: &str,
    data: &Value,
    vocabulary: Vocabulary,
) -> Result<String, Error> {
    let functions = match vocabulary {
        Vocabulary::Go => rutter_gotmpl::Functions::default(),
        Vocabulary::Sprig(tape) => {
            table(&Rc::new(FunctionContext::new(tape, Mode::Render, Dns::Off)))
        }
    };
    let options = Options { missing_key: MissingKey::Default, limits: OF_A_CHART };
    let mut set = TemplateSet::new(functions, options);
    set.parse(name, text).map_err(Error::Lone)?;
    set.run(name, &from_json(data)).map_err(Error::Lone)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_runs_without_a_chart() {
        let data = json!({"Version": "v4.3.1"});
        let text = run_alone("_", "Version: {{.Version}}", &data, Vocabulary::Go).unwrap();
        assert_eq!(text, "Version: v4.3.1");
        let refused = run_alone("_", "{{ lower .Version }}", &data, Vocabulary::Go).unwrap_err();
        assert_eq!(refused.to_string(), "template: _:1: function \"lower\" not defined");
    }
}
