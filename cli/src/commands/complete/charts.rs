//! Repositories, their charts and versions (`compListCharts`, `compVersionFlag`). The cached indexes
//! are read, no server is asked.

use std::fs;

use super::{Choices, Directive};
use crate::{
    release::Time,
    repositories::{Entry, Repositories},
    session::Session,
};

/// Where a chart may come from beside repositories, with what it is.
const SCHEMES: &[&str] = &[
    "oci://\tChart OCI prefix",
    "https://\tChart URL prefix",
    "http://\tChart URL prefix",
    "file://\tChart local URL prefix",
];

/// Whether a chart may lie on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// It may.
    Everywhere,
    /// It comes from somewhere else.
    Elsewhere,
}

/// Repositories that were not named yet, each with its URL.
pub(super) fn repositories(named: &[String], session: &Session) -> Choices {
    let repositories = Repositories::read(&session.settings.folders);
    let entries = repositories.as_ref().map(Repositories::entries).unwrap_or_default();
    let wanted = entries.iter().filter(|it| !named.contains(&it.name));
    (wanted.map(|it| described(&it.name, it)).collect(), Directive::NoFiles)
}

/// What may be said in place of a chart that begins like this.
pub(super) fn references(begun: &str, places: Places, session: &Session) -> Choices {
    let mut offered = Offered::default();
    if let Ok(repositories) = Repositories::read(&session.settings.folders) {
        offered.add_repositories(begun, &repositories);
    }
    for scheme in SCHEMES {
        let prefix = scheme.split('\t').next().unwrap_or_default();
        if begun.starts_with(prefix) {
            offered.begun = Begun::Url;
        } else if prefix.starts_with(begun) {
            offered.choices.push((*scheme).to_owned());
            offered.begun = Begun::Prefix;
        }
    }
    if places == Places::Everywhere {
        offered.add_files(begun);
    }
    offered.done(places)
}

/// Choices, and how what was begun may go on.
#[derive(Default)]
struct Offered {
    choices: Vec<String>,
    begun: Begun,
}

/// What has been begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Begun {
    /// What a choice makes whole.
    #[default]
    Reference,
    /// What goes on behind a choice: a repository, the scheme of a URL.
    Prefix,
    /// A URL, of which nobody knows the rest.
    Url,
}

impl Offered {
    fn add_repositories(&mut self, begun: &str, repositories: &Repositories) {
        for entry in repositories.known() {
            let prefix = format!("{}/", entry.name);
            if begun.starts_with(&prefix) {
                self.choices.extend(charts(repositories, &entry.name));
                self.begun = Begun::Reference;
                return;
            }
            if entry.name.starts_with(begun) {
                self.choices.push(described(&prefix, entry));
                self.begun = Begun::Prefix;
            }
        }
    }

    /// Without a beginning all files would be too many; where there is nothing else, the shell
    /// offers them itself.
    fn add_files(&mut self, begun: &str) {
        if begun.is_empty() {
            self.choices.push("./\tRelative path prefix to local chart".to_owned());
            self.choices.push("/\tAbsolute path prefix to local chart".to_owned());
            return;
        }
        if self.choices.is_empty() {
            return;
        }
        let files = fs::read_dir(".").into_iter().flatten().flatten();
        let names = files.filter_map(|it| it.file_name().into_string().ok());
        self.choices.extend(names.filter(|it| it.starts_with(begun)));
    }

    fn done(self, places: Places) -> Choices {
        let directive = match (self.begun, places) {
            (Begun::Url, _) | (Begun::Prefix, Places::Elsewhere) => Directive::NoFilesNoSpace,
            (Begun::Prefix, Places::Everywhere) => Directive::FilesNoSpace,
            (Begun::Reference, Places::Elsewhere) => Directive::NoFiles,
            (Begun::Reference, Places::Everywhere) => Directive::Files,
        };
        (self.choices, directive)
    }
}

/// The charts of a repository: from the list that is cached beside its index, else from the index.
fn charts(repositories: &Repositories, name: &str) -> Vec<String> {
    let listed = fs::read_to_string(repositories.list_file(name));
    let names: Vec<String> = match listed {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(_) => repositories
            .index(name)
            .map(|index| index.entries.into_keys().collect())
            .unwrap_or_default(),
    };
    names.iter().map(|chart| format!("{name}/{chart}")).collect()
}

/// The versions of `repository/chart`, newest first, each with what it is.
pub(super) fn versions(reference: &str, session: &Session) -> Vec<String> {
    let Some((repository, chart)) = reference.split_once('/').filter(|it| !it.1.contains('/'))
    else {
        return Vec::new();
    };
    let repositories = Repositories::read(&session.settings.folders);
    let index = repositories.and_then(|it| it.index(repository));
    let Ok(index) = index else { return Vec::new() };
    let choice = |entry: &render::index::Entry| {
        let metadata = &entry.metadata;
        let app = match metadata.app_version.as_str() {
            "" => String::new(),
            version => format!("App: {version}, "),
        };
        let created = Time::new(entry.created.clone()).format("January 2, 2006");
        let deprecated = if metadata.deprecated { "(deprecated)" } else { "" };
        let what = format!("{app}Created: {created} {deprecated}");
        format!("{}\t{}", metadata.version, what.trim_end())
    };
    index.entries.get(chart).into_iter().flatten().map(choice).collect()
}

fn described(name: &str, entry: &Entry) -> String {
    format!("{name}\t{}", entry.shown_url())
}
