//! What charts that sum up from point to point have in common.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Judge, Memory};
use crate::explain::{Explanation, Row};
use crate::outcome::{NA, Outcome, Refusal};
use crate::series::Series;

/// A number for all points, or one for each point from the first one judged.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(untagged)]
pub(crate) enum Level {
    One(f64),
    Each(Vec<f64>),
}

impl Level {
    /// Whether every number is one that `holds` of.
    pub(crate) fn all(&self, holds: impl Fn(f64) -> bool) -> bool {
        match self {
            Self::One(level) => holds(*level),
            Self::Each(levels) => !levels.is_empty() && levels.iter().all(|level| holds(*level)),
        }
    }

    /// The number for the point `since` points after the first one judged.
    pub(crate) fn at(&self, since: usize) -> Result<f64, Refusal> {
        match self {
            Self::One(level) => Ok(*level),
            Self::Each(levels) => levels.get(since).copied().ok_or(Refusal::Needs(
                "there are fewer in-control levels than points; give one for each point from the first judged",
            )),
        }
    }
}

/// Refuses a series whose beginning is not held though a chart is to be started from it.
pub(crate) fn from_its_beginning(series: &Series<'_>) -> Result<(), Refusal> {
    if series.first == 0 {
        return Ok(());
    }
    Err(Refusal::Needs("the chart is fitted on all earlier values; hold the series from its beginning"))
}

/// A missing value as R prints it, where the number is none.
pub(crate) fn or_na(x: f64) -> f64 {
    if x.is_nan() { NA } else { x }
}

/// Judges from the first point again, up to and with `index`.
pub(crate) fn again(
    judge: &dyn Judge,
    series: &Series<'_>,
    from: usize,
    index: usize,
) -> Result<(Outcome, Memory), Refusal> {
    let mut memory = Memory::default();
    let outcome = judge.judge(series, from..index + 1, &mut memory)?;
    Ok((outcome, memory))
}

/// The values of a range, each with weight 1, or 0 where it is missing.
pub(crate) fn rows(series: &Series<'_>, range: Range<usize>) -> Vec<Row> {
    range
        .map(|index| {
            let value = series.value(index);
            Row { index, value, weight: if value.is_nan() { 0.0 } else { 1.0 } }
        })
        .collect()
}

/// Adds the columns of the last point to an explanation.
pub(crate) fn add_numbers(explanation: &mut Explanation, outcome: &Outcome, names: &[&'static str]) {
    for name in names {
        if let Some(value) = outcome.numbers(name).and_then(|column| column.last().copied()) {
            explanation.numbers.push((name, value));
        }
    }
}
