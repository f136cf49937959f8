//! The functions of sprig and Helm, by name, with Go's signatures.
//!
//! [`table`] makes the table that the template engine calls. What a function
//! needs beyond its arguments (the tape, the mode, how deep `include` is
//! nested) is in the [`FunctionContext`] that all of them share.

use std::{
    cell::{Ref, RefCell, RefMut},
    collections::HashMap,
    rc::Rc,
};

use rutter_gotmpl::Functions;

use crate::tape::Tape;

pub(crate) use templates::raised;

mod base64;
mod bytes;
mod case;
mod cast;
mod certificates;
mod cluster;
mod decimal;
mod der;
mod dicts;
mod drawn;
mod dsa;
mod encoding;
mod equal;
mod formats;
mod json;
pub(crate) mod json_read;
mod keys;
pub(crate) mod limits;
mod lists;
mod logic;
mod merge;
mod numbers;
mod passwords;
mod paths;
mod pem;
mod primes;
mod print;
mod random;
mod regex_syntax;
pub(crate) mod regexes;
mod semvers;
mod signature;
mod strings;
mod templates;
mod times;
mod toml;
mod urls;
mod words;

/// Whether refusals of `required` and `fail` stop the rendering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// They do: `template`, `install`, `upgrade`.
    #[default]
    Render,
    /// They are noted (see [`FunctionContext::take_notices`]) and the value is
    /// empty, and `lookup` finds nothing: Helm's `lint`.
    Lint,
}

/// Whether `getHostByName` may ask the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dns {
    /// It answers "" without asking (Helm's default).
    #[default]
    Off,
    /// It asks (`--enable-dns`).
    On,
}

/// What `required` and `fail` had to say in [`Mode::Lint`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `required`: the message of the missing value (a warning in Helm's log).
    Missing(String),
    /// `fail`: its message (an information in Helm's log).
    Failed(String),
}

/// What the functions of one rendering share.
#[derive(Debug)]
pub struct FunctionContext {
    mode: Mode,
    dns: Dns,
    tape: RefCell<Tape>,
    nested: RefCell<HashMap<String, u32>>,
    notices: RefCell<Vec<Notice>>,
}

impl FunctionContext {
    /// Returns a context for one rendering.
    pub fn new(tape: Tape, mode: Mode, dns: Dns) -> Self {
        Self {
            mode,
            dns,
            tape: RefCell::new(tape),
            nested: RefCell::default(),
            notices: RefCell::default(),
        }
    }

    /// Returns the tape, to read what was recorded.
    pub fn tape(&self) -> Ref<'_, Tape> {
        self.tape.borrow()
    }

    /// Begins anew with the answers that were recorded: the same templates do the same again.
    pub(crate) fn rewind(&self) {
        self.tape.borrow_mut().rewind();
        self.nested.borrow_mut().clear();
    }

    /// Returns what `required` and `fail` noted, and forgets it.
    pub fn take_notices(&self) -> Vec<Notice> {
        self.notices.take()
    }

    fn tape_mut(&self) -> RefMut<'_, Tape> {
        self.tape.borrow_mut()
    }

    fn note(&self, notice: Notice) {
        self.notices.borrow_mut().push(notice);
    }
}

/// Returns all functions that Helm 4.3.1 gives a template beyond those that Go
/// itself has.
pub fn table(context: &Rc<FunctionContext>) -> Functions {
    let mut functions = Functions::default();
    for add in [
        dicts::add,
        encoding::add,
        lists::add,
        logic::add,
        numbers::add,
        paths::add,
        regexes::add,
        semvers::add,
        strings::add,
        urls::add,
        words::add,
    ] {
        add(&mut functions);
    }
    for add in [
        certificates::add,
        cluster::add,
        formats::add,
        passwords::add,
        random::add,
        templates::add,
        times::add,
    ] {
        add(&mut functions, context);
    }
    limits::add(&mut functions);
    functions
}
