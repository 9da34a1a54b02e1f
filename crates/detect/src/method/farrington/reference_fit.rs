//! The fit as R's `glm` goes about it: the same starting values, steps and stopping rule, and with the last step's
//! weights in what is reported (see [`crate::num::glm`]). In exact arithmetic these are its numbers; here they are
//! found without its matrices.

use super::fit::{Fit, Sums};
use super::rows::{Rows, Weights};
use crate::num::glm::{Design, Family, GlmError, fit as general};

/// Steps at most.
const STEPS: u32 = 25;
/// The share of change in deviance at which the fit rests.
const EPSILON: f64 = 1e-8;
/// Logarithms of means outside these are left to the general fit.
const ORDINARY: std::ops::RangeInclusive<f64> = -35.0..=600.0;

/// What the first step and the deviance need of a part, whatever is fitted to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Begin {
    /// Of the working weights.
    sums: Sums,
    /// Of what the first step aims at under them, and of that times time.
    aim: (f64, f64),
    /// Of the counts, and of those times time.
    counts: (f64, f64),
    /// What the deviance is less than, by counts times logarithms of means.
    saturated: f64,
    /// How large the terms of that are.
    size: f64,
    /// The deviance at the start.
    deviance: f64,
}

impl Begin {
    /// Of rows with these weights.
    fn of(rows: &Rows, range: std::ops::Range<usize>, weight: impl Fn(usize) -> f64) -> Self {
        let mut it = Self::default();
        for row in range {
            let begin = rows.start(row);
            let (y, time, omega) = (rows.y[row], rows.time[row], weight(row));
            let offset = rows.offset.as_ref().map_or(0.0, |offset| offset[row]);
            let working = omega * begin.mu;
            it.sums.add(working, time);
            let aim = working * (begin.eta - offset) - omega * 0.1;
            let count = omega * y;
            let saturated = omega * begin.saturated - count * offset;
            it.aim = (it.aim.0 + aim, it.aim.1 + aim * time);
            it.counts = (it.counts.0 + count, it.counts.1 + count * time);
            it.saturated += saturated;
            it.size += saturated.abs();
            it.deviance += 2.0 * omega * begin.deviance;
        }
        it
    }

    fn times(&self, common: f64) -> Self {
        let pair = |(a, b): (f64, f64)| (common * a, common * b);
        let Sums { zero, one, two } = self.sums;
        Self {
            sums: Sums { zero: common * zero, one: common * one, two: common * two },
            aim: pair(self.aim),
            counts: pair(self.counts),
            saturated: common * self.saturated,
            size: common * self.size,
            deviance: common * self.deviance,
        }
    }

    /// Of every part where every row counts fully.
    pub(super) fn all(rows: &Rows, begins: &mut Vec<Self>) {
        begins.clear();
        begins.extend(rows.ranges().map(|range| Self::of(rows, range, |_| 1.0)));
    }

    /// Of every part under weights.
    fn weighted(rows: &Rows, weights: &Weights, begins: &[Self]) -> Vec<Self> {
        let mut weighted: Vec<Self> = begins.iter().map(|begin| begin.times(weights.common)).collect();
        for specials in weights.special.chunk_by(|(_, a, _), (_, b, _)| a == b) {
            let part = specials[0].1;
            let weight = |row| match specials.binary_search_by_key(&row, |special| special.0) {
                Ok(at) => specials[at].2,
                Err(_) => weights.common,
            };
            weighted[part] = Self::of(rows, rows.range(part), weight);
        }
        weighted
    }
}

/// Fits a model with these prior weights; `begins` are those of [`Begin::all`].
pub(super) fn fit(
    rows: &mut Rows,
    begins: &[Begin],
    weights: &Weights,
    trend: bool,
    fit: &mut Fit,
) -> Result<(), GlmError> {
    let constant = rows.y.iter().all(|y| *y == rows.y[0]);
    if !constant && (!trend || identified(rows)) && quick(rows, begins, weights, trend, fit).is_some() {
        return Ok(());
    }
    by_columns(rows, &weights.each(rows.len()), trend, fit)
}

/// Whether some part has rows at different times.
fn identified(rows: &Rows) -> bool {
    rows.ranges().any(|range| rows.time[range.clone()].iter().any(|time| *time != rows.time[range.start]))
}

/// Slope and levels.
type Coefficients = (f64, Vec<f64>);

/// By sums over parts; none where the numbers give out.
fn quick(rows: &mut Rows, begins: &[Begin], weights: &Weights, trend: bool, fit: &mut Fit) -> Option<()> {
    let counting = weights.special.iter().filter(|(_, _, weight)| *weight == 0.0).count();
    fit.df = (rows.len() - counting) as f64 - (rows.parts.len() + usize::from(trend)) as f64;
    let weighted;
    let begins = if weights.special.is_empty() {
        begins
    } else {
        weighted = Begin::weighted(rows, weights, begins);
        &weighted
    };
    let time: f64 = begins.iter().map(|begin| begin.counts.1).sum();
    let saturated: f64 = begins.iter().map(|begin| begin.saturated).sum();
    let size: f64 = begins.iter().map(|begin| begin.size).sum();
    let mut before: f64 = begins.iter().map(|begin| begin.deviance).sum();
    start(begins, trend, fit);
    fit.iterations = 1;
    let mut last: Option<Coefficients> = None;
    let mut next = Vec::with_capacity(begins.len());
    loop {
        // The coefficients have just been moved: sums for them.
        if !ordinary(rows, fit) {
            return None;
        }
        rows.grow(fit.slope, weights, &mut next);
        let (mut sum, mut logs) = (0.0, fit.slope * time);
        for ((sums, level), begin) in next.iter_mut().zip(&fit.levels).zip(begins) {
            let scale = level.exp();
            *sums = Sums { zero: scale * sums.zero, one: scale * sums.one, two: scale * sums.two };
            sum += sums.zero;
            logs += level * begin.counts.0;
        }
        let mut deviance = 2.0 * (saturated - logs + sum);
        let rounding = 1e-14 * (size + logs.abs() + sum);
        let change = (deviance - before).abs() / (deviance.abs() + 0.1);
        if (change - EPSILON).abs() * (deviance.abs() + 0.1) < rounding {
            // Too near to call: row by row, as the reference does.
            (before, deviance) = row_by_row(rows, weights, last.as_ref(), fit);
        }
        fit.converged = (deviance - before).abs() / (deviance.abs() + 0.1) < EPSILON;
        if fit.converged || fit.iterations == STEPS {
            break;
        }
        before = deviance;
        fit.iterations += 1;
        last = Some((fit.slope, fit.levels.clone()));
        std::mem::swap(&mut fit.sums, &mut next);
        advance(begins, trend, fit)?;
    }
    finish(rows, weights, last.as_ref(), fit);
    Some(())
}

/// The first step, from means a tenth above the counts.
fn start(begins: &[Begin], trend: bool, fit: &mut Fit) {
    fit.sums.clear();
    fit.sums.extend(begins.iter().map(|begin| begin.sums));
    fit.slope = 0.0;
    fit.slope_variance = 0.0;
    if trend {
        let spread: f64 = fit.sums.iter().map(Sums::spread).sum();
        let pull: f64 = begins.iter().map(|begin| begin.aim.1 - begin.sums.mean() * begin.aim.0).sum();
        fit.slope = pull / spread;
        fit.slope_variance = 1.0 / spread;
    }
    fit.levels.clear();
    let slope = fit.slope;
    fit.levels.extend(begins.iter().map(|begin| begin.aim.0 / begin.sums.zero - slope * begin.sums.mean()));
}

/// A further step, by Newton from the sums at the present coefficients; none where the numbers give out.
fn advance(begins: &[Begin], trend: bool, fit: &mut Fit) -> Option<()> {
    let mut step = 0.0;
    if trend {
        let (mut spread, mut size, mut pull) = (0.0, 0.0, 0.0);
        for (sums, begin) in fit.sums.iter().zip(begins) {
            spread += sums.spread();
            size += sums.two;
            pull += (begin.counts.1 - sums.one) - sums.mean() * (begin.counts.0 - sums.zero);
        }
        if spread.is_nan() || spread <= size * 1e-9 {
            return None;
        }
        step = pull / spread;
        fit.slope += step;
        fit.slope_variance = 1.0 / spread;
    }
    for ((level, sums), begin) in fit.levels.iter_mut().zip(&fit.sums).zip(begins) {
        *level += (begin.counts.0 - sums.zero) / sums.zero - step * sums.mean();
    }
    fit.slope.is_finite().then_some(())
}

/// Whether every mean can be computed as it stands.
fn ordinary(rows: &Rows, fit: &Fit) -> bool {
    let ends = rows.ranges().zip(&fit.levels).all(|(range, level)| {
        let (first, last) = (rows.time[range.start], rows.time[range.end - 1]);
        ORDINARY.contains(&(level + fit.slope * first)) && ORDINARY.contains(&(level + fit.slope * last))
    });
    let extreme = |offset: &f64| !(-100.0..=100.0).contains(offset);
    ends && !rows.offset.as_ref().is_some_and(|offsets| offsets.iter().any(extreme))
}

/// The mean of each row for coefficients; at the start for none.
fn means(rows: &mut Rows, weights: &Weights, at: Option<&Coefficients>, means: &mut Vec<f64>) {
    let Some((slope, levels)) = at else {
        means.clear();
        means.extend(rows.y.iter().map(|y| y + 0.1));
        return;
    };
    rows.grow(*slope, weights, &mut Vec::with_capacity(levels.len()));
    rows.means(levels.iter().map(|level| level.exp()), means);
}

/// Means and weights of the rows, those of the last step's start.
fn finish(rows: &mut Rows, weights: &Weights, last: Option<&Coefficients>, fit: &mut Fit) {
    rows.means(fit.levels.iter().map(|level| level.exp()), &mut fit.mu);
    means(rows, weights, last, &mut fit.weights);
    let common = weights.common;
    if weights.special.is_empty() {
        return;
    }
    fit.weights.iter_mut().for_each(|weight| *weight *= common);
    weights.special.iter().for_each(|(row, _, weight)| fit.weights[*row] *= weight / common);
}

/// The deviances before and after the last step.
fn row_by_row(rows: &mut Rows, weights: &Weights, last: Option<&Coefficients>, fit: &mut Fit) -> (f64, f64) {
    let each = weights.each(rows.len());
    let mut mu = vec![];
    let now = (fit.slope, fit.levels.clone());
    let mut deviance = |at: Option<&Coefficients>| {
        means(rows, weights, at, &mut mu);
        let row = |((y, mu), omega): ((&f64, &f64), &f64)| {
            omega * if *y == 0.0 { *mu } else { y * (y / mu).ln() - (y - mu) }
        };
        2.0 * rows.y.iter().zip(&mu).zip(&each).map(row).sum::<f64>()
    };
    (deviance(last), deviance(Some(&now)))
}

/// By the general fit, row after row in the order of time, as the reference has them: where a trend cannot be told from
/// the levels, means leave the range of numbers, or counts are all equal, so that a trend is rounding and its order.
fn by_columns(rows: &Rows, omega: &[f64], trend: bool, fit: &mut Fit) -> Result<(), GlmError> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|a, b| rows.time[*a].total_cmp(&rows.time[*b]));
    let pick = |column: &[f64]| -> Vec<f64> { order.iter().map(|row| column[*row]).collect() };
    let mut design = Design::new(rows.len()).with_intercept();
    if trend {
        design = design.with(order.iter().map(|row| rows.time[*row] + rows.origin));
    }
    for range in rows.ranges().skip(1) {
        design = design.with(order.iter().map(|row| f64::from(u8::from(range.contains(row)))));
    }
    let offset = rows.offset.as_ref().map(|offset| pick(offset));
    let whole = general(&design, &pick(&rows.y), Some(&pick(omega)), offset.as_deref(), Family::Poisson)?;
    let coefficient = |at: usize| Some(whole.coefficients[at]).filter(|c| !c.is_nan()).unwrap_or(0.0);
    fit.converged = whole.converged;
    fit.iterations = whole.iterations;
    fit.slope = if trend { coefficient(1) } else { 0.0 };
    let first = 1 + usize::from(trend);
    let others = (first..design.columns()).map(|at| coefficient(0) + coefficient(at));
    let shift = fit.slope * rows.origin;
    fit.levels = std::iter::once(coefficient(0)).chain(others).map(|level| level + shift).collect();
    fit.slope_variance = if trend { whole.unscaled_covariance()[design.columns() + 1] } else { 0.0 };
    fit.df = whole.df;
    fit.mu.resize(rows.len(), 0.0);
    fit.weights.resize(rows.len(), 0.0);
    for (place, row) in order.into_iter().enumerate() {
        fit.mu[row] = whole.mu[place];
        fit.weights[row] = whole.working_weights[place];
    }
    let weights = &fit.weights;
    fit.sums = rows.ranges().map(|range| Sums::of(&weights[range.clone()], &rows.time[range])).collect();
    Ok(())
}
