//! The primes of RSA keys.
//!
//! Whether a number is prime says the crate `crypto-primes`, which takes its time.
//! It is asked only about numbers that pass Fermat's test to base 2, in arithmetic
//! of our own that is about twice as fast: nearly all that pass are prime. A mistake
//! here could make the search longer, but no key worse.

use std::{fmt, num::NonZeroU32, panic, thread};

use crypto_bigint::{BoxedUint, Limb, Uint};
use crypto_primes::{Flavor, hazmat::SmallFactorsSieve, is_prime};

use crate::tape::{Refusal, Source};

/// How often numbers are drawn before something must be wrong with them.
const DRAWS: usize = 100;

/// Why there are no primes.
#[derive(Debug)]
pub(super) enum Failure {
    /// The source gives no random numbers.
    Refused(Refusal),
    /// What it gives is not random.
    Stuck,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Refused(Refusal(why)) => why,
            Self::Stuck => "random numbers are not random",
        })
    }
}

/// Finds two primes of `LIMBS` words of 64 bits, with their two highest bits set (FIPS
/// 186-5, appendix A.1.3), each the next one from a number that was drawn. They are
/// looked for at the same time.
pub(super) fn pair<const LIMBS: usize>(
    source: &mut dyn Source,
) -> Result<(BoxedUint, BoxedUint), Failure> {
    for _ in 0..DRAWS {
        let starts = (draw::<LIMBS>(source)?, draw::<LIMBS>(source)?);
        let (p, q) = thread::scope(|scope| {
            let started = thread::Builder::new().spawn_scoped(scope, || next_prime(starts.1));
            let p = next_prime(starts.0);
            let q = match started {
                Ok(other) => other.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
                // There are no more threads to be had.
                Err(_) => next_prime(starts.1),
            };
            (p, q)
        });
        if let (Some(p), Some(q)) = (p, q)
            && p != q
        {
            return Ok((BoxedUint::from(&p), BoxedUint::from(&q)));
        }
    }
    Err(Failure::Stuck)
}

fn draw<const LIMBS: usize>(source: &mut dyn Source) -> Result<Uint<LIMBS>, Failure> {
    let mut words = [0; LIMBS];
    for word in &mut words {
        let mut bytes = [0; 8];
        source.random(&mut bytes).map_err(Failure::Refused)?;
        *word = u64::from_be_bytes(bytes);
    }
    if let Some(low) = words.first_mut() {
        *low |= 1;
    }
    if let Some(high) = words.last_mut() {
        *high |= 0b11 << 62;
    }
    Ok(Uint::new(words.map(Limb)))
}

/// Returns the first prime from `start`, if one has as many bits.
fn next_prime<const LIMBS: usize>(start: Uint<LIMBS>) -> Option<Uint<LIMBS>> {
    let bits = NonZeroU32::new(Uint::<LIMBS>::BITS)?;
    let mut candidates = SmallFactorsSieve::new(start, bits, false).ok()?;
    candidates.find(|candidate| {
        Modulus::new(candidate.to_words()).passes_fermat() && is_prime(Flavor::Any, candidate)
    })
}

/// An odd number with its highest bit set, modulo which is calculated in Montgomery's
/// form: x stands for x·2⁻ʳ, where r is the number of its bits.
struct Modulus<const LIMBS: usize> {
    words: [u64; LIMBS],
    /// −1/n modulo 2⁶⁴.
    inverse: u64,
}

impl<const LIMBS: usize> Modulus<LIMBS> {
    fn new(words: [u64; LIMBS]) -> Self {
        let low = words.first().copied().unwrap_or(1);
        // Newton's iteration doubles the number of right bits, from three.
        let inverse = (0..5).fold(low, |inverse, _| {
            inverse.wrapping_mul(2_u64.wrapping_sub(low.wrapping_mul(inverse)))
        });
        Self { words, inverse: inverse.wrapping_neg() }
    }

    /// Returns whether 2ⁿ⁻¹ is 1 modulo n.
    fn passes_fermat(&self) -> bool {
        // 1 is 2ʳ − n, as n is more than half of 2ʳ.
        let mut one = self.words.map(|word| !word);
        add_one(&mut one);
        let mut exponent = self.words;
        if let Some(low) = exponent.first_mut() {
            *low -= 1;
        }
        let bits = exponent
            .iter()
            .rev()
            .flat_map(|word| (0..u64::BITS).rev().map(move |bit| word >> bit & 1 == 1));
        let power = bits.fold(one, |power, is_set| {
            let mut power = self.square(&power);
            if is_set {
                self.double(&mut power);
            }
            power
        });
        power == one
    }

    /// Montgomery's product of a number with itself, a word after the other (CIOS).
    fn square(&self, number: &[u64; LIMBS]) -> [u64; LIMBS] {
        let mut sum = [0; LIMBS];
        let mut top = 0;
        for word in number {
            let carry = add_product(&mut sum, *word, number);
            let factor = sum.first().copied().unwrap_or_default().wrapping_mul(self.inverse);
            let more = add_product_and_shift(&mut sum, factor, &self.words);
            let high = u128::from(top) + u128::from(carry) + u128::from(more);
            if let Some(last) = sum.last_mut() {
                *last = low(high);
            }
            top = low(high >> 64);
        }
        if top != 0 || !is_less(&sum, &self.words) {
            subtract(&mut sum, &self.words);
        }
        sum
    }

    fn double(&self, number: &mut [u64; LIMBS]) {
        let mut carry = 0;
        for word in number.iter_mut() {
            (*word, carry) = (*word << 1 | carry, *word >> 63);
        }
        if carry != 0 || !is_less(number, &self.words) {
            subtract(number, &self.words);
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
const fn low(wide: u128) -> u64 {
    wide as u64
}

/// Adds a number `factor` times; returns what does not fit.
#[allow(clippy::inline_always, reason = "half the time of a search is spent here")]
#[inline(always)]
fn add_product<const LIMBS: usize>(
    sum: &mut [u64; LIMBS],
    factor: u64,
    number: &[u64; LIMBS],
) -> u64 {
    let mut carry = 0;
    for (into, word) in sum.iter_mut().zip(number) {
        let wide = u128::from(factor) * u128::from(*word) + u128::from(*into) + u128::from(carry);
        *into = low(wide);
        carry = low(wide >> 64);
    }
    carry
}

/// Does the same, and drops the lowest word, which becomes zero.
#[allow(clippy::inline_always, reason = "the other half is spent here")]
#[allow(clippy::indexing_slicing, reason = "up to the array's length; all else is slower")]
#[inline(always)]
fn add_product_and_shift<const LIMBS: usize>(
    sum: &mut [u64; LIMBS],
    factor: u64,
    number: &[u64; LIMBS],
) -> u64 {
    let mut carry = low((u128::from(factor) * u128::from(number[0]) + u128::from(sum[0])) >> 64);
    for at in 1..LIMBS {
        let wide =
            u128::from(factor) * u128::from(number[at]) + u128::from(sum[at]) + u128::from(carry);
        sum[at - 1] = low(wide);
        carry = low(wide >> 64);
    }
    carry
}

fn add_one<const LIMBS: usize>(number: &mut [u64; LIMBS]) {
    for word in number {
        *word = word.wrapping_add(1);
        if *word != 0 {
            return;
        }
    }
}

fn is_less<const LIMBS: usize>(left: &[u64; LIMBS], right: &[u64; LIMBS]) -> bool {
    left.iter().rev().lt(right.iter().rev())
}

fn subtract<const LIMBS: usize>(from: &mut [u64; LIMBS], number: &[u64; LIMBS]) {
    let mut borrow = false;
    for (word, less) in from.iter_mut().zip(number) {
        let (difference, first) = word.overflowing_sub(*less);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        *word = difference;
        borrow = first || second;
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    #[test]
    fn fermats_test_is_passed_where_the_power_is_one() {
        let two = BigUint::from(2_u8);
        let mut seed = 1_u64;
        let mut passed = 0;
        for _ in 0..20_000 {
            let mut word = || {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                seed
            };
            let words = [word() | 1, word() | 1 << 63];
            let number = (BigUint::from(words[1]) << 64_u32) + words[0];
            let expected = two.modpow(&(&number - 1_u8), &number) == BigUint::from(1_u8);
            assert_eq!(Modulus::new(words).passes_fermat(), expected, "{number}");
            passed += u32::from(expected);
        }
        // One odd number in 44 of that size is prime.
        assert!((300..600).contains(&passed), "{passed}");
    }
}
