//! The fit as R's `glm` goes about it: the same starting values, steps and stopping rule, and with the last step's
//! weights in what is reported (see [`crate::num::glm`]). In exact arithmetic these are its numbers; here they are
//! found without its matrices.

use super::fit::{Fit, Sums};
use super::rows::Rows;
use crate::num::glm::{Design, Family, GlmError, fit as general};

/// Steps at most.
const STEPS: u32 = 25;
/// The share of change in deviance at which the fit rests.
const EPSILON: f64 = 1e-8;
/// Logarithms of means outside these are left to the general fit.
const ORDINARY: std::ops::RangeInclusive<f64> = -35.0..=600.0;

/// Fits a model with these prior weights.
pub(super) fn fit(rows: &mut Rows, omega: &[f64], trend: bool, fit: &mut Fit) -> Result<(), GlmError> {
    let constant = rows.y.iter().all(|y| *y == rows.y[0]);
    if constant || trend && !identified(rows) || rows.len() == 0 {
        return by_columns(rows, omega, trend, fit);
    }
    match quick(rows, omega, trend, fit) {
        Some(()) => Ok(()),
        None => by_columns(rows, omega, trend, fit),
    }
}

/// Whether some part has rows at different times.
fn identified(rows: &Rows) -> bool {
    rows.ranges().any(|range| rows.time[range.clone()].iter().any(|time| *time != rows.time[range.start]))
}

/// Sums of the data, which stay while the coefficients move.
struct Totals {
    /// For each part: of weighted counts, and of those times time.
    parts: Vec<(f64, f64)>,
    /// Of weighted counts times time.
    time: f64,
    /// What the deviance is less than, by counts times logarithms of means.
    saturated: f64,
    /// How large the terms of the deviance are.
    size: f64,
}

fn quick(rows: &mut Rows, omega: &[f64], trend: bool, fit: &mut Fit) -> Option<()> {
    let n = rows.len();
    let p = rows.parts.len() + usize::from(trend);
    fit.df = n as f64 - p as f64;
    fit.levels.clear();
    fit.levels.resize(rows.parts.len(), 0.0);
    let (totals, mut before) = start(rows, omega, trend, fit);
    fit.converged = false;
    fit.iterations = 1;
    let mut next = Vec::with_capacity(rows.parts.len());
    let mut mu = Vec::with_capacity(n);
    loop {
        // The coefficients have just been moved: means and sums for them.
        rows.grow(fit.slope);
        if !ordinary(rows, fit) {
            return None;
        }
        mu.clear();
        next.clear();
        let mut sum = 0.0;
        let mut start = 0;
        for (part, end) in rows.parts.iter().enumerate() {
            let level = fit.levels[part].exp();
            mu.extend(rows.growth[start..*end].iter().map(|growth| level * growth));
            start = *end;
        }
        let next_weights: Vec<f64> = mu.iter().zip(omega).map(|(mu, omega)| mu * omega).collect();
        for range in rows.ranges() {
            let sums = Sums::of(&next_weights[range.clone()], &rows.time[range]);
            sum += sums.zero;
            next.push(sums);
        }
        let logs: f64 = fit.levels.iter().zip(&totals.parts).map(|(level, (y, _))| level * y).sum();
        let logs = logs + fit.slope * totals.time;
        let mut deviance = 2.0 * (totals.saturated - logs + sum);
        let rounding = 1e-15 * (totals.size + logs.abs() + sum);
        let change = (deviance - before).abs() / (deviance.abs() + 0.1);
        if (change - EPSILON).abs() * (deviance.abs() + 0.1) < 4.0 * rounding {
            // Too near to call: row by row, as the reference does.
            deviance = row_by_row(rows, omega, &mu);
            before = row_by_row(rows, omega, &fit.mu);
        }
        fit.converged = (deviance - before).abs() / (deviance.abs() + 0.1) < EPSILON;
        std::mem::swap(&mut fit.mu, &mut mu);
        if fit.converged || fit.iterations == STEPS {
            break;
        }
        before = deviance;
        fit.iterations += 1;
        fit.weights = next_weights;
        std::mem::swap(&mut fit.sums, &mut next);
        advance(&totals, trend, fit)?;
    }
    Some(())
}

/// The first step, from means a tenth above the counts: totals, coefficients and sums, and the deviance at the start.
fn start(rows: &Rows, omega: &[f64], trend: bool, fit: &mut Fit) -> (Totals, f64) {
    let mut totals =
        Totals { parts: Vec::with_capacity(rows.parts.len()), time: 0.0, saturated: 0.0, size: 0.0 };
    let mut deviance = 0.0;
    fit.mu.clear();
    fit.weights.clear();
    fit.sums.clear();
    let mut aims = Vec::with_capacity(rows.parts.len());
    let mut starts = rows.start();
    for range in rows.ranges() {
        let (mut sums, mut aim, mut aim_time, mut counts) = (Sums::default(), 0.0, 0.0, (0.0, 0.0));
        for row in range {
            let Some(begin) = starts.next() else { break };
            let (y, time, omega) = (rows.y[row], rows.time[row], omega[row]);
            let offset = rows.offset.as_ref().map_or(0.0, |offset| offset[row]);
            let weight = omega * begin.mu;
            let target = weight * (begin.eta - offset) - omega * 0.1;
            sums.zero += weight;
            sums.one += weight * time;
            sums.two += weight * time * time;
            aim += target;
            aim_time += target * time;
            let count = omega * y;
            counts.0 += count;
            counts.1 += count * time;
            let saturated = omega * begin.saturated - count * offset;
            totals.saturated += saturated;
            totals.size += saturated.abs();
            deviance += omega * begin.deviance;
            fit.mu.push(begin.mu);
            fit.weights.push(weight);
        }
        totals.time += counts.1;
        totals.parts.push(counts);
        fit.sums.push(sums);
        aims.push((aim, aim_time));
    }
    let spread: f64 = fit.sums.iter().map(Sums::spread).sum();
    let along = |(sums, (aim, aim_time)): (&Sums, &(f64, f64))| aim_time - sums.mean() * aim;
    let pull: f64 = fit.sums.iter().zip(&aims).map(along).sum();
    fit.slope = if trend { pull / spread } else { 0.0 };
    fit.slope_variance = if trend { 1.0 / spread } else { 0.0 };
    for ((level, sums), (aim, _)) in fit.levels.iter_mut().zip(&fit.sums).zip(&aims) {
        *level = aim / sums.zero - fit.slope * sums.mean();
    }
    (totals, 2.0 * deviance)
}

/// A further step, by Newton from the sums at the present coefficients; none where the numbers give out.
fn advance(totals: &Totals, trend: bool, fit: &mut Fit) -> Option<()> {
    let mut step = 0.0;
    if trend {
        let (mut spread, mut size, mut pull) = (0.0, 0.0, 0.0);
        for (sums, (y, y_time)) in fit.sums.iter().zip(&totals.parts) {
            spread += sums.spread();
            size += sums.two;
            pull += (y_time - sums.one) - sums.mean() * (y - sums.zero);
        }
        if spread.is_nan() || spread <= size * 1e-9 {
            return None;
        }
        step = pull / spread;
        fit.slope += step;
        fit.slope_variance = 1.0 / spread;
    }
    for ((level, sums), (y, _)) in fit.levels.iter_mut().zip(&fit.sums).zip(&totals.parts) {
        *level += (y - sums.zero) / sums.zero - step * sums.mean();
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

fn row_by_row(rows: &Rows, omega: &[f64], mu: &[f64]) -> f64 {
    let row = |((y, mu), omega): ((&f64, &f64), &f64)| {
        omega * if *y == 0.0 { *mu } else { y * (y / mu).ln() - (y - mu) }
    };
    2.0 * rows.y.iter().zip(mu).zip(omega).map(row).sum::<f64>()
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
