//! Asks Helm and us the same, and says where the answers differ.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
};

use serde_json::Value as Json;

/// How many differences are made smaller and shown.
const SHOWN: usize = 40;

/// How many are made smaller to see whether they are like one that is shown.
const LOOKED_AT: usize = 120;

/// How many of those may look alike before they are made smaller.
const ALIKE: usize = 5;

/// How many questions it may take to make one smaller.
const PATIENCE: usize = 150;

/// What can be asked of both.
pub(crate) trait Case: Clone + Send {
    /// Returns the question to the oracle.
    fn question(&self) -> Json;

    /// Returns our answer.
    fn ours(&self) -> Answer;

    /// Reads Helm's answer.
    fn theirs(&self, answer: &Json) -> Answer;

    /// Returns why these two may differ, if they may.
    fn excuse(&self, _ours: &Answer, _theirs: &Answer) -> Option<&'static str> {
        None
    }

    /// Returns cases that are a little smaller, those that leave out most first.
    fn smaller(&self) -> Vec<Self>;

    /// Returns it for people to read.
    fn show(&self) -> String;
}

/// What one of the two says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// It made this.
    Made(Json),
    /// It failed with this text.
    Failed(String),
    /// It did not come to an end.
    None(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(made) => write!(formatter, "made   {made}"),
            Self::Failed(text) => write!(formatter, "failed {text}"),
            Self::None(why) => write!(formatter, "no answer: {why}"),
        }
    }
}

/// Returns what stands in `error` where that says that there is no answer, or
/// the failure, or nothing.
pub(crate) fn failure(answer: &Json) -> Option<Answer> {
    let error = answer.get("error").and_then(Json::as_str).unwrap_or_default();
    if let Some(why) = error.strip_prefix("oracle: ") {
        return Some(Answer::None(why.to_owned()));
    }
    (!error.is_empty()).then(|| Answer::Failed(error.to_owned()))
}

/// What came of the questions.
#[derive(Default)]
pub(crate) struct Report {
    asked: usize,
    different: usize,
    endings: BTreeMap<&'static str, usize>,
    /// The differences that are shown, and how many were like each of them.
    shown: Vec<(Shown, usize)>,
    /// What those have in common that were made smaller, as they were before, and how many.
    looked_at: BTreeMap<String, usize>,
    /// Why Helm had no answer, and to how many.
    without: BTreeMap<String, usize>,
}

struct Shown {
    /// What differences have in common that come from the same cause, perhaps.
    likeness: String,
    text: String,
}

impl Report {
    pub(crate) fn is_good(&self) -> bool {
        self.different == 0
    }

    fn add(&mut self, new: Shown) {
        let known = self.shown.iter_mut().find(|(shown, _)| shown.likeness == new.likeness);
        if let Some((_, count)) = known {
            *count += 1;
        } else if self.shown.len() < SHOWN {
            self.shown.push((new, 1));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, different, endings, shown, without, .. } = self;
        for (Shown { text, .. }, count) in shown {
            writeln!(formatter, "{text}  ({count} like it)\n")?;
        }
        for (why, count) in without {
            writeln!(formatter, "no answer of Helm's: {why} ({count} times)")?;
        }
        let endings: Vec<_> =
            endings.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
        writeln!(formatter, "{asked} asked: {}", endings.join(", "))?;
        // A line that `tests/run` counts.
        write!(formatter, "helm: {} passed, {different} failed", asked - different)
    }
}

/// Asks all cases of a range of numbers.
pub(crate) fn ask<C: Case>(
    numbers: std::ops::Range<u64>,
    make: impl Fn(u64) -> C + Sync,
) -> Result<Report, Box<dyn Error>> {
    let mut oracle = Oracle::start()?;
    let mut again = Again::default();
    let mut report = Report::default();
    let (sender, cases) = mpsc::sync_channel::<(u64, C)>(256);
    thread::scope(|scope| {
        let (input, make) = (oracle.input, &make);
        scope.spawn(move || send(input, numbers.map(|number| (number, make(number))), &sender));
        for (number, case) in cases {
            let mut line = String::new();
            oracle.output.read_line(&mut line)?;
            if line.is_empty() {
                return Err(format!("Helm died of case {number}:\n{}", case.show()).into());
            }
            compare(&mut report, &mut again, number, &case, &serde_json::from_str(&line)?)?;
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    oracle.child.wait()?;
    Ok(report)
}

/// Writes questions, and hands their cases on to who waits for the answers.
fn send<C: Case>(
    input: ChildStdin,
    cases: impl Iterator<Item = (u64, C)>,
    to: &mpsc::SyncSender<(u64, C)>,
) {
    let mut input = BufWriter::new(input);
    for (number, case) in cases {
        let line = case.question().to_string();
        let is_heard = to.send((number, case)).is_ok()
            && writeln!(input, "{line}").is_ok()
            && input.flush().is_ok();
        if !is_heard {
            return;
        }
    }
}

fn compare<C: Case>(
    report: &mut Report,
    again: &mut Again,
    number: u64,
    case: &C,
    answer: &Json,
) -> Result<(), Box<dyn Error>> {
    report.asked += 1;
    let theirs = case.theirs(answer);
    let ending = match &theirs {
        Answer::Made(_) => "made",
        Answer::Failed(_) => "refused",
        Answer::None(_) => "without an answer",
    };
    if let Answer::None(why) = &theirs {
        *report.endings.entry(ending).or_default() += 1;
        let why = why.chars().take(200).collect();
        *report.without.entry(why).or_default() += 1;
        return Ok(());
    }
    let ours = ours(case);
    let ending = match again.judge(case, &ours, &theirs)? {
        Verdict::Same => Some(ending),
        Verdict::Excused(why) => Some(why),
        Verdict::Different => None,
    };
    if let Some(ending) = ending {
        *report.endings.entry(ending).or_default() += 1;
        return Ok(());
    }
    *report.endings.entry("different").or_default() += 1;
    report.different += 1;
    let looked_at: usize = report.looked_at.values().sum();
    let alike = report.looked_at.entry(likeness(&format!("{theirs} {ours}"))).or_default();
    if looked_at < LOOKED_AT && *alike < ALIKE {
        *alike += 1;
        let (small, ours, theirs) = again.smallest(case, (ours, theirs))?;
        let mut likeness = likeness(&format!("{theirs} {ours}"));
        if matches!((&theirs, &ours), (Answer::Made(_), Answer::Made(_))) {
            likeness += &names(&small.show());
        }
        let text = format!("case {number}: {}\n{}", small.show(), beside(&theirs, &ours));
        report.add(Shown { likeness, text });
    }
    Ok(())
}

/// Both answers from a little before the place where they part.
fn beside(theirs: &Answer, ours: &Answer) -> String {
    let (theirs, ours) = (theirs.to_string(), ours.to_string());
    let same = theirs.chars().zip(ours.chars()).take_while(|(a, b)| a == b).count();
    let skipped = if same > 300 { same - 80 } else { 0 };
    let part = |text: &str| text.chars().skip(skipped).take(700).collect::<String>();
    format!("  Helm {}\n  here {}\n", part(&theirs), part(&ours))
}

/// Returns a text without what is in quotes, and without numbers.
fn likeness(text: &str) -> String {
    let outside = text.split('"').step_by(2);
    let letters = outside.flat_map(str::chars).filter(|c| !c.is_ascii_digit());
    letters.take(300).collect()
}

/// Returns the words of a text that may be names of functions, sorted.
fn names(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: BTreeSet<&str> = words.filter(|word| word.len() > 2).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

fn ours<C: Case>(case: &C) -> Answer {
    catch_unwind(AssertUnwindSafe(|| case.ours())).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        Answer::None(format!("panic: {}", text.unwrap_or_default()))
    })
}

/// Go 1.27, by which Helm 4.3.1 is built and the oracle may not be, says in other words what is
/// wrong with JSON.
pub(crate) fn before_go_1_27(ours: &Answer, theirs: &Answer) -> Option<&'static str> {
    const PAIRS: [(&str, &str); 5] = [
        ("invalid character ", "unexpected end of JSON input"),
        ("json: cannot unmarshal ", "json: cannot unmarshal "),
        ("invalid character ", "invalid character "),
        ("invalid character ", "invalid escape sequence "),
        (" in string escape code", "invalid escape sequence "),
    ];
    let (ours, theirs) = (ours.to_string(), theirs.to_string());
    let differs = PAIRS.iter().any(|(old, new)| theirs.contains(old) && ours.contains(new));
    differs.then_some("of JSON in the words of a Go before 1.27")
}

/// A case, our answer and Helm's.
type Answered<C> = (C, Answer, Answer);

/// What is thought of two answers.
enum Verdict {
    Same,
    /// They may differ for this reason.
    Excused(&'static str),
    Different,
}

/// How often Helm is asked again, to see whether it answers the same.
const ASKED_AGAIN: usize = 6;

/// Returns whether an answer is as both of two others are, but for the lines in which those
/// differ from each other.
fn is_alike(ours: &Json, one: &Json, two: &Json) -> bool {
    match (ours, one, two) {
        (Json::String(ours), Json::String(one), Json::String(two)) => {
            let count = ours.lines().count();
            let lines = ours.lines().zip(one.lines()).zip(two.lines());
            [one, two].iter().all(|text| text.lines().count() == count)
                && lines.into_iter().all(|((ours, one), two)| one != two || ours == one)
        }
        (Json::Array(ours), Json::Array(one), Json::Array(two)) => {
            ours.len() == one.len()
                && ours.len() == two.len()
                && ours.iter().zip(one).zip(two).all(|((a, b), c)| is_alike(a, b, c))
        }
        (Json::Object(ours), Json::Object(one), Json::Object(two)) => {
            ours.len() == one.len()
                && ours.iter().all(|(key, value)| match (one.get(key), two.get(key)) {
                    (Some(one), Some(two)) => is_alike(value, one, two),
                    _ => false,
                })
        }
        _ => ours == one,
    }
}

fn word_by_line(text: &str) -> Json {
    Json::String(text.replace(' ', "\n"))
}

/// A second oracle, to ask about what differed.
#[derive(Default)]
struct Again(Option<Oracle>);

impl Again {
    fn judge<C: Case>(
        &mut self,
        case: &C,
        ours: &Answer,
        theirs: &Answer,
    ) -> Result<Verdict, Box<dyn Error>> {
        if ours == theirs {
            return Ok(Verdict::Same);
        }
        if let Some(why) = case.excuse(ours, theirs) {
            return Ok(Verdict::Excused(why));
        }
        for _ in 0..ASKED_AGAIN {
            let other = case.theirs(&self.ask(&case.question())?);
            let agrees = other == *ours
                || other != *theirs
                    && match (ours, theirs, &other) {
                        (Answer::Made(ours), Answer::Made(one), Answer::Made(two)) => {
                            is_alike(ours, one, two)
                        }
                        // A failure is one line: of that the words that differ may be others.
                        (Answer::Failed(ours), Answer::Failed(one), Answer::Failed(two)) => {
                            let [ours, one, two] = [ours, one, two].map(|text| word_by_line(text));
                            is_alike(&ours, &one, &two)
                        }
                        _ => false,
                    };
            if agrees {
                return Ok(Verdict::Excused("where Helm's own answers differ"));
            }
            if other != *theirs {
                break;
            }
        }
        Ok(Verdict::Different)
    }

    /// Leaves out of a case what can be left out so that the answers still differ.
    fn smallest<C: Case>(
        &mut self,
        case: &C,
        answers: (Answer, Answer),
    ) -> Result<Answered<C>, Box<dyn Error>> {
        let mut best = (case.clone(), answers.0, answers.1);
        let mut left = PATIENCE;
        while let Some(smaller) = self.smaller(&best.0, &mut left)? {
            best = smaller;
        }
        Ok(best)
    }

    /// Returns the first of the smaller cases whose answers differ.
    fn smaller<C: Case>(
        &mut self,
        case: &C,
        left: &mut usize,
    ) -> Result<Option<Answered<C>>, Box<dyn Error>> {
        for case in case.smaller() {
            if *left == 0 {
                break;
            }
            *left -= 1;
            let theirs = case.theirs(&self.ask(&case.question())?);
            let ours = ours(&case);
            let is_answer = !matches!(theirs, Answer::None(_));
            if is_answer && matches!(self.judge(&case, &ours, &theirs)?, Verdict::Different) {
                return Ok(Some((case, ours, theirs)));
            }
        }
        Ok(None)
    }

    fn ask(&mut self, question: &Json) -> Result<Json, Box<dyn Error>> {
        let oracle = match &mut self.0 {
            Some(oracle) => oracle,
            none => none.insert(Oracle::start()?),
        };
        let mut line = String::new();
        if writeln!(oracle.input, "{question}").is_ok() {
            oracle.output.read_line(&mut line)?;
        }
        if line.is_empty() {
            self.0 = None;
            return Ok(serde_json::json!({"error": "oracle: died"}));
        }
        Ok(serde_json::from_str(&line)?)
    }
}

/// The program that answers for Helm's packages.
struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(program()?)
            .env("TZ", "UTC")
            .env("GOMAXPROCS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or("no way to ask")?;
        let output = BufReader::with_capacity(1 << 20, child.stdout.take().ok_or("no way back")?);
        Ok(Self { child, input, output })
    }
}

fn program() -> Result<String, Box<dyn Error>> {
    if let Ok(program) = std::env::var("RUTTER_HELM_ORACLE") {
        return Ok(program);
    }
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracle/build");
    let output = Command::new(build).arg("helm").stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the oracle cannot be built; name one in RUTTER_HELM_ORACLE".into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
