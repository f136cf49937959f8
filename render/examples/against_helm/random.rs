//! Chance that is the same for the same seed.

/// xorshift: each case has its own, made of the run's seed and the case's number.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64, case: u64) -> Self {
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ case.wrapping_add(1);
        let mut random = Self(mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1);
        for _ in 0..4 {
            random.next();
        }
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    /// Returns a number below `end`, 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % end.max(1)
    }

    pub(crate) fn chance(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    pub(crate) fn pick<'p>(&mut self, from: &[&'p str]) -> &'p str {
        let at = self.below(from.len());
        from.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn one<'p, T>(&mut self, from: &'p [T]) -> Option<&'p T> {
        let at = self.below(from.len());
        from.get(at)
    }
}
