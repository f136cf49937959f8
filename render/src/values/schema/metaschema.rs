//! A schema against the schema of schemas, as Helm's library looks at it before it looks at values.
//!
//! The documents are those of json-schema.org for each draft, without titles, comments and defaults;
//! those of the later drafts have their vocabularies inside, which refer to the whole where the
//! published ones leave open to what (`$recursiveRef`, `$dynamicRef`).

use serde_json::Value as Json;

use super::{checker::Checker, lines, references::ROOT};

/// Returns what Helm says of a schema that is none.
pub(super) fn refusal(schema: &Json, draft: u16) -> Option<String> {
    let (url, text) = document(draft);
    let metaschema: Json = serde_json::from_str(text).ok()?;
    let failure = Checker::of_schemas(&metaschema).run(schema).err()?;
    let (lines, _) = lines(failure);
    Some(format!(
        "\"{ROOT}#\" is not valid against metaschema: jsonschema validation failed with '{url}#'\n\
         {lines}"
    ))
}

const fn document(draft: u16) -> (&'static str, &'static str) {
    match draft {
        4 => ("http://json-schema.org/draft-04/schema", include_str!("metaschemas/draft-04.json")),
        6 => ("http://json-schema.org/draft-06/schema", include_str!("metaschemas/draft-06.json")),
        7 => ("http://json-schema.org/draft-07/schema", include_str!("metaschemas/draft-07.json")),
        2019 => (
            "https://json-schema.org/draft/2019-09/schema",
            include_str!("metaschemas/2019-09.json"),
        ),
        _ => (
            "https://json-schema.org/draft/2020-12/schema",
            include_str!("metaschemas/2020-12.json"),
        ),
    }
}
