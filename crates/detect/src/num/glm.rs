//! Log-linear models of counts, fitted as R's `glm` fits them.
//!
//! What R reports beside the coefficients belongs to two different moments: deviance and means to the last
//! coefficients, working weights, leverages and covariance to the ones before, with which the last step was taken. It
//! is the same here; to sharpen them would not agree.

mod lean;
mod theta;

pub use super::qr::Design;
use super::qr::Qr;
pub use lean::{Means, fit_means};
pub use theta::{NbFit, fit_nb, nb_theta};

/// How a count varies around its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// With variance mean; times a dispersion this is R's quasi-Poisson.
    Poisson,
    /// With variance mean + mean²/theta.
    NegativeBinomial {
        /// Above 0.
        theta: f64,
    },
}

/// A fitted model.
#[derive(Clone, Debug)]
pub struct Fit {
    /// One for each column of the design; not-a-number where the column repeats others.
    pub coefficients: Vec<f64>,
    /// The mean of each row.
    pub mu: Vec<f64>,
    /// Its logarithm, offset and all.
    pub eta: Vec<f64>,
    /// The weights with which the last step was taken.
    pub working_weights: Vec<f64>,
    /// Twice the logarithm of the likelihood ratio to a model that fits every value.
    pub deviance: f64,
    /// Steps taken.
    pub iterations: u32,
    /// Whether the deviance came to rest within 25 of them.
    pub converged: bool,
    /// Pearson's: working weights times squared working residuals over degrees of freedom. Not-a-number without any.
    pub dispersion: f64,
    /// Rows of weight above 0 less rank.
    pub df: f64,
    qr: Qr,
}

/// Why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlmError {
    /// There are no rows, or no column.
    #[error("there is nothing to fit: no rows, or no columns")]
    Empty,
    /// A value is negative or not a number, or a weight is, or an offset is not finite.
    #[error("a value, weight or offset is negative or no number")]
    Domain,
    /// The deviance stayed infinite even for the shortest step.
    #[error("the deviance is not finite")]
    Diverged,
}

/// Steps are taken at most.
const STEPS: u32 = 25;
/// The share of change in deviance at which it rests.
pub(crate) const EPSILON: f64 = 1e-8;
/// R's tolerance for a column that repeats others.
const TOLERANCE: f64 = 1e-11;

impl Family {
    fn start(self, y: f64) -> f64 {
        match self {
            Self::Poisson => y + 0.1,
            Self::NegativeBinomial { .. } => y + if y == 0.0 { 1.0 / 6.0 } else { 0.0 },
        }
    }

    fn variance(self, mu: f64) -> f64 {
        match self {
            Self::Poisson => mu,
            Self::NegativeBinomial { theta } => mu + mu * mu / theta,
        }
    }

    /// The part of half a row's deviance that the mean has no part in.
    fn saturated(self, y: f64) -> f64 {
        match self {
            Self::Poisson if y == 0.0 => 0.0,
            Self::Poisson => y * y.ln() - y,
            Self::NegativeBinomial { theta } => y * y.max(1.0).ln() - (y + theta) * (y + theta).ln(),
        }
    }

    /// The rest of it, but for the count times the logarithm of the mean.
    fn remainder(self, y: f64, mu: f64) -> f64 {
        match self {
            Self::Poisson => mu,
            Self::NegativeBinomial { theta } => (y + theta) * (mu + theta).ln(),
        }
    }

    /// Twice what a row adds to the deviance, per weight.
    fn deviance(self, y: f64, mu: f64) -> f64 {
        match self {
            Self::Poisson if y == 0.0 => 2.0 * mu,
            Self::Poisson => 2.0 * (y * (y / mu).ln() - (y - mu)),
            Self::NegativeBinomial { theta } => {
                2.0 * (y * (y.max(1.0) / mu).ln() - (y + theta) * ((y + theta) / (mu + theta)).ln())
            }
        }
    }
}

/// Fits a model by iterated least squares, from R's starting values.
///
/// # Errors
/// [`GlmError`].
///
/// # Panics
/// Where values, weights or offset have not as many values as the design has rows.
pub fn fit(
    design: &Design,
    y: &[f64],
    weights: Option<&[f64]>,
    offset: Option<&[f64]>,
    family: Family,
) -> Result<Fit, GlmError> {
    let eta = y.iter().map(|y| family.start(*y).ln()).collect();
    fit_from(design, y, weights, offset, family, eta)
}

/// As [`fit`], from given logarithms of the means.
///
/// # Errors
/// [`GlmError`].
///
/// # Panics
/// As [`fit`].
pub fn fit_from(
    design: &Design,
    y: &[f64],
    weights: Option<&[f64]>,
    offset: Option<&[f64]>,
    family: Family,
    mut eta: Vec<f64>,
) -> Result<Fit, GlmError> {
    let n = design.rows();
    if n == 0 || design.columns() == 0 {
        return Err(GlmError::Empty);
    }
    let prior = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let shift = |row: usize| offset.map_or(0.0, |offset| offset[row]);
    assert!(y.len() == n && eta.len() == n, "a value for each row");
    let sound =
        |row: usize| y[row] >= 0.0 && y[row].is_finite() && prior(row) >= 0.0 && f64::is_finite(shift(row));
    if !(0..n).all(sound) {
        return Err(GlmError::Domain);
    }
    let deviance_of = |mu: &[f64]| (0..n).map(|row| prior(row) * family.deviance(y[row], mu[row])).sum();

    let mut mu: Vec<f64> = eta.iter().map(|eta| mean(*eta)).collect();
    let mut deviance: f64 = deviance_of(&mu);
    let mut last: Option<(Qr, Vec<f64>, Vec<f64>)> = None;
    let (mut iterations, mut converged) = (0, false);
    while iterations < STEPS && !converged {
        iterations += 1;
        let working: Vec<f64> =
            (0..n).map(|row| prior(row) * (mu[row] * mu[row]) / family.variance(mu[row])).collect();
        let roots: Vec<f64> = working.iter().map(|w| w.sqrt()).collect();
        let aim: Vec<f64> =
            (0..n).map(|row| roots[row] * (eta[row] - shift(row) + (y[row] - mu[row]) / mu[row])).collect();
        let qr = Qr::new(design.scaled(&roots), TOLERANCE);
        let mut coefficients = qr.solve(&aim);
        let before = deviance;
        let mut halvings = 0;
        loop {
            eta = (0..n).map(|row| design.row_times(row, &coefficients) + shift(row)).collect();
            mu = eta.iter().map(|eta| mean(*eta)).collect();
            deviance = deviance_of(&mu);
            if deviance.is_finite() {
                break;
            }
            let Some((_, _, old)) = &last else { return Err(GlmError::Diverged) };
            halvings += 1;
            if halvings > STEPS {
                return Err(GlmError::Diverged);
            }
            coefficients.iter_mut().zip(old).for_each(|(new, old)| *new = 0.5 * (*new + old));
        }
        converged = (deviance - before).abs() / (deviance.abs() + 0.1) < EPSILON;
        last = Some((qr, working, coefficients));
    }
    let Some((qr, working_weights, coefficients)) = last else { return Err(GlmError::Empty) };
    let counting = (0..n).filter(|row| prior(*row) > 0.0).count();
    let df = counting as f64 - qr.rank() as f64;
    let residual = |row: usize| (y[row] - mu[row]) / mu[row];
    let squares: f64 = (0..n)
        .filter(|row| working_weights[*row] > 0.0)
        .map(|row| working_weights[row] * residual(row).powi(2))
        .sum();
    let dispersion = if df > 0.0 { squares / df } else { f64::NAN };
    Ok(Fit { coefficients, mu, eta, working_weights, deviance, iterations, converged, dispersion, df, qr })
}

/// The mean for its logarithm, kept above 0 as R keeps it.
fn mean(eta: f64) -> f64 {
    eta.exp().max(f64::EPSILON)
}

impl Fit {
    /// How many coefficients are independent.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.qr.rank()
    }

    /// The leverage of each row.
    #[must_use]
    pub fn hats(&self) -> Vec<f64> {
        self.qr.hats()
    }

    /// The covariance of the coefficients for a dispersion of 1, column after column.
    #[must_use]
    pub fn unscaled_covariance(&self) -> Vec<f64> {
        self.qr.unscaled_covariance()
    }

    /// The logarithm of the mean of a new row, and its standard error for a dispersion of 1.
    #[must_use]
    pub fn predict(&self, row: &[f64], offset: f64) -> (f64, f64) {
        let known = row.iter().zip(&self.coefficients).filter(|(_, b)| !b.is_nan());
        (known.map(|(x, b)| x * b).sum::<f64>() + offset, self.qr.variance_at(row).sqrt())
    }
}

#[cfg(test)]
mod tests;
