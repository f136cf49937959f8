//! Whether a chart is well made: Helm's rules, in Helm's order and words, and some of our own.
//!
//! Helm's rules are those of its `pkg/chart/v2/lint`: what Chart.yaml says, values and their
//! schema, what the templates write, dependencies, CRDs. What we look at beyond them is kept
//! apart, so that who wants Helm's answer gets exactly that.

use std::fmt;

use crate::{Chart, Error, File, KubeVersion, SchemaCheck, Values, functions::Notice, tape::Tape};

mod addresses;
mod chartfile;
mod colon;
mod crds;
mod dependencies;
mod deprecations;
mod documents;
mod names;
mod templates;
mod unread;
mod values;

/// What is looked at, and for what.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The chart's folder.
    pub folder: &'a Folder,
    /// What the user gave; defaults come from the chart.
    pub values: &'a Values,
    /// The namespace that templates see.
    pub namespace: &'a str,
    /// The version of Kubernetes that it is for; none is the newest that Helm knows.
    pub kube_version: Option<&'a KubeVersion>,
    /// Whether values must meet their schema.
    pub schema: SchemaCheck,
    /// Whether values that nothing reads are looked for.
    pub unread: Unread,
}

/// A chart's folder as it lies on the disk, or as an archive would lie there.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Its absolute path, which messages about dependencies begin with.
    pub path: String,
    /// Its files, sorted by name as Helm walks it.
    pub files: Vec<File>,
    /// What `Chart.yaml` is.
    pub chart_file: Standing,
    /// What `templates` is.
    pub templates: Standing,
    /// What `crds` is.
    pub crds: Standing,
    /// Why the folder cannot be read as a chart, if the system said so.
    pub refused: Option<String>,
}

/// What stands at a place of the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    #[default]
    Nothing,
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Whether values that nothing reads are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unread {
    /// They are not.
    #[default]
    Ignored,
    /// They are told.
    Told,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// It will probably work.
    Warning,
    /// It will not work.
    Error,
}

/// Something that a rule found. Its `Display` is Helm's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file or folder that it is about, as Helm names it; may be empty.
    pub path: String,
    /// What is wrong, in as many lines as it takes.
    pub text: String,
}

/// All that was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What Helm's rules found, in Helm's order.
    pub findings: Vec<Finding>,
    /// What our own rules found.
    pub ours: Vec<Finding>,
    /// What `required` and `fail` had to say while the templates ran.
    pub notices: Vec<Notice>,
}

/// Looks at a chart.
pub fn lint(request: &Request<'_>, tape: Tape) -> Report {
    let mut report = Report::default();
    chartfile::check(request.folder, &mut report);
    values::check(request, &mut report);
    templates::check(request, tape, &mut report);
    dependencies::check(request.folder, &mut report);
    crds::check(request.folder, &mut report);
    report
}

impl Folder {
    /// Returns the folder that an archive's files would make, as if it lay at `path`.
    pub fn unpacked(path: String, files: Vec<File>) -> Self {
        let standing = |name: &str| {
            let inside = format!("{name}/");
            if files.iter().any(|file| file.name.starts_with(&inside)) {
                Standing::Folder
            } else if files.iter().any(|file| file.name == name) {
                Standing::File
            } else {
                Standing::Nothing
            }
        };
        Self {
            path,
            chart_file: standing("Chart.yaml"),
            templates: standing("templates"),
            crds: standing("crds"),
            files,
            refused: None,
        }
    }

    fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Loads the chart as Helm's `LoadDir`, or says in Helm's words why it is none.
    fn chart(&self) -> Result<Chart, String> {
        match &self.refused {
            Some(reason) => Err(reason.clone()),
            None => crate::chart::from_folder_unversioned(self.files.clone())
                .map_err(|error| chained(&error)),
        }
    }
}

impl Report {
    fn add(&mut self, severity: Severity, path: &str, text: impl Into<String>) {
        self.findings.push(Finding { severity, path: path.to_owned(), text: text.into() });
    }

    fn error(&mut self, path: &str, text: impl Into<String>) {
        self.add(Severity::Error, path, text);
    }

    fn warning(&mut self, path: &str, text: impl Into<String>) {
        self.add(Severity::Warning, path, text);
    }

    fn info(&mut self, path: &str, text: impl Into<String>) {
        self.add(Severity::Info, path, text);
    }

    /// Adds what a rule of our own found.
    fn own(&mut self, severity: Severity, path: &str, text: impl Into<String>) {
        self.ours.push(Finding { severity, path: path.to_owned(), text: text.into() });
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        write!(f, "[{severity}] {}: {}", self.path, self.text)
    }
}

/// The text of an error and of everything that caused it, as Go prints it.
fn chained(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
