//! A chart: what it says of itself, its files, its defaults, its subcharts.

use std::{borrow::Cow, fmt, rc::Rc};

use serde::{Deserialize, Serialize};

use crate::{Error, Values};

pub use ignore::Ignore;

pub(crate) use check::{is_compatible, metadata as check_metadata};
pub(crate) use dependencies::process as process_dependencies;
pub(crate) use loading::from_folder_unversioned;
pub(crate) use reading::{
    DEPENDENCY, Fields, MAINTAINER, METADATA, PREFIX, Problem, Texts, kind, metadata, metadata_of,
    scalar,
};

mod archive;
mod check;
mod dependencies;
mod ignore;
mod loading;
mod packing;
mod reading;
mod record;

/// A file of a chart.
///
/// The name is relative to the chart's folder, with `/` between its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// The path inside the chart, e.g. `templates/service.yaml`.
    pub name: String,
    /// The content, without a UTF-8 byte order mark.
    pub data: Rc<[u8]>,
    /// When it was last changed (RFC 3339), as Helm's release record has it.
    pub modified: Option<String>,
}

/// A chart with its subcharts.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// `Chart.yaml`, with the dependencies of `requirements.yaml` for `v1`.
    pub metadata: Metadata,
    /// `Chart.lock` or `requirements.lock`.
    pub lock: Option<Lock>,
    /// The files under `templates/`, in the order they were handed in.
    pub templates: Vec<File>,
    /// The default values.
    pub values: Values,
    /// `values.schema.json` as it is, if there is one.
    pub schema: Option<Rc<[u8]>>,
    /// All other files, CRDs among them: what `.Files` shows.
    pub files: Vec<File>,
    /// All files as handed in, for `show values` and for storing the chart.
    pub raw: Vec<File>,
    /// The subcharts under `charts/`.
    pub dependencies: Vec<Self>,
}

/// What `Chart.yaml` says; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// The name of the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The project's page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub home: String,
    /// Where the source is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The chart's version, as it is written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// One sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Who maintains it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintainers: Vec<Maintainer>,
    /// Where a picture is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// `v1` or `v2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// A condition of the chart itself (unused by Helm).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Tags of the chart itself (unused by Helm).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// The version of what the chart installs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_version: String,
    /// Whether the chart should no longer be used.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// Anything; Helm does not look at it.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub annotations: std::collections::BTreeMap<String, String>,
    /// A constraint on the server's version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kube_version: String,
    /// The subcharts it asks for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Empty for Go's templates, else the engine that renders the chart: `tera`. Helm 2 had the
    /// field, Helm 4 does not look at it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// Empty, `application` or `library`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// Someone who maintains a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Maintainer {
    /// Their name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Their address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Their page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// A subchart that a chart asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// The name that the subchart's `Chart.yaml` has; once values are known, its alias.
    pub name: String,
    /// A version or a range.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The repository it comes from.
    pub repository: String,
    /// Paths of values, by comma: the first that is a bool decides.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Words under `tags` in the values that decide, where no condition does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is wanted; known once values are.
    #[serde(skip_serializing_if = "is_false")]
    pub enabled: bool,
    /// Values that go from the subchart to its parent.
    #[serde(rename = "import-values", skip_serializing_if = "Vec::is_empty")]
    pub import_values: Vec<serde_json::Value>,
    /// The name it goes by in this chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

/// The exact versions that dependencies were resolved to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lock {
    /// When it was made (RFC 3339).
    pub generated: String,
    /// A digest of the dependencies in `Chart.yaml`.
    pub digest: String,
    /// The versions.
    pub dependencies: Vec<Dependency>,
}

impl Chart {
    /// Loads a chart from its files, as they lie in a package: `.helmignore` has
    /// no say. Names are relative to the chart's folder.
    ///
    /// # Errors
    ///
    /// Helm's: no `Chart.yaml`, a file that is no YAML, a name or version that
    /// is none, a subchart that cannot be loaded.
    pub fn load(files: Vec<File>) -> Result<Self, Error> {
        loading::load(files)
    }

    /// Loads a chart from the files of a folder, sorted by name as Helm walks
    /// it, leaving out what `.helmignore` says.
    ///
    /// # Errors
    ///
    /// As [`Chart::load`], and a `.helmignore` that Helm refuses.
    pub fn from_folder(files: Vec<File>) -> Result<Self, Error> {
        loading::from_folder(files)
    }

    /// Loads a chart from the bytes of a `.tgz`; `name` is the file's, for errors.
    ///
    /// # Errors
    ///
    /// As [`Chart::load`]; an archive that is none, is too large or leaves its
    /// folder.
    pub fn from_archive(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        loading::from_archive(name, bytes)
    }

    /// Returns what a `.tgz` says of itself, and fails where [`Chart::from_archive`] does: most of
    /// its files are measured only, which takes half the time.
    ///
    /// # Errors
    ///
    /// As [`Chart::from_archive`].
    pub fn look_into(name: &str, bytes: &[u8]) -> Result<Metadata, Error> {
        loading::look_into(name, bytes)
    }

    /// Returns the files of a `.tgz` as they are, and the name that the chart gives itself: what
    /// `helm pull --untar` writes into a folder of that name (`util/expand.go`).
    ///
    /// # Errors
    ///
    /// Helm's: an archive that is none, is too large or leaves its folder; a chart without a name,
    /// or with one that is no name of a folder.
    pub fn expand(bytes: &[u8]) -> Result<(String, Vec<File>), Error> {
        loading::expand(bytes)
    }

    /// Refuses what cannot be installed: a library, and a chart that names
    /// dependencies that are not in `charts/`. Helm asks this before it renders.
    ///
    /// # Errors
    ///
    /// [`Error::NotInstallable`], [`Error::MissingDependencies`].
    pub fn check_installable(&self) -> Result<(), Error> {
        check::installable(self)
    }

    /// Sets the version, as `package --version` does.
    ///
    /// # Errors
    ///
    /// A text that is no version.
    pub fn set_version(&mut self, version: &str) -> Result<(), Error> {
        packing::set_version(self, version)
    }

    /// Refuses a chart that names dependencies that are not in `charts/`, in the
    /// words of `helm package`.
    ///
    /// # Errors
    ///
    /// [`Error::Unpackable`].
    pub fn check_packable(&self) -> Result<(), Error> {
        packing::check_dependencies(self)
    }

    /// Packs it as `helm package` does: the bytes of a `.tgz`, which are the same
    /// wherever the same chart is packed. `seconds` (since 1970) is the time that
    /// every file in it has.
    ///
    /// # Errors
    ///
    /// Metadata that Helm's validation refuses, a schema that is no JSON.
    pub fn pack(&self, seconds: u64) -> Result<Vec<u8>, Error> {
        packing::pack(self, seconds)
    }

    /// Returns the name that its archive has: `NAME-VERSION.tgz`.
    pub fn archive_name(&self) -> String {
        format!("{}-{}.tgz", self.metadata.name, self.metadata.version)
    }

    /// Returns the name in `Chart.yaml`, or its alias once values are known.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Returns whether it only lends its named templates to other charts.
    pub fn is_library(&self) -> bool {
        self.metadata.kind.eq_ignore_ascii_case("library")
    }
}

impl File {
    /// Returns the content as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        // `from_utf8` is several times faster on what is valid: nearly all of it.
        std::str::from_utf8(&self.data)
            .map_or_else(|_| String::from_utf8_lossy(&self.data), Cow::Borrowed)
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.data.len())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
