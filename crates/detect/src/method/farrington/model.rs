//! The procedure of Farrington and others (1996): fit, weigh down what looks like past outbreaks, fit again, and drop a
//! trend that is not to be had.

use super::fit::Fit;
use super::reference_fit::Begin;
use super::rows::{Rows, Weights};
use super::{profile_fit, reference_fit};
use crate::num::t;

/// How the model is to be had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rules {
    /// Whether to weigh down past outbreaks.
    pub(super) reweight: bool,
    /// The residual beyond which a row is weighed down.
    pub(super) threshold: f64,
    /// Whether to look for a trend.
    pub(super) trend: bool,
    /// The significance that a trend needs.
    pub(super) p_trend: f64,
    /// Years that a trend needs.
    pub(super) years: usize,
    /// Whether a fit that does not come to rest is none.
    pub(super) rests: bool,
    /// Whose numbers.
    pub(super) flavour: Flavour,
}

/// Whose numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// The maximum of the likelihood, and one dispersion throughout, at least 1.
    Mended,
    /// `farringtonFlexible`'s: after weighing, dispersion without the means in it for errors and the test of the trend.
    Flexible,
    /// `algo.farrington`'s: tests the trend with a dispersion that may be below 1.
    Original,
}

/// What became of the trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trend {
    /// None was looked for.
    NotAsked,
    /// There are too few years to find one in.
    TooFewYears(usize),
    /// Kept, with its t statistic.
    Kept(f64),
    /// Not significant, with its p-value.
    NotSignificant(f64),
    /// It foretells more than was ever seen.
    Beyond {
        /// What it foretells.
        expected: f64,
        /// The most that was seen.
        most: f64,
    },
    /// With it the fit does not come to rest.
    NoFit,
}

/// A model and what it says of the point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    /// The logarithm of the expected count.
    pub(super) eta: f64,
    /// The standard error of that.
    pub(super) error: f64,
    /// The dispersion, at least 1.
    pub(super) phi: f64,
    /// The trend per step, where it is kept.
    pub(super) slope: Option<f64>,
    /// What became of it.
    pub(super) trend: Trend,
    /// Rows that were weighed down.
    pub(super) outliers: usize,
    /// The standard error of the trend.
    slope_error: f64,
    /// Whether there is no case in the point's own part of the year.
    pub(super) empty: bool,
    /// Rows in that part.
    pub(super) rows: usize,
}

/// Why there is no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoModel {
    /// No row in the point's part of the year is there.
    PartEmpty,
    /// Not more rows than coefficients.
    TooFew,
    /// The fit does not come to rest with nor without a trend.
    NoConvergence,
    /// As above, after a trend was found and dropped, where the reference gives up altogether.
    NoConvergenceWithout,
    /// The reference's fit gives up.
    Broken,
}

/// Room for the sums, kept from point to point.
#[derive(Debug, Default)]
pub(super) struct Bench {
    pub(super) fit: Fit,
    /// How much each row counts.
    pub(super) weights: Weights,
    begins: Vec<Begin>,
}

impl Rules {
    /// Fits the model to rows of so many years.
    pub(super) fn model(&self, rows: &mut Rows, years: usize, bench: &mut Bench) -> Result<Model, NoModel> {
        if rows.here.is_none() {
            return Err(NoModel::PartEmpty);
        }
        if self.flavour != Flavour::Mended {
            Begin::all(rows, &mut bench.begins);
        }
        let why = match (self.trend, years < self.years) {
            (false, _) => Trend::NotAsked,
            (true, true) => Trend::TooFewYears(years),
            (true, false) => match self.once(rows, true, bench) {
                Ok(model) => match self.verdict(&model, rows, &bench.fit) {
                    kept @ Trend::Kept(_) => return Ok(Model { trend: kept, ..model }),
                    dropped => dropped,
                },
                Err(NoModel::NoConvergence) => Trend::NoFit,
                Err(other) => return Err(other),
            },
        };
        match self.once(rows, false, bench) {
            Ok(model) => Ok(Model { trend: why, ..model }),
            Err(NoModel::NoConvergence) => {
                // The reference gives up for good where a fit with a trend had come to rest and one without does not.
                let rested = match why {
                    Trend::NotSignificant(_) | Trend::Beyond { .. } => true,
                    Trend::TooFewYears(_) => self.once(rows, true, bench).is_ok(),
                    _ => false,
                };
                Err(if rested { NoModel::NoConvergenceWithout } else { NoModel::NoConvergence })
            }
            Err(other) => Err(other),
        }
    }

    /// Whether the trend is kept.
    fn verdict(&self, model: &Model, rows: &Rows, fit: &Fit) -> Trend {
        let expected = model.eta.exp();
        // Every value but 0 itself is significant at 1, and the tail need not be computed.
        let statistic = fit.slope / model.slope_error;
        let p = match self.p_trend >= 1.0 && statistic != 0.0 {
            true if statistic.is_nan() => 1.0,
            true => f64::MIN_POSITIVE,
            false => t::two_sided(statistic, fit.df),
        };
        if p.is_nan() || p >= self.p_trend {
            Trend::NotSignificant(p)
        } else if expected.is_nan() || expected > rows.most {
            Trend::Beyond { expected, most: rows.most }
        } else {
            Trend::Kept(statistic)
        }
    }

    /// The trend of the first fit, without weights: what R Rnssp prints.
    pub(super) fn first_slope(&self, rows: &mut Rows, bench: &mut Bench) -> Option<f64> {
        let plain = Self { reweight: false, ..*self };
        rows.here.and_then(|_| plain.once(rows, true, bench).ok()?.slope)
    }

    /// Fit, weights, fit.
    fn once(&self, rows: &mut Rows, trend: bool, bench: &mut Bench) -> Result<Model, NoModel> {
        let Bench { fit, weights, begins } = bench;
        weights.common = 1.0;
        weights.special.clear();
        self.fit(rows, begins, weights, trend, 0.0, fit)?;
        if !fit.converged && self.rests {
            return Err(NoModel::NoConvergence);
        }
        if fit.df <= 0.0 {
            return Err(NoModel::TooFew);
        }
        let mut raw = fit.dispersion(rows);
        if self.reweight {
            self.weigh(rows, fit, raw.max(1.0), weights);
            if !weights.special.is_empty() {
                self.fit(rows, begins, weights, trend, fit.slope, fit)?;
                if !fit.converged && self.flavour == Flavour::Mended {
                    return Err(NoModel::NoConvergence);
                }
                raw = fit.dispersion(rows);
            }
        }
        let phi = raw.max(1.0);
        let (of_error, of_test) = match self.flavour {
            Flavour::Mended => (phi, phi),
            Flavour::Original => (phi, raw),
            Flavour::Flexible if self.reweight => {
                let bare = fit.squares(rows, weights) / fit.df;
                (bare, bare)
            }
            Flavour::Flexible => (raw, raw),
        };
        let (eta, variance) = fit.predict(rows).ok_or(NoModel::PartEmpty)?;
        let range = rows.range(rows.here.unwrap_or(0));
        Ok(Model {
            eta,
            error: (of_error * variance).sqrt(),
            phi,
            slope: trend.then_some(fit.slope),
            slope_error: (of_test * fit.slope_variance).sqrt(),
            trend: Trend::NotAsked,
            outliers: weights.special.len(),
            empty: rows.y[range.clone()].iter().all(|y| *y == 0.0),
            rows: range.len(),
        })
    }

    fn fit(
        &self,
        rows: &mut Rows,
        begins: &[Begin],
        weights: &Weights,
        trend: bool,
        from: f64,
        fit: &mut Fit,
    ) -> Result<(), NoModel> {
        if self.flavour == Flavour::Mended {
            profile_fit::fit(rows, weights, trend, from, fit);
            return Ok(());
        }
        reference_fit::fit(rows, begins, weights, trend, fit).map_err(|_| NoModel::Broken)
    }

    /// Weighs down the rows whose residual, as Anscombe (1953) has it, is over the threshold, by its square. The
    /// weights sum to the number of rows.
    fn weigh(&self, rows: &Rows, fit: &Fit, phi: f64, weights: &mut Weights) {
        let t = self.threshold;
        let mut sum = rows.len() as f64;
        for (part, range) in rows.ranges().enumerate() {
            for row in range {
                let (y, mu) = (rows.y[row], fit.mu[row]);
                let over = y - mu;
                if t > 0.0 && over <= 0.0 {
                    continue;
                }
                let room = 1.0 - fit.hat(row, part, rows);
                // Pearson's residual is never smaller, and spares most rows the roots.
                if t > 0.0 && over * over <= t * t * mu * phi * room {
                    continue;
                }
                let anscombe = 1.5 * ((y * y).cbrt() / mu.sqrt().cbrt() - mu.sqrt()) / (phi * room).sqrt();
                if anscombe > t {
                    let weight = 1.0 / (anscombe * anscombe);
                    weights.special.push((row, part, weight));
                    sum += weight - 1.0;
                }
            }
        }
        if !weights.special.is_empty() {
            weights.common = rows.len() as f64 / sum;
            weights.special.iter_mut().for_each(|(_, _, weight)| *weight *= weights.common);
        }
    }
}
