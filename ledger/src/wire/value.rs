//! How single values go into frames and come back: numbers, names, words, identifiers.

use crate::digest::{ClusterId, Digest, EventId, LedgerId, ObjectId, OperationId, Sequence};
use crate::event::{
    Action, ApplyMethod, Description, EpochReason, Facts, HookOutcome, HookPoint, Outcome, Records,
    Status, Uid, Verb,
};
use crate::name::{LifeNumber, Namespace, ReleaseName, Revision};

/// A frozen form of a value of today.
pub(crate) trait Wire<Now>: Sized {
    /// Returns the frozen form.
    fn lower(now: &Now) -> Self;

    /// Returns the value; none where the frozen form holds what this version does not know.
    fn lift(self) -> Option<Now>;
}

/// Values that are written as they are.
macro_rules! as_they_are {
    ($($type:ty),*) => {$(
        impl Wire<$type> for $type {
            fn lower(now: &$type) -> Self {
                now.clone()
            }

            fn lift(self) -> Option<$type> {
                Some(self)
            }
        }
    )*};
}

as_they_are!(u32, u64, i64, String, [u8; 16], [u8; 32]);

/// Newtypes that are written as what they wrap.
macro_rules! wrapped {
    ($($outer:ident => $inner:ty),*) => {$(
        impl Wire<$outer> for $inner {
            fn lower(now: &$outer) -> Self {
                Wire::lower(&now.0)
            }

            fn lift(self) -> Option<$outer> {
                Wire::lift(self).map($outer)
            }
        }
    )*};
}

wrapped!(
    ObjectId => [u8; 32], LedgerId => [u8; 32], OperationId => [u8; 16], Sequence => u64,
    Revision => u32, LifeNumber => u32, Uid => String, ClusterId => EventIdV1
);

/// Fixed words are written as their numbers.
macro_rules! words {
    ($($word:ident),*) => {$(
        impl Wire<$word> for u16 {
            fn lower(now: &$word) -> Self {
                now.code()
            }

            fn lift(self) -> Option<$word> {
                $word::from_code(self)
            }
        }
    )*};
}

words!(Verb, ApplyMethod, Action, HookPoint, HookOutcome, EpochReason, Records, Status);

/// Checked names are written as text, and checked again.
macro_rules! names {
    ($($name:ident),*) => {$(
        impl Wire<$name> for String {
            fn lower(now: &$name) -> Self {
                now.to_string()
            }

            fn lift(self) -> Option<$name> {
                self.parse().ok()
            }
        }
    )*};
}

names!(ReleaseName, Namespace);

impl<W: Wire<N>, N> Wire<Option<N>> for Option<W> {
    fn lower(now: &Option<N>) -> Self {
        now.as_ref().map(W::lower)
    }

    fn lift(self) -> Option<Option<N>> {
        match self {
            Some(frozen) => frozen.lift().map(Some),
            None => Some(None),
        }
    }
}

impl<W: Wire<N>, N> Wire<Vec<N>> for Vec<W> {
    fn lower(now: &Vec<N>) -> Self {
        now.iter().map(W::lower).collect()
    }

    fn lift(self) -> Option<Vec<N>> {
        self.into_iter().map(W::lift).collect()
    }
}

impl<A: Wire<M>, B: Wire<N>, M, N> Wire<(M, N)> for (A, B) {
    fn lower(now: &(M, N)) -> Self {
        (A::lower(&now.0), B::lower(&now.1))
    }

    fn lift(self) -> Option<(M, N)> {
        Some((self.0.lift()?, self.1.lift()?))
    }
}

/// The frozen name of an event.
#[derive(bincode::Encode, bincode::Decode)]
pub(crate) struct EventIdV1 {
    ledger: [u8; 32],
    sequence: u64,
    hash: [u8; 32],
}

impl Wire<EventId> for EventIdV1 {
    fn lower(now: &EventId) -> Self {
        Self { ledger: now.ledger.0.0, sequence: now.sequence.0, hash: now.hash.0 }
    }

    fn lift(self) -> Option<EventId> {
        Some(EventId {
            ledger: LedgerId(Digest(self.ledger)),
            sequence: Sequence(self.sequence),
            hash: Digest(self.hash),
        })
    }
}

/// The frozen facts at the end of each body: sorted by number, each number once.
pub(crate) type FactsV1 = Vec<(u16, Vec<u8>)>;

impl Wire<Facts> for FactsV1 {
    fn lower(now: &Facts) -> Self {
        now.0.iter().map(|(number, bytes)| (*number, bytes.clone())).collect()
    }

    fn lift(self) -> Option<Facts> {
        let is_sorted = self.is_sorted_by(|(one, _), (next, _)| one < next);
        is_sorted.then(|| Facts(self.into_iter().collect()))
    }
}

/// The frozen outcome of an operation.
#[derive(bincode::Encode, bincode::Decode)]
pub(crate) struct OutcomeV1 {
    /// 1 deployed, 2 failed, 3 uninstalled, 4 lost.
    code: u16,
    /// What became of the records of what was uninstalled; else 0.
    records: u16,
    /// Who holds what was lost.
    holder: Option<[u8; 32]>,
}

impl Wire<Outcome> for OutcomeV1 {
    fn lower(now: &Outcome) -> Self {
        match now {
            Outcome::Deployed => Self { code: 1, records: 0, holder: None },
            Outcome::Failed => Self { code: 2, records: 0, holder: None },
            Outcome::Uninstalled { records } => {
                Self { code: 3, records: records.code(), holder: None }
            }
            Outcome::Lost { holder } => Self { code: 4, records: 0, holder: Wire::lower(holder) },
        }
    }

    fn lift(self) -> Option<Outcome> {
        match (self.code, self.records, self.holder) {
            (1, 0, None) => Some(Outcome::Deployed),
            (2, 0, None) => Some(Outcome::Failed),
            (3, records, None) => {
                Records::from_code(records).map(|records| Outcome::Uninstalled { records })
            }
            (4, 0, holder) => Some(Outcome::Lost { holder: holder.lift()? }),
            _ => None,
        }
    }
}

/// The frozen description of a revision.
#[derive(bincode::Encode, bincode::Decode)]
pub(crate) struct DescriptionV1 {
    /// Which sentence; 9 is text of its own.
    code: u16,
    /// The revision in the sentence, else 0.
    revision: u32,
    /// The text.
    text: Option<[u8; 32]>,
}

/// Sentences without a number in them, with their codes.
const SENTENCES: [(u16, Description); 7] = [
    (1, Description::InstallUnderway),
    (2, Description::InstallComplete),
    (3, Description::UpgradeUnderway),
    (4, Description::UpgradeComplete),
    (6, Description::DeletionUnderway),
    (7, Description::UninstallComplete),
    (8, Description::Abandoned),
];

impl Wire<Description> for DescriptionV1 {
    fn lower(now: &Description) -> Self {
        match now {
            Description::RollbackTo(revision) => Self { code: 5, revision: revision.0, text: None },
            Description::Text(object) => {
                Self { code: 9, revision: 0, text: Some(Wire::lower(object)) }
            }
            sentence => {
                let found = SENTENCES.iter().find(|(_, other)| other == sentence);
                Self { code: found.map_or(0, |(code, _)| *code), revision: 0, text: None }
            }
        }
    }

    fn lift(self) -> Option<Description> {
        match (self.code, self.revision, self.text) {
            (5, revision, None) => Some(Description::RollbackTo(Revision(revision))),
            (9, 0, Some(text)) => text.lift().map(Description::Text),
            (code, 0, None) => {
                let found = SENTENCES.iter().find(|(other, _)| *other == code);
                found.map(|(_, sentence)| *sentence)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_are_not_sorted_are_refused() {
        let frozen: FactsV1 = vec![(2, vec![]), (1, vec![])];
        assert!(Wire::<Facts>::lift(frozen).is_none());
        let twice: FactsV1 = vec![(1, vec![]), (1, vec![])];
        assert!(Wire::<Facts>::lift(twice).is_none());
    }

    #[test]
    fn every_sentence_comes_back() {
        let text = Description::Text(ObjectId(Digest([1; 32])));
        let others = [Description::RollbackTo(Revision(3)), text];
        for sentence in SENTENCES.into_iter().map(|(_, it)| it).chain(others) {
            assert_eq!(DescriptionV1::lower(&sentence).lift(), Some(sentence));
        }
    }
}
