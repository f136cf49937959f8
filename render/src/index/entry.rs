//! An entry from YAML in the block style, without a tree between: nearly every
//! entry of nearly every index.
//!
//! Only what is as plain as Helm writes it: known keys, each once, and texts where
//! texts are wanted. For everything else, and so for every mistake, the answer is
//! nothing, and the tree is asked: what this returns is what is made of that.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    Entry,
    block::{Behind, Empty, Reader},
    time,
};
use crate::{Dependency, Maintainer};

/// Reads the only item of a list, if it is of the known kind.
pub(super) fn read(text: &str) -> Option<Entry> {
    let (mut reader, column) = Reader::of(text)?;
    let mut entry = Entry { created: time::NEVER.to_owned(), ..Entry::default() };
    let mut count = 0;
    reader.items(column, &mut |reader, inner| {
        count += 1;
        (count == 1).then_some(())?;
        fill(reader, inner, &mut entry)
    })?;
    reader.is_done().then_some(entry)
}

fn fill(reader: &mut Reader<'_>, column: usize, entry: &mut Entry) -> Option<()> {
    let mut seen = Seen::default();
    reader.fields(column, &mut |reader, key| {
        seen.first(key)?;
        let mut field = Field { reader, column };
        let Entry { metadata, urls, created, removed, digest, legacy } = &mut *entry;
        match key {
            "name" => field.text(&mut metadata.name),
            "home" => field.text(&mut metadata.home),
            "sources" => field.texts(&mut metadata.sources),
            "version" => field.text(&mut metadata.version),
            "description" => field.text(&mut metadata.description),
            "keywords" => field.texts(&mut metadata.keywords),
            "maintainers" => field.list(&mut metadata.maintainers, maintainer),
            "icon" => field.text(&mut metadata.icon),
            "apiVersion" => field.text(&mut metadata.api_version),
            "condition" => field.text(&mut metadata.condition),
            "tags" => field.text(&mut metadata.tags),
            "appVersion" => field.text(&mut metadata.app_version),
            "deprecated" => field.flag(&mut metadata.deprecated),
            "annotations" => field.map(&mut metadata.annotations),
            "kubeVersion" => field.text(&mut metadata.kube_version),
            "dependencies" => field.list(&mut metadata.dependencies, dependency),
            "type" => field.text(&mut metadata.kind),
            "urls" => field.texts(urls),
            "created" => field.time(created),
            "removed" => field.flag(removed),
            "digest" => field.scalar(digest),
            "checksum" => field.scalar(&mut legacy.checksum),
            "engine" => field.scalar(&mut legacy.engine),
            "tillerVersion" => field.scalar(&mut legacy.tiller_version),
            "url" => field.scalar(&mut legacy.url),
            _ => None,
        }
    })
}

fn maintainer(reader: &mut Reader<'_>, column: usize) -> Option<Maintainer> {
    let mut maintainer = Maintainer::default();
    let mut seen = Seen::default();
    reader.fields(column, &mut |reader, key| {
        seen.first(key)?;
        let mut field = Field { reader, column };
        match key {
            "name" => field.text(&mut maintainer.name),
            "email" => field.text(&mut maintainer.email),
            "url" => field.text(&mut maintainer.url),
            _ => None,
        }
    })?;
    Some(maintainer)
}

fn dependency(reader: &mut Reader<'_>, column: usize) -> Option<Dependency> {
    let mut dependency = Dependency::default();
    let mut seen = Seen::default();
    reader.fields(column, &mut |reader, key| {
        seen.first(key)?;
        let mut field = Field { reader, column };
        match key {
            "name" => field.text(&mut dependency.name),
            "version" => field.text(&mut dependency.version),
            "repository" => field.text(&mut dependency.repository),
            "condition" => field.text(&mut dependency.condition),
            "tags" => field.texts(&mut dependency.tags),
            "enabled" => field.flag(&mut dependency.enabled),
            "alias" => field.text(&mut dependency.alias),
            // Values of any shape are the tree's.
            _ => None,
        }
    })?;
    Some(dependency)
}

/// The keys of a mapping so far: few, as all are known ones.
#[derive(Default)]
struct Seen<'a>(Vec<&'a str>);

impl<'a> Seen<'a> {
    /// Returns nothing for a key that was there before.
    fn first(&mut self, key: &'a str) -> Option<()> {
        if self.0.contains(&key) {
            return None;
        }
        self.0.push(key);
        Some(())
    }
}

/// What stands behind a key at this column.
struct Field<'r, 'a> {
    reader: &'r mut Reader<'a>,
    column: usize,
}

impl<'a> Field<'_, 'a> {
    fn text(&mut self, into: &mut String) -> Option<()> {
        self.here(|reader, column| {
            *into = reader.text(column)?;
            Some(())
        })
    }

    /// A text that may look like a number.
    fn scalar(&mut self, into: &mut String) -> Option<()> {
        self.here(|reader, column| {
            match reader.scalar(column)? {
                Json::String(text) => *into = text,
                Json::Null => {}
                other => *into = crate::chart::scalar(&other)?,
            }
            Some(())
        })
    }

    fn flag(&mut self, into: &mut bool) -> Option<()> {
        self.here(|reader, _| {
            *into = reader.flag()?;
            Some(())
        })
    }

    fn time(&mut self, into: &mut String) -> Option<()> {
        self.here(|reader, column| {
            *into = time::normal(&reader.text(column)?)?;
            Some(())
        })
    }

    /// Takes what stands in the line of the key, if anything does.
    fn here(&mut self, take: impl FnOnce(&mut Reader<'a>, usize) -> Option<()>) -> Option<()> {
        match self.reader.behind_key(self.column) {
            Behind::Here => take(self.reader, self.column),
            Behind::Nothing => Some(()),
            Behind::Below(_) | Behind::ListBeside => None,
        }
    }

    fn texts(&mut self, into: &mut Vec<String>) -> Option<()> {
        self.items(&mut |reader, dash, _| {
            into.push(reader.text(dash)?);
            Some(())
        })
    }

    fn list<T>(
        &mut self,
        into: &mut Vec<T>,
        item: fn(&mut Reader<'a>, usize) -> Option<T>,
    ) -> Option<()> {
        self.items(&mut |reader, _, column| {
            into.push(item(reader, column)?);
            Some(())
        })
    }

    /// Goes through a list; `take` is told the columns of the dash and of the item.
    fn items(
        &mut self,
        take: &mut dyn FnMut(&mut Reader<'a>, usize, usize) -> Option<()>,
    ) -> Option<()> {
        let dash = match self.reader.behind_key(self.column) {
            Behind::Below(column) => column,
            Behind::ListBeside => self.column,
            Behind::Here => return matches!(self.reader.empty()?, Empty::List).then_some(()),
            Behind::Nothing => return Some(()),
        };
        self.reader.items(dash, &mut |reader, column| take(reader, dash, column))
    }

    fn map(&mut self, into: &mut BTreeMap<String, String>) -> Option<()> {
        let column = match self.reader.behind_key(self.column) {
            Behind::Below(column) => column,
            Behind::Here => return matches!(self.reader.empty()?, Empty::Map).then_some(()),
            Behind::Nothing => return Some(()),
            Behind::ListBeside => return None,
        };
        self.reader.fields(column, &mut |reader, key| {
            // Null is a text here, and so the tree's.
            let Behind::Here = reader.behind_key(column) else { return None };
            into.insert(key.to_owned(), reader.text(column)?).is_none().then_some(())
        })
    }
}
