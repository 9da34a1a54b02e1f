//! What both methods ask of a series before they look at a point.

use std::ops::Range;

use super::calendar;
use crate::method::Memory;
use crate::outcome::Refusal;
use crate::series::Series;

/// Cases in the last `steps` steps, the point among them; not-a-number where one is missing or not held.
pub(super) fn cases(series: &Series<'_>, index: usize, steps: usize) -> f64 {
    let from = (index + 1).saturating_sub(steps);
    (from..=index).map(|at| series.value(at)).sum()
}

/// The same without those that are missing.
pub(super) fn known_cases(series: &Series<'_>, index: usize, steps: usize) -> f64 {
    let from = (index + 1).saturating_sub(steps);
    (from..=index).map(|at| series.value(at)).filter(|value| !value.is_nan()).sum()
}

/// Refuses a series that is dated in steps without years, has counts that are none among those looked at, or lacks the
/// population asked for; the reference takes 1 for one that is not given.
pub(super) fn fits(
    series: &Series<'_>,
    looked_at: Range<usize>,
    population: bool,
    compat: bool,
) -> Result<(), Refusal> {
    if !calendar::has_years(series) {
        return Err(Refusal::Needs("a dated series must have weeks, months or days (freq 52, 12 or 365)"));
    }
    if looked_at.map(|at| series.value(at)).any(|value| value < 0.0 || value.is_infinite()) {
        return Err(Refusal::Needs("counts must not be negative or infinite"));
    }
    if population && series.population.is_none() && !compat {
        return Err(Refusal::Needs("populationOffset needs the population"));
    }
    Ok(())
}

/// How far a count lies on the way from the expected one to the bound, 1 at the bound. Where the bound is not above the
/// expected count it is 1 and what the count is above the bound.
pub(super) fn score(y: f64, expected: f64, upper: f64) -> f64 {
    if upper > expected { (y - expected) / (upper - expected) } else { 1.0 + (y - upper) }
}

/// The days of the first step of a dated series, the unit of the reference's trend; remembered, since a tail may begin
/// with another month. Not-a-number where the series is not dated.
pub(super) fn first_step(series: &Series<'_>, memory: &mut Memory) -> f64 {
    let Some([first, second, ..]) = series.dates else { return f64::NAN };
    if let [step] = memory.0[..] {
        return step;
    }
    let step = f64::from(second - first);
    memory.0 = vec![step];
    step
}
