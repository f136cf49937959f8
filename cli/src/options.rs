//! Flags that several commands share, as structs of what was typed.
//!
//! Nothing here reads a file or asks a cluster: what the words mean is found out by the command.

mod chart;
mod duration;
mod global;
mod number;
mod output;
mod policy;
mod switch;
mod values;

pub(crate) use self::{
    chart::ChartOptions,
    duration::Duration,
    global::Global,
    number::Number,
    output::{Format, Output},
    policy::{DryRun, Wait},
    switch::Switch,
    values::ValueOptions,
};
