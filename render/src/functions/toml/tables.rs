//! The tables of a document while it is read: which keys they have, and which of them may be
//! given once more.
//!
//! The library keeps by the path of a key whether it was only implied (`a` in `a.b = 1`) and
//! whether it is an array. Paths do not tell the tables of an array from each other, so what was
//! said of a key in one of them holds for that key in all.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use rutter_gotmpl::{Elem, List, Map, Str, Value};

use super::key::joined;

/// How deep tables and arrays may nest; the library has no bound.
pub(super) const DEEPEST: usize = 1000;

/// What is known of keys, by number of their paths.
#[derive(Debug, Default)]
struct Paths {
    numbers: HashMap<(usize, Str), usize>,
    implicit: HashSet<usize>,
    arrays: HashSet<usize>,
}

/// The path of the document itself.
const ROOT: usize = 0;

impl Paths {
    fn find(&self, parent: usize, name: &Str) -> Option<usize> {
        self.numbers.get(&(parent, name.clone())).copied()
    }

    fn make(&mut self, parent: usize, name: &Str) -> usize {
        let new = self.numbers.len() + 1;
        *self.numbers.entry((parent, name.clone())).or_insert(new)
    }
}

/// A key of the context.
#[derive(Debug)]
struct Level {
    name: Str,
    path: usize,
    /// The table, or the last of the tables, that it is; none if it is something else.
    table: Option<Map>,
}

/// The document so far, and the table that keys are added to: the context.
#[derive(Debug, Default)]
pub(super) struct Tables {
    root: Map,
    paths: Paths,
    context: Vec<Level>,
}

/// What a table is added as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    Table,
    /// One more of an array.
    Element,
}

/// The library's message.
type Step = Result<(), String>;

impl Tables {
    pub(super) fn into_root(self) -> Map {
        self.root
    }

    pub(super) fn depth(&self) -> usize {
        self.context.len()
    }

    /// Leaves the tables that were entered since the context was so deep.
    pub(super) fn leave(&mut self, depth: usize) {
        self.context.truncate(depth);
    }

    /// Returns the key of the context.
    pub(super) fn name(&self) -> String {
        joined(self.names())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.context.iter().map(|level| &*level.name)
    }

    /// Returns the key of the context with one more part.
    pub(super) fn name_with(&self, key: &str) -> String {
        joined(self.names().chain([key]))
    }

    fn path(&self) -> usize {
        self.context.last().map_or(ROOT, |level| level.path)
    }

    /// Returns the table of the context, if it is one.
    fn table(&self) -> Option<&Map> {
        self.context.last().map_or(Some(&self.root), |level| level.table.as_ref())
    }

    /// Makes a table of a header the context; the tables above it are implied.
    pub(super) fn open(&mut self, key: &[Str], as_what: As) -> Step {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut context: Vec<Level> = Vec::with_capacity(key.len());
        let mut table = self.root.clone();
        for name in parents {
            let path = self.paths.make(context.last().map_or(ROOT, |level| level.path), name);
            if !table.entries.borrow().contains_key(name) {
                self.paths.implicit.insert(path);
                table.entries.borrow_mut().insert(name.clone(), Value::Map(Map::default()));
            }
            let inner = inner(&table, name);
            context.push(Level { name: name.clone(), path, table: inner.clone() });
            let Some(inner) = inner else {
                let name = joined(context.iter().map(|level| &*level.name));
                return Err(format!("Key '{name}' was already created as a hash."));
            };
            table = inner;
        }
        self.context = context;
        self.enter_last(last, as_what)
    }

    /// Makes a table in the context the context.
    pub(super) fn enter(&mut self, name: &Str, as_what: As) -> Step {
        let path = self.paths.make(self.path(), name);
        self.paths.implicit.insert(path);
        self.check_open()?;
        self.enter_last(name, as_what)
    }

    /// Refuses to make a table in what is none.
    pub(super) fn check_open(&self) -> Step {
        match self.table() {
            Some(_) => Ok(()),
            None => Err(format!("Key '{}' was already created as a hash.", self.name())),
        }
    }

    fn enter_last(&mut self, name: &Str, as_what: As) -> Step {
        let path = self.paths.make(self.path(), name);
        match as_what {
            As::Table => self.set(name, Value::Map(Map::default()))?,
            As::Element => {
                let is_added = self.table().is_some_and(|table| push(table, name));
                if !is_added {
                    let key = self.name_with(name);
                    return Err(format!(
                        "Key '{key}' was already created and cannot be used as an array."
                    ));
                }
            }
        }
        let table = self.table().and_then(|table| inner(table, name));
        self.context.push(Level { name: name.clone(), path, table });
        Ok(())
    }

    /// Gives a key in the context its value. One that was only implied keeps what it has.
    pub(super) fn set(&mut self, key: &Str, value: Value) -> Step {
        let Some(table) = self.table().cloned() else {
            return Err(format!("Key '{}' has already been defined.", self.name()));
        };
        let mut entries = table.entries.borrow_mut();
        if !entries.contains_key(key) {
            entries.insert(key.clone(), value);
            return Ok(());
        }
        let path = self.paths.find(self.path(), key);
        if path.is_none_or(|path| !self.paths.implicit.remove(&path)) {
            return Err(format!("Key '{}' has already been defined.", self.name_with(key)));
        }
        if path.is_some_and(|path| self.paths.arrays.contains(&path)) {
            entries.insert(key.clone(), value);
        }
        Ok(())
    }

    /// Says whether the value of a key is an array. An empty key stands for the context.
    pub(super) fn note(&mut self, key: &Str, value: &Value) {
        let is_array = matches!(value, Value::List(list) if list.elem == Elem::Any);
        let parent = self.path();
        if key.is_empty() && !self.context.is_empty() {
            if is_array {
                self.paths.arrays.insert(parent);
            } else {
                self.paths.arrays.remove(&parent);
            }
        } else if is_array {
            let path = self.paths.make(parent, key);
            self.paths.arrays.insert(path);
        } else if let Some(path) = self.paths.find(parent, key) {
            self.paths.arrays.remove(&path);
        }
    }

    /// Says of the context that it is a table, or tables.
    pub(super) fn note_table(&mut self) {
        self.paths.arrays.remove(&self.path());
    }
}

/// Returns the table, or the last of the tables, that a key has.
fn inner(table: &Map, name: &Str) -> Option<Map> {
    match table.entries.borrow().get(name) {
        Some(Value::Map(map)) => Some(map.clone()),
        Some(Value::List(list)) if list.elem == Elem::Map => match list.items.last() {
            Some(Value::Map(map)) => Some(map.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Adds a table to those of a key, unless the key has something else.
fn push(table: &Map, name: &Str) -> bool {
    let mut entries = table.entries.borrow_mut();
    let tables = entries
        .entry(name.clone())
        .or_insert_with(|| Value::List(List { elem: Elem::Map, items: Rc::default(), nil: false }));
    match tables {
        Value::List(list) if list.elem == Elem::Map => {
            Rc::make_mut(&mut list.items).push(Value::Map(Map::default()));
            true
        }
        _ => false,
    }
}
