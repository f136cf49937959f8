//! Flags that several commands share, as structs of what was typed.
//!
//! Nothing here reads a file or asks a cluster: what the words mean is found out by the command.

mod apply;
mod chart;
mod content;
mod duration;
mod global;
mod naming;
mod number;
mod output;
mod policy;
mod read;
mod record;
mod release;
mod rights;
mod switch;
mod tiller;
mod undo;
mod values;

pub(crate) use self::{
    apply::ApplyOptions,
    chart::{ChartOptions, RemoteOptions},
    content::ContentOptions,
    duration::Duration,
    global::{Global, Spelling},
    naming::{NameOptions, Naming, OldNameOptions, generated, nameless},
    number::Number,
    output::{Format, Output},
    policy::{DryRun, Wait},
    read::ReadOptions,
    record::RecordOptions,
    release::ReleaseOptions,
    rights::RightsOptions,
    switch::Switch,
    undo::{CleanupOptions, UndoOptions},
    values::{ValueOptions, comma_separated},
};
