//! What both methods ask of a series before they look at a point.

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

/// Refuses a series that is dated in steps without years, has counts that are none, or lacks the population asked for.
pub(super) fn fits(series: &Series<'_>, population: bool) -> Result<(), Refusal> {
    if !calendar::has_years(series) {
        return Err(Refusal::Needs("a dated series must have weeks, months or days (freq 52, 12 or 365)"));
    }
    if series.values.iter().any(|value| *value < 0.0 || value.is_infinite()) {
        return Err(Refusal::Needs("counts must not be negative or infinite"));
    }
    match series.population {
        None if population => Err(Refusal::Needs("populationOffset needs the population")),
        Some(people) if population && people.iter().any(|people| *people <= 0.0) => {
            Err(Refusal::Needs("populationOffset needs a population above 0 at every step"))
        }
        _ => Ok(()),
    }
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
