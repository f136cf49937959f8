//! `rutter repo index`: the list of the charts in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use render::index::Index;

use crate::{
    charts::{named, reason},
    failure::Failure,
    files::{self, Readers},
    grammar, indexing,
    options::Switch,
    session::Session,
};

/// Write the index of a folder with packaged charts
///
/// The folder and the folders in it are looked through for .tgz files; index.yaml is written into
/// it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder
    #[arg(value_name = "DIR")]
    words: Vec<String>,

    /// Put this in front of the archives' names
    #[arg(long, value_name = "URL", default_value = "")]
    url: String,

    /// Take the charts of this index in, too; what is in the folder wins
    #[arg(long, value_name = "FILE")]
    merge: Option<PathBuf>,

    /// Write JSON
    #[arg(long)]
    json: Switch,
}

/// The form of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Yaml,
    Json,
}

pub(crate) fn run(args: &Args, session: &mut Session) -> Result<(), Failure> {
    let [folder] = grammar::exactly(session.settings.program, "repo index", &args.words)?;
    let form = if args.json.is_on() { Form::Json } else { Form::Yaml };
    let folder = std::path::absolute(folder)?;
    let merge = args.merge.as_deref().filter(|path| !path.as_os_str().is_empty());
    written(&folder, (&args.url, merge), form)
}

/// Writes the index of a folder as YAML, taking in what the index `merge` says.
///
/// # Errors
///
/// Helm's messages.
pub(crate) fn write(folder: &Path, url: &str, merge: Option<&Path>) -> Result<(), Failure> {
    written(folder, (url, merge), Form::Yaml)
}

fn written(folder: &Path, (url, merge): (&str, Option<&Path>), form: Form) -> Result<(), Failure> {
    let now = jiff::Timestamp::now().to_string();
    let mut index = indexing::index(folder, url, &now)?;
    if let Some(path) = merge {
        index.merge(other(path, &now, form)?);
    }
    index.sort();
    save(&index, &folder.join("index.yaml"), form)
}

/// Reads the index to merge in. Helm makes an empty one where there is none.
fn other(path: &Path, now: &str, form: Form) -> Result<Index, Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let index = Index::new(now);
            save(&index, path, form)?;
            return Ok(index);
        }
        Err(error) => return Err(named(path, &error).prefixed("merge failed")),
    };
    let read = Index::read(&bytes).map_err(|error| {
        let path = path.display();
        Failure::new(format_args!("merge failed: error loading {path}: {error}"))
            .with_hint_of(error.hint())
    });
    read.map(|(index, _)| index)
}

fn save(index: &Index, path: &Path, form: Form) -> Result<(), Failure> {
    let text = match form {
        Form::Json => index.to_json(),
        Form::Yaml => index.to_yaml().map_err(|error| Failure::from_error(&error))?,
    };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    if let Some(Err(error)) = folder.map(fs::metadata) {
        // No index makes its folder: a mistyped path is a mistake.
        return Err(Failure::new(format_args!("open {}: {}", path.display(), reason(&error))));
    }
    files::replace(path, text.as_bytes(), Readers::All)
}
