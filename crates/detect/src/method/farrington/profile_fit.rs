//! The fit carried to its maximum. For a given trend the best level of each part is known in closed form, so that what
//! is left is to find one number; and without a trend there is nothing to find.

use super::fit::{Fit, Sums};
use super::rows::{Rows, Weights};

/// Newton's steps at most.
const STEPS: u32 = 40;
/// A trend that changes the mean by more than this, as a logarithm, over the rows has none but infinity to go to.
const ENDLESS: f64 = 40.0;
/// A step that would change it by less is not taken.
const REST: f64 = 1e-9;

/// Fits a model with these weights, from a slope to begin with. Not converged where the likelihood has no maximum: a
/// trend without bound. A part without a case has the level minus infinity and the mean 0.
pub(super) fn fit(rows: &mut Rows, weights: &Weights, trend: bool, from: f64, fit: &mut Fit) {
    fit.df = rows.len() as f64 - (rows.parts.len() + usize::from(trend)) as f64;
    (fit.slope_variance, fit.converged, fit.iterations) = (0.0, true, 0);
    let (mut counts, mut along) = (Vec::with_capacity(rows.parts.len()), 0.0);
    let mut special = weights.special.iter().peekable();
    for range in rows.ranges() {
        let mut sum = Sums::default();
        for row in range {
            let own = special.next_if(|special| special.0 == row);
            sum.add(own.map_or(weights.common, |special| special.2) * rows.y[row], rows.time[row]);
        }
        counts.push(sum.zero);
        along += sum.one;
    }
    let span = rows.now.max(1.0);
    let mut slope = if trend { from } else { 0.0 };
    let mut scales = Vec::with_capacity(counts.len());
    loop {
        rows.grow(slope, weights, &mut fit.sums);
        fit.iterations += 1;
        scales.clear();
        let (mut pull, mut spread) = (along, 0.0);
        for (sums, y) in fit.sums.iter_mut().zip(&counts) {
            // From here on the sums are those of the working weights, whose whole is the count itself.
            let scale = y / sums.zero;
            scales.push(scale);
            *sums = Sums { zero: *y, one: sums.one * scale, two: sums.two * scale };
            pull -= sums.one;
            spread += sums.spread();
        }
        if !trend {
            break;
        }
        let step = pull / spread;
        fit.slope_variance = 1.0 / spread;
        if !step.is_finite() || slope.abs() * span > ENDLESS || fit.iterations >= STEPS {
            fit.converged = false;
            break;
        }
        if step.abs() * span < REST {
            break;
        }
        slope += step.clamp(-4.0 / span, 4.0 / span);
    }
    fit.slope = slope;
    fit.levels.clear();
    fit.levels.extend(scales.iter().map(|scale| scale.ln()));
    rows.means(scales.iter().copied(), &mut fit.mu);
    fit.weights.clear();
    fit.weights.extend(fit.mu.iter().map(|mu| mu * weights.common));
    weights.special.iter().for_each(|(row, _, weight)| fit.weights[*row] = fit.mu[*row] * weight);
}
