//! The fit carried to its maximum. For a given trend the best level of each part is known in closed form, so that what
//! is left is to find one number; and without a trend there is nothing to find.

use super::fit::{Fit, Sums};
use super::rows::Rows;

/// Newton's steps at most.
const STEPS: u32 = 40;
/// A trend that changes the mean by more than this, as a logarithm, over the rows has none but infinity to go to.
const ENDLESS: f64 = 40.0;

/// Fits a model with these weights, from a slope to begin with. Not converged where the likelihood has no maximum: a
/// trend without bound. A part without a case has the level minus infinity and the mean 0.
pub(super) fn fit(rows: &mut Rows, omega: &[f64], trend: bool, from: f64, fit: &mut Fit) {
    let n = rows.len();
    fit.df = n as f64 - (rows.parts.len() + usize::from(trend)) as f64;
    (fit.slope, fit.slope_variance, fit.converged, fit.iterations) = (0.0, 0.0, true, 0);
    let mut counts = Vec::with_capacity(rows.parts.len());
    let mut along = 0.0;
    for range in rows.ranges() {
        let mut sum = 0.0;
        for row in range {
            let count = omega[row] * rows.y[row];
            sum += count;
            along += count * rows.time[row];
        }
        counts.push(sum);
    }
    let span = rows.now.max(1.0);
    let mut slope = if trend { from } else { 0.0 };
    loop {
        rows.grow(slope);
        fit.weights.clear();
        fit.weights.extend(rows.growth.iter().zip(omega).map(|(growth, omega)| growth * omega));
        fit.sums.clear();
        let (weights, time) = (&fit.weights, &rows.time);
        fit.sums.extend(rows.ranges().map(|range| Sums::of(&weights[range.clone()], &time[range])));
        fit.iterations += 1;
        let mut pull = along;
        let mut spread = 0.0;
        for (sums, y) in fit.sums.iter_mut().zip(&counts) {
            // From here on the sums are those of the working weights, whose whole is the count itself.
            let scale = y / sums.zero;
            *sums = Sums { zero: *y, one: sums.one * scale, two: sums.two * scale };
            pull -= sums.one;
            spread += sums.spread();
        }
        if !trend {
            break;
        }
        let step = pull / spread;
        fit.slope_variance = 1.0 / spread;
        let lost = !step.is_finite() || slope.abs() * span > ENDLESS || fit.iterations >= STEPS;
        if lost {
            fit.converged = false;
            break;
        }
        if step.abs() * span < 1e-9 {
            break;
        }
        slope += step.clamp(-4.0 / span, 4.0 / span);
    }
    fit.slope = slope;
    fit.levels.clear();
    fit.mu.clear();
    let mut start = 0;
    for ((end, sums), y) in rows.parts.iter().zip(&fit.sums).zip(&counts) {
        let whole = Sums::of(&fit.weights[start..*end], &rows.time[start..*end]).zero;
        debug_assert!(sums.zero == *y, "the working weights of a part sum to its cases");
        let scale = y / whole;
        fit.levels.push(scale.ln());
        fit.mu.extend(rows.growth[start..*end].iter().map(|growth| growth * scale));
        fit.weights[start..*end].iter_mut().for_each(|weight| *weight *= scale);
        start = *end;
    }
}
