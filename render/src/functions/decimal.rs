//! Exact decimals, as `shopspring/decimal` gives sprig's float functions.

use std::cmp::Ordering;

use num_bigint::BigInt;
use rutter_gotmpl::Fault;

use super::print::float;

/// A whole number times a power of ten.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    digits: BigInt,
    exponent: i64,
}

/// How many places a division has (`decimal.DivisionPrecision`).
const PLACES: i64 = 16;

impl Decimal {
    /// Reads the shortest digits that mean this float.
    pub(super) fn from_float(number: f64) -> Result<Self, Fault> {
        if !number.is_finite() {
            let message = format!("Cannot create a Decimal from {}", float(number));
            return Err(Fault::new(message));
        }
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i64 = exponent.parse().unwrap_or_default();
        let places = i64::try_from(fraction.len()).unwrap_or_default();
        let digits = format!("{whole}{fraction}").parse().unwrap_or_default();
        Ok(Self { digits, exponent: exponent - places })
    }

    /// Returns the nearest float.
    pub(super) fn to_float(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Returns the sum.
    #[allow(clippy::unnecessary_wraps, reason = "as the operations that may fail")]
    pub(super) fn add(&self, other: &Self) -> Result<Self, Fault> {
        let (left, right, exponent) = self.aligned(other);
        Ok(Self { digits: left + right, exponent })
    }

    /// Returns the difference.
    #[allow(clippy::unnecessary_wraps, reason = "as the operations that may fail")]
    pub(super) fn subtract(&self, other: &Self) -> Result<Self, Fault> {
        let (left, right, exponent) = self.aligned(other);
        Ok(Self { digits: left - right, exponent })
    }

    /// Returns the product.
    #[allow(clippy::unnecessary_wraps, reason = "as the operations that may fail")]
    pub(super) fn multiply(&self, other: &Self) -> Result<Self, Fault> {
        let digits = &self.digits * &other.digits;
        Ok(Self { digits, exponent: self.exponent + other.exponent })
    }

    /// Returns the quotient to [`PLACES`] places, halves away from zero.
    pub(super) fn divide(&self, other: &Self) -> Result<Self, Fault> {
        let zero = BigInt::ZERO;
        if other.digits == zero {
            return Err(Fault::new("decimal division by 0"));
        }
        let shift = self.exponent - other.exponent + PLACES;
        let (left, right) = if shift < 0 {
            (self.digits.clone(), &other.digits * power(-shift))
        } else {
            (&self.digits * power(shift), other.digits.clone())
        };
        let quotient = &left / &right;
        let twice = (&left % &right) * 2;
        let up = magnitude(&twice).cmp(&magnitude(&right)) != Ordering::Less;
        let negative = (left < zero) != (right < zero);
        let digits = match (up, negative) {
            (false, _) => quotient,
            (true, false) => quotient + 1,
            (true, true) => quotient - 1,
        };
        Ok(Self { digits, exponent: -PLACES })
    }

    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let left = &self.digits * power(self.exponent - exponent);
        let right = &other.digits * power(other.exponent - exponent);
        (left, right, exponent)
    }
}

fn magnitude(number: &BigInt) -> BigInt {
    if *number < BigInt::ZERO { -number } else { number.clone() }
}

/// Floats keep exponents below some 700, and so these powers small.
fn power(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or_default())
}
