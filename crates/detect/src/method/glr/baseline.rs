//! The in-control model of a chart of counts.

use std::borrow::Cow;
use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::cells::{Counts, Fitter};
use super::dispersed::{self, Tally};
use crate::method::chart::{Level, from_its_beginning};
use crate::num::glm::{Design, Family, fit_means, fit_nb};
use crate::outcome::Refusal;
use crate::series::Series;

/// Where the in-control means come from.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(untagged)]
pub(super) enum Mu0 {
    Level(Level),
    Model(Model),
}

/// A log-linear model with yearly waves.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Model {
    #[serde(rename = "S")]
    pub(super) waves: u32,
    pub(super) trend: bool,
    pub(super) refit: bool,
}

impl Default for Model {
    fn default() -> Self {
        Self { waves: 1, trend: false, refit: false }
    }
}

impl Model {
    /// The row of the design at a point: intercept, trend, and cosine and sine of each wave.
    fn row(self, index: usize, freq: u32) -> impl Iterator<Item = f64> {
        let t = (index + 1) as f64;
        let trend = self.trend.then_some(t);
        let waves = (1..=self.waves).flat_map(move |wave| {
            let (sin, cos) = (TAU * f64::from(wave) * t / f64::from(freq)).sin_cos();
            [cos, sin]
        });
        std::iter::once(1.0).chain(trend).chain(waves)
    }

    /// How many coefficients there are.
    pub(super) fn size(self) -> usize {
        1 + usize::from(self.trend) + 2 * self.waves as usize
    }

    fn seasons(self, freq: u32) -> Vec<f64> {
        (0..freq.max(1) as usize).flat_map(|index| self.row(index, freq)).collect()
    }

    /// The mean at a point; `counts` may hold the row of its season.
    pub(super) fn mean(self, coefficients: &[f64], index: usize, freq: u32, counts: Option<&Counts>) -> f64 {
        let Some(counts) = counts.filter(|_| !self.trend) else {
            return known(self.row(index, freq), coefficients).exp();
        };
        let season = index % freq.max(1) as usize;
        match counts.seasons(freq, || self.seasons(freq)) {
            Some(rows) => known(rows[season * self.size()..][..self.size()].iter().copied(), coefficients),
            None => known(self.row(season, freq), coefficients),
        }
        .exp()
    }

    /// The rows of the design by cell, in which points with the same row are together: each season, or, with a trend,
    /// each point.
    fn cells(self, freq: u32, end: usize, counts: &Counts) -> Cow<'_, [f64]> {
        if self.trend {
            return Cow::Owned((0..end).flat_map(|index| self.row(index, freq)).collect());
        }
        let all = || self.seasons(freq);
        counts.seasons(freq, all).map_or_else(|| Cow::Owned(all()), Cow::Borrowed)
    }

    /// Gives each count before `end` to `take`, with its cell; whether all could be taken, and there are enough.
    fn each(self, series: &Series<'_>, end: usize, mut take: impl FnMut(usize, f64) -> bool) -> bool {
        let seasons = if self.trend { usize::MAX } else { series.freq.max(1) as usize };
        let (mut cell, mut known) = (0, 0);
        for y in &series.values[..end] {
            if y.is_finite() {
                if !take(cell, *y) {
                    return false;
                }
                known += 1;
            }
            cell = if cell + 1 == seasons { 0 } else { cell + 1 };
        }
        known > self.size()
    }

    /// Without a trend: through the sums of each season. None where the careful way is to be taken.
    fn fit_seasons(self, series: &Series<'_>, end: usize, counts: &Counts) -> Option<Vec<f64>> {
        let rows = self.cells(series.freq, end, counts);
        let mut fitter = Fitter::new(counts, &rows, self.size());
        let sound = self.each(series, end, |cell, y| {
            let sound = (0.0..1e12).contains(&y);
            if sound {
                fitter.add(cell, y);
            }
            sound
        });
        if sound { fitter.fit() } else { None }
    }

    /// Coefficients and dispersion through sums, likewise.
    fn fit_dispersed(self, series: &Series<'_>, end: usize, counts: &Counts) -> Option<(Vec<f64>, f64)> {
        let rows = self.cells(series.freq, end, counts);
        let mut fitter = Fitter::new(counts, &rows, self.size());
        let mut tally = Tally::new(fitter.cells.len());
        let sound = self.each(series, end, |cell, y| {
            let sound = tally.add(cell, y);
            if sound {
                fitter.add(cell, y);
            }
            sound
        });
        if !sound {
            return None;
        }
        dispersed::fit(&fitter, tally).map(|(coefficients, theta)| (coefficients, 1.0 / theta))
    }

    /// Fits the model to all values before `end`: the coefficients, and the dispersion, estimated where it is not known.
    pub(super) fn fit(
        self,
        series: &Series<'_>,
        end: usize,
        alpha: Option<f64>,
        counts: Option<&Counts>,
    ) -> Result<(Vec<f64>, f64), Refusal> {
        from_its_beginning(series)?;
        let quick = counts.and_then(|counts| match alpha {
            Some(alpha) if self.trend || !counts.are_of(alpha) => None,
            Some(alpha) => self.fit_seasons(series, end, counts).map(|found| (found, alpha)),
            None => self.fit_dispersed(series, end, counts),
        });
        if let Some(found) = quick {
            return Ok(found);
        }
        let known: Vec<usize> = (0..end).filter(|index| series.value(*index).is_finite()).collect();
        if known.len() <= self.size() {
            let (need, have) = (self.size() + 1, known.len());
            return Err(Refusal::TooShort { what: "the in-control model", need, have });
        }
        let y: Vec<f64> = known.iter().map(|index| series.value(*index)).collect();
        let mut columns = vec![Vec::with_capacity(known.len()); self.size()];
        for index in &known {
            for (column, x) in columns.iter_mut().zip(self.row(*index, series.freq)) {
                column.push(x);
            }
        }
        let design = columns.into_iter().fold(Design::new(known.len()), Design::with);
        let refused = "the in-control model cannot be fitted to the values before";
        let fitted = match alpha {
            Some(0.0) => fit_means(&design, &y, Family::Poisson),
            Some(alpha) => fit_means(&design, &y, Family::NegativeBinomial { theta: 1.0 / alpha }),
            None => match fit_nb(&design, &y, None, None) {
                Ok(found) => return Ok((found.fit.coefficients, 1.0 / found.theta)),
                // Counts that vary less than Poisson ones, as equal ones do, have no theta: they have no dispersion.
                Err(_) if varies_little(&y) => fit_means(&design, &y, Family::Poisson),
                Err(_) => return Err(Refusal::Needs(refused)),
            },
        };
        let fitted = fitted.map_err(|_| Refusal::Needs(refused))?;
        Ok((fitted.coefficients, alpha.unwrap_or(0.0)))
    }
}

/// Whether counts vary no more than Poisson ones with one mean.
fn varies_little(y: &[f64]) -> bool {
    let sum: f64 = y.iter().sum();
    let mean = sum / y.len() as f64;
    y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() <= sum
}

/// A row times coefficients, of which some may be no number: the model leaves those columns out.
fn known(row: impl Iterator<Item = f64>, coefficients: &[f64]) -> f64 {
    row.zip(coefficients).filter(|(_, c)| !c.is_nan()).map(|(x, c)| x * c).sum()
}
