//! DSA keys (FIPS 186-4, L = 2048, N = 256), which sprig still makes.

use num_bigint::BigUint;

use super::der;
use crate::tape::Source;

const P_BITS: u64 = 2048;
const Q_BITS: u64 = 256;

/// Makes parameters and a key; returns them in the form of OpenSSL: version,
/// p, q, g, the public and the private number.
pub(super) fn generate(source: &mut dyn Source) -> Result<Vec<u8>, String> {
    let one = BigUint::from(1_u8);
    let (p, q) = primes(source)?;
    let exponent = (&p - &one) / &q;
    let mut generator = one.clone();
    let mut base = 2_u8;
    while generator == one {
        generator = BigUint::from(base).modpow(&exponent, &p);
        base += 1;
    }
    let mut secret = BigUint::ZERO;
    while secret == BigUint::ZERO || secret >= q {
        secret = number(source, Q_BITS)?;
    }
    let public = generator.modpow(&secret, &p);
    let numbers = [BigUint::ZERO, p, q, generator, public, secret]
        .map(|number| der::integer(&number.to_bytes_be()));
    let parts: Vec<&[u8]> = numbers.iter().map(Vec::as_slice).collect();
    Ok(der::sequence(&parts))
}

/// Returns primes p and q such that q divides p - 1.
fn primes(source: &mut dyn Source) -> Result<(BigUint, BigUint), String> {
    let one = BigUint::from(1_u8);
    loop {
        let mut q = number(source, Q_BITS)?;
        q.set_bit(0, true);
        q.set_bit(Q_BITS - 1, true);
        if !is_prime(source, &q)? {
            continue;
        }
        // As many tries as Go makes before it takes another q.
        for _ in 0..4 * P_BITS {
            let mut p = number(source, P_BITS)?;
            p.set_bit(0, true);
            p.set_bit(P_BITS - 1, true);
            let rest = (&p % (&q * 2_u8)) - &one;
            p -= rest;
            if p.bits() == P_BITS && is_prime(source, &p)? {
                return Ok((p, q));
            }
        }
    }
}

fn number(source: &mut dyn Source, bits: u64) -> Result<BigUint, String> {
    let mut bytes = vec![0; usize::try_from(bits / 8).unwrap_or_default()];
    source.random(&mut bytes).map_err(|refusal| refusal.0)?;
    Ok(BigUint::from_bytes_be(&bytes))
}

/// How often Miller and Rabin are asked, as in Go.
const ROUNDS: usize = 64;

fn is_prime(source: &mut dyn Source, number: &BigUint) -> Result<bool, String> {
    let small = (3_u16..2000).step_by(2).filter(|small| *number != BigUint::from(*small));
    if small.into_iter().any(|small| number % small == BigUint::ZERO) {
        return Ok(false);
    }
    let one = BigUint::from(1_u8);
    let less = number - &one;
    let twos = less.trailing_zeros().unwrap_or_default();
    let odd = &less >> twos;
    for _ in 0..ROUNDS {
        let witness = self::number(source, number.bits().next_multiple_of(8))? % &less + &one;
        let mut power = witness.modpow(&odd, number);
        if power == one || power == less {
            continue;
        }
        let squares = (1..twos).any(|_| {
            power = power.modpow(&BigUint::from(2_u8), number);
            power == less
        });
        if !squares {
            return Ok(false);
        }
    }
    Ok(true)
}
