//! Bounds for functions that make much out of little: a chart that goes wrong, or means harm, gets
//! an error where Helm takes the memory of the machine.

use rutter_gotmpl::{Fault, Function, Functions, LONGEST_TEXT, Limits, Value};

/// What the templates of a chart may use together. Of some 500 public charts in some 2,000
/// configurations none takes more than 21,000 steps or 6.5 MB.
pub(crate) const OF_A_CHART: Limits = Limits { steps: 10_000_000, bytes: 1 << 30 };

/// The heaviest value that is walked through.
pub(crate) const HEAVIEST: u64 = 1 << 26;

/// The longest text that is taken apart: each part takes many times its length.
const LONGEST_PARTED: u64 = 1 << 24;

/// Functions that walk through all that is in their arguments.
const WALKERS: &[&str] = &[
    "cat",
    "deepCopy",
    "deepEqual",
    "has",
    "join",
    "merge",
    "mergeOverwrite",
    "mustDeepCopy",
    "mustHas",
    "mustMerge",
    "mustMergeOverwrite",
    "mustToToml",
    "mustUniq",
    "mustWithout",
    "quote",
    "sortAlpha",
    "squote",
    "toString",
    "toStrings",
    "toToml",
    "uniq",
    "without",
];

/// Those of them that find by themselves what holds itself.
const WRITERS: &[&str] = &[
    "mustToJson",
    "mustToPrettyJson",
    "mustToRawJson",
    "mustToYaml",
    "toJson",
    "toPrettyJson",
    "toRawJson",
    "toYaml",
    "toYamlPretty",
];

/// Functions that make many values of one text.
const PARTERS: &[&str] = &[
    "fromJson",
    "fromJsonArray",
    "fromToml",
    "fromYaml",
    "fromYamlArray",
    "mustFromJson",
    "mustRegexFindAll",
    "mustRegexSplit",
    "regexFindAll",
    "regexSplit",
    "split",
    "splitList",
    "splitn",
];

/// What a bound allows.
#[derive(Clone, Copy)]
struct Bound {
    bytes: u64,
    depth: Depth,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Any,
    Shallow,
}

/// Puts the bounds before the functions that need them.
pub(super) fn add(functions: &mut Functions) {
    let bounds = [
        (WALKERS, Bound { bytes: HEAVIEST, depth: Depth::Shallow }),
        (WRITERS, Bound { bytes: HEAVIEST, depth: Depth::Any }),
        (PARTERS, Bound { bytes: LONGEST_PARTED, depth: Depth::Any }),
    ];
    for (names, bound) in bounds {
        for name in names {
            let Some(function) = functions.get(name).cloned() else { continue };
            functions.insert(name, bounded(function, bound));
        }
    }
}

fn bounded(function: Function, bound: Bound) -> Function {
    let body = function.body;
    Function {
        body: std::rc::Rc::new(move |call, arguments| {
            arguments.iter().try_for_each(|argument| bound.check(argument))?;
            body(call, arguments)
        }),
        ..function
    }
}

impl Bound {
    fn check(self, value: &Value) -> Result<(), Fault> {
        match value.weight(self.bytes) {
            None => Err(Fault::new(format!("a value of more than {} bytes", self.bytes))),
            Some(weight) if weight.is_deep && self.depth == Depth::Shallow => {
                Err(Fault::new("a value that holds itself, or nests more than 1000 levels deep"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// Refuses a text that would be too long, before it is made.
pub(super) fn fits(length: Option<usize>) -> Result<(), Fault> {
    match length {
        Some(length) if length <= LONGEST_TEXT => Ok(()),
        _ => Err(Fault::new(format!("a text longer than {LONGEST_TEXT} bytes"))),
    }
}
