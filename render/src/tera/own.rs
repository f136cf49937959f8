//! Functions and filters of Tera's that make much out of little, made anew: they count.

use ::tera::{Error, Kwargs, State, StringInput, Tera, TeraResult, Value as Theirs};

use super::bridge::within;

/// How far `range` counts.
const LONGEST_RANGE: usize = 100_000;

/// Puts them in the place of Tera's.
pub(super) fn register(engine: &mut Tera) {
    engine.register_function("range", |given: Kwargs, _: &State<'_>| range(&given));
    engine.register_filter("replace", |text: StringInput<'_>, given: Kwargs, _: &State<'_>| {
        replace(text.as_str(), &given)
    });
    engine.register_filter("join", |items: &[Theirs], given: Kwargs, _: &State<'_>| {
        join(items, &given)
    });
}

/// Counts from `start` (0) to before `end` by `step_by` (1).
fn range(given: &Kwargs) -> TeraResult<Vec<i128>> {
    let start = given.get::<i128>("start")?.unwrap_or_default();
    let end = given.must_get::<i128>("end")?;
    let step = given.get::<i128>("step_by")?.unwrap_or(1);
    if step == 0 || (start > end && step > 0) {
        let why = if step == 0 { "`step_by` is 0" } else { "`start` is greater than `end`" };
        return Err(Error::message(format!("`range` has no end: {why}")));
    }
    let mut next = Some(start);
    let numbers = std::iter::from_fn(|| {
        let number = next.filter(|at| if step > 0 { *at < end } else { *at > end })?;
        next = number.checked_add(step);
        Some(number)
    });
    let numbers: Vec<i128> = numbers.take(LONGEST_RANGE + 1).collect();
    if numbers.len() > LONGEST_RANGE {
        return Err(Error::message(format!("`range` counts longer than to {LONGEST_RANGE}")));
    }
    within(|budget| budget.steps(1 + numbers.len() as u64))?;
    Ok(numbers)
}

fn replace(text: &str, given: &Kwargs) -> TeraResult<Theirs> {
    let from = given.must_get::<&str>("from")?;
    let to = given.must_get::<StringInput<'_>>("to")?.as_str();
    let added = text.matches(from).count().saturating_mul(to.len());
    within(|budget| budget.text(text.len().saturating_add(added)))?;
    Ok(Theirs::from(text.replace(from, to)))
}

fn join(items: &[Theirs], given: &Kwargs) -> TeraResult<Theirs> {
    let separator = given.get::<StringInput<'_>>("sep")?.map_or("", |text| text.as_str());
    within(|budget| items.iter().try_for_each(|item| budget.weigh(item)))?;
    let mut joined = String::new();
    for (at, item) in items.iter().enumerate() {
        let item = item.to_string();
        within(|budget| budget.fits(joined.len() + separator.len() + item.len()))?;
        if at > 0 {
            joined.push_str(separator);
        }
        joined.push_str(&item);
    }
    within(|budget| budget.text(joined.len()))?;
    Ok(Theirs::from(joined))
}
