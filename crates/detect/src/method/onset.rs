//! The evidence that something has just begun: a likelihood ratio mixed over its size and onset.

mod baseline;
mod counts;
mod cycles;
mod evidence;
mod law;
mod measurements;
mod tracker;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chart::from_its_beginning;
use super::{Judge, Memory, Method, Mode, within};
use crate::design::Sided;
use crate::explain::{Explanation, VERSION};
use crate::outcome::{Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `onset`.
pub(crate) static METHOD: Method = Method {
    name: "onset",
    doc: include_str!("onset/onset.md"),
    example: r#"{"threshold": 2.6, "sizes": [1, 2, 4, 8], "shape": [0.9], "years": 12}"#,
    read: |json| Ok(Box::new(param::read::<Onset>(json)?.checked()?)),
};

/// The parameters; see the documentation.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
struct Onset {
    values: Values,
    threshold: Option<f64>,
    sizes: Vec<f64>,
    shape: Vec<f64>,
    fading: f64,
    own: f64,
    sided: Option<Sided>,
    years: usize,
    #[serde(rename = "halfLife")]
    half_life: Option<f64>,
    #[serde(rename = "pastStepsNotIncluded")]
    skipped: Option<usize>,
    minimum: usize,
    trend: bool,
    harmonics: usize,
    #[serde(rename = "populationOffset")]
    population_offset: bool,
    mode: Mode,
}

/// What the values of a series are.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Values {
    /// Measurements where steps are shorter than a day, else counts.
    #[default]
    Auto,
    Counts,
    Measurements,
}

/// More steps a year than this are shorter than a day.
const DAILY: u32 = 366;

impl Default for Onset {
    fn default() -> Self {
        Self {
            values: Values::Auto,
            threshold: None,
            sizes: vec![1.0, 2.0, 4.0, 8.0],
            shape: vec![0.9],
            fading: 0.15,
            own: 1.8,
            sided: None,
            years: 12,
            half_life: None,
            skipped: None,
            minimum: 7,
            trend: true,
            harmonics: 2,
            population_offset: false,
            mode: Mode::Default,
        }
    }
}

impl Onset {
    fn checked(self) -> Result<Self, ParamError> {
        let shares = self.shape.iter().sum::<f64>();
        require(self.threshold.is_none_or(f64::is_finite), "threshold", "must be a number")?;
        require((1..=16).contains(&self.sizes.len()), "sizes", "must hold 1 to 16 sizes")?;
        require(
            self.sizes.iter().all(|k| *k > 0.0 && *k <= 1e3),
            "sizes",
            "must be above 0 and at most 1000",
        )?;
        require((1..=8).contains(&self.shape.len()), "shape", "must hold 1 to 8 shares")?;
        require(self.shape.iter().all(|w| *w > 0.0), "shape", "must be above 0")?;
        require(shares <= 1.000_001, "shape", "must not add up to more than 1")?;
        require(self.fading > 0.0 && self.fading <= 1.0, "fading", "must be above 0 and at most 1")?;
        require(self.own.is_finite(), "own", "must be a number")?;
        require((1..=100).contains(&self.years), "years", "must be from 1 to 100")?;
        require(
            self.half_life.is_none_or(|years| years > 0.0 && years.is_finite()),
            "halfLife",
            "must be above 0",
        )?;
        require((3..=1000).contains(&self.minimum), "minimum", "must be from 3 to 1000")?;
        require(self.harmonics <= 3, "harmonics", "must be from 0 to 3")?;
        require(self.mode == Mode::Default, "mode", "must be default: there is no reference to agree with")?;
        require(
            self.values == Values::Measurements || self.sided != Some(Sided::Two),
            "sided",
            "can be two with \"values\": \"measurements\" alone: counts are watched for increases",
        )?;
        require(
            self.values != Values::Measurements || !self.population_offset,
            "populationOffset",
            "goes with counts alone; leave it out",
        )?;
        Ok(self)
    }

    /// An explanation that says nothing yet.
    fn unexplained(&self, index: usize) -> Explanation {
        let (baseline, numbers, because) = (vec![], vec![], vec![]);
        Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline,
            numbers,
            because,
        }
    }

    fn measures(&self, freq: u32) -> bool {
        match self.values {
            Values::Auto => freq > DAILY,
            Values::Counts => false,
            Values::Measurements => true,
        }
    }
}

/// A score in words.
fn explained(score: f64, what: &str, change: &str) -> String {
    let ratio = score.exp();
    if ratio >= 1.0 {
        format!("{change} explains {what} {ratio:.3} times as well as the baseline")
    } else {
        format!("the baseline explains {what} {:.3} times as well as {change}", ratio.recip())
    }
}

impl Judge for Onset {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        if self.measures(freq) { index } else { self.history_from(index, freq) }
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        if self.measures(series.freq) {
            return self.first_measured(series);
        }
        // A quarter of the steps may be left out.
        series.first + self.minimum + self.minimum / 3
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        if !self.measures(series.freq) {
            return Ok(self.judge_counts(series, range));
        }
        if memory.0.is_empty() {
            from_its_beginning(series)?;
        }
        Ok(self.judge_measurements(series, range, memory))
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        within(series, &(index..index + 1))?;
        if !self.measures(series.freq) {
            return Ok(self.explain_counts(series, index));
        }
        from_its_beginning(series)?;
        Ok(self.explain_measurement(series, index))
    }
}

#[cfg(test)]
#[path = "onset/measurements_tests.rs"]
mod measurements_tests;
#[cfg(test)]
#[path = "onset_tests.rs"]
mod tests;
