//! A command line that is not finished.

use std::any::TypeId;

use clap::{Arg, Command};

use crate::options::Switch;

/// What has been typed so far.
pub(super) struct Typed<'t> {
    /// The command that is meant.
    pub(super) command: &'t Command,
    /// Its name, with that of its group before it.
    pub(super) path: String,
    /// The words that it was given.
    pub(super) words: Vec<String>,
    /// The flags that it was given, by their long names.
    pub(super) flags: Vec<String>,
    /// What the cursor stands in.
    pub(super) place: Place,
    /// What of it has been typed.
    pub(super) begun: String,
}

/// What the cursor stands in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The name of a flag.
    Flag,
    /// The value of this flag.
    Value(String),
    /// A word.
    Word,
}

impl<'t> Typed<'t> {
    /// Reads the words, of which the last is the one at the cursor.
    pub(super) fn read(tree: &'t Command, words: &[String]) -> Self {
        let (begun, before) = words
            .split_last()
            .map_or((String::new(), words), |(last, before)| (last.clone(), before));
        let mut typed = Self {
            command: tree,
            path: String::new(),
            words: Vec::new(),
            flags: Vec::new(),
            place: Place::Word,
            begun,
        };
        let mut wanting: Option<String> = None;
        for word in before {
            if wanting.take().is_some() {
                continue;
            }
            match word.strip_prefix('-') {
                Some(flag) if !flag.is_empty() => wanting = typed.note(tree, word),
                _ => typed.take(word),
            }
        }
        typed.place = match wanting {
            Some(flag) => Place::Value(flag),
            None if typed.begun.starts_with('-') => typed.flag_at_cursor(tree),
            None => Place::Word,
        };
        typed
    }

    /// Returns whether the line has a flag that makes up the name of the release.
    pub(super) fn makes_a_name(&self) -> bool {
        self.flags.iter().any(|it| it == "generate-name" || it == "name-template")
    }

    fn take(&mut self, word: &str) {
        match self.command.find_subcommand(word) {
            Some(below) if self.words.is_empty() => {
                let gap = if self.path.is_empty() { "" } else { " " };
                self.path = format!("{}{gap}{}", self.path, below.get_name());
                self.command = below;
            }
            _ => self.words.push(word.to_owned()),
        }
    }

    /// Notes a flag; returns its name if it waits for its value in the next word.
    fn note(&mut self, tree: &'t Command, word: &str) -> Option<String> {
        let (word, value) = word.split_once('=').map_or((word, None), |(it, of)| (it, Some(of)));
        let flag = self.known(tree, word)?;
        let name = flag.get_long().unwrap_or_default().to_owned();
        self.flags.push(name.clone());
        let switch = flag.get_value_parser().type_id() == TypeId::of::<Switch>();
        let takes = flag.get_action().takes_values() && !switch && !flag.is_require_equals_set();
        (takes && value.is_none()).then_some(name)
    }

    /// What stands at the cursor is a flag: its name, or its value after `=`.
    fn flag_at_cursor(&mut self, tree: &'t Command) -> Place {
        let Some((word, value)) = self.begun.split_once('=') else { return Place::Flag };
        let Some(flag) = self.known(tree, word).and_then(Arg::get_long) else { return Place::Flag };
        self.begun = value.to_owned();
        Place::Value(flag.to_owned())
    }

    /// The flag of that spelling: the command's own, else a global one.
    fn known(&self, tree: &'t Command, word: &str) -> Option<&'t Arg> {
        let of = |command: &'t Command| command.get_arguments().find(|it| is(it, word));
        of(self.command).or_else(|| of(tree))
    }
}

fn is(flag: &Arg, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(name) => flag.get_long() == Some(name),
        None => word.strip_prefix('-').is_some_and(|letters| {
            flag.get_short().is_some_and(|short| letters.len() == 1 && letters.starts_with(short))
        }),
    }
}
