//! The tape: the one source of everything that is not in chart or values.
//!
//! Random bytes, the clock, cluster lookups and host names reach a template
//! through a [`Tape`] only. It draws each answer from the [`Source`] it was
//! handed and records it under the place that asked, so that the same revision
//! renders to the same bytes again, on another machine too.

use std::{collections::BTreeMap, fmt, rc::Rc};

use serde::{Deserialize, Serialize};

/// Where answers come from the first time. `render` has no clock, randomness,
/// cluster or network of its own; who calls it implements this.
pub trait Source {
    /// Fills `bytes` from the operating system's randomness.
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal>;

    /// Returns the time in nanoseconds since 1970-01-01 UTC.
    fn now(&mut self) -> i64;

    /// Returns the IANA name of the local time zone (`UTC` if unknown).
    fn zone(&mut self) -> String;

    /// Returns the object, or the list if `wanted.name` is empty, as the API
    /// server sent it. What does not exist is an empty JSON object and no
    /// error, as in Helm; so is everything where there is no cluster.
    fn lookup(&mut self, wanted: &Lookup) -> Result<serde_json::Value, Refusal>;

    /// Returns the addresses of a host, none if it has none.
    fn addresses(&mut self, host: &str) -> Vec<String>;
}

/// What `lookup` asks the cluster for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// `group/version`, or `version` for the core group.
    pub api_version: String,
    /// The kind, not the resource.
    pub kind: String,
    /// Empty: all namespaces, or a kind that has none.
    pub namespace: String,
    /// Empty: a list.
    pub name: String,
}

/// Why a source has no answer, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// What sort of answer an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Drawn from randomness: passwords, keys, certificates.
    Random,
    /// Read from the clock.
    Clock,
    /// Read from the cluster.
    Lookup,
    /// Asked of the network's name service.
    Host,
}

/// Which recorded answers are given again; all others are drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// All: the same revision once more.
    Everything,
    /// What was random: `upgrade --keep-random`.
    Random,
}

/// The place in the templates that asks: the template's name, the byte offset
/// of the call, and how often it asked before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place {
    template: String,
    offset: usize,
    run: u32,
}

/// One recorded answer.
#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    place: Place,
    kind: Kind,
    /// The function and, hashed, its arguments: an answer is good for the
    /// same question only.
    question: String,
    answer: serde_json::Value,
}

/// All answers of one rendering; secret, so it prints none of them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Recording {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    zone: Option<String>,
    entries: Vec<Entry>,
}

/// What is given again: the answers by their places, and the local time zone.
type Replayed = (Replay, BTreeMap<Place, Entry>, Option<String>);

/// A source that remembers.
pub struct Tape {
    source: Box<dyn Source>,
    replay: Option<Replayed>,
    runs: BTreeMap<(Rc<str>, usize), u32>,
    made: Recording,
}

/// Why bytes are no recording.
#[derive(Debug, thiserror::Error)]
#[error("the recorded answers cannot be read")]
pub struct Unreadable(#[from] serde_json::Error);

impl Tape {
    /// Returns a tape that asks `source` for everything and records it.
    pub fn recording(source: Box<dyn Source>) -> Self {
        Self { source, replay: None, runs: BTreeMap::new(), made: Recording::default() }
    }

    /// Returns a tape that gives the answers of `recording` again as far as
    /// `replay` says, and asks `source` where there is none for a question.
    pub fn replaying(recording: Recording, replay: Replay, source: Box<dyn Source>) -> Self {
        Self { replay: Some(recording.replayed(replay)), ..Self::recording(source) }
    }

    /// Goes back to the beginning: what was asked is answered as it was.
    pub(crate) fn rewind(&mut self) {
        let made = std::mem::take(&mut self.made);
        self.replay = Some(made.replayed(Replay::Everything));
        self.runs.clear();
    }

    /// Returns what was answered, in the order of the questions.
    pub fn into_recording(self) -> Recording {
        self.made
    }

    /// Returns what was answered so far, in the order of the questions.
    pub fn recorded(&self) -> &Recording {
        &self.made
    }

    /// Returns the answer to `question` at (`template`, `offset`): a recorded
    /// one, or what `draw` makes of the source.
    pub(crate) fn answer<E>(
        &mut self,
        (template, offset): (Rc<str>, usize),
        (kind, question): (Kind, String),
        draw: impl FnOnce(&mut dyn Source) -> Result<serde_json::Value, E>,
    ) -> Result<serde_json::Value, E> {
        let run = self.runs.entry((template.clone(), offset)).or_default();
        let place = Place { template: template.to_string(), offset, run: *run };
        *run += 1;
        let answer = match self.recorded_answer(&place, kind, &question) {
            Some(answer) => answer,
            None => draw(self.source.as_mut())?,
        };
        self.made.entries.push(Entry { place, kind, question, answer: answer.clone() });
        Ok(answer)
    }

    /// Returns the local time zone's name; the recorded one if all is replayed.
    pub(crate) fn zone(&mut self) -> String {
        let replayed = match &self.replay {
            Some((Replay::Everything, _, zone)) => zone.clone(),
            _ => None,
        };
        let zone = self.made.zone.clone().or(replayed).unwrap_or_else(|| self.source.zone());
        self.made.zone = Some(zone.clone());
        zone
    }

    fn recorded_answer(
        &self,
        place: &Place,
        kind: Kind,
        question: &str,
    ) -> Option<serde_json::Value> {
        let (replay, entries, _) = self.replay.as_ref()?;
        let entry = entries.get(place)?;
        let wanted = *replay == Replay::Everything || kind == Kind::Random;
        (wanted && entry.kind == kind && entry.question == question).then(|| entry.answer.clone())
    }
}

impl Recording {
    fn replayed(self, replay: Replay) -> Replayed {
        let Self { zone, entries } = self;
        let entries = entries.into_iter().map(|entry| (entry.place.clone(), entry)).collect();
        (replay, entries, zone)
    }

    /// Returns the recording as bytes (JSON), for the ledger.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Unreadable> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Returns how many answers there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Unreadable {
    /// Returns what the user can do about it.
    pub fn hint(&self) -> &'static str {
        "render again without the recording, or restore it from a backup of the ledger"
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Recording({} answers)", self.entries.len())
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tape({} answers)", self.made.entries.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Counter(u8);

    impl Source for Counter {
        fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
            self.0 += 1;
            bytes.fill(self.0);
            Ok(())
        }
        fn now(&mut self) -> i64 {
            0
        }
        fn zone(&mut self) -> String {
            "UTC".into()
        }
        fn lookup(&mut self, _: &Lookup) -> Result<serde_json::Value, Refusal> {
            Ok(json!({}))
        }
        fn addresses(&mut self, _: &str) -> Vec<String> {
            Vec::new()
        }
    }

    fn draw(tape: &mut Tape, offset: usize, kind: Kind, question: &str) -> u64 {
        let draw = |source: &mut dyn Source| {
            let mut bytes = [0];
            source.random(&mut bytes).map(|()| json!(bytes[0]))
        };
        tape.answer(("t".into(), offset), (kind, question.into()), draw).unwrap().as_u64().unwrap()
    }

    #[test]
    fn a_place_that_asks_again_gets_its_own_answer_and_both_are_replayed() {
        let mut tape = Tape::recording(Box::new(Counter(0)));
        let first = draw(&mut tape, 1, Kind::Random, "q");
        let second = draw(&mut tape, 1, Kind::Random, "q");
        assert_ne!(first, second);
        let bytes = tape.into_recording().to_bytes().unwrap();
        let recording = Recording::from_bytes(&bytes).unwrap();
        let mut again = Tape::replaying(recording, Replay::Everything, Box::new(Counter(100)));
        assert_eq!(draw(&mut again, 1, Kind::Random, "q"), first);
        assert_eq!(draw(&mut again, 1, Kind::Random, "q"), second);
        assert_eq!(draw(&mut again, 1, Kind::Random, "q"), 101, "the tape is at its end");
    }

    #[test]
    fn another_question_at_the_same_place_is_drawn_anew() {
        let mut tape = Tape::recording(Box::new(Counter(0)));
        draw(&mut tape, 1, Kind::Random, "16 letters");
        let recording = tape.into_recording();
        let mut again = Tape::replaying(recording, Replay::Everything, Box::new(Counter(100)));
        assert_eq!(draw(&mut again, 1, Kind::Random, "32 letters"), 101);
    }

    #[test]
    fn keeping_what_was_random_reads_clock_and_cluster_afresh() {
        let mut tape = Tape::recording(Box::new(Counter(0)));
        let kept = draw(&mut tape, 1, Kind::Random, "q");
        draw(&mut tape, 2, Kind::Lookup, "q");
        let recording = tape.into_recording();
        let mut again = Tape::replaying(recording, Replay::Random, Box::new(Counter(100)));
        assert_eq!(draw(&mut again, 1, Kind::Random, "q"), kept);
        assert_eq!(draw(&mut again, 2, Kind::Lookup, "q"), 101);
    }

    #[test]
    fn a_recording_prints_none_of_its_answers() {
        let mut tape = Tape::recording(Box::new(Counter(70)));
        draw(&mut tape, 1, Kind::Random, "q");
        assert_eq!(format!("{:?}", tape.recorded()), "Recording(1 answers)");
    }
}
