//! What is shown of one release: the text of `status`, `install`, `upgrade` and `get all`
//! (`pkg/cmd/status.go`).

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};

use super::{Style, json};
use crate::{failure::Failure, release::Release};

/// A release and how much of it is shown.
#[derive(Debug)]
pub(crate) struct Report<'r> {
    /// The release.
    pub(crate) release: &'r Release,
    /// Whether name and version of the chart are shown.
    pub(crate) chart: Detail,
    /// Whether values, hooks and manifest are shown, and what the templates saw as values.
    pub(crate) content: Content,
    /// Whether the notes are shown.
    pub(crate) notes: Detail,
}

/// Whether a part is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// It is.
    Shown,
    /// It is not.
    Hidden,
}

/// How much of the content is shown.
#[derive(Debug)]
pub(crate) enum Content {
    /// Nothing, unless the release is a dry run, whose manifest is the point of it.
    Brief,
    /// Everything; with the values that templates saw.
    Full {
        /// What `.Values` was.
        computed: Map<String, Value>,
    },
}

impl Report<'_> {
    /// Returns the text.
    ///
    /// # Errors
    ///
    /// Values that no YAML can hold.
    pub(crate) fn to_text(&self, style: Style) -> Result<String, Failure> {
        let mut text = String::new();
        self.head(&mut text, style).map_err(|error| Failure::from_error(&error))?;
        self.resources(&mut text);
        self.tests(&mut text);
        if let Content::Full { computed } = &self.content {
            text.push_str("USER-SUPPLIED VALUES:\n");
            text.push_str(&json::yaml(&self.release.config)?);
            text.push_str("\nCOMPUTED VALUES:\n");
            text.push_str(&json::yaml(computed)?);
            text.push('\n');
        }
        let dry_run = self.release.info.description.eq_ignore_ascii_case("Dry run complete");
        if dry_run || matches!(self.content, Content::Full { .. }) {
            text.push_str("HOOKS:\n");
            text.push_str(&hooks(self.release));
            text.push_str("MANIFEST:\n");
            text.push_str(&self.release.manifest);
            text.push('\n');
        }
        let notes = &self.release.info.notes;
        if self.notes == Detail::Shown && !notes.is_empty() {
            text.push_str("NOTES:\n");
            text.push_str(notes.trim());
            text.push('\n');
        }
        Ok(text)
    }

    fn head(&self, text: &mut String, style: Style) -> fmt::Result {
        let Release { name, info, namespace, revision, .. } = self.release;
        writeln!(text, "NAME: {name}")?;
        if !info.last_deployed.is_zero() {
            writeln!(text, "LAST DEPLOYED: {}", info.last_deployed.ansic())?;
        }
        writeln!(text, "NAMESPACE: {}", style.namespace(namespace))?;
        writeln!(text, "STATUS: {}", style.status(&info.status))?;
        writeln!(text, "REVISION: {revision}")?;
        if let (Detail::Shown, Some(metadata)) = (self.chart, self.release.metadata()) {
            writeln!(text, "CHART: {}", metadata.name)?;
            writeln!(text, "VERSION: {}", metadata.version)?;
            writeln!(text, "APP_VERSION: {}", metadata.app_version)?;
        }
        writeln!(text, "DESCRIPTION: {}", info.description)?;
        text.write_str(&info.origin)
    }

    /// Live objects, as whoever asked the cluster has put them into words.
    fn resources(&self, text: &mut String) {
        let live = &self.release.info.live;
        if !live.is_empty() {
            let _ = writeln!(text, "RESOURCES:\n{live}");
        }
    }

    fn tests(&self, text: &mut String) {
        let tests: Vec<_> = self.release.hooks.iter().filter(|hook| hook.is_test()).collect();
        if tests.is_empty() {
            text.push_str("TEST SUITE: None\n");
        }
        for hook in tests.into_iter().filter(|hook| !hook.last_run.started_at.is_zero()) {
            let run = &hook.last_run;
            let _ = write!(
                text,
                "TEST SUITE:     {}\nLast Started:   {}\nLast Completed: {}\nPhase:          {}\n",
                hook.name,
                run.started_at.ansic(),
                run.completed_at.ansic(),
                run.phase
            );
        }
    }
}

/// Returns the hooks of a release as one text: `get hooks`.
pub(crate) fn hooks(release: &Release) -> String {
    let hook =
        |hook: &crate::release::Hook| format!("---\n# Source: {}\n{}\n", hook.path, hook.manifest);
    release.hooks.iter().map(hook).collect()
}
