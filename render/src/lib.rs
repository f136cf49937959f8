//! What is wanted: from a chart and values to Kubernetes documents.
//!
//! A [`Chart`] and the user's [`Values`] go in, [`Rendered`] comes out, byte for
//! byte as Helm 4.3.1 has it. This crate reads no file, clock, environment or
//! network: files come in as bytes, and what a template looks up or draws at
//! random comes from the tape that [`render`] is handed.

pub mod functions;
pub mod index;
pub mod lint;
pub mod semver;
pub mod tape;
pub mod url;
pub mod yaml;

mod capabilities;
mod chart;
mod engine;
mod error;
mod excerpt;
mod lone;
mod manifest;
mod nearest;
mod pattern;
mod tera;
mod values;

pub use capabilities::{Capabilities, KubeVersion};
pub use chart::{Chart, Dependency, File, Ignore, Lock, Maintainer, Metadata};
pub use engine::{NotesScope, ReleaseFacts, Request, SchemaCheck, Verb, render};
pub use error::{Error, Made, ManifestError, Place, SchemaError, TemplateError};
pub use excerpt::Excerpt;
pub use lone::{Vocabulary, run_alone};
pub use manifest::{
    Crd, DeletePolicy, Document, Hook, HookEvent, LogPolicy, Rendered, install_rank, uninstall_rank,
};
pub use values::{Overrides, Values};
