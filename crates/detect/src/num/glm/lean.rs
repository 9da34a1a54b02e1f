//! Means alone: the same steps as [`super::fit`], from sums over the rows instead of an orthogonal matrix.

use super::{Design, EPSILON, Family, GlmError, STEPS, fit};

/// A fitted model without what its errors take.
#[derive(Clone, Debug)]
pub struct Means {
    /// One for each column of the design; not-a-number where the column repeats others.
    pub coefficients: Vec<f64>,
    /// Twice the logarithm of the likelihood ratio to a model that fits every value.
    pub deviance: f64,
    /// Steps taken.
    pub iterations: u32,
    /// Whether the deviance came to rest within 25 of them.
    pub converged: bool,
}

/// Logarithms of means outside these, and columns nearer to each other than this, are left to [`super::fit`].
const ORDINARY: std::ops::RangeInclusive<f64> = -35.0..=600.0;
const NEAR: f64 = 1e-9;

/// Fits as [`super::fit`] without weights and offset, and answers the coefficients: several times as fast.
///
/// # Errors
/// [`GlmError`].
///
/// # Panics
/// Where there are not as many values as the design has rows.
pub fn fit_means(design: &Design, y: &[f64], family: Family) -> Result<Means, GlmError> {
    if design.rows() > 0 && y.iter().all(|y| *y >= 0.0 && y.is_finite()) {
        assert_eq!(y.len(), design.rows(), "a value for each row");
        if let Some(means) = quick(design, y, family) {
            return Ok(means);
        }
    }
    let fit = fit(design, y, None, None, family)?;
    let (deviance, iterations, converged) = (fit.deviance, fit.iterations, fit.converged);
    Ok(Means { coefficients: fit.coefficients, deviance, iterations, converged })
}

/// Columns of rows, and what is known of them at the present coefficients.
struct Rows<'a> {
    design: &'a Design,
    y: &'a [f64],
    family: Family,
    eta: Vec<f64>,
    mu: Vec<f64>,
    weights: Vec<f64>,
    pulls: Vec<f64>,
    scratch: Vec<f64>,
}

fn quick(design: &Design, y: &[f64], family: Family) -> Option<Means> {
    let n = y.len();
    let room = || vec![0.0; n];
    let mut rows =
        Rows { design, y, family, eta: room(), mu: room(), weights: room(), pulls: room(), scratch: room() };
    let mut before = 0.0;
    let mut saturated = 0.0;
    for ((y, weight), pull) in y.iter().zip(&mut rows.weights).zip(&mut rows.pulls) {
        let mu = family.start(*y);
        let (log, whole) = (mu.ln(), family.saturated(*y));
        saturated += whole;
        before += 2.0 * (whole - y * log + family.remainder(*y, mu));
        *weight = mu * mu / family.variance(mu);
        *pull = *weight * (log + (y - mu) / mu);
    }
    let counts: Vec<f64> = (0..design.columns()).map(|at| dot(design.column(at), y)).collect();
    let mut coefficients = rows.solve()?;
    let mut old: Option<Vec<f64>> = None;
    let mut iterations = 1;
    loop {
        let remainder = rows.move_to(&coefficients)?;
        let logs: f64 = coefficients.iter().zip(&counts).map(|(b, y)| b * y).sum();
        let mut deviance = 2.0 * (saturated - logs + remainder);
        let rounding = 1e-14 * (saturated.abs() + logs.abs() + remainder.abs());
        let change = (deviance - before).abs() / (deviance.abs() + 0.1);
        if (change - EPSILON).abs() * (deviance.abs() + 0.1) < rounding {
            // Too near to call: row by row, as the reference does.
            let mu = std::mem::take(&mut rows.mu);
            deviance = rows.row_by_row(&mu);
            before = match &old {
                Some(old) => {
                    rows.mu = mu.clone();
                    rows.move_to(old)?;
                    let then = std::mem::take(&mut rows.mu);
                    rows.row_by_row(&then)
                }
                None => before,
            };
            rows.mu = mu;
            rows.move_to(&coefficients)?;
        }
        let converged = (deviance - before).abs() / (deviance.abs() + 0.1) < EPSILON;
        if converged || iterations == STEPS {
            return Some(Means { coefficients, deviance, iterations, converged });
        }
        iterations += 1;
        before = deviance;
        old = Some(coefficients.clone());
        let step = rows.solve()?;
        coefficients.iter_mut().zip(step).for_each(|(b, step)| *b += step);
    }
}

impl Rows<'_> {
    /// Means, weights and pulls at these coefficients; answers what the deviance has beyond counts and logarithms.
    fn move_to(&mut self, coefficients: &[f64]) -> Option<f64> {
        self.eta.fill(0.0);
        for (at, b) in coefficients.iter().enumerate() {
            self.eta.iter_mut().zip(self.design.column(at)).for_each(|(eta, x)| *eta += b * x);
        }
        if !self.eta.iter().all(|eta| ORDINARY.contains(eta)) {
            return None;
        }
        self.mu.iter_mut().zip(&self.eta).for_each(|(mu, eta)| *mu = eta.exp());
        let mut remainder = 0.0;
        for row in 0..self.y.len() {
            let (y, mu) = (self.y[row], self.mu[row]);
            let share = match self.family {
                Family::Poisson => 1.0,
                Family::NegativeBinomial { theta } => theta / (theta + mu),
            };
            self.weights[row] = mu * share;
            self.pulls[row] = (y - mu) * share;
            remainder += self.family.remainder(y, mu);
        }
        Some(remainder)
    }

    /// Solves the normal equations of weights and pulls; none where columns are too near to each other.
    fn solve(&mut self) -> Option<Vec<f64>> {
        let p = self.design.columns();
        let mut root = vec![0.0; p * p];
        let mut solution = vec![0.0; p];
        for j in 0..p {
            let column = self.design.column(j);
            self.scratch.iter_mut().zip(&self.weights).zip(column).for_each(|((s, w), x)| *s = w * x);
            for k in 0..=j {
                root[j * p + k] = dot(&self.scratch, self.design.column(k));
            }
            solution[j] = dot(&self.pulls, column);
        }
        // By Cholesky, forwards and back.
        for j in 0..p {
            for k in 0..j {
                let known: f64 = (0..k).map(|l| root[j * p + l] * root[k * p + l]).sum();
                root[j * p + k] = (root[j * p + k] - known) / root[k * p + k];
            }
            let whole = root[j * p + j];
            let left = whole - (0..j).map(|l| root[j * p + l] * root[j * p + l]).sum::<f64>();
            if left.is_nan() || left <= NEAR * whole {
                return None;
            }
            root[j * p + j] = left.sqrt();
            let known: f64 = (0..j).map(|l| root[j * p + l] * solution[l]).sum();
            solution[j] = (solution[j] - known) / root[j * p + j];
        }
        for j in (0..p).rev() {
            let known: f64 = (j + 1..p).map(|l| root[l * p + j] * solution[l]).sum();
            solution[j] = (solution[j] - known) / root[j * p + j];
        }
        Some(solution)
    }

    fn row_by_row(&self, mu: &[f64]) -> f64 {
        self.y.iter().zip(mu).map(|(y, mu)| self.family.deviance(*y, *mu)).sum()
    }
}

/// Four sums side by side, so that they need not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (whole, rest) = a.as_chunks::<4>();
    let (others, other_rest) = b.as_chunks::<4>();
    for (a, b) in whole.iter().zip(others) {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_the_whole_fit() {
        let n = 300;
        let wave = |t: usize| (t as f64 * std::f64::consts::TAU / 52.0).sin();
        let y: Vec<f64> = (0..n).map(|t| ((t * 7919) % 11) as f64 * (1.0 + wave(t)).round()).collect();
        let design = Design::new(n).with_intercept().with((0..n).map(|t| t as f64)).with((0..n).map(wave));
        for family in [Family::Poisson, Family::NegativeBinomial { theta: 0.7 }] {
            let means = fit_means(&design, &y, family).unwrap();
            let whole = fit(&design, &y, None, None, family).unwrap();
            assert_eq!((means.iterations, means.converged), (whole.iterations, true));
            assert!((means.deviance / whole.deviance - 1.0).abs() < 1e-12);
            for (a, b) in means.coefficients.iter().zip(&whole.coefficients) {
                assert!((a - b).abs() < 1e-10 * b.abs(), "{a} is not {b}");
            }
        }
    }

    #[test]
    fn what_it_cannot_do_the_whole_fit_does() {
        let design = Design::new(4).with_intercept().with([1.0, 1.0, 1.0, 1.0]);
        let means = fit_means(&design, &[1.0, 2.0, 0.0, 5.0], Family::Poisson).unwrap();
        assert!((means.coefficients[0] - 2_f64.ln()).abs() < 1e-9 && means.coefficients[1].is_nan());
        assert_eq!(fit_means(&design, &[-1.0; 4], Family::Poisson).err(), Some(GlmError::Domain));
        let zeros = fit_means(&Design::new(300).with_intercept(), &[0.0; 300], Family::Poisson).unwrap();
        assert_eq!((zeros.iterations, zeros.converged), (25, false));
    }
}
