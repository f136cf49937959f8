//! Charts that are not rendered by Go's templates: which engine each wants, and its templates.

use std::{collections::BTreeMap, rc::Rc};

use super::context::{Owner, Template, Templates};
use crate::{Error, functions::FunctionContext, tera};

/// The name of Tera in Chart.yaml.
const TERA: &str = "tera";

/// The sets of the charts that want Tera, by the folders of their templates.
#[derive(Default)]
pub(super) struct Sets {
    sets: BTreeMap<String, tera::Set>,
}

impl Sets {
    /// Parses the templates of all charts that do not want Go's.
    ///
    /// # Errors
    ///
    /// An engine that is not known, and what Tera refuses.
    pub(super) fn new(
        templates: &Templates,
        functions: &Rc<FunctionContext>,
    ) -> Result<Self, Error> {
        let mut sets = BTreeMap::new();
        for template in templates.values().filter(|template| !template.engine.is_empty()) {
            if template.engine != TERA {
                let chart = chart_of(&template.base).to_owned();
                return Err(Error::Engine { chart, engine: template.engine.clone() });
            }
            if template.owner == Owner::Application && !sets.contains_key(&template.base) {
                let set = set(&template.base, templates, functions)?;
                sets.insert(template.base.clone(), set);
            }
        }
        Ok(Self { sets })
    }

    /// Returns the set that a template is in, if it is one of Tera's.
    pub(super) fn of(&self, template: &Template) -> Option<&tera::Set> {
        if template.engine.is_empty() { None } else { self.sets.get(&template.base) }
    }
}

/// Parses the templates under `base` and the partials of the libraries below that chart.
fn set(
    base: &str,
    templates: &Templates,
    functions: &Rc<FunctionContext>,
) -> Result<tera::Set, Error> {
    let below = format!("{}/charts/", chart_of(base));
    let is_lent =
        |template: &Template| template.owner == Owner::Library && template.base.starts_with(&below);
    let wanted = |template: &&Template| {
        template.engine == TERA && (template.base == base || is_lent(template))
    };
    let wanted = templates.iter().filter(|(_, template)| wanted(template));
    let mut texts = BTreeMap::new();
    let mut lent = Vec::new();
    for (name, template) in wanted {
        texts.insert(name.clone(), template.file.text().into_owned());
        if template.base != base && !lent.contains(&template.base) {
            lent.push(template.base.clone());
        }
    }
    tera::Set::new(texts, (base, &lent), functions)
}

/// The path of the chart whose templates lie in a folder.
fn chart_of(base: &str) -> &str {
    base.strip_suffix("/templates").unwrap_or(base)
}
