//! Why a chart cannot be loaded or rendered, in Helm's words.

use std::fmt;

use crate::Excerpt;

/// Why a chart cannot be loaded or rendered.
///
/// A message does not repeat its source: print the chain with `": "` between its
/// parts and the text is Helm's, after `Error: `.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The files are no chart, or the archive is not one that Helm takes.
    #[error("{0}")]
    Chart(String),
    /// An archive that cannot be unpacked; Helm does not say why.
    #[error("unable to load chart archive")]
    Archive {
        /// What is wrong with it, in Helm's words where it has some.
        reason: String,
    },
    /// `Chart.yaml` says something that it must not.
    #[error("validation: {0}")]
    Invalid(String),
    /// A file of the chart or a values file cannot be read.
    #[error("{action} {file}")]
    File {
        /// `cannot load` or `failed to parse`.
        action: &'static str,
        /// The file's name, as the user or the chart gave it.
        file: String,
        /// What is wrong with it.
        source: Box<Self>,
    },
    /// A subchart cannot be loaded.
    #[error("error unpacking subchart {file} in {chart}")]
    Subchart {
        /// The file or folder under `charts/`.
        file: String,
        /// The chart that holds it.
        chart: String,
        /// What is wrong with it.
        source: Box<Self>,
    },
    /// A text is not YAML, or not of the shape that was asked for.
    #[error("{text}")]
    Yaml {
        /// Helm's text; its line is go-yaml's, which may be one less.
        text: String,
        /// Line and column where reading stopped, from 1, where they are known.
        at: Option<(usize, usize)>,
        /// The lines there, without what may be secret.
        excerpt: Option<Box<Excerpt>>,
    },
    /// `--set` or one of its relatives cannot be parsed.
    #[error("failed parsing {flag} data: {reason}")]
    Flag {
        /// The flag, e.g. `--set`.
        flag: &'static str,
        /// What is wrong with its argument.
        reason: String,
        /// Where in its argument, without what may be secret.
        excerpt: Option<Box<Excerpt>>,
    },
    /// `--set-json` cannot be parsed; Helm does not say why.
    #[error("failed parsing --set-json data{what} {argument}")]
    FlagJson {
        /// Empty, or ` JSON:` for a whole object.
        what: &'static str,
        /// The argument.
        argument: String,
        /// Where in it, without what may be secret.
        excerpt: Option<Box<Excerpt>>,
    },
    /// Dependencies in `Chart.yaml` that are not in `charts/`.
    #[error(
        "an error occurred while checking for chart dependencies. You may need to run \
         'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but \
         missing in charts/ directory: {}",
        .0.join(", ")
    )]
    MissingDependencies(Vec<String>),
    /// The same, of a chart that is to be packed.
    #[error("found in Chart.yaml, but missing in charts/ directory: {}", missing.join(", "))]
    Unpackable {
        /// Their names.
        missing: Vec<String>,
    },
    /// A chart that is not meant to be installed.
    #[error("{kind} charts are not installable")]
    NotInstallable {
        /// The chart's type.
        kind: String,
    },
    /// The values do not fit together with the chart's.
    #[error("{0}")]
    Values(String),
    /// The values do not meet a schema.
    #[error("{0}")]
    Schema(Box<SchemaError>),
    /// A version of Kubernetes that cannot be read.
    #[error("invalid kube version '{version}': {reason}")]
    KubeVersion {
        /// What was given.
        version: String,
        /// Why it is none.
        reason: String,
    },
    /// The chart asks for another Kubernetes.
    #[error("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {version}")]
    IncompatibleKube {
        /// The chart's constraint.
        wanted: String,
        /// The cluster's version.
        version: String,
    },
    /// Chart.yaml asks for an engine that nobody knows.
    #[error("chart {chart} wants the engine {engine:?}, which is not known")]
    Engine {
        /// The chart, by its path from the top.
        chart: String,
        /// What it asks for.
        engine: String,
    },
    /// A template cannot be parsed or fails when it runs.
    #[error("{0}")]
    Template(Box<TemplateError>),
    /// A template outside of any chart cannot be parsed or fails when it runs.
    #[error("{0}")]
    Lone(rutter_gotmpl::Error),
    /// What a template made is no YAML, or not of the shape of an object.
    #[error("{0}")]
    Manifest(Box<ManifestError>),
    /// A release record holds no chart that can be read.
    #[error("the chart in the release record cannot be read")]
    Record(#[source] serde_json::Error),
}

/// Text that may hold secrets: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Made(pub Box<str>);

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

/// A place in a chart's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as Helm names it, e.g. `web/templates/service.yaml`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The byte in the line, from 0, where Go gives one.
    pub column: Option<usize>,
}

/// Values that do not meet a schema.
#[derive(Debug, thiserror::Error)]
#[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{text}")]
pub struct SchemaError {
    /// Helm's text: for each chart its name, and a line for each failure.
    pub text: String,
    /// The paths of the values that failed, part by part from the top chart's.
    pub paths: Vec<Vec<String>>,
}

/// Something that a template made and that is no YAML, or no object.
#[derive(Debug, thiserror::Error)]
#[error("YAML parse error on {file}: {reason}")]
pub struct ManifestError {
    /// The template.
    pub file: String,
    /// The reader's text; its line is that of the document.
    pub reason: String,
    /// Line and column where reading stopped, from 1, in all that the template made.
    pub at: Option<(usize, usize)>,
    /// Line and column of what is not of the right shape, where it is not the reading that failed.
    pub(crate) shape: Option<(usize, usize)>,
    /// All that the templates made, file by file.
    pub made: Made,
    /// The line of the template that made it, and what it made if that is no secret.
    pub excerpts: Vec<Excerpt>,
}

/// A template that cannot be parsed or that failed.
#[derive(Clone, Debug)]
pub struct TemplateError {
    /// Helm's whole text.
    pub text: String,
    /// The innermost place, where there is one.
    pub place: Option<Place>,
    /// The lines of the template at the innermost place that is in a file, with how it came there.
    pub excerpt: Option<Excerpt>,
    /// The places that led there by `include` or `template`, outermost first.
    pub chain: Vec<Place>,
    /// Whether the chart's author raised it with `fail` or `required`.
    pub raised: bool,
    /// What the user might do about it.
    pub hint: Option<&'static str>,
}

impl Error {
    /// Returns what the user might do about it, if that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { file, source, .. } => match &**source {
                Self::Yaml { at: Some((line, column)), .. } => {
                    Some(format!("{file}:{line}:{column} is where it stops being YAML"))
                }
                source => source.hint(),
            },
            Self::Archive { reason } => Some(reason.clone()),
            Self::Subchart { source, .. } => source.hint(),
            Self::Manifest(error) => Some(error.hint()),
            _ => self.advice().map(str::to_owned),
        }
    }

    /// Returns the places that it is about, with the lines there: what is to be shown below the
    /// message. What may be secret is not in them.
    pub fn excerpts(&self) -> Vec<&Excerpt> {
        match self {
            Self::File { source, .. } | Self::Subchart { source, .. } => source.excerpts(),
            Self::Yaml { excerpt, .. }
            | Self::Flag { excerpt, .. }
            | Self::FlagJson { excerpt, .. } => excerpt.iter().map(|excerpt| &**excerpt).collect(),
            Self::Template(error) => error.excerpt.iter().collect(),
            Self::Manifest(error) => error.excerpts.iter().collect(),
            _ => Vec::new(),
        }
    }

    fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Chart(text) if text.starts_with("Chart.yaml file is missing") => {
                Some("a chart is a folder or a .tgz with a Chart.yaml at its top")
            }
            Self::MissingDependencies(_) | Self::Unpackable { .. } => {
                Some("put the charts into charts/, as folders or as .tgz files")
            }
            Self::Flag { flag: "--set", .. } => {
                Some(r"write --set a.b=c,d[0]=e; `\` before , . = [ { takes them as they are")
            }
            Self::FlagJson { .. } => Some(r#"write --set-json 'a={"b":1}' or '{"a":{"b":1}}'"#),
            Self::NotInstallable { .. } => {
                Some("name it as a dependency of an application chart instead")
            }
            Self::Schema(_) => Some("--skip-schema-validation renders all the same"),
            Self::IncompatibleKube { .. } => {
                Some("--kube-version renders for another Kubernetes version")
            }
            Self::Engine { .. } => Some(
                "`engine` in Chart.yaml is gotpl (Go's templates, also if it is left out) or tera",
            ),
            Self::Template(error) => error.hint,
            _ => None,
        }
    }

    /// Returns whether it came up while templates were being turned into
    /// documents: `helm template` then adds a paragraph on `--debug`.
    pub const fn is_rendering(&self) -> bool {
        matches!(self, Self::IncompatibleKube { .. } | Self::Template(_) | Self::Manifest(_))
    }

    /// Returns the place in a template that it is about, if it is about one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Template(error) => error.place.as_ref(),
            _ => None,
        }
    }
}

impl ManifestError {
    fn hint(&self) -> String {
        let file = &self.file;
        match self.at {
            Some((line, column)) => format!(
                "{file}:{line}:{column}, counted in what the template made, is where it stops \
                 being YAML: `rutter template --debug` prints that"
            ),
            None => "that is no object as Kubernetes has them: `rutter template --debug` prints it"
                .to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
