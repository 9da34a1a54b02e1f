//! A log-linear model of counts with a level for each part of the year and, maybe, a trend.
//!
//! The levels are indicators, so the normal equations have the shape of an arrow: for a given trend each level has its
//! own answer, and the trend is the regression within the parts. A step costs one pass over the rows.

use super::rows::{Rows, Weights};

/// A fitted model; what is not of the last coefficients says so.
#[derive(Debug, Default)]
pub(super) struct Fit {
    /// Whether the fit came to rest.
    pub(super) converged: bool,
    /// Steps taken.
    pub(super) iterations: u32,
    /// The trend per step of time; 0 without.
    pub(super) slope: f64,
    /// The level of each part: the logarithm of the mean at time 0.
    pub(super) levels: Vec<f64>,
    /// The mean of each row.
    pub(super) mu: Vec<f64>,
    /// The working weight of each row, of which Fisher's information is the sum.
    pub(super) weights: Vec<f64>,
    /// The sums of the working weights in each part, and of times under them.
    pub(super) sums: Vec<Sums>,
    /// The variance of the slope for a dispersion of 1; 0 without a trend.
    pub(super) slope_variance: f64,
    /// Rows less coefficients.
    pub(super) df: f64,
}

/// Sums over a part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Of weights.
    pub(super) zero: f64,
    /// Of weights times times.
    pub(super) one: f64,
    /// Of weights times squared times.
    pub(super) two: f64,
}

impl Sums {
    /// What the times vary within the part, times the weights.
    pub(super) fn spread(&self) -> f64 {
        if self.zero > 0.0 { self.two - self.one * self.one / self.zero } else { 0.0 }
    }

    /// The mean time.
    pub(super) fn mean(&self) -> f64 {
        if self.zero > 0.0 { self.one / self.zero } else { 0.0 }
    }

    /// Over rows, four at a time so that they need not wait for each other.
    pub(super) fn of(weights: &[f64], times: &[f64]) -> Self {
        let mut lanes = [Self::default(); 4];
        let (whole, rest) = weights.as_chunks::<4>();
        let (times, rest_times) = times.as_chunks::<4>();
        for (weights, times) in whole.iter().zip(times) {
            for lane in 0..4 {
                lanes[lane].add(weights[lane], times[lane]);
            }
        }
        for (weight, time) in rest.iter().zip(rest_times) {
            lanes[0].add(*weight, *time);
        }
        let pair = |f: fn(&Self) -> f64| (f(&lanes[0]) + f(&lanes[1])) + (f(&lanes[2]) + f(&lanes[3]));
        Self { zero: pair(|s| s.zero), one: pair(|s| s.one), two: pair(|s| s.two) }
    }

    /// Adds a row.
    #[inline]
    pub(super) fn add(&mut self, weight: f64, time: f64) {
        let moment = weight * time;
        self.zero += weight;
        self.one += moment;
        self.two += moment * time;
    }
}

impl Fit {
    /// The leverage of a row of a part.
    pub(super) fn hat(&self, row: usize, part: usize, rows: &Rows) -> f64 {
        let sums = &self.sums[part];
        let away = rows.time[row] - sums.mean();
        self.weights[row] * (1.0 / sums.zero + away * away * self.slope_variance)
    }

    /// The logarithm of the mean at the point, and its variance for a dispersion of 1; without a value where the
    /// point's part has no rows.
    pub(super) fn predict(&self, rows: &Rows) -> Option<(f64, f64)> {
        let here = rows.here?;
        let sums = &self.sums[here];
        let away = rows.now - sums.mean();
        let eta = self.levels[here] + self.slope * rows.now + rows.now_offset;
        Some((eta, 1.0 / sums.zero + away * away * self.slope_variance))
    }

    /// Pearson's dispersion: the working weights times squared working residuals, per degree of freedom.
    pub(super) fn dispersion(&self, rows: &Rows) -> f64 {
        let mut lanes = [0.0; 4];
        let (y, y_rest) = rows.y.as_chunks::<4>();
        let (mu, mu_rest) = self.mu.as_chunks::<4>();
        let (weights, weights_rest) = self.weights.as_chunks::<4>();
        for ((y, mu), weights) in y.iter().zip(mu).zip(weights) {
            for lane in 0..4 {
                lanes[lane] += square(y[lane], mu[lane], weights[lane]);
            }
        }
        for ((y, mu), weight) in y_rest.iter().zip(mu_rest).zip(weights_rest) {
            lanes[0] += square(*y, *mu, *weight);
        }
        ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) / self.df
    }

    /// The sum of squared working residuals under these weights.
    pub(super) fn squares(&self, rows: &Rows, weights: &Weights) -> f64 {
        let rows = rows.y.iter().zip(&self.mu).zip(weights.each(rows.len()));
        rows.map(|((y, mu), weight)| square(*y, *mu, weight)).sum()
    }
}

/// A squared working residual; nothing where the mean is 0 and so is the weight.
#[inline]
fn square(y: f64, mu: f64, weight: f64) -> f64 {
    let residual = (y - mu) / mu;
    let square = weight * residual * residual;
    if weight > 0.0 { square } else { 0.0 }
}
