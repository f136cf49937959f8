//! What `helm template` prints.

use super::{HookEvent, Rendered};
use crate::pattern;

/// What is printed of a rendering.
#[derive(Clone, Debug, Default)]
pub struct Printing {
    /// `--include-crds`.
    pub crds: bool,
    /// `--no-hooks`.
    pub no_hooks: bool,
    /// `--skip-tests`.
    pub skip_tests: bool,
    /// `--show-only`: patterns of paths inside the chart, all files if empty.
    pub show_only: Vec<String>,
}

/// Returns what `helm template` prints.
///
/// # Errors
///
/// The pattern of `--show-only` that no document matches.
pub fn print(rendered: &Rendered, printing: &Printing) -> Result<String, String> {
    let mut text = String::new();
    if printing.crds {
        for crd in &rendered.crds {
            add(&mut text, &crd.source, &crd.text);
        }
    }
    text.push_str(&rendered.manifest());
    let mut text = format!("{}\n", text.trim());
    let hooks = rendered.hooks.iter().filter(|hook| {
        !printing.no_hooks && !(printing.skip_tests && hook.events.contains(&HookEvent::Test))
    });
    for hook in hooks {
        add(&mut text, &hook.document.source, &hook.document.text);
    }
    if printing.show_only.is_empty() { Ok(text) } else { only(&text, &printing.show_only) }
}

fn add(text: &mut String, source: &str, content: &str) {
    text.push_str("---\n# Source: ");
    text.push_str(source);
    text.push('\n');
    text.push_str(content);
    text.push('\n');
}

/// Splits the text again, as Helm does, and keeps what each pattern names.
fn only(text: &str, patterns: &[String]) -> Result<String, String> {
    let mut kept = String::new();
    for pattern in patterns {
        let mut found = false;
        for document in crate::yaml::split(text) {
            let Some(path) = source(document.text) else { continue };
            if pattern::matches(pattern, path).unwrap_or(false) {
                kept.push_str("---\n");
                kept.push_str(document.text);
                kept.push('\n');
                found = true;
            }
        }
        if !found {
            return Err(pattern.clone());
        }
    }
    Ok(kept)
}

/// Returns the path inside the chart of a document: `# Source: [^/]+/(.+)`.
fn source(document: &str) -> Option<&str> {
    let (_, rest) = document.split_once("# Source: ")?;
    let line = rest.lines().next()?;
    line.split_once('/').map(|(_, path)| path)
}
