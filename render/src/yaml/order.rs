//! The order in which go-yaml writes keys: as a person would sort them.

use std::cmp::Ordering;

/// Which go-yaml's order: version 3 sorts a digit run before a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Two,
    Three,
}

/// Sorts entries by their keys.
///
/// Version 2's order has cycles (`a10` < `a1b` < `a2` < `a10`), which the
/// standard library's sorts may refuse, so this merges by hand. Go's result for
/// such keys depends on its random map order.
pub(super) fn sort<T>(
    entries: Vec<T>,
    key: impl Fn(&T) -> &str + Copy,
    version: Version,
) -> Vec<T> {
    let is_sorted =
        entries.iter().zip(entries.iter().skip(1)).all(|(a, b)| !is_less(key(b), key(a), version));
    if is_sorted {
        return entries;
    }
    let mut left = entries;
    let right = left.split_off(left.len() / 2);
    let left = sort(left, key, version);
    let right = sort(right, key, version);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let source = if is_less(key(second), key(first), version) { &mut right } else { &mut left };
        merged.extend(source.next());
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Letters after everything else, runs of digits by their number.
fn is_less(a: &str, b: &str, version: Version) -> bool {
    let Some(same) = a.bytes().zip(b.bytes()).position(|(a, b)| a != b) else {
        return a.len() < b.len();
    };
    let mut same = same;
    while !a.is_char_boundary(same) {
        same -= 1;
    }
    let (before, a) = a.split_at(same);
    let (_, b) = b.split_at(same);
    let (Some(first), Some(second)) = (a.chars().next(), b.chars().next()) else {
        return a.len() < b.len();
    };
    match (first.is_alphabetic(), second.is_alphabetic()) {
        (true, true) => first < second,
        (false, false) => is_number_less(before, (a, first), (b, second)),
        (is_letter, other_is_letter) => {
            if version == Version::Three && before.ends_with(|end: char| end.is_ascii_digit()) {
                is_letter
            } else {
                other_is_letter
            }
        }
    }
}

fn is_number_less(before: &str, (a, first): (&str, char), (b, second): (&str, char)) -> bool {
    // A digit that is not zero before makes zeros here significant.
    let is_within = (first == '0' || second == '0')
        && before.bytes().rev().take_while(u8::is_ascii_digit).any(|digit| digit != b'0');
    let number = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit);
        digits.fold((i64::from(is_within), 0_usize), |(number, length), digit| {
            (number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')), length + 1)
        })
    };
    match number(a).cmp(&number(b)) {
        Ordering::Equal => first < second,
        order => order == Ordering::Less,
    }
}
