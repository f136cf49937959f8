//! Mistakes that a test asks for, to see that the contract would catch them.
//!
//! Without the feature `testing` none is ever made, and the compiler takes the
//! question away.

/// One mistake in carrying a write out.
#[cfg_attr(not(feature = "testing"), expect(unreachable_pub, reason = "public for tests alone"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// What an applier no longer names stays.
    KeepsRemoved,
    /// Fields of others are taken over without being asked to.
    IgnoresConflicts,
    /// Who wrote without applying is not noted.
    ForgetsUpdates,
    /// Lists are replaced whole, although they have keys.
    ReplacesLists,
    /// What an applier no longer names is removed, although another owns it too.
    RemovesShared,
}

#[cfg(feature = "testing")]
mod made {
    use std::cell::Cell;

    use super::Mistake;

    thread_local! {
        static MADE: Cell<Option<Mistake>> = const { Cell::new(None) };
    }

    impl Mistake {
        /// All of them.
        pub const ALL: [Self; 5] = [
            Self::KeepsRemoved,
            Self::IgnoresConflicts,
            Self::ForgetsUpdates,
            Self::ReplacesLists,
            Self::RemovesShared,
        ];

        /// Makes this mistake in all that this thread does while `work` runs.
        pub fn during<T>(self, work: impl FnOnce() -> T) -> T {
            MADE.set(Some(self));
            let result = work();
            MADE.set(None);
            result
        }

        pub(in crate::memory) fn is_made(self) -> bool {
            MADE.get() == Some(self)
        }
    }
}

#[cfg(not(feature = "testing"))]
impl Mistake {
    #[expect(clippy::unused_self, reason = "the other version looks at it")]
    pub(crate) const fn is_made(self) -> bool {
        false
    }
}
