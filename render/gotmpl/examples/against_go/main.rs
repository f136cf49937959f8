//! Asks Go's own `text/template` and this crate the same questions, and says
//! where the answers differ.
//!
//! ```console
//! $ cargo run --release -p rutter-gotmpl --example against_go -- [COUNT [SEED]]
//! ```
//!
//! `RUTTER_GOTEMPLATE_ORACLE` is the program that answers for Go; without it
//! `tests/oracle/build gotemplate` is asked for one. The questions are made up
//! by a grammar from a seed: equal seeds, equal questions. The exit code is 1
//! if any answer differs.

mod cases;
mod data;
mod functions;
mod grammar;

use std::{
    collections::BTreeMap,
    error::Error,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::{ChildStdin, Command, ExitCode, Stdio},
    thread,
};

use grammar::{Grammar, Question};
use rutter_gotmpl::{MissingKey, Options, TemplateSet};
use serde_json::{Value as Json, json};

/// A template that Go does not bring to an end in time.
const UNANSWERED: &str = "unanswered";

/// How many differences are shown whole.
const SHOWN: usize = 10;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(Ok(20_000), |count| count.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let mut questions = cases::questions();
    let mut grammar = Grammar::new(seed);
    while questions.len() < count {
        questions.push(grammar.question());
    }
    let report = ask(&questions)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{report}")?;
    Ok(if report.different == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came of the questions.
#[derive(Default)]
struct Report {
    compared: usize,
    different: usize,
    /// How many ended in which way.
    endings: BTreeMap<&'static str, usize>,
    shown: String,
}

impl std::fmt::Display for Report {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { compared, different, endings, shown } = self;
        formatter.write_str(shown)?;
        let endings: Vec<_> =
            endings.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
        writeln!(formatter, "{compared} templates compared with Go ({})", endings.join(", "))?;
        // A line that `tests/run` counts.
        write!(formatter, "gotmpl: {} passed, {different} failed", compared - different)
    }
}

fn ask(questions: &[Question]) -> Result<Report, Box<dyn Error>> {
    let mut oracle =
        Command::new(program()?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let input = oracle.stdin.take().ok_or("no way to ask")?;
    let output = BufReader::new(oracle.stdout.take().ok_or("no way to listen")?);
    let report = thread::scope(|scope| {
        let asking = scope.spawn(|| send(input, questions));
        let report = listen(output, questions);
        asking.join().map_err(|_| "the asking thread died")??;
        report
    });
    oracle.wait()?;
    report
}

fn program() -> Result<String, Box<dyn Error>> {
    if let Ok(program) = std::env::var("RUTTER_GOTEMPLATE_ORACLE") {
        return Ok(program);
    }
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/build");
    let output = Command::new(build).arg("gotemplate").stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the oracle cannot be built; name one in RUTTER_GOTEMPLATE_ORACLE".into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn send(input: ChildStdin, questions: &[Question]) -> Result<(), std::io::Error> {
    let mut input = BufWriter::new(input);
    for question in questions {
        let associated: Vec<_> = question
            .associated
            .iter()
            .map(|(name, template)| json!({ "name": name, "template": template }))
            .collect();
        let line = json!({
            "template": question.template,
            "name": question.name,
            "associated": associated,
            "data": question.data,
            "missingkey": question.missing_key,
            "timeout_ms": 20_000,
        });
        writeln!(input, "{line}")?;
    }
    input.flush()
}

fn listen(output: impl BufRead, questions: &[Question]) -> Result<Report, Box<dyn Error>> {
    let mut report = Report::default();
    for (question, line) in questions.iter().zip(output.lines()) {
        let answer: Json = serde_json::from_str(&line?)?;
        let theirs = go_answer(&answer);
        *report.endings.entry(theirs.0).or_default() += 1;
        if theirs.0 == UNANSWERED {
            continue;
        }
        let ours = own_answer(question);
        report.compared += 1;
        if ours != theirs.1 {
            report.different += 1;
            if report.different <= SHOWN {
                report.shown += &show(question, &ours, &theirs.1);
            }
        }
    }
    let answered: usize = report.endings.values().sum();
    if answered < questions.len() {
        return Err(format!("Go answered {answered} of {}", questions.len()).into());
    }
    Ok(report)
}

/// An output, or an error's text.
type Answer = Result<Vec<u8>, String>;

fn go_answer(answer: &Json) -> (&'static str, Answer) {
    let text = |key: &str| answer.get(key).and_then(Json::as_str).unwrap_or_default();
    let ending = match text("stage") {
        "" => "run",
        "parse" => "refused",
        "exec" => "failed",
        _ => UNANSWERED,
    };
    if !text("stage").is_empty() {
        return (ending, Err(text("error").to_owned()));
    }
    let output = match text("output_hex") {
        "" => text("output").as_bytes().to_vec(),
        hex => hex
            .as_bytes()
            .chunks(2)
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect(),
    };
    (ending, Ok(output))
}

fn own_answer(question: &Question) -> Answer {
    let missing_key = match question.missing_key {
        "zero" => MissingKey::Zero,
        "error" => MissingKey::Error,
        _ => MissingKey::Default,
    };
    let mut set =
        TemplateSet::new(functions::functions(), Options { missing_key, ..Options::default() });
    let text = |error: rutter_gotmpl::Error| error.to_string();
    for (name, template) in &question.associated {
        set.parse(name, template).map_err(text)?;
    }
    set.parse(&question.name, &question.template).map_err(text)?;
    set.run_bytes(&question.name, &data::value(&question.data)).map_err(text)
}

fn show(question: &Question, ours: &Answer, theirs: &Answer) -> String {
    let text = |answer: &Answer| match answer {
        Ok(output) => format!("wrote {:?}", String::from_utf8_lossy(output)),
        Err(error) => format!("failed: {error}"),
    };
    format!(
        "template ({}, missingkey={}):\n{}\n  associated: {:?}\n  data: {}\n  Go   {}\n  here {}\n\n",
        question.name,
        question.missing_key,
        question.template,
        question.associated,
        question.data,
        text(theirs),
        text(ours),
    )
}
